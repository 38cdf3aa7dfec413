"""A word that stands in everything that belongs to a record is nowhere to be found once the record is purged."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import functions
from django.test import override_settings

from actions import lifecycle as actions
from actions.models import REMINDER, Action, Comment, DeadlineRequest, Escalation, Mention, ReminderLine
from bra import history, post
from bra.models import HistoryEntry, Letter, LoggedMail, MailLink
from finding.models import CalendarAddress
from imports.models import ImportedAction
from meetings import lifecycle as meetings
from meetings.models import (
    Addendum,
    Adjuster,
    Case,
    CaseLink,
    CaseWatch,
    Decision,
    Guest,
    ItemComment,
    ItemProposal,
    Meeting,
    SummonsReply,
    Unlocking,
)
from records import lifecycle
from records.fates import grown
from records.lifecycle import bin as recycling
from records.lifecycle import purging
from records.models import OrderState, Release
from records.record_kinds import KINDS
from reports import lifecycle as reporting
from reports.models import Report, ReturnedAction, ReturnedFile
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY
from tests.meetings.signing import held, signed
from tests.records import releasing
from tests.records.test_purging import OLD, closed_case, decide, done, purge
from tests.reports.story import make_story
from tests.reports.test_building import ask, clock

pytestmark = [pytest.mark.django_db, pytest.mark.wide]

WORD = "Zebrafisk"
# What tells the database which row is which; no words of anybody.
NAMES = {
    ("Letter", "kind"),
    ("MailLink", "purpose"),
    ("Report", "file_name"),
    ("Report", "sha256"),
    # Frozen: they say what the meeting said.
    ("SignedMinutes", "whole"),
    ("SignedMinutes", "masked"),
    ("SignedMinutes", "sha256"),
    ("SignedMinutes", "masked_sha256"),
    ("Meeting", "registry_number"),
    ("HistoryEntry", "verb"),
    ("HistoryEntry", "target_type"),
    ("HistoryEntry", "salt"),
    ("HistoryEntry", "content"),
    ("HistoryEntry", "seal"),
    ("LoggedMail", "message_id"),
    ("ReleasedCopy", "file_name"),
    ("ReleasedCopy", "format"),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    """The folder of the files of reports and released copies, empty."""
    with override_settings(REPORTS_DIR=tmp_path / "reports", RELEASES_DIR=tmp_path / "reports"):
        yield tmp_path / "reports"


def texts(model: type[models.Model]) -> list[Any]:
    """The columns of a model that hold text or JSON."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    return [field for field in model._meta.local_concrete_fields if isinstance(field, kinds)]


def plant(cast: Cast, model: type[models.Model], key: int) -> int:
    """Write WORD into each text of a record and of all that goes with it, its history, its mails and their log."""
    planted = 0
    trees = grown(model, [key])
    for part, rows in trees.rows.items():
        for field in texts(part):
            if field.choices or (part.__name__, field.name) in NAMES:
                continue
            word: Any = {"text": WORD} if isinstance(field, models.JSONField) else WORD
            for pk in rows:
                value = word if isinstance(word, dict) else f"{word} {pk}"[: field.max_length or 99]
                planted += part._base_manager.filter(pk=pk).update(**{field.name: value})
        if part is not HistoryEntry:
            for row in part._base_manager.filter(pk__in=rows):
                words = {"text": (WORD, WORD), "reason": (None, WORD)}
                history.record(
                    council=cast.council, by=cast.secretary, on=OLD, verb="guard.overridden", target=row, changes=words
                )
    for letter in Letter.objects.all() if model in (Meeting, Action, Letter) else ():
        LoggedMail.objects.create(
            council=cast.council,
            recipient="a@example.org",
            subject=WORD,
            message_id=post.message_id(letter),
            text=WORD,
            html=WORD,
        )
    return planted


def found() -> list[str]:
    """Each column of each table in which WORD stands."""
    return [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in texts(model)
        if model._base_manager.annotate(hunted=functions.Cast(field.name, models.TextField()))
        .filter(hunted__icontains=WORD)
        .exists()
    ]


def a_meeting(cast: Cast, **overrides: Any) -> Meeting:
    """A meeting with a guest, answers, a proposal, comments and mails."""
    meeting = held(cast, **overrides)
    Meeting.objects.filter(pk=meeting.pk).update(date=OLD)
    meeting.items.update(title=WORD)
    Action.objects.all().delete()
    HistoryEntry.objects.filter(target_type="action").update(changes={}, salt="")
    Guest.objects.create(meeting=meeting, name="Gäst", organisation="Bolaget")
    Adjuster.objects.create(meeting=meeting, member=cast.member)
    SummonsReply.objects.create(meeting=meeting, member=cast.member, answer="substitute", substitute_name="N", at=NOW)
    proposal = {"sent_on": OLD, "last_day": OLD, "state": "declined", "answer": "Nej"}
    ItemProposal.objects.create(
        council=cast.council, meeting=meeting, proposer=cast.member, title="T", reason="R", **proposal
    )
    make.make_letter(cast.member, kind="minutes", about=meeting.pk, state="dropped", cause="m")
    MailLink.objects.create(member=cast.member, purpose="summons", about=meeting.pk, digest="d", address="a@b.se")
    return meeting


