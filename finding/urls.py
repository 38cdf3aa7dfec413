"""Addresses of finding, below a council."""

from django.urls import path

from finding import calendar_views, views

app_name = "finding"
urlpatterns = [
    path("sok/", views.search, name="search"),
    path("amnen/<int:pk>/", views.topic, name="topic"),
    path("kalender/", calendar_views.calendar, name="calendar"),
    path("kalender/ny/", calendar_views.calendar_make, name="calendar_make"),
    path("kalender/stoppa/", calendar_views.calendar_stop, name="calendar_stop"),
]
