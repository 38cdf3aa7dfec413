"""The pages of meetings: the archive, planning, the agenda and the minutes. Logging has its own: live_views."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from bra.errors import RuleBroken
from bra.forms import note_override
from bra.http import CouncilRequest, only_if
from bra.permissions import may_coordinate, may_read_council
from bra.tasks import wake_sender
from meetings import lifecycle
from meetings.doors import item_for, meeting_for
from meetings.filters import MeetingFilter
from meetings.forms import ItemForm, MeetingForm
from meetings.models import AgendaItem, ItemKind, Meeting, MeetingState
from meetings.permissions import may_change_agenda, may_log_at, may_plan_meetings, may_reopen
from meetings.sentences import history_of
from meetings.sheets import attendance_sheet, minutes
from meetings.tables import MeetingTable
from meetings.timing import timing

ROWS_PER_PAGE = 25

Trail = list[tuple[str, str | None]]


def trail_to(request: CouncilRequest, meeting: Meeting | None, here: str | None = None) -> Trail:
    """Return the breadcrumbs to a page of the meeting; `here` names a page below the meeting's own."""
    slug = request.council.slug
    trail: Trail = [(_("Meetings"), reverse("meetings:list", args=[slug]))]
    if meeting is not None:
        own = reverse("meetings:detail", args=[slug, meeting.pk]) if here else None
        trail.append((_("Meeting %(label)s") % {"label": meeting.label}, own))
    if here:
        trail.append((here, None))
    return trail


def page_of(request: CouncilRequest, meeting: Meeting, item: AgendaItem | None = None) -> str:
    """Return the address where one works with the meeting now: the live page while in session, else its own page."""
    slug = request.council.slug
    if may_log_at(request.member, meeting):
        url = reverse("meetings:live", args=[slug, meeting.pk])
        return f"{url}?punkt={item.pk}#item" if item else url
    url = reverse("meetings:detail", args=[slug, meeting.pk])
    return f"{url}#item-{item.pk}" if item else url


@only_if(may_read_council)
@require_safe
def meeting_list(request: CouncilRequest) -> HttpResponse:
    """The archive, with the next meeting on top."""
    visible = Meeting.objects.visible_to(request.member)
    chosen = MeetingFilter(request.GET, queryset=visible.with_counts(request.member), member=request.member)
    table = MeetingTable(chosen.qs)
    RequestConfig(request, paginate={"per_page": ROWS_PER_PAGE}).configure(table)
    context: dict[str, Any] = {
        "table": table,
        "filter": chosen,
        "upcoming": visible.upcoming(request.today).first(),
        "may_plan": may_plan_meetings(request.member),
        "meetings": [row.record for row in table.paginated_rows],
    }
    context["any_meeting"] = bool(context["meetings"]) or visible.exists()
    return render(request, "meetings/list.html", context)


@only_if(may_plan_meetings)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request: CouncilRequest) -> HttpResponse:
    """Plan a meeting; it begins with the standing agenda."""
    form = MeetingForm(request.POST or None, initial=MeetingForm.like_last(request.council))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                meeting = lifecycle.plan_meeting(
                    council=request.council, by=request.member, on=request.today, **_plan(form)
                )
                note_override(form, council=request.council, by=request.member, on=request.today, target=meeting)
        except RuleBroken as error:
            form.refuse(error)
        else:
            messages.success(request, _("Meeting %(label)s is planned.") % {"label": meeting.label})
            return redirect("meetings:detail", request.council.slug, meeting.pk)
    context = {
        "form": form,
        "title": _("New meeting"),
        "submit": _("Plan the meeting"),
        "cancel": reverse("meetings:list", args=[request.council.slug]),
        "trail": trail_to(request, None, _("New meeting")),
        "is_new": True,
    }
    return render(request, "meetings/form.html", context, status=_status(form))


