"""What the settings make of the variables that they read: addresses, the kept key, the provider of log-ins."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured


def kept_secret_key(folder: Path) -> str:
    """Return the key kept in the folder; the first start makes it, whole at once and for this user only."""
    path = folder / "secret-key"
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=folder, encoding="ascii") as new:
            new.write(secrets.token_urlsafe(50))
            new.flush()
            with contextlib.suppress(FileExistsError):  # another process was first
                os.link(new.name, path)
    return path.read_text(encoding="ascii")


def address(name: str, text: str, schemes: tuple[str, ...], like: str) -> tuple[str, SplitResult]:
    """Return the address `text`, which the variable `name` holds, and its parts.

    Raises ImproperlyConfigured for one that can't be used. It isn't repeated, since it may hold a password.
    """
    try:
        parts = urlsplit(text)
        usable = parts.scheme in schemes and bool(parts.hostname or parts.path.strip("/")) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ImproperlyConfigured(f"{name} must be an address like {like}.")
    return text, parts


def oidc_provider(url: str, client_id: str, secret: str, name: str) -> dict[str, dict[str, object]]:
    """Return SOCIALACCOUNT_PROVIDERS for the municipality's own OpenID Connect provider at `url`, shown as `name`."""
    app = {
        "provider_id": "kommun",
        "name": name,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": url, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
