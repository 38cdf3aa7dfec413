"""The addresses of log-in: those of django-allauth's views that we want, by its own names, under Swedish addresses.

None signs up, changes the address one logs in with, or takes a telephone number.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from django.urls import URLPattern, path, re_path

from bra import account_views

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
    path("tvasteg/", mfa.index, name="mfa_index"),
    path("tvasteg/logga-in/", mfa.authenticate, name="mfa_authenticate"),
    path("tvasteg/bekrafta/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("tvasteg/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("tvasteg/app/ta-bort/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("tvasteg/reservkoder/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("tvasteg/reservkoder/nya/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("tvasteg/reservkoder/hamta/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("tvasteg/nycklar/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("tvasteg/nycklar/ny/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("tvasteg/nycklar/bekrafta/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("tvasteg/nycklar/logga-in/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("tvasteg/nycklar/<int:pk>/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("tvasteg/nycklar/<int:pk>/ta-bort/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    # Without a provider in the settings (BRA_OIDC_URL) the first two are 404.
    path("kommunen/logga-in/<str:provider_id>/", account_views.provider_login, name="openid_connect_login"),
    path("kommunen/svar/<str:provider_id>/", account_views.provider_callback, name="openid_connect_callback"),
    path("kommunen/avbruten/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("kommunen/fel/", social.login_error, name="socialaccount_login_error"),
]