def signed_minutes(cast: Cast) -> Meeting:
    minutes = signed(cast, a_meeting(cast))
    meeting = minutes.meeting
    item = meeting.items.get()
    ItemComment.objects.create(sign_off=minutes.sign_off, item=item, author=cast.member, on=OLD, text="K")
    Addendum.objects.create(meeting=meeting, author=cast.secretary, on=OLD, text="T")
    Unlocking.objects.create(minutes=minutes, asked_by=cast.chair, asked_on=OLD, reason="R")
    return meeting


def a_case(cast: Cast) -> Case:
    case, other = closed_case(cast.council, topics=[make.make_topic(cast.council)]), make.make_case(cast.council)
    make.make_case(cast.council, state="closed", merged_into=case, merged_on=OLD)
    CaseLink.objects.create(one=case, other=other)
    CaseWatch.objects.create(case=case, member=cast.member)
    return case


def an_action(cast: Cast) -> Action:
    action = done(cast)
    comment = Comment.objects.create(action=action, author=cast.owner, on=OLD, text="K")
    Mention.objects.create(comment=comment, member=cast.member)
    DeadlineRequest.objects.create(action=action, asked_by=cast.owner, asked_on=OLD, until=TODAY, reason="R")
    Escalation.objects.create(action=action, deadline=OLD, on=OLD)
    reminder = make.make_letter(cast.owner, kind=REMINDER)
    ReminderLine.objects.create(reminder=reminder, action=action, deadline=OLD, step=0)
    make.make_letter(cast.owner, kind="handover", about=action.pk, cause="h", state="dropped")
    batch = make.make_import(action.agenda_item)
    ImportedAction.objects.create(batch=batch, action=action, row=1, fingerprint="f")
    file = ReturnedFile.objects.create(council=cast.council, by=cast.coordinator, on=OLD, file_name="f.xlsx")
    ReturnedAction.objects.create(file=file, action=action, row=1, before={"title": "T"}, version=1)
    return action


def a_report(cast: Cast) -> Report:
    story = make_story(cast.council)
    story.agree(date(2017, 1, 16), title=WORD)
    asked = ask(story)
    Report.objects.filter(pk=asked.pk).update(format="csv")
    report = reporting.build(asked.pk, clock)
    assert report is not None
    Action.objects.all().delete()
    HistoryEntry.objects.filter(target_type="action").update(changes={}, salt="")
    Report.objects.filter(pk=report.pk).update(asked_at=NOW.replace(year=2010))
    return report


def a_release(cast: Cast) -> Release:
    """A request in which a part was kept back, with a copy for the public and one with restricted matter."""
    source = releasing.minutes_of(cast, releasing.signed_meeting(cast))
    release = releasing.a_release(cast, requester="Berit Berg, berit@example.org")
    for whole in (False, True):
        releasing.copied(cast, release, source, whole=whole, by=cast.secretary)
    words = {"in_part": True, "reasons": "Skäl", "decided_by": "Chefen", "written_asked": True, "appeal": "Skriv"}
    grounds = [make.make_ground(cast.council)]
    lifecycle.refuse_release(release=release, grounds=grounds, by=cast.secretary, on=TODAY, **words)
    Release.objects.filter(pk=release.pk).update(closed_on=OLD)
    assert [copy.grounds.count() > 0 for copy in release.copies.all()] == [True, False]
    return release


def a_remark(cast: Cast) -> ItemComment:
    minutes = signed(cast)
    item = minutes.meeting.items.get()
    return ItemComment.objects.create(sign_off=minutes.sign_off, item=item, author=cast.member, on=OLD, text="K")


def a_logged_mail(cast: Cast) -> LoggedMail:
    mail = LoggedMail.objects.create(council=cast.council, recipient="a@b.se", subject="S", message_id="m", text="T")
    LoggedMail.objects.filter(pk=mail.pk).update(at=NOW.replace(year=2010))
    return mail


def a_link(cast: Cast) -> MailLink:
    link = MailLink.objects.create(member=cast.member, purpose="owner", digest="d", address="a@b.se")
    MailLink.objects.filter(pk=link.pk).update(made_at=NOW.replace(year=2010))
    return link


