"""What the archive of meetings is filtered by; each filter calls one word of the queryset."""

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from bra.forms import DayInput
from bra.models import Member
from meetings.models import Meeting, MeetingQuerySet, MeetingState


class MeetingFilter(django_filters.FilterSet):
    """Period, state, and whether something extremism-related that the member may see was on the agenda."""

    since = django_filters.DateFilter(label=_("From"), method="held_since", widget=DayInput())
    until = django_filters.DateFilter(label=_("To"), method="held_until", widget=DayInput())
    state = django_filters.ChoiceFilter(label=_("State"), choices=MeetingState.choices, empty_label=_("All"))
    extremism = django_filters.BooleanFilter(
        label=_("Related to violent extremism"), method="extremism_related", widget=forms.CheckboxInput
    )

    class Meta:
        model = Meeting
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        self.member = member

    def held_since(self, meetings: MeetingQuerySet, name: str, value: Any) -> MeetingQuerySet:
        """From that day on."""
        return meetings.from_day(value)

    def held_until(self, meetings: MeetingQuerySet, name: str, value: Any) -> MeetingQuerySet:
        """Up to that day."""
        return meetings.to_day(value)

    def extremism_related(self, meetings: MeetingQuerySet, name: str, value: bool) -> MeetingQuerySet:
        """With an extremism-related item, when ticked; otherwise all."""
        return meetings.with_extremism_item(self.member) if value else meetings

    @property
    def in_use(self) -> bool:
        """Whether anything is chosen."""
        return self.form.is_bound and any(self.form.data.get(name) for name in self.filters)
