"""Addresses of actions, the plan and reminders."""

from django.urls import URLPattern

app_name = "actions"
urlpatterns: list[URLPattern] = []
