"""Addresses of the owner's page, reached from a mail."""

from django.urls import URLPattern

app_name = "owner"
urlpatterns: list[URLPattern] = []
