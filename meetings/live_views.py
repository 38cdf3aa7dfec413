"""The live page, on which the secretary logs a meeting. Every form on it works with htmx and as a plain form.

A plain form's answer is a redirect back to the item, or a page with everything that was typed. An answer to htmx is
the part of the page that changed, with the marks that changed elsewhere swapped out of band; 422 for a form with a
fault, 409 for notes that somebody else saved meanwhile.
"""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget

from bra import history
from bra.errors import RuleBroken
from bra.forms import REASON, note_override
from bra.http import REFUSED, CouncilRequest, only_if, refresh
from bra.permissions import may_log, may_read_council
from bra.text import key_of
from meetings import lifecycle
from meetings.doors import item_for, meeting_for
from meetings.forms import AttendanceForm, DecisionForm, NotesForm
from meetings.models import (
    AgendaItem,
    AttendanceStatus,
    ItemState,
    Meeting,
    MeetingState,
)
from meetings.permissions import may_log_at, may_tidy
from meetings.sheets import agenda, attendance_sheet, decisions_of, expected_members, place_of
from meetings.views import page_of, trail_to


@only_if(may_read_council)
@require_safe
def live(request: CouncilRequest, pk: int) -> HttpResponse:
    """The live page at the item `?punkt=`; whoever can't log now is led to the meeting's own page."""
    meeting = meeting_for(request.member, pk)
    if not may_log_at(request.member, meeting):
        if may_log(request.member):
            words = {
                MeetingState.DRAFT: _("The meeting hasn't been opened yet."),
                MeetingState.SUMMONED: _("The meeting hasn't been opened yet."),
                MeetingState.CANCELLED: _("The meeting is cancelled."),
                MeetingState.SIGNED: _("The meeting has been adjourned, so nothing more can be logged at it."),
                MeetingState.ADJOURNED: _("The meeting has been adjourned, so nothing more can be logged at it."),
            }
            messages.info(request, words[MeetingState(meeting.state)])
        return lead_to(request, reverse("meetings:detail", args=[request.council.slug, meeting.pk]))
    items = list(agenda(meeting, request.member))
    wanted = request.GET.get("punkt", "")
    place = place_of(items, key_of(wanted))
    if place is None:
        if wanted:
            # Taken off the agenda meanwhile, or never there for this member.
            return lead_to(request, reverse("meetings:live", args=[request.council.slug, meeting.pk]))
        messages.info(request, _("The agenda is empty. Add the first item."))
        return lead_to(request, reverse("meetings:item_add", args=[request.council.slug, meeting.pk]))
    context: dict[str, Any] = {"meeting": meeting} | _item_context(place.item, meeting)
    context |= {"place": place, "before": place.before, "after": place.after}
    if request.htmx:
        template = "meetings/_live_item.html"
    else:
        template = "meetings/live.html"
        context |= {"at_start": not wanted}  # attendance is what one begins with
        # A decision or the first words of the notes change the state too.
        context["nothing_logged"] = not any(row.notes or row.state != ItemState.PENDING for row in items)
        context |= {"items": items, "sheet": attendance_sheet(meeting), "trail": trail_to(request, meeting, _("Log"))}
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _item_context(item: AgendaItem, meeting: Meeting) -> dict[str, Any]:
    item.meeting = meeting
    return {
        "item": item,
        "notes_form": _fresh_notes(item),
        "decisions": decisions_of(item),
        "decision_form": DecisionForm.new_at(item),
    }


def lead_to(request: CouncilRequest, url: str) -> HttpResponse:
    """Go to another page, also from a part of one."""
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def saved_at(request: CouncilRequest, response: HttpResponse) -> HttpResponse:
    """Say when it was saved, by the council's clock, to the save indicator."""
    response["X-Saved-At"] = time_format(request.now.time(), "TIME_FORMAT")
    return response


# Attendance


@only_if(may_log)
@require_POST
def attendance(request: CouncilRequest, pk: int) -> HttpResponse:
    """Note how members attend: fields `member-<pk>`; or `rest=present` for all of whom nothing is noted."""
    meeting = meeting_for(request.member, pk)
    members = expected_members(meeting)
    form = AttendanceForm(request.POST, members=members)
    if not form.is_valid():
        return HttpResponseBadRequest()
    marks = form.marks()
    if request.POST.get("rest") == AttendanceStatus.PRESENT:
        sheet = attendance_sheet(meeting)
        away = sheet.stood_in_for
        waiting = [seat.member for seat in sheet.seats if not seat.status and seat.member.pk not in away]
        # Without scripts the same form brings the other marks, which count first. With scripts each was saved as it
        # was made, and sending all of them again could undo what a colleague noted meanwhile.
        marks = [] if request.htmx else [mark for mark in marks if mark[1]]
        sent = {member.pk for member, _status in marks}
        marks += [(member, AttendanceStatus.PRESENT) for member in waiting if member.pk not in sent]
    try:
        with transaction.atomic():
            for member, status in marks:
                lifecycle.mark_attendance(
                    meeting=meeting, member=member, status=status, by=request.member, on=request.today
                )
    except RuleBroken as error:
        messages.error(request, error.sentence)
        refresh(meeting)
        return lead_to(request, page_of(request, meeting))
    if request.htmx:
        whole = request.htmx.target == "attendance-sheet"
        context = {"meeting": meeting, "sheet": attendance_sheet(meeting), "whole": whole}
        return saved_at(request, render(request, "meetings/_attendance_answer.html", context))
    messages.success(request, _("The attendance is saved."))
    return redirect(page_of(request, meeting))


# Notes


