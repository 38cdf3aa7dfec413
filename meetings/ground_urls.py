"""Addresses of secrecy; meetings.urls includes them under its own namespace."""

from django.urls import path

from meetings import ground_views as views

urlpatterns = [
    path("sekretess/", views.secrecy, name="secrecy"),
    path("sekretess/grunder/", views.ground_list, name="grounds"),
    path("sekretess/grunder/ny/", views.ground_add, name="ground_add"),
    path("sekretess/grunder/<int:pk>/andra/", views.ground_edit, name="ground_edit"),
    path("sekretess/grunder/<int:pk>/ta-bort/", views.ground_remove, name="ground_remove"),
]
