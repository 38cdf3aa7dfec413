"""Every address, knocked on by everybody: who is let in, and who hears that there is nothing here.

An address that isn't listed fails the test, so a new page must say whom it is for.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import models, transaction
from django.test import Client, override_settings
from django.urls import URLResolver, get_resolver, reverse

from actions.models import DeadlineRequest, ReminderLine, UpdateRound
from bra.models import Council, Member, StoppedAddress
from meetings.documents.freezing import frozen
from meetings.documents.selection import paper_of
from meetings.models import (
    AgendaItem,
    Decision,
    Guest,
    ItemComment,
    ItemProposal,
    SignedMinutes,
    SignOff,
    StandingItem,
    Unlocking,
)
from records.models import PurgeOrder, Refusal, Release, ReleasedCopy, ReleaseState
from reports.models import Report, ReportSchedule, ReportState, ReturnedFile
from tests import make
from tests.cast import Cast, seat_everybody
from tests.make import NOW, TODAY

# What is asked of each address is no matter of the database, so it is asked once.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.wide]

COORDINATOR = {"coordinator"}
LOGGERS = COORDINATOR | {"secretary"}
REPORT_READERS = COORDINATOR | {"chair"}
RELEASE_READERS = LOGGERS | {"chair"}
SEATED = LOGGERS | {"chair", "member"}
EVERYBODY = SEATED | {"owner"}
# All who log in to the council; the auditor finds nothing of what it said.
ALL = EVERYBODY | {"auditor"}
AUDITORS = COORDINATOR | {"auditor"}
SECRET_KINDS = {"item", "decision", "case", "action", "removed", "import", "released_copy"}


@dataclass(frozen=True)
class Door:
    """A page: the method that opens it, whom it is for, and the kind of object in its address."""

    method: str
    for_whom: set[str]
    kind: str = ""
    sends: tuple[tuple[str, str], ...] = ()


DOORS = {
    "home": Door("GET", ALL),
    "concern": Door("GET", COORDINATOR),
    "meetings:secrecy": Door("GET", LOGGERS),
    "meetings:grounds": Door("GET", LOGGERS),
    "meetings:ground_add": Door("GET", LOGGERS),
    "meetings:ground_edit": Door("GET", LOGGERS, "ground"),
    "meetings:ground_remove": Door("POST", LOGGERS, "ground"),
    "members": Door("GET", SEATED),
    "member_new": Door("GET", COORDINATOR),
    "member_edit": Door("GET", COORDINATOR, "member"),
    "member_end": Door("POST", COORDINATOR, "member"),
    "member_login": Door("POST", COORDINATOR, "member"),
    "member_erase": Door("GET", COORDINATOR, "member"),
    "member_data": Door("POST", COORDINATOR, "member"),
    "own_data": Door("GET", ALL),
    "own_data_json": Door("GET", ALL),
    "own_data_file": Door("GET", ALL),
    "own_data_removal": Door("POST", ALL),
    "audit_log": Door("GET", AUDITORS),
    "audit_csv": Door("GET", AUDITORS),
    "audit_xlsx": Door("GET", AUDITORS),
    "audit_verify": Door("POST", AUDITORS),
    "member_second_step": Door("POST", COORDINATOR, "member"),
    "meetings:list": Door("GET", SEATED),
    "meetings:new": Door("GET", LOGGERS),
    "meetings:detail": Door("GET", SEATED, "meeting"),
    "meetings:edit": Door("GET", LOGGERS, "meeting"),
    "meetings:open": Door("POST", LOGGERS, "meeting"),
    "meetings:unopen": Door("POST", LOGGERS, "meeting"),
    "meetings:adjourn": Door("POST", LOGGERS, "meeting"),
    "meetings:reopen": Door("POST", COORDINATOR, "adjourned"),
    "meetings:live": Door("GET", SEATED, "meeting"),
    "meetings:attendance": Door("POST", LOGGERS, "meeting"),
    "meetings:presence": Door("GET", LOGGERS, "meeting"),
    "meetings:guest_add": Door("GET", LOGGERS, "meeting"),
    "meetings:guest_edit": Door("GET", LOGGERS, "guest"),
    "meetings:guest_remove": Door("POST", LOGGERS, "guest"),
    "meetings:now": Door("GET", SEATED, "meeting"),
    "meetings:take_up": Door("POST", LOGGERS, "item"),
    "meetings:quorum": Door("GET", COORDINATOR),
    "meetings:item_add": Door("POST", LOGGERS, "meeting"),
    "meetings:item_edit": Door("GET", LOGGERS, "item"),
    "meetings:item_move": Door("POST", LOGGERS, "item"),
    "meetings:item_remove": Door("POST", LOGGERS, "item"),
    "meetings:item_history": Door("GET", SEATED, "item"),
    "meetings:item_notes": Door("POST", LOGGERS, "item"),
    "meetings:item_state": Door("POST", LOGGERS, "item", (("state", "treated"),)),
    "meetings:decision_add": Door("POST", LOGGERS, "item"),
    "meetings:decision_edit": Door("GET", LOGGERS, "decision"),
    "meetings:decision_remove": Door("POST", LOGGERS, "decision"),
    "meetings:summon": Door("GET", LOGGERS, "meeting"),
    "meetings:cancel": Door("GET", LOGGERS, "meeting"),
    "meetings:uncancel": Door("POST", LOGGERS, "meeting"),
    "meetings:answer": Door("GET", SEATED, "meeting"),
    "meetings:answer_undo": Door("POST", SEATED, "meeting"),
    "meetings:series": Door("GET", LOGGERS),
    "meetings:standing": Door("GET", LOGGERS),
    "meetings:standing_add": Door("GET", LOGGERS),
    "meetings:standing_edit": Door("GET", LOGGERS, "standing"),
    "meetings:standing_move": Door("POST", LOGGERS, "standing"),
    "meetings:standing_remove": Door("POST", LOGGERS, "standing"),
    "meetings:proposals": Door("GET", SEATED),
    "meetings:proposal_new": Door("GET", SEATED),
    "meetings:proposal_days": Door("POST", LOGGERS),
    # It was sent by none of those who knock: only the sender, and those who set the agenda, know of it.
    "meetings:proposal_take": Door("POST", LOGGERS, "proposal"),
    "meetings:proposal_decline": Door("POST", LOGGERS, "proposal"),
    "meetings:proposal_withdraw": Door("POST", set(), "proposal"),
    "meetings:proposal_put_back": Door("POST", LOGGERS, "proposal"),
    "meetings:case_list": Door("GET", SEATED),
    "meetings:case_new": Door("GET", LOGGERS),
    "meetings:case_detail": Door("GET", SEATED, "case"),
    "meetings:case_edit": Door("GET", LOGGERS, "case"),
    "meetings:case_state": Door("POST", LOGGERS, "case", (("state", "open"),)),
    "meetings:layout": Door("GET", COORDINATOR),
    "meetings:layout_preview": Door("POST", COORDINATOR),
    "meetings:paper_pdf": Door("GET", SEATED, "meeting"),
    "meetings:paper_docx": Door("GET", SEATED, "meeting"),
    "meetings:minutes_register": Door("GET", LOGGERS, "meeting"),
    "meetings:minutes_mail": Door("GET", LOGGERS, "adjourned"),
    "meetings:minutes_mail_again": Door("POST", LOGGERS, "adjourned"),
    "meetings:case_merge": Door("GET", LOGGERS, "case"),
    "meetings:case_unmerge": Door("POST", LOGGERS, "case"),
    "meetings:case_split": Door("GET", LOGGERS, "case"),
    "meetings:case_close": Door("GET", LOGGERS, "case"),
    "meetings:case_reopen": Door("GET", LOGGERS, "case"),
    "meetings:case_link": Door("GET", LOGGERS, "case"),
    "meetings:case_unlink": Door("POST", LOGGERS, "case"),
    "meetings:case_watch": Door("POST", SEATED, "case"),
    "meetings:watched_seen": Door("POST", SEATED),
    "meetings:case_to_agenda": Door("POST", LOGGERS, "meeting"),
    "meetings:case_rules": Door("GET", COORDINATOR),
    "meetings:adjusters": Door("GET", LOGGERS, "adjourned"),
    "meetings:sign_off": Door("GET", SEATED, "adjourned"),
    "meetings:sign_off_send": Door("GET", LOGGERS, "adjourned"),
    "meetings:sign": Door("POST", SEATED, "adjourned"),
    "meetings:sign_off_decline": Door("POST", SEATED, "adjourned"),
    "meetings:sign_off_withdraw": Door("POST", LOGGERS, "adjourned"),
    "meetings:comment": Door("POST", SEATED, "item"),
    # It was written by none of those who knock: only its author knows this address.
    "meetings:comment_remove": Door("POST", set(), "comment"),
    "meetings:addendum": Door("GET", LOGGERS, "adjourned"),
    "meetings:unlock": Door("GET", LOGGERS | {"chair"}, "adjourned"),
    "meetings:unlock_answer": Door("POST", LOGGERS | {"chair"}, "unlocking"),
    "meetings:edition": Door("GET", SEATED, "edition"),
    "meetings:meeting_rules": Door("GET", COORDINATOR),
    "actions:case_sheet": Door("GET", SEATED, "case"),
    "actions:list": Door("GET", EVERYBODY),
    "actions:mine": Door("GET", EVERYBODY),
    # The action belongs to the outside owner; other members read it, only those who log and its owner report.
    "actions:detail": Door("GET", EVERYBODY, "action"),
    "actions:edit": Door("GET", LOGGERS, "action"),
    "actions:report": Door("POST", LOGGERS | {"owner"}, "action", (("what", "start"),)),
    "actions:comment": Door("POST", EVERYBODY, "action"),
    "actions:hand_over": Door("POST", LOGGERS, "action"),
    "actions:remove": Door("POST", LOGGERS, "action"),
    "actions:restore": Door("POST", LOGGERS, "removed"),
    "actions:approve": Door("POST", LOGGERS, "action"),
    "actions:unapprove": Door("POST", LOGGERS, "action"),
    "actions:approve_all": Door("POST", LOGGERS),
    "actions:unapprove_all": Door("POST", LOGGERS),
    "actions:send_back": Door("POST", LOGGERS, "action"),
    "actions:tie": Door("POST", LOGGERS, "action"),
    "actions:answer_request": Door("POST", LOGGERS, "request"),
    # Only who asked takes it back.
    "actions:withdraw_request": Door("POST", {"owner"}, "request"),
    "actions:hand_over_all": Door("GET", COORDINATOR, "member"),
    "actions:agree": Door("POST", LOGGERS, "item"),
    "actions:quick": Door("POST", LOGGERS, "item"),
    "actions:plan": Door("GET", SEATED),
    "actions:plan_new": Door("GET", LOGGERS),
    "actions:plan_detail": Door("GET", SEATED, "plan"),
    "actions:plan_board": Door("GET", SEATED, "plan"),
    "actions:plan_timeline": Door("GET", SEATED, "plan"),
    "actions:plan_outline": Door("GET", LOGGERS, "plan"),
    "actions:plan_edit": Door("GET", LOGGERS, "plan"),
    "actions:plan_goal_add": Door("GET", LOGGERS, "plan"),
    "actions:plan_goal_edit": Door("GET", LOGGERS, "goal"),
    "actions:plan_goal_move": Door("POST", LOGGERS, "goal"),
    "actions:plan_goal_remove": Door("POST", LOGGERS, "goal"),
    "actions:plan_activity": Door("GET", SEATED, "activity"),
    "actions:plan_activity_add": Door("GET", LOGGERS, "goal"),
    "actions:plan_activity_edit": Door("GET", LOGGERS, "activity"),
    "actions:plan_activity_move": Door("POST", LOGGERS, "activity"),
    "actions:plan_activity_remove": Door("POST", LOGGERS, "activity"),
    "actions:plan_indicator": Door("GET", SEATED, "indicator"),
    "actions:plan_indicator_add": Door("GET", LOGGERS, "activity"),
    "actions:plan_indicator_edit": Door("GET", LOGGERS, "indicator"),
    "actions:plan_indicator_remove": Door("POST", LOGGERS, "indicator"),
    "actions:plan_outcome_note": Door("POST", LOGGERS, "indicator"),
    "actions:plan_outcome_remove": Door("POST", LOGGERS, "outcome"),
    "actions:mail_list": Door("GET", COORDINATOR),
    "actions:reminder_preview": Door("GET", COORDINATOR),
    "actions:reminder_send": Door("POST", COORDINATOR),
    "actions:mail_detail": Door("GET", COORDINATOR, "reminder"),
    "actions:mail_resend": Door("POST", COORDINATOR, "reminder"),
    "actions:mail_dismiss": Door("POST", COORDINATOR, "reminder"),
    "imports:list": Door("GET", LOGGERS),
    "imports:detail": Door("GET", LOGGERS, "import"),
    "imports:undo": Door("POST", LOGGERS, "import"),
    "imports:discard": Door("POST", LOGGERS, "import"),
    "actions:mail_rules": Door("GET", COORDINATOR),
    "actions:mail_rounds": Door("GET", COORDINATOR),
    "actions:mail_round": Door("GET", COORDINATOR, "round"),
    "actions:mail_address_stop": Door("POST", COORDINATOR, "reminder"),
    "actions:mail_address_lift": Door("POST", COORDINATOR, "stopped"),
    "finding:search": Door("GET", SEATED),
    "finding:topic": Door("GET", SEATED, "topic"),
    "finding:calendar": Door("GET", EVERYBODY),
    "finding:calendar_make": Door("POST", EVERYBODY),
    "finding:calendar_stop": Door("POST", EVERYBODY),
    "reports:list": Door("GET", REPORT_READERS),
    "reports:figures": Door("GET", REPORT_READERS),
    "reports:figure_rows": Door("GET", REPORT_READERS),
    "reports:progress": Door("GET", REPORT_READERS),
    "reports:download": Door("GET", REPORT_READERS, "report"),
    "reports:cancel": Door("POST", COORDINATOR, "report"),
    "reports:again": Door("POST", COORDINATOR, "report"),
    "reports:delete": Door("GET", COORDINATOR, "report"),
    "reports:history": Door("GET", REPORT_READERS),
    "retention": Door("GET", COORDINATOR),
    "retention_rule": Door("GET", COORDINATOR),
    "retention_suggested": Door("POST", COORDINATOR),
    "purge_show": Door("POST", COORDINATOR),
    "purge_order": Door("GET", COORDINATOR, "purge_order"),
    "purge_log": Door("GET", AUDITORS),
    "purge_log_csv": Door("GET", AUDITORS),
    "bin": Door("GET", LOGGERS),
    "bin_restore": Door("POST", LOGGERS),
    "reports:schedule": Door("GET", COORDINATOR),
    "reports:schedule_usual": Door("POST", COORDINATOR),
    "reports:schedule_recipients": Door("GET", COORDINATOR, "planned_report"),
    "reports:schedule_remove": Door("POST", COORDINATOR, "planned_report"),
    "reports:return": Door("GET", COORDINATOR, "report"),
    "reports:returned": Door("GET", COORDINATOR, "returned"),
    "reports:return_undo": Door("POST", COORDINATOR, "returned"),
    "reports:return_discard": Door("POST", COORDINATOR, "returned"),
    "release_list": Door("GET", RELEASE_READERS),
    "release_new": Door("GET", LOGGERS),
    "release_rules": Door("GET", COORDINATOR),
    "release_export_xlsx": Door("GET", RELEASE_READERS),
    "release_export_csv": Door("GET", RELEASE_READERS),
    "release_extract": Door("GET", AUDITORS),
    "release_detail": Door("GET", RELEASE_READERS, "release"),
    "release_edit": Door("GET", LOGGERS, "release"),
    "release_end": Door("GET", LOGGERS, "release"),
    "release_refuse": Door("GET", LOGGERS, "release"),
    "release_reopen": Door("GET", LOGGERS, "refused"),
    "release_letter": Door("GET", RELEASE_READERS, "refused"),
    "release_copy": Door("GET", LOGGERS, "release"),
    "release_copy_whole": Door("GET", LOGGERS, "release"),
    "release_fetch": Door("GET", LOGGERS, "released_copy"),
    "release_copy_drop": Door("POST", LOGGERS, "released_copy"),
}


def council_addresses() -> Iterator[tuple[str, list[str]]]:
    """Each address below a council's slug: its full name and the names of its other arguments."""

    def walk(resolver: URLResolver, path: str, space: str) -> Iterator[tuple[str, list[str]]]:
        for entry in resolver.url_patterns:
            below = path + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry, below, f"{space}{entry.namespace}:" if entry.namespace else space)
            elif below.startswith("<slug:council_slug>/"):
                yield f"{space}{entry.name}", list(entry.pattern.converters)

    return walk(get_resolver(), "", "")


