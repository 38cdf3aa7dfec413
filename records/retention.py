"""The kinds of records that a council keeps or purges: which rows are closed, since when, and who may see them."""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from actions.models import LIVE, Action, Comment, ReminderLine, Status
from bra import post
from bra.models import (
    EntryKind,
    HistoryEntry,
    Letter,
    LetterState,
    LoggedMail,
    MailLink,
    Member,
)
from finding.models import CalendarAddress
from imports.models import ImportBatch, ImportState
from meetings.models import (
    Addendum,
    AgendaItem,
    Case,
    CaseState,
    ItemComment,
    ItemProposal,
    Meeting,
    MeetingState,
    ProposalState,
    SignOffState,
    SummonsReply,
)
from records.models import Release
from records.record_kinds import Kind, Rows, register
from reports.models import WAITING, Report, ReturnedFile, ReturnState


def _numbered(row: Any) -> str:
    return f"#{row.pk}"


def _without_restricted_items(rows: Rows, member: Member) -> Rows:
    if member.cleared:
        return rows
    items = AgendaItem.with_removed.filter(meeting=OuterRef("pk"), restricted=True)
    addenda = Addendum.objects.filter(meeting=OuterRef("pk"), restricted=True)
    return rows.filter(~Exists(items), ~Exists(addenda))


def _cases_seen(rows: Rows, member: Member) -> Rows:
    """Without restricted cases, and those that a restricted one was merged into: it would go with them."""
    if member.cleared:
        return rows
    return rows.filter(~Exists(Case.objects.filter(merged_into=OuterRef("pk"), restricted=True)), restricted=False)


def _unrestricted(flag: str) -> Callable[[Rows, Member], Rows]:
    """Rows whose `flag` says that they aren't restricted, or that have no such thing; all for the cleared."""

    def narrow(rows: Rows, member: Member) -> Rows:
        return rows if member.cleared else rows.exclude(**{flag: True})

    return narrow


def _only_cleared(rows: Rows, member: Member) -> Rows:
    return rows if member.cleared else rows.none()


def _readings_for_cleared(rows: Rows, member: Member) -> Rows:
    return rows if member.cleared else rows.exclude(kind=EntryKind.READING)


def _letters_seen(rows: Rows, member: Member) -> Rows:
    return rows.filter(pk__in=post.visible_letters(member).order_by().values("pk"))


