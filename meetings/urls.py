"""Addresses of meetings and cases."""

from django.urls import URLPattern, path

from meetings import decision_views, history_views, live_views, presence_views, views
from meetings.case_urls import urlpatterns as case_urls
from meetings.document_urls import urlpatterns as document_urls
from meetings.ground_urls import urlpatterns as ground_urls
from meetings.planning_urls import urlpatterns as planning_urls
from meetings.signing_urls import urlpatterns as signing_urls
from meetings.summons_urls import urlpatterns as summons_urls

app_name = "meetings"
urlpatterns: list[URLPattern] = [
    path("moten/", views.meeting_list, name="list"),
    path("moten/nytt/", views.meeting_new, name="new"),
    path("moten/<int:pk>/", views.meeting_detail, name="detail"),
    path("moten/<int:pk>/andra/", views.meeting_edit, name="edit"),
    path("moten/<int:pk>/oppna/", views.meeting_open, name="open"),
    path("moten/<int:pk>/oppna/angra/", views.meeting_unopen, name="unopen"),
    path("moten/<int:pk>/avsluta/", views.meeting_adjourn, name="adjourn"),
    path("moten/<int:pk>/ateroppna/", views.meeting_reopen, name="reopen"),
    path("moten/<int:pk>/logga/", live_views.live, name="live"),
    path("moten/<int:pk>/narvaro/", live_views.attendance, name="attendance"),
    path("moten/<int:pk>/narvaro/ledamot/", presence_views.presence, name="presence"),
    path("moten/<int:pk>/narvaro/gast/", presence_views.guest_add, name="guest_add"),
    path("gaster/<int:pk>/andra/", presence_views.guest_edit, name="guest_edit"),
    path("gaster/<int:pk>/ta-bort/", presence_views.guest_remove, name="guest_remove"),
    path("moten/<int:pk>/nu/", presence_views.now, name="now"),
    path("punkter/<int:pk>/ta-upp/", presence_views.take_up, name="take_up"),
    path("beslutsforhet/", presence_views.quorum, name="quorum"),
    path("moten/<int:pk>/punkter/ny/", views.item_add, name="item_add"),
    path("punkter/<int:pk>/andra/", views.item_edit, name="item_edit"),
    path("punkter/<int:pk>/flytta/", views.item_move, name="item_move"),
    path("punkter/<int:pk>/ta-bort/", views.item_remove, name="item_remove"),
    path("punkter/<int:pk>/historik/", history_views.item_history, name="item_history"),
    path("punkter/<int:pk>/anteckningar/", live_views.item_notes, name="item_notes"),
    path("punkter/<int:pk>/lage/", live_views.item_state, name="item_state"),
    path("punkter/<int:pk>/beslut/", decision_views.decision_add, name="decision_add"),
    path("beslut/<int:pk>/andra/", decision_views.decision_edit, name="decision_edit"),
    path("beslut/<int:pk>/ta-bort/", decision_views.decision_remove, name="decision_remove"),
    *case_urls,
    *ground_urls,
    *document_urls,
    *planning_urls,
    *signing_urls,
    *summons_urls,
]
