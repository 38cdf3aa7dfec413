"""Pages of who is there when and of what is spoken of now. Plain forms; the live page stays as fast as it is."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from bra.errors import RuleBroken
from bra.forms import saving
from bra.http import CouncilRequest, only_if, refresh, status_of
from bra.lifecycle import set_quorum
from bra.models import Member
from bra.permissions import may_coordinate, may_log, may_read_council
from bra.text import key_of
from meetings import lifecycle
from meetings.clock import clock_of
from meetings.doors import item_for, meeting_for
from meetings.models import AgendaItem, Attendance, Guest, Meeting
from meetings.permissions import may_note_attendance
from meetings.presence_forms import GuestForm, PresenceForm, QuorumForm
from meetings.sheets import attendance_sheet, expected_members
from meetings.views import page_of, trail_to


def _attendance_of(request: CouncilRequest, meeting: Meeting) -> str:
    return f"{page_of(request, meeting)}#attendance"


def _items(request: CouncilRequest, meeting: Meeting) -> list[AgendaItem]:
    return list(AgendaItem.objects.visible_to(request.member).filter(meeting=meeting))


def _too_late(request: CouncilRequest, meeting: Meeting) -> HttpResponse:
    messages.error(request, _("The minutes are being signed or have been, so the attendance can no longer be changed."))
    return redirect(page_of(request, meeting))


@only_if(may_log)
@require_http_methods(["GET", "HEAD", "POST"])
def presence(request: CouncilRequest, pk: int) -> HttpResponse:
    """Note from and until which item the member `?ledamot=` is there, and for whom the member stands in."""
    meeting = meeting_for(request.member, pk)
    if not may_note_attendance(request.member, meeting):
        return _too_late(request, meeting)
    wanted = key_of(request.GET.get("ledamot", ""))
    member = Member.objects.filter(council=request.council, pk=wanted or 0).first()
    if member is None:
        return redirect(_attendance_of(request, meeting))
    stays = Attendance.objects.filter(meeting=meeting, member=member)
    form = PresenceForm(
        request.POST if request.method == "POST" else None,
        items=_items(request, meeting),
        members=[other for other in expected_members(meeting) if other.pk != member.pk],
        stay=stays.select_related("from_item", "to_item").first(),
    )
    if form.is_valid():
        with form.refusing():
            lifecycle.note_stay(
                meeting=meeting,
                member=member,
                substitute_for=form.cleaned_data["substitute_for"],
                by=request.member,
                on=request.today,
                **form.stay(),
            )
        if not form.errors:
            messages.success(request, _("%(member)s is noted as present.") % {"member": member.display_name})
            return redirect(_attendance_of(request, meeting))
    title = _("Attendance of %(member)s") % {"member": member.display_name}
    return _page(request, meeting, form, title=title, submit=_("Note as present"))


@only_if(may_log)
@require_http_methods(["GET", "HEAD", "POST"])
def guest_add(request: CouncilRequest, pk: int) -> HttpResponse:
    """Note somebody who is co-opted to the meeting."""
    meeting = meeting_for(request.member, pk)
    if not may_note_attendance(request.member, meeting):
        return _too_late(request, meeting)
    form = GuestForm(request.POST if request.method == "POST" else None, items=_items(request, meeting))
    if form.is_valid():
        with saving(form, request) as note:
            lifecycle.add_guest(
                meeting=meeting,
                name=form.cleaned_data["name"],
                organisation=form.cleaned_data["organisation"],
                by=request.member,
                on=request.today,
                **form.stay(),
            )
            note(meeting)
        if not form.errors:
            messages.success(request, _("%(name)s is noted as co-opted.") % {"name": form.cleaned_data["name"]})
            return redirect(_attendance_of(request, meeting))
    return _page(request, meeting, form, title=_("Co-opted guest"), submit=_("Note the guest"))


def _guest_for(request: CouncilRequest, pk: int) -> Guest:
    """The door to a guest: of a meeting of the member's council, or 404. A removed one is there, to be brought back."""
    guests = Guest.objects.filter(meeting__in=Meeting.objects.visible_to(request.member))
    return get_object_or_404(guests.select_related("meeting__council", "from_item", "to_item"), pk=pk)


