"""Who: councils, organisations, users, members, the history of changes and the mail."""

from bra.models.council import (
    LOGGERS,
    SEATED,
    STOCKHOLM,
    Accent,
    Council,
    Member,
    MemberQuerySet,
    Organisation,
    Role,
    User,
    UserManager,
)
from bra.models.history import HistoryEntry
from bra.models.post import Letter, LetterQuerySet, LetterState, LoggedMail, MailLink, MailLinkQuerySet

__all__ = [
    "LOGGERS",
    "SEATED",
    "STOCKHOLM",
    "Accent",
    "Council",
    "HistoryEntry",
    "Letter",
    "LetterQuerySet",
    "LetterState",
    "LoggedMail",
    "MailLink",
    "MailLinkQuerySet",
    "Member",
    "MemberQuerySet",
    "Organisation",
    "Role",
    "User",
    "UserManager",
]
