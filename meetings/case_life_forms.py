"""The forms of a case's life: merge, split, close, reopen, link, and the council's rules. They clean; verbs decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bra.forms import GuardedForm, SeveralField, row_choice
from bra.models import Member, Organisation
from meetings.models import AgendaItem, Case, CaseRules


class MergeForm(GuardedForm):
    """Which case the case is merged into."""

    into = forms.ModelChoiceField(Case.objects.none(), label=_("Merge into"), empty_label=_("Choose a case"))

    def __init__(self, *args: Any, case: Case, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        row_choice(self, "into").queryset = Case.objects.visible_to(member).live().exclude(pk=case.pk)


class LinkForm(GuardedForm):
    """Which case belongs together with the case."""

    other = forms.ModelChoiceField(Case.objects.none(), label=_("Related case"), empty_label=_("Choose a case"))

    def __init__(self, *args: Any, case: Case, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        row_choice(self, "other").queryset = Case.objects.visible_to(member).unmerged().exclude(pk=case.pk)


class _ItemChoices(SeveralField):
    def label_from_instance(self, obj: Any) -> str:
        words = {"number": obj.meeting.label, "day": obj.meeting.date.isoformat(), "title": obj.title}
        said = gettext("Meeting %(number)s (%(day)s): %(title)s") % words
        return f"{said} ({gettext('restricted')})" if obj.restricted else said


class SplitForm(GuardedForm):
    """Which items go to a new case, and what that is called."""

    guarded = ("title", "registry_number", "situation")

    items = _ItemChoices(
        AgendaItem.objects.none(),
        label=_("Items that go to the new case"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Their notes, decisions and actions follow along."),
    )
    title = forms.CharField(
        label=_("Title of the new case"),
        max_length=200,
        help_text=_("Name the question, never a person: “Graffiti at the school”."),
    )
    registry_number = forms.CharField(
        label=_("Registry number"),
        max_length=40,
        required=False,
        help_text=_("Leave it empty to get the next number of the year."),
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Responsible organisation"), empty_label=_("Choose")
    )
    situation = forms.CharField(
        label=_("Situation in short"),
        max_length=2000,
        required=False,
        widget=forms.Textarea,
        help_text=_("What the question is about and how it stands now. No names, addresses or number plates."),
    )

    def __init__(self, *args: Any, case: Case, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        items = AgendaItem.objects.visible_to(member).filter(case=case).select_related("meeting")
        row_choice(self, "items").queryset = items.order_by("-meeting__date", "-meeting_id", "position", "pk")
        row_choice(self, "organisation").queryset = Organisation.objects.filter(council_id=case.council_id)

    def clean_situation(self) -> str:
        """Give the text the line ends that the database keeps."""
        return str(self.cleaned_data["situation"]).replace("\r\n", "\n")


class CloseForm(GuardedForm):
    """What the case came to."""

    guarded = ("outcome",)

    outcome = forms.CharField(
        label=_("Outcome"),
        max_length=2000,
        widget=forms.Textarea,
        help_text=_("What the case came to, so that one who asks in two years understands. No names."),
        error_messages={"required": _("Say what the case came to.")},
    )


class ReopenForm(GuardedForm):
    """Why a closed case is opened again."""

    guarded = ("reason",)

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("It is kept in the history of the case."),
        error_messages={"required": _("Say why the case is opened again.")},
    )


class CaseRulesForm(GuardedForm):
    """What the council has chosen about its cases."""

    quiet_weeks = forms.IntegerField(
        label=_("Propose a case for the agenda when it hasn't been treated for this many weeks"),
        min_value=1,
        max_value=CaseRules.MOST_WEEKS,
        help_text=_("26 weeks is half a year."),
    )
