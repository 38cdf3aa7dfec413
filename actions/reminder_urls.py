"""Addresses of the pages about reminders; actions.urls takes them in."""

from django.urls import path

from actions import reminder_views

urlpatterns = [
    path("utskick/", reminder_views.reminder_list, name="reminder_list"),
    path("utskick/forhandsvisning/", reminder_views.reminder_preview, name="reminder_preview"),
    path("utskick/skicka/", reminder_views.reminder_send, name="reminder_send"),
    path("utskick/<int:pk>/", reminder_views.reminder_detail, name="reminder_detail"),
    path("utskick/<int:pk>/skicka-igen/", reminder_views.reminder_resend, name="reminder_resend"),
    path("utskick/<int:pk>/avfor/", reminder_views.reminder_dismiss, name="reminder_dismiss"),
]
