"""What each kind of report is called and answers, in words that every format shares."""

from typing import Any, NamedTuple

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bra.verifying import SHORT
from reports import status
from reports.models import Language, ReportKind, Variant
from reports.questions import Question
from reports.rows import Change
from reports.selection import StatusData

# The word that a file's name begins with, by kind and language.
_FILE_WORDS = {
    Language.SWEDISH: {
        ReportKind.STATUS: "statusrapport",
        ReportKind.FOLLOW_UP: "uppfoljning",
        ReportKind.EXTREMISM: "extremism",
        ReportKind.CASES: "arenden",
    },
    Language.ENGLISH: {
        ReportKind.STATUS: "status-report",
        ReportKind.FOLLOW_UP: "follow-up",
        ReportKind.EXTREMISM: "extremism",
        ReportKind.CASES: "cases",
    },
}


class Fact(NamedTuple):
    """One of the figures that say it in short; `style` is number, share or text."""

    label: str
    value: Any
    style: str = "number"


def file_word(kind: str, language: str) -> str:
    """The word that the name of a report's file begins with."""
    return _FILE_WORDS[Language(language)][ReportKind(kind)]


def title(question: Question) -> str:
    """The report's title."""
    if question.kind == ReportKind.STATUS:
        return _("Status report: work plan %(plan)s") % {"plan": question.plan.name}
    return str(ReportKind(question.kind).label)


def in_short(data: StatusData) -> list[Fact]:
    """The figures on the report's first page."""
    total, kind = data.figures.total, data.question.kind
    if kind == ReportKind.FOLLOW_UP:
        return [
            Fact(_("Open actions"), total.open),
            Fact(_("Of which overdue"), total.overdue),
            Fact(_("Reported done, waiting for approval"), total.done),
            Fact(_("Decisions of the last meeting"), len(data.decisions)),
        ]
    if kind == ReportKind.CASES:
        live, closed = status.count_cases(data.cases)
        return [
            Fact(_("Cases"), live + closed),
            Fact(_("Of which not closed"), live),
            Fact(_("Decisions about them"), len(data.decisions)),
            Fact(_("Actions for them"), total.total),
            Fact(_("Of which open"), total.open),
            Fact(_("Of which overdue"), total.overdue),
        ]
    found = [
        Fact(_("Actions"), total.total),
        Fact(_("Of which done"), total.done),
        Fact(_("Of which open"), total.open),
        Fact(_("Of which overdue"), total.overdue),
        Fact(_("Share done"), *((total.share_done, "share") if total.total else (_("No actions yet"), "text"))),
    ]
    if kind == ReportKind.EXTREMISM:
        found += [Fact(_("Agenda items"), len(data.items)), Fact(_("Cases"), len(data.cases))]
    return found


def meeting_facts(data: StatusData) -> list[Fact]:
    """The meetings before and after the day of a follow-up; of other kinds nothing."""
    if data.question.kind != ReportKind.FOLLOW_UP:
        return []
    last, coming = data.last_meeting, data.next_meeting
    held = _("%(number)s, %(day)s") % {"number": last.number, "day": last.day} if last else _("None has been held.")
    planned = _("None is planned.")
    if coming:
        words = {"number": coming.number, "day": coming.day, "time": f"{coming.starts_at:%H:%M}"}
        planned = _("%(number)s, %(day)s at %(time)s") % words
    return [Fact(_("Last meeting"), held, "text"), Fact(_("Next meeting"), planned, "text")]


def choice_words(kind: str) -> str:
    """Which actions a report of the kind is made of."""
    if kind == ReportKind.FOLLOW_UP:
        return _(
            "Every action agreed by the end of the period that was still open on the report's day, or reported done "
            "and waiting for the council's approval, whatever plan it serves."
        )
    if kind == ReportKind.CASES:
        return _(
            "The cases opened up to the report's day. Of the actions agreed for them, whatever plan they serve, those "
            "agreed in the period and earlier ones that were still open when it began; the decisions of the period's "
            "meetings."
        )
    words = _(
        "Actions agreed in the period up to the report's day, and earlier ones that were still open "
        "when the period began. Actions that serve no activity are shown as outside the plan; "
        "those of other plans are not included."
    )
    if kind == ReportKind.EXTREMISM:
        only = _("Only actions and items marked as related to violent extremism are counted.")
        return f"{only} {words}"
    return words


def log_words(question: Question) -> str:
    """Where the audit log ended when the report was asked for; empty where nobody asked for one that is kept."""
    sequence, seal = question.log_end
    return f"{sequence} · {seal[:SHORT]}" if sequence else ""


def variant_words(data: StatusData) -> str:
    """Whom the copy is for, and what is masked in it."""
    shown = data.shown
    if data.question.variant == Variant.PUBLISH:
        first = _("For publication.")
        masked = ngettext(
            "%(n)d number that looked like a personal identity number is masked.",
            "%(n)d numbers that looked like personal identity numbers are masked.",
            shown.numbers,
        ) % {"n": shown.numbers}
        if not shown.numbers:
            masked = _("No number looked like a personal identity number.")
    else:
        first, masked = _("Working copy, for colleagues."), ""
    neutral = ""
    if shown.is_neutral:
        neutral = ngettext(
            "%(n)d row related to violent extremism has a neutral title and no text.",
            "%(n)d rows related to violent extremism have neutral titles and no text.",
            shown.neutral,
        ) % {"n": shown.neutral}
    return " ".join(filter(None, [first, masked, neutral]))


def names_words(variant: str) -> str:
    """How people are named."""
    if variant == Variant.PUBLISH:
        return _("Owners are given by role and organisation. No person is named.")
    return _("Owners are given by name, role and organisation. For outside, use the copy for publication.")


def left_out_words(data: StatusData) -> str:
    """How much restricted matter the report leaves out; for who may not know, that there never is any in it."""
    if not data.question.counts_left_out:
        return _("Restricted matter is no part of this report.")
    left = data.left_out
    if not left.total:
        return _("Nothing. No restricted item belongs to the period.")
    parts = [
        ngettext("%(n)d action", "%(n)d actions", left.actions) % {"n": left.actions},
        ngettext("%(n)d extremism-related item", "%(n)d extremism-related items", left.items) % {"n": left.items},
        ngettext("%(n)d decision", "%(n)d decisions", left.decisions) % {"n": left.decisions},
        ngettext("%(n)d case", "%(n)d cases", left.cases) % {"n": left.cases},
    ]
    numbers = (left.actions, left.items, left.decisions, left.cases)
    found = [words for words, number in zip(parts, numbers, strict=True) if number]
    return _("Restricted matter: %(what)s. It is not included in any figure.") % {
        "what": get_text_list(found, _("and"))
    }


def change_words() -> dict[Change, str]:
    """What each kind of change is called."""
    return {
        Change.NEW: _("New"),
        Change.CLOSED: _("Closed"),
        Change.SLIPPED: _("Put off"),
        Change.REOPENED: _("Taken up again"),
    }


def delay_words(low: int, high: int | None) -> str:
    """Say an age of delay: "8 to 30 days", "More than 90 days"."""
    if high is None:
        return _("More than %(days)d days") % {"days": low - 1}
    return _("%(from)d to %(to)d days") % {"from": low, "to": high}
