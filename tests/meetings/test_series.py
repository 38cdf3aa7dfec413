"""Recurring meetings: the rule's days, Swedish holidays, what is in the way, and all or nothing."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bra import workdays
from bra.errors import RuleBroken
from meetings import lifecycle, series
from meetings.models import Meeting, MeetingState, StandingItem
from tests import make
from tests.cast import Cast
from tests.make import TODAY

RULE = {
    "rule": "monthly",
    "nth": "1",
    "weekday": "3",
    "months": ["4", "5", "6"],
    "every": "",
    "since": "2017-03-16",
    "until": "2017-12-31",
    "starts_at": "13:00",
    "ends_at": "15:00",
    "place": "Eken",
    "holidays": "skip",
}


def test_every_first_thursday_of_chosen_months() -> None:
    days = series.monthly(date(2017, 2, 3), date(2017, 9, 7), weekday=3, nth=1, months=[2, 4, 9, 11])
    assert days == [date(2017, 4, 6), date(2017, 9, 7)]
    assert series.monthly(date(2017, 1, 1), date(2017, 3, 31), weekday=4, nth=series.LAST, months=[1, 2, 3]) == [
        date(2017, 1, 27),
        date(2017, 2, 24),
        date(2017, 3, 31),
    ]


def test_every_so_many_weeks() -> None:
    assert series.weekly(date(2017, 3, 14), date(2017, 5, 1), weekday=0, every=3) == [
        date(2017, 3, 20),
        date(2017, 4, 10),
        date(2017, 5, 1),
    ]


YEARS = st.dates(date(2016, 1, 1), date(2030, 1, 1))


@given(YEARS, st.integers(0, 400), st.integers(0, 4), st.sampled_from([1, 2, 3, 4, series.LAST]))
def test_a_monthly_series_has_one_day_a_month_of_its_weekday(start: date, length: int, weekday: int, nth: int) -> None:
    end = start + timedelta(days=length)
    days = series.monthly(start, end, weekday=weekday, nth=nth, months=range(1, 13))
    assert all(start <= day <= end and day.weekday() == weekday for day in days)
    assert len({(day.year, day.month) for day in days}) == len(days)
    assert len(days) >= length // 31 - 1


@given(YEARS)
def test_the_next_working_day_is_one(day: date) -> None:
    found = workdays.next_working_day(day)
    assert day <= found <= day + timedelta(days=7)
    assert (found.weekday() < 5, workdays.holiday_name(found)) == (True, "")


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2017, 4, 14), "Långfredagen"),
        (date(2017, 5, 25), "Kristi himmelsfärdsdag"),
        (date(2017, 6, 6), "Nationaldagen"),
        (date(2017, 6, 23), "Midsommarafton"),
        (date(2017, 12, 24), "Julafton"),
        (date(2017, 3, 19), ""),
        (date(2017, 5, 26), ""),
    ],
)
def test_swedish_holidays_are_called_by_their_names(day: date, name: str) -> None:
    with translation.override("sv"):
        assert workdays.holiday_name(day) == name


def address(cast: Cast) -> str:
    return reverse("meetings:series", args=[cast.council.slug])


@pytest.fixture
def secretary(cast: Cast) -> Client:
    return cast.browse(cast.secretary)


def shown(response: Any) -> list[tuple[str, str | None, str, str, bool]]:
    """(day of the rule, day of the meeting, holiday, meeting in the way, whether it can be planned) of each line."""
    return [
        (
            row.occasion.day.isoformat(),
            row.day.isoformat() if row.day else None,
            row.occasion.holiday,
            row.clash.number if row.clash else "",
            row.can_be_planned,
        )
        for row in response.context["rows"]
    ]


def test_the_preview_shows_holidays_and_what_is_in_the_way_and_plans_nothing(cast: Cast, secretary: Client) -> None:
    make.make_meeting(cast.council, MeetingState.DRAFT, date=date(2017, 5, 4), sequence=7)
    make.make_meeting(cast.stranger.council, MeetingState.DRAFT, date=date(2017, 4, 6))
    rule = RULE | {"rule": "weekly", "every": "3", "since": "2017-05-04", "until": "2017-06-20", "do": "preview"}
    assert shown(secretary.post(address(cast), rule)) == [
        ("2017-05-04", "2017-05-04", "", "2017-7", False),
        ("2017-05-25", None, "Ascension Day", "", False),
        ("2017-06-15", "2017-06-15", "", "", True),
    ]
    response = secretary.post(address(cast), rule | {"holidays": "move"})
    assert shown(response)[1] == ("2017-05-25", "2017-05-26", "Ascension Day", "", True)
    assert "Moved from" in response.text
    assert Meeting.objects.filter(council=cast.council).count() == 1


def test_a_day_that_another_was_moved_to_is_planned_once(cast: Cast, secretary: Client) -> None:
    rule = RULE | {"rule": "weekly", "every": "1", "weekday": "0", "since": "2017-12-25", "until": "2017-12-31"}
    rows = secretary.post(address(cast), rule | {"holidays": "move", "do": "preview"}).context["rows"]
    assert [(row.day, row.twice) for row in rows] == [(date(2017, 12, 27), False)]


def test_the_ticked_days_are_planned_with_the_standing_agenda(cast: Cast, secretary: Client) -> None:
    StandingItem.objects.create(council=cast.council, position=1, title="Öppnande", minutes_planned=5)
    response = secretary.post(address(cast), RULE | {"do": "plan", "day": ["2017-04-06", "2017-06-01"]}, follow=True)
    assert "2 meetings are planned." in response.text
    meetings = Meeting.objects.order_by("date")
    assert [(m.number, m.date, m.starts_at, m.ends_at, m.place) for m in meetings] == [
        ("2017-1", date(2017, 4, 6), time(13), time(15), "Eken"),
        ("2017-2", date(2017, 6, 1), time(13), time(15), "Eken"),
    ]
    assert [list(m.items.values_list("title", "minutes_planned")) for m in meetings] == [[("Öppnande", 5)]] * 2


def test_a_day_that_the_rule_does_not_give_is_not_planned(cast: Cast, secretary: Client) -> None:
    response = secretary.post(address(cast), RULE | {"do": "plan", "day": ["2017-04-07", "nonsense"]})
    assert response.status_code == 422
    assert Meeting.objects.count() == 0


@pytest.mark.django_db
def test_all_are_planned_or_none(cast: Cast) -> None:
    make.make_meeting(cast.council, MeetingState.DRAFT, date=date(2017, 6, 1))
    with pytest.raises(RuleBroken):
        lifecycle.plan_series(
            council=cast.council,
            by=cast.secretary,
            on=TODAY,
            days=[date(2017, 4, 6), date(2017, 5, 4), date(2017, 6, 1)],
            starts_at=time(14),
        )
    assert Meeting.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"until": "2017-03-01"}, "until"),
        ({"until": "2019-03-01"}, "until"),
        ({"ends_at": "12:00"}, "ends_at"),
        ({"months": []}, "months"),
        ({"rule": "weekly", "every": ""}, "every"),
        ({"rule": "weekly", "every": "0"}, "every"),
        ({"weekday": "6"}, "weekday"),
        ({"place": "Hos 19821105-9954"}, "place"),
        ({"since": ""}, "since"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_at_the_field(
    cast: Cast, secretary: Client, data: dict[str, Any], field: str
) -> None:
    response = secretary.post(address(cast), RULE | data | {"do": "plan", "day": ["2017-04-06"]})
    assert (response.status_code, field in response.context["form"].errors) == (422, True)
    assert Meeting.objects.count() == 0
