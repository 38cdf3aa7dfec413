"""Addresses of meetings and cases."""

from django.urls import URLPattern

app_name = "meetings"
urlpatterns: list[URLPattern] = []
