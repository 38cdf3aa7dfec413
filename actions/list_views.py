"""The lists of actions: all that the member may see, and the member's own."""

from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actions.action_page import requests_to_answer
from actions.filters import ActionFilter, MyActionFilter
from actions.models import Action, ActionQuerySet
from actions.tables import ActionTable, dressed, order_of, shown
from bra import keyset
from bra.http import CouncilRequest, only_if
from bra.permissions import may_read_council, may_take_part

PAGE_SIZE = 25
# Beyond this the list says "more than": counting all would cost more than the page.
MOST_COUNTED = 200


@require_safe
@only_if(may_take_part)
def action_list(request: CouncilRequest) -> HttpResponseBase:
    """All actions that the member may see; for an owner from outside these are the own ones."""
    if not may_read_council(request.member):
        return mine(request)
    return _list(request, Action.objects.visible_to(request.member), ActionFilter, _("Actions"))


@require_safe
@only_if(may_take_part)
def mine(request: CouncilRequest) -> HttpResponse:
    """The member's own actions, and those of whoever the member stands in for today."""
    own = Action.objects.answered_by(request.member, request.today)
    return _list(request, own, MyActionFilter, _("My actions"))


def _list(
    request: CouncilRequest, actions: ActionQuerySet, filter_class: type[ActionFilter], title: str
) -> HttpResponse:
    """One page of a list: filtered, sorted and paged as the address says, so that it can be bookmarked."""
    chosen = filter_class(request.GET, queryset=actions.agreed(), member=request.member, today=request.today)
    sort = request.GET.get("sort", "")
    order = order_of(sort)
    rows = chosen.qs
    if order.key.startswith("owner__"):
        # Says nothing new, but lets the database read the council's members in order instead of sorting all actions.
        rows = rows.filter(owner__council=request.council)
    page = keyset.page(
        rows,
        order=order,
        size=PAGE_SIZE,
        query=request.GET,
        dressed=dressed(),
        among=actions,
    )
    alone = not page.next and not page.previous
    count = len(page.rows) if alone else rows.order_by()[: MOST_COUNTED + 1].count()
    filters = _address(request, drop=("sort", keyset.AFTER, keyset.BEFORE))
    sorted_url = f"{filters}sort={sort}&" if sort else filters
    one = reverse("actions:detail", args=[request.council.slug, 0])
    context = {
        "title": title,
        "all": filter_class is ActionFilter,
        "filter": chosen,
        "fields": chosen.fields(),
        "chips": [
            (words, _address(request, drop=(name, keyset.AFTER, keyset.BEFORE))) for name, words in chosen.chips()
        ],
        "headers": ActionTable.headers(sort, filters),
        "sort": sort,
        "requests": requests_to_answer(request.member)
        if filter_class is ActionFilter and not filters.strip("?")
        else [],
        "rows": shown(page.rows, today=request.today, url=one, organisations=chosen.organisations),
        "count": count,
        "most": MOST_COUNTED,
        "next_url": f"{sorted_url}{urlencode(page.next)}" if page.next else "",
        "previous_url": f"{sorted_url}{urlencode(page.previous)}" if page.previous else "",
    }
    return render(request, "actions/list.html", context)


def _address(request: CouncilRequest, drop: tuple[str, ...]) -> str:
    """The list's address without some parameters and those that are empty; ends with "?" or "&"."""
    kept = [(name, value) for name, value in request.GET.items() if value and name not in drop]
    return f"?{urlencode(kept)}&" if kept else "?"
