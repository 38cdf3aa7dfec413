"""Addresses of the pages about mail; actions.urls takes them in."""

from django.urls import path

from actions import mail_views, rule_views

urlpatterns = [
    path("utskick/", mail_views.mail_list, name="mail_list"),
    path("utskick/forhandsvisning/", mail_views.reminder_preview, name="reminder_preview"),
    path("utskick/skicka/", mail_views.reminder_send, name="reminder_send"),
    path("utskick/regler/", rule_views.rules, name="mail_rules"),
    path("utskick/avstamningar/", rule_views.rounds, name="mail_rounds"),
    path("utskick/avstamningar/<int:pk>/", rule_views.round_detail, name="mail_round"),
    path("utskick/adresser/<int:pk>/oppna/", mail_views.address_lift, name="mail_address_lift"),
    path("utskick/<int:pk>/stoppa/", mail_views.address_stop, name="mail_address_stop"),
    path("utskick/<int:pk>/", mail_views.mail_detail, name="mail_detail"),
    path("utskick/<int:pk>/skicka-igen/", mail_views.mail_resend, name="mail_resend"),
    path("utskick/<int:pk>/avfor/", mail_views.mail_dismiss, name="mail_dismiss"),
]
