"""The figures as a web page: they are those of the report, and each number leads to the actions that it counts."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions import lifecycle as acts
from actions.models import Action, Activity, Status
from bra.models import Role
from meetings.models import AgendaItem
from reports import charts
from reports.models import Report, ReportState
from reports.status import Month
from tests import make
from tests.cast import Cast
from tests.reports.story import DAY, Story, make_story

pytestmark = pytest.mark.wide

EARLIER = date(2017, 2, 10)


@pytest.fixture
def story(cast: Cast) -> Story:
    """Actions in every state, in time and late, of three organisations, in the plan, outside it, of another plan.

    Some are restricted, and one was removed: neither is in any figure.
    """
    story = make_story(cast.council)
    by = story.secretary
    late = {"deadline": date(2017, 2, 1)}
    _first, second, third = story.activities
    story.agree(date(2016, 5, 2), deadline=date(2016, 6, 1))
    story.agree(date(2017, 1, 16), activity=second, owner=story.owners[1], **late)
    story.agree(date(2017, 1, 16), activity=None, deadline=date(2017, 3, 10))
    story.agree(date(2017, 2, 20), activity=third, deadline=date(2017, 6, 1))
    begun = story.agree(date(2017, 1, 16), owner=story.owners[2], **late)
    acts.start(action=begun, by=by, on=date(2017, 1, 20))
    for day in (date(2017, 1, 30), date(2017, 3, 1)):
        done = story.agree(date(2017, 1, 16), activity=third)
        acts.report_done(action=done, by=by, on=day, effect="Det hjälpte.")
    put_off = story.agree(date(2017, 1, 16), owner=story.owners[1])
    acts.postpone(action=put_off, by=by, on=date(2017, 2, 15), until=date(2017, 5, 1), reason="Väntar på avtal")
    ended = story.agree(date(2017, 1, 16), activity=None)
    acts.cancel(action=ended, by=by, on=date(2017, 2, 1), reason="Behövs inte")
    story.agree(date(2017, 1, 16), item=story.meet(date(2017, 1, 16), restricted=True), **late)
    gone = story.agree(date(2017, 1, 16), title="Felskriven")
    Action.objects.filter(pk=gone.pk).update(removed=True)
    other = make.make_plan(cast.council, name="2015", starts=date(2015, 1, 1), ends=date(2015, 12, 31))
    story.agree(date(2017, 1, 16), activity=make.make_activity(other, 1), **late)
    dropped = make.make_activity(story.plan, 2)
    story.agree(date(2017, 1, 16), activity=dropped, **late)
    Activity.objects.filter(pk=dropped.pk).update(removed=True)
    # The reader is cleared, so that the list of actions would show what is restricted.
    cast.coordinator.cleared = True
    cast.coordinator.save()
    return story


@pytest.fixture
def browser(cast: Cast) -> Client:
    return cast.browse(cast.coordinator)


def page(cast: Cast, **query: Any) -> str:
    address = reverse("reports:figures", args=[cast.council.slug])
    return f"{address}?{'&'.join(f'{name}={value}' for name, value in query.items())}"


def in_report(story: Story) -> Any:
    """The report's actions as of today, asked for in another way than the report does."""
    return Action.objects.raw(
        """
        SELECT a.*, CASE WHEN g.removed OR v.removed THEN NULL ELSE g.number END AS goal,
               a.deadline < %(day)s AND a.status IN ('not_started', 'in_progress', 'postponed') AS late,
               o.name AS organisation
        FROM actions_action a
        JOIN meetings_agendaitem i ON i.id = a.agenda_item_id AND NOT i.restricted
        JOIN bra_member m ON m.id = a.owner_id JOIN bra_organisation o ON o.id = m.organisation_id
        LEFT JOIN actions_activity v ON v.id = a.activity_id LEFT JOIN actions_goal g ON g.id = v.goal_id
        WHERE a.council_id = %(council)s AND NOT a.removed AND (g.plan_id IS NULL OR g.plan_id = %(plan)s)
          AND a.agreed_on <= %(day)s AND (a.closed_on IS NULL OR a.closed_on >= %(first)s OR a.agreed_on >= %(first)s)
        """,
        {"day": DAY, "council": story.council.pk, "plan": story.plan.pk, "first": story.plan.starts},
    )


