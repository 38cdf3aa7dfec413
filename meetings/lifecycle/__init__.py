"""The verbs of meetings: each checks the state, changes it and writes history in one transaction.

All take `by`, the acting member (None for the system), and `on`, the council's day. They raise RuleBroken with a
sentence for the user when a rule says no.
"""

from meetings.lifecycle.agenda import add_item, edit_item, move_item, remove_item
from meetings.lifecycle.case_life import (
    choose_case_rules,
    close_case,
    link_cases,
    merge_cases,
    put_on_agenda,
    reopen_case,
    see_watched,
    split_case,
    unlink_cases,
    unmerge_case,
    watch_case,
)
from meetings.lifecycle.cases import edit_case, next_registry_number, open_case
from meetings.lifecycle.planning import plan_meeting, replan_meeting
from meetings.lifecycle.session import (
    NotesConflict,
    adjourn,
    amend_decision,
    mark_attendance,
    open_meeting,
    record_decision,
    remove_decision,
    reopen_meeting,
    save_notes,
    set_item_state,
)

__all__ = [
    "NotesConflict",
    "add_item",
    "adjourn",
    "amend_decision",
    "choose_case_rules",
    "close_case",
    "edit_case",
    "edit_item",
    "link_cases",
    "mark_attendance",
    "merge_cases",
    "move_item",
    "next_registry_number",
    "open_case",
    "open_meeting",
    "plan_meeting",
    "put_on_agenda",
    "record_decision",
    "remove_decision",
    "remove_item",
    "reopen_case",
    "reopen_meeting",
    "replan_meeting",
    "save_notes",
    "see_watched",
    "set_item_state",
    "split_case",
    "unlink_cases",
    "unmerge_case",
    "watch_case",
]