@only_if(may_plan_meetings)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_edit(request: CouncilRequest, pk: int) -> HttpResponse:
    """Change when and where a planned meeting is held."""
    meeting = meeting_for(request.member, pk)
    form = MeetingForm(request.POST or None, initial=MeetingForm.of(meeting))
    own_page = reverse("meetings:detail", args=[request.council.slug, meeting.pk])
    if not meeting.is_planned:
        if meeting.state == MeetingState.CANCELLED:
            messages.error(request, _("The meeting is cancelled."))
        else:
            messages.error(request, _("The meeting has begun, so its time and place can no longer be changed."))
        return redirect(own_page)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                changed = lifecycle.replan_meeting(meeting=meeting, by=request.member, on=request.today, **_plan(form))
                note_override(form, council=request.council, by=request.member, on=request.today, target=meeting)
        except RuleBroken as error:
            form.refuse(error)
        else:
            messages.success(request, _("The meeting is changed."))
            if changed.summons_sequence != meeting.summons_sequence:
                wake_sender()
                messages.info(request, _("Those summoned are told by mail."))
            return redirect(own_page)
    context = {
        "form": form,
        "title": _("Change meeting %(label)s") % {"label": meeting.label},
        "submit": _("Save"),
        "cancel": own_page,
        "trail": trail_to(request, meeting, _("Change")),
    }
    return render(request, "meetings/form.html", context, status=_status(form))


def _plan(form: MeetingForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("date", "starts_at", "ends_at", "place", "title")}


def _status(form: Any) -> int:
    """The status of a page that shows a form: 422 when something in it was refused."""
    return 422 if form.errors else 200


@only_if(may_read_council)
@require_safe
def meeting_detail(request: CouncilRequest, pk: int) -> HttpResponse:
    """The agenda before the meeting, the minutes from then on."""
    meeting = meeting_for(request.member, pk)
    items = minutes(meeting, request.member)
    context = {
        "meeting": meeting,
        "trail": trail_to(request, meeting),
        "items": items,
        "timing": timing(meeting, items),
        "sheet": attendance_sheet(meeting),
        "lines": history_of(meeting, request.member),
        "is_draft": meeting.opened_at is None,
        "may_change_agenda": may_change_agenda(request.member, meeting),
        "may_log_here": may_log_at(request.member, meeting),
        "may_reopen": may_reopen(request.member, meeting),
    }
    return render(request, "meetings/detail.html", context)


# From planned to in session to adjourned


@only_if(may_plan_meetings)
@require_POST
def meeting_open(request: CouncilRequest, pk: int) -> HttpResponse:
    """Open the meeting and go to its live page."""
    meeting = meeting_for(request.member, pk)
    try:
        meeting = lifecycle.open_meeting(meeting=meeting, by=request.member, at=request.now)
    except RuleBroken as error:
        messages.error(request, error.sentence)
        meeting.refresh_from_db()
    return redirect(page_of(request, meeting))


@only_if(may_plan_meetings)
@require_POST
def meeting_adjourn(request: CouncilRequest, pk: int) -> HttpResponse:
    """Adjourn the meeting and go to its minutes."""
    meeting = meeting_for(request.member, pk)
    try:
        lifecycle.adjourn(meeting=meeting, by=request.member, at=request.now)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("The meeting is adjourned and its paragraphs are numbered."))
    return redirect("meetings:detail", request.council.slug, meeting.pk)


