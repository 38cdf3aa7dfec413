"""What was signed stays: every verb and every form is tried on a signed meeting, and the database refuses the rest.

A verb or an address that isn't listed here fails the test, so a new one must show that it leaves signed minutes alone.
"""

import inspect
from collections.abc import Callable
from copy import deepcopy
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from actions import lifecycle as actions
from actions.models import Action, DeadlineRequest
from bra.errors import RuleBroken
from meetings import lifecycle
from meetings.documents.content import Paper
from meetings.documents.freezing import canonical
from meetings.documents.reading import paper_for
from meetings.documents.sealing import is_intact
from meetings.models import (
    AgendaItem,
    Answer,
    AttendanceStatus,
    CaseState,
    Decision,
    DecisionKind,
    Guest,
    ItemComment,
    ItemProposal,
    ItemState,
    Meeting,
    MeetingState,
    PaperKind,
    SignedMinutes,
    SignOff,
    StandingItem,
    Unlocking,
)
from tests import make
from tests.cast import Cast, seat_everybody
from tests.make import NOW, TODAY
from tests.meetings.signing import held, signed
from tests.test_doors import ADDRESSES

pytestmark = [pytest.mark.django_db, pytest.mark.wide]


class Scene:
    """A signed meeting with something of everything, and a planned one beside it."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.council = cast, cast.council
        meeting = held(cast)
        self.item = AgendaItem.objects.get(meeting=meeting)
        self.guest = Guest.objects.create(meeting=meeting, name="Gun Gäst")
        sign_off = lifecycle.send_for_sign_off(meeting=meeting, adjusters=[cast.member], by=cast.secretary, on=TODAY)
        self.comment = ItemComment.objects.create(
            sign_off=sign_off, item=self.item, author=cast.coordinator, on=TODAY, text="Fel"
        )
        lifecycle.withdraw_sign_off(sign_off=sign_off, by=cast.secretary, on=TODAY)
        self.minutes = signed(cast, meeting)
        self.meeting = Meeting.objects.get(pk=meeting.pk)
        self.sign_off: SignOff = self.minutes.sign_off
        assert self.item.case is not None
        self.case = self.item.case
        self.other_case = make.make_case(self.council)
        self.merged = make.make_case(self.council)
        lifecycle.merge_cases(case=self.merged, into=self.other_case, by=cast.secretary, on=TODAY)
        self.closed = make.make_case(self.council, state=CaseState.CLOSED, outcome="Klart", closed_on=TODAY)
        self.decision, self.action = Decision.objects.get(), Action.objects.get()
        # The owner of what a case restricts must be cleared.
        type(cast.owner).objects.filter(pk=cast.owner.pk).update(cleared=True)
        self.planned = make.make_meeting(self.council, MeetingState.DRAFT, date=TODAY + timedelta(days=60))
        self.proposal = ItemProposal.objects.create(
            council=self.council,
            meeting=self.planned,
            proposer=cast.coordinator,
            title="Förslag",
            sent_on=TODAY,
            last_day=TODAY,
        )
        self.standing = StandingItem.objects.create(council=self.council, position=1, title="Öppnande")
        self.unlocking = Unlocking.objects.create(
            minutes=self.minutes, asked_by=cast.secretary, asked_on=TODAY, reason="Fel"
        )
        self.by = {"by": cast.coordinator, "on": TODAY}
        self.owner = cast.owner
        self.request = DeadlineRequest.objects.create(
            action=make.make_action(self.council), asked_by=cast.owner, asked_on=TODAY, until=TODAY + timedelta(days=90)
        )
        self.at = {"by": cast.coordinator, "at": NOW}

    def reported(self) -> Action:
        """The action, reported as done."""
        action = Action.objects.get(pk=self.action.pk)
        return action if action.closed_on else actions.report_done(action=action, **self.by)

    def layout(self) -> dict[str, Any]:
        """Another layout than the council's."""
        return {
            "kind": PaperKind.NOTES,
            "heading": "Ny",
            "footer": "Ny",
            "signatures": "Ny",
            "with_organisation": False,
        }


