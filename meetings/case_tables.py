"""The columns of the list of cases. The cells are written by the page's own row template."""

from typing import Any

import django_tables2 as tables
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from meetings.models import CaseQuerySet


class CaseTable(tables.Table):
    """Title, state, topics, organisation and when a meeting last treated the case, which is where the list begins."""

    title = tables.Column(_("Case"), order_by=("sort_key", "pk"))
    state = tables.Column(_("State"), orderable=False)
    topics = tables.Column(_("Topics"), orderable=False)
    organisation = tables.Column(_("Organisation"), order_by=("organisation__sort_key", "sort_key", "pk"))
    last_treated = tables.Column(_("Last treated"))

    class Meta:
        order_by = ("last_treated",)

    def order_last_treated(self, cases: CaseQuerySet, is_descending: bool) -> tuple[CaseQuerySet, bool]:
        """Longest ago first, before them those never treated; the other way round when descending."""
        day: Any = F("last_treated")
        order = day.desc(nulls_last=True) if is_descending else day.asc(nulls_first=True)
        return cases.order_by(order, "sort_key", "pk"), True
