"""The addresses of log-in: those of django-allauth's views that we want, by its own names, under Swedish addresses.

None signs up, changes the address one logs in with, or takes a telephone number.
"""

from allauth.account import views as account
from allauth.socialaccount import views as social
from django.urls import URLPattern, path, re_path

from bra import account_views
from bra import second_step_views as step

urlpatterns: list[URLPattern] = [
    path("logga-in/", account.login, name="account_login"),
    path("logga-ut/", account.logout, name="account_logout"),
    path("bekrafta/", account.reauthenticate, name="account_reauthenticate"),
    path("losenord/", account.password_change, name="account_change_password"),
    path("glomt/", account_views.forgotten, name="account_reset_password"),
    path("glomt/skickat/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^nytt/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account_views.new_password,
        name="account_reset_password_from_key",
    ),
    path("nytt/klart/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("inloggningar/", account_views.sessions, name="usersessions_list"),
    path("tvasteg/", step.Overview.as_view(), name="mfa_index"),
    path("tvasteg/logga-in/", step.Authenticate.as_view(), name="mfa_authenticate"),
    path("tvasteg/bekrafta/", step.Reauthenticate.as_view(), name="mfa_reauthenticate"),
    path("tvasteg/app/", step.ActivateApp.as_view(), name="mfa_activate_totp"),
    path("tvasteg/app/ta-bort/", step.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("tvasteg/reservkoder/", step.Codes.as_view(), name="mfa_view_recovery_codes"),
    path("tvasteg/reservkoder/nya/", step.NewCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("tvasteg/nycklar/ny/", step.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("tvasteg/nycklar/bekrafta/", step.ReauthenticateByPasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("tvasteg/nycklar/logga-in/", step.LogInByPasskey.as_view(), name="mfa_login_webauthn"),
    path("tvasteg/nycklar/<int:pk>/", step.RenamePasskey.as_view(), name="mfa_edit_webauthn"),
    path("tvasteg/nycklar/<int:pk>/ta-bort/", step.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    # Without a provider in the settings (BRA_OIDC_URL) the first two are 404.
    path("kommunen/logga-in/<str:provider_id>/", account_views.provider_login, name="openid_connect_login"),
    path("kommunen/svar/<str:provider_id>/", account_views.provider_callback, name="openid_connect_callback"),
    path("kommunen/avbruten/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("kommunen/fel/", social.login_error, name="socialaccount_login_error"),
]
