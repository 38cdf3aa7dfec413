"""Addresses of the page on which a summons is answered, reached from a mail."""

from django.urls import path

from meetings import reply_views

app_name = "reply"
urlpatterns = [
    path("", reply_views.page, name="page"),
    path("svar/", reply_views.answer, name="answer"),
    path("angra/", reply_views.undo, name="undo"),
    path("<str:secret>/", reply_views.enter, name="enter"),
]