def _fresh_notes(item: AgendaItem) -> NotesForm:
    return NotesForm(initial={"notes": item.notes, "version": item.version}, auto_id=f"notes-{item.pk}-%s")


@only_if(may_log)
@require_http_methods(["GET", "HEAD", "POST"])
def item_notes(request: CouncilRequest, pk: int) -> HttpResponse:
    """Save the notes of an item. `keep=saved` drops the own text, `keep=both` puts both texts together to be edited.

    A plain visit shows them on a page of their own, to be tidied up once the meeting is adjourned.
    """
    item = item_for(request.member, pk, taken_off=True)
    if request.method != "POST":
        return _notes_page(request, item)
    keep = request.POST.get("keep")
    if keep == "saved":
        return _notes_settled(request, item)
    form = NotesForm(
        request.POST, initial={"notes": item.notes, "version": item.version}, auto_id=f"notes-{item.pk}-%s"
    )
    if keep == "both":
        typed = str(form["notes"].data or "").replace("\r\n", "\n")
        return _notes_conflict(request, item, f"{item.notes}\n\n{typed}")
    if not form.is_valid():
        return _notes_refused(request, item, form)
    try:
        with transaction.atomic():
            item = lifecycle.save_notes(
                item=item,
                text=form.cleaned_data["notes"],
                version=form.cleaned_data["version"],
                by=request.member,
                on=request.today,
            )
            note_override(form, council=request.council, by=request.member, on=request.today, target=item)
    except lifecycle.NotesConflict as conflict:
        return _notes_conflict(request, item_for(request.member, pk), conflict.text)
    except RuleBroken as error:
        form.refuse(error)
        return _notes_refused(request, item, form)
    return _notes_settled(request, item)


def _notes_page(request: CouncilRequest, item: AgendaItem) -> HttpResponse:
    if not may_tidy(request.member, item.meeting):
        return lead_to(request, page_of(request, item.meeting, item))
    context = {"item": item, "meeting": item.meeting, "notes_form": _fresh_notes(item), "tidying": True}
    context["back"] = page_of(request, item.meeting, item)
    context["trail"] = trail_to(request, item.meeting, _("Notes"))
    return render(request, "meetings/notes.html", context)


def _notes_settled(request: CouncilRequest, item: AgendaItem) -> HttpResponse:
    """The notes stand as the page has them, or as they now are where a conflict was settled."""
    if item.removed:
        return lead_to(request, page_of(request, item.meeting))
    if not request.htmx:
        messages.success(request, _("The notes are saved."))
        return redirect(page_of(request, item.meeting, item))
    item = as_on_agenda(request, item)
    settles = request.htmx.target == f"notes-{item.pk}"
    template = "meetings/_notes.html" if settles else "meetings/_notes_saved.html"
    context = {"item": item, "notes_form": _fresh_notes(item), "with_marks": True, "settled": settles}
    return saved_at(request, render(request, template, context))


def _notes_refused(request: CouncilRequest, item: AgendaItem, form: NotesForm) -> HttpResponse:
    """The form again with its faults; to htmx only these, so that typing can go on."""
    context: dict[str, Any] = {"item": item, "meeting": item.meeting, "notes_form": form, "reason": _reason(form)}
    if request.htmx and request.htmx.target != f"notes-{item.pk}":
        return render(request, "meetings/_notes_problem.html", context, status=REFUSED)
    if request.htmx:
        return render(request, "meetings/_notes.html", context, status=REFUSED)
    context["trail"] = trail_to(request, item.meeting, _("Notes"))
    return render(request, "meetings/notes.html", context, status=REFUSED)


def _notes_conflict(request: CouncilRequest, item: AgendaItem, text: str) -> HttpResponse:
    """Both texts, and a form that saves on the newest version. 409 until one is saved."""
    last = history.entries_of(item).filter(verb="item.noted").last()
    form = NotesForm(initial={"notes": text, "version": item.version}, auto_id=f"notes-{item.pk}-%s")
    context = {"item": item, "meeting": item.meeting, "notes_form": form, "saved": last}
    if request.htmx:
        response = render(request, "meetings/_notes_conflict.html", context, status=409)
        return reswap(retarget(response, f"#notes-{item.pk}"), "innerHTML")
    context["trail"] = trail_to(request, item.meeting, _("Notes"))
    return render(request, "meetings/notes.html", context, status=409)


def _reason(form: NotesForm) -> Any:
    return form[REASON] if REASON in form.fields else None


def as_on_agenda(request: CouncilRequest, item: AgendaItem) -> AgendaItem:
    """The item anew, with what the agenda shows of it."""
    fresh = agenda(item.meeting, request.member).get(pk=item.pk)
    fresh.meeting = item.meeting
    return fresh


@only_if(may_log)
@require_POST
def item_state(request: CouncilRequest, pk: int) -> HttpResponse:
    """Mark an item as treated, tabled, or not treated: field `state`."""
    item = item_for(request.member, pk)
    state = request.POST.get("state")
    if state not in ItemState.values:
        return HttpResponseBadRequest()
    try:
        lifecycle.set_item_state(item=item, state=ItemState(state), by=request.member, on=request.today)
    except RuleBroken as error:
        return refused(request, item, error)
    if request.htmx:
        context = {"item": as_on_agenda(request, item), "with_marks": True}
        return saved_at(request, render(request, "meetings/_item_state.html", context))
    return redirect(page_of(request, item.meeting, item))


def refused(request: CouncilRequest, item: AgendaItem, error: RuleBroken) -> HttpResponse:
    """The meeting isn't as the page believed: say so and show it as it is."""
    messages.error(request, error.sentence)
    refresh(item.meeting)
    return lead_to(request, page_of(request, item.meeting, item))
