"""The verbs of meetings: each checks the state, changes it and writes history in one transaction.

All take `by`, the acting member (None for the system), and `on`, the council's day. They raise RuleBroken with a
sentence for the user when a rule says no.
"""

from meetings.lifecycle.agenda import add_item, edit_item, move_item, place_item, remove_item, restore_item
from meetings.lifecycle.answers import answer_summons, refuse_unanswerable
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
from meetings.lifecycle.documents import change_layout, laid_out, register_minutes
from meetings.lifecycle.mailing import mail_minutes
from meetings.lifecycle.planning import clashes, plan_meeting, plan_series, replan_meeting
from meetings.lifecycle.presence import add_guest, edit_guest, note_stay, remove_guest, take_up
from meetings.lifecycle.proposals import (
    MOST_DAYS,
    decline_proposal,
    propose_item,
    put_back_proposal,
    set_proposal_days,
    take_proposal,
    withdraw_proposal,
)
from meetings.lifecycle.remarks import comment_on_item, remove_comment
from meetings.lifecycle.session import (
    DecisionConflict,
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
    unopen_meeting,
)
from meetings.lifecycle.signed import (
    add_addendum,
    ask_unlock,
    choose_meeting_rules,
    confirm_unlock,
    refuse_unlock,
)
from meetings.lifecycle.signing import (
    attended,
    decline,
    may_adjust,
    name_adjusters,
    presiding,
    send_for_sign_off,
    sign,
    withdraw_sign_off,
)
from meetings.lifecycle.standing import add_standing, edit_standing, place_standing, remove_standing
from meetings.lifecycle.summons import cancel, summon, summon_again, uncancel

__all__ = [
    "MOST_DAYS",
    "DecisionConflict",
    "NotesConflict",
    "add_addendum",
    "add_guest",
    "add_item",
    "add_standing",
    "adjourn",
    "amend_decision",
    "answer_summons",
    "ask_unlock",
    "attended",
    "cancel",
    "change_layout",
    "choose_case_rules",
    "choose_meeting_rules",
    "clashes",
    "close_case",
    "comment_on_item",
    "confirm_unlock",
    "decline",
    "decline_proposal",
    "edit_case",
    "edit_guest",
    "edit_item",
    "edit_standing",
    "laid_out",
    "link_cases",
    "mail_minutes",
    "mark_attendance",
    "may_adjust",
    "merge_cases",
    "move_item",
    "name_adjusters",
    "next_registry_number",
    "note_stay",
    "open_case",
    "open_meeting",
    "place_item",
    "place_standing",
    "plan_meeting",
    "plan_series",
    "presiding",
    "propose_item",
    "put_back_proposal",
    "put_on_agenda",
    "record_decision",
    "refuse_unanswerable",
    "refuse_unlock",
    "register_minutes",
    "remove_comment",
    "remove_decision",
    "remove_guest",
    "remove_item",
    "remove_standing",
    "reopen_case",
    "reopen_meeting",
    "replan_meeting",
    "restore_item",
    "save_notes",
    "see_watched",
    "send_for_sign_off",
    "set_item_state",
    "set_proposal_days",
    "sign",
    "split_case",
    "summon",
    "summon_again",
    "take_proposal",
    "take_up",
    "uncancel",
    "unlink_cases",
    "unmerge_case",
    "unopen_meeting",
    "watch_case",
    "withdraw_proposal",
    "withdraw_sign_off",
]