# Each verb with arguments that would change the text if it could. Those marked True refuse a signed meeting.
VERBS: dict[str, tuple[bool, Callable[[Scene], object]]] = {
    "add_addendum": (False, lambda s: lifecycle.add_addendum(meeting=s.meeting, text="Rätt", **s.by)),
    "add_guest": (True, lambda s: lifecycle.add_guest(meeting=s.meeting, name="Ny gäst", **s.by)),
    "add_item": (True, lambda s: lifecycle.add_item(meeting=s.meeting, title="Ny punkt", **s.by)),
    "add_standing": (False, lambda s: lifecycle.add_standing(council=s.council, title="Ny", **s.by)),
    "adjourn": (True, lambda s: lifecycle.adjourn(meeting=s.meeting, **s.at)),
    "amend_decision": (
        True,
        lambda s: lifecycle.amend_decision(
            decision=s.decision, text="Nytt", kind=DecisionKind.FILED, version=s.decision.version, **s.by
        ),
    ),
    "ask_unlock": (True, lambda s: lifecycle.ask_unlock(meeting=s.meeting, reason="Fel", **s.by)),
    "change_layout": (False, lambda s: lifecycle.change_layout(council=s.council, **s.layout(), **s.by)),
    "choose_case_rules": (False, lambda s: lifecycle.choose_case_rules(council=s.council, quiet_weeks=2, **s.by)),
    "choose_meeting_rules": (
        False,
        lambda s: lifecycle.choose_meeting_rules(
            council=s.council, summons_days=1, comment_days=1, sign_days=1, **s.by
        ),
    ),
    "close_case": (False, lambda s: lifecycle.close_case(case=s.case, outcome="Klart", **s.by)),
    "comment_on_item": (True, lambda s: lifecycle.comment_on_item(item=s.item, text="Fel", **s.by)),
    "confirm_unlock": (False, lambda s: lifecycle.confirm_unlock(unlocking=s.unlocking, **s.by)),
    "decline": (True, lambda s: lifecycle.decline(sign_off=s.sign_off, reason="Nej", by=s.cast.chair, at=NOW)),
    "decline_proposal": (False, lambda s: lifecycle.decline_proposal(proposal=s.proposal, answer="Nej", **s.by)),
    "edit_case": (
        False,
        lambda s: lifecycle.edit_case(
            case=s.case,
            topics=[],
            state=CaseState.WATCHED,
            registry_number="Nytt 1",
            title="Nytt",
            ground=make.ground_of(s.item.meeting.council),
            **s.by,
        ),
    ),
    "edit_guest": (
        True,
        lambda s: lifecycle.edit_guest(
            guest=s.guest, name="Ny", organisation="Ny", from_item=s.item, to_item=s.item, **s.by
        ),
    ),
    "edit_item": (
        True,
        lambda s: lifecycle.edit_item(item=s.item, title="Ny", ground=make.ground_of(s.item.meeting.council), **s.by),
    ),
    "edit_standing": (False, lambda s: lifecycle.edit_standing(item=s.standing, title="Ny", **s.by)),
    "link_cases": (False, lambda s: lifecycle.link_cases(case=s.case, other=s.other_case, **s.by)),
    "mark_attendance": (
        True,
        lambda s: lifecycle.mark_attendance(
            meeting=s.meeting, member=s.cast.member, status=AttendanceStatus.ABSENT, **s.by
        ),
    ),
    "merge_cases": (False, lambda s: lifecycle.merge_cases(case=s.case, into=s.other_case, **s.by)),
    "move_item": (True, lambda s: lifecycle.move_item(item=s.item, up=False, **s.by)),
    "name_adjusters": (True, lambda s: lifecycle.name_adjusters(meeting=s.meeting, members=[], **s.by)),
    "note_stay": (
        True,
        lambda s: lifecycle.note_stay(meeting=s.meeting, member=s.cast.member, from_item=s.item, **s.by),
    ),
    "open_case": (
        False,
        lambda s: lifecycle.open_case(council=s.council, title="Nytt", organisation=s.case.organisation, **s.by),
    ),
    "open_meeting": (True, lambda s: lifecycle.open_meeting(meeting=s.meeting, **s.at)),
    "place_standing": (False, lambda s: lifecycle.place_standing(item=s.standing, place=2, **s.by)),
    "plan_meeting": (
        False,
        lambda s: lifecycle.plan_meeting(council=s.council, date=TODAY + timedelta(days=30), starts_at=time(9), **s.by),
    ),
    "plan_series": (
        False,
        lambda s: lifecycle.plan_series(
            council=s.council, days=[TODAY + timedelta(days=31)], starts_at=time(9), **s.by
        ),
    ),
    "propose_item": (True, lambda s: lifecycle.propose_item(meeting=s.meeting, title="Nytt", **s.by)),
    "put_back_proposal": (True, lambda s: lifecycle.put_back_proposal(proposal=s.proposal, **s.by)),
    "put_on_agenda": (True, lambda s: lifecycle.put_on_agenda(meeting=s.meeting, case=s.other_case, **s.by)),
    "record_decision": (True, lambda s: lifecycle.record_decision(item=s.item, text="Nytt", **s.by)),
    "refuse_unlock": (False, lambda s: lifecycle.refuse_unlock(unlocking=s.unlocking, **s.by)),
    "register_minutes": (
        False,
        lambda s: lifecycle.register_minutes(meeting=s.meeting, registry_number="Nytt 2", **s.by),
    ),
    "remove_comment": (True, lambda s: lifecycle.remove_comment(comment=s.comment, **s.by)),
    "remove_decision": (True, lambda s: lifecycle.remove_decision(decision=s.decision, **s.by)),
    "remove_guest": (True, lambda s: lifecycle.remove_guest(guest=s.guest, **s.by)),
    "remove_item": (True, lambda s: lifecycle.remove_item(item=s.item, **s.by)),
    "remove_standing": (False, lambda s: lifecycle.remove_standing(item=s.standing, **s.by)),
    "reopen_case": (False, lambda s: lifecycle.reopen_case(case=s.closed, reason="Nytt", **s.by)),
    "reopen_meeting": (True, lambda s: lifecycle.reopen_meeting(meeting=s.meeting, **s.by)),
    "replan_meeting": (
        True,
        lambda s: lifecycle.replan_meeting(
            meeting=s.meeting,
            date=TODAY,
            starts_at=time(9),
            ends_at=None,
            place="Ny plats",
            title="Ny",
            **s.by,
        ),
    ),
    "save_notes": (True, lambda s: lifecycle.save_notes(item=s.item, text="Nytt", version=s.item.version, **s.by)),
    "see_watched": (False, lambda s: lifecycle.see_watched(by=s.cast.coordinator)),
    "send_for_sign_off": (
        True,
        lambda s: lifecycle.send_for_sign_off(meeting=s.meeting, adjusters=[s.cast.member], **s.by),
    ),
    "set_item_state": (True, lambda s: lifecycle.set_item_state(item=s.item, state=ItemState.PENDING, **s.by)),
    "set_proposal_days": (False, lambda s: lifecycle.set_proposal_days(council=s.council, days=3, **s.by)),
    "sign": (True, lambda s: lifecycle.sign(sign_off=s.sign_off, by=s.cast.chair, at=NOW)),
    "split_case": (
        False,
        lambda s: lifecycle.split_case(
            case=s.case, items=[s.item], title="Nytt", organisation=s.case.organisation, **s.by
        ),
    ),
    "take_proposal": (
        True,
        lambda s: lifecycle.take_proposal(proposal=s.proposal, meeting=s.meeting, **s.by),
    ),
    "take_up": (True, lambda s: lifecycle.take_up(item=s.item, **s.at)),
    "unlink_cases": (False, lambda s: lifecycle.unlink_cases(case=s.case, other=s.other_case, **s.by)),
    "unmerge_case": (False, lambda s: lifecycle.unmerge_case(case=s.merged, **s.by)),
    "watch_case": (False, lambda s: lifecycle.watch_case(case=s.case, **s.by)),
    "withdraw_proposal": (False, lambda s: lifecycle.withdraw_proposal(proposal=s.proposal, **s.by)),
    "withdraw_sign_off": (True, lambda s: lifecycle.withdraw_sign_off(sign_off=s.sign_off, **s.by)),
    "answer_summons": (
        True,
        lambda s: lifecycle.answer_summons(meeting=s.meeting, member=s.cast.member, answer=Answer.NO, at=NOW),
    ),
    "cancel": (True, lambda s: lifecycle.cancel(meeting=s.meeting, reason="Fel", **s.at)),
    "mail_minutes": (
        False,
        lambda s: lifecycle.mail_minutes(meeting=s.meeting, recipients=[s.cast.member], **s.by),
    ),
    "mail_minutes_again": (
        True,
        lambda s: lifecycle.mail_minutes_again(meeting=s.meeting, letter=make.make_letter(s.cast.member), **s.by),
    ),
    "place_item": (True, lambda s: lifecycle.place_item(item=s.item, place=1, **s.by)),
    "restore_item": (True, lambda s: lifecycle.restore_item(item=s.item, **s.by)),
    "summon": (True, lambda s: lifecycle.summon(meeting=s.meeting, **s.at)),
    "summon_again": (True, lambda s: lifecycle.summon_again(meeting=s.meeting, sequence=0, **s.at)),
    "unopen_meeting": (True, lambda s: lifecycle.unopen_meeting(meeting=s.meeting, **s.by)),
    "uncancel": (True, lambda s: lifecycle.uncancel(meeting=s.meeting, **s.at)),
    "actions.answer_deadline": (
        False,
        lambda s: actions.answer_deadline(
            request=actions.ask_deadline(action=s.action, until=TODAY + timedelta(days=90), **s.by), grant=True, **s.by
        ),
    ),
    "actions.approve": (False, lambda s: actions.approve(action=s.reported(), **s.by)),
    "actions.approve_all": (False, lambda s: actions.approve_all(pks=[s.reported().pk], **s.by)),
    "actions.ask_deadline": (
        False,
        lambda s: actions.ask_deadline(action=s.action, until=TODAY + timedelta(days=90), **s.by),
    ),
    "actions.hand_over_all": (
        False,
        lambda s: actions.hand_over_all(member=s.action.owner, to=s.cast.coordinator, **s.by),
    ),
    "actions.hand_over_to_colleague": (
        False,
        lambda s: actions.hand_over_to_colleague(
            action=s.action, name="Ny Kollega", title="vikarie", email="ny@example.org", by=s.action.owner, on=TODAY
        ),
    ),
    "actions.make_calendar": (
        False,
        lambda s: actions.make_calendar(member=s.cast.owner, by=s.cast.owner, on=TODAY),
    ),
    "actions.stop_calendar": (
        False,
        lambda s: actions.stop_calendar(member=s.cast.owner, by=s.cast.owner, on=TODAY),
    ),
    "actions.send_back": (False, lambda s: actions.send_back(action=s.reported(), reason="Inte klart", **s.by)),
    "actions.set_repeat": (False, lambda s: actions.set_repeat(action=s.action, months=3, **s.by)),
    "actions.set_waits_for": (
        False,
        lambda s: actions.set_waits_for(action=s.action, other=make.make_action(s.council), **s.by),
    ),
    "actions.take_back": (
        False,
        lambda s: actions.take_back(
            action=s.reported(), before=actions.as_it_is(s.action), version=s.reported().version, **s.by
        ),
    ),
    "actions.take_back_comment": (
        False,
        lambda s: actions.take_back_comment(comment=actions.comment(action=s.action, text="Nytt", **s.by), **s.by),
    ),
    "actions.unapprove": (
        False,
        lambda s: actions.unapprove(action=actions.approve(action=s.reported(), **s.by), **s.by),
    ),
    "actions.unapprove_all": (
        False,
        lambda s: actions.unapprove_all(pks=[actions.approve(action=s.reported(), **s.by).pk], **s.by),
    ),
    "actions.withdraw_deadline": (
        False,
        lambda s: actions.withdraw_deadline(
            request=actions.ask_deadline(action=s.action, until=TODAY + timedelta(days=90), **s.by), **s.by
        ),
    ),
    "actions.agree": (
        True,
        lambda s: actions.agree(
            agenda_item=s.item, title="Nytt", owner=s.cast.secretary, deadline=TODAY, decision=s.decision, **s.by
        ),
    ),
    "actions.amend": (
        False,
        lambda s: actions.amend(
            action=s.action,
            title="Nytt",
            deadline=TODAY + timedelta(days=9),
            activity=None,
            version=s.action.version,
            **s.by,
        ),
    ),
    "actions.cancel": (False, lambda s: actions.cancel(action=s.action, reason="Nytt", **s.by)),
    "actions.comment": (False, lambda s: actions.comment(action=s.action, text="Nytt", **s.by)),
    "actions.hand_over": (False, lambda s: actions.hand_over(action=s.action, to=s.cast.secretary, **s.by)),
    "actions.postpone": (
        False,
        lambda s: actions.postpone(action=s.action, until=TODAY + timedelta(days=90), **s.by),
    ),
    "actions.remove": (False, lambda s: actions.remove(action=s.action, **s.by)),
    "actions.reopen": (True, lambda s: actions.reopen(action=s.action, **s.by)),
    "actions.report_done": (False, lambda s: actions.report_done(action=s.action, effect="Nytt", **s.by)),
    "actions.start": (False, lambda s: actions.start(action=s.action, **s.by)),
    "actions.tell_effect": (False, lambda s: actions.tell_effect(action=s.reported(), effect="Nytt", **s.by)),
}
# They change nothing.
READERS = {
    "attended",
    "clashes",
    "laid_out",
    "may_adjust",
    "next_registry_number",
    "presiding",
    "refuse_unanswerable",
    "actions.as_it_is",
    "actions.has_calendar",
    "actions.mentionable",
    "actions.refuse_closing_day",
}
# Beside the signed text a reader gets the addenda; once it is open again, the text as it stands.
READ_ANEW = {"add_addendum", "confirm_unlock"}
# What is restricted later is masked for readers who aren't cleared.
MASKED_ANEW = READ_ANEW | {"edit_case"}


