"""What the list of cases is filtered by; each filter calls one word of the queryset."""

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from bra.forms import refuse_number
from bra.models import Member, Organisation
from meetings.models import Case, CaseQuerySet, Topic


class CaseFilter(django_filters.FilterSet):
    """Text, topic, organisation, year and the member's own watch. The state is chosen by the tabs above the list."""

    text = django_filters.CharFilter(
        label=_("Text in title, situation or outcome"), method="saying", validators=[refuse_number]
    )
    topic = django_filters.ModelChoiceFilter(
        label=_("Topic"), field_name="topics", queryset=Topic.objects.none(), empty_label=_("All")
    )
    organisation = django_filters.ModelChoiceFilter(
        label=_("Responsible organisation"), queryset=Organisation.objects.none(), empty_label=_("All")
    )

    year = django_filters.ChoiceFilter(
        label=_("Opened or treated in"), choices=(), empty_label=_("All years"), method="of_year"
    )
    watched = django_filters.BooleanFilter(
        label=_("Only those that I watch"), method="watched_by_me", widget=forms.CheckboxInput
    )

    class Meta:
        model = Case
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, member: Member, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.member, council = member, member.council
        self.filters["year"].extra["choices"] = [(year, str(year)) for year in _years(member, today)]
        self.filters["topic"].field.queryset = Topic.objects.filter(council=council)
        self.filters["organisation"].field.queryset = Organisation.objects.filter(council=council)

    def saying(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        """With the text in the title or the registry number."""
        return cases.saying(value)

    def of_year(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        """Opened in the year, or treated in it."""
        return cases.of_year(int(value), self.member)

    def watched_by_me(self, cases: CaseQuerySet, name: str, value: bool) -> CaseQuerySet:
        """Watched by the member, when ticked; otherwise all."""
        return cases.watched_by(self.member) if value else cases

    @property
    def in_use(self) -> bool:
        """Whether anything is chosen."""
        return any(self.form.data.get(name) for name in self.filters)


def _years(member: Member, today: date) -> range:
    """The years from the first case that exists for the member to now, the latest first."""
    first = Case.objects.visible_to(member).aggregate(first=Min("opened_on"))["first"] or today
    return range(today.year, min(first.year, today.year) - 1, -1)
