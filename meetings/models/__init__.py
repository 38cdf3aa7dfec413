"""What the council says: topics, cases, meetings, their agendas, attendance, decisions and minutes."""

from meetings.models.agenda import (
    AgendaItem,
    AgendaItemQuerySet,
    Decision,
    DecisionKind,
    DecisionQuerySet,
    ItemKind,
    ItemState,
    StandingItem,
    StandingItemQuerySet,
)
from meetings.models.attendance import Attendance, AttendanceStatus, Guest, Stay
from meetings.models.cases import Case, CaseLink, CaseQuerySet, CaseRules, CaseState, CaseWatch
from meetings.models.documents import LONGEST_HEADING, LONGEST_SIGNATURES, MinutesLayout, PaperKind, layout_of
from meetings.models.meetings import Meeting, MeetingQuerySet, last_decision_number, reckoned_numbers
from meetings.models.proposals import ItemProposal, ItemProposalQuerySet, ProposalState, last_proposal_day
from meetings.models.signing import (
    Addendum,
    Adjuster,
    ItemComment,
    SignedMinutes,
    Signer,
    SignerAnswer,
    SignerRole,
    SignOff,
    SignOffState,
    Unlocking,
    current_minutes,
)
from meetings.models.states import ENDED, HELD, PLANNED, MeetingState
from meetings.models.summons import Answer, MeetingRules, SummonsReply
from meetings.models.topics import Topic

__all__ = [
    "ENDED",
    "HELD",
    "LONGEST_HEADING",
    "LONGEST_SIGNATURES",
    "PLANNED",
    "Addendum",
    "Adjuster",
    "AgendaItem",
    "AgendaItemQuerySet",
    "Answer",
    "Attendance",
    "AttendanceStatus",
    "Case",
    "CaseLink",
    "CaseQuerySet",
    "CaseRules",
    "CaseState",
    "CaseWatch",
    "Decision",
    "DecisionKind",
    "DecisionQuerySet",
    "Guest",
    "ItemComment",
    "ItemKind",
    "ItemProposal",
    "ItemProposalQuerySet",
    "ItemState",
    "Meeting",
    "MeetingQuerySet",
    "MeetingRules",
    "MeetingState",
    "MinutesLayout",
    "PaperKind",
    "ProposalState",
    "SignOff",
    "SignOffState",
    "SignedMinutes",
    "Signer",
    "SignerAnswer",
    "SignerRole",
    "StandingItem",
    "StandingItemQuerySet",
    "Stay",
    "SummonsReply",
    "Topic",
    "Unlocking",
    "current_minutes",
    "last_decision_number",
    "last_proposal_day",
    "layout_of",
    "reckoned_numbers",
]
