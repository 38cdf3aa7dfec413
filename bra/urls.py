"""All addresses. Everything of a council is below its slug; what stands before it is for everybody."""

from django.contrib.auth import views as auth
from django.urls import include, path

from bra import views

_council = [
    path("", include("reports.home_urls")),
    path("", include("meetings.urls")),
    path("", include("actions.urls")),
    path("", include("reports.urls")),
]

urlpatterns = [
    path("", views.start, name="start"),
    path("healthz", views.healthz, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("konto/logga-in/", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("konto/logga-ut/", auth.LogoutView.as_view(), name="logout"),
    path("konto/losenord/", auth.PasswordChangeView.as_view(), name="password_change"),
    path("konto/losenord/klart/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("konto/glomt/", auth.PasswordResetView.as_view(), name="password_reset"),
    path("konto/glomt/skickat/", auth.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path("konto/nytt/<uidb64>/<token>/", auth.PasswordResetConfirmView.as_view(), name="password_reset_confirm"),
    path("konto/nytt/klart/", auth.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
    path("ansvarig/", include("actions.owner_urls")),
    path("<slug:council_slug>/", include(_council)),
]
