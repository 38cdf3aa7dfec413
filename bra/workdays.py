"""Swedish working days: what mail and meetings keep to. Nothing here reads a clock or a row.

Source: the package holidays, calendar SE. Sundays are no holidays of their own here, but days off as Saturdays are.
"""

from datetime import date, timedelta
from functools import cache

import holidays
from django.utils.translation import get_language

# Midsummer's Eve, Christmas Eve and New Year's Eve are no public holidays by law, but municipalities are closed.
_CATEGORIES = ("public", "de_facto")
_FRIDAY = 4
_DAY = timedelta(days=1)


def holiday_name(day: date) -> str:
    """Return the name of the Swedish holiday or eve that `day` is, in the language of the page; "" for other days."""
    return _holidays(day.year, "sv" if get_language() == "sv" else "en_US").get(day, "")


@cache
def _holidays(year: int, language: str) -> dict[date, str]:
    calendar = holidays.country_holidays("SE", years=[year], categories=_CATEGORIES, language=language)
    return dict(calendar.items())


def is_off(day: date) -> bool:
    """Whether the day is a holiday or in a weekend."""
    return day.weekday() > _FRIDAY or day in _holidays(day.year, "sv")


def is_squeeze_day(day: date) -> bool:
    """Whether the day is a working day between two days off ("klämdag")."""
    return not is_off(day) and is_off(day - _DAY) and is_off(day + _DAY)


def is_working_day(day: date, *, squeeze_off: bool = False) -> bool:
    """Whether one works on the day; with `squeeze_off` squeeze days are days off too."""
    return not is_off(day) and not (squeeze_off and is_squeeze_day(day))


def next_working_day(day: date, *, squeeze_off: bool = False) -> date:
    """Return `day`, or the first working day after it."""
    while not is_working_day(day, squeeze_off=squeeze_off):
        day += _DAY
    return day


def previous_working_day(day: date, *, squeeze_off: bool = False) -> date:
    """Return the last working day before `day`."""
    day -= _DAY
    while not is_working_day(day, squeeze_off=squeeze_off):
        day -= _DAY
    return day


def gathering_day(day: date, *, squeeze_off: bool = False) -> date:
    """Return the day on which mail of the week that `day` is in is gathered: Monday, or the working day after it."""
    return next_working_day(day - timedelta(days=day.weekday()), squeeze_off=squeeze_off)