def a_calendar(cast: Cast) -> CalendarAddress:
    left = make.make_member(cast.council, user=make.make_user(), mandate_from=OLD, mandate_to=OLD)
    assert left.user is not None
    return CalendarAddress.objects.create(member=left, user=left.user, digest="d", made_on=OLD)


def a_log_in(cast: Cast) -> HistoryEntry:
    return history.record(
        council=cast.council,
        by=cast.member,
        on=OLD,
        verb="login.in",
        target=cast.member,
        changes={"from": (None, WORD)},
        kind="access",
    )


RECORDS: dict[str, Callable[[Cast], Any]] = {
    "minutes": signed_minutes,
    "notes": a_meeting,
    "cancelled": lambda cast: make.make_meeting(cast.council, "cancelled", date=OLD, cancelled_because="B"),
    "case": a_case,
    "action": an_action,
    "proposal": lambda cast: ItemProposal.objects.create(
        council=cast.council,
        meeting=make.make_meeting(cast.council, "adjourned", date=OLD),
        proposer=cast.member,
        title="T",
        sent_on=OLD,
        last_day=OLD,
        state="withdrawn",
    ),
    "comment": lambda cast: Comment.objects.create(action=done(cast), author=cast.owner, on=OLD, text="K"),
    "remark": a_remark,
    "reply": lambda cast: SummonsReply.objects.create(
        meeting=make.make_meeting(cast.council, "adjourned", date=OLD),
        member=cast.member,
        answer="substitute",
        substitute_name="N",
        at=NOW,
    ),
    "report": a_report,
    "release": a_release,
    "import": lambda cast: make.make_import(
        make.make_item(make.make_meeting(cast.council)), on=OLD, state="applied", applied_on=OLD
    ),
    "returned": lambda cast: ReturnedFile.objects.create(
        council=cast.council, by=cast.coordinator, on=OLD, file_name="f.xlsx", state="applied", applied_on=OLD
    ),
    "letter": lambda cast: make.make_letter(cast.owner, on=OLD, state="failed", kind="handover", about=None),
    "logged_mail": a_logged_mail,
    "link": a_link,
    "calendar": a_calendar,
    "access": a_log_in,
}


def test_each_kind_has_its_record() -> None:
    assert sorted(RECORDS) == sorted(KINDS)


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_nothing_of_a_purged_record_is_left(
    cast: Cast, name: str, folder: Path, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    kind, record = KINDS[name], RECORDS[name](cast)
    if name != "access":
        assert plant(cast, kind.model, record.pk) > 0
    if name == "report":  # what history keeps of it is no text about anybody: when, of what kind, its checksum
        HistoryEntry.objects.filter(verb="guard.overridden").update(changes={}, salt="")
        assert [WORD in path.read_text("utf-8-sig") for path in folder.iterdir()] == [True]
    assert found() != []
    if name == "release":
        assert len(list(folder.iterdir())) == 2
    if name == "minutes":
        assert {"SignedMinutes.whole", "SignedMinutes.masked"} <= set(found())
    decide(cast, name, years=1)
    with django_capture_on_commit_callbacks(execute=True):
        order = purge(cast, name)
    assert (order.state, order.left_out, len(order.rows)) == (OrderState.DONE, 0, 1)
    if name == "import":
        assert ImportedAction.objects.count() == 0
    assert found() == []
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_what_was_never_shown_is_found_by_the_hunt(cast: Cast) -> None:
    """The hunt itself works: it sees each table, and sessions among them."""
    Session.objects.create(session_key="k", session_data=WORD, expire_date=NOW)
    make.make_case(cast.council, situation=WORD)
    assert found() == ["Session.session_data", "Case.situation", "Case.stems"]


def removed_guest(cast: Cast) -> Guest:
    guest = meetings.add_guest(
        meeting=make.make_meeting(cast.council), name=WORD, organisation=WORD, by=cast.secretary, on=OLD
    )
    return meetings.remove_guest(guest=guest, by=cast.secretary, on=OLD)


def removed_action(cast: Cast) -> Action:
    return actions.remove(action=make.make_action(cast.council), by=cast.secretary, on=OLD)


def removed_decision(cast: Cast) -> Decision:
    item = make.make_item(make.make_meeting(cast.council))
    decision = meetings.record_decision(item=item, text=WORD, by=cast.secretary, on=OLD)
    return meetings.remove_decision(decision=decision, by=cast.secretary, on=OLD)


@pytest.mark.parametrize("made", [removed_guest, removed_action, removed_decision])
def test_nothing_is_left_of_what_the_recycle_bin_throws_away(cast: Cast, made: Callable[[Cast], Any]) -> None:
    row = made(cast)
    plant(cast, type(row), row.pk)
    assert found() != []
    assert recycling.empty(council=cast.council, at=NOW) == 1
    assert found() == []
    assert purging.purge_by_rule(council=cast.council, at=NOW) == 0
