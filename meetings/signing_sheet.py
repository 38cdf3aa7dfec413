"""What the pages read of signing off: where it stands, who is in turn, and the text, item by item."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from bra.errors import RuleBroken
from bra.models import Council, Member
from meetings.documents.content import Paper, Point
from meetings.documents.sealing import is_intact, items_of, kept_paper
from meetings.documents.selection import paper_of
from meetings.models import (
    Addendum,
    Adjuster,
    AgendaItem,
    ItemComment,
    Meeting,
    MeetingRules,
    MeetingState,
    PaperKind,
    SignedMinutes,
    Signer,
    SignerAnswer,
    SignOff,
    SignOffState,
    Unlocking,
    layout_of,
)

# How many days before its last day a signing stands among what is to be done.
AHEAD = timedelta(days=7)


@dataclass
class SigningSheet:
    """Where the signing off of a meeting stands, as far as `member` goes, on the day `today`."""

    meeting: Meeting
    member: Member
    today: date
    is_notes: bool
    adjusters: list[Member] = field(default_factory=list)
    rounds: list[SignOff] = field(default_factory=list)
    signers: list[Signer] = field(default_factory=list)
    editions: list[SignedMinutes] = field(default_factory=list)
    addenda: list[Addendum] = field(default_factory=list)
    asked: Unlocking | None = None
    # The last day for signing; None for meeting notes, which have none.
    last_day: date | None = None

    @property
    def latest(self) -> SignOff | None:
        """The latest round; None before the first."""
        return self.rounds[-1] if self.rounds else None

    @property
    def open(self) -> SignOff | None:
        """The round in which the minutes lie with their signers; None when nobody has them."""
        return self.latest if self.latest is not None and self.latest.state == SignOffState.OPEN else None

    @property
    def declined(self) -> Signer | None:
        """Who sent the minutes back in the latest round, with the reason."""
        return next((signer for signer in self.signers if signer.answer == SignerAnswer.DECLINED), None)

    @property
    def waits_for_me(self) -> bool:
        """Whether the open round waits for the member."""
        mine = [signer for signer in self.signers if signer.member_id == self.member.pk]
        return self.open is not None and any(signer.answer == SignerAnswer.WAITING for signer in mine)

    @property
    def days_left(self) -> int:
        """Days until the last day; negative when it has passed, 0 where there is none."""
        return (self.last_day - self.today).days if self.last_day else 0

    @property
    def days_late(self) -> int:
        """By how many days the last day has passed; 0 when it hasn't."""
        return max(0, -self.days_left)

    @property
    def is_signed(self) -> bool:
        """Whether the minutes are signed off."""
        return self.meeting.state == MeetingState.SIGNED

    @property
    def may_still_comment(self) -> bool:
        """Whether the last day for comments lies ahead."""
        return self.open is not None and self.today <= self.open.comments_until

    @property
    def current(self) -> SignedMinutes | None:
        """The edition that holds; None while the minutes aren't signed."""
        return self.editions[-1] if self.editions and self.is_signed else None

    @property
    def earlier(self) -> list[SignedMinutes]:
        """The editions that hold no longer."""
        return self.editions[:-1] if self.is_signed else self.editions

    @property
    def is_intact(self) -> bool:
        """Whether the text that holds still has the checksum of its signing."""
        return self.current is not None and is_intact(self.current)

    @property
    def checksum(self) -> str:
        """That of the copy which the member reads."""
        if self.current is None:
            return ""
        return self.current.sha256 if self.member.cleared else self.current.masked_sha256


