"""Working days over ten years: against a table written by hand, and by the rules that no table may break."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bra import workdays
from bra.models import STOCKHOLM

DAY = timedelta(days=1)
# Weekdays off from 2016 to 2025, as the Swedish calendar has them: the moving ones, year by year (Good Friday, Easter
# Monday, Ascension Day, Midsummer's Eve), and the fixed ones (month, day), where they fall on a weekday.
MOVING = {
    2016: ["03-25", "03-28", "05-05", "06-24"],
    2017: ["04-14", "04-17", "05-25", "06-23"],
    2018: ["03-30", "04-02", "05-10", "06-22"],
    2019: ["04-19", "04-22", "05-30", "06-21"],
    2020: ["04-10", "04-13", "05-21", "06-19"],
    2021: ["04-02", "04-05", "05-13", "06-25"],
    2022: ["04-15", "04-18", "05-26", "06-24"],
    2023: ["04-07", "04-10", "05-18", "06-23"],
    2024: ["03-29", "04-01", "05-09", "06-21"],
    2025: ["04-18", "04-21", "05-29", "06-20"],
}
FIXED = ["01-01", "01-06", "05-01", "06-06", "12-24", "12-25", "12-26", "12-31"]
SQUEEZE = {
    2016: ["05-06"],
    2017: ["05-26", "06-05"],
    2018: ["04-30", "05-11"],
    2019: ["05-31", "06-07", "12-23", "12-27", "12-30"],
    2020: ["05-22"],
    2021: ["05-14"],
    2022: ["01-07", "05-27"],
    2023: ["05-19", "06-05"],
    2024: ["05-10", "06-07", "12-23", "12-27", "12-30"],
    2025: ["05-02", "05-30"],
}


def days_of(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += DAY


def as_days(year: int, texts: list[str]) -> set[date]:
    return {date.fromisoformat(f"{year}-{text}") for text in texts}


@pytest.mark.parametrize("year", MOVING)
def test_the_weekdays_off_of_ten_years(year: int) -> None:
    off = {day for day in days_of(year) if day.weekday() < 5 and not workdays.is_working_day(day)}
    assert off == {day for day in as_days(year, MOVING[year] + FIXED) if day.weekday() < 5}


@pytest.mark.parametrize("year", SQUEEZE)
def test_the_squeeze_days_of_ten_years(year: int) -> None:
    assert {day for day in days_of(year) if workdays.is_squeeze_day(day)} == as_days(year, SQUEEZE[year])


@pytest.mark.parametrize(
    ("day", "squeeze_off", "expected"),
    [
        ("2017-03-15", False, "2017-03-15"),
        ("2017-03-12", False, "2017-03-13"),  # a Sunday
        ("2017-04-13", False, "2017-04-13"),  # Maundy Thursday is a working day
        ("2017-04-14", False, "2017-04-18"),  # Easter
        ("2017-05-26", False, "2017-05-26"),  # the day after Ascension Day
        ("2017-05-26", True, "2017-05-29"),
        ("2017-06-05", True, "2017-06-07"),  # between a Sunday and the National Day
        ("2019-12-21", False, "2019-12-23"),
        ("2019-12-21", True, "2020-01-02"),  # two squeeze days among the holidays of Christmas
    ],
)
def test_a_day_off_moves_to_the_next_working_day(day: str, squeeze_off: bool, expected: str) -> None:
    found = workdays.next_working_day(date.fromisoformat(day), squeeze_off=squeeze_off)
    assert found.isoformat() == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2017-03-15", "2017-03-13"),
        ("2017-03-19", "2017-03-13"),
        ("2017-04-19", "2017-04-18"),
        ("2017-04-17", "2017-04-18"),
    ],
)
def test_the_gathering_day_is_monday_or_the_working_day_after_it(day: str, expected: str) -> None:
    assert workdays.gathering_day(date.fromisoformat(day)).isoformat() == expected


@given(st.dates(date(2016, 1, 1), date(2030, 12, 31)), st.booleans())
def test_next_and_previous_meet(day: date, squeeze_off: bool) -> None:
    after = workdays.next_working_day(day + DAY, squeeze_off=squeeze_off)
    assert workdays.is_working_day(after, squeeze_off=squeeze_off)
    assert workdays.previous_working_day(after, squeeze_off=squeeze_off) <= day
    assert (after - day).days <= 13


@pytest.mark.parametrize("year", MOVING)
def test_every_hour_in_which_reminders_go_out_is_there_once_each_day_of_the_year(year: int) -> None:
    """The clocks change at night: from 06 to 20 each local hour comes exactly once, on the days of the change too."""
    for day in days_of(year):
        first = datetime(day.year, day.month, day.day, 6, tzinfo=STOCKHOLM)
        last = datetime(day.year, day.month, day.day, 20, tzinfo=STOCKHOLM)
        assert last.timestamp() - first.timestamp() == 14 * 3600
