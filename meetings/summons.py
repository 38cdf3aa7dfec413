"""What the pages and mails of a summons read: who gets it, how long is left, what was answered. Changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext_lazy, pgettext_lazy

from bra import post
from bra.models import Council, Letter, Member
from meetings.models import Answer, Meeting, MeetingRules, MeetingState, SummonsReply
from meetings.outside import digest_outside

# The kinds of mail, as the ledger knows them.
SUMMONS, CANCELLED = "summons", "cancelled"
# What a link in a summons opens (bra.links).
REPLY = "summons"
# An answer in the words of who counts them.
WORDS = {
    Answer.YES: pgettext_lazy("answer", "Yes"),
    Answer.NO: pgettext_lazy("answer", "No"),
    Answer.SUBSTITUTE: pgettext_lazy("answer", "Substitute"),
}
# Why a summons isn't sent again.
NOTHING_NEW = gettext_lazy("Nothing has changed since the summons was sent, and everybody with an address has got it.")
# How many days before its last day a summons stands among what is to be done.
AHEAD = timedelta(days=7)


def cause_of(meeting: Meeting) -> str:
    """Return the cause of what is told of the meeting now; each change that is told has one of its own."""
    return f"meeting {meeting.pk} {meeting.summons_sequence}"


@dataclass(frozen=True)
class Reach:
    """Who is summoned to a meeting: those whom the mail reaches, and those whom it doesn't."""

    reached: list[Member]
    without_address: list[Member]
    # Their mandate covers the meeting's day but not today, so they get no mail and open no link.
    later: list[Member]


def reach_of(meeting: Meeting, on: date) -> Reach:
    """Return who sits on the council on the meeting's day, by whether a mail sent on `on` reaches them. One query."""
    seated = Member.objects.filter(council_id=meeting.council_id).seated().active(meeting.date)
    reach = Reach([], [], [])
    for member in seated.select_related("user", "organisation"):
        if not member.is_active(on):
            reach.later.append(member)
        elif member.address:
            reach.reached.append(member)
        else:
            reach.without_address.append(member)
    return reach


@dataclass(frozen=True)
class Again:
    """What sending the summons of a summoned meeting again would be for."""

    # Whether those summoned would read something else than they have read.
    changed: bool
    # Whom mail reaches, and who hasn't got the summons as it is: new since, or with a new address.
    missing: list[Member]
    # Their letters that went to an address which they have left.
    astray: list[Letter]

    @property
    def is_of_use(self) -> bool:
        """Whether there is anything to tell anybody."""
        return self.changed or bool(self.missing)


def again_of(meeting: Meeting, on: date) -> Again:
    """Return what a summons sent again on `on` would be for. Three queries.

    A new time or place has been told already when it was changed, so only the agenda can differ.
    """
    letters = Letter.objects.filter(kind=SUMMONS, about=meeting.pk).select_related("recipient__user")
    present = [letter for letter in letters if post.first_cause(letter) == cause_of(meeting)]
    reached = {letter.recipient_id for letter in present if not letter.missed}
    return Again(
        changed=digest_outside(meeting) != meeting.summoned_agenda,
        missing=[member for member in reach_of(meeting, on).reached if member.pk not in reached],
        astray=[letter for letter in present if letter.missed],
    )


@dataclass(frozen=True)
class Deadline:
    """When a meeting's summons is to be out: the `last_day`, `wanted` days ahead; `days` are left until the meeting."""

    meeting: Meeting
    wanted: int
    days: int

    @property
    def last_day(self) -> date:
        """The last day in time."""
        return date.fromordinal(max(self.meeting.date.toordinal() - self.wanted, 1))

    @property
    def is_late(self) -> bool:
        """Whether fewer days are left than the council has chosen."""
        return self.days < self.wanted


def deadline_of(meeting: Meeting, today: date) -> Deadline:
    """Return the deadline of the meeting's summons, as seen on the council's day. One query."""
    return _deadline(meeting, MeetingRules.of(meeting.council).summons_days, today)


def _deadline(meeting: Meeting, wanted: int, today: date) -> Deadline:
    return Deadline(meeting, wanted, (meeting.date - today).days)


def to_summon(council: Council, today: date) -> list[Deadline]:
    """Return the planned meetings whose summons is due within a week or late, the nearest first. Two queries."""
    wanted = MeetingRules.of(council).summons_days
    until = today + timedelta(days=wanted) + AHEAD
    planned = Meeting.objects.filter(council=council, state=MeetingState.DRAFT, date__gte=today, date__lte=until)
    return [_deadline(meeting, wanted, today) for meeting in planned.order_by("date", "starts_at", "pk")]


def to_answer(member: Member, today: date) -> list[Meeting]:
    """Return the meetings to which the member is summoned and hasn't answered, the nearest first. One query."""
    if not member.is_active(today):
        return []
    summoned = Meeting.objects.visible_to(member).filter(state=MeetingState.SUMMONED, date__gte=today)
    return list(summoned.exclude(replies__member=member).order_by("date", "starts_at", "pk"))


@dataclass
class AnswerSheet:
    """What those who sit on the council on the meeting's day answered; None for those who haven't."""

    rows: list[tuple[Member, SummonsReply | None]] = field(default_factory=list)
    quorum: int | None = None

    def _count(self, answer: Answer | None) -> int:
        return sum((reply.answer if reply else None) == answer for _member, reply in self.rows)

    @property
    def told(self) -> list[tuple[Member, SummonsReply | None, object]]:
        """Each member with the answer and its word; None and "" for those who haven't answered."""
        return [(member, reply, WORDS[Answer(reply.answer)] if reply else "") for member, reply in self.rows]

    @property
    def counts(self) -> list[tuple[str, object, int]]:
        """Each answer's value and word, and how many gave it."""
        return [(answer.value, WORDS[answer], self._count(answer)) for answer in Answer]

    @property
    def unanswered(self) -> int:
        """How many haven't answered."""
        return self._count(None)

    @property
    def has_answers(self) -> bool:
        """Whether anybody has answered: until then nothing can be said of how many come."""
        return any(reply for _member, reply in self.rows)

    @property
    def expected(self) -> int:
        """How many members are expected: those who come, and members who come for somebody else, each once.

        A substitute from outside has no seat, so the quorum doesn't count on one.
        """
        replies = [reply for _member, reply in self.rows if reply]
        coming = {reply.member_id for reply in replies if reply.answer == Answer.YES}
        return len(coming | {reply.substitute_id for reply in replies if reply.substitute_id})

    @property
    def reaches_quorum(self) -> bool:
        """Whether as many are expected as the quorum asks for."""
        return self.quorum is None or self.expected >= self.quorum


def replies_to(meeting: Meeting) -> dict[int, SummonsReply]:
    """Return {member pk: the member's answer}, with the substitutes. One query."""
    rows = SummonsReply.objects.filter(meeting=meeting).select_related("member", "substitute")
    return {row.member_id: row for row in rows}


def answers_of(meeting: Meeting, members: Iterable[Member]) -> AnswerSheet:
    """Return the answers of the members, in their order. One query."""
    replies = replies_to(meeting)
    return AnswerSheet([(member, replies.get(member.pk)) for member in members], meeting.council.quorum)


def possible_substitutes(meeting: Meeting, member: Member, on: date) -> list[Member]:
    """Return who may come for the member: the others who sit on the council on both days. One query."""
    seated = Member.objects.filter(council_id=meeting.council_id).seated().active(meeting.date).active(on)
    return list(seated.exclude(pk=member.pk).select_related("organisation").order_by("sort_key", "pk"))
