"""The kinds of mail of this floor: the summons, and word that the meeting is cancelled.

The mail is written from the rows as they are when it goes out. One that a later change has overtaken isn't sent: the
change has posted a mail of its own.
"""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from bra import links, post
from bra.models import Letter, LetterState
from bra.post import Desk, Written
from meetings.calendar import page_address
from meetings.invitation import invitation, method_of
from meetings.models import Meeting, MeetingState, last_proposal_day
from meetings.outside import AgendaLine, agendas_outside
from meetings.summons import CANCELLED, REPLY, SUMMONS, cause_of


def write_summons(desk: Desk, letters: Sequence[Letter]) -> list[Written]:
    """Write the summonses of a batch; the number of queries is the same however many they are."""
    meetings = _meetings(desk, letters, MeetingState.SUMMONED)
    agendas = agendas_outside(meetings)
    told = _told_before(letters)
    wanted = [(letter.recipient, letter.about) for letter in letters if _holds(letter, meetings)]
    secrets = links.make_links(wanted, REPLY)
    written = []
    for letter in letters:
        if not _holds(letter, meetings):
            written.append(Written(letter, None, "closed"))
            continue
        meeting = meetings[letter.about or 0]
        last_day = last_proposal_day(meeting.date, desk.council.proposal_days)
        context = {
            "agenda": agendas[meeting.pk],
            "changed": (letter.recipient_id, letter.about) in told,
            "last_day": last_day if last_day >= desk.today else None,
            "path": reverse("reply:enter", args=[secrets[letter.recipient_id, letter.about]]),
        }
        written.append(_write(desk, letter, meeting, "summons", context))
    return written


def write_cancelled(desk: Desk, letters: Sequence[Letter]) -> list[Written]:
    """Write the mails that tell that a meeting is cancelled."""
    meetings = _meetings(desk, letters, MeetingState.CANCELLED)
    return [
        _write(desk, letter, meetings[letter.about or 0], "cancelled", {"agenda": []})
        if _holds(letter, meetings)
        else Written(letter, None, "closed")
        for letter in letters
    ]


def _meetings(desk: Desk, letters: Sequence[Letter], state: MeetingState) -> dict[int, Meeting]:
    """The meetings of the letters that are in the state still, and whose day hasn't passed. One query."""
    meetings = Meeting.objects.filter(council=desk.council, state=state, date__gte=desk.today)
    return meetings.select_related("council").in_bulk({letter.about for letter in letters if letter.about})


def _holds(letter: Letter, meetings: dict[int, Meeting]) -> bool:
    meeting = meetings.get(letter.about or 0)
    return meeting is not None and post.first_cause(letter) == cause_of(meeting)


def _told_before(letters: Sequence[Letter]) -> set[tuple[int, int | None]]:
    """Whom an earlier summons to the same meeting has reached, as (recipient pk, meeting pk). One query."""
    earlier = Letter.objects.filter(kind=SUMMONS, state=LetterState.SENT, about__in={row.about for row in letters})
    return set(earlier.filter(recipient__in={row.recipient_id for row in letters}).values_list("recipient_id", "about"))


def _write(desk: Desk, letter: Letter, meeting: Meeting, template: str, context: dict[str, object]) -> Written:
    agenda = context["agenda"]
    assert isinstance(agenda, list)
    with translation.override(settings.LANGUAGE_CODE):
        calendar = _calendar(desk, letter, meeting, agenda)
    context |= {"meeting": meeting, "page": page_address(meeting)}
    return desk.write(letter, template, context, calendar=calendar, calendar_method=method_of(meeting))


def _calendar(desk: Desk, letter: Letter, meeting: Meeting, agenda: list[AgendaLine]) -> str:
    return invitation(meeting, letter.recipient, agenda, organizer=desk.reply_to, clock=desk.at)


post.register(post.Kind(SUMMONS, _("Summons"), write_summons, anew=True))
post.register(post.Kind(CANCELLED, _("Cancelled meeting"), write_cancelled, anew=True))
