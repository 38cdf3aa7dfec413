"""The readings of restricted matter in the audit log: who was shown what on which day, and what left the house."""

from datetime import date
from typing import Any, Protocol

from django.db import models

from bra import history
from bra.models import EntryKind, HistoryEntry, Member
from bra.shown import Seen


class Asked(Protocol):
    """A request of a member, through the council's own pages or by a link."""

    method: str | None
    member: Member
    today: date


# What the entry of a kind of row is called.
VERBS = {
    "agendaitem": "item.read",
    "case": "case.read",
    "addendum": "addendum.read",
    "action": "action.read",
    "signedminutes": "minutes.read",
}


def write(seen: Seen, *, member: Member, on: date) -> int:
    """Write what the member was shown on the day `on`, each thing once a day; return how many entries that were.

    One query when nothing is new, so a page that asks again and again writes nothing.
    """
    by_day = HistoryEntry.objects.filter(council=member.council_id, kind=EntryKind.READING, actor=member, on=on)
    known = by_day.filter(target_id__in={pk for _name, pk in seen}, verb__in=VERBS.values())
    new = sorted(seen - set(known.values_list("target_type", "target_id")))
    for name, verb in VERBS.items():
        rows: list[tuple[models.Model | history.Target, dict[str, Any]]] = [
            (history.Target(name, pk), {}) for kind, pk in new if kind == name
        ]
        if rows:
            history.record_all(council=member.council, by=member, on=on, verb=verb, rows=rows, kind=EntryKind.READING)
    return len(new)


def exported(verb: str, *, target: models.Model, by: Member, on: date, file_format: str, **more: Any) -> None:
    """Write that the member fetched a file: "report.fetched", of which kind and of what. Each time anew.

    `more` tells the files of one thing from each other; never a word of what they say.
    """
    history.record(
        council=by.council,
        by=by,
        on=on,
        verb=verb,
        target=target,
        changes={name: (None, value) for name, value in {"format": file_format, **more}.items()},
        kind=EntryKind.READING,
    )


def fetched(request: Asked, verb: str, target: models.Model, file_format: str, **more: Any) -> None:
    """Do the same for who asks for the file now; who only asks whether it is there (HEAD) fetches nothing."""
    if request.method != "HEAD":
        exported(verb, target=target, by=request.member, on=request.today, file_format=file_format, **more)
