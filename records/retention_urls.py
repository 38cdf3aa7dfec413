"""Addresses of what is kept, proposed for purging, purged, and what lies in the recycle bin."""

from django.urls import path

from records import bin_views, retention_views

urlpatterns = [
    path("", retention_views.overview, name="retention"),
    path("regel/", retention_views.rule, name="retention_rule"),
    path("regel/forslag/", retention_views.suggested, name="retention_suggested"),
    path("visa/", retention_views.show, name="purge_show"),
    path("<int:pk>/", retention_views.order, name="purge_order"),
    path("logg/", retention_views.log, name="purge_log"),
    path("logg.csv", retention_views.log_csv, name="purge_log_csv"),
    path("papperskorg/", bin_views.contents, name="bin"),
    path("papperskorg/ta-tillbaka/", bin_views.bring_back, name="bin_restore"),
]