ADDRESSES = dict(council_addresses())


class Furnished:
    """A council with one object of each kind; restricted ones when asked."""

    def __init__(self, council: Council, owner: Member, report_file: Callable[[str], Any], restricted: bool = False):
        meeting = make.make_meeting(council)
        case = make.make_case(council, restricted=restricted)
        item = make.make_item(meeting, restricted=restricted, case=case)
        plan = make.make_plan(council)
        activity = make.make_activity(plan)
        indicator = make.make_indicator(activity)
        name = f"{council.slug}.xlsx"
        report_file(name)
        self.objects: dict[str, models.Model] = {
            "member": owner,
            "meeting": meeting,
            "adjourned": make.make_meeting(council, "adjourned", date=date(2017, 1, 19)),
            "item": item,
            "guest": Guest.objects.create(meeting=meeting, name="Gäst"),
            "decision": Decision.objects.create(council=council, item=item, text="Beslut"),
            "case": case,
            "action": make.make_action(agenda_item=item, owner=owner),
            "removed": make.make_action(agenda_item=item, owner=owner, removed=True),
            "plan": plan,
            "goal": activity.goal,
            "activity": activity,
            "indicator": indicator,
            "outcome": make.make_outcome(indicator),
            "standing": StandingItem.objects.create(council=council, position=1, title="Öppnande"),
            "proposal": ItemProposal.objects.create(
                council=council, meeting=meeting, proposer=owner, title="Förslag", sent_on=TODAY, last_day=TODAY
            ),
            "topic": make.make_topic(council),
            "ground": make.make_ground(council),
            **signed_off(council, item, owner),
            "reminder": make.make_letter(owner),
            "import": make.make_import(item),
            "round": UpdateRound.objects.create(council=council, as_of=TODAY, asked_on=TODAY, until=TODAY),
            "stopped": StoppedAddress.objects.create(council=council, address="borta@example.org", on=TODAY),
            "report": Report.objects.create(
                council=council,
                plan=plan,
                period_from=plan.starts,
                period_to=TODAY,
                as_of=TODAY,
                asked_by=owner,
                state=ReportState.READY,
                file_name=name,
                sha256="0" * 64,
                size=1,
            ),
            **requested(council, owner, name, whole=restricted),
            "planned_report": ReportSchedule.objects.create(council=council, on=date(2017, 6, 30)),
        }
        self.objects["purge_order"] = PurgeOrder.objects.create(council=council, by=owner, on=TODAY, made_at=NOW)
        self.objects["returned"] = ReturnedFile.objects.create(
            council=council,
            report=self.objects["report"],
            by=owner,
            on=TODAY,
            file_name="rapport.xlsx",
            sha256="0" * 64,
            state="applied",
            applied_on=TODAY,
        )
        self.objects["request"] = DeadlineRequest.objects.create(
            action=self.objects["action"], asked_by=owner, asked_on=TODAY, until=date(2017, 9, 1)
        )
        ReminderLine.objects.create(
            reminder=self.objects["reminder"], action=make.make_action(council, owner=owner), deadline=TODAY, step=0
        )


