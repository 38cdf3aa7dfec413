"""The history of an action as sentences: who did what, when."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import Action, Activity
from bra import history
from bra.models import HistoryEntry, Member
from bra.sentences import Line, lines


@dataclass(frozen=True)
class _Names:
    """What the keys in the history stand for."""

    members: dict[int, str]
    activities: dict[int, str]


def sentences_of(action: Action, member: Member) -> list[Line]:
    """Return the action's history, newest first, as far as the member may see; four queries however long it is.

    Comments stand by themselves on the page and are left out, but for the fact that the guard was overridden. What
    was written while the item was restricted stays with the cleared also after the lock was taken off.
    """
    told = history.entries_of(action).filter(verb__in=[*_TELL, "guard.overridden"])
    if not member.cleared:
        unlocked = history.entries_of(action.agenda_item).filter(verb="item.unrestricted").last()
        told = told.filter(pk__gt=unlocked.pk) if unlocked else told
    entries = list(told)
    names = _Names(
        dict_of_labels(_keys(entries, "owner"), action),
        {
            activity.pk: str(activity)
            for activity in Activity.objects.filter(
                pk__in=_keys(entries, "activity"), goal__plan__council=action.council_id
            ).select_related("goal")
        },
    )
    return lines(reversed(entries), lambda entry: [_through(entry, _TELL[entry.verb](entry, names))])


def _through(entry: HistoryEntry, words: str) -> str:
    """Say that what the entry tells came in a file that was sent out with a report."""
    report = _new(entry, "report")
    return _("%(words)s (through report %(number)s)") % {"words": words, "number": report} if report else words


def dict_of_labels(keys: set[int], action: Action) -> dict[int, str]:
    """The labels of the members of the action's council with those keys."""
    members = Member.objects.filter(pk__in=keys, council=action.council_id)
    return {member.pk: member.label for member in members}


def _keys(entries: list[HistoryEntry], field: str) -> set[int]:
    return {key for entry in entries for key in entry.changes.get(field, ()) if isinstance(key, int)}


def _new(entry: HistoryEntry, field: str) -> Any:
    return entry.changes.get(field, [None, None])[1]


def _agreed(entry: HistoryEntry, names: _Names) -> str:
    return _("agreed: %(owner)s, by %(day)s") % {
        "owner": names.members.get(_new(entry, "owner"), "–"),
        "day": _new(entry, "deadline"),
    }


def _imported(entry: HistoryEntry, names: _Names) -> str:
    return _("taken over from an earlier list (import %(number)s): %(owner)s, by %(day)s") % {
        "number": _new(entry, "import"),
        "owner": names.members.get(_new(entry, "owner"), "–"),
        "day": _new(entry, "deadline"),
    }


def _amended(entry: HistoryEntry, names: _Names) -> str:
    parts = []
    if "title" in entry.changes:
        parts.append(_("the words, before: “%(before)s”") % {"before": entry.changes["title"][0]})
    if "deadline" in entry.changes:
        before, after = entry.changes["deadline"]
        parts.append(_("the deadline from %(before)s to %(after)s") % {"before": before, "after": after})
    if "activity" in entry.changes:
        to = names.activities.get(_new(entry, "activity"), _("no activity"))
        parts.append(_("the activity to %(activity)s") % {"activity": to})
    return _("changed %(what)s") % {"what": ", ".join(parts)}


def _postponed(entry: HistoryEntry, names: _Names) -> str:
    before, after = entry.changes.get("deadline", [None, None])
    days = (
        (parse_date(after) - parse_date(before)).days  # type: ignore[operator]  # history holds real days
        if before and after
        else 0
    )
    words = ngettext(
        "postponed from %(before)s to %(after)s (%(days)d day)",
        "postponed from %(before)s to %(after)s (%(days)d days)",
        days,
    )
    return words % {"before": before, "after": after, "days": days}


def _handed_over(entry: HistoryEntry, names: _Names) -> str:
    before, after = entry.changes.get("owner", [None, None])
    return _("handed over from %(before)s to %(after)s") % {
        "before": names.members.get(before, "–"),
        "after": names.members.get(after, "–"),
    }


def _granted(entry: HistoryEntry, names: _Names) -> str:
    before, after = entry.changes.get("deadline", [None, None])
    return _("gave more time as asked for, from %(before)s to %(after)s") % {"before": before, "after": after}


def _undone(entry: HistoryEntry, names: _Names) -> str:
    if "owner" in entry.changes:
        return _("took the handing over back: %(owner)s owns it again") % {
            "owner": names.members.get(_new(entry, "owner"), "–")
        }
    return _("took back what was just reported")


def _waits(entry: HistoryEntry, names: _Names) -> str:
    # Not which one: the reader may not be one for whom that exists.
    return (
        _("said that it waits for another action") if _new(entry, "waits_for") else _("said that it waits for nothing")
    )


def _repeats(entry: HistoryEntry, names: _Names) -> str:
    months = _new(entry, "repeat_months")
    if not months:
        return _("said that it isn't repeated")
    words = ngettext("said that it is repeated every month", "said that it is repeated every %(n)d months", months)
    return words % {"n": months}


_TELL: dict[str, Callable[[HistoryEntry, _Names], str]] = {
    "action.agreed": _agreed,
    "action.imported": _imported,
    "action.amended": _amended,
    "action.started": lambda entry, names: _("started"),
    "action.done": lambda entry, names: _("reported as done"),
    "action.effect_told": lambda entry, names: _("told what it led to"),
    "action.postponed": _postponed,
    "action.cancelled": lambda entry, names: _("cancelled"),
    "action.reopened": lambda entry, names: _("reopened"),
    "action.handed_over": _handed_over,
    "action.approved": lambda entry, names: _("approved that it is done"),
    "action.unapproved": lambda entry, names: _("took the approval back"),
    "action.sent_back": lambda entry, names: _("sent it back: something is left to be done"),
    "action.deadline_asked": lambda entry, names: (
        _("asked for more time, until %(day)s") % {"day": _new(entry, "until")}
    ),
    "action.deadline_granted": _granted,
    "action.deadline_refused": lambda entry, names: (
        _("refused more time until %(day)s") % {"day": _new(entry, "until")}
    ),
    "action.deadline_withdrawn": lambda entry, names: (
        _("withdrew the request for more time until %(day)s") % {"day": _new(entry, "until")}
    ),
    "action.comment_taken_back": lambda entry, names: _("took a comment back"),
    "action.undone": _undone,
    "action.waits": _waits,
    "action.repeats": _repeats,
    "action.escalated": lambda entry, names: _("put before the council: overdue for too long"),
    "action.removed": lambda entry, names: _("removed"),
    "action.restored": lambda entry, names: _("brought back"),
}
