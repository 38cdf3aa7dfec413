"""Addresses of the owner's page, reached from a mail."""

from django.urls import path

from actions import owner_views

app_name = "owner"
urlpatterns = [
    path("", owner_views.page, name="page"),
    path("<str:secret>/", owner_views.enter, name="enter"),
    path("atgard/<int:pk>/", owner_views.report, name="report"),
    path("atgard/<int:pk>/angra/", owner_views.undo, name="undo"),
]