def requested(council: Council, owner: Member, name: str, *, whole: bool) -> dict[str, models.Model]:
    """A request for records with a copy, with restricted matter in it if `whole`, and one that was refused."""
    common = {"council": council, "year": 2017, "received_on": TODAY, "asked": "Protokoll"}
    release = Release.objects.create(**common, number=1)
    refused = Release.objects.create(**common, number=2, state=ReleaseState.REFUSED, closed_on=TODAY)
    Refusal.objects.create(release=refused, on=TODAY, reasons="Skäl", decided_by="Chef", appeal="Skriv")
    copy = ReleasedCopy.objects.create(
        release=release,
        number=1,
        source="minutes",
        source_id=1,
        reference="2017-1",
        format="xlsx",
        whole=whole,
        on=TODAY,
        made_at=NOW,
        made_by=owner,
        file_name=name,
        size=1,
        sha256="0" * 64,
    )
    return {"release": release, "refused": refused, "released_copy": copy}


def signed_off(council: Council, item: AgendaItem, author: Member) -> dict[str, models.Model]:
    """A signed meeting's rows, and a comment on the item."""
    meeting = make.make_meeting(council, "signed", date=date(2017, 1, 26), adjourned_at=NOW)
    sign_off = SignOff.objects.create(
        meeting=meeting, kind="minutes", opened_on=TODAY, comments_until=TODAY, state="signed", digest="0" * 64
    )
    paper = frozen(paper_of(meeting, author)) | {"items": []}
    edition = SignedMinutes.objects.create(
        meeting=meeting,
        edition=1,
        sign_off=sign_off,
        signed_at=NOW,
        whole=paper,
        masked=paper,
        sha256="0" * 64,
        masked_sha256="0" * 64,
    )
    return {
        "edition": edition,
        "unlocking": Unlocking.objects.create(minutes=edition, asked_by=author, asked_on=TODAY, reason="Fel"),
        "comment": ItemComment.objects.create(sign_off=sign_off, item=item, author=author, on=TODAY, text="Fel"),
    }