@pytest.fixture(scope="module")
def untouched(lasting: None) -> Scene:
    """Set up once: the database forgets what a test does."""
    return Scene(seat_everybody())


@pytest.fixture
def scene(untouched: Scene, db: None) -> Scene:
    """The test's own copies of the rows."""
    return deepcopy(untouched)


def kept(scene: Scene) -> tuple[bytes, bytes, str, str, bool]:
    """The bytes of the snapshot, its checksums, and whether they fit."""
    minutes = SignedMinutes.objects.get(pk=scene.minutes.pk)
    return (
        canonical(minutes.whole),
        canonical(minutes.masked),
        minutes.sha256,
        minutes.masked_sha256,
        is_intact(minutes),
    )


def downloads(scene: Scene) -> list[Paper]:
    """What the files of a reader are made of: the whole text and the masked one."""
    meeting = Meeting.objects.get(pk=scene.meeting.pk)
    return [paper_for(meeting, scene.cast.coordinator, masked=masked) for masked in (False, True)]


def test_every_verb_is_listed() -> None:
    verbs = {name for name in lifecycle.__all__ if inspect.isfunction(getattr(lifecycle, name))}
    own = {f"actions.{name}" for name, value in vars(actions).items() if _is_verb(name, value)}
    assert sorted(VERBS.keys() | READERS) == sorted(verbs | own)


