"""Reminders: who is reminded of what on a day, and how the mails get out. No clock ticks here.

The rows are the queue. `plan_day` writes them, set by set; `deliver` claims one at a time, just before the mail
server gets it, so that a worker that dies leaves at most one mail of which nobody knows. See docs/reminders.md.
"""

from actions.reminders.decisions import dismiss, failure_words, resend, send_now
from actions.reminders.delivery import Delivered, claim, deliver, flag_lapsed
from actions.reminders.due import held_back_words
from actions.reminders.letters import message_id
from actions.reminders.planning import Planned, plan_day, plan_once
from actions.reminders.previewing import Group, Held, Preview, preview
from actions.reminders.steps import Line, neutral_title, step_words

__all__ = [
    "Delivered",
    "Group",
    "Held",
    "Line",
    "Planned",
    "Preview",
    "claim",
    "deliver",
    "dismiss",
    "failure_words",
    "flag_lapsed",
    "held_back_words",
    "message_id",
    "neutral_title",
    "plan_day",
    "plan_once",
    "preview",
    "resend",
    "send_now",
    "step_words",
]