# The cookies of a member who is logged in.
KEYS: dict[int, SimpleCookie] = {}


def with_keys(cast: Cast) -> Cast:
    """Log everybody in, once for all doors."""
    KEYS.update({who.pk: cast.browse(who).cookies for role in (*ALL, "stranger") for who in [getattr(cast, role)]})
    return cast


@pytest.fixture(scope="module")
def cast(lasting: None) -> Cast:
    """Everybody, seated once: whoever knocks leaves nothing behind."""
    return with_keys(seat_everybody())


@pytest.fixture(scope="module")
def report_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Any]]:
    """Put a report's file where reports are kept; the folder is the tests' own."""
    folder = tmp_path_factory.mktemp("reports")
    with override_settings(REPORTS_DIR=folder, RELEASES_DIR=folder):
        yield lambda name: (folder / name).write_bytes(b"x")


@pytest.fixture(scope="module")
def home(cast: Cast, report_file: Callable[[str], Any]) -> Furnished:
    """The council's own things."""
    return Furnished(cast.council, cast.owner, report_file)


@pytest.fixture(scope="module")
def abroad(cast: Cast, report_file: Callable[[str], Any]) -> Furnished:
    """The next council's."""
    return Furnished(cast.stranger.council, cast.stranger, report_file)


@pytest.fixture(scope="module")
def secretive(lasting: None) -> Cast:
    """A third council's, whose secretary isn't cleared."""
    cast = seat_everybody("hemlig", "granne")
    Member.objects.filter(pk=cast.secretary.pk).update(cleared=False)
    return with_keys(cast)


