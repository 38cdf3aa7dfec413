"""The history of a calendar's address as sentences."""

from django.utils.translation import gettext as _

from bra import history
from bra.models import HistoryEntry, Member
from bra.sentences import Line, lines
from finding.models import CalendarAddress


def lines_of(member: Member) -> list[Line]:
    """Return what has been done with the address of the member's calendar, the latest first. Two queries."""
    address = CalendarAddress.objects.filter(member=member).first()
    return lines(history.entries_of(address).reverse(), _sentence) if address else []


def _sentence(entry: HistoryEntry) -> list[str]:
    said = {
        "calendar.made": _("made an address for the calendar"),
        "calendar.renewed": _("renewed the address of the calendar"),
        "calendar.stopped": _("stopped the address of the calendar"),
    }
    return [said.get(entry.verb, entry.verb)]
