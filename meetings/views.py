"""The pages of meetings: the archive, planning, the agenda and the minutes. Logging has its own: live_views."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from bra.errors import RuleBroken
from bra.forms import saving
from bra.http import CouncilRequest, only_if, refresh, status_of
from bra.permissions import may_coordinate, may_read_council
from bra.tasks import wake_sender
from bra.text import key_of
from meetings import lifecycle
from meetings.doors import item_for, meeting_for
from meetings.filters import MeetingFilter
from meetings.forms import ItemForm, MeetingForm
from meetings.models import AgendaItem, ItemKind, Meeting, MeetingState, PaperKind, SummonsReply, layout_of
from meetings.permissions import (
    may_change_agenda,
    may_log_at,
    may_mail_minutes,
    may_name_adjusters,
    may_plan_meetings,
    may_reopen,
    may_tidy,
    may_unlock,
)
from meetings.sentences import history_of
from meetings.sheets import attendance_sheet, minutes, place_of
from meetings.signing_sheet import comments_by_item, parts_signed, signing_sheet
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
        with saving(form, request) as note:
            meeting = lifecycle.plan_meeting(
                council=request.council, by=request.member, on=request.today, **_plan(form)
            )
            note(meeting)
        if not form.errors:
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
    return render(request, "meetings/form.html", context, status=status_of(form))


@only_if(may_plan_meetings)
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_edit(request: CouncilRequest, pk: int) -> HttpResponse:
    """Change when and where a planned meeting is held."""
    meeting = meeting_for(request.member, pk)
    form = MeetingForm(request.POST or None, initial=MeetingForm.of(meeting))
    own_page = reverse("meetings:detail", args=[request.council.slug, meeting.pk])
    answers = SummonsReply.objects.filter(meeting=meeting)
    if not meeting.is_planned:
        if meeting.state == MeetingState.CANCELLED:
            messages.error(request, _("The meeting is cancelled."))
        else:
            messages.error(request, _("The meeting has begun, so its time and place can no longer be changed."))
        return redirect(own_page)
    given = answers.count()
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            changed = lifecycle.replan_meeting(meeting=meeting, by=request.member, on=request.today, **_plan(form))
            note(meeting)
        if not form.errors:
            messages.success(request, _("The meeting is changed."))
            if changed.summons_sequence != meeting.summons_sequence:
                wake_sender()
                messages.info(request, _("Those summoned are told by mail."))
            if given and not answers.exists():
                words = ngettext(
                    "%(n)d answer is cleared: everybody is asked anew.",
                    "%(n)d answers are cleared: everybody is asked anew.",
                    given,
                )
                messages.warning(request, words % {"n": given})
            return redirect(own_page)
    context = {
        "form": form,
        "title": _("Change meeting %(label)s") % {"label": meeting.label},
        "submit": _("Save"),
        "cancel": own_page,
        "is_summoned": meeting.state == MeetingState.SUMMONED,
        "given": given,
        "trail": trail_to(request, meeting, _("Change")),
    }
    return render(request, "meetings/form.html", context, status=status_of(form))


def _plan(form: MeetingForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("date", "starts_at", "ends_at", "place", "title")}


@only_if(may_read_council)
@require_safe
def meeting_detail(request: CouncilRequest, pk: int) -> HttpResponse:
    """The agenda before the meeting, the minutes from then on; once they are signed, as they were signed."""
    meeting = meeting_for(request.member, pk)
    items = [] if meeting.state == MeetingState.SIGNED else minutes(meeting, request.member)
    kind = PaperKind(layout_of(meeting.council).kind)
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
        "may_mail": may_mail_minutes(request.member, meeting),
        "paper_kind": kind.label,
        "is_notes": kind == PaperKind.NOTES,
    }
    return render(request, "meetings/detail.html", context | _signing_context(request, meeting))


def _signing_context(request: CouncilRequest, meeting: Meeting) -> dict[str, Any]:
    """Where the signing off stands; with it the text as it was signed, or the comments of whoever is to sign it."""
    sheet = signing_sheet(meeting, request.member, request.today)
    context: dict[str, Any] = {"signing": sheet, "may_unlock": may_unlock(request.member)}
    if not meeting.has_ended:
        return context | {"may_name": not sheet.is_notes and may_name_adjusters(request.member, meeting)}
    if sheet.current is not None:
        context["paper"], context["parts"] = parts_signed(sheet.current, meeting, request.member)
    elif may_tidy(request.member, meeting):
        context |= {"may_tidy": True, "comments": comments_by_item(sheet, request.member)}
    return context


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
        refresh(meeting)
    else:
        undo = reverse("meetings:unopen", args=[request.council.slug, meeting.pk])
        messages.success(request, _("The meeting is open."), extra_tags=f"undo={undo}")
    return redirect(page_of(request, meeting))


@only_if(may_plan_meetings)
@require_POST
def meeting_unopen(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take back an opening made by mistake, and go where one works with the meeting now."""
    meeting = meeting_for(request.member, pk)
    try:
        meeting = lifecycle.unopen_meeting(meeting=meeting, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
        refresh(meeting)
    else:
        messages.success(request, _("The meeting isn't open any longer."))
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
        with saving(form, request) as note:
            item = lifecycle.add_item(
                meeting=meeting, by=request.member, on=request.today, **_item_fields(request, form)
            )
            note(item)
        if not form.errors:
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
        with saving(form, request) as note:
            lifecycle.edit_item(item=item, by=request.member, on=request.today, **_item_fields(request, form))
            note(item)
        if not form.errors:
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
    return render(request, "meetings/item_form.html", context, status=status_of(form))


def _item_fields(request: CouncilRequest, form: ItemForm) -> dict[str, Any]:
    """Return what the verbs take of an item; opens the new case that it asks for (call it inside the transaction)."""
    cleaned = form.cleaned_data
    fields = {name: cleaned[name] for name in ("title", "kind", "presenter", "minutes_planned", "topics", "case")}
    if "ground" in cleaned:
        fields["ground"] = cleaned["ground"]
    if cleaned["new_case_title"]:
        fields["case"] = lifecycle.open_case(
            council=request.council,
            by=request.member,
            on=request.today,
            title=cleaned["new_case_title"],
            organisation=cleaned["new_case_organisation"],
            topics=cleaned["topics"],
            # A case that a restricted item opens would tell of it by its title.
            ground=cleaned.get("ground"),
        )
    return fields


@only_if(may_plan_meetings)
@require_POST
def item_move(request: CouncilRequest, pk: int) -> HttpResponse:
    """Move an item: `way` is "up" or "down", or `place` says where, 1 the first. `from=live` leads back to logging."""
    item = item_for(request.member, pk)
    sent, way = request.POST.get("place", ""), request.POST.get("way")
    here: dict[str, Any] = {"item": item, "by": request.member, "on": request.today}
    try:
        if sent.isascii() and sent.isdigit() and len(sent) < 5:
            lifecycle.place_item(place=int(sent), **here)
        elif way in ("up", "down"):
            lifecycle.move_item(up=way == "up", **here)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    if request.htmx:
        return _agenda_part(request, item.meeting)
    if request.POST.get("from") == "live":
        return redirect(page_of(request, item.meeting, item))
    return redirect(_agenda_of(request, item.meeting, item))


@only_if(may_plan_meetings)
@require_POST
def item_remove(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take an item on which nothing has been logged off the agenda; `?tillbaka=1` in the address puts it back."""
    back = request.GET.get("tillbaka") == "1"
    item = item_for(request.member, pk, taken_off=back)
    meeting, words = item.meeting, {"title": item.title}
    change = lifecycle.restore_item if back else lifecycle.remove_item
    try:
        change(item=item, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        if back:
            messages.success(request, _("“%(title)s” is back on the agenda.") % words)
            return redirect(page_of(request, meeting, item))
        undo = reverse("meetings:item_remove", args=[request.council.slug, item.pk])
        messages.success(
            request, _("“%(title)s” is taken off the agenda.") % words, extra_tags=f"undo={undo}?tillbaka=1"
        )
    if request.htmx:
        return _agenda_part(request, meeting)
    return redirect(_agenda_of(request, meeting, None))


def _agenda_of(request: CouncilRequest, meeting: Meeting, item: AgendaItem | None) -> str:
    url = reverse("meetings:detail", args=[request.council.slug, meeting.pk])
    return f"{url}#item-{item.pk}" if item else f"{url}#agenda"


def _agenda_part(request: CouncilRequest, meeting: Meeting) -> HttpResponse:
    """The agenda of the meeting's page, or the live page's, and the messages."""
    refresh(meeting)
    items = minutes(meeting, request.member)
    if request.htmx.target == "live-agenda":
        place = place_of(items, key_of(request.POST.get("open", "")))
        live: dict[str, Any] = {"meeting": meeting, "items": items, "place": place, "with_messages": True}
        return render(request, "meetings/_live_agenda.html", live)
    context = {
        "meeting": meeting,
        "items": items,
        "timing": timing(meeting, items),
        "may_change_agenda": may_change_agenda(request.member, meeting),
        "with_messages": True,
    }
    return render(request, "meetings/_agenda.html", context)
