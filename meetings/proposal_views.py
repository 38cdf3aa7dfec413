"""The pages of proposals: what members ask to have on an agenda, and what became of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bra.errors import RuleBroken
from bra.forms import note_override, saving
from bra.http import REFUSED, CouncilRequest, only_if, status_of
from meetings import lifecycle
from meetings.models import AgendaItem, ItemProposal, Meeting, last_proposal_day
from meetings.permissions import may_plan_meetings, may_propose
from meetings.planning_forms import DeclineForm, ProposalDaysForm, ProposalForm, TakeForm
from meetings.planning_sentences import history_of_proposals
from meetings.views import trail_to

PER_PAGE = 25


def _proposal_for(request: CouncilRequest, pk: int) -> ItemProposal:
    """The one door to a proposal: 404 where the member may not see it."""
    proposals = ItemProposal.objects.visible_to(request.member).select_related("council", "meeting", "proposer")
    return get_object_or_404(proposals, pk=pk)


@only_if(may_propose)
@require_safe
def proposals(request: CouncilRequest) -> HttpResponse:
    """The own proposals; all of the council's for those who set the agenda."""
    return _list_page(request)


def _list_page(
    request: CouncilRequest,
    *,
    declining: tuple[int, DeclineForm] | None = None,
    days_form: ProposalDaysForm | None = None,
) -> HttpResponse:
    may_answer = may_plan_meetings(request.member)
    rows = ItemProposal.objects.visible_to(request.member).in_order_of_work()
    page = Paginator(rows.select_related("meeting", "proposer", "item"), PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    items = AgendaItem.objects.visible_to(request.member).select_related("meeting")
    seen = items.in_bulk([row.item_id for row in shown if row.item_id])
    planned = list(Meeting.objects.visible_to(request.member).upcoming(request.today).planned())
    for row in shown:
        # The item is reached only through its own door: it may have got a lock.
        row.on_agenda = seen.get(row.item_id)  # type: ignore[attr-defined]  # for the template
        if may_answer and row.is_waiting:
            failed = declining[1] if declining and declining[0] == row.pk else None
            form = failed or DeclineForm(auto_id=f"proposal-{row.pk}-%s")
            row.decline_form = form  # type: ignore[attr-defined]  # for the template
    context = {
        "page": page,
        "rows": shown,
        "planned": planned,
        "next_last_day": (last_proposal_day(planned[0].date, request.council.proposal_days) if planned else None),
        "may_answer": may_answer,
        "days_form": days_form or ProposalDaysForm(initial={"proposal_days": request.council.proposal_days}),
        "lines": history_of_proposals(request.member),
        "trail": [*trail_to(request, None), (_("Proposals for the agenda"), None)],
    }
    failed_any = declining is not None or (days_form is not None and days_form.errors)
    return render(request, "meetings/proposals.html", context, status=REFUSED if failed_any else 200)


@only_if(may_propose)
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_new(request: CouncilRequest) -> HttpResponse:
    """Propose an item; `?mote=` chooses the meeting."""
    wanted = request.GET.get("mote", "")
    form = ProposalForm(
        request.POST or None,
        member=request.member,
        today=request.today,
        initial={"meeting": int(wanted)} if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else {},
    )
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            proposal = lifecycle.propose_item(
                meeting=form.cleaned_data["meeting"],
                title=form.cleaned_data["title"],
                reason=form.cleaned_data["reason"],
                by=request.member,
                on=request.today,
            )
            note(proposal)
        if not form.errors:
            said = _("The proposal is sent.")
            if proposal.is_late:
                said = _("The proposal is sent, after the last day. The secretary decides whether there is room.")
            messages.success(request, said)
            return redirect(_page(request))
    planned = list(Meeting.objects.visible_to(request.member).upcoming(request.today).planned())
    days = request.council.proposal_days
    context = {
        "form": form,
        "planned": [(meeting, last_proposal_day(meeting.date, days)) for meeting in planned[:6]],
        "trail": [
            *trail_to(request, None),
            (_("Proposals for the agenda"), _page(request)),
            (_("Propose an item"), None),
        ],
        "cancel": _page(request),
    }
    return render(request, "meetings/proposal_form.html", context, status=status_of(form))


@only_if(may_plan_meetings)
@require_POST
def proposal_take(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take a proposal onto the agenda of the chosen meeting."""
    proposal = _proposal_for(request, pk)
    form = TakeForm(request.POST, member=request.member, today=request.today)
    if not form.is_valid():
        messages.error(request, _("Choose a planned meeting. The one that was chosen may have begun meanwhile."))
        return redirect(_page(request, proposal))
    try:
        proposal = lifecycle.take_proposal(
            proposal=proposal, meeting=form.cleaned_data["meeting"], by=request.member, on=request.today
        )
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        words = {"title": proposal.title, "number": proposal.meeting.number}
        messages.success(request, _("“%(title)s” is last on the agenda of meeting %(number)s.") % words)
    return redirect(_page(request, proposal))


@only_if(may_plan_meetings)
@require_POST
def proposal_decline(request: CouncilRequest, pk: int) -> HttpResponse:
    """Decline a proposal with a word."""
    proposal = _proposal_for(request, pk)
    form = DeclineForm(request.POST, auto_id=f"proposal-{proposal.pk}-%s")
    if form.is_valid():
        try:
            with transaction.atomic():
                lifecycle.decline_proposal(
                    proposal=proposal, answer=form.cleaned_data["answer"], by=request.member, on=request.today
                )
                note_override(form, council=request.council, by=request.member, on=request.today, target=proposal)
        except RuleBroken as error:
            messages.error(request, error.sentence)
        else:
            _said_with_undo(request, proposal, _("“%(title)s” is declined."))
        return redirect(_page(request, proposal))
    return _list_page(request, declining=(proposal.pk, form))


@only_if(may_propose)
@require_POST
def proposal_withdraw(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take the own proposal back."""
    proposal = _proposal_for(request, pk)
    if proposal.proposer_id != request.member.pk:
        raise Http404
    try:
        lifecycle.withdraw_proposal(proposal=proposal, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        _said_with_undo(request, proposal, _("“%(title)s” is withdrawn."))
    return redirect(_page(request, proposal))


@only_if(may_propose)
@require_POST
def proposal_put_back(request: CouncilRequest, pk: int) -> HttpResponse:
    """Let a proposal wait for an answer again; those who set no agenda only their own that they withdrew."""
    proposal = _proposal_for(request, pk)
    own = proposal.proposer_id == request.member.pk and proposal.state == "withdrawn"
    if not own and not may_plan_meetings(request.member):
        raise Http404
    try:
        lifecycle.put_back_proposal(proposal=proposal, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("“%(title)s” waits for an answer again.") % {"title": proposal.title})
    return redirect(_page(request, proposal))


@only_if(may_plan_meetings)
@require_POST
def proposal_days(request: CouncilRequest) -> HttpResponse:
    """Set how many days before a meeting proposals are due."""
    form = ProposalDaysForm(request.POST)
    if not form.is_valid():
        return _list_page(request, days_form=form)
    lifecycle.set_proposal_days(
        council=request.council, days=form.cleaned_data["proposal_days"], by=request.member, on=request.today
    )
    messages.success(request, _("The last day for proposals is changed."))
    return redirect(_page(request))


def _said_with_undo(request: CouncilRequest, proposal: ItemProposal, words: str) -> None:
    undo = reverse("meetings:proposal_put_back", args=[request.council.slug, proposal.pk])
    messages.success(request, words % {"title": proposal.title}, extra_tags=f"undo={undo}")


def _page(request: CouncilRequest, proposal: ItemProposal | None = None) -> str:
    url = reverse("meetings:proposals", args=[request.council.slug])
    return f"{url}#proposal-{proposal.pk}" if proposal else url
