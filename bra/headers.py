"""Headers that every answer carries, whoever made it: a view, the static files or a refusal of the framework.

It stands outermost, so that an answer that a later middleware cut short has them too.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase

# Everything that a browser can be asked for is refused, but for logging in with a passkey and copying a link.
_OWN = {"publickey-credentials-get", "publickey-credentials-create", "clipboard-write"}
_REFUSED = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
PERMISSIONS = ", ".join([*(f"{name}=()" for name in _REFUSED), *(f"{name}=(self)" for name in sorted(_OWN))])


class HeadersMiddleware:
    """Give each answer the headers that it lacks, and let nothing be kept that doesn't say it may be."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with the headers."""
        response = self.get_response(request)
        for name, value in {
            "Permissions-Policy": PERMISSIONS,
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Permitted-Cross-Domain-Policies": "none",
            "Server": "web",  # or the web server tells which one it is
            # These are Django's own, which it forgets where a request was refused at its very door.
            "Cross-Origin-Opener-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": settings.X_FRAME_OPTIONS,
            "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
            # A page, an answer to a form or a refusal: all may tell of what only this user may know.
            "Cache-Control": "no-store, private",
        }.items():
            response.headers.setdefault(name, value)
        if getattr(request, "was_logged_out", False):
            # Not "cookies", which would empty those of the municipality's other services under the same domain, and
            # not "storage", which holds whether single keys are shortcuts; drafts are forgotten by the page itself.
            response.headers["Clear-Site-Data"] = '"cache"'
        return response


@receiver(user_logged_out)
def _note_log_out(request: HttpRequest | None, **_others: Any) -> None:
    """Remember that this request ended a session, however it did."""
    if request is not None:
        request.was_logged_out = True  # type: ignore[attr-defined]
