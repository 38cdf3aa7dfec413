"""Addresses of cases; meetings.urls includes them under its own namespace."""

from django.urls import path

from meetings import case_life_views as life
from meetings import case_views as views

urlpatterns = [
    path("arenden/", views.case_list, name="case_list"),
    path("arenden/nytt/", views.case_new, name="case_new"),
    path("arenden/<int:pk>/", views.case_detail, name="case_detail"),
    path("arenden/<int:pk>/andra/", views.case_edit, name="case_edit"),
    path("arenden/<int:pk>/lage/", views.case_state, name="case_state"),
    path("arenden/<int:pk>/sla-ihop/", life.case_merge, name="case_merge"),
    path("arenden/<int:pk>/skilj-at/", life.case_unmerge, name="case_unmerge"),
    path("arenden/<int:pk>/dela/", life.case_split, name="case_split"),
    path("arenden/<int:pk>/avsluta/", life.case_close, name="case_close"),
    path("arenden/<int:pk>/ateroppna/", life.case_reopen, name="case_reopen"),
    path("arenden/<int:pk>/koppla/", life.case_link, name="case_link"),
    path("arenden/<int:pk>/koppla-bort/", life.case_unlink, name="case_unlink"),
    path("arenden/<int:pk>/bevaka/", life.case_watch, name="case_watch"),
    path("arenden/bevakade/sedda/", life.watched_seen, name="watched_seen"),
    path("moten/<int:pk>/arende-till-dagordning/", life.case_to_agenda, name="case_to_agenda"),
    path("installningar/arenden/", life.case_rules, name="case_rules"),
]
