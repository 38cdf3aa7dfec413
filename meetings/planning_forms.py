"""Forms of what comes before a meeting: standing agenda, proposals, recurring dates. They clean; the verbs decide."""

from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bra.forms import GuardedForm, SeveralField, row_choice
from bra.models import Council, Member
from meetings import series
from meetings.forms import DayInput, HourInput, LongText, PlannedMinutes
from meetings.lifecycle import MOST_DAYS
from meetings.models import ItemKind, ItemProposal, Meeting, StandingItem, Topic


class StandingForm(GuardedForm):
    """An item of the standing agenda."""

    guarded = ("title", "presenter")

    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=ItemKind,
        initial=ItemKind.INFORMATION,
        help_text=_("“Minutes of the last meeting” names that meeting. “Follow-up” shows all open actions."),
    )
    presenter = forms.CharField(
        label=_("Presented by"), max_length=120, required=False, help_text=_("A role or an organisation is enough.")
    )
    minutes_planned = PlannedMinutes()
    topics = SeveralField(
        label=_("Topics"), queryset=Topic.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, council: Council, **options: Any) -> None:
        super().__init__(*args, **options)
        topics = row_choice(self, "topics")
        topics.queryset = Topic.objects.filter(council=council)

    @staticmethod
    def of(item: StandingItem) -> dict[str, Any]:
        """Return the initial values for an item."""
        names = ("title", "kind", "presenter", "minutes_planned")
        return {name: getattr(item, name) for name in names} | {"topics": item.topics.all()}


class PlannedMeetingField(forms.ModelChoiceField):
    """One of the council's planned meetings, the nearest first."""

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, queryset=Meeting.objects.none(), empty_label=None)

    def offer(self, member: Member, today: date) -> None:
        """Offer the meetings planned for `today` or later."""
        self.queryset = Meeting.objects.visible_to(member).upcoming(today).planned()

    def label_from_instance(self, obj: Any) -> str:
        """Number and day."""
        return f"{obj.label}, {obj.date:%Y-%m-%d}"


class ProposalForm(GuardedForm):
    """What a member asks to have on an agenda."""

    guarded = ("title", "reason")

    meeting = PlannedMeetingField(_("For the meeting"))
    title = forms.CharField(label=_("What it is about"), max_length=200)
    reason = LongText(
        label=_("Why, and what the council should come to"),
        longest=ItemProposal._meta.get_field("reason").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "data-draft": "proposal"}),
    )

    def __init__(self, *args: Any, member: Member, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        meeting = self.fields["meeting"]
        assert isinstance(meeting, PlannedMeetingField)
        meeting.offer(member, today)


class TakeForm(forms.Form):
    """Onto which agenda a proposal is taken."""

    meeting = PlannedMeetingField(_("Meeting"))

    def __init__(self, *args: Any, member: Member, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        meeting = self.fields["meeting"]
        assert isinstance(meeting, PlannedMeetingField)
        meeting.offer(member, today)


class DeclineForm(GuardedForm):
    """A word to the one whose proposal is declined."""

    guarded = ("answer",)

    answer = forms.CharField(
        label=_("Word to the one who sent it"),
        max_length=300,
        error_messages={"required": _("Write a word to the one who sent the proposal.")},
    )


class ProposalDaysForm(forms.Form):
    """When proposals are due."""

    proposal_days = forms.IntegerField(
        label=_("Days before a meeting that proposals are due"), min_value=0, max_value=MOST_DAYS
    )


MONTHLY, WEEKLY, SKIP, MOVE = "monthly", "weekly", "skip", "move"
ORDINALS = [
    (1, pgettext_lazy("weekday of the month", "first")),
    (2, pgettext_lazy("weekday of the month", "second")),
    (3, pgettext_lazy("weekday of the month", "third")),
    (4, pgettext_lazy("weekday of the month", "fourth")),
    (series.LAST, pgettext_lazy("weekday of the month", "last")),
]


class SeriesForm(GuardedForm):
    """A rule for recurring meetings. `planned_days()` gives what follows from it."""

    guarded = ("place",)

    rule = forms.ChoiceField(
        label=_("How often"),
        choices=[(MONTHLY, _("In chosen months")), (WEEKLY, _("Every so many weeks"))],
        widget=forms.RadioSelect,
    )
    nth = forms.TypedChoiceField(label=_("Which in the month"), choices=ORDINALS, coerce=int, required=False)
    weekday = forms.TypedChoiceField(
        label=_("Weekday"), choices=[(day.value, WEEKDAYS[day.value]) for day in series.Weekday], coerce=int
    )
    months = forms.TypedMultipleChoiceField(
        label=_("Months"),
        choices=list(MONTHS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    every = forms.IntegerField(label=_("Number of weeks between"), min_value=1, max_value=26, required=False)
    since = forms.DateField(label=_("From the day"), widget=DayInput())
    until = forms.DateField(label=_("Up to the day"), widget=DayInput())
    starts_at = forms.TimeField(label=pgettext_lazy("hour", "Starts"), widget=HourInput())
    ends_at = forms.TimeField(label=pgettext_lazy("hour", "Ends"), widget=HourInput(), required=False)
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    holidays = forms.ChoiceField(
        label=_("On a Swedish holiday"),
        choices=[(SKIP, _("No meeting")), (MOVE, _("The next working day"))],
        widget=forms.RadioSelect,
    )

    @staticmethod
    def first_values(council: Council, today: date) -> dict[str, Any]:
        """Return the initial values: the coming year but July, first Thursdays, hours and place as last."""
        last = Meeting.objects.filter(council=council).values("starts_at", "ends_at", "place").first()
        hours = dict(last) if last else {"starts_at": time(13), "ends_at": time(15)}
        since = date(today.year + 1, 1, 1) if today.month > 9 else today + timedelta(days=1)
        return hours | {
            "rule": MONTHLY,
            "nth": 1,
            "weekday": series.Weekday.THURSDAY.value,
            "months": [2, 4, 6, 9, 11],
            "every": 6,
            "since": since,
            "until": date(since.year, 12, 31),
            "holidays": SKIP,
        }

    def clean(self) -> dict[str, Any]:
        """The days and hours must be in order, and each rule needs its own answers."""
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day must come after the first."))
        elif since and until and until - since > series.LONGEST:
            self.add_error("until", _("Plan at most a year at a time."))
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("The meeting must end after it starts."))
        if cleaned.get("rule") == MONTHLY:
            if not cleaned.get("months") and "months" not in self.errors:
                self.add_error("months", _("Choose at least one month."))
            if not cleaned.get("nth") and "nth" not in self.errors:
                self.add_error("nth", _("Choose which in the month."))
        elif cleaned.get("rule") == WEEKLY and not cleaned.get("every") and "every" not in self.errors:
            self.add_error("every", _("Write how many weeks."))
        return cleaned

    def occasions(self) -> list[series.Occasion]:
        """Return the days that the rule gives, each with the holiday it falls on; the form must be valid."""
        said = self.cleaned_data
        if said["rule"] == MONTHLY:
            days = series.monthly(
                said["since"], said["until"], weekday=said["weekday"], nth=said["nth"], months=said["months"]
            )
        else:
            days = series.weekly(said["since"], said["until"], weekday=said["weekday"], every=said["every"])
        return list(series.occasions(days))

    def day_of(self, occasion: series.Occasion) -> date | None:
        """Return the day on which the meeting of an occasion is held; None when the holiday is skipped."""
        if not occasion.holiday:
            return occasion.day
        return occasion.instead if self.cleaned_data["holidays"] == MOVE else None
