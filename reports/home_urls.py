"""Addresses of the first page."""

from django.urls import path

from reports import home_views

urlpatterns = [path("", home_views.home, name="home")]
