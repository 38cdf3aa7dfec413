"""A meeting through whatever order of verbs: what must always hold, and that a refused verb leaves no trace.

A verb of another part joins as one more rule that calls `self.do(lifecycle.verb, ...)`; what must hold for it goes into
an invariant.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import F
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bra.errors import RuleBroken
from bra.models import HistoryEntry, Role
from meetings import lifecycle
from meetings.documents.sealing import is_intact
from meetings.models import (
    ENDED,
    HELD,
    AgendaItem,
    Answer,
    AttendanceStatus,
    Decision,
    DecisionKind,
    Guest,
    ItemState,
    Meeting,
    MeetingState,
    SignedMinutes,
    Signer,
    SignerAnswer,
    SignOff,
    Unlocking,
)
from tests import make
from tests.make import NOW, TODAY

pytestmark = pytest.mark.wide

EXAMPLES, FEW_EXAMPLES, STEPS = 12, 3, 45

PICK = st.integers(0, 5)
WORDS = st.sampled_from(["Väggen målas.", "Frågan bordläggs.", " ", "Rad ett\nrad två"])


def dump() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of meetings, those taken off and removed ones too, as the database has them."""
    rows = {}
    with connection.cursor() as cursor:
        for model in apps.get_app_config("meetings").get_models(include_auto_created=True):
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}" ORDER BY 1')  # noqa: S608  # our own names
            rows[model._meta.label] = cursor.fetchall()
    return rows


def log_of(meeting: Meeting) -> tuple[Any, ...]:
    """What was logged at a meeting."""
    items = AgendaItem.with_removed.filter(meeting=meeting).order_by("pk")
    decisions = Decision.objects.filter(item__meeting=meeting).order_by("pk")
    return (
        list(items.values_list("pk", "position", "title", "state", "notes", "removed", "seconds_spent")),
        list(decisions.values_list("pk", "number", "text", "kind", "removed")),
        list(meeting.attendances.order_by("pk").values_list("member", "status", "from_item", "to_item")),
        list(meeting.guests.order_by("pk").values_list("name", "removed")),
    )


