"""The list of actions as a table.

The cells are written by templates/actions/_table.html, a plain row template: a template per cell would cost more than
everything else on the page.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from actions.models import LIVE, Action, ActionQuerySet, Status
from bra.keyset import Order
from bra.shown import note
from bra.templatetags.bra_ui import restricted, status_badge, topic_tag

# What a list of actions can be sorted by: the name in the address -> the column. Each has an index of its own that
# holds the primary key too. The titles stay out of the addresses.
SORTS = {
    "deadline": ("deadline", True),
    "title": ("sort_key", False),
    "owner": ("owner__sort_key", False),
    "agreed": ("agreed_on", True),
}
FIRST_SORT = "deadline"
# What the row template shows.
COLUMNS = (
    "pk",
    "title",
    "sort_key",
    "status",
    "deadline",
    "agreed_on",
    "approved_on",
    "owner__name",
    "owner__title",
    "owner__sort_key",
    "owner__organisation_id",
    "agenda_item__restricted",
    "marked",
)


@cache
def dressed() -> ActionQuerySet:
    """Return how the rows of a page are read: COLUMNS of actions yet to be chosen.

    Made once: resolving the joins takes longer than the database needs for the rows. Never evaluate it as it is.
    """
    return Action.objects.with_extremism().values(*COLUMNS)


def order_of(sort: str) -> Order:
    """Return the order that the address asks for ("deadline", "-title" ...); the nearest deadline first otherwise."""
    name = sort.removeprefix("-")
    if name not in SORTS:
        name = sort = FIRST_SORT
    key, in_address = SORTS[name]
    return Order(key, descending=sort.startswith("-"), in_address=in_address)


class ActionTable(tables.Table):
    """Columns of a list of actions, and by which it can be sorted. The rows are dicts of COLUMNS, paged by keys."""

    title = tables.Column(verbose_name=_("Action"), attrs={"td": {"class": "main"}})
    status = tables.Column(verbose_name=_("Status"), orderable=False)
    owner = tables.Column(verbose_name=_("Owner"))
    deadline = tables.Column(verbose_name=_("Deadline"))
    agreed = tables.Column(verbose_name=_("Agreed"))

    class Meta:
        model = Action
        fields: tuple[str, ...] = ()
        sequence = ("title", "status", "owner", "deadline", "agreed")
        template_name = "actions/_table.html"

    @classmethod
    def headers(cls, sort: str, url: str) -> list[dict[str, Any]]:
        """The header cells: word, class, aria-sort and the address that sorts by the column (none: it can't be).

        `url` is the list's address without sort and cursor; it ends with "?" or "&".
        """
        current = sort if sort.removeprefix("-") in SORTS else FIRST_SORT
        cells = []
        for name, column in cls.base_columns.items():
            here = current.removeprefix("-") == name
            falling = current.startswith("-")
            cells.append(
                {
                    "word": column.verbose_name,
                    "sorted": ("descending" if falling else "ascending") if here else "",
                    "url": f"{url}sort={'-' if here and not falling else ''}{name}" if name in SORTS else "",
                }
            )
        return cells


def shown(
    rows: Sequence[dict[str, Any]], *, today: date, url: str, organisations: Mapping[int, str]
) -> list[dict[str, object]]:
    """Return what the row template writes for each row: every value is a plain string or safe HTML.

    `url` is the address of an action, with 0 in the place of the primary key; `organisations` the names by key. Words
    are translated and addresses made once for the list, not once a row.
    """
    before, after = url.split("/0/")
    badges: dict[tuple[str, int, bool], SafeString] = {}
    words = {status.value: status.label for status in Status}
    extremism, lock = topic_tag(_("Violent extremism"), extremism=True), restricted()
    cells = []
    for row in rows:
        if row["agenda_item__restricted"]:
            note("action", row["pk"])
        live = row["status"] in LIVE
        late = (today - row["deadline"]).days if live and row["deadline"] < today else 0
        awaits = row["status"] == Status.DONE and row["approved_on"] is None
        state = (row["status"], late, awaits)
        if state not in badges:
            badge = status_badge(row["status"], words[row["status"]], late)
            badges[state] = (
                format_html("<span>{}<small>{}</small></span>", badge, _("Awaits approval")) if awaits else badge
            )
        name, role = row["owner__name"], row["owner__title"]
        organisation = organisations.get(row["owner__organisation_id"], "")
        cells.append(
            {
                "url": f"{before}/{row['pk']}/{after}",
                "title": row["title"],
                "marks": format_html(" {} {}", extremism if row["marked"] else "", lock)
                if row["agenda_item__restricted"]
                else (format_html(" {}", extremism) if row["marked"] else ""),
                "badge": badges[state],
                "owner": name or role,
                "seat": f"{role}, {organisation}" if name else organisation,
                "deadline": row["deadline"].isoformat(),
                "agreed": row["agreed_on"].isoformat(),
            }
        )
    return cells
