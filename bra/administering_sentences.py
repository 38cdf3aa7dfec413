"""The installation's own log in sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from bra.models import Council, HistoryEntry, User

# What somebody did with the own log-in; "who" stands before it. Councils' logs say it in the same words.
LOG_INS: dict[str, Promise] = {
    "login.in": pgettext_lazy("audit", "logged in"),
    "login.out": pgettext_lazy("audit", "logged out"),
    "login.failed": pgettext_lazy("audit", "was refused at log-in"),
    "login.password_changed": pgettext_lazy("audit", "changed the password"),
    "login.password_reset": pgettext_lazy("audit", "chose a new password"),
    "login.step_added": pgettext_lazy("audit", "set a second step up"),
    "login.step_removed": pgettext_lazy("audit", "took a second step away"),
    "login.step_renewed": pgettext_lazy("audit", "made new recovery codes"),
    "login.step_failed": pgettext_lazy("audit", "was refused at the second step"),
}


@dataclass(frozen=True)
class InstallationLine:
    """One entry of the installation's log, told: its number in the chain (None until sealed), when, who and what."""

    sequence: int | None
    at: datetime
    who: str
    what: str
    seal: str


def lines_of_installation(entries: Iterable[HistoryEntry]) -> list[InstallationLine]:
    """Return what entries without a council tell, in their order. Two queries."""
    entries = list(entries)
    keys = {kind: {entry.target_id for entry in entries if entry.target_type == kind} for kind in ("user", "council")}
    users = dict(User.objects.filter(pk__in=keys["user"]).values_list("pk", "email"))
    councils = dict(Council.objects.filter(pk__in=keys["council"]).values_list("pk", "name"))
    names = {"user": users, "council": councils}
    return [
        InstallationLine(
            entry.sequence,
            timezone.localtime(entry.at),
            entry.user.email if entry.user else "",
            _sentence(entry, names.get(entry.target_type, {}).get(entry.target_id, "–")),
            entry.seal,
        )
        for entry in entries
    ]


def _sentence(entry: HistoryEntry, name: str) -> str:
    if entry.verb in LOG_INS:
        return capfirst(str(LOG_INS[entry.verb]))
    words = {
        "council.created": _("%(name)s was made."),
        "council.coordinator_appointed": _("%(name)s was given a coordinator."),
        "user.locked_out": _("%(name)s was locked out."),
        "user.let_in": _("%(name)s was let in again."),
        "user.administrator_made": _("%(name)s became administrator."),
        "member.second_step_reset": _("The second step of %(name)s was reset."),
        "user.administrator_unmade": _("%(name)s is no longer administrator."),
    }.get(entry.verb)
    return words % {"name": name} if words else entry.verb