def test_the_tables_show_what_the_database_counts(cast: Cast, story: Story, browser: Client) -> None:
    shown = browser.get(page(cast)).context
    rows = list(in_report(story))
    parts = ["done", "in_progress", "not_started", "overdue", "postponed", "cancelled"]

    def counted(chosen: Callable[[Any], bool]) -> list[int]:
        states = ["overdue" if row.late else row.status for row in rows if chosen(row)]
        return [*(states.count(part) for part in parts), len(states)]

    goals = [[cell.number for cell in row.cells] for row in shown["goals"]]
    assert goals == [counted(lambda row, goal=goal: row.goal == goal) for goal in (1, 2, None)]
    assert [cell.number for cell in shown["total"].cells] == counted(lambda row: True)
    organisations = {row.label: [cell.number for cell in row.cells] for row in shown["organisations"]}
    names = {row.organisation for row in rows}
    assert organisations == {name: counted(lambda row, name=name: row.organisation == name) for name in names}
    days = [(DAY - row.deadline).days for row in rows if row.late]
    assert [cell.number for _words, cell, _length in shown["delays"]] == [
        sum(low <= number <= high for number in days) for low, high in ((1, 7), (8, 30), (31, 90), (91, 9999))
    ]
    done = [row for row in rows if row.status == Status.DONE]
    assert shown["total"].percent == round(100 * len(done) / sum(row.status != Status.CANCELLED for row in rows))


def cells_of(html: str) -> list[tuple[str, int]]:
    """(address, number) of every number that is a link."""
    found = re.findall(r'<a href="(/[^"]*\?[^"]*)">(\d+)</a>', html)
    return [(address.replace("&amp;", "&"), int(number)) for address, number in found]


@pytest.mark.parametrize("query", [{}, {"as_of": EARLIER}, {"period_from": "2017-01-01"}])
def test_each_number_leads_to_just_as_many_actions(
    cast: Cast, story: Story, browser: Client, query: dict[str, Any]
) -> None:
    cells = cells_of(browser.get(page(cast, **query)).content.decode())
    assert len(cells) > 30
    wrong = []
    to_list = 0
    for address, number in cells:
        answer = browser.get(address)
        on_list = "page_obj" not in answer.context
        to_list += on_list
        shown = answer.context["count"] if on_list else answer.context["page_obj"].paginator.count
        wrong += [(address, number, shown)] if shown != number else []
    assert (wrong, to_list > 0) == ([], query == {})


def test_the_list_can_be_unfiltered_bit_by_bit(cast: Cast, story: Story, browser: Client) -> None:
    answer = browser.get(
        reverse("actions:list", args=[cast.council.slug]),
        {"plan": story.plan.pk, "goal": "none", "status": "all", "late_from": 1, "late_to": 7},
    )
    assert [words for words, _address in answer.context["chips"]] == [
        "In the report of the plan 2016-2017",
        "Overdue 1 day or more",
        "Overdue 7 days at most",
    ]
    assert [row["deadline"] for row in answer.context["rows"]] == ["2017-03-10"]
    foreign = make.make_plan(make.make_council())
    nothing = browser.get(reverse("actions:list", args=[cast.council.slug]), {"plan": foreign.pk, "status": "all"})
    assert nothing.context["count"] == 0


def test_the_page_of_an_earlier_day_shows_it_as_it_was(cast: Cast, story: Story, browser: Client) -> None:
    address = reverse("reports:figure_rows", args=[cast.council.slug])
    answer = browser.get(address, {"as_of": EARLIER.isoformat(), "part": "done"})
    done = Action.objects.filter(status=Status.DONE, closed_on__lte=EARLIER)
    assert [one["row"].pk for one in answer.context["rows"]] == list(done.values_list("pk", flat=True))
    assert answer.context["words"] == ["Done"]


def test_changes_are_counted_since_the_last_report(cast: Cast, story: Story, browser: Client) -> None:
    Report.objects.create(
        council=story.council,
        plan=story.plan,
        period_from=story.plan.starts,
        period_to=EARLIER,
        as_of=EARLIER,
        state=ReportState.READY,
        file_name="x",
        sha256="0" * 64,
    )
    answer = browser.get(page(cast))
    assert [(word, cell.number) for word, cell in answer.context["changes"]] == [
        ("New", 1),
        ("Closed", 1),
        ("Put off", 1),
        ("Taken up again", 0),
    ]
    assert "Changes since the report as of <time" in answer.content.decode()
    (row,) = browser.get(answer.context["changes"][2][1].url).context["rows"]
    assert (row["change"], row["row"].deadline, row["deadline_before"]) == (
        "Put off",
        date(2017, 5, 1),
        date(2017, 2, 15),
    )


