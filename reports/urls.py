"""Addresses of reports."""

from django.urls import path

from reports import views, web_views

app_name = "reports"
urlpatterns = [
    path("rapporter/", views.report_list, name="list"),
    path("rapporter/siffror/", web_views.figures, name="figures"),
    path("rapporter/siffror/atgarder/", web_views.figure_rows, name="figure_rows"),
    path("rapporter/lage/", views.progress, name="progress"),
    path("rapporter/<int:pk>/fil/", views.download, name="download"),
    path("rapporter/<int:pk>/avbryt/", views.cancel, name="cancel"),
]
