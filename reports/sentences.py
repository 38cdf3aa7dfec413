"""The history of the reports in sentences, those that are gone among them."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bra.models import Council, HistoryEntry, Member
from bra.sentences import Line, lines
from reports.models import Format, Language, ReportKind, Variant

_Words = dict[str, Any]


def entries(council: Council) -> QuerySet[HistoryEntry]:
    """What happened to the council's reports, and their schedule, the latest first."""
    ours = HistoryEntry.objects.changes().filter(council=council, verb__startswith="report.")
    return ours.select_related("actor").order_by("-pk")


def lines_of(entries: Iterable[HistoryEntry]) -> list[Line]:
    """Return the entries as sentences; two queries however many they are."""
    told = list(entries)
    asked = {
        entry.target_id: entry.changes
        for entry in HistoryEntry.objects.filter(
            verb="report.asked", target_type="report", target_id__in={entry.target_id for entry in told}
        )
    }
    pks = {pk for entry in told for side in entry.changes.get("recipients", ()) for pk in side or ()}
    names = {member.pk: member.display_name for member in Member.objects.filter(pk__in=pks)} if pks else {}
    return lines(told, lambda entry: [_say(entry, asked.get(entry.target_id, {}), names)])


def _say(entry: HistoryEntry, asked: _Words, names: dict[int, str]) -> str:
    if entry.verb not in TELL:
        return entry.verb
    about = asked if entry.target_type == "report" else entry.changes
    return TELL[entry.verb](entry.changes, {"report": _report(about), "day": _day(about, "as_of", "on")}, names)


def _value(changes: _Words, name: str, side: int = 1) -> Any:
    return changes.get(name, (None, None))[side]


def _day(changes: _Words, *names: str) -> str:
    kept = [_value(changes, name, side) for name in names for side in (1, 0)]
    return next((str(day) for day in kept if day), "–")


def _report(asked: _Words) -> str:
    """What was asked for: kind, copy, language and file, as far as history knows."""
    words = [
        dict(choices).get(_value(asked, name))
        for name, choices in (
            ("kind", ReportKind.choices),
            ("variant", Variant.choices),
            ("language", Language.choices),
            ("format", Format.choices),
        )
    ]
    return ", ".join(str(word) for word in words if word) or "–"


def _plain(sentence: Callable[[], str]) -> Callable[[_Words, _Words, dict[int, str]], str]:
    return lambda changes, words, names: sentence() % words


def _ready(changes: _Words, words: _Words, names: dict[int, str]) -> str:
    kept = words | {"sha256": _value(changes, "sha256")}
    return _("the report as of %(day)s was ready (%(report)s); SHA-256 %(sha256)s") % kept


def _returned(changes: _Words, words: _Words, names: dict[int, str]) -> str:
    number = _value(changes, "actions")
    told = ngettext(
        "took the filled-in report as of %(day)s in: %(n)d action changed (%(report)s)",
        "took the filled-in report as of %(day)s in: %(n)d actions changed (%(report)s)",
        number,
    )
    return told % {**words, "n": number}


def _return_undone(changes: _Words, words: _Words, names: dict[int, str]) -> str:
    number = _value(changes, "actions", 0) - _value(changes, "actions")
    told = ngettext(
        "put back what the filled-in report as of %(day)s changed: %(n)d action (%(report)s)",
        "put back what the filled-in report as of %(day)s changed: %(n)d actions (%(report)s)",
        number,
    )
    return told % {**words, "n": number}


def _failed(changes: _Words, words: _Words, names: dict[int, str]) -> str:
    # Kept in English, translated where it is shown, as on the row.
    failure = str(_value(changes, "failure"))
    return _("the report as of %(day)s failed: %(reason)s") % {**words, "reason": _(failure)}


def _purged(changes: _Words, words: _Words, names: dict[int, str]) -> str:
    kept = words | {"decision": _value(changes, "decision"), "sha256": _value(changes, "sha256", 0)}
    if not kept["sha256"]:
        return _("deleted the report as of %(day)s (%(report)s), which had no file") % kept
    return _("purged the report as of %(day)s (%(report)s) by %(decision)s; SHA-256 %(sha256)s") % kept


def _recipients(changes: _Words, words: _Words, names: dict[int, str]) -> str:
    told = ", ".join(names.get(pk, "–") for pk in _value(changes, "recipients") or ()) or _("nobody")
    return _("chose who is told of the report as of %(day)s: %(names)s") % {**words, "names": told}


TELL: dict[str, Callable[[_Words, _Words, dict[int, str]], str]] = {
    "report.asked": _plain(lambda: _("asked for the report as of %(day)s (%(report)s)")),
    "report.asked_again": _plain(lambda: _("asked again for the report as of %(day)s (%(report)s)")),
    "report.ready": _ready,
    "report.failed": _failed,
    "report.cancelled": _plain(lambda: _("cancelled the report as of %(day)s (%(report)s)")),
    "report.purged": _purged,
    "report.returned": _returned,
    "report.return_undone": _return_undone,
    "report.planned": _plain(lambda: _("planned the report as of %(day)s, to be made by itself (%(report)s)")),
    "report.unplanned": _plain(lambda: _("took the report as of %(day)s out of the automatic ones")),
    "report.recipients_changed": _recipients,
}
