"""Addresses of the owner's page, reached from a mail."""

from django.urls import path

from actions import owner_views

app_name = "owner"
urlpatterns = [
    path("", owner_views.page, name="page"),
    path("<str:secret>/", owner_views.enter, name="enter"),
    path("utskick/val/", owner_views.mail_choice, name="mail_choice"),
    path("utskick/kalender/", owner_views.calendar, name="calendar"),
    path("utskick/vikarie/", owner_views.deputy, name="deputy"),
    path("utskick/vikarie/<int:pk>/avsluta/", owner_views.deputy_end, name="deputy_end"),
    path("kalender/<str:secret>.ics", owner_views.calendar_feed, name="calendar_feed"),
    path("atgard/<int:pk>/", owner_views.report, name="report"),
    path("atgard/<int:pk>/mer-tid/", owner_views.more_time, name="more_time"),
    path("atgard/<int:pk>/lamna-over/", owner_views.pass_on, name="pass_on"),
    path("atgard/<int:pk>/angra/", owner_views.undo, name="undo"),
]
