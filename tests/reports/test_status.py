"""The figures: counted from the rows, as of a day, and equal to what the database counts by itself."""

import contextlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, Q
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions import lifecycle, reminders
from actions.models import LIVE, Action, Escalation, Status
from bra.errors import RuleBroken
from bra.models import Role
from meetings import lifecycle as meeting_verbs
from meetings.models import CaseState, MeetingState
from reports import selection, status, workbook
from reports.rows import ActionRow, ActivityRow, in_period
from reports.status import Counts
from tests import make
from tests.reports.story import DAY, Story, make_story
from tests.tampering import unguard

pytestmark = pytest.mark.django_db


def row(**overrides: Any) -> ActionRow:
    fields = {
        "pk": 1,
        "title": "Åtgärd",
        "status": Status.NOT_STARTED,
        "agreed_on": date(2017, 1, 1),
        "deadline": date(2017, 3, 1),
        "closed_on": None,
        "effect": "",
        "owner_role": "rektor",
        "organisation": "Skolan",
        "activity": None,
        "meeting": 1,
        "meeting_number": "2017-1",
        "item": 1,
        "item_title": "Punkt",
        "case": None,
        "decision": None,
        "extremism": False,
    }
    return ActionRow(**fields | overrides)


# Pure figures


@pytest.mark.parametrize(
    ("days", "bucket"),
    [(0, None), (1, 0), (7, 0), (8, 1), (30, 1), (31, 2), (90, 2), (91, 3), (1000, 3)],
)
def test_a_delay_falls_into_one_bucket_by_its_days(days: int, bucket: int | None) -> None:
    day = date(2017, 3, 1) + timedelta(days=days)
    expected = [0, 0, 0, 0]
    if bucket is not None:
        expected[bucket] = 1
    tally = status.Tally(day)
    tally.add_all([row()])
    assert [number for _low, _high, number in tally.delays()] == expected


@pytest.mark.parametrize("state", [Status.DONE, Status.CANCELLED])
def test_what_is_closed_is_never_overdue(state: Status) -> None:
    assert status.count([row(status=state, closed_on=date(2017, 5, 1))], date(2017, 6, 1)).overdue == 0


def test_counts_add_up_and_the_share_leaves_the_cancelled_out() -> None:
    rows = [row(status=s) for s in (Status.DONE, Status.DONE, Status.POSTPONED, Status.CANCELLED)]
    counts = status.count(rows, date(2017, 3, 2))
    assert (counts.total, counts.open, counts.done, counts.overdue) == (4, 1, 2, 1)
    assert counts.share_done == 2 / 3


def test_a_share_of_nothing_is_no_figure() -> None:
    assert status.count([], DAY).share_done is None
    assert status.count([row(status=Status.CANCELLED)], DAY).share_done is None


@pytest.mark.parametrize(
    ("agreed", "closed", "belongs"),
    [
        ("2016-07-01", None, True),  # on the first day
        ("2016-12-31", None, True),  # on the last day
        ("2017-01-01", None, False),  # after it
        ("2016-06-30", None, True),  # carried over, still open
        ("2016-06-30", "2016-07-01", True),  # carried over, closed in the period
        ("2016-06-30", "2016-06-30", False),  # closed before it began
    ],
)
def test_the_period_takes_what_was_agreed_in_it_and_what_was_open_when_it_began(
    agreed: str, closed: str | None, belongs: bool
) -> None:
    action = row(agreed_on=date.fromisoformat(agreed), closed_on=date.fromisoformat(closed) if closed else None)
    assert in_period(action, date(2016, 7, 1), date(2016, 12, 31)) is belongs


def counts_of(**by_status: int) -> Counts:
    zeros = dict.fromkeys(Status.values, 0)
    return Counts(zeros | by_status, zeros)


