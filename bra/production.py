"""What must be said of a real installation before it starts: one sentence for each thing that is missing.

A start on a loopback address (`make run`, the tests) needs none of it. Knows no Django: the settings ask it.
The sentences are for whoever runs the product, in the language that `make run` speaks; none repeats a secret.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from urllib.parse import SplitResult

MOST_FALLBACKS = 3
SHORTEST_KEY = 50
FEWEST_SIGNS = 16
# Words of keys in examples, templates and other people's repositories.
_KNOWN = ("insecure", "change", "secret", "example", "password", "hemlig", "byt-ut", "default", "your-", "test")


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach the host."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_production(base: SplitResult) -> bool:
    """Say whether people outside this machine use the address, so that nothing may be left at its default."""
    return base.scheme == "https" or not is_loopback(base.hostname or "")


def weakness(key: str) -> str:
    """Say in what way a signing key is weak; nothing when it is good."""
    if len(key) < SHORTEST_KEY:
        return f"är kortare än {SHORTEST_KEY} tecken"
    if len(set(key)) < FEWEST_SIGNS:
        return f"har färre än {FEWEST_SIGNS} olika tecken"
    if any(word in key.lower() for word in _KNOWN):
        return "ser ut att komma från ett exempel"
    return ""


def faults(environment: Mapping[str, str], *, base: SplitResult, debug: bool, hosts: Sequence[str]) -> list[str]:
    """Return a sentence for each thing that keeps a real installation at `base` from starting; none when all is said.

    `environment` is the process's own, `hosts` are the names that it answers to.
    """
    found = []
    if base.scheme != "https":
        found.append("BRA_BASE_URL ska börja med https: utan kryptering går lösenord och sekretess i klartext.")
    found += _keys(environment)
    if not environment.get("DATABASE_URL"):
        found.append("DATABASE_URL saknas: ange var databasen finns (docs/running.md).")
    if not environment.get("EMAIL_URL"):
        found.append("EMAIL_URL saknas: utan e-postserver hamnar mejlens hemliga länkar i en logg i stället.")
    if not environment.get("BRA_PROXIES"):
        found.append(
            "BRA_PROXIES saknas: ange hur många proxyservrar som står framför, annars räknas alla som en besökare."
        )
    if debug:
        found.append("DEBUG ska vara av: felsidor skulle annars visa vad som finns i minnet.")
    if any("*" in host or host.startswith(".") for host in hosts):
        found.append("ALLOWED_HOSTS ska räkna upp hela värdnamn, utan * och inledande punkt.")
    return found


def _keys(environment: Mapping[str, str]) -> list[str]:
    key = environment.get("SECRET_KEY", "")
    if not key:
        return ["SECRET_KEY saknas: gör en med python -c 'import secrets; print(secrets.token_urlsafe(64))'."]
    found = []
    if why := weakness(key):
        found.append(f"SECRET_KEY {why}: gör en med python -c 'import secrets; print(secrets.token_urlsafe(64))'.")
    older = fallbacks(environment)
    if len(older) > MOST_FALLBACKS:
        found.append(f"SECRET_KEY_FALLBACKS har fler än {MOST_FALLBACKS} nycklar: ta bort de äldsta.")
    found += [f"SECRET_KEY_FALLBACKS innehåller en nyckel som {why}." for one in older if (why := weakness(one))]
    if key in older:
        found.append("SECRET_KEY_FALLBACKS innehåller den nyckel som gäller: där ska bara äldre nycklar stå.")
    return found


def fallbacks(environment: Mapping[str, str]) -> list[str]:
    """Return the older keys whose signatures are still believed, newest first."""
    return [key.strip() for key in environment.get("SECRET_KEY_FALLBACKS", "").split(",") if key.strip()]
