"""Addresses of reports."""

from django.urls import path

from reports import keeping_views, returning_views, schedule_views, views, web_views

app_name = "reports"
urlpatterns = [
    path("rapporter/", views.report_list, name="list"),
    path("rapporter/siffror/", web_views.figures, name="figures"),
    path("rapporter/siffror/atgarder/", web_views.figure_rows, name="figure_rows"),
    path("rapporter/lage/", views.progress, name="progress"),
    path("rapporter/<int:pk>/fil/", views.download, name="download"),
    path("rapporter/<int:pk>/avbryt/", views.cancel, name="cancel"),
    path("rapporter/<int:pk>/gor-om/", keeping_views.again, name="again"),
    path("rapporter/<int:pk>/ta-bort/", keeping_views.delete, name="delete"),
    path("rapporter/historik/", keeping_views.history, name="history"),
    path("rapporter/automatiska/", schedule_views.schedule_list, name="schedule"),
    path("rapporter/automatiska/vanliga/", schedule_views.schedule_usual, name="schedule_usual"),
    path("rapporter/automatiska/<int:pk>/mottagare/", schedule_views.schedule_recipients, name="schedule_recipients"),
    path("rapporter/automatiska/<int:pk>/ta-bort/", schedule_views.schedule_remove, name="schedule_remove"),
    path("rapporter/<int:pk>/ifylld/", returning_views.take_up, name="return"),
    path("rapporter/ifyllda/<int:pk>/", returning_views.detail, name="returned"),
    path("rapporter/ifyllda/<int:pk>/angra/", returning_views.undo, name="return_undo"),
    path("rapporter/ifyllda/<int:pk>/kasta/", returning_views.discard, name="return_discard"),
]
