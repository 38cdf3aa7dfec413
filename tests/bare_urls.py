"""The product's addresses, with a bare 404: the matrix hears it tens of thousands of times."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from bra.urls import urlpatterns

__all__ = ["handler404", "urlpatterns"]


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say it without a page."""
    return HttpResponseNotFound()
