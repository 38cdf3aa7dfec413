"""Addresses of cases; meetings.urls includes them under its own namespace."""

from django.urls import path

from meetings import case_views as views

urlpatterns = [
    path("arenden/", views.case_list, name="case_list"),
    path("arenden/nytt/", views.case_new, name="case_new"),
    path("arenden/<int:pk>/", views.case_detail, name="case_detail"),
    path("arenden/<int:pk>/andra/", views.case_edit, name="case_edit"),
    path("arenden/<int:pk>/lage/", views.case_state, name="case_state"),
]
