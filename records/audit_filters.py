"""What the audit log is filtered by."""

from typing import Any

import django_filters
from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bra.models import Council, EntryKind, HistoryEntry, HistoryEntryQuerySet, Member
from records.audit_words import GROUPS, in_group, things

_DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class AuditFilter(django_filters.FilterSet):
    """Period, person, kind of entry, group of verbs, and the thing by its kind and number."""

    since = django_filters.DateFilter(label=_("From"), field_name="on", lookup_expr="gte", widget=_DAY)
    until = django_filters.DateFilter(label=_("To"), field_name="on", lookup_expr="lte", widget=_DAY)
    person = django_filters.ModelChoiceFilter(
        label=pgettext_lazy("audit", "Who"), field_name="actor", queryset=Member.objects.none(), empty_label=_("All")
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), field_name="kind", choices=EntryKind.choices, empty_label=_("All")
    )
    group = django_filters.ChoiceFilter(
        label=pgettext_lazy("audit", "What"),
        method="of_group",
        choices=[(name, words) for name, (words, _prefixes) in GROUPS.items()],
        empty_label=_("All"),
    )
    thing = django_filters.ChoiceFilter(
        label=pgettext_lazy("audit", "Kind of thing"), field_name="target_type", choices=(), empty_label=_("All")
    )
    number = django_filters.NumberFilter(
        label=pgettext_lazy("audit", "Its number"), field_name="target_id", min_value=0, max_value=2**63 - 1
    )

    class Meta:
        model = HistoryEntry
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, council: Council, **options: Any) -> None:
        super().__init__(*args, **options)
        self.filters["person"].field.queryset = Member.objects.filter(council=council)
        words = sorted(((name, capfirst(word)) for name, word in things().items()), key=lambda pair: pair[1].casefold())
        self.filters["thing"].extra["choices"] = words

    def of_group(self, entries: HistoryEntryQuerySet, name: str, value: str) -> HistoryEntryQuerySet:
        """Whose verbs belong to the group."""
        return entries.filter(in_group(value))

    @property
    def in_use(self) -> bool:
        """Whether anything is chosen."""
        return any(self.form.data.get(name) for name in self.filters)