@pytest.fixture(scope="module")
def secret(secretive: Cast, report_file: Callable[[str], Any]) -> Furnished:
    """Restricted things of the third council."""
    return Furnished(secretive.council, secretive.chair, report_file, restricted=True)


def knock(who: Member | None, name: str, council: Council, objects: dict[str, models.Model]) -> int:
    """The status that `who` gets at the address called `name` of `council`, with a pk out of `objects`."""
    door = DOORS[name]
    client = Client()
    if who is not None:
        client.cookies.update(KEYS[who.pk])
    arguments: list[Any] = [objects[door.kind].pk] if door.kind else []
    address = reverse(name, args=[council.slug, *arguments])
    with transaction.atomic():  # what one does behind the door is undone before the next one knocks
        response = client.get(address) if door.method == "GET" else client.post(address, dict(door.sends))
        b"".join(response)  # a file that is read to its end is closed
        transaction.set_rollback(True)
    return response.status_code


def test_every_address_is_listed() -> None:
    assert sorted(ADDRESSES) == sorted(DOORS)


@pytest.mark.parametrize("name", sorted(DOORS))
def test_who_is_let_in(cast: Cast, home: Furnished, name: str) -> None:
    let_in = {role for role in ALL if knock(getattr(cast, role), name, cast.council, home.objects) not in (403, 404)}
    assert let_in == DOORS[name].for_whom


