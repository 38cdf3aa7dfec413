"""A tiny OpenID Connect provider on the loopback address: real requests, real signatures, PKCE demanded."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "bra", "a secret of the provider's"


class Provider:
    """Whoever comes to it is `claims`, without being asked. `broken` makes it refuse all codes."""

    def __init__(self) -> None:
        """Start it, with a key of its own."""
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict[str, Any] = {}
        self.broken = False
        # What was asked for, by the code that was handed out.
        self.codes: dict[str, dict[str, str]] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if parts.path == "/authorize":
                    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(asked))
                    self.end_headers()
                elif parts.path == "/userinfo":
                    self._say(200, provider.claims)
                else:
                    self._say(200, provider.documents()[parts.path])

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._say(*provider.token({name: values[0] for name, values in parse_qs(body).items()}))

            def _say(self, status: int, said: dict[str, Any]) -> None:
                content = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_args: Any) -> None:
                """Say nothing."""

        return Handler

    def documents(self) -> dict[str, dict[str, Any]]:
        """What anybody may read: where everything is, and the key that signatures are checked with."""
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            },
            "/keys": {"keys": [public | {"kid": "1", "use": "sig", "alg": "RS256"}]},
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Say yes; return where the browser goes, with a code."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Exchange a code for a signed token, once, for whoever knows the client's secret and the verifier."""
        asked = self.codes.pop(sent.get("code", ""), None)
        digest = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        right = (
            asked is not None
            and asked.get("code_challenge_method") == "S256"
            and asked["code_challenge"] == digest.decode().rstrip("=")
            and (sent.get("client_id"), sent.get("client_secret")) == (CLIENT, SECRET)
        )
        if self.broken or not right:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        # Whoever is logged in there is let through without a word, unless the product wants them to be asked.
        asked_at = now if asked and asked.get("max_age") == "0" else now - 3600
        said = self.claims | {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 60, "auth_time": asked_at}
        token = jwt.encode(said, self.key, algorithm="RS256", headers={"kid": "1"})
        return 200, {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "id_token": token}


@contextmanager
def running() -> Iterator[Provider]:
    """Run one while the block lasts."""
    provider = Provider()
    thread = threading.Thread(target=provider.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        provider.server.server_close()
        thread.join()
