"""The owner's page: reached by the secret link in a mail, without log-in, narrow on purpose.

Following the link changes nothing (see bra.link_doors); only a form with a chosen answer does, and what it did can be
undone for half an hour. The link lives as long as there is something to answer for.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from actions import lifecycle, owner_acts, owner_calendar, reminders
from actions.models import Action, ActionQuerySet, Comment, DeadlineRequest, RequestState
from actions.owner_acts import What
from actions.owner_forms import (
    CalendarChoice,
    CalendarForm,
    DeputyForm,
    EndDeputyForm,
    MailChoiceForm,
    MoreTimeForm,
    OutcomeForm,
    OwnerForm,
    PassOnForm,
)
from actions.owner_links import OWNER
from bra import links, post
from bra.bounds import few_guesses
from bra.errors import RuleBroken
from bra.forms import GuardedForm
from bra.http import REFUSED, calendar_answer
from bra.link_doors import LinkDoor, LinkRequest
from bra.models import Deputy, Member
from bra.permissions import may_read_council
from bra.tasks import wake_sender

# The latest comments of an action that its page shows.
MOST_COMMENTS = 3


def _alive(request: LinkRequest) -> bool:
    """Whether something waits for an answer, or can still be undone."""
    acts = owner_acts.recent(request.session, clock=timezone.now())
    return bool(acts) or _answerable(request).live().exists()


door = LinkDoor(
    OWNER, "owner:page", gone="actions/owner_gone.html", forget=(owner_acts.KEY,), longest=None, alive=_alive
)


@never_cache
@require_safe
@few_guesses
@sensitive_variables("secret")
def enter(request: HttpRequest, secret: str) -> HttpResponse:
    """Exchange the link in the mail for a session and go to the clean address; tell kindly when it doesn't work."""
    return door.enter(request, secret)


def _answerable(request: LinkRequest) -> ActionQuerySet:
    """The actions of the owner, and of whoever the owner is deputy for today."""
    return Action.objects.agreed().answered_by(request.member, request.today)


def _action(request: LinkRequest, pk: int) -> Action:
    related = _answerable(request).select_related("agenda_item__meeting", "council", "owner__organisation")
    return get_object_or_404(related, pk=pk)


def _colleagues(request: LinkRequest, organisations: set[int]) -> dict[int, list[Member]]:
    """The active members of the organisations, by organisation. One query."""
    members = Member.objects.filter(council=request.council, organisation__in=organisations).acting(request.today)
    found: dict[int, list[Member]] = defaultdict(list)
    for member in members.order_by("sort_key", "pk"):
        found[member.organisation_id].append(member)
    return found


def _able(action: Action, colleagues: dict[int, list[Member]]) -> list[Member]:
    """The colleagues of the action's owner who may own it."""
    return [
        member
        for member in colleagues[action.owner.organisation_id]
        if member.pk != action.owner_id and (member.cleared or not action.agenda_item.restricted)
    ]


def _row(
    request: LinkRequest,
    action: Action,
    colleagues: dict[int, list[Member]],
    said: dict[int, list[Comment]],
    asked: dict[int, DeadlineRequest],
    refused: GuardedForm | None,
) -> dict[str, Any]:
    forms: dict[str, OwnerForm] = {
        "outcome": OutcomeForm(action=action),
        "more_time": MoreTimeForm(action=action),
        "pass_on": PassOnForm(action=action, colleagues=_able(action, colleagues)),
    }
    opened = ""
    for name, form in forms.items():
        if refused is not None and refused.prefix == form.prefix:
            assert isinstance(refused, OwnerForm)
            forms[name], opened = refused, name
    restricted = action.agenda_item.restricted
    return {
        "action": action,
        "title": reminders.title_by_link(action),
        "neutral": reminders.neutral_title(action),
        "restricted": restricted,
        "for_whom": action.owner if action.owner_id != request.member.pk else None,
        "overdue_days": action.days_overdue(request.today),
        # A link proves less than a log-in, so what was said of a restricted action isn't shown.
        "comments": [] if restricted else said[action.pk][-MOST_COMMENTS:],
        "asked": asked.get(action.pk),
        "waiting": action.pk in asked and asked[action.pk].state == RequestState.WAITING,
        "forms": forms,
        "opened": opened,
    }


