"""What the product holds about one member: for the page and for the files, from one selection.

Nothing of anybody else: those who stand in for one another, or who signed too, aren't named. Restricted matter that the
member isn't cleared for is neither named nor counted. The number of queries doesn't grow with the rows.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import ManyToOneRel, Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from actions.lifecycle.calendars import CALENDAR
from actions.models import Action, Comment, DeadlineRequest
from actions.owner_links import OWNER
from actions.reminders import title_by_link
from bra.member_sentences import lines_of
from bra.models import Deputy, HistoryEntry, Letter, LetterState, MailChoice, MailLink, Member, Role, Unsubscription
from bra.post.delivery import UNSUBSCRIBE
from bra.post.kinds import KINDS
from finding.models import CalendarAddress
from meetings.mailing import MINUTES
from meetings.models import Adjuster, Attendance, CaseWatch, ItemComment, ItemProposal, Signer, SummonsReply
from meetings.summons import REPLY

Cell = str | int | None
# Rows of a table on the page; the files have all of them.
ON_A_PAGE = 25


@dataclass(frozen=True)
class Section:
    """One table: its name for machines, its heading, its columns and its rows."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]

    @property
    def dressed(self) -> list[list[tuple[str, Cell]]]:
        """The last rows as (column, cell), for a table that is read on a narrow screen."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows[-ON_A_PAGE:]]

    @property
    def unshown(self) -> int:
        """How many rows more there are than the page shows."""
        return max(len(self.rows) - ON_A_PAGE, 0)


def held(member: Member, *, on: date) -> list[Section]:
    """Return all that is held about the member on the council, the empty tables left out."""
    found = [
        _mandate(member),
        _login(member),
        _mail_choices(member),
        _deputies(member),
        *_of_meetings(member),
        *_of_actions(member, on),
        _mails(member),
        _links(member),
        _changes(member),
        _traces(member),
    ]
    return [section for section in found if section.rows]


def held_by_link(member: Member) -> list[Section]:
    """Return the part of it that one reads by a link in a mail: a link proves less than a log-in.

    Nothing that somebody wrote but the titles of open matter, as the owner's page shows them.
    """
    owned = Action.objects.visible_to(member).agreed().owned_by(member).select_related("agenda_item__meeting")
    actions = Section(
        "actions",
        _("Actions that you own"),
        (_("Action"), _("Title"), _("Status"), _("Deadline")),
        [(one.pk, title_by_link(one), one.get_status_display(), _day(one.deadline)) for one in owned.order_by("pk")],
    )
    sent = Letter.objects.filter(recipient=member, state=LetterState.SENT).order_by("pk")
    mails = Section(
        "mails", _("Mails to you"), (_("Kind"), _("Day")), [(_kind(one.kind), _day(one.on)) for one in sent]
    )
    place = Section(
        "member",
        _("Your place on the council"),
        (_("What"), _("Said")),
        [
            (_("Name"), member.name),
            (pgettext("member", "Title"), member.title),
            (_("Organisation"), member.organisation.name),
            (_("E-mail"), member.email),
            (_("Role"), str(capfirst(Role(member.role).label))),
        ],
    )
    return [section for section in (place, actions, mails) if section.rows]


def as_json(member: Member, sections: list[Section], *, on: date) -> str:
    """Return the sections as JSON for machines: {"council", "on", "held": {key: [{column: value}]}}."""
    tables = {one.key: [dict(zip(one.columns, row, strict=True)) for row in one.rows] for one in sections}
    said = {"council": member.council.name, "on": on.isoformat(), "held": tables}
    return json.dumps(said, ensure_ascii=False, indent=1)


def _day(value: date | datetime | None) -> str:
    """A day or an instant as everybody reads it; instants by the clock of Sweden."""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if value else ""


def _mandate(member: Member) -> Section:
    rows: list[tuple[Cell, ...]] = [
        (_("Name"), member.name),
        (pgettext("member", "Title"), member.title),
        (_("Organisation"), member.organisation.name),
        (_("E-mail"), member.email),
        (_("Role"), str(capfirst(Role(member.role).label))),
        (_("May see restricted items"), _("yes") if member.cleared else _("no")),
        (_("Mandate from"), _day(member.mandate_from)),
        (_("Mandate to"), _day(member.mandate_to)),
    ]
    return Section("member", _("Your place on the council"), (_("What"), _("Said")), rows)


def _login(member: Member) -> Section:
    user = member.user
    rows: list[tuple[Cell, ...]] = []
    if user is not None:
        rows = [
            (_("Logs in as"), user.email),
            (_("Last log-in"), _day(user.last_login)),
            (_("Councils that it opens"), user.memberships.count()),
        ]
        if apps.is_installed("allauth.usersessions"):
            sessions = apps.get_app_config("usersessions").get_model("usersession")._default_manager
            rows.append((_("Browsers logged in"), sessions.filter(user=user).count()))
    return Section("login", _("Log-in"), (_("What"), _("Said")), rows)


def _mail_choices(member: Member) -> Section:
    rows: list[tuple[Cell, ...]] = []
    choice = MailChoice.objects.filter(member=member).first()
    if choice is not None:
        rows.append((_("Reminders"), choice.get_frequency_display()))
        rows.append((_("Paused up to and including"), _day(choice.paused_until)))
    rows += [
        (_("Doesn't want"), f"{_kind(one.kind)} ({_day(one.on)})")
        for one in Unsubscription.objects.filter(member=member).order_by("pk")
    ]
    address = CalendarAddress.objects.filter(member=member).exclude(digest=None).first()
    if address is not None:
        rows.append((_("Secret address of a calendar, made"), _day(address.made_on)))
    return Section("choices", _("What you have chosen"), (_("What"), _("Said")), rows)


def _deputies(member: Member) -> Section:
    found = Deputy.objects.filter(Q(member=member) | Q(deputy=member)).order_by("pk")
    mine, others = _("Somebody stands in for you"), _("You stand in for somebody")
    rows: list[tuple[Cell, ...]] = [
        (mine if one.member_id == member.pk else others, _day(one.starts), _day(one.ends)) for one in found
    ]
    return Section("deputies", _("Deputies"), (_("What"), _("From"), _("Up to and including")), rows)


def _of_meetings(member: Member) -> list[Section]:
    meeting, day = _("Meeting"), _("Day")
    attended = Attendance.objects.filter(member=member).select_related("meeting").order_by("meeting__date", "pk")
    replies = SummonsReply.objects.filter(member=member).select_related("meeting").order_by("meeting__date", "pk")
    signed = Signer.objects.filter(member=member).select_related("sign_off__meeting").order_by("pk")
    named = Adjuster.objects.filter(member=member).select_related("meeting").order_by("pk")
    proposals = ItemProposal.objects.filter(proposer=member).select_related("meeting").order_by("pk")
    said = ItemComment.objects.live().visible_to(member).filter(author=member).select_related("item__meeting")
    watched = CaseWatch.objects.filter(member=member, case__restricted=False)
    if member.cleared:
        watched = CaseWatch.objects.filter(member=member)
    return [
        Section(
            "attendance",
            _("Attendance"),
            (meeting, day, _("Attendance")),
            [(one.meeting.number, _day(one.meeting.date), one.get_status_display()) for one in attended],
        ),
        Section(
            "replies",
            _("Answers to the summons"),
            (meeting, _("Answer"), _("Answered"), _("Name of a substitute")),
            [(one.meeting.number, one.get_answer_display(), _day(one.at), one.substitute_name) for one in replies],
        ),
        Section(
            "signatures",
            _("Signing off"),
            (meeting, _("As"), _("Answer"), _("Answered"), _("Reason")),
            [
                (
                    one.sign_off.meeting.number,
                    one.get_role_display(),
                    one.get_answer_display(),
                    _day(one.answered_at),
                    one.reason,
                )
                for one in signed
            ]
            + [(one.meeting.number, _("Adjuster"), _("Named by the meeting"), "", "") for one in named],
        ),
        Section(
            "proposals",
            _("Items that you proposed"),
            (meeting, _("Sent"), _("Title"), _("Reason")),
            [(one.meeting.number, _day(one.sent_on), one.title, one.reason) for one in proposals],
        ),
        Section(
            "minutes_comments",
            _("Your comments on minutes"),
            (meeting, day, _("Comment")),
            [(one.item.meeting.number, _day(one.on), one.text) for one in said.order_by("pk")],
        ),
        Section(
            "watches",
            _("Cases that you follow"),
            (_("Registry number"), _("Case")),
            [(one.case.registry_number, one.case.title) for one in watched.select_related("case").order_by("pk")],
        ),
    ]


def _of_actions(member: Member, on: date) -> list[Section]:
    visible = Action.objects.visible_to(member)
    owned = visible.agreed().owned_by(member).order_by("pk")
    comments = Comment.objects.filter(author=member, action__in=visible).order_by("pk")
    requests = DeadlineRequest.objects.visible_to(member).filter(asked_by=member).order_by("pk")
    number, day = _("Action"), _("Day")
    return [
        Section(
            "actions",
            _("Actions that you own"),
            (number, _("Status"), _("Deadline"), _("Overdue")),
            [
                (one.pk, one.get_status_display(), _day(one.deadline), _("yes") if one.is_overdue(on) else _("no"))
                for one in owned
            ],
        ),
        Section(
            "comments",
            _("Your comments on actions"),
            (number, day, _("Comment")),
            [(one.action_id, _day(one.on), one.text) for one in comments],
        ),
        Section(
            "requests",
            _("Later deadlines that you asked for"),
            (number, day, _("Until"), _("Reason"), _("Answer")),
            [
                (one.action_id, _day(one.asked_on), _day(one.until), one.reason, one.get_state_display())
                for one in requests
            ],
        ),
    ]


def _kind(name: str) -> str:
    return str(KINDS[name].label) if name in KINDS else name


def _mails(member: Member) -> Section:
    letters = Letter.objects.filter(recipient=member).order_by("pk")
    rows: list[tuple[Cell, ...]] = [
        (_kind(one.kind), _day(one.on), one.get_state_display(), one.address) for one in letters
    ]
    return Section("mails", _("Mails to you"), (_("Kind"), _("Day"), _("State"), _("Sent to")), rows)


# What the link of a mail opens, by its purpose.
_OPENS = {
    OWNER: gettext_lazy("Your actions"),
    CALENDAR: gettext_lazy("The calendar of your deadlines"),
    REPLY: gettext_lazy("The answer to a summons"),
    MINUTES: gettext_lazy("Minutes to read"),
    UNSUBSCRIBE: gettext_lazy("The page that stops mails of a kind"),
}


def _links(member: Member) -> Section:
    rows: list[tuple[Cell, ...]] = [
        (str(_OPENS.get(one.purpose, one.purpose)), _day(one.made_at), one.address)
        for one in MailLink.objects.filter(member=member).order_by("pk")
    ]
    return Section("links", _("Links in those mails"), (_("Opens"), _("Made"), _("Sent to")), rows)


def _changes(member: Member) -> Section:
    rows: list[tuple[Cell, ...]] = [(_day(line.on), line.what) for line in lines_of(member)]
    return Section("changes", _("What was changed about you"), (_("Day"), _("What")), rows)


# What the tables above tell in full, and what would tell of restricted matter.
_TOLD = {Attendance, SummonsReply, Signer, Adjuster, ItemProposal, ItemComment, CaseWatch, Comment, DeadlineRequest}
_TOLD |= {Letter, MailLink, MailChoice, Unsubscription, Deputy, CalendarAddress, Action}


def _traces(member: Member) -> Section:
    """Count the rows of all other tables that refer to the member: what one did, never its words."""
    rows: list[tuple[Cell, ...]] = []
    for relation in Member._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel):
            continue
        model, field = relation.related_model, relation.field
        # The rows between two ends of a many-to-many are told by the field itself.
        if model in _TOLD or model._meta.auto_created:
            continue
        found = model._base_manager.filter(**{field.name: member})
        if not member.cleared and any(one.name == "restricted" for one in model._meta.fields):
            found = found.filter(restricted=False)
        if model is HistoryEntry and not member.cleared:
            found = found.exclude(kind="reading")
        number = found.count()
        if number:
            rows.append((str(capfirst(model._meta.verbose_name or "")), _role_of(field), number))
    return Section("traces", _("What else bears your name"), (_("What"), _("As"), _("Number")), rows)


def _role_of(field: Any) -> str:
    """What the member is to such rows: the field's own words where it has some, else what it is called."""
    words = {
        "by": _("done by you"),
        "actor": _("done by you"),
        "author": _("written by you"),
        "asked_by": _("asked for by you"),
        "answered_by": _("answered by you"),
        "member": _("about you"),
    }
    return words.get(field.name) or str(field.verbose_name)