@only_if(may_coordinate)
@require_POST
def meeting_reopen(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take an adjourned meeting back into session, to mend what was logged."""
    meeting = meeting_for(request.member, pk)
    try:
        meeting = lifecycle.reopen_meeting(meeting=meeting, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    return redirect(page_of(request, meeting))


# The agenda


@only_if(may_plan_meetings)
@require_http_methods(["GET", "HEAD", "POST"])
def item_add(request: CouncilRequest, pk: int) -> HttpResponse:
    """Add an item last on the agenda; its title alone is enough."""
    meeting = meeting_for(request.member, pk)
    form = ItemForm(request.POST or None, member=request.member, initial={"kind": ItemKind.DISCUSSION})
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                item = lifecycle.add_item(
                    meeting=meeting, by=request.member, on=request.today, **_item_fields(request, form)
                )
                note_override(form, council=request.council, by=request.member, on=request.today, target=item)
        except RuleBroken as error:
            form.refuse(error)
        else:
            messages.success(request, _("“%(title)s” is on the agenda.") % {"title": item.title})
            return redirect(page_of(request, meeting, item))
    return _item_page(request, meeting, form, title=_("New item"), cancel=page_of(request, meeting))


@only_if(may_plan_meetings)
@require_http_methods(["GET", "HEAD", "POST"])
def item_edit(request: CouncilRequest, pk: int) -> HttpResponse:
    """Change an item of the agenda."""
    item = item_for(request.member, pk)
    form = ItemForm(request.POST or None, member=request.member, item=item, initial=ItemForm.of(item))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                lifecycle.edit_item(item=item, by=request.member, on=request.today, **_item_fields(request, form))
                note_override(form, council=request.council, by=request.member, on=request.today, target=item)
        except RuleBroken as error:
            form.refuse(error)
        else:
            messages.success(request, _("The item is changed."))
            return redirect(page_of(request, item.meeting, item))
    title = _("Change item %(position)d") % {"position": item.position}
    return _item_page(request, item.meeting, form, title=title, cancel=page_of(request, item.meeting, item))


def _item_page(request: CouncilRequest, meeting: Meeting, form: ItemForm, *, title: str, cancel: str) -> HttpResponse:
    context = {
        "form": form,
        "meeting": meeting,
        "title": title,
        "cancel": cancel,
        "trail": trail_to(request, meeting, title),
    }
    return render(request, "meetings/item_form.html", context, status=_status(form))


def _item_fields(request: CouncilRequest, form: ItemForm) -> dict[str, Any]:
    """Return what the verbs take of an item; opens the new case that it asks for (call it inside the transaction)."""
    cleaned = form.cleaned_data
    fields = {name: cleaned[name] for name in ("title", "kind", "presenter", "minutes_planned", "topics", "case")}
    if "restricted" in cleaned:
        fields["restricted"] = cleaned["restricted"]
    if cleaned["new_case_title"]:
        fields["case"] = lifecycle.open_case(
            council=request.council,
            by=request.member,
            on=request.today,
            title=cleaned["new_case_title"],
            organisation=cleaned["new_case_organisation"],
            topics=cleaned["topics"],
            # A case that a restricted item opens would tell of it by its title.
            restricted=cleaned.get("restricted", False),
        )
    return fields


@only_if(may_plan_meetings)
@require_POST
def item_move(request: CouncilRequest, pk: int) -> HttpResponse:
    """Move an item one step: `way` is "up" or "down"."""
    item = item_for(request.member, pk)
    try:
        lifecycle.move_item(item=item, by=request.member, on=request.today, up=request.POST.get("way") == "up")
    except RuleBroken as error:
        messages.error(request, error.sentence)
    if request.htmx:
        return _agenda_part(request, item.meeting)
    return redirect(_agenda_of(request, item.meeting, item))


@only_if(may_plan_meetings)
@require_POST
def item_remove(request: CouncilRequest, pk: int) -> HttpResponse:
    """Remove an item on which nothing has been logged."""
    item = item_for(request.member, pk)
    meeting = item.meeting
    try:
        lifecycle.remove_item(item=item, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("“%(title)s” is taken off the agenda.") % {"title": item.title})
    if request.htmx:
        return _agenda_part(request, meeting)
    return redirect(_agenda_of(request, meeting, None))


def _agenda_of(request: CouncilRequest, meeting: Meeting, item: AgendaItem | None) -> str:
    url = reverse("meetings:detail", args=[request.council.slug, meeting.pk])
    return f"{url}#item-{item.pk}" if item else f"{url}#agenda"


def _agenda_part(request: CouncilRequest, meeting: Meeting) -> HttpResponse:
    """The agenda of the meeting's page, and the messages."""
    meeting.refresh_from_db()
    items = minutes(meeting, request.member)
    context = {
        "meeting": meeting,
        "items": items,
        "timing": timing(meeting, items),
        "may_change_agenda": may_change_agenda(request.member, meeting),
        "with_messages": True,
    }
    return render(request, "meetings/_agenda.html", context)
