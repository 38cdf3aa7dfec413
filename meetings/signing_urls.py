"""Addresses of signing off; meetings.urls includes them under its own namespace."""

from django.urls import path

from meetings import signing_views as views

urlpatterns = [
    path("moten/<int:pk>/justerare/", views.adjusters, name="adjusters"),
    path("moten/<int:pk>/justering/", views.sign_off, name="sign_off"),
    path("moten/<int:pk>/justering/skicka/", views.send, name="sign_off_send"),
    path("moten/<int:pk>/justering/skriv-under/", views.sign, name="sign"),
    path("moten/<int:pk>/justering/avsta/", views.decline, name="sign_off_decline"),
    path("moten/<int:pk>/justering/ta-tillbaka/", views.withdraw, name="sign_off_withdraw"),
    path("punkter/<int:pk>/kommentera/", views.comment, name="comment"),
    path("kommentarer/<int:pk>/ta-bort/", views.comment_remove, name="comment_remove"),
    path("moten/<int:pk>/tillagg/", views.addendum, name="addendum"),
    path("moten/<int:pk>/las-upp/", views.unlock, name="unlock"),
    path("upplasningar/<int:pk>/svara/", views.unlock_answer, name="unlock_answer"),
    path("utgavor/<int:pk>/", views.edition, name="edition"),
    path("motesregler/", views.meeting_rules, name="meeting_rules"),
]
