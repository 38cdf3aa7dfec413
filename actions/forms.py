"""Forms of actions. They clean what was typed; the verbs decide."""

from datetime import date
from typing import Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from actions.models import Action, Activity, WorkPlan
from bra.forms import DayField as AnyDayField
from bra.forms import GuardedForm, LongText, row_choice
from bra.models import Council, Member
from meetings.models import AgendaItem, Decision, reckoned_numbers

Choices = list[tuple[Any, Any]]


class DayField(AnyDayField):
    """A day in ISO form."""

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **options)


def _text(*, rows: int = 3, **options: Any) -> forms.CharField:
    return LongText(longest=2000, widget=forms.Textarea(attrs={"rows": rows}), **options)


class OwnerField(forms.ModelChoiceField):
    """A member of one council. Offers those with a mandate on a day, by organisation.

    A former member passes the field, so that the verb can say whose mandate has ended.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(
            Member.objects.none(),
            label=gettext_lazy("Owner"),
            error_messages={
                "required": gettext_lazy("Choose who owns the action."),
                "invalid_choice": gettext_lazy("Choose an owner of this council."),
            },
            **options,
        )

    def offer(self, council: Council, *, on: date, cleared_only: bool, but: Member | None = None) -> None:
        """Offer the council's active members (one query), grouped by organisation; `but` is left out."""
        self.queryset = Member.objects.filter(council=council).select_related("organisation")
        members = self.queryset.acting(on).order_by("organisation__sort_key", "organisation_id", "sort_key", "pk")
        if cleared_only:
            members = members.filter(cleared=True)
        groups: dict[str, Choices] = {}
        for member in members:
            if but is None or member.pk != but.pk:
                groups.setdefault(member.organisation.name, []).append((member.pk, member.label))
        self.choices = [("", _("Choose")), *groups.items()]


class ActivityField(forms.ModelChoiceField):
    """An activity of one of the council's plans, optional. Offers those of one plan, by goal."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            Activity.objects.none(),
            label=gettext_lazy("Activity of the plan"),
            required=False,
            error_messages={"invalid_choice": gettext_lazy("Choose an activity of this council's plan.")},
            **options,
        )

    def offer(self, council: Council, *, on: date, chosen: Activity | None = None) -> None:
        """Offer the activities of the plan of the day `on` (two queries), and the one that is chosen already."""
        live = Activity.objects.live().filter(goal__plan__council=council).select_related("goal")
        # One that was removed meanwhile stays with the action that it is chosen for.
        of_council = Activity.objects.filter(goal__plan__council=council).select_related("goal")
        self.queryset = live if chosen is None or chosen.is_live else of_council.filter(pk=chosen.pk) | live
        plan = WorkPlan.objects.filter(council=council).current(on)
        offered = list(live.filter(goal__plan=plan).order_by("goal__number", "number")) if plan else []
        if chosen is not None and all(chosen.pk != activity.pk for activity in offered):
            offered.insert(0, chosen)
        groups: dict[str, Choices] = {}
        for activity in offered:
            groups.setdefault(str(activity.goal), []).append((activity.pk, str(activity)))
        self.choices = [("", _("None")), *groups.items()]


class AgreeForm(GuardedForm):
    """A new action at an agenda item."""

    guarded = ("title",)

    title = forms.CharField(
        label=gettext_lazy("What is to be done"),
        max_length=300,
        error_messages={"required": gettext_lazy("Write what is to be done.")},
    )
    owner = OwnerField()
    deadline = DayField(
        label=gettext_lazy("Deadline"),
        error_messages={
            "required": gettext_lazy("Choose a deadline."),
            "invalid": gettext_lazy("Write the day as 2017-05-15."),
        },
    )
    activity = ActivityField()
    decision = forms.ModelChoiceField(
        Decision.objects.none(), label=gettext_lazy("Follows from the decision"), required=False
    )

    def __init__(self, *args: Any, item: AgendaItem, on: date, **options: Any) -> None:
        super().__init__(*args, auto_id=f"item-{item.pk}-%s", **options)
        self.fields["title"].widget.attrs["data-key"] = "n"
        council = item.meeting.council
        self._owner.offer(council, on=on, cleared_only=item.restricted)
        self._activity.offer(council, on=on)
        self.fields["deadline"].widget.attrs["min"] = item.meeting.date.isoformat()
        decisions = list(item.decisions.filter(removed=False).order_by("pk"))
        if decisions:
            self._offer(item, decisions)
        else:
            del self.fields["decision"]

    @property
    def _owner(self) -> OwnerField:
        field = self.fields["owner"]
        assert isinstance(field, OwnerField)
        return field

    @property
    def _activity(self) -> ActivityField:
        field = self.fields["activity"]
        assert isinstance(field, ActivityField)
        return field

    def _offer(self, item: AgendaItem, decisions: list[Decision]) -> None:
        field = row_choice(self, "decision")
        field.queryset = item.decisions.filter(removed=False)
        numbers = reckoned_numbers(item.meeting)
        field.choices = [
            ("", pgettext("decision", "None")),
            *((one.pk, f"§ {numbers[one.pk]} {Truncator(one.text).chars(60)}") for one in decisions),
        ]


class AmendForm(GuardedForm):
    """What was agreed, to be mended. `version` is the one that the reader saw."""

    guarded = ("title",)

    title = forms.CharField(label=gettext_lazy("What is to be done"), max_length=300)
    deadline = DayField(label=gettext_lazy("Deadline"))
    activity = ActivityField()
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, action: Action, on: date, **options: Any) -> None:
        first = {
            "title": action.title,
            "deadline": action.deadline,
            "activity": action.activity_id,
            "version": action.version,
        }
        super().__init__(*args, initial=first, **options)
        field = self.fields["activity"]
        assert isinstance(field, ActivityField)
        field.offer(action.council, on=on, chosen=action.activity)
        self.fields["deadline"].widget.attrs["min"] = action.agreed_on.isoformat()


class DoneForm(GuardedForm):
    """The action is done."""

    guarded = ("effect",)
    effect = _text(label=gettext_lazy("What was done, and what did it lead to?"), required=False)


class PostponeForm(GuardedForm):
    """The action gets more time."""

    guarded = ("text",)
    deadline = DayField(label=gettext_lazy("New deadline"))
    # A request for more time keeps no longer reason.
    text = LongText(label=gettext_lazy("Why"), required=False, longest=1000, widget=forms.Textarea(attrs={"rows": 2}))


class CancelForm(GuardedForm):
    """The action is not to be done after all."""

    guarded = ("text",)
    text = _text(label=gettext_lazy("Why is it cancelled?"), rows=2)


class HandOverForm(GuardedForm):
    """The action gets another owner."""

    owner = OwnerField()

    def __init__(self, *args: Any, action: Action, on: date, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["owner"]
        assert isinstance(field, OwnerField)
        field.offer(action.council, on=on, cleared_only=action.agenda_item.restricted, but=action.owner)


class CommentForm(GuardedForm):
    """A comment."""

    guarded = ("text",)
    text = _text(
        label=gettext_lazy("Comment"),
        help_text=gettext_lazy("Write @ and somebody's name or title, and they get a mail."),
        error_messages={"required": gettext_lazy("Write a comment.")},
    )

    def __init__(self, *args: Any, action: Action, **options: Any) -> None:
        super().__init__(*args, auto_id="comment-%s", **options)
        self.fields["text"].widget.attrs["data-draft"] = f"comment-{action.pk}"
