"""Pages of actions: the lists, the page of one action with its verbs, and logging one at an agenda item."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions import lifecycle, permissions
from actions.action_page import around, more_forms, requests_to_answer
from actions.filters import ActionFilter, MyActionFilter
from actions.forms import (
    AgreeForm,
    AmendForm,
    CancelForm,
    CommentForm,
    DoneForm,
    HandOverForm,
    PostponeForm,
)
from actions.models import LIVE, Action, ActionQuerySet, Status
from actions.sentences import sentences_of
from actions.tables import ActionTable, dressed, order_of, shown
from actions.templatetags.item_actions import item_context
from bra import keyset
from bra.errors import RuleBroken
from bra.forms import GuardedForm, note_override
from bra.http import CouncilRequest, only_if
from bra.models import Member
from bra.permissions import may_log, may_read_council, may_take_part
from bra.tasks import wake_sender
from meetings.models import AgendaItem, Case

PAGE_SIZE = 25
# Beyond this the list says "more than": counting all would cost more than the page.
MOST_COUNTED = 200

# A form that was refused: htmx and browsers show the page that comes with it.
REFUSED = 422


def action_for(request: CouncilRequest, pk: int) -> Action:
    """The one door to an action: the row with what its page shows, or 404 for whoever may not see it."""
    actions = Action.objects.open_to(request.member, request.today).agreed()
    return get_object_or_404(
        actions.select_related(
            "council", "owner__organisation", "agenda_item__meeting", "agenda_item__case", "decision", "activity__goal"
        ),
        pk=pk,
    )


def item_for(member: Member, pk: int) -> AgendaItem:
    """The door to an agenda item, with its meeting and council."""
    return get_object_or_404(AgendaItem.objects.visible_to(member).select_related("meeting__council"), pk=pk)


# The lists


@require_safe
@only_if(may_take_part)
def action_list(request: CouncilRequest) -> HttpResponseBase:
    """All actions that the member may see; for an owner from outside these are the own ones."""
    if not may_read_council(request.member):
        return mine(request)
    return _list(request, Action.objects.visible_to(request.member), ActionFilter, _("Actions"))


@require_safe
@only_if(may_take_part)
def mine(request: CouncilRequest) -> HttpResponse:
    """The member's own actions, and those of whoever the member stands in for today."""
    own = Action.objects.answered_by(request.member, request.today)
    return _list(request, own, MyActionFilter, _("My actions"))


def _list(
    request: CouncilRequest, actions: ActionQuerySet, filter_class: type[ActionFilter], title: str
) -> HttpResponse:
    """One page of a list: filtered, sorted and paged as the address says, so that it can be bookmarked."""
    chosen = filter_class(request.GET, queryset=actions.agreed(), member=request.member, today=request.today)
    sort = request.GET.get("sort", "")
    order = order_of(sort)
    rows = chosen.qs
    if order.key.startswith("owner__"):
        # Says nothing new, but lets the database read the council's members in order instead of sorting all actions.
        rows = rows.filter(owner__council=request.council)
    page = keyset.page(
        rows,
        order=order,
        size=PAGE_SIZE,
        query=request.GET,
        dressed=dressed(),
        among=actions,
    )
    alone = not page.next and not page.previous
    count = len(page.rows) if alone else rows.order_by()[: MOST_COUNTED + 1].count()
    filters = _address(request, drop=("sort", keyset.AFTER, keyset.BEFORE))
    sorted_url = f"{filters}sort={sort}&" if sort else filters
    one = reverse("actions:detail", args=[request.council.slug, 0])
    context = {
        "title": title,
        "all": filter_class is ActionFilter,
        "filter": chosen,
        "fields": chosen.fields(),
        "chips": [
            (words, _address(request, drop=(name, keyset.AFTER, keyset.BEFORE))) for name, words in chosen.chips()
        ],
        "headers": ActionTable.headers(sort, filters),
        "sort": sort,
        "requests": requests_to_answer(request.member)
        if filter_class is ActionFilter and not filters.strip("?")
        else [],
        "rows": shown(page.rows, today=request.today, url=one, organisations=chosen.organisations),
        "count": count,
        "most": MOST_COUNTED,
        "next_url": f"{sorted_url}{urlencode(page.next)}" if page.next else "",
        "previous_url": f"{sorted_url}{urlencode(page.previous)}" if page.previous else "",
    }
    return render(request, "actions/list.html", context)


def _address(request: CouncilRequest, drop: tuple[str, ...]) -> str:
    """The list's address without some parameters and those that are empty; ends with "?" or "&"."""
    kept = [(name, value) for name, value in request.GET.items() if value and name not in drop]
    return f"?{urlencode(kept)}&" if kept else "?"


