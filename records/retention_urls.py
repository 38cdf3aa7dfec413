"""Addresses of what is kept, proposed for purging, purged, and what lies in the recycle bin."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
