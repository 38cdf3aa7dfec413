"""Forms of meetings, agenda items, notes and decisions. They clean; the verbs decide."""

from datetime import time
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bra.forms import DayInput, GroundField, GuardedForm, LongText, SeveralField, row_choice
from bra.markdown import pasted
from bra.models import Council, Member, Organisation
from meetings.models import (
    AgendaItem,
    AttendanceStatus,
    Case,
    Decision,
    DecisionKind,
    ItemKind,
    Meeting,
    Topic,
)
from meetings.permissions import may_restrict_any

LONGEST_NOTES = AgendaItem._meta.get_field("notes").max_length
LONGEST_DECISION = Decision._meta.get_field("text").max_length


class HourInput(forms.TimeInput):
    """A clock time as the browser's own field wants it."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class PlannedMinutes(forms.IntegerField):
    """How long an item is planned to take, in whole minutes."""

    def __init__(self) -> None:
        super().__init__(label=_("Planned minutes"), min_value=1, max_value=600, required=False)


class MeetingForm(GuardedForm):
    """When and where a meeting is held."""

    guarded = ("title", "place")

    date = forms.DateField(label=_("Date"), widget=DayInput())
    starts_at = forms.TimeField(label=_("From"), widget=HourInput())
    ends_at = forms.TimeField(label=_("To"), widget=HourInput(), required=False)
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    title = forms.CharField(
        label=_("Title"), max_length=120, required=False, help_text=_("Leave it empty for an ordinary meeting.")
    )

    @staticmethod
    def of(meeting: Meeting) -> dict[str, Any]:
        """Return the initial values for a planned meeting."""
        return {name: getattr(meeting, name) for name in ("date", "starts_at", "ends_at", "place", "title")}

    @staticmethod
    def like_last(council: Council) -> dict[str, Any]:
        """Return the initial values for a new meeting: the last meeting's hours and place."""
        last = Meeting.objects.filter(council=council).values("starts_at", "ends_at", "place").first()
        return dict(last) if last else {"starts_at": time(13), "ends_at": time(15)}


class ItemForm(GuardedForm):
    """An item of the agenda; it may belong to a case, or open one.

    `cleaned_data["ground"]` is missing when the member may not restrict.
    """

    guarded = ("title", "presenter", "new_case_title")

    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=ItemKind, initial=ItemKind.DISCUSSION, required=False)
    presenter = forms.CharField(
        label=_("Presented by"), max_length=120, required=False, help_text=_("A role or an organisation is enough.")
    )
    minutes_planned = PlannedMinutes()
    topics = SeveralField(
        label=_("Topics"), queryset=Topic.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    case = forms.ModelChoiceField(
        label=_("Case"), queryset=Case.objects.none(), required=False, empty_label=_("No case")
    )
    new_case_title = forms.CharField(
        label=_("Or open a new case: its title"),
        max_length=200,
        required=False,
        help_text=_("A case is a question that the council follows across meetings, never a person."),
    )
    new_case_organisation = forms.ModelChoiceField(
        label=_("Organisation responsible for the new case"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("Choose an organisation"),
    )
    ground = GroundField(
        help_text=_(
            "With a legal ground, the item, its decisions and its actions exist only for members who are cleared."
        ),
    )

    def __init__(self, *args: Any, member: Member, item: AgendaItem | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        visible = Case.objects.visible_to(member)
        cases = visible.live()
        if item is not None and item.case_id:
            # The item's own case stays to be chosen when it has been closed meanwhile.
            cases = cases | visible.filter(pk=item.case_id)
        self._choose_from("topics", Topic.objects.filter(council=member.council))
        self._choose_from("case", cases)
        self._choose_from("new_case_organisation", Organisation.objects.filter(council=member.council))
        if not may_restrict_any(member):
            del self.fields["ground"]
            return
        ground = self.fields["ground"]
        assert isinstance(ground, GroundField)
        ground.offer(member.council, but=item.legal_ground if item else None)

    def _choose_from(self, name: str, rows: Any) -> None:
        field = row_choice(self, name)
        field.queryset = rows

    @staticmethod
    def of(item: AgendaItem) -> dict[str, Any]:
        """Return the initial values for an item."""
        return {name: getattr(item, name) for name in ("title", "kind", "presenter", "minutes_planned", "case")} | {
            "topics": item.topics.all(),
            "ground": item.legal_ground_id,
        }

    def clean_kind(self) -> str:
        """Without a choice it is what a new item is."""
        return self.cleaned_data["kind"] or ItemKind.DISCUSSION

    def clean(self) -> dict[str, Any]:
        """A new case needs an organisation, and an item belongs to one case."""
        cleaned = super().clean()
        if cleaned.get("new_case_title"):
            if cleaned.get("case"):
                self.add_error("new_case_title", _("Choose a case or open a new one, not both."))
            if not cleaned.get("new_case_organisation") and "new_case_organisation" not in self.errors:
                self.add_error("new_case_organisation", _("Choose who is responsible for the new case."))
        return cleaned


class NotesForm(GuardedForm):
    """The notes of an item, and the version they were written on."""

    guarded = ("notes",)

    notes = LongText(label=_("Notes"), longest=LONGEST_NOTES, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean_notes(self) -> str:
        """What was pasted from a word processor is clean text."""
        return pasted(self.cleaned_data["notes"])


class DecisionForm(GuardedForm):
    """What was decided."""

    guarded = ("text",)

    kind = forms.ChoiceField(label=_("Kind"), choices=DecisionKind, initial=DecisionKind.DECIDED)
    text = LongText(
        label=_("Decision"),
        longest=LONGEST_DECISION,
        widget=forms.Textarea(attrs={"rows": 2, "class": "short"}),
        error_messages={"required": _("Write what was decided.")},
    )

    @classmethod
    def new_at(cls, item: AgendaItem, data: QueryDict | None = None) -> "DecisionForm":
        """Return the form for one more decision at the item."""
        form = cls(data, auto_id=f"decision-{item.pk}-%s")
        form.fields["text"].label = gettext("New decision")
        form.fields["text"].widget.attrs |= {"data-key": "d", "data-draft": f"decision-{item.pk}"}
        return form


class AmendForm(DecisionForm):
    """A decision's new wording, and the version it was written on."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    @classmethod
    def of_decision(cls, decision: Decision, data: QueryDict | None = None) -> "AmendForm":
        """Return the form with the decision as it is."""
        return cls(
            data,
            initial={name: getattr(decision, name) for name in ("kind", "text", "version")},
            auto_id=f"decision-{decision.item_id}-{decision.pk}-%s",
        )


class AttendanceForm(forms.Form):
    """How members attend: one field `member-<pk>` for each; "" takes a mark back. Absent fields leave a mark alone."""

    def __init__(self, *args: Any, members: list[Member], **options: Any) -> None:
        super().__init__(*args, **options)
        self.members = {f"member-{member.pk}": member for member in members}
        for name, member in self.members.items():
            self.fields[name] = forms.ChoiceField(
                label=member.label, choices=[*AttendanceStatus.choices, ("", _("Not noted"))], required=False
            )

    def marks(self) -> list[tuple[Member, AttendanceStatus | None]]:
        """Return the marks that were sent."""
        return [
            (member, AttendanceStatus(self.cleaned_data[name]) if self.cleaned_data[name] else None)
            for name, member in self.members.items()
            if name in self.data
        ]
