"""Who gets the minutes by mail, and what went out; who is told that a case they watch was treated."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from bra.models import SEATED, Council, Letter, Member, MemberQuerySet
from bra.post import first_cause, may_resend
from meetings.models import AgendaItem, CaseWatch, Meeting, SignedMinutes

MINUTES, WATCH = "minutes", "watch"


def mailable(council: Council, on: date) -> MemberQuerySet:
    """Those who may get the minutes: all who sit on the council that day, and its outside owners."""
    return Member.objects.acting(on).filter(council=council)


def reads_by_logging_in(member: Member) -> bool:
    """Whether the member reads minutes in the tool; others get a link of their own to the masked copy."""
    return member.role in SEATED and member.user is not None and member.user.is_active


def minutes_cause(meeting: Meeting, minutes: SignedMinutes | None, on: date) -> str:
    """What a mail of minutes is about: an edition once, what isn't signed off once a day."""
    return f"meeting {meeting.pk} " + (f"edition {minutes.edition}" if minutes else f"draft {on:%Y-%m-%d}")


@dataclass(frozen=True)
class Mailing:
    """One time the minutes were mailed: what it was, and the mails by the recipients' names."""

    what: str
    letters: list[Letter]


def mailings(meeting: Meeting) -> list[Mailing]:
    """Return what of the meeting's minutes was mailed to whom, the latest first. One query."""
    letters = Letter.objects.filter(council=meeting.council_id, kind=MINUTES, about=meeting.pk)
    by_cause: dict[str, list[Letter]] = {}
    letters = letters.select_related("recipient__organisation", "recipient__user")
    for letter in letters.order_by("-on", "recipient__sort_key", "pk"):
        by_cause.setdefault(first_cause(letter), []).append(letter)
    return [Mailing(_told(cause), found) for cause, found in by_cause.items()]


def unreached(sent: Iterable[Mailing], cause: str) -> set[int]:
    """The keys of the letters of that cause that may be sent again: each recipient's latest that missed or failed."""
    latest: dict[int, Letter] = {}
    for letter in (letter for one in sent for letter in one.letters if first_cause(letter) == cause):
        known = latest.get(letter.recipient_id)
        if known is None or known.pk < letter.pk:
            latest[letter.recipient_id] = letter
    return {letter.pk for letter in latest.values() if may_resend(letter)}


def _told(cause: str) -> str:
    _kind, _space, number = cause.partition("edition ")
    return _("Edition %(number)s") % {"number": number} if number else _("Not signed off")


def news_for(meeting: Meeting, members: Collection[Member]) -> dict[int, list[str]]:
    """Return {member's pk: registry numbers that a mail may name} for those whose watched cases the meeting treated.

    What is restricted counts for the cleared only, and isn't named: it may be that no number is left. Two queries.
    """
    open_in: dict[int, bool] = {}
    treated = AgendaItem.objects.treated().filter(meeting=meeting, case__isnull=False)
    for case, *locks in treated.values_list("case", "restricted", "case__restricted"):
        open_in[case] = open_in.get(case, False) or not any(locks)
    seated = {member.pk: member for member in members if member.role in SEATED}
    watches = CaseWatch.objects.filter(case__in=list(open_in), member__in=list(seated), case__merged_into=None)
    news: dict[int, list[str]] = {}
    for watch in watches.select_related("case").order_by("case__registry_number"):
        if open_in[watch.case_id]:
            news.setdefault(watch.member_id, []).append(watch.case.registry_number)
        elif seated[watch.member_id].cleared:
            news.setdefault(watch.member_id, [])
    return news
