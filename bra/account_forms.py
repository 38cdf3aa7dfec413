"""The forms of log-in: allauth's, with our words; a new password is written once and can be shown."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bra import recovery

_HELP = _("At least 12 characters. Several words in a row are easy to remember and hard to guess.")


class LoginForm(allauth_forms.LoginForm):
    """E-mail and password."""


class ReauthenticateForm(allauth_forms.ReauthenticateForm):
    """The password once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["password"]
        field.label, field.help_text = _("Password"), ""
        field.widget.attrs.pop("placeholder", None)


class _NewPassword:
    """What both forms for a new password have in common."""

    fields: dict[str, forms.Field]

    def prepare(self) -> None:
        """Ask for the new password once, in our words."""
        del self.fields["password2"]
        field = self.fields["password1"]
        field.label, field.help_text = _("New password"), _HELP
        for each in self.fields.values():
            each.widget.attrs.pop("placeholder", None)


class ChangePasswordForm(_NewPassword, allauth_forms.ChangePasswordForm):
    """The password one has, and a new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepare()
        self.fields["oldpassword"].label = _("The password you have now")
        self.fields["oldpassword"].help_text = ""


class NewPasswordForm(_NewPassword, allauth_forms.ResetPasswordKeyForm):
    """A new password, by the link in a mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepare()


class ForgottenForm(forms.Form):
    """The address of whoever has forgotten the password. It is the same to us whether anybody has it."""

    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "none"})
    )

    def save(self, request: HttpRequest, **_rest: Any) -> str:
        """Note the request; return the address."""
        email: str = self.cleaned_data["email"]
        recovery.ask(email=email, at=timezone.now())
        return email