register(
    Kind(
        "minutes",
        _("Signed minutes and their meetings"),
        _("With agenda, notes, decisions, attendance, answers, editions and addenda. Counted from the meeting."),
        None,
        Meeting,
        lambda council: Meeting.objects.filter(council=council, state=MeetingState.SIGNED),
        "date",
        lambda meeting: meeting.number,
        _without_restricted_items,
    )
)
register(
    Kind(
        "notes",
        _("Meetings whose minutes were never signed"),
        _("With all that was noted at them. Counted from the meeting."),
        5,
        Meeting,
        lambda council: Meeting.objects.filter(council=council, state=MeetingState.ADJOURNED),
        "date",
        lambda meeting: meeting.number,
        _without_restricted_items,
    )
)
register(
    Kind(
        "cancelled",
        _("Cancelled meetings"),
        _("With their agendas. Counted from the day on which they were to be held."),
        2,
        Meeting,
        lambda council: Meeting.objects.filter(council=council, state=MeetingState.CANCELLED),
        "date",
        lambda meeting: meeting.number,
        _without_restricted_items,
    )
)
register(
    Kind(
        "case",
        _("Closed cases"),
        _(
            "With the situation, the outcome, links and those merged into them. What was said at meetings belongs to "
            "the minutes and stays with them. Counted from the day of closing."
        ),
        10,
        Case,
        lambda council: Case.objects.filter(
            council=council, state=CaseState.CLOSED, merged_into=None, closed_on__isnull=False
        ),
        "closed_on",
        lambda case: case.registry_number,
        _cases_seen,
    )
)
register(
    Kind(
        "action",
        _("Finished actions"),
        _("With comments, requests and reminders. Counted from the day on which they were closed."),
        5,
        Action,
        lambda council: (
            Action.objects.filter(council=council, removed=False)
            .exclude(status__in=LIVE)
            .exclude(status=Status.DONE, approved_on=None)
        ),
        "closed_on",
        _numbered,
        _unrestricted("agenda_item__restricted"),
    )
)
register(
    Kind(
        "proposal",
        _("Proposals for the agenda that were answered"),
        _("Counted from the meeting that they were for."),
        2,
        ItemProposal,
        lambda council: ItemProposal.objects.filter(council=council).exclude(state=ProposalState.WAITING),
        "meeting__date",
        _numbered,
        _unrestricted("item__restricted"),
    )
)
register(
    Kind(
        "comment",
        _("Comments on finished actions"),
        _("Counted from the day on which the action was closed."),
        2,
        Comment,
        lambda council: Comment.objects.filter(action__council=council, action__closed_on__isnull=False),
        "action__closed_on",
        lambda comment: format_lazy("#{} ({})", comment.pk, comment.action_id),
        _unrestricted("action__agenda_item__restricted"),
    )
)
register(
    Kind(
        "remark",
        _("Comments on minutes"),
        _("Those of rounds of signing off that have ended. Counted from the day of the comment."),
        1,
        ItemComment,
        lambda council: ItemComment.objects.filter(sign_off__meeting__council=council).exclude(
            sign_off__state=SignOffState.OPEN
        ),
        "on",
        _numbered,
        _unrestricted("item__restricted"),
    )
)
register(
    Kind(
        "reply",
        _("Answers to summonses"),
        _("Counted from the meeting."),
        1,
        SummonsReply,
        lambda council: SummonsReply.objects.filter(
            meeting__council=council,
            meeting__state__in=(MeetingState.ADJOURNED, MeetingState.SIGNED, MeetingState.CANCELLED),
        ),
        "meeting__date",
        lambda reply: reply.meeting.number,
        related=("meeting",),
    )
)
register(
    Kind(
        "report",
        _("Status reports and their files"),
        _("History keeps that they were there, and their checksums. Counted from the day they were asked for."),
        2,
        Report,
        lambda council: Report.objects.filter(council=council).exclude(state__in=WAITING),
        "asked_at",
        _numbered,
        instant=True,
        keeps_history=True,
    )
)
# Who isn't cleared purges them too, with copies that they don't see: leaving such a request out would tell of them.
register(
    Kind(
        "release",
        _("Requests for records"),
        _("With decisions and the copies that were made. Counted from the day on which the request ended."),
        5,
        Release,
        lambda council: Release.objects.filter(council=council, closed_on__isnull=False),
        "closed_on",
        lambda release: release.label,
    )
)
register(
    Kind(
        "import",
        _("Lists that were taken in"),
        _("Which file it was and which actions came of it; the actions stay. Counted from the day of the list."),
        2,
        ImportBatch,
        lambda council: ImportBatch.objects.filter(council=council).exclude(state=ImportState.READ),
        "on",
        _numbered,
        _unrestricted("item__restricted"),
    )
)
register(
    Kind(
        "returned",
        _("Reports that came back filled in"),
        _("Which file it was and what it changed; the actions stay. Counted from the day of the file."),
        2,
        ReturnedFile,
        lambda council: ReturnedFile.objects.filter(council=council).exclude(state=ReturnState.READ),
        "on",
        _numbered,
    )
)
register(
    Kind(
        "letter",
        _("Mails in the mail log"),
        _("What was sent to whom and when; not reminders of actions still to be done. Counted from their day."),
        2,
        Letter,
        lambda council: (
            Letter.objects.filter(council=council)
            .exclude(state__in=(LetterState.PENDING, LetterState.CLAIMED))
            .filter(~Exists(ReminderLine.objects.filter(reminder=OuterRef("pk"), action__in=Action.objects.live())))
        ),
        "on",
        _numbered,
        _letters_seen,
    )
)
register(
    Kind(
        "logged_mail",
        _("Texts of mails, where the installation has no mail server"),
        _("Counted from the day on which they were written."),
        1,
        LoggedMail,
        lambda council: LoggedMail.objects.filter(council=council),
        "at",
        _numbered,
        _only_cleared,
        instant=True,
    )
)
register(
    Kind(
        "link",
        _("Secret links in mails"),
        _("They open nothing any longer after that. Counted from the day on which they were made."),
        1,
        MailLink,
        lambda council: MailLink.objects.filter(member__council=council),
        "made_at",
        _numbered,
        instant=True,
    )
)
register(
    Kind(
        "calendar",
        _("Calendar addresses of members who have left"),
        _("Counted from the end of the mandate."),
        1,
        CalendarAddress,
        lambda council: CalendarAddress.objects.filter(member__council=council, member__mandate_to__isnull=False),
        "member__mandate_to",
        _numbered,
    )
)
register(
    Kind(
        "access",
        _("What the audit log says of log-ins and readings"),
        _("That they happened stays in the chain; what is said of them goes. Counted from their day."),
        2,
        HistoryEntry,
        lambda council: HistoryEntry.objects.filter(
            # Who was given which role and clearance isn't a log-in: that stays until the member's data is removed.
            Q(kind=EntryKind.READING)
            | Q(kind=EntryKind.ACCESS) & (Q(verb__startswith="login.") | Q(verb__startswith="link.")),
            council=council,
        ).exclude(salt=""),
        "on",
        _numbered,
        _readings_for_cleared,
        only_texts=True,
    )
)
