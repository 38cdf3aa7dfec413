"""Forms of the plan: its period, goals, activities, indicators and outcomes. They clean; the verbs decide."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.forms import DayField
from actions.models import Activity, Goal, Indicator, IndicatorKind, WorkPlan, WorkPlanQuerySet
from actions.plan_figures import Quarter
from bra.forms import GuardedForm, row_choice


class PlanForm(GuardedForm):
    """Name and period of a plan; a new one may begin as a copy."""

    guarded = ("name",)

    name = forms.CharField(
        label=_("Name"), max_length=40, help_text=_("The years are enough, as in 2018-2019."), strip=True
    )
    starts = DayField(label=_("First day"))
    ends = DayField(label=_("Last day"))
    copy_of = forms.ModelChoiceField(
        WorkPlan.objects.none(),
        label=_("Begin with a copy of"),
        empty_label=_("Nothing: an empty plan"),
        required=False,
        help_text=_("Goals, activities, due quarters, indicators and targets come along, moved on to the new years."),
    )

    def __init__(self, *args: Any, plans: WorkPlanQuerySet | None = None, **options: Any) -> None:
        """Offer the `plans` to copy; without any, the form has no such field."""
        super().__init__(*args, **options)
        if plans is not None and plans.exists():
            field = row_choice(self, "copy_of")
            field.queryset = plans
        else:
            del self.fields["copy_of"]

    @staticmethod
    def first_values(last: WorkPlan | None, today: date) -> dict[str, Any]:
        """Return the initial values of a new plan: the two years after the last one, else this year and the next."""
        year = last.ends.year + 1 if last else today.year
        return {
            "name": f"{year}-{year + 1}",
            "starts": date(year, 1, 1),
            "ends": date(year + 1, 12, 31),
            "copy_of": last,
        }


class GoalForm(GuardedForm):
    """A goal."""

    guarded = ("title",)

    title = forms.CharField(label=_("Goal"), max_length=200)


class ActivityForm(GuardedForm):
    """An activity, and the quarters in which it is due: a group of check boxes for each year."""

    guarded = ("title", "responsible_role", "indicator")

    title = forms.CharField(label=_("Activity"), max_length=300)
    responsible_role = forms.CharField(
        label=_("Responsible role"), max_length=200, help_text=_("A role, not a person: people change.")
    )
    indicator = forms.CharField(
        label=_("Indicator, in the plan's own words"),
        max_length=200,
        required=False,
        help_text=_("What is measured, with targets and outcomes, is added on the activity's page."),
    )
    goal = forms.ModelChoiceField(Goal.objects.none(), label=_("Goal"), empty_label=None)

    def __init__(self, *args: Any, goal: Goal, activity: Activity | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        field = row_choice(self, "goal")
        field.queryset = goal.plan.goals.live()
        field.initial = goal
        if activity is None:
            del self.fields["goal"]
        chosen = {(due.year, due.quarter) for due in activity.due_quarters.all()} if activity else set()
        self.years = sorted({*range(goal.plan.starts.year, goal.plan.ends.year + 1), *(year for year, _n in chosen)})
        for year in self.years:
            self.fields[f"due_{year}"] = forms.TypedMultipleChoiceField(
                label=_("Due in %(year)d") % {"year": year},
                choices=[(quarter, f"{year}-K{quarter}") for quarter in (1, 2, 3, 4)],
                coerce=int,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=[quarter for chosen_year, quarter in sorted(chosen) if chosen_year == year],
            )

    @staticmethod
    def of(activity: Activity) -> dict[str, Any]:
        """Return the initial values for an activity."""
        return {name: getattr(activity, name) for name in ("title", "responsible_role", "indicator")}

    @property
    def quarters(self) -> list[Quarter]:
        """The quarters that are ticked; the form must be valid."""
        return [(year, quarter) for year in self.years for quarter in self.cleaned_data[f"due_{year}"]]


def _number(label: Any, **options: Any) -> forms.DecimalField:
    """A number written as the reader's language writes it."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "size": 12, "autocomplete": "off"})
    return forms.DecimalField(label=label, max_digits=12, decimal_places=2, localize=True, widget=widget, **options)


class IndicatorForm(GuardedForm):
    """An indicator and its target."""

    guarded = ("name", "unit")

    name = forms.CharField(label=_("Indicator"), max_length=200)
    kind = forms.ChoiceField(label=_("What it shows"), choices=IndicatorKind, widget=forms.RadioSelect)
    unit = forms.CharField(
        label=_("Unit"), max_length=40, required=False, help_text=_("For a number, such as meetings or people.")
    )
    target_number = _number(
        _("Target, as a number"),
        required=False,
        help_text=_("For a number or a share in %. It is reached by as much or more. Yes or no has the target yes."),
    )
    target_day = DayField(
        label=_("Target, as a date"), required=False, help_text=_("For a date. It is reached by that day or earlier.")
    )
    target_by = DayField(
        label=_("To be reached by"), required=False, help_text=_("After this day a target not reached is late.")
    )

    @staticmethod
    def of(indicator: Indicator) -> dict[str, Any]:
        """Return the initial values for an indicator."""
        names = ("name", "kind", "unit", "target_number", "target_day", "target_by")
        first = {name: getattr(indicator, name) for name in names}
        if indicator.kind == IndicatorKind.YES_NO:
            first["target_number"] = None
        return first

    def clean(self) -> dict[str, Any]:
        """Yes or no has the target yes, which nobody needs to write."""
        cleaned = super().clean()
        if cleaned.get("kind") == IndicatorKind.YES_NO:
            if cleaned.get("target_number") is not None:
                self.add_error("target_number", _("Yes or no has the target yes. Leave the number empty."))
            cleaned["target_number"] = Decimal(1)
        return cleaned


class OutcomeForm(GuardedForm):
    """What an indicator showed on a day: a number, yes or no, or a date, as its kind is."""

    guarded = ("note",)

    measured = DayField(
        label=_("As of the day"), help_text=_("Noted again for the same day, the outcome is corrected.")
    )
    number = _number(_("Outcome"))
    day = DayField(label=_("Outcome, the date"))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, indicator: Indicator, **options: Any) -> None:
        super().__init__(*args, auto_id="outcome-%s", **options)
        del self.fields["number" if indicator.kind == IndicatorKind.DAY else "day"]
        if indicator.kind == IndicatorKind.YES_NO:
            self.fields["number"] = forms.TypedChoiceField(
                label=_("Outcome"), choices=[("1", _("Yes")), ("0", _("No"))], coerce=Decimal, widget=forms.RadioSelect
            )
            self.order_fields(["measured", "number", "note"])
        elif indicator.kind == IndicatorKind.SHARE:
            self.fields["number"].label = _("Outcome in %")
        elif indicator.unit and "number" in self.fields:
            self.fields["number"].help_text = indicator.unit

    @property
    def said(self) -> dict[str, Any]:
        """What the verb takes; the form must be valid."""
        return {name: self.cleaned_data[name] for name in ("measured", "number", "day", "note") if name in self.fields}
