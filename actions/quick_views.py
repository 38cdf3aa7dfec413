"""Quick entry on the live page: a typed line, or a piece of the notes, becomes a proposal in the normal form.

Nothing is saved before the form is confirmed, but for a state of the item (`: bordlägg`), which its buttons take back.
Without scripts the proposal stands on a page of its own.
"""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from actions import lifecycle, permissions
from actions.forms import AgreeForm
from actions.quick import ActionLine, DecisionLine, Person, StateLine, action, paragraphs, read, unmarked
from actions.templatetags.item_actions import item_context
from bra.errors import RuleBroken
from bra.forms import GuardedForm, saving
from bra.http import CouncilRequest, only_if, refresh, status_of
from bra.models import Member
from bra.permissions import may_log
from meetings.doors import item_for
from meetings.forms import DecisionForm
from meetings.lifecycle import record_decision, set_item_state
from meetings.models import AgendaItem, DecisionKind, ItemState
from meetings.sheets import agenda, decisions_of
from meetings.views import page_of


@only_if(may_log)
@require_POST
def quick(request: CouncilRequest, item_pk: int) -> HttpResponse:
    """Read `line`, or make an action or a decision (`make`) of `piece`; `confirm` says which form is sent back."""
    item = item_for(request.member, item_pk)
    if not permissions.may_agree_at(request.member, item):
        messages.error(request, _("The meeting isn't in session, so nothing can be logged at it."))
        return _leave(request, item)
    confirmed = request.POST.get("confirm")
    if confirmed:
        return _confirm_action(request, item) if confirmed == "action" else _confirm_decision(request, item)
    make, text = request.POST.get("make"), request.POST.get("piece", "")
    if make and not text.strip():
        return _choose(request, item)
    if make == "decision":
        return _propose(request, item, DecisionLine(unmarked(text)))
    if make:
        return _propose(request, item, action(unmarked(text), today=request.today, people=people_at(request, item)))
    line = request.POST.get("line", "")
    if not line.strip():
        return _leave(request, item)
    meant = read(line, today=request.today, people=people_at(request, item))
    return _set_state(request, item, meant) if isinstance(meant, StateLine) else _propose(request, item, meant)


def people_at(request: CouncilRequest, item: AgendaItem) -> list[Person]:
    """Those who may own an action of the item (one query)."""
    members = Member.objects.filter(council=request.council).acting(request.today)
    if item.restricted:
        members = members.filter(cleared=True)
    rows = members.order_by("sort_key", "pk").values_list("pk", "name", "title", "organisation__name")
    return [Person(*row) for row in rows]


def _leave(request: CouncilRequest, item: AgendaItem) -> HttpResponse:
    refresh(item.meeting)
    url = page_of(request, item.meeting, item)
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


# Proposals


def _named(form: Form, item: AgendaItem) -> None:
    """Names of its own: the item's other forms stand on the same page."""
    form.auto_id = f"quick-{item.pk}-%s"
    for field in form.fields.values():
        field.widget.attrs.pop("data-key", None)


def _propose(request: CouncilRequest, item: AgendaItem, meant: ActionLine | DecisionLine) -> HttpResponse:
    if isinstance(meant, DecisionLine):
        decision = DecisionForm(initial={"text": meant.text, "kind": meant.kind})
        _named(decision, item)
        return _show(request, item, decision, "decision", first="" if meant.text else "text")
    first: dict[str, Any] = {"title": meant.title, "deadline": meant.deadline}
    if len(meant.owners) == 1:
        first["owner"] = meant.owners[0]
    form = AgreeForm(initial=first, item=item, on=request.today)
    _named(form, item)
    if len(meant.owners) > 1:
        _offer_first(form, meant)
    missing = [name for name in ("title", "owner", "deadline") if not first.get(name)]
    return _show(request, item, form, "action", first=missing[0] if missing else "", read_as=_read_as(meant))


def _offer_first(form: AgreeForm, meant: ActionLine) -> None:
    """Let the owner be chosen among those whom the text fits, before all others."""
    field: Any = form.fields["owner"]
    labels = {pk: label for _group, members in field.choices[1:] for pk, label in members}
    fits = [(pk, labels[pk]) for pk in meant.owners]
    field.choices = [field.choices[0], (_("Fits “%(text)s”") % {"text": meant.owner_text}, fits), *field.choices[1:]]


