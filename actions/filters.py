"""What a list of actions is filtered by; each filter calls one word of the queryset.

The names in the address: status (empty: still to be done; awaits: reported as done, not approved), overdue=1,
owner (key), person (name or role),
organisation, goal (key; none: outside the plan), activity, meeting (keys), extremism=1, q (text in the title).
The figures of a report link with: plan (key: what its report of today counts), in_time=1, late_from and late_to (days).
"""

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from actions.models import Action, ActionQuerySet, Activity, Goal, Status, WorkPlan
from bra.forms import refuse_number
from bra.models import Member, Organisation
from meetings.models import Meeting

Choices = list[tuple[Any, Any]]
ALL, AWAITS, NO_GOAL = "all", "awaits", "none"
LONGEST_DELAY = 9999  # days


def _options(choices: Choices, chosen: str) -> SafeString:
    """Write the options of a select box; a template or format_html per option would cost several times as much."""
    return mark_safe(  # noqa: S308 - every value and word is escaped here
        "".join(
            f'<option value="{escape(key)}"{" selected" if key == chosen else ""}>{escape(word)}</option>'
            for key, word in choices
        )
    )


class _Filters(dict[str, django_filters.Filter]):
    """The filters of a class, copied for each request no deeper than they are changed.

    A deep copy, as the library makes it, costs more than the form itself.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, django_filters.Filter]:
        copies = {name: copy.copy(one) for name, one in self.items()}
        for one in copies.values():
            one.extra = dict(one.extra)
            one.method = one.method  # the setter ties the method to the copy
        return copies


class ActionFilter(django_filters.FilterSet):
    """Filters of the list of a council's actions. Another council's keys find nothing."""

    status = django_filters.ChoiceFilter(
        label=gettext_lazy("Status"),
        method="of_status",
        choices=[(ALL, gettext_lazy("All")), (AWAITS, gettext_lazy("Awaits approval")), *Status.choices],
        empty_label=gettext_lazy("Still to be done"),
    )
    organisation = django_filters.ChoiceFilter(
        label=gettext_lazy("Organisation"), method="of_organisation", empty_label=gettext_lazy("All")
    )
    goal = django_filters.ChoiceFilter(label=gettext_lazy("Goal"), method="of_goal", empty_label=gettext_lazy("All"))
    person = django_filters.CharFilter(
        label=gettext_lazy("Owner, name or role"), method="of_person", max_length=80, validators=[refuse_number]
    )
    q = django_filters.CharFilter(
        label=gettext_lazy("Word in the action"), method="of_text", max_length=80, validators=[refuse_number]
    )
    overdue = django_filters.BooleanFilter(
        label=gettext_lazy("Overdue"), method="only_overdue", widget=forms.CheckboxInput
    )
    extremism = django_filters.BooleanFilter(
        label=gettext_lazy("Related to violent extremism"),
        method="only_extremism",
        widget=forms.CheckboxInput,
    )
    # Reached by links from other pages; shown as chips.
    owner = django_filters.NumberFilter(method="of_owner", widget=forms.HiddenInput)
    activity = django_filters.NumberFilter(method="of_activity", widget=forms.HiddenInput)
    meeting = django_filters.NumberFilter(method="of_meeting", widget=forms.HiddenInput)
    plan = django_filters.NumberFilter(method="of_report", widget=forms.HiddenInput)
    in_time = django_filters.BooleanFilter(method="only_in_time", widget=forms.HiddenInput)
    late_from = django_filters.NumberFilter(
        method="late_at_least", widget=forms.HiddenInput, min_value=1, max_value=LONGEST_DELAY
    )
    late_to = django_filters.NumberFilter(
        method="late_at_most", widget=forms.HiddenInput, min_value=1, max_value=LONGEST_DELAY
    )

    class Meta:
        model = Action
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, member: Member, today: date, **options: Any) -> None:
        self.member, self.today = member, today
        super().__init__(*args, **options)
        self.organisations = self._organisations()
        self.filters["goal"].extra["choices"] = self._goals()
        if "organisation" in self.filters:
            self.filters["organisation"].extra["choices"] = [(str(pk), name) for pk, name in self.organisations.items()]

    @classmethod
    def get_filters(cls) -> dict[str, django_filters.Filter]:
        """Return the filters of the class."""
        return _Filters(super().get_filters())

    def get_form_class(self) -> type[forms.Form]:
        """Return a form of what is chosen alone: a page without filters needs no fields to be made and cleaned."""
        chosen = {name: one.field for name, one in self.filters.items() if self.data.get(name)}
        return type("ChosenForm", (forms.Form,), chosen)

    def filter_queryset(self, queryset: ActionQuerySet) -> ActionQuerySet:
        """Apply the filters; a value that means nothing (another council's organisation) finds nothing."""
        if self.form.errors:
            return queryset.none()
        actions = super().filter_queryset(queryset)
        # Without a choice of status the list holds what is still to be done.
        return actions if self.form.cleaned_data.get("status") else actions.live()

    def of_status(self, actions: ActionQuerySet, name: str, value: str) -> ActionQuerySet:
        """In one state, or in any; or reported as done and not approved yet."""
        if value == AWAITS:
            return actions.awaiting_approval()
        return actions if value == ALL else actions.filter(status=value)

    def of_organisation(self, actions: ActionQuerySet, name: str, value: str) -> ActionQuerySet:
        """Whose owner belongs to the organisation."""
        return actions.of_organisation(int(value))

    def of_goal(self, actions: ActionQuerySet, name: str, value: str) -> ActionQuerySet:
        """That serve the goal; or none."""
        return actions.serving_no_goal() if value == NO_GOAL else actions.serving_goal(int(value))

    def of_person(self, actions: ActionQuerySet, name: str, value: str) -> ActionQuerySet:
        """Whose owner's name or role holds the text."""
        return actions.owned_like(value, self.member.council_id)

    def of_text(self, actions: ActionQuerySet, name: str, value: str) -> ActionQuerySet:
        """Whose title holds the text."""
        return actions.saying(value)

    def only_overdue(self, actions: ActionQuerySet, name: str, value: bool) -> ActionQuerySet:
        """Overdue, when ticked."""
        return actions.overdue(self.today) if value else actions

    def only_extremism(self, actions: ActionQuerySet, name: str, value: bool) -> ActionQuerySet:
        """Related to violent extremism, when ticked."""
        return actions.extremism_related() if value else actions

    def of_owner(self, actions: ActionQuerySet, name: str, value: Any) -> ActionQuerySet:
        """Of one owner."""
        return actions.filter(owner_id=value)

    def of_activity(self, actions: ActionQuerySet, name: str, value: Any) -> ActionQuerySet:
        """That serve one activity."""
        return actions.filter(activity_id=value)

    def of_meeting(self, actions: ActionQuerySet, name: str, value: Any) -> ActionQuerySet:
        """Agreed at one meeting."""
        return actions.filter(agenda_item__meeting_id=value)

    def of_report(self, actions: ActionQuerySet, name: str, value: Any) -> ActionQuerySet:
        """That today's status report of the plan counts."""
        plan = self._plan(int(value))
        return actions.reported(plan, self.today) if plan else actions.none()

    def only_in_time(self, actions: ActionQuerySet, name: str, value: bool) -> ActionQuerySet:
        """Still to be done and not overdue."""
        return actions.in_time(self.today) if value else actions

    def late_at_least(self, actions: ActionQuerySet, name: str, value: Any) -> ActionQuerySet:
        """Overdue for so many days or more."""
        return actions.overdue_for(self.today, least=int(value))

    def late_at_most(self, actions: ActionQuerySet, name: str, value: Any) -> ActionQuerySet:
        """Overdue for so many days or fewer."""
        return actions.overdue_for(self.today, most=int(value))

    def _plan(self, pk: int) -> WorkPlan | None:
        return WorkPlan.objects.filter(council=self.member.council_id, pk=pk).first()

    def _organisations(self) -> dict[int, str]:
        """The council's organisations in alphabetical order; the list takes the names of its rows from here too."""
        organisations = Organisation.objects.filter(council=self.member.council_id)
        return dict(organisations.order_by("sort_key").values_list("pk", "name"))

    def _goals(self) -> Choices:
        goals = Goal.objects.live().filter(plan__council=self.member.council_id)
        goals = goals.order_by("-plan__starts", "plan", "number")
        read = list(goals.values_list("pk", "number", "title", "plan__name"))
        several = len({plan for _pk, _number, _title, plan in read}) > 1
        return [
            (str(pk), f"{plan}: {number} {title}" if several else f"{number} {title}")
            for pk, number, title, plan in read
        ] + [(NO_GOAL, _("Outside the plan"))]

    def fields(self) -> list[dict[str, object]]:
        """What templates/actions/_filters.html writes: name, kind, label, value or options, error of each field."""
        shown: list[dict[str, object]] = []
        for name, one in self.filters.items():
            value = self.data.get(name, "")
            kind = self._kind(one)
            if kind == "hidden" and not value:
                continue
            errors = self.form.errors.get(name)
            field = {
                "name": name,
                "kind": kind,
                "label": one.label,
                "value": value,
                "error": errors[0] if errors else "",
            }
            if kind == "select":
                choices = [("", one.extra["empty_label"]), *one.extra["choices"]]
                field["options"] = _options(choices, value)
            shown.append(field)
        return shown

    @staticmethod
    def _kind(one: django_filters.Filter) -> str:
        if one.extra.get("widget") is forms.HiddenInput:
            return "hidden"
        if isinstance(one, django_filters.ChoiceFilter):
            return "select"
        if isinstance(one, django_filters.BooleanFilter):
            return "checkbox"
        return "search"

    @cached_property
    def in_use(self) -> bool:
        """Whether anything is chosen."""
        return any(self.data.get(name) for name in self.filters)

    def chips(self) -> list[tuple[str, str]]:
        """What is chosen by links from other pages: (name of the parameter, words), one query each."""
        council = self.member.council_id
        named: dict[str, Callable[[int], object | None]] = {
            "owner": lambda pk: Member.objects.filter(council=council, pk=pk).first(),
            "activity": lambda pk: (
                Activity.objects.filter(goal__plan__council=council, pk=pk).select_related("goal").first()
            ),
            "meeting": lambda pk: Meeting.objects.visible_to(self.member).filter(pk=pk).first(),
            "plan": lambda pk: (plan := self._plan(pk)) and _("In the report of the plan %(plan)s") % {"plan": plan},
            "in_time": lambda _value: _("Not overdue"),
            "late_from": lambda days: (
                ngettext("Overdue %(n)d day or more", "Overdue %(n)d days or more", days) % {"n": days}
            ),
            "late_to": lambda days: (
                ngettext("Overdue %(n)d day at most", "Overdue %(n)d days at most", days) % {"n": days}
            ),
        }
        chosen = []
        for name, find in named.items():
            value = self.form.cleaned_data.get(name) if name in self.filters and self.form.is_valid() else None
            if value:
                found = find(int(value))
                chosen.append((name, str(found) if found else _("Unknown")))
        return chosen


class MyActionFilter(ActionFilter):
    """Filters of the member's own actions: whose they are is said already."""

    person = organisation = owner = None
