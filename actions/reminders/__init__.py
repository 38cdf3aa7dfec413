"""Reminders: who is reminded of what on a day. No clock ticks here.

`plan_day` writes them, set by set, as mails of the ledger (bra.post), which sends them. See docs/reminders.md.
"""

from actions.reminders.decisions import change_rules, send_now
from actions.reminders.digests import DIGEST
from actions.reminders.due import held_back_words
from actions.reminders.escalating import ESCALATED
from actions.reminders.gathered import write_digests, write_escalated, write_updates
from actions.reminders.letters import untell, write_reminders
from actions.reminders.next_one import Next, next_reminder
from actions.reminders.planning import Planned, plan_day, plan_mornings
from actions.reminders.previewing import Group, Held, Other, Preview, preview
from actions.reminders.rounds import UPDATE, Asked, asked_in, start_update_round, to_be_asked
from actions.reminders.rules import Rules, rules_of
from actions.reminders.steps import Line, neutral_title, step_words, title_by_link

__all__ = [
    "DIGEST",
    "ESCALATED",
    "UPDATE",
    "Asked",
    "Group",
    "Held",
    "Line",
    "Next",
    "Other",
    "Planned",
    "Preview",
    "Rules",
    "asked_in",
    "change_rules",
    "held_back_words",
    "neutral_title",
    "next_reminder",
    "plan_day",
    "plan_mornings",
    "preview",
    "rules_of",
    "send_now",
    "start_update_round",
    "step_words",
    "title_by_link",
    "to_be_asked",
    "untell",
    "write_digests",
    "write_escalated",
    "write_reminders",
    "write_updates",
]
