"""The steps of a deadline, and how an action is named where its title must not stand."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from actions.models import Action

WEEK = 7


def neutral_title(action: Action) -> str:
    """Name an action without saying what it is about: number, meeting, the meeting's day. All that a mail may say."""
    meeting = action.agenda_item.meeting
    return _neutral_words(get_language(), meeting.number, meeting.date) % {"number": action.pk}


def title_by_link(action: Action) -> str:
    """The action's title; the neutral one when it is restricted, because a link in a mail proves less than a log-in."""
    return neutral_title(action) if action.agenda_item.restricted else action.title


@lru_cache(maxsize=2000)
def _neutral_words(language: str | None, meeting: str, day: date) -> str:
    """The neutral title but for the number; a morning's mails name few meetings many times."""
    words = {"number": "%(number)d", "meeting": meeting, "day": date_format(day, "j F Y")}
    return _("Action %(number)s from meeting %(meeting)s (%(day)s)") % words


@dataclass(frozen=True)
class Line:
    """One action in the reminder of the day `on`. `step` as in ReminderLine.

    `absent` names the owner where somebody else is told; `cant` says why who stands in isn't, in words.
    """

    action: Action
    step: int
    on: date
    absent: str = ""
    cant: str = ""

    @property
    def title(self) -> str:
        """The neutral title, in the language of whoever reads."""
        return neutral_title(self.action)

    @property
    def days_left(self) -> int:
        """Days until the deadline; below 0 when it has passed."""
        return (self.action.deadline - self.on).days

    @property
    def days_late(self) -> int:
        """Days past the deadline; below 0 before it."""
        return -self.days_left

    @property
    def why(self) -> str:
        """The step that calls for it, in words, and for whom it is."""
        words = step_words(self.step, self.days_left)
        if self.absent:
            return _("%(step)s; for %(owner)s, who is away") % {"step": words, "owner": self.absent}
        return f"{words}; {self.cant}" if self.cant else words


def step_words(step: int, days_left: int) -> str:
    """Return a step in words, "3 days before the deadline", as it is on a day with `days_left` days to the deadline.

    After missed days a step comes late, and says so: "less than 3 days before the deadline".
    """
    if step > days_left > 0:
        return ngettext("less than %(n)d day before the deadline", "less than %(n)d days before the deadline", step) % {
            "n": step
        }
    if step > 0:
        return ngettext("%(n)d day before the deadline", "%(n)d days before the deadline", step) % {"n": step}
    if step < 0:
        return ngettext("%(n)d week after the deadline", "%(n)d weeks after the deadline", -step) % {"n": -step}
    if days_left < 0:
        return ngettext("%(n)d day after the deadline", "%(n)d days after the deadline", -days_left) % {"n": -days_left}
    return _("the day of the deadline")
