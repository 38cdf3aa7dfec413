"""Addresses of those who look after the installation."""

from django.urls import path

from bra import administering_views as views

app_name = "administering"

urlpatterns = [
    path("", views.installation, name="installation"),
    path("rad/nytt/", views.council_new, name="council_new"),
    path("rad/<int:pk>/samordnare/", views.coordinator_new, name="coordinator_new"),
    path("konton/", views.accounts, name="accounts"),
    path("konton/<int:pk>/", views.account, name="account"),
    path("konton/<int:pk>/andra/", views.account_verb, name="account_verb"),
    path("logg/", views.installation_log, name="log"),
]
