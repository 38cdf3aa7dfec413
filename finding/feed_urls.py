"""The address of calendar feeds, outside the log-in."""

from django.urls import path

from finding import calendar_views

urlpatterns = [path("<str:secret>.ics", calendar_views.calendar_feed, name="calendar_feed")]
