"""The list of actions as one would first write it with django-tables2 and django-filter: what ours is measured against.

The generic view, a table of model fields, the library's own template, select boxes with every row of the related
tables, pages by number: all from the libraries' introductions, nothing slowed down on purpose.
"""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django_filters.views import FilterView

from actions.models import LIVE, Action, Goal
from bra.models import Member, Organisation


class PlainTable(tables.Table):
    """Columns named after the model's fields."""

    title = tables.Column(linkify=lambda record: f"/{record.council.slug}/atgarder/{record.pk}/")
    owner = tables.Column(order_by="owner__sort_key")
    organisation = tables.Column(accessor="owner__organisation", orderable=False)
    agenda_item = tables.Column(orderable=False)
    meeting = tables.Column(accessor="agenda_item__meeting", orderable=False)
    extremism = tables.Column(empty_values=(), orderable=False)

    class Meta:
        model = Action
        fields = ("title", "status", "owner", "organisation", "deadline", "agreed_on", "agenda_item", "activity")
        template_name = "django_tables2/table.html"

    def render_extremism(self, record: Action) -> str:
        """Ask the row's topics."""
        return "x" if record.agenda_item.topics.filter(extremism=True).exists() else ""


class PlainFilter(django_filters.FilterSet):
    """Filters named after the model's fields, each with its select box."""

    owner = django_filters.ModelChoiceFilter(queryset=Member.objects.all())
    organisation = django_filters.ModelChoiceFilter(
        field_name="owner__organisation", queryset=Organisation.objects.all()
    )
    goal = django_filters.ModelChoiceFilter(field_name="activity__goal", queryset=Goal.objects.all())
    q = django_filters.CharFilter(field_name="title", lookup_expr="icontains")
    overdue = django_filters.DateFilter(field_name="deadline", lookup_expr="lt")
    extremism = django_filters.BooleanFilter(field_name="agenda_item__topics__extremism", distinct=True)

    class Meta:
        model = Action
        fields = ("status", "owner", "activity")


class PlainList(tables.SingleTableMixin, FilterView):
    """The generic view."""

    model = Action
    table_class = PlainTable
    filterset_class = PlainFilter
    template_name = "bench/reference_list.html"
    table_pagination = {"per_page": 25}

    def get_queryset(self) -> QuerySet[Action]:
        """Those that the member may see; those still to be done unless a status is chosen."""
        actions = Action.objects.visible_to(self.request.member).agreed().order_by("deadline")
        return actions if "status" in self.request.GET else actions.filter(status__in=LIVE)

    def get_filterset_kwargs(self, filterset_class: type) -> dict[str, Any]:
        """Read "all" as no choice, as our list says it."""
        kwargs = super().get_filterset_kwargs(filterset_class)
        data = self.request.GET.copy()
        if data.get("status") == "all":
            del data["status"]
        return kwargs | {"data": data}