def _is_verb(name: str, value: object) -> bool:
    return inspect.isfunction(value) and value.__module__.startswith("actions.lifecycle") and not name.startswith("_")


@pytest.mark.parametrize("name", sorted(VERBS))
def test_no_verb_changes_what_was_signed(scene: Scene, name: str) -> None:
    refuses, verb = VERBS[name]
    before, files = kept(scene), downloads(scene)
    if refuses:
        with pytest.raises(RuleBroken), transaction.atomic():
            verb(scene)
    else:
        verb(scene)
    assert kept(scene) == before
    whole, masked = downloads(scene)
    assert name in READ_ANEW or whole == files[0]
    assert name in MASKED_ANEW or masked == files[1]


# What all forms together ask for.
SENT = {
    "title": "Nytt",
    "text": "Nytt",
    "notes": "Nytt",
    "version": "1",
    "name": "Ny gäst",
    "organisation": "1",
    "kind": "decided",
    "state": "tabled",
    "reason": "Nytt",
    "answer": "no",
    "outcome": "Nytt",
    "effect": "Nytt",
    "what": "done",
    "way": "down",
    "rest": "present",
    "line": "§ Nytt",
    "registry_number": "Nytt 3",
    "date": "2017-03-15",
    "starts_at": "09:00",
    "deadline": "2017-09-15",
    "comments_until": "2017-04-01",
    "ground": "1",
}
FORMS = {
    "meeting": "edit open unopen adjourn reopen attendance presence guest_add item_add case_to_agenda minutes_register "
    "adjusters sign_off_send sign sign_off_decline sign_off_withdraw addendum unlock summon cancel uncancel answer "
    "answer_undo minutes_mail minutes_mail_again",
    "item": "item_edit item_move item_remove item_notes item_state take_up decision_add comment",
    "decision": "decision_edit decision_remove",
    "guest": "guest_edit guest_remove",
    "comment": "comment_remove",
    "unlocking": "unlock_answer",
    "proposal": "proposal_take proposal_decline proposal_withdraw proposal_put_back",
    "case": "case_edit case_state case_merge case_unmerge case_split case_close case_reopen case_link case_unlink",
}
ADDRESSES_OF = [(f"meetings:{name}", of) for of, names in FORMS.items() for name in names.split()]
ADDRESSES_OF += [(f"actions:{name}", "item") for name in ("agree", "quick")]
ADDRESSES_OF += [
    (f"actions:{name}", "action")
    for name in [
        "edit",
        "report",
        "comment",
        "hand_over",
        "remove",
        "restore",
        "approve",
        "unapprove",
        "send_back",
        "tie",
    ]
]
ADDRESSES_OF += [(f"actions:{name}", "") for name in ("approve_all", "unapprove_all")]
ADDRESSES_OF += [(f"actions:{name}", "request") for name in ("answer_request", "withdraw_request")]
ADDRESSES_OF += [("actions:hand_over_all", "owner")]