@pytest.mark.parametrize(
    ("counts", "ends", "expected"),
    [
        (counts_of(), [date(2017, 6, 30)], ("none", False)),
        (counts_of(), [date(2016, 12, 31)], ("none", True)),
        (counts_of(not_started=1), [date(2017, 6, 30)], ("todo", False)),
        (counts_of(postponed=1), [date(2016, 12, 31)], ("ongoing", True)),
        (counts_of(done=1, not_started=1), [date(2016, 12, 31)], ("ongoing", False)),
        (counts_of(done=1), [date(2016, 12, 31)], ("done", False)),
        (counts_of(done=1), [date(2016, 9, 30), date(2016, 12, 31)], ("none", True)),
        (counts_of(cancelled=1), [], ("none", False)),
    ],
)
def test_an_activity_is_late_when_more_quarters_have_passed_than_actions_are_done(
    counts: Counts, ends: list[date], expected: tuple[str, bool]
) -> None:
    activity = ActivityRow(1, 1, "1.1", "Aktivitet", "Skolchef", "", (), tuple(ends))
    found = status.progress(activity, counts, DAY)
    assert (found.state, found.late) == expected


# As of a day

State = tuple[str, str, date, int | None]


def as_it_is(story: Story) -> dict[int, State]:
    """What the database says now, action by action."""
    return {
        action.pk: (action.status, action.owner.title, action.deadline, action.activity_id)
        for action in Action.objects.agreed().filter(council=story.council).select_related("owner")
    }


def as_reported(story: Story, day: date) -> dict[int, State]:
    data = selection.load(story.ask(as_of=day))
    return {a.pk: (a.status, a.owner_role, a.deadline, a.activity) for a in data.actions}


def verbs(story: Story, action: Action, number: int, on: date) -> Callable[[], object]:
    """The verb with that number, ready to be tried on the action."""
    common = {"action": action, "by": story.secretary, "on": on}
    other = story.owners[number % 3]
    later = max(action.deadline, on) + timedelta(days=1 + number % 40)
    return [
        lambda: lifecycle.start(**common),
        lambda: lifecycle.report_done(**common, effect="Det blev lugnare. " * (number % 30)),
        lambda: lifecycle.postpone(**common, until=later),
        lambda: lifecycle.cancel(**common, reason="behövs inte"),
        lambda: lifecycle.reopen(**common),
        lambda: lifecycle.hand_over(**common, to=other),
        lambda: lifecycle.amend(
            **common,
            title=f"Ny lydelse {number}",
            deadline=later,
            activity=story.activities[number % 2] if number % 3 else None,
            version=action.version,
        ),
        lambda: lifecycle.comment(**common, text="Hur går det?"),
    ][number % 8]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1000)), max_size=4), min_size=2, max_size=8))
def test_a_report_of_an_earlier_day_shows_what_the_day_ended_with(days: list[list[tuple[int, int]]], db: None) -> None:
    story = make_story()
    ended_with: dict[date, dict[int, State]] = {}
    actions: list[Action] = []
    for index, steps in enumerate(days):
        day = DAY - timedelta(days=3 * (len(days) - index))
        for which, number in steps:
            if which == 0 or not actions:
                actions.append(story.agree(day))
                continue
            try:
                verbs(story, Action.objects.get(pk=actions[number % len(actions)].pk), number, day)()
            except RuleBroken:
                continue  # refused: nothing has changed
        ended_with[day] = as_it_is(story)
    for day, expected in ended_with.items():
        assert as_reported(story, day) == expected


def test_what_was_put_before_the_council_is_reported_as_it_was(db: None) -> None:
    story = make_story()
    agreed = date(2016, 9, 1)
    action = story.agree(agreed)
    make.make_member(story.council, Role.COORDINATOR)
    make.make_meeting(story.council, MeetingState.DRAFT, date=DAY + timedelta(days=30))
    before = as_reported(story, DAY - timedelta(days=1))
    reminders.plan_day(council=story.council, on=DAY)
    assert list(Escalation.objects.values_list("action", flat=True)) == [action.pk]
    assert as_reported(story, DAY - timedelta(days=1)) == before == as_reported(story, DAY)
    data = selection.load(replace(story.ask(), previous=DAY - timedelta(days=1)))
    assert list(data.changes) == []