def _rows(request: LinkRequest, refused: GuardedForm | None) -> list[dict[str, Any]]:
    """What the page shows of each action; the same number of queries however many they are."""
    related = _answerable(request).live().select_related("agenda_item__meeting", "owner__organisation")
    actions = list(related.order_by("deadline", "pk"))
    colleagues = _colleagues(request, {action.owner.organisation_id for action in actions})
    said: dict[int, list[Comment]] = defaultdict(list)
    for comment in Comment.objects.filter(action__in=actions).select_related("author").order_by("pk"):
        said[comment.action_id].append(comment)
    requests = DeadlineRequest.objects.filter(action__in=actions).exclude(state=RequestState.WITHDRAWN)
    asked = {one.action_id: one for one in requests.order_by("pk")}
    return [_row(request, action, colleagues, said, asked, refused) for action in actions]


def _acts(request: LinkRequest) -> list[dict[str, Any]]:
    """What this visit did within half an hour, newest first; only the latest of each action can be undone."""
    acts = owner_acts.recent(request.session, clock=timezone.now())
    found = Action.objects.filter(council=request.council).select_related("agenda_item__meeting")
    actions = found.in_bulk([act.action for act in acts]) if acts else {}
    latest = owner_acts.undoable(acts)
    return [
        {"act": act, "title": reminders.title_by_link(actions[act.action]), "undoable": latest[act.action] is act}
        for act in acts
        if act.action in actions
    ]


def _page(request: LinkRequest, refused: GuardedForm | None = None, *, url: str = "") -> HttpResponse:
    rows = _rows(request, refused)
    own = _colleagues(request, {request.member.organisation_id})[request.member.organisation_id]
    listed = refused is None or any(row["opened"] for row in rows)
    has_calendar = lifecycle.has_calendar(request.member)
    foot: dict[str, GuardedForm] = {
        "choice": MailChoiceForm(member=request.member),
        "deputy": DeputyForm(colleagues=[member for member in own if member.pk != request.member.pk]),
        "calendar": CalendarForm(has_address=has_calendar),
    }
    for name, form in foot.items():
        if refused is not None and refused.prefix == form.prefix:
            foot[name], listed = refused, True
    named = Deputy.objects.filter(member=request.member, ends__gte=request.today).select_related("deputy")
    deputies = {row: EndDeputyForm(named=row) for row in named}
    for row, form in deputies.items():
        if refused is not None and refused.prefix == form.prefix:
            assert isinstance(refused, EndDeputyForm)
            deputies[row], listed = refused, True
    place = _place(rows, [*foot.values(), *deputies.values()], refused, foot["calendar"])
    context = {
        "owner": request.member,
        "today": request.today,
        "rows": rows,
        "acts": _acts(request),
        "foot": foot,
        "deputies": deputies,
        "url": url,
        "has_calendar": has_calendar,
        "meetings_too": request.member.user_id is not None and may_read_council(request.member),
        "refused": place,
        "lost": None if listed or refused is None else _lost(refused),
    }
    return render(request, "actions/owner_page.html", context, status=REFUSED if refused else 200)


def _place(
    rows: list[dict[str, Any]], foot: Iterable[GuardedForm], refused: GuardedForm | None, calendar: GuardedForm
) -> str:
    """The anchor of the form that was refused: without JavaScript the page opens at its top. Empty when none was."""
    if any(form is refused for form in foot):
        return "calendar" if refused is calendar else "mail"
    return next((f"atgard-{row['action'].pk}" for row in rows if row["opened"]), "")


def _lost(form: GuardedForm) -> dict[str, Any]:
    """What an answer said, and why it isn't recorded, when its action was closed or handed over meanwhile."""
    sentences = [sentence for field in form.errors.values() for sentence in field]
    words = [str(form[name].data or "").strip() for name in form.fields if name.endswith("text")]
    return {"sentences": sentences, "text": "\n\n".join(text for text in words if text)}


@never_cache
@require_safe
@door.opened
def page(request: LinkRequest) -> HttpResponse:
    """Show the owner's open actions, each with its forms, and what was just done."""
    return _page(request)


def _perform(request: LinkRequest, action: Action, form: OwnerForm) -> HttpResponse:
    """Do what the form says and keep how to undo it; a form without a choice changes nothing."""
    if not form.is_valid():
        return _page(request, form)
    try:
        act = form.save(action, by=request.member, on=request.today)
    except RuleBroken as error:
        form.refuse(error)
        return _page(request, form)
    if act is not None:
        owner_acts.keep(request.session, act, clock=timezone.now())
        if act.what == What.HANDED_OVER:
            wake_sender()
        words = _("Thank you. It is recorded: %(outcome)s, %(action)s")
        messages.success(request, words % {"outcome": act.words, "action": reminders.title_by_link(action)})
    else:
        messages.success(request, _("That was recorded already."))
    return redirect("owner:page")


