"""What the list of cases is filtered by; each filter calls one word of the queryset."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from bra.models import Council, Organisation
from meetings.models import Case, CaseQuerySet, Topic


class CaseFilter(django_filters.FilterSet):
    """Text in the title, topic and organisation. The state is chosen by the tabs above the list."""

    text = django_filters.CharFilter(label=_("Text in the title"), method="saying")
    topic = django_filters.ModelChoiceFilter(
        label=_("Topic"), field_name="topics", queryset=Topic.objects.none(), empty_label=_("All")
    )
    organisation = django_filters.ModelChoiceFilter(
        label=_("Responsible organisation"), queryset=Organisation.objects.none(), empty_label=_("All")
    )

    class Meta:
        model = Case
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, council: Council, **options: Any) -> None:
        super().__init__(*args, **options)
        self.filters["topic"].field.queryset = Topic.objects.filter(council=council)
        self.filters["organisation"].field.queryset = Organisation.objects.filter(council=council)

    def saying(self, cases: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        """With the text in the title or the registry number."""
        return cases.saying(value)

    @property
    def in_use(self) -> bool:
        """Whether anything is chosen."""
        return any(self.form.data.get(name) for name in self.filters)
