"""Addresses of imports."""

from django.urls import path

from imports import views

app_name = "imports"
urlpatterns = [
    path("import/", views.import_list, name="list"),
    path("import/<int:pk>/", views.detail, name="detail"),
    path("import/<int:pk>/angra/", views.undo, name="undo"),
    path("import/<int:pk>/kasta/", views.discard, name="discard"),
]