def test_an_action_logged_late_counts_from_its_meeting_with_its_first_values(db: None) -> None:
    unguard()
    story = make_story()
    item = story.meet(date(2017, 2, 1))
    action = story.agree(date(2017, 2, 1), item=item)
    # The meeting was in the evening of the 1st; the secretary wrote on the 2nd and postponed on the 3rd.
    story.council.history.filter(target_type="action", target_id=action.pk).update(on=date(2017, 2, 2))
    first = action.deadline
    lifecycle.postpone(action=action, until=date(2017, 4, 1), by=story.secretary, on=date(2017, 2, 3))
    assert as_reported(story, date(2017, 1, 31)) == {}
    assert as_reported(story, date(2017, 2, 1))[action.pk][2] == first


def test_what_was_written_by_mistake_does_not_come_back_in_a_report_of_an_earlier_day(db: None) -> None:
    story = make_story()
    mended, removed = (story.agree(date(2017, 1, 10)) for _ in range(2))
    by = {"by": story.secretary, "on": date(2017, 2, 1)}
    lifecycle.amend(
        action=mended, title="Neutral text", deadline=mended.deadline, activity=mended.activity, version=0, **by
    )
    lifecycle.remove(action=removed, **by)
    reported = selection.load(story.ask(as_of=date(2017, 1, 15))).actions
    assert [(row.pk, row.title) for row in reported] == [(mended.pk, "Neutral text")]


def test_a_case_is_shown_in_the_state_it_had_on_the_day() -> None:
    story = make_story()
    case = meeting_verbs.open_case(
        council=story.council,
        by=story.secretary,
        on=date(2016, 10, 1),
        title="Klotter vid skolan",
        organisation=story.owners[1].organisation,
    )
    meeting_verbs.edit_case(
        case=case, by=story.secretary, on=date(2017, 2, 1), topics=[], state=CaseState.NEW, title="Klotter"
    )
    meeting_verbs.close_case(case=case, by=story.secretary, on=date(2017, 2, 1), outcome="Inget nytt klotter")

    def states(day: date) -> list[tuple[str, str]]:
        return [(found.title, found.state) for found in selection.load(story.ask(as_of=day)).cases]

    assert states(date(2016, 9, 30)) == []
    assert states(date(2017, 1, 31)) == [("Klotter", "new")]
    assert states(date(2017, 2, 1)) == [("Klotter", "closed")]


# Which rows


def test_totals_equal_the_databases_own_counts() -> None:
    story = make_story()
    for index in range(24):
        action = story.agree(
            date(2016, 9, 1) + timedelta(days=7 * index),
            owner=story.owners[index % 3],
            activity=[*story.activities, None][index % 4],
            deadline=date(2016, 9, 1) + timedelta(days=7 * index + 1 + 13 * (index % 9)),
        )
        if index % 5 == 0:
            lifecycle.report_done(action=action, by=story.secretary, on=DAY)
        elif index % 7 == 3:
            lifecycle.cancel(action=action, by=story.secretary, on=DAY, reason="x")
    found = selection.load(story.ask()).figures
    agreed = Action.objects.agreed().filter(council=story.council)
    late = Q(status__in=LIVE, deadline__lt=DAY)

    by_status = {state: agreed.filter(status=state).count() for state in Status.values}
    assert dict(found.total.by_status) == by_status
    assert found.total.overdue == agreed.overdue(DAY).count()

    by_goal = {
        number: (n, behind)
        for number, n, behind in agreed.values_list("activity__goal__number").annotate(
            n=Count("pk"), behind=Count("pk", filter=late)
        )
    }
    assert {(goal.number if goal else None): (c.total, c.overdue) for goal, c in found.goals} == by_goal

    by_organisation = {
        name: (n, behind)
        for name, n, behind in agreed.values_list("owner__organisation__name").annotate(
            n=Count("pk"), behind=Count("pk", filter=late)
        )
    }
    assert {name: (c.total, c.overdue) for name, c in found.organisations} == by_organisation

    ages = Counter(
        next(i for i, (_low, high) in enumerate(status.DELAYS) if high is None or days <= high)
        for days in ((DAY - deadline).days for deadline in agreed.overdue(DAY).values_list("deadline", flat=True))
    )
    assert [number for _low, _high, number in found.delays] == [ages[index] for index in range(4)]