def _read_as(meant: ActionLine) -> list[str]:
    """Say how the line was read, so that a wrong guess is seen before it is saved."""
    said = []
    if len(meant.owners) > 1:
        words = ngettext(
            "“%(text)s” fits %(count)d member: choose the owner.",
            "“%(text)s” fits %(count)d members: choose the owner.",
            len(meant.owners),
        )
        said.append(words % {"text": meant.owner_text, "count": len(meant.owners)})
    if meant.deadline:
        day = date_format(meant.deadline, "j F Y")
        said.append(_("“%(text)s” is read as %(day)s.") % {"text": meant.deadline_text, "day": day})
    return said


def _show(
    request: CouncilRequest,
    item: AgendaItem,
    form: GuardedForm,
    what: str,
    *,
    first: str = "",
    read_as: list[str] | None = None,
) -> HttpResponse:
    """The form of a proposal, the cursor in the `first` field that lacks something, else on the button."""
    if first:
        form.fields[first].widget.attrs["autofocus"] = True
    context = {
        "item": item,
        "meeting": item.meeting,
        "form": form,
        "what": what,
        "read_as": read_as,
        "complete": not first,
        "cancel": page_of(request, item.meeting, item),
        "trail": [(item.title, page_of(request, item.meeting, item)), (_("Quick entry"), None)],
    }
    template = "actions/_quick.html" if request.htmx else "actions/quick.html"
    return render(request, template, context, status=status_of(form))


def _choose(request: CouncilRequest, item: AgendaItem) -> HttpResponse:
    """The paragraphs of the saved notes, each to be made an action or a decision."""
    here = page_of(request, item.meeting, item)
    context = {
        "item": item,
        "paragraphs": paragraphs(item.notes),
        "cancel": here,
        "trail": [(item.title, here), (_("From the notes"), None)],
    }
    template = "actions/_quick_notes.html" if request.htmx else "actions/quick_notes.html"
    return render(request, template, context)


# Confirmed


def _confirm_action(request: CouncilRequest, item: AgendaItem) -> HttpResponse:
    form = AgreeForm(request.POST, item=item, on=request.today)
    _named(form, item)
    if form.is_valid():
        with saving(form, request) as note:
            made = lifecycle.agree(agenda_item=item, by=request.member, on=request.today, **form.cleaned_data)
            note(made)
        if not form.errors:
            undo = reverse("actions:remove", args=[request.council.slug, made.pk])
            messages.success(request, _("The action is logged."), extra_tags=f"undo={undo}")
            return _done(request, item, with_actions=True)
    return _show(request, item, form, "action")


def _confirm_decision(request: CouncilRequest, item: AgendaItem) -> HttpResponse:
    form = DecisionForm(request.POST)
    _named(form, item)
    if form.is_valid():
        with saving(form, request) as note:
            made = record_decision(
                item=item,
                text=form.cleaned_data["text"],
                kind=DecisionKind(form.cleaned_data["kind"]),
                by=request.member,
                on=request.today,
            )
            note(made)
        if not form.errors:
            undo = reverse("meetings:decision_remove", args=[request.council.slug, made.pk])
            messages.success(request, _("The decision is recorded."), extra_tags=f"undo={undo}")
            return _done(request, item, with_decisions=True)
    return _show(request, item, form, "decision")


def _set_state(request: CouncilRequest, item: AgendaItem, meant: StateLine) -> HttpResponse:
    state = ItemState(meant.state)
    try:
        set_item_state(item=item, state=state, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
        return _leave(request, item)
    messages.success(request, _("The item is now: %(state)s.") % {"state": state.label})
    return _done(request, item)


def _done(
    request: CouncilRequest, item: AgendaItem, *, with_actions: bool = False, with_decisions: bool = False
) -> HttpResponse:
    """The empty line again, and what changed elsewhere on the live page."""
    if not request.htmx:
        return redirect(page_of(request, item.meeting, item))
    meeting = item.meeting
    item = agenda(meeting, request.member).get(pk=item.pk)
    item.meeting = meeting
    context: dict[str, Any] = {"item": item, "meeting": meeting, "focus": True}
    if with_actions:
        context["of_actions"] = item_context(request, item)
    if with_decisions:
        form = DecisionForm(auto_id=f"decision-{item.pk}-%s")
        form.fields["text"].label = _("New decision")
        form.fields["text"].widget.attrs |= {"data-key": "d", "data-draft": f"decision-{item.pk}"}
        context |= {"decisions": decisions_of(item), "decision_form": form}
    return render(request, "actions/_quick_answer.html", context)
