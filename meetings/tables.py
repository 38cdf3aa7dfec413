"""The archive of meetings as a table. The cells are written by templates/meetings/_table.html, a plain row template."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _


class MeetingTable(tables.Table):
    """Columns of the archive, and what each is sorted by. The rows come with `with_counts`."""

    number = tables.Column(verbose_name=_("Meeting"), order_by=("year", "sequence"))
    date = tables.Column(verbose_name=_("Date"), order_by=("date", "starts_at", "pk"))
    place = tables.Column(verbose_name=_("Place"), orderable=False)
    item_count = tables.Column(verbose_name=_("Items"), attrs={"td": {"class": "num"}})
    decision_count = tables.Column(verbose_name=_("Decisions"), attrs={"td": {"class": "num"}})
    # The number comes from the floor above, by a template tag.
    actions = tables.Column(verbose_name=_("Actions"), orderable=False, empty_values=(), attrs={"td": {"class": "num"}})
    state = tables.Column(verbose_name=_("State"))

    class Meta:
        sequence = ("number", "date", "place", "item_count", "decision_count", "actions", "state")
        order_by = "-date"
        template_name = "meetings/_table.html"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.caption = _("Meetings")