def signing_sheet(meeting: Meeting, member: Member, today: date) -> SigningSheet:
    """Read where the signing off of a meeting stands. At most eight queries, however many signers there are."""
    sheet = SigningSheet(meeting, member, today, is_notes=layout_of(meeting.council).kind == PaperKind.NOTES)
    named = Adjuster.objects.filter(meeting=meeting).select_related("member")
    sheet.adjusters = [] if sheet.is_notes else [row.member for row in named]
    if not meeting.has_ended:
        return sheet
    sheet.rounds = list(SignOff.objects.filter(meeting=meeting))
    if sheet.open is not None or sheet.is_signed:
        sheet.is_notes = sheet.rounds[-1].kind == PaperKind.NOTES
    if not sheet.is_notes and not sheet.is_signed:
        sheet.last_day = meeting.date + timedelta(days=MeetingRules.of(meeting.council).sign_days)
    if sheet.latest is not None:
        sheet.signers = list(Signer.objects.filter(sign_off=sheet.latest).select_related("member"))
        sheet.editions = list(SignedMinutes.objects.filter(meeting=meeting))
    if sheet.editions:
        addenda = (
            Addendum.objects.visible_to(member).filter(meeting=meeting).select_related("legal_ground", "restricted_by")
        )
        sheet.addenda = list(addenda.select_related("author"))
        asked = Unlocking.objects.filter(minutes__meeting=meeting, confirmed=None)
        sheet.asked = asked.select_related("asked_by").first()
    return sheet


def to_sign(member: Member) -> list[SignOff]:
    """The rounds that wait for the member, the oldest first, with their meetings: for the first page. One query."""
    return list(SignOff.objects.waiting_for(member).select_related("meeting__council").order_by("opened_on", "pk"))


def to_have_signed(council: Council, today: date) -> list[tuple[Meeting, date]]:
    """Return the meetings whose minutes are to be signed within a week or are late, each with the last day for it.

    The oldest first; meeting notes have no such day. Two queries.
    """
    wanted = timedelta(days=MeetingRules.of(council).sign_days)
    rounds = SignOff.objects.open().filter(meeting=OuterRef("pk"))
    minutes = Exists(rounds.filter(kind=PaperKind.MINUTES))
    unsent = ~Exists(rounds) & ~Q(council__minutes_layout__kind=PaperKind.NOTES)
    held = Meeting.objects.filter(council=council, state=MeetingState.ADJOURNED, date__lte=today + AHEAD - wanted)
    return [(meeting, meeting.date + wanted) for meeting in held.filter(minutes | unsent).order_by("date", "pk")]


@dataclass(frozen=True)
class Part:
    """One item of a text that is signed or to be signed; `item` is None where it doesn't exist for the reader."""

    point: Point
    item: AgendaItem | None
    comments: Sequence[ItemComment] = ()


def parts_to_sign(meeting: Meeting, member: Member, sign_off: SignOff | None) -> tuple[Paper, list[Part]]:
    """Return the text as it stands now, and its items with the comments of the round, as far as the member may see.

    Raises RuleBroken when the text changes while it is read.
    """
    comments: dict[int, list[ItemComment]] = defaultdict(list)
    if sign_off is not None:
        rows = ItemComment.objects.live().visible_to(member).filter(sign_off=sign_off)
        for comment in rows.select_related("author"):
            comments[comment.item_id].append(comment)
    paper, items = paper_of(meeting, member), items_of(meeting)
    if len(paper.points) != len(items):
        # The round was called back, and the agenda changed, between the two.
        raise RuleBroken(_("The text was changed just now. Read it again."))
    return paper, _parts(paper, items, meeting, member, comments)


def parts_signed(minutes: SignedMinutes, meeting: Meeting, member: Member) -> tuple[Paper, list[Part]]:
    """Return the text as it was signed, masked for who isn't cleared, and its items for what has become of them."""
    paper, items = kept_paper(minutes, masked=not member.cleared)
    return paper, _parts(paper, items, meeting, member, {})


def _parts(
    paper: Paper, items: Sequence[int], meeting: Meeting, member: Member, comments: dict[int, list[ItemComment]]
) -> list[Part]:
    visible = AgendaItem.objects.visible_to(member).filter(meeting=meeting).in_bulk(items)
    for item in visible.values():
        item.meeting = meeting
    return [
        Part(point, None if point.masked else visible.get(pk), comments.get(pk, ()))
        for point, pk in zip(paper.points, items, strict=True)
    ]


def comments_by_item(sheet: SigningSheet, member: Member) -> dict[int, list[ItemComment]]:
    """The comments of the latest round by item, for whoever tidies up after it. One query."""
    found: dict[int, list[ItemComment]] = defaultdict(list)
    if sheet.latest is not None:
        rows = ItemComment.objects.live().visible_to(member).filter(sign_off=sheet.latest)
        for comment in rows.select_related("author"):
            found[comment.item_id].append(comment)
    return dict(found)
