"""Addresses of the audit log."""

from django.urls import URLPattern, path

from records import audit_views

urlpatterns: list[URLPattern] = [
    path("", audit_views.audit_log, name="audit_log"),
    path("fil.csv", audit_views.audit_csv, name="audit_csv"),
    path("fil.xlsx", audit_views.audit_xlsx, name="audit_xlsx"),
    path("kontrollera/", audit_views.audit_verify, name="audit_verify"),
]
