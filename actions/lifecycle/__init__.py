"""The verbs of actions: each checks the state, changes it and writes history in one transaction.

All take `by`, the acting member, and `on`, the council's day. They raise RuleBroken with a sentence for the user
when a rule says no.
"""

from actions.lifecycle.agreeing import LONGEST_REPEAT, agree, amend, remove, set_repeat, set_waits_for
from actions.lifecycle.calendars import CALENDAR, has_calendar, make_calendar, stop_calendar
from actions.lifecycle.closing import approve, approve_all, send_back, unapprove, unapprove_all
from actions.lifecycle.comments import comment, mentionable, take_back_comment
from actions.lifecycle.deadlines import answer_deadline, ask_deadline, withdraw_deadline
from actions.lifecycle.owners import FROM, TO, hand_over, hand_over_all, hand_over_to_colleague
from actions.lifecycle.progress import (
    cancel,
    postpone,
    refuse_closing_day,
    reopen,
    report_done,
    start,
    tell_effect,
)
from actions.lifecycle.undoing import as_it_is, take_back

__all__ = [
    "CALENDAR",
    "FROM",
    "LONGEST_REPEAT",
    "TO",
    "agree",
    "amend",
    "answer_deadline",
    "approve",
    "approve_all",
    "as_it_is",
    "ask_deadline",
    "cancel",
    "comment",
    "hand_over",
    "hand_over_all",
    "hand_over_to_colleague",
    "has_calendar",
    "make_calendar",
    "mentionable",
    "postpone",
    "refuse_closing_day",
    "remove",
    "reopen",
    "report_done",
    "send_back",
    "set_repeat",
    "set_waits_for",
    "start",
    "stop_calendar",
    "take_back",
    "take_back_comment",
    "tell_effect",
    "unapprove",
    "unapprove_all",
    "withdraw_deadline",
]
