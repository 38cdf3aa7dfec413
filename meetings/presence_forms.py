"""Forms of who is there when: a member's stay, a guest, the quorum. They clean; the verbs decide."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bra.forms import GuardedForm, row_choice
from bra.models import Member
from meetings.models import AgendaItem, Attendance, Guest


class ItemField(forms.TypedChoiceField):
    """One item of a meeting's agenda, or none. Offers what the member may see, and numbers only of what stands."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, coerce=int, empty_value=None, **options)

    def offer(self, items: Sequence[AgendaItem], none: str, stands: AgendaItem | None = None) -> None:
        """Offer the items; one that `stands` but isn't among them keeps its number without its title."""
        self.choices = [("", none), *((item.pk, str(item)) for item in items)]
        if stands is not None and all(item.pk != stands.pk for item in items):
            self.choices = [*self.choices, (stands.pk, _("Item %(position)s") % {"position": stands.position})]


class _StayForm(GuardedForm):
    from_item = ItemField(label=gettext_lazy("There from"))
    to_item = ItemField(label=gettext_lazy("There up to and including"))

    def _offer(self, items: Sequence[AgendaItem], stay: Attendance | Guest | None = None) -> None:
        self._items = {item.pk: item for item in items}
        if stay is not None:
            self._items |= {item.pk: item for item in (stay.from_item, stay.to_item) if item is not None}
        for name, none in (("from_item", _("The beginning")), ("to_item", _("The end"))):
            field = self.fields[name]
            assert isinstance(field, ItemField)
            field.offer(items, none, getattr(stay, name) if stay else None)

    def stay(self) -> dict[str, AgendaItem | None]:
        """Return the items chosen, as the verbs take them."""
        return {name: self._items.get(self.cleaned_data[name]) for name in ("from_item", "to_item")}


class PresenceForm(_StayForm):
    """A member is present: for whom, from and until which item."""

    substitute_for = forms.ModelChoiceField(
        label=gettext_lazy("Stands in for"), queryset=Member.objects.none(), required=False
    )

    field_order = ("substitute_for", "from_item", "to_item")

    def __init__(
        self,
        *args: Any,
        items: Sequence[AgendaItem],
        members: Sequence[Member],
        stay: Attendance | None,
        **options: Any,
    ) -> None:
        initial = {}
        if stay is not None:
            initial = {
                "substitute_for": stay.substitute_for_id,
                "from_item": stay.from_item_id,
                "to_item": stay.to_item_id,
            }
        super().__init__(*args, initial=initial, **options)
        field = row_choice(self, "substitute_for")
        field.queryset = Member.objects.filter(pk__in=[member.pk for member in members])
        field.choices = [("", _("Nobody")), *((member.pk, member.label) for member in members)]
        self._offer(items, stay)


class GuestForm(_StayForm):
    """Somebody who is co-opted to the meeting."""

    guarded = ("name", "organisation")

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        error_messages={"required": gettext_lazy("Write who is co-opted.")},
    )
    organisation = forms.CharField(label=gettext_lazy("Organisation"), max_length=120, required=False)

    field_order = ("name", "organisation", "from_item", "to_item")

    def __init__(self, *args: Any, items: Sequence[AgendaItem], guest: Guest | None = None, **options: Any) -> None:
        initial = {}
        if guest is not None:
            initial = {
                "name": guest.name,
                "organisation": guest.organisation,
                "from_item": guest.from_item_id,
                "to_item": guest.to_item_id,
            }
        super().__init__(*args, initial=initial, **options)
        self._offer(items, guest)


class QuorumForm(forms.Form):
    """How many members must be present."""

    quorum = forms.IntegerField(
        label=gettext_lazy("Members who must be present"),
        min_value=1,
        max_value=200,
        required=False,
        help_text=gettext_lazy("Leave it empty when the council has no such rule. Guests don't count."),
    )
