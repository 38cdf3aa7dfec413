"""The product's addresses and one whose view breaks on what a user wrote, for tests of faults."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from bra.urls import urlpatterns as ours

SECRET = "Kalle Karlsson stal en cykel"  # what somebody wrote, no password


def breaks(request: HttpRequest, secret: str = "") -> HttpResponse:
    """Break on the words that were sent, as a database or a library does."""
    text = request.POST.get("text", "") or request.GET.get("q", "") or SECRET
    try:
        raise KeyError(text)
    except KeyError as error:
        raise ValueError(f"invalid: {text!r} at {secret}") from error


urlpatterns = [path("brister/", breaks), path("brister/<str:secret>/", breaks), *ours]