class MeetingMachine(RuleBasedStateMachine):
    """Some people of one council, who do whatever the forms let them, in any order."""

    @initialize(stage=st.sampled_from(["in session", "adjourned", "sent"]))
    def seat(self, stage: str) -> None:
        self.council = make.make_council()
        roles = (Role.COORDINATOR, Role.SECRETARY)
        self.people = [
            make.make_member(self.council, role, cleared=True, user=make.make_user())
            for role in (*roles, Role.CHAIR, Role.MEMBER)
        ]
        self.clock = NOW
        # What was logged at meetings whose minutes lie with their signers, or are signed.
        self.settled: dict[int, tuple[Any, ...]] = {}
        # Begun halfway, or most runs would end before there is anything to log at.
        here: dict[str, Any] = {"by": self.people[1], "on": TODAY}
        for day in (TODAY, TODAY + timedelta(days=30)):
            meeting = lifecycle.plan_meeting(council=self.council, date=day, starts_at=time(9), **here)
            for title in ("Öppnande", "Lägesbild", "Avslutning"):
                lifecycle.add_item(meeting=meeting, title=title, **here)
        first = Meeting.objects.earliest("date")
        lifecycle.open_meeting(meeting=first, by=self.people[1], at=NOW)
        for member in self.people:
            lifecycle.mark_attendance(meeting=first, member=member, status=AttendanceStatus.PRESENT, **here)
        if stage != "in session":
            lifecycle.adjourn(meeting=first, by=self.people[1], at=NOW)
        if stage == "sent":
            lifecycle.send_for_sign_off(meeting=first, adjusters=[self.people[3]], **here)
            self.settled[first.pk] = log_of(first)
        self.rows = dump()

    # How a verb is tried

    def do(self, verb: Callable[..., Any], **arguments: Any) -> Any:
        """Call a verb: refused, it changes no row; accepted, history tells of each change."""
        before, told = self.rows, HistoryEntry.objects.count()
        try:
            made = verb(**arguments)
        except (RuleBroken, lifecycle.NotesConflict, lifecycle.DecisionConflict):
            assert dump() == before
            assert HistoryEntry.objects.count() == told
            return None
        self.rows = dump()
        changed = {label for label, rows in self.rows.items() if rows != before[label]}
        assert bool(changed) == (HistoryEntry.objects.count() > told), (verb.__name__, changed)
        return made

    def by(self, pick: int) -> dict[str, Any]:
        """Somebody who acts today."""
        return {"by": self.people[pick % len(self.people)], "on": self.clock.date()}

    def at(self, pick: int) -> dict[str, Any]:
        """Somebody who acts now; a while has passed."""
        self.clock += timedelta(minutes=7)
        return {"by": self.people[pick % len(self.people)], "at": self.clock}

    def meeting(self, pick: int, first: str = "-state") -> Meeting:
        """One of the meetings; the one in session comes first, or with "state" an adjourned one."""
        meetings = list(Meeting.objects.order_by(first, "date", "pk"))
        return meetings[pick % len(meetings)]

    def item(self, pick: int) -> AgendaItem:
        """One of all items, those taken off included, as a page may still show it."""
        items = list(AgendaItem.with_removed.order_by("-meeting__state", "meeting__date", "pk"))
        return items[pick % len(items)]

    def decision(self, pick: int) -> Decision:
        """One of all decisions."""
        decisions = list(Decision.objects.order_by("pk"))
        return decisions[pick % len(decisions)]

    def has_meeting(self) -> bool:
        return Meeting.objects.exists()

    def has_item(self) -> bool:
        return AgendaItem.with_removed.exists()

    def has_decision(self) -> bool:
        return Decision.objects.exists()

    # What people do

    @rule(who=PICK, days=PICK, hour=st.integers(12, 15), length=st.integers(-1, 2))
    def plan(self, who: int, days: int, hour: int, length: int) -> None:
        ends_at = time(hour + length) if length else None
        self.do(
            lifecycle.plan_meeting,
            council=self.council,
            date=TODAY + timedelta(days=days),
            starts_at=time(hour),
            ends_at=ends_at,
            **self.by(who),
        )

    @precondition(has_meeting)
    @rule(who=PICK, which=PICK, days=PICK, hour=st.integers(12, 15), year=st.sampled_from([0, 365]))
    def replan(self, who: int, which: int, days: int, hour: int, year: int) -> None:
        day: date = TODAY + timedelta(days=days + year)
        self.do(
            lifecycle.replan_meeting,
            meeting=self.meeting(which),
            date=day,
            starts_at=time(hour),
            ends_at=None,
            place="Rådhuset",
            title="",
            **self.by(who),
        )

    @precondition(has_meeting)
    @rule(who=PICK, which=PICK)
    def open(self, who: int, which: int) -> None:
        self.do(lifecycle.open_meeting, meeting=self.meeting(which), **self.at(who))

    @precondition(has_meeting)
    @rule(who=PICK, which=PICK)
    def unopen(self, who: int, which: int) -> None:
        self.do(lifecycle.unopen_meeting, meeting=self.meeting(which), **self.by(who))

    @precondition(has_meeting)
    @rule(who=PICK, which=PICK)
    def adjourn(self, who: int, which: int) -> None:
        self.do(lifecycle.adjourn, meeting=self.meeting(which), **self.at(who))

    @precondition(has_meeting)
    @rule(who=PICK, which=PICK)
    def reopen(self, who: int, which: int) -> None:
        self.do(lifecycle.reopen_meeting, meeting=self.meeting(which, "state"), **self.by(who))

    @precondition(has_meeting)
    @rule(who=PICK, which=PICK, title=st.sampled_from(["Graffitin", "Flygblad"]))
    def add_item(self, who: int, which: int, title: str) -> None:
        self.do(lifecycle.add_item, meeting=self.meeting(which), title=title, **self.by(who))

    @precondition(has_item)
    @rule(who=PICK, which=PICK, up=st.booleans())
    def move_item(self, who: int, which: int, up: bool) -> None:
        self.do(lifecycle.move_item, item=self.item(which), up=up, **self.by(who))

    @precondition(has_item)
    @rule(who=PICK, which=PICK, place=st.integers(-1, 5))
    def place_item(self, who: int, which: int, place: int) -> None:
        self.do(lifecycle.place_item, item=self.item(which), place=place, **self.by(who))

    @precondition(has_item)
    @rule(who=PICK, which=PICK)
    def remove_item(self, who: int, which: int) -> None:
        self.do(lifecycle.remove_item, item=self.item(which), **self.by(who))

    @precondition(has_item)
    @rule(who=PICK, which=PICK)
    def restore_item(self, who: int, which: int) -> None:
        self.do(lifecycle.restore_item, item=self.item(which), **self.by(who))

    @precondition(has_item)
    @rule(who=PICK, which=PICK)
    def take_up(self, who: int, which: int) -> None:
        self.do(lifecycle.take_up, item=self.item(which), **self.at(who))

    @precondition(has_item)
    @rule(who=PICK, which=PICK, text=WORDS, late=st.integers(0, 1))
    def save_notes(self, who: int, which: int, text: str, late: int) -> None:
        item = self.item(which)
        self.do(lifecycle.save_notes, item=item, text=text, version=item.version - late, **self.by(who))

    @precondition(has_item)
    @rule(who=PICK, which=PICK, state=st.sampled_from(ItemState))
    def set_item_state(self, who: int, which: int, state: ItemState) -> None:
        self.do(lifecycle.set_item_state, item=self.item(which), state=state, **self.by(who))

    @precondition(has_item)
    @rule(who=PICK, which=PICK, text=WORDS, kind=st.sampled_from(DecisionKind))
    def decide(self, who: int, which: int, text: str, kind: DecisionKind) -> None:
        self.do(lifecycle.record_decision, item=self.item(which), text=text, kind=kind, **self.by(who))

    @precondition(has_decision)
    @rule(who=PICK, which=PICK, text=WORDS, kind=st.sampled_from(DecisionKind), late=st.integers(0, 1))
    def amend(self, who: int, which: int, text: str, kind: DecisionKind, late: int) -> None:
        decision = self.decision(which)
        version = decision.version - late
        self.do(lifecycle.amend_decision, decision=decision, text=text, kind=kind, version=version, **self.by(who))

    @precondition(has_decision)
    @rule(who=PICK, which=PICK, removed=st.booleans())
    def remove_decision(self, who: int, which: int, removed: bool) -> None:
        self.do(lifecycle.remove_decision, decision=self.decision(which), removed=removed, **self.by(who))

    @precondition(has_meeting)
    @rule(who=PICK, which=PICK, whom=PICK, status=st.sampled_from([*AttendanceStatus, None]))
    def mark(self, who: int, which: int, whom: int, status: AttendanceStatus | None) -> None:
        member = self.people[whom % len(self.people)]
        meeting = self.meeting(which)
        self.do(lifecycle.mark_attendance, meeting=meeting, member=member, status=status, **self.by(who))

    @precondition(has_item)
    @rule(who=PICK, whom=PICK, first=PICK, last=PICK)
    def stay(self, who: int, whom: int, first: int, last: int) -> None:
        from_item, to_item = self.item(first), self.item(last)
        member = self.people[whom % len(self.people)]
        self.do(
            lifecycle.note_stay,
            meeting=from_item.meeting,
            member=member,
            from_item=from_item,
            to_item=to_item,
            **self.by(who),
        )

    @precondition(has_meeting)
    @rule(who=PICK, which=PICK, name=st.sampled_from(["Gäst", "GÄST", " "]))
    def add_guest(self, who: int, which: int, name: str) -> None:
        self.do(lifecycle.add_guest, meeting=self.meeting(which), name=name, **self.by(who))

    @precondition(lambda self: Guest.objects.exists())
    @rule(who=PICK, removed=st.booleans())
    def remove_guest(self, who: int, removed: bool) -> None:
        guest = Guest.objects.order_by("pk").first()
        self.do(lifecycle.remove_guest, guest=guest, removed=removed, **self.by(who))

    @precondition(has_meeting)
    @rule(who=PICK, which=PICK)
    def summon(self, who: int, which: int) -> None:
        self.do(lifecycle.summon, meeting=self.meeting(which), **self.at(who))

    @precondition(has_meeting)
    @rule(who=PICK, which=PICK, late=st.integers(0, 1))
    def summon_again(self, who: int, which: int, late: int) -> None:
        meeting = self.meeting(which, "state")
        self.do(lifecycle.summon_again, meeting=meeting, sequence=meeting.summons_sequence + late, **self.at(who))

    @precondition(has_meeting)
    @rule(which=PICK, whom=PICK, answer=st.sampled_from([*Answer, None]))
    def answer(self, which: int, whom: int, answer: Answer | None) -> None:
        member, clock = self.people[whom % len(self.people)], self.at(whom)["at"]
        self.do(lifecycle.answer_summons, meeting=self.meeting(which), member=member, answer=answer, at=clock)

    @precondition(has_meeting)
    @rule(who=PICK, which=PICK, reason=st.sampled_from(["För få kan komma.", " "]))
    def cancel(self, who: int, which: int, reason: str) -> None:
        self.do(lifecycle.cancel, meeting=self.meeting(which), reason=reason, **self.at(who))

    @precondition(has_meeting)
    @rule(who=PICK, which=PICK)
    def uncancel(self, who: int, which: int) -> None:
        self.do(lifecycle.uncancel, meeting=self.meeting(which, "state"), **self.at(who))

    @precondition(has_meeting)
    @rule(who=PICK, which=PICK)
    def send(self, who: int, which: int) -> None:
        meeting = self.meeting(which, "state")
        adjusters = [self.people[3]]
        sign_off = self.do(lifecycle.send_for_sign_off, meeting=meeting, adjusters=adjusters, **self.by(who))
        if sign_off is not None:
            self.settled[meeting.pk] = log_of(meeting)

    def round(self) -> SignOff:
        """The last round."""
        return SignOff.objects.latest("pk")

    def let_go(self, sign_off: SignOff | None) -> None:
        """The text may be changed again."""
        if sign_off is not None:
            del self.settled[sign_off.meeting_id]

    @precondition(lambda self: SignOff.objects.exists())
    @rule(who=PICK)
    def sign(self, who: int) -> None:
        self.do(lifecycle.sign, sign_off=self.round(), **self.at(who))

    @precondition(lambda self: SignOff.objects.exists())
    @rule(who=PICK, reason=st.sampled_from(["Beslutet är fel återgivet.", " "]))
    def decline(self, who: int, reason: str) -> None:
        self.let_go(self.do(lifecycle.decline, sign_off=self.round(), reason=reason, **self.at(who)))

    @precondition(lambda self: SignOff.objects.exists())
    @rule(who=PICK)
    def withdraw(self, who: int) -> None:
        self.let_go(self.do(lifecycle.withdraw_sign_off, sign_off=self.round(), **self.by(who)))

    @precondition(lambda self: SignedMinutes.objects.exists())
    @rule(who=PICK)
    def ask_unlock(self, who: int) -> None:
        meeting = SignedMinutes.objects.latest("pk").meeting
        self.do(lifecycle.ask_unlock, meeting=meeting, reason="Fel datum", **self.by(who))

    @precondition(lambda self: Unlocking.objects.exists())
    @rule(who=PICK, confirm=st.booleans())
    def answer_unlock(self, who: int, confirm: bool) -> None:
        verb = lifecycle.confirm_unlock if confirm else lifecycle.refuse_unlock
        if self.do(verb, unlocking=Unlocking.objects.latest("pk"), **self.by(who)) is not None and confirm:
            del self.settled[Unlocking.objects.latest("pk").minutes.meeting_id]

    # What always holds

    @invariant()
    def paragraphs_go_on_in_the_order_of_agendas(self) -> None:
        numbered = list(Decision.objects.exclude(number=None).order_by("number"))
        assert [decision.number for decision in numbered] == list(range(1, len(numbered) + 1))
        for pk in Meeting.objects.filter(state__in=ENDED).values_list("pk", flat=True):
            own = Decision.objects.filter(item__meeting=pk)
            in_order = [decision.number or 0 for decision in own.live().in_order_of_meeting()]
            assert in_order == list(range(min(in_order, default=1), min(in_order, default=1) + len(in_order)))
            assert 0 not in in_order
            assert not own.filter(removed=True).exclude(number=None).exists()

    @invariant()
    def places_have_no_gaps(self) -> None:
        for meeting in Meeting.objects.all():
            places = list(meeting.items.order_by("position", "pk").values_list("position", flat=True))
            assert places == list(range(1, len(places) + 1))

    @invariant()
    def one_meeting_is_in_session_at_most(self) -> None:
        assert Meeting.objects.filter(state=MeetingState.IN_SESSION).count() <= 1

    @invariant()
    def what_lies_with_the_signers_or_is_signed_stays(self) -> None:
        for pk, log in self.settled.items():
            assert log_of(Meeting.objects.get(pk=pk)) == log
        signed = Meeting.objects.filter(state=MeetingState.SIGNED).values_list("pk", flat=True)
        assert set(signed) <= self.settled.keys()

    @invariant()
    def what_was_signed_is_as_it_was_signed(self) -> None:
        for minutes in SignedMinutes.objects.all():
            assert is_intact(minutes)
            signers = Signer.objects.filter(sign_off=minutes.sign_off)
            assert set(signers.values_list("answer", flat=True)) == {SignerAnswer.SIGNED}

    @invariant()
    def two_persons_open_what_is_signed(self) -> None:
        confirmed = Unlocking.objects.filter(confirmed=True)
        assert not confirmed.filter(answered_by=F("asked_by")).exists()
        assert SignedMinutes.objects.count() - confirmed.count() == Meeting.objects.filter(state="signed").count()

    @invariant()
    def nothing_is_logged_at_what_was_taken_off(self) -> None:
        off = AgendaItem.with_removed.filter(removed=True)
        assert not Decision.objects.filter(item__in=off).exists()
        assert not Meeting.objects.filter(current_item__in=off).exists()
        assert set(off.values_list("notes", flat=True)) <= {"", " "}

    @invariant()
    def only_what_was_held_has_a_time_of_opening(self) -> None:
        for meeting in Meeting.objects.all():
            opened: datetime | None = meeting.opened_at
            assert (opened is not None) == (meeting.state in HELD)


class AnyMeeting(TestCase):
    """Whatever people do with their meetings."""

    def test_some_that_happens_to_meetings(self) -> None:
        self.run_through(FEW_EXAMPLES)

    @pytest.mark.service
    def test_whatever_happens_to_meetings(self) -> None:
        self.run_through(EXAMPLES)

    def run_through(self, examples: int) -> None:
        """Let people do `examples` times what occurs to them."""
        # Each run begins with a council of its own, and the dump reads all: so it begins with an empty one.
        run_state_machine_as_test(
            EmptyEachTime,
            settings=settings(
                max_examples=examples,
                stateful_step_count=STEPS,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                derandomize=True,
                # Making a failing run shorter takes minutes; the one that was found tells enough.
                phases=[Phase.generate],
            ),
        )


class EmptyEachTime(MeetingMachine):
    """The machine in a transaction of its own, undone at the end of each run."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)
