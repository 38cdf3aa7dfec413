"""The pages of the standing agenda, with which every new meeting begins."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bra.errors import RuleBroken
from bra.forms import note_override, saving
from bra.http import CouncilRequest, only_if, status_of
from meetings import lifecycle
from meetings.models import Meeting, StandingItem
from meetings.permissions import may_plan_meetings
from meetings.planning_forms import StandingForm
from meetings.planning_sentences import history_of_standing
from meetings.views import trail_to

_FIELDS = ("title", "kind", "presenter", "minutes_planned", "topics")


def _item_for(request: CouncilRequest, pk: int) -> StandingItem:
    """The one door to a standing item: 404 outside the council. A removed one is there too, to be brought back."""
    items = StandingItem.objects.filter(council=request.council).select_related("council")
    return get_object_or_404(items, pk=pk)


def _list_context(request: CouncilRequest) -> dict[str, Any]:
    items = list(StandingItem.objects.live().filter(council=request.council).prefetch_related("topics"))
    last = Meeting.objects.filter(council=request.council).first()
    hours = last if last is not None and last.ends_at else None
    return {
        "items": items,
        "minutes": sum(item.minutes_planned or 0 for item in items),
        "usual": _minutes_of(hours) if hours else None,
    }


def _minutes_of(meeting: Meeting) -> int:
    """How long a meeting is, in minutes."""
    ends_at, starts_at = meeting.ends_at, meeting.starts_at
    assert ends_at is not None
    return (ends_at.hour - starts_at.hour) * 60 + ends_at.minute - starts_at.minute


@only_if(may_plan_meetings)
@require_safe
def standing(request: CouncilRequest) -> HttpResponse:
    """The standing agenda, with what changes it."""
    context = _list_context(request) | {
        "trail": [*trail_to(request, None), (_("Standing agenda"), None)],
        "lines": history_of_standing(request.council),
    }
    return render(request, "meetings/standing.html", context)


@only_if(may_plan_meetings)
@require_http_methods(["GET", "HEAD", "POST"])
def standing_add(request: CouncilRequest) -> HttpResponse:
    """Add an item last."""
    form = StandingForm(request.POST or None, council=request.council)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            item = lifecycle.add_standing(council=request.council, by=request.member, on=request.today, **_fields(form))
            note_override(form, council=request.council, by=request.member, on=request.today, target=item)
        messages.success(request, _("“%(title)s” is on the standing agenda.") % {"title": item.title})
        return redirect(_page(request, item))
    return _form_page(request, form, _("New standing item"))


@only_if(may_plan_meetings)
@require_http_methods(["GET", "HEAD", "POST"])
def standing_edit(request: CouncilRequest, pk: int) -> HttpResponse:
    """Change an item."""
    item = _item_for(request, pk)
    form = StandingForm(request.POST or None, council=request.council, initial=StandingForm.of(item))
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            lifecycle.edit_standing(item=item, by=request.member, on=request.today, **_fields(form))
            note(item)
        if not form.errors:
            messages.success(request, _("The standing item is changed. Meetings planned already stay as they are."))
            return redirect(_page(request, item))
    return _form_page(request, form, _("Change standing item %(position)d") % {"position": item.position})


def _fields(form: StandingForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in _FIELDS}


def _form_page(request: CouncilRequest, form: StandingForm, title: str) -> HttpResponse:
    own = reverse("meetings:standing", args=[request.council.slug])
    context = {
        "form": form,
        "title": title,
        "cancel": own,
        "trail": [*trail_to(request, None), (_("Standing agenda"), own), (title, None)],
    }
    return render(request, "meetings/item_form.html", context, status=status_of(form))


def _page(request: CouncilRequest, item: StandingItem | None = None) -> str:
    url = reverse("meetings:standing", args=[request.council.slug])
    return f"{url}#standing-{item.pk}" if item else url


@only_if(may_plan_meetings)
@require_POST
def standing_move(request: CouncilRequest, pk: int) -> HttpResponse:
    """Move an item: `way` is "up" or "down", or `place` says where, 1 the first."""
    item = _item_for(request, pk)
    sent, way = request.POST.get("place", ""), request.POST.get("way")
    step = {"up": item.position - 1, "down": item.position + 1}
    place = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 5 else step.get(way or "", item.position)
    try:
        lifecycle.place_standing(item=item, place=place, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    return _answer(request, item)


@only_if(may_plan_meetings)
@require_POST
def standing_remove(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take an item off the standing agenda; `?tillbaka=1` brings it back."""
    item = _item_for(request, pk)
    back = request.GET.get("tillbaka") == "1"
    lifecycle.remove_standing(item=item, by=request.member, on=request.today, removed=not back)
    if back:
        messages.success(request, _("“%(title)s” is back on the standing agenda.") % {"title": item.title})
    else:
        undo = reverse("meetings:standing_remove", args=[request.council.slug, item.pk])
        words = _("“%(title)s” is removed from the standing agenda.") % {"title": item.title}
        messages.success(request, words, extra_tags=f"undo={undo}?tillbaka=1")
    return _answer(request, item if back else None)


def _answer(request: CouncilRequest, item: StandingItem | None) -> HttpResponse:
    """The list anew to htmx, else the page."""
    if request.htmx:
        context = _list_context(request) | {"with_messages": True}
        return render(request, "meetings/_standing.html", context)
    return redirect(_page(request, item))
