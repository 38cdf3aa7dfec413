"""Addresses of reports."""

from django.urls import path

from reports import returning_views, views

app_name = "reports"
urlpatterns = [
    path("rapporter/", views.report_list, name="list"),
    path("rapporter/lage/", views.progress, name="progress"),
    path("rapporter/<int:pk>/fil/", views.download, name="download"),
    path("rapporter/<int:pk>/avbryt/", views.cancel, name="cancel"),
    path("rapporter/<int:pk>/ifylld/", returning_views.take_up, name="return"),
    path("rapporter/ifyllda/<int:pk>/", returning_views.detail, name="returned"),
    path("rapporter/ifyllda/<int:pk>/angra/", returning_views.undo, name="return_undo"),
    path("rapporter/ifyllda/<int:pk>/kasta/", returning_views.discard, name="return_discard"),
]
