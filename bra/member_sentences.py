"""The history of a member in sentences."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from bra import history
from bra.models import HistoryEntry, Member, Organisation, Role
from bra.sentences import Line, lines


def lines_of(member: Member) -> list[Line]:
    """Return what has been changed about the member, the latest first. Two queries."""
    names = {row.pk: row.name for row in Organisation.objects.filter(council_id=member.council_id)}
    return lines(history.entries_of(member).reverse(), lambda entry: _sentences(entry, names))


def _sentences(entry: HistoryEntry, organisations: dict[int, str]) -> Iterator[str]:
    match entry.verb:
        case "member.seated":
            yield _("The member got a seat.")
        case "member.login_given":
            yield _("The member got a log-in.")
        case "member.login_taken":
            yield _("The log-in was taken away.")
        case "member.removal_asked":
            yield _("The member asked that their personal data be removed.")
        case "member.data_given":
            yield _("What is held about the member was taken out as a file.")
        case "member.erased":
            yield _("The member's personal data was removed: %(reason)s") % {"reason": entry.changes["reason"][1]}
        case "member.second_step_reset":
            yield _("The second step of the log-in was reset.")
        case "member.edited":
            for field, (old, new) in entry.changes.items():
                yield _change(field, old, new, organisations)
        case _:
            yield from _of_mail(entry)
            yield from _of_calendar(entry)


def _of_mail(entry: HistoryEntry) -> Iterator[str]:
    """What was chosen about the member's mail."""
    match entry.verb:
        case "member.mail_chosen":
            yield _("How often mail is sent was changed.")
        case "member.unsubscribed":
            yield _("A kind of mail was unsubscribed.")
        case "member.resubscribed":
            yield _("A kind of mail was subscribed again.")
        case "member.deputy_named":
            first, last = (entry.changes[name][1] for name in ("starts", "ends"))
            yield _("Somebody stands in from %(first)s to %(last)s.") % {"first": first, "last": last}
        case "member.deputy_ended":
            yield _("Nobody stands in any more.")


def _of_calendar(entry: HistoryEntry) -> Iterator[str]:
    """What was done with the address of the member's deadlines."""
    match entry.verb:
        case "member.calendar_made":
            yield _("An address was made for the calendar of deadlines.")
        case "member.calendar_renewed":
            yield _("The address of the calendar of deadlines was renewed.")
        case "member.calendar_stopped":
            yield _("The address of the calendar of deadlines was stopped.")


def _change(field: str, old: Any, new: Any, organisations: dict[int, str]) -> str:
    if field == "cleared":
        return _("The member may see restricted items.") if new else _("The member may no longer see restricted items.")
    if field == "mandate_to" and new:
        return _("The mandate ends on %(day)s.") % {"day": new}
    if field == "mandate_to":
        return _("The end of the mandate, %(day)s, was taken away.") % {"day": old}
    if field == "role":
        old, new = (dict(Role.choices).get(value, value) for value in (old, new))
    elif field == "organisation":
        old, new = organisations.get(old, ""), organisations.get(new, "")
    name = getattr(Member._meta.get_field(field), "verbose_name", field)
    return _("Changed %(field)s: %(old)s → %(new)s") % {"field": name, "old": old or "–", "new": new or "–"}