@never_cache
@require_POST
@door.opened
def report(request: LinkRequest, pk: int) -> HttpResponse:
    """Record how an action goes."""
    action = _action(request, pk)
    return _perform(request, action, OutcomeForm(request.POST, action=action))


@never_cache
@require_POST
@door.opened
def more_time(request: LinkRequest, pk: int) -> HttpResponse:
    """Ask for a later deadline."""
    action = _action(request, pk)
    return _perform(request, action, MoreTimeForm(request.POST, action=action))


@never_cache
@require_POST
@door.opened
def pass_on(request: LinkRequest, pk: int) -> HttpResponse:
    """Hand an action over to a colleague of the organisation."""
    action = _action(request, pk)
    able = _able(action, _colleagues(request, {action.owner.organisation_id}))
    return _perform(request, action, PassOnForm(request.POST, action=action, colleagues=able))


@never_cache
@require_POST
@door.opened
def undo(request: LinkRequest, pk: int) -> HttpResponse:
    """Take back, within half an hour, what was last done with an action in this visit."""
    now = timezone.now()
    act = owner_acts.undoable(owner_acts.recent(request.session, clock=now)).get(pk)
    if act is None:
        _action(request, pk)
        messages.error(request, _("Half an hour has passed, so it can't be undone here. Ask the coordinator."))
        return redirect("owner:page")
    try:
        owner_acts.undo(request.session, act, by=request.member, on=request.today, clock=now)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("Undone. The action is as it was before."))
    return redirect("owner:page")


@never_cache
@require_POST
@door.opened
def mail_choice(request: LinkRequest) -> HttpResponse:
    """Choose how often to be reminded, and until when not at all."""
    form = MailChoiceForm(request.POST, member=request.member)
    if form.is_valid():
        with form.refusing():
            form.save(request.member, on=request.today)
        if not form.errors:
            messages.success(request, _("Your choice is saved."))
            return redirect("owner:page")
    return _page(request, form)


@never_cache
@require_POST
@door.opened
def deputy(request: LinkRequest) -> HttpResponse:
    """Name who stands in."""
    own = _colleagues(request, {request.member.organisation_id})[request.member.organisation_id]
    form = DeputyForm(request.POST, colleagues=[member for member in own if member.pk != request.member.pk])
    if form.is_valid():
        with form.refusing():
            made = form.save(request.member, on=request.today)
        if not form.errors:
            messages.success(request, _("%(deputy)s stands in for you.") % {"deputy": made.deputy.label})
            return redirect("owner:page")
    return _page(request, form)


@never_cache
@require_POST
@door.opened
def deputy_end(request: LinkRequest, pk: int) -> HttpResponse:
    """End a deputy's time."""
    named = Deputy.objects.filter(member=request.member, pk=pk).first()
    if named is None:
        raise Http404
    form = EndDeputyForm(request.POST, named=named)
    if not form.is_valid() and named.ends >= request.today:
        return _page(request, form)
    try:
        post.end_deputy(deputy=named, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("You get your reminders yourself again."))
    return redirect("owner:page")


@never_cache
@require_POST
@door.opened
@sensitive_variables("secret", "url")
def calendar(request: LinkRequest) -> HttpResponse:
    """Give the owner's deadlines a new address and show it, this once, in no session and no log of ours; or stop it."""
    form = CalendarForm(request.POST, has_address=lifecycle.has_calendar(request.member))
    if not form.is_valid():
        return _page(request, form)
    if form.cleaned_data["what"] == CalendarChoice.STOP:
        lifecycle.stop_calendar(member=request.member, by=request.member, on=request.today)
        messages.success(request, _("The address has been stopped. Calendars that read it get nothing more."))
        return redirect("owner:page")
    try:
        secret = lifecycle.make_calendar(member=request.member, by=request.member, on=request.today)
    except RuleBroken as error:
        form.refuse(error)
        return _page(request, form)
    url = f"{settings.BASE_URL}{reverse('owner:calendar_feed', args=[secret])}"
    return _page(request, url=url)


@never_cache
@require_safe
@few_guesses
@sensitive_variables("secret")
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Answer with the deadlines that the secret opens; 404 for a wrong, renewed or stopped one, or an ended mandate."""
    clock = timezone.now()
    link = links.follow(secret, lifecycle.CALENDAR, clock=clock, longest=None)
    if link is None:
        raise Http404
    return calendar_answer(owner_calendar.write(link.member, clock=clock), link.member.council)