def test_actions_of_another_plan_and_of_another_council_are_in_no_figure() -> None:
    story, next_door = make_story(), make_story()
    older = make.make_plan(story.council, name="2014-2015", starts=date(2014, 1, 1), ends=date(2015, 12, 31))
    story.agree(date(2017, 1, 10), activity=make.make_activity(older))
    next_door.agree(date(2017, 1, 10))
    inside = story.agree(date(2017, 1, 10))
    outside = story.agree(date(2017, 1, 10), activity=None)
    data = selection.load(story.ask())
    assert [found.pk for found in data.actions] == [inside.pk, outside.pk]
    assert [(goal and goal.number, c.total) for goal, c in data.figures.goals] == [(1, 1), (2, 0), (None, 1)]


def test_restricted_matter_is_left_out_everywhere_and_counted() -> None:
    story = make_story()
    topic = make.make_topic(story.council, extremism=True)
    case = make.make_case(story.council, restricted=True)
    secret = story.meet(date(2017, 2, 1), restricted=True, topics=[topic], case=case)
    story.agree(date(2017, 2, 1), item=secret)
    make.make_case(story.council)
    data = selection.load(story.ask())
    assert (list(data.actions), list(data.items), len(data.cases)) == ([], [], 1)
    assert [(meeting.decisions, meeting.actions) for meeting in data.meetings] == [(0, 0)]
    assert (data.left_out.actions, data.left_out.items, data.left_out.cases) == (1, 1, 1)


def test_a_case_says_when_it_was_last_treated_and_what_is_still_to_be_done() -> None:
    story = make_story()
    case = make.make_case(story.council)
    first = story.meet(date(2016, 11, 1), case=case)
    story.meet(date(2017, 1, 10), case=case)
    story.meet(date(2017, 2, 10), case=case, state="tabled")
    story.agree(date(2016, 11, 1), item=first)
    done = story.agree(date(2016, 11, 1), item=first)
    lifecycle.report_done(action=done, by=story.secretary, on=date(2016, 12, 1))
    (found,) = selection.load(story.ask()).cases
    assert (found.last_treated, found.open_actions) == (date(2017, 1, 10), 1)
    (before,) = selection.load(story.ask(as_of=date(2016, 11, 30))).cases
    assert (before.last_treated, before.open_actions) == (date(2016, 11, 1), 2)


def test_the_number_of_queries_does_not_grow_with_the_rows() -> None:
    def queries(number: int) -> int:
        story = make_story()
        topic = make.make_topic(story.council, extremism=True)
        for index in range(number):
            item = story.meet(DAY - timedelta(days=20 + index), topics=[topic], case=make.make_case(story.council))
            action = story.agree(DAY - timedelta(days=20 + index), item=item)
            lifecycle.start(action=action, by=story.secretary, on=DAY)
            make.make_outcome(make.make_indicator(make.make_activity(story.plan, 3 + index)))
        with CaptureQueriesContext(connection) as seen:
            assert len(selection.load(story.ask(as_of=DAY - timedelta(days=1))).actions) == number
        return len(seen)

    assert queries(1) == queries(3)
    assert queries(1) <= 23