@only_if(may_log)
@require_http_methods(["GET", "HEAD", "POST"])
def guest_edit(request: CouncilRequest, pk: int) -> HttpResponse:
    """Change what is noted of a guest, as until which item the guest was there."""
    guest = _guest_for(request, pk)
    meeting = guest.meeting
    if not may_note_attendance(request.member, meeting):
        return _too_late(request, meeting)
    bound = request.POST if request.method == "POST" else None
    form = GuestForm(bound, items=_items(request, meeting), guest=guest)
    if form.is_valid():
        with saving(form, request) as note:
            lifecycle.edit_guest(
                guest=guest,
                name=form.cleaned_data["name"],
                organisation=form.cleaned_data["organisation"],
                by=request.member,
                on=request.today,
                **form.stay(),
            )
            note(meeting)
        if not form.errors:
            messages.success(request, _("The guest is changed."))
            return redirect(_attendance_of(request, meeting))
    return _page(request, meeting, form, title=_("Co-opted guest"), submit=_("Save"))


def _page(
    request: CouncilRequest, meeting: Meeting, form: PresenceForm | GuestForm, *, title: str, submit: str
) -> HttpResponse:
    context = {
        "form": form,
        "meeting": meeting,
        "title": title,
        "submit": submit,
        "cancel": _attendance_of(request, meeting),
        "trail": trail_to(request, meeting, title),
    }
    return render(request, "meetings/presence_form.html", context, status=status_of(form))


@only_if(may_log)
@require_POST
def guest_remove(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take a guest off the attendance; `?tillbaka=1` in the address brings the guest back."""
    guest = _guest_for(request, pk)
    back = request.GET.get("tillbaka") == "1"
    try:
        lifecycle.remove_guest(guest=guest, by=request.member, on=request.today, removed=not back)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        if back:
            messages.success(request, _("%(name)s is back.") % {"name": guest.name})
        else:
            undo = reverse("meetings:guest_remove", args=[request.council.slug, guest.pk])
            messages.success(
                request,
                _("%(name)s is taken off the attendance.") % {"name": guest.name},
                extra_tags=f"undo={undo}?tillbaka=1",
            )
    return redirect(_attendance_of(request, guest.meeting))


@only_if(may_coordinate)
@require_http_methods(["GET", "HEAD", "POST"])
def quorum(request: CouncilRequest) -> HttpResponse:
    """Say how many members must be present for the council to decide."""
    bound = request.POST if request.method == "POST" else None
    form = QuorumForm(bound, initial={"quorum": request.council.quorum})
    if form.is_valid():
        set_quorum(council=request.council, quorum=form.cleaned_data["quorum"], by=request.member, on=request.today)
        messages.success(request, _("The quorum is saved."))
        return redirect("meetings:list", request.council.slug)
    context = {
        "form": form,
        "title": _("Quorum"),
        "submit": _("Save"),
        "cancel": reverse("meetings:list", args=[request.council.slug]),
        "trail": trail_to(request, None, _("Quorum")),
    }
    return render(request, "meetings/presence_form.html", context, status=status_of(form))


# What is spoken of now


@only_if(may_log)
@require_POST
def take_up(request: CouncilRequest, pk: int) -> HttpResponse:
    """Make the item the current one: the live page does so as one steps on, a button where there are no scripts."""
    item = item_for(request.member, pk)
    try:
        meeting = lifecycle.take_up(item=item, by=request.member, at=request.now)
    except RuleBroken as error:
        messages.error(request, error.sentence)
        refresh(item.meeting)
        url = page_of(request, item.meeting, item)
        return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
    if request.htmx:
        refresh(item, "seconds_spent")
        item.meeting = meeting
        context = {"item": item, "meeting": meeting, "clock": clock_of(item, meeting, request.now)}
        context["sheet"] = attendance_sheet(meeting)  # not the same are present at every item
        return render(request, "meetings/_clock_answer.html", context)
    return redirect(page_of(request, meeting, item))


@only_if(may_read_council)
@require_safe
def now(request: CouncilRequest, pk: int) -> HttpResponse:
    """What is spoken of now, for the page of a meeting in session; a plain visit leads to that page."""
    meeting = meeting_for(request.member, pk)
    if not request.htmx:
        return redirect("meetings:detail", request.council.slug, meeting.pk)
    return render(request, "meetings/_now.html", {"meeting": meeting})
