"""Addresses of records, below a council's."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("gallring/", include("records.retention_urls")),
    path("utlamnande/", include("records.release_urls")),
    path("", include("records.own_urls")),
    path("logg/", include("records.audit_urls")),
]