# Logging an action at an item


def _live_page(request: CouncilRequest, item: AgendaItem) -> str:
    return f"{reverse('meetings:live', args=[request.council.slug, item.meeting_id])}?punkt={item.pk}"


def _undo(request: CouncilRequest, action: Action, url_name: str) -> str:
    return f"undo={reverse(url_name, args=[request.council.slug, action.pk])}"


def _item_partial(request: CouncilRequest, item: AgendaItem, **how: Any) -> HttpResponse:
    """The item's container for htmx, with what has just been said of it."""
    status = REFUSED if how.get("form") else 200
    answer = render(request, "actions/_item_answer.html", item_context(request, item, **how), status=status)
    # The page around it may count actions by item.
    answer["HX-Trigger"] = "actions-changed"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: CouncilRequest, item_pk: int) -> HttpResponse:
    """Log an action at the item, or show the form for it on a page of its own."""
    item = item_for(request.member, item_pk)
    if not permissions.may_agree_at(request.member, item):
        raise Http404
    posted = request.method == "POST"
    form = AgreeForm(request.POST if posted else None, item=item, on=request.today)
    if posted and form.is_valid():
        try:
            with transaction.atomic():
                action = lifecycle.agree(agenda_item=item, by=request.member, on=request.today, **form.cleaned_data)
                note_override(form, council=request.council, by=request.member, on=request.today, target=action)
        except RuleBroken as error:
            form.refuse(error)
        else:
            messages.success(request, _("The action is logged."), extra_tags=_undo(request, action, "actions:remove"))
            if request.htmx:
                return _item_partial(request, item, focus=True)
            return redirect(_live_page(request, item))
    if posted and request.htmx:
        return _item_partial(request, item, form=form)
    back = _live_page(request, item)
    context = {"form": form, "item": item, "back": back, "trail": [(item.title, back), (_("New action"), None)]}
    return render(request, "actions/agree.html", context, status=REFUSED if posted else 200)


def _after_removal(request: CouncilRequest, action: Action) -> HttpResponse:
    """Where one was: the item on the live page, or what is left."""
    item = action.agenda_item
    if request.htmx and request.htmx.target == f"item-actions-{item.pk}":
        return _item_partial(request, item)
    if permissions.may_agree_at(request.member, item):
        return redirect(_live_page(request, item))
    if action.removed:
        return redirect("actions:list", request.council.slug)
    return redirect("actions:detail", request.council.slug, action.pk)


@require_POST
def remove(request: CouncilRequest, pk: int) -> HttpResponse:
    """Remove an action that was logged by mistake."""
    action = action_for(request, pk)
    if not permissions.may_amend(request.member, action):
        raise Http404
    action = lifecycle.remove(action=action, by=request.member, on=request.today)
    messages.success(request, _("The action is removed."), extra_tags=_undo(request, action, "actions:restore"))
    return _after_removal(request, action)


@require_POST
def restore(request: CouncilRequest, pk: int) -> HttpResponse:
    """Bring a removed action back."""
    action = get_object_or_404(
        Action.objects.visible_to(request.member).select_related("council", "agenda_item__meeting"), pk=pk
    )
    if not permissions.may_restore(request.member, action):
        raise Http404
    try:
        action = lifecycle.remove(action=action, by=request.member, on=request.today, removed=False)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("The action is back."))
    return _after_removal(request, action)


# The page of one action


def _forms(request: CouncilRequest, action: Action, *, may_report: bool) -> dict[str, GuardedForm]:
    """The empty forms of what the member may do with the action now, by the name of the verb."""
    forms: dict[str, GuardedForm] = {"comment": CommentForm(action=action)}
    if may_report and action.status in LIVE:
        forms["done"] = DoneForm(auto_id="done-%s")
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
        try:
            with transaction.atomic():
                verb(action=action, by=request.member, on=request.today, **form.cleaned_data)
                note_override(form, council=request.council, by=request.member, on=request.today, target=action)
        except RuleBroken as error:
            form.refuse(error)
        else:
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
                return redirect(_live_page(request, action.agenda_item))
            return redirect("actions:detail", request.council.slug, pk)
    page = reverse("actions:detail", args=[request.council.slug, pk])
    in_session = permissions.may_agree_at(request.member, action.agenda_item)
    context = {
        "form": form,
        "action": action,
        "conflict": conflict,
        "back": _live_page(request, action.agenda_item) if in_session else page,
        "trail": [
            (_("Actions"), reverse("actions:list", args=[request.council.slug])),
            (action.title, page),
            (_("Edit"), None),
        ],
    }
    return render(request, "actions/form.html", context, status=REFUSED if posted else 200)
