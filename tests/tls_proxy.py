"""A proxy that ends TLS, as one in front of a real installation does, in a process of its own.

    python -m tests.tls_proxy CERTIFICATE KEY PORT   prints its own port, passes on to 127.0.0.1:PORT

It sets X-Forwarded-Proto, and adds who is connected to X-Forwarded-For, as most do: what a browser sends under that
name is passed on before it.
"""

import asyncio
import contextlib
import ipaddress
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ops.environment import PYTHON, ROOT
from ops.processes import die_with_parent, stop


def make_certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """Write a certificate of that host and of 127.0.0.1, signed by itself, and its key; return where they are."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    names = [x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
    signed = made.sign(key, hashes.SHA256())
    encoding = serialization.Encoding.PEM
    closed = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    paths = folder / "certificate.pem", folder / "key.pem"
    for path, content in zip(paths, (signed.public_bytes(encoding), closed), strict=True):
        path.write_bytes(content)
    return paths


@contextlib.contextmanager
def tls_proxy(certificate: Path, key: Path, behind: int) -> Iterator[int]:
    """Run the proxy before the port `behind` while the block runs; yield its own port."""
    process = subprocess.Popen(
        [PYTHON, "-m", "tests.tls_proxy", str(certificate), str(key), str(behind)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=die_with_parent(),
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        stop(process)
        process.stdout.close()


def _passed_on(head: bytes, visitor: str) -> tuple[bytes, int]:
    """Return a request's head as it goes on, and how long its body is."""
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    fields = [(name.strip().lower(), value.strip()) for name, _colon, value in (line.partition(":") for line in lines)]
    kept = [f"{name}: {value}" for name, value in fields if name not in ("x-forwarded-proto", "x-forwarded-for")]
    said = [value for name, value in fields if name == "x-forwarded-for"]
    kept += ["x-forwarded-proto: https", f"x-forwarded-for: {', '.join([*said, visitor])}", "connection: close"]
    return "\r\n".join([first, *kept, "", ""]).encode("latin-1"), int(dict(fields).get("content-length", 0))


async def _answer(behind: int, browser: asyncio.StreamReader, to_browser: asyncio.StreamWriter) -> None:
    """Pass one request on whole, and its answer back."""
    try:
        visitor = to_browser.get_extra_info("peername")[0]
        head, length = _passed_on(await browser.readuntil(b"\r\n\r\n"), visitor)
        body = await browser.readexactly(length)
        product, to_product = await asyncio.open_connection("127.0.0.1", behind)
        to_product.write(head + body)
        to_browser.write(await product.read())
        await to_browser.drain()
        to_product.close()
    finally:
        to_browser.close()


async def _serve(certificate: str, key: str, behind: int) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    server = await asyncio.start_server(partial(_answer, behind), "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], sys.argv[2], int(sys.argv[3])))
