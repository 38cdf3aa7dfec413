"""The page of one action, with its verbs."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from actions import lifecycle, permissions
from actions.action_page import around, more_forms
from actions.doors import action_for
from actions.forms import AmendForm, CancelForm, CommentForm, DoneForm, HandOverForm, PostponeForm
from actions.item_views import live_page
from actions.models import LIVE, Action, Status
from actions.sentences import sentences_of
from bra.errors import RuleBroken
from bra.forms import GuardedForm, note_override, saving
from bra.http import REFUSED, CouncilRequest, only_if
from bra.models import Member
from bra.permissions import may_log, may_read_council, may_take_part
from bra.tasks import wake_sender
from meetings.models import Case


def _forms(request: CouncilRequest, action: Action, *, may_report: bool) -> dict[str, GuardedForm]:
    """The empty forms of what the member may do with the action now, by the name of the verb."""
    forms: dict[str, GuardedForm] = {"comment": CommentForm(action=action)}
    if may_report and action.status in LIVE:
        forms["done"] = DoneForm(auto_id="done-%s", initial={"effect": action.effect})
        forms["postpone"] = PostponeForm(auto_id="postpone-%s")
        forms["cancel"] = CancelForm(auto_id="cancel-%s")
    if permissions.may_amend(request.member, action) and (action.status in LIVE or action.awaits_approval):
        forms["hand_over"] = HandOverForm(auto_id="hand_over-%s", action=action, on=request.today)
    return forms | more_forms(request, action)


def action_page(request: CouncilRequest, action: Action, failed: tuple[str, GuardedForm] | None = None) -> HttpResponse:
    """The page of the action; `failed` is the verb and the form that was refused, shown open with what was typed."""
    own = action.owner_id == request.member.pk
    stands_in = not own and permissions.stands_in(request.member, action, request.today)
    may_report = permissions.may_report(request.member, action, request.today)
    forms = _forms(request, action, may_report=may_report)
    if failed:
        forms[failed[0]] = failed[1]
    item = action.agenda_item
    extremism = item.topics.filter(extremism=True).exists()
    context = {
        "action": action,
        "item": item,
        # An owner from outside sees the own action, not the meeting around it.
        "may_read_item": may_read_council(request.member),
        "may_read_case": item.case is not None
        and Case.objects.visible_to(request.member).filter(pk=item.case.pk).exists(),
        "extremism": extremism,
        "late": action.days_overdue(request.today),
        "comments": action.comments.select_related("author"),
        "history": sentences_of(action, request.member),
        "forms": forms,
        "failed": failed[0] if failed else "",
        "refused": failed[1] if failed else None,
        "may_amend": permissions.may_amend(request.member, action),
        "may_start": may_report and action.status in (Status.NOT_STARTED, Status.POSTPONED),
        "may_reopen": may_report and action.status not in LIVE,
        "stands_in": stands_in,
        # The owner of an action in progress came to say that it is done.
        "report_is_next": (own or stands_in) and action.status == Status.IN_PROGRESS,
        "trail": [
            (_("Actions"), reverse("actions:list", args=[request.council.slug])),
            (action.title, None),
        ],
        **around(request, action),
    }
    if failed and failed[0] == "answer":
        context["answer_form"] = failed[1]
    return render(request, "actions/detail.html", context, status=REFUSED if failed else 200)


@require_safe
@only_if(may_take_part)
def detail(request: CouncilRequest, pk: int) -> HttpResponse:
    """What was agreed, how it goes and what has happened."""
    return action_page(request, action_for(request, pk))


Verb = Callable[..., object]


def perform(
    request: CouncilRequest, action: Action, name: str, form: GuardedForm, verb: Verb, words: str
) -> HttpResponse:
    """Run the verb on what the form says; show the page again with everything typed when it is refused."""
    if form.is_valid():
        with saving(form, request) as note:
            verb(action=action, by=request.member, on=request.today, **form.cleaned_data)
            note(action)
        if not form.errors:
            messages.success(request, words)
            return redirect("actions:detail", request.council.slug, action.pk)
    return action_page(request, action_for(request, action.pk), (name, form))


def _postpone(*, deadline: Any, text: str, by: Member, **how: Any) -> object:
    # Who logs gives more time; others ask for it.
    verb = lifecycle.postpone if may_log(by) else lifecycle.ask_deadline
    return verb(until=deadline, reason=text, by=by, **how)


def _cancel(*, text: str, **how: Any) -> Action:
    return lifecycle.cancel(reason=text, **how)


def _hand_over(*, owner: Member, **how: Any) -> Action:
    return lifecycle.hand_over(to=owner, **how)


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_take_part)
def report(request: CouncilRequest, pk: int) -> HttpResponse:
    """Say how the action goes: `what` is start, done, postpone, cancel or reopen."""
    action = action_for(request, pk)
    if request.method != "POST":
        return redirect("actions:detail", request.council.slug, pk)
    if not permissions.may_report(request.member, action, request.today):
        raise Http404
    what = request.POST.get("what", "")
    known: dict[str, tuple[type[GuardedForm], Verb, str]] = {
        "start": (GuardedForm, lifecycle.start, _("The action is in progress.")),
        "done": (DoneForm, lifecycle.report_done, _("The action is done.")),
        "postpone": (
            PostponeForm,
            _postpone,
            _("The action has a new deadline.") if may_log(request.member) else _("You have asked for more time."),
        ),
        "cancel": (CancelForm, _cancel, _("The action is cancelled.")),
        "reopen": (GuardedForm, lifecycle.reopen, _("The action is open again.")),
    }
    if what not in known:
        raise Http404
    form_class, verb, words = known[what]
    form = form_class(request.POST, auto_id=f"{what}-%s")
    return perform(request, action, what, form, verb, words)


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_take_part)
def comment(request: CouncilRequest, pk: int) -> HttpResponse:
    """Say something of the action."""
    action = action_for(request, pk)
    if request.method != "POST":
        return redirect("actions:detail", request.council.slug, pk)
    form = CommentForm(request.POST, action=action)
    answer = perform(request, action, "comment", form, lifecycle.comment, _("The comment is saved."))
    if "@" in request.POST.get("text", ""):
        wake_sender()
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: CouncilRequest, pk: int) -> HttpResponse:
    """Give the action to another owner."""
    action = action_for(request, pk)
    if request.method != "POST":
        return redirect("actions:detail", request.council.slug, pk)
    if not permissions.may_amend(request.member, action):
        raise Http404
    form = HandOverForm(request.POST, auto_id="hand_over-%s", action=action, on=request.today)
    answer = perform(request, action, "hand_over", form, _hand_over, _("The action has a new owner."))
    wake_sender()
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: CouncilRequest, pk: int) -> HttpResponse:
    """Change what was agreed. Somebody else's change meanwhile is shown beside what was typed; neither is lost."""
    action = action_for(request, pk)
    if not permissions.may_amend(request.member, action):
        raise Http404
    posted = request.method == "POST"
    form = AmendForm(request.POST if posted else None, action=action, on=request.today)
    conflict = False
    if posted and form.is_valid():
        try:
            with transaction.atomic():
                lifecycle.amend(action=action, by=request.member, on=request.today, **form.cleaned_data)
                note_override(form, council=request.council, by=request.member, on=request.today, target=action)
        except RuleBroken as error:
            action = action_for(request, pk)
            conflict = action.version != form.cleaned_data["version"]
            form.refuse(error)
            if conflict:
                # Saving again is then a choice made with both texts in sight.
                again = request.POST.copy()
                again["version"] = str(action.version)
                form.data = again
        else:
            messages.success(request, _("The action is changed."))
            if permissions.may_agree_at(request.member, action.agenda_item):
                return redirect(live_page(request, action.agenda_item))
            return redirect("actions:detail", request.council.slug, pk)
    page = reverse("actions:detail", args=[request.council.slug, pk])
    in_session = permissions.may_agree_at(request.member, action.agenda_item)
    context = {
        "form": form,
        "action": action,
        "conflict": conflict,
        "back": live_page(request, action.agenda_item) if in_session else page,
        "trail": [
            (_("Actions"), reverse("actions:list", args=[request.council.slug])),
            (action.title, page),
            (_("Edit"), None),
        ],
    }
    return render(request, "actions/form.html", context, status=REFUSED if posted else 200)
