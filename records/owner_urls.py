"""Addresses behind the link of the owner's page; before that page's own, whose secret could be any word."""

from django.urls import URLPattern, path

from records import own_views as views

urlpatterns: list[URLPattern] = [
    path("uppgifter/", views.by_link, name="own_by_link"),
    path("uppgifter/json/", views.by_link_json, name="own_by_link_json"),
]
