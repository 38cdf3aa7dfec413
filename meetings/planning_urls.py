"""Addresses of what comes before a meeting; meetings.urls includes them under its own namespace."""

from django.urls import path

from meetings import proposal_views, series_views, standing_views

urlpatterns = [
    path("moten/serie/", series_views.series, name="series"),
    path("dagordning/", standing_views.standing, name="standing"),
    path("dagordning/ny/", standing_views.standing_add, name="standing_add"),
    path("dagordning/<int:pk>/andra/", standing_views.standing_edit, name="standing_edit"),
    path("dagordning/<int:pk>/flytta/", standing_views.standing_move, name="standing_move"),
    path("dagordning/<int:pk>/ta-bort/", standing_views.standing_remove, name="standing_remove"),
    path("forslag/", proposal_views.proposals, name="proposals"),
    path("forslag/nytt/", proposal_views.proposal_new, name="proposal_new"),
    path("forslag/dagar/", proposal_views.proposal_days, name="proposal_days"),
    path("forslag/<int:pk>/ta-upp/", proposal_views.proposal_take, name="proposal_take"),
    path("forslag/<int:pk>/avsla/", proposal_views.proposal_decline, name="proposal_decline"),
    path("forslag/<int:pk>/dra-tillbaka/", proposal_views.proposal_withdraw, name="proposal_withdraw"),
    path("forslag/<int:pk>/angra/", proposal_views.proposal_put_back, name="proposal_put_back"),
]
