"""The forms of those who look after the installation."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from bra.forms import GuardedForm
from bra.models import Council, Member, Organisation

# The first parts of addresses that aren't councils (bra/urls.py).
TAKEN_SLUGS = {
    "avanmal",
    "ansvarig",
    "drift",
    "healthz",
    "i18n",
    "integritet",
    "kalender",
    "kallelse",
    "konto",
    "protokoll",
    "static",
}


def address_mistake(slug: str) -> str:
    """Return what is wrong with a council's part of the address, as a sentence; empty when nothing is."""
    if not re.fullmatch(r"[a-z0-9-]+", slug):
        return _("The address may hold letters a-z, digits and hyphens only.")
    if slug in TAKEN_SLUGS:
        return _("The address %(slug)s is taken by the product itself. Choose another.") % {"slug": slug}
    return ""


def _longest(model: Any, name: str) -> int:
    return model._meta.get_field(name).max_length


class CoordinatorForm(GuardedForm):
    """Who coordinates a council."""

    guarded: tuple[str, ...] = ("organisation", "coordinator", "title")

    organisation = forms.CharField(
        label=gettext_lazy("Organisation"),
        max_length=_longest(Organisation, "name"),
        help_text=gettext_lazy("Where the coordinator works."),
    )
    coordinator = forms.CharField(label=gettext_lazy("Coordinator's name"), max_length=_longest(Member, "name"))
    title = forms.CharField(
        label=pgettext_lazy("member", "Title"),
        max_length=_longest(Member, "title"),
        help_text=gettext_lazy("For instance: security coordinator."),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=_longest(Member, "email"),
        help_text=gettext_lazy("A mail there tells how to choose a password."),
    )


class CouncilForm(CoordinatorForm):
    """A new council and its first coordinator."""

    guarded = ("name", "slug", *CoordinatorForm.guarded)
    field_order = ("name", "slug")

    name = forms.CharField(
        label=gettext_lazy("The council's name"),
        max_length=_longest(Council, "name"),
        help_text=gettext_lazy("For instance: BRÅ Granby."),
    )
    slug = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=_longest(Council, "slug"),
        help_text=gettext_lazy("Its part of the web address, such as granby. It can't be changed later."),
    )

    def clean_slug(self) -> str:
        """See that the address can be one, and is no other council's."""
        slug = self.cleaned_data["slug"].strip().lower()
        mistake = address_mistake(slug)
        if mistake:
            raise ValidationError(mistake)
        return slug