# Addresses of the two floors that only show, or that are of the council, its plan, its mail or its standing agenda.
ELSEWHERE = {
    "meetings": "list new detail live now quorum item_history series standing standing_add standing_edit standing_move "
    "standing_remove proposals proposal_new proposal_days case_list case_new case_detail layout layout_preview "
    "paper_pdf paper_docx case_watch watched_seen case_rules sign_off edition meeting_rules "
    "secrecy grounds ground_add ground_edit ground_remove",
    "actions": "list mine detail case_sheet mail_list mail_detail mail_resend mail_dismiss reminder_preview "
    "reminder_send mail_address_lift mail_address_stop mail_round mail_rounds mail_rules "
    "plan plan_detail plan_activity plan_activity_add plan_activity_edit plan_activity_move plan_activity_remove "
    "plan_board plan_edit plan_goal_add plan_goal_edit plan_goal_move plan_goal_remove plan_indicator "
    "plan_indicator_add plan_indicator_edit plan_indicator_remove plan_new plan_outcome_note plan_outcome_remove "
    "plan_outline plan_timeline",
}


def test_every_address_is_listed() -> None:
    known = {address for address, _of in ADDRESSES_OF}
    known |= {f"{app}:{name}" for app, names in ELSEWHERE.items() for name in names.split()}
    there = {address for address in ADDRESSES if address.partition(":")[0] in ELSEWHERE}
    assert sorted(known) == sorted(there)


