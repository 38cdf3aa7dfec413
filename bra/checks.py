"""Rules of the house that settings or addresses could break: seen to at every start, and by `manage.py check`."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import URLPattern, URLResolver, get_resolver

# Addresses that take a POST without our token: a mail program's own (RFC 8058), whose secret is in the address.
WITHOUT_TOKEN = {"unsubscribe"}
# Each stands somewhere before the next.
ORDER = (
    "bra.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "bra.bounds.BoundsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "bra.middleware.CouncilMiddleware",
)
_LAX = ("'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "*", "http:", "https:", "data:", "blob:")


@register("house")
def middleware_in_order(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """The outermost sees every answer, and nothing is read before it is bounded."""
    found = [name for name in settings.MIDDLEWARE if name in ORDER]
    if found == list(ORDER):
        return []
    return [Error(f"MIDDLEWARE must have these in this order: {', '.join(ORDER)}.", id="bra.E001")]


@register("house")
def strict_policy(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """Only scripts that a page names may run, and nothing may frame a page."""
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    wrong = [
        name
        for name in ("default-src", "script-src", "style-src", "connect-src", "object-src", "base-uri")
        if name not in directives or any(value in _LAX for value in directives[name])
    ]
    if "'none'" not in directives.get("frame-ancestors", []):
        wrong.append("frame-ancestors")
    return [Error(f"CONTENT_SECURITY_POLICY is too lax in {name}.", id="bra.E002") for name in wrong]


@register("house")
def forms_carry_a_token(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """No address but the listed takes a form without its token."""
    return [
        Error(f"The address {name!r} takes a POST without a token, and isn't listed in bra/checks.py.", id="bra.E003")
        for name, view in _views(get_resolver())
        if getattr(view, "csrf_exempt", False) and name not in WITHOUT_TOKEN
    ]


@register(Tags.security, "house", deploy=True)
def said_by_the_operator(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """What goes out to people is sent over https, from a log that holds no words of theirs."""
    found: list[CheckMessage] = []
    if not settings.PRODUCTION:
        found.append(Error("BRA_BASE_URL isn't the https address that people use.", id="bra.E004"))
    if settings.LOGGING["formatters"]["plain"].get("()") != "bra.logs.Formatter" or settings.ADMINS:
        found.append(Error("LOGGING must write through bra.logs.Formatter, and ADMINS must be empty.", id="bra.E005"))
    return found


@register(Tags.translation, "house", deploy=True)
def catalogue_read_in(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """Pages and mails are in Swedish, in the words of this version: the catalogue isn't read as it lies in the code."""
    texts = [text for folder in settings.LOCALE_PATHS for text in sorted(Path(folder).glob("*/LC_MESSAGES/*.po"))]
    return [
        Error(f"{text.name} isn't read in, or has changed since: python -m ops.translations --compile", id="bra.E006")
        for text in texts
        if not _is_newer(text.with_suffix(".mo"), text)
    ]


def _is_newer(made: Path, source: Path) -> bool:
    return made.exists() and made.stat().st_mtime >= source.stat().st_mtime


def _views(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, Any]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _views(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", entry.callback