def test_nothing_restricted_is_on_the_pages(cast: Cast, story: Story, browser: Client) -> None:
    secret = AgendaItem.objects.get(restricted=True).actions.get()
    Action.objects.filter(pk=secret.pk).update(title="Hemligheten")
    first = browser.get(page(cast, as_of=DAY))
    everything = browser.get(reverse("reports:figure_rows", args=[cast.council.slug]))
    listed = browser.get(cells_of(first.content.decode())[0][0])
    assert [b"Hemligheten" in answer.content for answer in (first, everything, listed)] == [False] * 3
    assert "1 restricted row is left out." in first.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "part=x",
        "goal=77",
        "activity=0",
        "late=2",
        "month=2031-01&did=agreed",
        "did=agreed",
        "change=x",
    ],
)
def test_an_address_that_makes_no_sense_finds_no_page(cast: Cast, story: Story, browser: Client, query: str) -> None:
    assert browser.get(f"{reverse('reports:figure_rows', args=[cast.council.slug])}?{query}").status_code == 404


def test_a_bad_question_is_said_where_the_figures_stand(cast: Cast, story: Story, browser: Client) -> None:
    for address in (page(cast, as_of="2017-03-16"), page(cast, period_to="snart")):
        html = browser.get(address).content.decode()
        assert ("These figures can't be shown" in html, '<svg class="months"' in html) == (True, False)
    rows = browser.get(reverse("reports:figure_rows", args=[cast.council.slug]), {"as_of": "2031-01-01"})
    assert "Go back to the figures" in rows.content.decode()


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("status", [True, True, True, True, False]),
        ("extremism", [False, False, True, True, False]),
        ("cases", [False, True, True, True, False]),
        ("follow_up", [False, False, False, False, True]),
    ],
)
def test_the_page_says_nothing_of_what_a_kind_does_not_count(
    cast: Cast, story: Story, browser: Client, kind: str, says: list[bool]
) -> None:
    """A follow-up holds what is open and what waits: a share done, or what was closed, can't be counted in that."""
    story.agree(date(2017, 1, 16), item=story.meet(date(2017, 1, 16), case=make.make_case(cast.council)))
    html = browser.get(page(cast, kind=kind)).content.decode()
    words = ["in the period.", "1 case.", "Share done", "Changes since", "Reported done, waiting for approval"]
    assert [word in html for word in words] == says
    assert ('id="months-title"' in html) == (kind in ("status", "cases"))  # nothing is marked here
    for address, number in cells_of(html):
        answer = browser.get(address)
        shown = answer.context["page_obj"].paginator.count if "page_obj" in answer.context else answer.context["count"]
        assert (address, shown) == (address, number)


def test_htmx_gets_the_figures_alone(cast: Cast, story: Story, browser: Client) -> None:
    html = browser.get(page(cast), headers={"HX-Request": "true", "HX-Target": "figures"}).content.decode()
    assert ('id="figures"' in html, "<html" in html) == (True, False)


def test_before_there_is_anything_the_page_says_so(cast: Cast, browser: Client) -> None:
    assert "There is no plan to report on yet" in browser.get(page(cast)).content.decode()
    make.make_plan(cast.council)
    html = browser.get(page(cast)).content.decode()
    assert "The plan has no goals yet." in html
    assert "No actions belong to the period." in html
    assert cells_of(html) == []


def test_as_many_questions_for_three_as_for_one(cast: Cast, story: Story, browser: Client) -> None:
    rows = reverse("reports:figure_rows", args=[cast.council.slug])

    def queries() -> list[int]:
        numbers = []
        for address in (page(cast), rows):
            with CaptureQueriesContext(connection) as seen:
                assert browser.get(address).status_code == 200
            numbers.append(len(seen))
        return numbers

    make.make_outcome(make.make_indicator(story.activities[0]))
    queries()
    one = queries()
    for number in range(2):
        owner = make.make_member(cast.council, Role.OWNER)
        activity = make.make_activity(story.plan, 5 + number)
        make.make_outcome(make.make_indicator(activity))
        story.agree(date(2017, 2, 1) + timedelta(days=number), owner=owner, activity=activity)
    assert queries() == one


def test_the_months_are_drawn_to_scale() -> None:
    drawn = charts.months_drawn([Month(date(2017, 1, 31), 4, 1, 3), Month(date(2017, 2, 28), 0, 3, 0)])
    assert drawn.scale == [("190.0", 0), ("105.0", 2), ("20.0", 4)]
    assert [(one.agreed[1:], one.closed[1:], one.middle, one.open, one.word) for one in drawn.months] == [
        (("20.0", "170.0"), ("147.5", "42.5"), "31.00%", "62.5", "2017-01"),
        (("190.0", "0.0"), ("62.5", "127.5"), "77.00%", "190.0", "2017-02"),
    ]
    assert drawn.line == [(drawn.months[0], drawn.months[1])]
    assert charts.months_drawn([]).months == []