@pytest.mark.parametrize(("address", "of"), ADDRESSES_OF)
def test_no_form_changes_what_was_signed(scene: Scene, address: str, of: str) -> None:
    assert address in ADDRESSES
    before, whole = kept(scene), _whole(scene)
    sent = SENT | {f"member-{scene.cast.member.pk}": "absent", "owner": str(scene.cast.secretary.pk)}
    sent |= {"to": sent["owner"], "into": str(scene.other_case.pk), "items": str(scene.item.pk)}
    sent |= {"case": str(scene.case.pk), "other": str(scene.other_case.pk), "ledamot": sent["owner"]}
    sent |= {"action": str(scene.reported().pk)} if not of else {}
    url = reverse(address, args=[scene.council.slug, *([getattr(scene, of).pk] if of else [])])
    sent["round"] = str(scene.minutes.sign_off_id)
    for who in (scene.cast.coordinator, scene.cast.chair):
        assert scene.cast.browse(who).post(url, sent).status_code < 500
    assert kept(scene) == before
    assert address == "meetings:addendum" or _whole(scene) == whole


def _whole(scene: Scene) -> Paper:
    return paper_for(Meeting.objects.get(pk=scene.meeting.pk), scene.cast.coordinator)


# The database refuses by itself


@pytest.mark.parametrize("column", ["whole", "masked", "sha256", "edition"])
def test_the_database_refuses_to_change_signed_minutes(scene: Scene, column: str) -> None:
    value = {"whole": {}, "masked": {}, "sha256": "0" * 64, "edition": 2}[column]
    before = kept(scene)
    with pytest.raises(IntegrityError), transaction.atomic():
        SignedMinutes.objects.filter(pk=scene.minutes.pk).update(**{column: value})
    minutes = SignedMinutes.objects.get(pk=scene.minutes.pk)
    setattr(minutes, column, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        SignedMinutes.objects.bulk_update([minutes], [column])
    with pytest.raises(TypeError):
        minutes.save()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE meetings_signedminutes SET edition = 9")
    assert kept(scene) == before
