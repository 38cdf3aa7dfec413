"""What was just done on the owner's page, kept in its session, so that each act can be undone for half an hour."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from actions import lifecycle
from actions.models import Action, Comment, DeadlineRequest
from bra import lifecycle as council_verbs
from bra.errors import RuleBroken
from bra.models import Member
from bra.rows import fetched, locked

UNDO_FOR = timedelta(minutes=30)
KEY = "owner_acts"


class What(models.TextChoices):
    """What was done with an action."""

    STARTED = "started", pgettext_lazy("owner's act", "In progress")
    DONE = "done", pgettext_lazy("owner's act", "Done")
    ASKED = "asked", pgettext_lazy("owner's act", "Asked for more time")
    POSTPONED = "postponed", pgettext_lazy("owner's act", "New deadline")
    HANDED_OVER = "handed_over", pgettext_lazy("owner's act", "Handed over")


@dataclass
class Act:
    """One act: what was done with which action, how the action was before, and what came with it.

    `before` and `after` are the versions of the action, `was` how it was (lifecycle.as_it_is); `comment`, `request`
    and `made` are the keys of a comment, a request and a colleague that the act made. `at` is an instant in seconds.
    """

    what: str
    action: int
    was: dict[str, Any]
    before: int
    after: int
    comment: int | None = None
    request: int | None = None
    made: int | None = None
    at: float = 0

    @property
    def words(self) -> str:
        """What was done, for the list."""
        return str(What(self.what).label)


def recent(session: SessionBase, *, clock: datetime) -> list[Act]:
    """The acts of the last half hour, newest first."""
    since = (clock - UNDO_FOR).timestamp()
    return [Act(**kept) for kept in reversed(session.get(KEY, [])) if kept["at"] > since]


def keep(session: SessionBase, act: Act, *, clock: datetime) -> None:
    """Keep an act; those that can't be undone any longer are forgotten."""
    act.at = clock.timestamp()
    _store(session, [*reversed(recent(session, clock=clock)), act])


def undoable(acts: Iterable[Act]) -> dict[int, Act]:
    """The act of each action that can be undone now: the latest, by the action's key. `acts` newest first."""
    latest: dict[int, Act] = {}
    for act in acts:
        latest.setdefault(act.action, act)
    return latest


def undo(session: SessionBase, act: Act, *, by: Member, on: date, clock: datetime) -> None:
    """Take the act back and forget it. Raises RuleBroken when somebody has touched or removed the action since."""
    action = _take_back(act, by=by, on=on)
    kept = [other for other in reversed(recent(session, clock=clock)) if other != act]
    # The action is as the act before left it, so that one can be undone next.
    earlier = next((other for other in reversed(kept) if other.action == act.action), None)
    if earlier is not None and earlier.after == act.before:
        earlier.after = action.version
    _store(session, kept)


def _store(session: SessionBase, acts: Iterable[Act]) -> None:
    session[KEY] = [asdict(act) for act in acts]


@transaction.atomic
def _take_back(act: Act, *, by: Member, on: date) -> Action:
    # The council before the action, as everywhere: the mandate of a colleague who was added is ended below.
    locked(by.council)
    action = fetched(Action.objects.select_related("council"), act.action)
    if act.request is not None:
        request = fetched(DeadlineRequest.objects.all(), act.request)
        lifecycle.withdraw_deadline(request=request, by=by, on=on)
    elif act.after != act.before:
        action = lifecycle.take_back(action=action, before=act.was, version=act.after, by=by, on=on)
    elif action.version != act.after:
        raise RuleBroken(_("Somebody has changed the action since, so this can't be undone here. Ask the coordinator."))
    said = Comment.objects.filter(pk=act.comment).select_related("action__council").first() if act.comment else None
    if said is not None:
        lifecycle.take_back_comment(comment=said, by=by, on=on)
    made = Member.objects.filter(pk=act.made).first() if act.made else None
    if made is not None and not Action.objects.live().owned_by(made).exists():
        council_verbs.end_mandate(member=made, last_day=on, by=by, on=on)
    return action
