"""The history of one agenda item: who changed what of it, of its notes and of its decisions."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bra.http import CouncilRequest, only_if
from bra.permissions import may_read_council
from meetings.doors import item_for
from meetings.sentences import history_of_item


@require_safe
@only_if(may_read_council)
def item_history(request: CouncilRequest, pk: int) -> HttpResponse:
    """Tell the item's history in sentences, the latest first."""
    item = item_for(request.member, pk)
    slug, meeting = request.council.slug, item.meeting
    context = {
        "item": item,
        "lines": history_of_item(item, request.member),
        "trail": [
            (_("Meetings"), reverse("meetings:list", args=[slug])),
            (meeting.label, f"{reverse('meetings:detail', args=[slug, meeting.pk])}#item-{item.pk}"),
            (_("History"), ""),
        ],
    }
    return render(request, "meetings/item_history.html", context)
