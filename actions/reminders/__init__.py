"""Reminders: who is reminded of what on a day. No clock ticks here.

`plan_day` writes them, set by set, as mails of the ledger (bra.post), which sends them. See docs/reminders.md.
"""

from actions.reminders.decisions import send_now
from actions.reminders.due import held_back_words
from actions.reminders.letters import write_reminders
from actions.reminders.planning import Planned, plan_day, plan_once
from actions.reminders.previewing import Group, Held, Preview, preview
from actions.reminders.steps import Line, neutral_title, step_words

__all__ = [
    "Group",
    "Held",
    "Line",
    "Planned",
    "Preview",
    "held_back_words",
    "neutral_title",
    "plan_day",
    "plan_once",
    "preview",
    "send_now",
    "step_words",
    "write_reminders",
]