def test_a_row_that_is_read_has_every_field_in_its_place(db: None) -> None:
    story = make_story()
    item = story.meet(DAY - timedelta(days=9), topics=[make.make_topic(story.council, extremism=True)])
    owner = story.owners[1]
    action = story.agree(DAY - timedelta(days=9), item=item, owner=owner, title="Ring skolan")
    lifecycle.report_done(action=action, by=story.secretary, on=DAY - timedelta(days=2), effect="Svar")
    [found] = selection.load(story.ask()).actions
    assert found._asdict() == {
        "pk": action.pk,
        "title": "Ring skolan",
        "status": Status.DONE,
        "agreed_on": DAY - timedelta(days=9),
        "deadline": DAY + timedelta(days=21),
        "closed_on": DAY - timedelta(days=2),
        "effect": "Svar",
        "owner_role": "rektor",
        "organisation": "Åsens skola",
        "activity": story.activities[0].pk,
        "meeting": item.meeting_id,
        "meeting_number": item.meeting.number,
        "item": item.pk,
        "item_title": item.title,
        "case": None,
        "decision": None,
        "extremism": True,
        "owner_name": owner.name,
        "awaits": True,
        "version": 1,
    }


# The file of a day


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1000)), min_size=1, max_size=12))
def test_a_report_made_later_is_byte_for_byte_the_one_made_on_the_day(steps: list[tuple[int, int]], db: None) -> None:
    story = make_story()
    actions = [story.agree(DAY - timedelta(days=60 - 20 * n), owner=story.owners[n]) for n in range(3)]
    lifecycle.report_done(action=actions[2], by=story.secretary, on=DAY - timedelta(days=5))
    on_the_day = workbook.build(selection.load(story.ask(as_of=DAY)))
    for index, (verb, number) in enumerate(steps):
        day = DAY + timedelta(days=1 + index)
        action = Action.objects.get(pk=actions[number % 3].pk)
        with contextlib.suppress(RuleBroken):  # refused: nothing has changed
            # What was written (a title, an effect) isn't rewound, so only verbs that write none of it.
            verbs(story, action, (0, 2, 3, 4, 5, 7)[verb], day)()
        story.agree(day)
    assert workbook.build(selection.load(story.ask(as_of=DAY))) == on_the_day


HAND_WRITTEN = """
    SELECT o.name, a.status, COUNT(*), SUM(CASE WHEN a.deadline < %s AND a.closed_on IS NULL THEN 1 ELSE 0 END)
    FROM actions_action a
    JOIN bra_member m ON m.id = a.owner_id
    JOIN bra_organisation o ON o.id = m.organisation_id
    JOIN meetings_agendaitem i ON i.id = a.agenda_item_id
    WHERE a.council_id = %s AND NOT a.removed AND NOT i.restricted
    GROUP BY o.name, a.status
"""


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 1000)), max_size=12))
def test_totals_equal_sql_written_by_hand_after_any_history(steps: list[tuple[int, int]], db: None) -> None:
    story = make_story()
    actions = [
        story.agree(
            DAY - timedelta(days=90 - 10 * n),
            item=story.meet(DAY - timedelta(days=90 - 10 * n), restricted=n == 3),
            owner=story.owners[n % 2],
            deadline=DAY - timedelta(days=40 - 15 * n),
        )
        for n in range(5)
    ]
    for verb, number in steps:
        with contextlib.suppress(RuleBroken):
            verbs(story, Action.objects.get(pk=actions[number % 5].pk), verb, DAY)()
    expected: Counter[tuple[str, str]] = Counter()
    late: Counter[str] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(HAND_WRITTEN, [DAY, story.council.pk])
        for organisation, state, number, behind in cursor.fetchall():
            expected[organisation, state] += number
            late[organisation] += behind
    found = selection.load(story.ask()).figures.organisations
    assert {(name, state): n for name, c in found for state, n in c.by_status.items() if n} == dict(expected)
    assert {name: c.overdue for name, c in found} == {name: late[name] for name, _state in expected}