@pytest.mark.parametrize("name", sorted(DOORS))
def test_strangers_hear_that_there_is_nothing_here(cast: Cast, home: Furnished, name: str) -> None:
    assert knock(cast.stranger, name, cast.council, home.objects) == 404
    assert knock(None, name, cast.council, home.objects) == 302


@pytest.mark.parametrize("name", sorted(name for name, door in DOORS.items() if door.kind))
def test_an_object_of_another_council_does_not_exist(cast: Cast, abroad: Furnished, name: str) -> None:
    assert knock(cast.coordinator, name, cast.council, abroad.objects) == 404


@pytest.mark.parametrize("name", sorted(name for name, door in DOORS.items() if door.kind in SECRET_KINDS))
def test_restricted_matter_does_not_exist_for_who_is_not_cleared(secretive: Cast, secret: Furnished, name: str) -> None:
    found = {
        role: knock(getattr(secretive, role), name, secretive.council, secret.objects) != 404
        for role in ("coordinator", "secretary", "member", "owner", "auditor")
    }
    assert found == {"coordinator": True, "secretary": False, "member": False, "owner": False, "auditor": False}


def test_a_member_whose_mandate_has_ended_is_a_stranger(cast: Cast) -> None:
    Member.objects.filter(pk=cast.member.pk).update(mandate_to=date(2017, 3, 14))
    assert cast.browse(cast.member).get(reverse("home", args=[cast.council.slug])).status_code == 404


def test_no_cache_keeps_what_a_council_shows(cast: Cast) -> None:
    browser = cast.browse(cast.coordinator)
    pages = [name for name, door in DOORS.items() if door.method == "GET" and not door.kind]
    answers = {name: browser.get(reverse(name, args=[cast.council.slug])) for name in pages}
    assert [name for name, answer in answers.items() if "no-store" not in answer.headers["Cache-Control"]] == []
