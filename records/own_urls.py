"""Addresses of one's own data, and of its removal."""

from django.urls import URLPattern, path

from records import own_views as views

urlpatterns: list[URLPattern] = [
    path("mina-uppgifter/", views.own_data, name="own_data"),
    path("mina-uppgifter/json/", views.own_data_json, name="own_data_json"),
    path("mina-uppgifter/fil/", views.own_data_file, name="own_data_file"),
    path("mina-uppgifter/borttagning/", views.ask_for_removal, name="own_data_removal"),
    path("ledamoter/<int:pk>/uppgifter/", views.member_data, name="member_data"),
    path("ledamoter/<int:pk>/ta-bort-uppgifter/", views.erase, name="member_erase"),
]
