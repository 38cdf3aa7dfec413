"""Who is reminded of what, and when: steps, missed days, people who can't be reminded, two schedulers."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actions import lifecycle, reminders
from actions.models import ReminderLine, ReminderRun, Status, reminder_letters
from bra import post, workdays
from bra.models import STOCKHOLM, Council, LetterState, Role
from tests import make

pytestmark = pytest.mark.django_db

AGREED = date(2017, 1, 16)
DEADLINE = make.TODAY
NOTHING = reminders.Planned(0, 0, 0)


@pytest.fixture
def council() -> Council:
    return make.make_council()


def remind(council: Council, day: date) -> list[tuple[int, int]]:
    """Do a whole day as the sweep does; return (action, step) of what was sent."""
    reminders.plan_day(council=council, on=day)
    post.deliver(council, today=day, clock=timezone.now)
    lines = ReminderLine.objects.filter(reminder__on=day, reminder__state=LetterState.SENT)
    return list(lines.order_by("action_id").values_list("action_id", "step"))


def steps_over(council: Council, days: list[date]) -> dict[date, int]:
    """Run the given days; return the step that was sent on each day that had one."""
    sent = {day: remind(council, day) for day in days}
    return {day: lines[0][1] for day, lines in sent.items() if lines}


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def test_an_owner_hears_14_and_3_days_before_on_the_day_and_then_every_week(council: Council) -> None:
    make.make_action(council, agreed_on=AGREED, deadline=DEADLINE)
    assert steps_over(council, every_day(date(2017, 2, 20), date(2017, 4, 6))) == {
        date(2017, 3, 1): 14,
        date(2017, 3, 13): 3,  # the Monday after
        date(2017, 3, 15): 0,
        date(2017, 3, 22): -1,
        date(2017, 3, 29): -2,
        date(2017, 4, 5): -3,
    }


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([date(2017, 3, 6)], {date(2017, 3, 6): 14}),
        ([date(2017, 3, 13)], {date(2017, 3, 13): 3}),
        ([date(2017, 3, 17)], {date(2017, 3, 17): 0}),
        ([date(2017, 3, 21)], {date(2017, 3, 21): 0}),
        ([date(2017, 3, 28)], {date(2017, 3, 28): -1}),
        ([date(2017, 3, 6), date(2017, 3, 20)], {date(2017, 3, 6): 14, date(2017, 3, 20): 0}),
        ([date(2017, 3, 14), date(2017, 4, 20), date(2017, 4, 21)], {date(2017, 3, 14): 3, date(2017, 4, 20): -5}),
    ],
)
def test_after_missed_days_there_is_one_reminder_of_the_latest_step(
    council: Council, days: list[date], expected: dict[date, int]
) -> None:
    make.make_action(council, agreed_on=AGREED, deadline=DEADLINE)
    assert steps_over(council, days) == expected


@pytest.mark.parametrize(
    ("agreed", "first_day", "first_step"),
    [
        (date(2017, 2, 28), date(2017, 3, 1), 14),
        (date(2017, 3, 1), date(2017, 3, 13), 3),
        (date(2017, 3, 11), date(2017, 3, 13), 3),
        (date(2017, 3, 12), date(2017, 3, 15), 0),
        (date(2017, 3, 14), date(2017, 3, 15), 0),
        (date(2017, 3, 15), date(2017, 3, 22), -1),
    ],
)
def test_nobody_is_reminded_of_a_step_that_had_come_when_the_action_was_agreed(
    council: Council, agreed: date, first_day: date, first_step: int
) -> None:
    make.make_action(council, agreed_on=agreed, deadline=DEADLINE)
    sent = steps_over(council, every_day(agreed, date(2017, 3, 23)))
    assert next(iter(sent.items())) == (first_day, first_step)


def test_a_new_deadline_begins_anew(council: Council) -> None:
    action = make.make_action(council, agreed_on=AGREED, deadline=DEADLINE)
    assert steps_over(council, [DEADLINE]) == {DEADLINE: 0}
    lifecycle.postpone(action=action, until=date(2017, 4, 14), by=action.owner, on=date(2017, 3, 16))
    assert steps_over(council, every_day(date(2017, 3, 16), date(2017, 4, 18))) == {
        date(2017, 3, 31): 14,
        date(2017, 4, 11): 3,
        date(2017, 4, 18): 0,  # the deadline is Good Friday
    }


def test_the_same_day_twice_writes_and_sends_nothing_twice(council: Council, mailoutbox: list[Any]) -> None:
    make.make_action(council, deadline=DEADLINE)
    assert reminders.plan_day(council=council, on=DEADLINE) == reminders.Planned(1, 1, 0)
    assert reminders.plan_day(council=council, on=DEADLINE) == reminders.Planned(0, 0, 0)
    post.deliver(council, today=DEADLINE, clock=timezone.now)
    assert reminders.plan_day(council=council, on=DEADLINE) == reminders.Planned(0, 0, 0)
    post.deliver(council, today=DEADLINE, clock=timezone.now)
    assert len(mailoutbox) == 1


def test_an_owner_gets_one_mail_for_all_actions_and_only_the_own_ones(council: Council, mailoutbox: list[Any]) -> None:
    owner, other = make.make_member(council), make.make_member(council)
    mine = [make.make_action(council, owner=owner, deadline=DEADLINE + timedelta(days=n)) for n in (0, 3)]
    theirs = make.make_action(council, owner=other, deadline=DEADLINE)
    make.make_action(make.make_council(), deadline=DEADLINE)
    sent = remind(council, DEADLINE)
    assert sent == sorted([(mine[0].pk, 0), (mine[1].pk, 3), (theirs.pk, 0)])
    assert sorted(mail.to for mail in mailoutbox) == sorted([[owner.email], [other.email]])


@pytest.mark.parametrize("status", [Status.DONE, Status.CANCELLED])
def test_closed_and_removed_actions_are_let_be(council: Council, status: Status) -> None:
    make.make_action(council, deadline=DEADLINE, status=status, closed_on=AGREED)
    make.make_action(council, deadline=DEADLINE, removed=True)
    assert remind(council, DEADLINE) == []


def restricted_action(council: Council, **overrides: Any) -> Any:
    item = make.make_item(make.make_meeting(council, date=AGREED), restricted=True)
    return make.make_action(agenda_item=item, **overrides)


HINDRANCES: list[tuple[Callable[[Council], Any], str]] = [
    (lambda council: make.make_action(council, deadline=DEADLINE, owner=make.make_member(council, email="")),
     "the owner has no e-mail address"),
    (lambda council: make.make_action(
        council, deadline=DEADLINE, owner=make.make_member(council, mandate_to=DEADLINE - timedelta(days=1))
    ), "the owner's mandate has ended"),
    (lambda council: make.make_action(
        council, deadline=DEADLINE, owner=make.make_member(council, mandate_from=DEADLINE + timedelta(days=1))
    ), "the owner's mandate hasn't begun"),
    (lambda council: restricted_action(council, deadline=DEADLINE, owner=make.make_member(council)),
     "the owner may not see restricted items"),
]  # fmt: skip


@pytest.mark.parametrize(("hinder", "words"), HINDRANCES)
def test_who_cannot_be_reminded_is_listed_with_the_reason(
    council: Council, hinder: Callable[[Council], Any], words: str
) -> None:
    action = hinder(council)
    seen = reminders.preview(council, DEADLINE)
    assert [(held.line.action.pk, held.owner, held.reason) for held in seen.held] == [(action.pk, action.owner, words)]
    assert seen.groups == []
    assert reminders.plan_day(council=council, on=DEADLINE) == reminders.Planned(0, 0, 1)
    assert reminder_letters().count() == 0


def test_the_last_day_of_a_mandate_and_an_address_to_log_in_with_are_enough(council: Council) -> None:
    last = make.make_member(council, mandate_to=DEADLINE)
    logs_in = make.make_member(council, email="", user=make.make_user())
    actions = [make.make_action(council, owner=owner, deadline=DEADLINE) for owner in (last, logs_in)]
    assert remind(council, DEADLINE) == [(action.pk, 0) for action in actions]


def test_what_falls_due_after_the_days_mail_follows_the_next_day(council: Council) -> None:
    owner = make.make_member(council)
    first = make.make_action(council, owner=owner, deadline=DEADLINE)
    assert remind(council, DEADLINE) == [(first.pk, 0)]
    later = make.make_action(council, owner=owner, deadline=DEADLINE)
    assert remind(council, DEADLINE) == [(first.pk, 0)]
    held = reminders.preview(council, DEADLINE).held
    assert [(entry.line.action.pk, entry.reason) for entry in held] == [
        (later.pk, "today's reminder to the owner has gone or was dropped; this follows with the next one")
    ]
    assert remind(council, DEADLINE + timedelta(days=1)) == [(later.pk, 0)]


def test_what_never_went_out_is_folded_into_the_next_days_reminder(council: Council) -> None:
    owner = make.make_member(council)
    waited = make.make_action(council, owner=owner, deadline=DEADLINE)
    joins = make.make_action(council, owner=owner, deadline=DEADLINE + timedelta(days=4))
    reminders.plan_day(council=council, on=DEADLINE)
    day = DEADLINE + timedelta(days=1)
    foreseen = reminders.preview(council, day)
    assert [(group.owner, [(line.action.pk, line.step) for line in group.lines]) for group in foreseen.groups] == [
        (owner, [(waited.pk, 0), (joins.pk, 3)])
    ]
    assert remind(council, day) == [(waited.pk, 0), (joins.pk, 3)]
    assert list(reminder_letters().values_list("on", flat=True)) == [day]


def test_the_preview_says_why_and_writes_nothing(council: Council) -> None:
    action = make.make_action(council, deadline=DEADLINE - timedelta(days=15))
    seen = reminders.preview(council, DEADLINE)
    assert [(line.action.pk, line.why, line.days_late) for group in seen.groups for line in group.lines] == [
        (action.pk, "2 weeks after the deadline", 15)
    ]
    assert (reminder_letters().count(), ReminderRun.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("days_left", "words"),
    [
        (14, "14 days before the deadline"),
        (9, "less than 14 days before the deadline"),
        (3, "3 days before the deadline"),
        (1, "less than 3 days before the deadline"),
        (0, "the day of the deadline"),
        (-1, "1 day after the deadline"),
        (-6, "6 days after the deadline"),
        (-7, "1 week after the deadline"),
        (-13, "1 week after the deadline"),
        (-14, "2 weeks after the deadline"),
    ],
)
def test_the_reason_fits_the_day(council: Council, days_left: int, words: str) -> None:
    make.make_action(council, deadline=DEADLINE + timedelta(days=days_left))
    assert [line.why for group in reminders.preview(council, DEADLINE).groups for line in group.lines] == [words]


@pytest.mark.parametrize(
    ("clock", "runs"),
    [
        ("2017-03-15T06:59+01:00", False),
        ("2017-03-15T07:00+01:00", True),
        ("2017-03-15T20:59+01:00", True),
        ("2017-03-15T21:00+01:00", False),
        # The clocks go forward in the night to 2017-03-26 and back in the night to 2017-10-29, both Sundays.
        ("2017-03-24T05:10+00:00", False),
        ("2017-03-27T05:10+00:00", True),
        ("2017-10-27T05:10+00:00", True),
        ("2017-10-30T05:10+00:00", False),
        ("2017-03-26T08:00+00:00", False),
    ],
)
def test_a_day_is_planned_from_the_councils_hour_of_local_time(clock: str, runs: bool) -> None:
    council = make.make_council(pinned_today=None)
    now = council.now(datetime.fromisoformat(clock))
    reminders.plan_mornings(clock=now)
    assert list(ReminderRun.objects.values_list("on", flat=True)) == ([now.date()] if runs else [])


# The Sundays on which the clocks go forward and back, as they were decided for the Union.
CLOCKS = {
    2016: ("03-27", "10-30"),
    2017: ("03-26", "10-29"),
    2018: ("03-25", "10-28"),
    2019: ("03-31", "10-27"),
    2020: ("03-29", "10-25"),
    2021: ("03-28", "10-31"),
    2022: ("03-27", "10-30"),
    2023: ("03-26", "10-29"),
    2024: ("03-31", "10-27"),
    2025: ("03-30", "10-26"),
}
CHANGES = [
    (date.fromisoformat(f"{year}-{sunday}"), before, after)
    for year, sundays in CLOCKS.items()
    for sunday, (before, after) in zip(sundays, ((6, 5), (5, 6)), strict=True)
]


@pytest.mark.parametrize(("sunday", "before", "after"), CHANGES)
def test_seven_o_clock_is_seven_o_clock_when_the_clocks_change(sunday: date, before: int, after: int) -> None:
    """`before` and `after`: the hour of UTC at which it is seven where the council is."""
    make.make_council(pinned_today=None)
    assert sunday.weekday() == 6
    friday, saturday, workday = sunday - timedelta(days=2), sunday - timedelta(days=1), sunday + timedelta(days=1)
    while not workdays.is_working_day(workday):
        workday += timedelta(days=1)
    if not workdays.is_working_day(friday):
        friday -= timedelta(days=1)
    for day, hour in ((friday, before), (saturday, before), (sunday, after), (workday, after)):
        for minute in (-1, 0, 60, 24 * 60 - 1):
            instant = datetime.combine(day, time(hour), UTC) + timedelta(minutes=minute)
            reminders.plan_mornings(clock=instant)
            planned = list(ReminderRun.objects.order_by("on").values_list("on", flat=True))
            assert (day in planned) == (minute >= 0 and day in (friday, workday)), instant
    assert planned == [friday, workday]


def test_a_second_scheduler_finds_the_day_done(council: Council) -> None:
    make.make_action(council, deadline=DEADLINE)
    Council.objects.update(pinned_today=None)
    assert reminders.plan_mornings(clock=make.NOW) == reminders.Planned(1, 1, 0)
    assert reminders.plan_mornings(clock=make.NOW) == NOTHING
    next_day = datetime(2017, 3, 16, 7, tzinfo=STOCKHOLM)
    assert reminders.plan_mornings(clock=next_day) == reminders.Planned(1, 1, 0)


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_the_same_moment_make_one_run() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("the tests' SQLite is in memory and has one writer at a time anyway")
    council = make.make_council()
    make.make_action(council, deadline=DEADLINE)
    together, results = threading.Barrier(4), []

    def schedule() -> None:
        together.wait()
        results.append(reminders.plan_mornings(clock=make.NOW))
        connections.close_all()

    threads = [threading.Thread(target=schedule) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result for result in results if result != NOTHING] == [reminders.Planned(1, 1, 0)]
    assert (len(results), ReminderLine.objects.count()) == (4, 1)


def test_planning_and_looking_ahead_take_as_many_statements_for_thirty_as_for_one(council: Council) -> None:
    def statements(day: date) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as looking:
            reminders.preview(council, day)
        with CaptureQueriesContext(connection) as planning:
            reminders.plan_day(council=council, on=day)
        return len(looking), len(planning)

    make.make_action(council, deadline=DEADLINE)
    for_one = statements(DEADLINE)
    post.deliver(council, today=DEADLINE, clock=timezone.now)
    meeting = make.make_meeting(council, date=AGREED)
    for _number in range(30):
        make.make_action(agenda_item=make.make_item(meeting), deadline=DEADLINE + timedelta(days=1))
        nobody = make.make_member(council, Role.OWNER, email="")
        make.make_action(agenda_item=make.make_item(meeting), deadline=DEADLINE, owner=nobody)
    assert statements(DEADLINE + timedelta(days=1)) == for_one
    assert for_one[0] <= 8
