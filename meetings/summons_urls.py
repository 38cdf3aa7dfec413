"""Addresses of the summons; meetings.urls includes them under its own namespace."""

from django.urls import URLPattern, path

from meetings import summons_views as views

urlpatterns: list[URLPattern] = [
    path("moten/<int:pk>/kallelse/", views.summon, name="summon"),
    path("moten/<int:pk>/stall-in/", views.cancel, name="cancel"),
    path("moten/<int:pk>/hall-anda/", views.uncancel, name="uncancel"),
    path("moten/<int:pk>/svar/", views.answer, name="answer"),
    path("moten/<int:pk>/svar/angra/", views.answer_undo, name="answer_undo"),
]
