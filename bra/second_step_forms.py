"""The forms of the second step."""

from typing import Any, cast

from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa import signals
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bra import personnummer, second_step
from bra.models import User

LONGEST_NAME = 60
GROUP = 4


def _code_field() -> forms.CharField:
    """A field that telephones offer their codes for."""
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
    return forms.CharField(label=gettext_lazy("Code"), max_length=20, widget=forms.TextInput(attributes))


def _may_try(user: User) -> Any:
    """Count a try of the user's; return what takes it back. Raises ValidationError when there were too many."""
    usage = ratelimit.consume(context.request, app="allauth.mfa", action="second_step", key=f"user {user.pk}")
    if not usage:
        raise ValidationError(_("Too many wrong codes. Wait for a while before you try again."))
    return usage


def _clean_code(form: Any, *, reauthentication: bool) -> str:
    """Accept a code of the app's or a recovery code, once; count the tries."""
    user = cast(User, form.user)
    _may_try(user)
    code = str(form.cleaned_data["code"])
    found = second_step.use_code(user=user, code=code, at=timezone.now())
    if found is None:
        typed = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN)
        first = typed.order_by("-type").first()
        if first is not None:
            signals.authentication_failed.send(
                sender=Authenticator,
                request=context.request,
                user=user,
                authenticator=first,
                reauthentication=reauthentication,
            )
        raise ValidationError(_("The code isn't right, or it was used already. Wait for the app's next code."))
    ratelimit.clear(context.request, app="allauth.mfa", action="second_step", key=f"user {user.pk}")
    found.user = user
    form.authenticator = found
    return code


class CodeForm(AuthenticateForm):
    """The code at log-in."""

    code = _code_field()

    def clean_code(self) -> str:
        """Accept it once."""
        return _clean_code(self, reauthentication=False)


class ConfirmForm(ReauthenticateForm):
    """The code that confirms that it is still you."""

    code = _code_field()

    def clean_code(self) -> str:
        """Accept it once."""
        return _clean_code(self, reauthentication=True)


class AppForm(forms.Form):
    """The first code of an app: shows that it was set up with our secret. Made for django-allauth's view."""

    code = _code_field()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.counter = 0
        session = context.request.session
        # One secret until it is used: a page that was loaded twice still fits the telephone.
        self.secret = second_step.decrypt(session.get(SECRET_SESSION_KEY, ""))
        if not self.secret:
            self.secret = generate_totp_secret()
            session[SECRET_SESSION_KEY] = second_step.encrypt(self.secret)

    @property
    def groups(self) -> list[str]:
        """The secret in groups, as one types it."""
        return [self.secret[start : start + GROUP] for start in range(0, len(self.secret), GROUP)]

    def clean_code(self) -> str:
        """Accept a code that the secret makes now."""
        _may_try(self.user)
        code = str(self.cleaned_data["code"])
        counter = second_step.counter_of(self.secret, code, timezone.now())
        if counter is None:
            raise ValidationError(
                _("The code isn't right. Take the one the app shows now, and see that the telephone's clock is right.")
            )
        ratelimit.clear(context.request, app="allauth.mfa", action="second_step", key=f"user {self.user.pk}")
        self.counter = counter
        return code


def _name_field(*, required: bool) -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        required=required,
        help_text=gettext_lazy("So that you can tell it from others: work computer, telephone."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )


def _clean_name(name: str) -> str:
    """Refuse what looks like a personnummer; a name needs none, so there is nothing to override."""
    if personnummer.find(name):
        raise ValidationError(_("That looks like a personal identity number. Choose another name."))
    return " ".join(name.split())


class NewPasskeyForm(AddWebAuthnForm):
    """A passkey that the browser just made."""

    name = _name_field(required=False)
    # Ours is always one that opens by itself; the server asks the browser for that, not the user.
    passwordless = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["name"] = ""

    def clean_name(self) -> str:
        """Take the name, or make one: a passkey that exists isn't lost for want of a name."""
        name: str = super().clean_name()
        return _clean_name(name)


class PasskeyNameForm(EditWebAuthnForm):
    """The name of a passkey."""

    name = _name_field(required=True)

    def clean_name(self) -> str:
        """Refuse what looks like a personnummer."""
        return _clean_name(self.cleaned_data["name"])
