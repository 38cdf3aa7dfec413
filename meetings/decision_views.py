"""Decisions on the live page: recorded, amended, removed and brought back. As live_views, with htmx and without.

409 when somebody else amended the decision meanwhile: both wordings are shown, and nothing is saved.
"""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bra import history
from bra.errors import RuleBroken
from bra.forms import note_override, saving
from bra.http import REFUSED, CouncilRequest, only_if, refresh, status_of
from bra.permissions import may_log
from meetings import lifecycle
from meetings.doors import decision_for, item_for
from meetings.forms import AmendForm, DecisionForm
from meetings.live_views import as_on_agenda, lead_to, refused, saved_at
from meetings.models import AgendaItem, Decision, DecisionKind
from meetings.permissions import may_write_at
from meetings.sheets import decisions_of
from meetings.views import page_of, trail_to


@only_if(may_log)
@require_POST
def decision_add(request: CouncilRequest, pk: int) -> HttpResponse:
    """Record a decision at an item."""
    item = item_for(request.member, pk, taken_off=True)
    form = DecisionForm.new_at(item, request.POST)
    if form.is_valid():
        with saving(form, request) as note:
            decision = lifecycle.record_decision(
                item=item,
                text=form.cleaned_data["text"],
                kind=DecisionKind(form.cleaned_data["kind"]),
                by=request.member,
                on=request.today,
            )
            note(decision)
        if not form.errors:
            return _decisions_answer(request, item, focus=True)
    if request.htmx:
        context = {"item": item, "meeting": item.meeting, "decisions": decisions_of(item), "decision_form": form}
        return render(request, "meetings/_decisions.html", context, status=REFUSED)
    return _decision_page(request, item, form, title=_("New decision"), status=REFUSED)


@only_if(may_log)
@require_http_methods(["GET", "HEAD", "POST"])
def decision_edit(request: CouncilRequest, pk: int) -> HttpResponse:
    """Change a decision until the minutes lie with their signers. `keep=both` puts both wordings together."""
    decision = decision_for(request.member, pk)
    item = decision.item
    bound = request.POST if request.method == "POST" else None
    form = AmendForm.of_decision(decision, bound)
    if bound is None and (decision.removed or not may_write_at(request.member, item.meeting)):
        return lead_to(request, page_of(request, item.meeting, item))
    if form.is_valid():
        text, kind = form.cleaned_data["text"], DecisionKind(form.cleaned_data["kind"])
        if request.POST.get("keep") == "both":
            return _conflict(request, decision, f"{decision.text}\n\n{text}", kind)
        try:
            with transaction.atomic():
                lifecycle.amend_decision(
                    decision=decision,
                    text=text,
                    kind=kind,
                    version=form.cleaned_data["version"],
                    by=request.member,
                    on=request.today,
                )
                note_override(form, council=request.council, by=request.member, on=request.today, target=decision)
        except lifecycle.DecisionConflict:
            return _conflict(request, decision_for(request.member, pk), text, kind)
        except RuleBroken as error:
            form.refuse(error)
            refresh(decision, "removed")
        else:
            return _decisions_answer(request, item)
    return _edit_answer(request, decision, form, status=status_of(form))


def _conflict(request: CouncilRequest, decision: Decision, text: str, kind: DecisionKind) -> HttpResponse:
    """Both wordings, and a form that saves on the newest version. 409 until one is saved."""
    form = AmendForm.of_decision(decision)
    form.initial.update(text=text, kind=kind)
    last = history.entries_of(decision).filter(verb="decision.amended").last()
    return _edit_answer(request, decision, form, status=409, theirs=decision, saved=last)


def _edit_answer(
    request: CouncilRequest, decision: Decision, form: AmendForm, *, status: int, **more: Any
) -> HttpResponse:
    """The form in its place among the decisions to htmx, else on a page of its own."""
    item = decision.item
    if not request.htmx:
        return _decision_page(request, item, form, title=_("Change the decision"), status=status, **more)
    # The form of a decision that somebody removed meanwhile has lost its place; what it held becomes a new one's.
    fresh = DecisionForm.new_at(item, request.POST if decision.removed else None)
    if decision.removed:
        fresh.errors.update(form.errors)
    context = {
        "item": item,
        "meeting": item.meeting,
        "decisions": decisions_of(item),
        "decision_form": fresh,
        "edited": decision,
        "edit_form": form,
        "cancel": page_of(request, item.meeting, item),
    } | more
    return render(request, "meetings/_decisions.html", context, status=status)


def _decision_page(
    request: CouncilRequest, item: AgendaItem, form: DecisionForm, *, title: str, status: int, **more: Any
) -> HttpResponse:
    context = {
        "item": item,
        "meeting": item.meeting,
        "form": form,
        "title": title,
        "cancel": page_of(request, item.meeting, None if item.removed else item),
        "trail": trail_to(request, item.meeting, title),
    } | more
    return render(request, "meetings/decision_form.html", context, status=status)


@only_if(may_log)
@require_POST
def decision_remove(request: CouncilRequest, pk: int) -> HttpResponse:
    """Remove a decision; `?tillbaka=1` in the address brings it back."""
    decision = decision_for(request.member, pk)
    item = decision.item
    back = request.GET.get("tillbaka") == "1"
    try:
        lifecycle.remove_decision(decision=decision, by=request.member, on=request.today, removed=not back)
    except RuleBroken as error:
        return refused(request, item, error)
    if back:
        messages.success(request, _("The decision is back."))
    else:
        undo = reverse("meetings:decision_remove", args=[request.council.slug, decision.pk])
        messages.success(request, _("The decision is removed."), extra_tags=f"undo={undo}?tillbaka=1")
    return _decisions_answer(request, item)


def _decisions_answer(request: CouncilRequest, item: AgendaItem, *, focus: bool = False) -> HttpResponse:
    """The item's decisions with a fresh form; `focus` puts the cursor into it."""
    if not request.htmx:
        return redirect(page_of(request, item.meeting, item))
    item = as_on_agenda(request, item)
    form = DecisionForm.new_at(item)
    if focus:
        form.fields["text"].widget.attrs["autofocus"] = True
    context = {
        "item": item,
        "meeting": item.meeting,
        "decisions": decisions_of(item),
        "decision_form": form,
        "with_marks": True,
    }
    return saved_at(request, render(request, "meetings/_decisions.html", context))
