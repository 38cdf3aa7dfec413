"""The sheets of what the council treats: cases, what is related to extremism, meetings."""

from itertools import chain

from django.utils.translation import gettext as _

from actions.models import Status
from meetings.models import CaseState, ItemState
from reports.models import ReportKind
from reports.workbook.book import Column
from reports.workbook.report import Report


def cases(report: Report) -> None:
    """Write the cases."""
    only_related = report.question.kind == ReportKind.EXTREMISM
    columns = [
        Column(_("Registry number"), 18),
        Column(_("Case"), 50, "strong"),
        Column(_("State"), 13),
        Column(_("Responsible organisation"), 30),
        Column(_("Opened"), 12, "date"),
        Column(_("Last treated"), 12, "date"),
        Column(_("Open actions"), 12, "count"),
    ]
    sheet = report.sheet(
        _("Cases"),
        _("Cases"),
        _("The cases related to violent extremism. Titles are neutral.")
        if only_related
        else _("The questions that the council follows across meetings. A case is never about a person."),
        columns,
    )
    words = {str(state.value): str(state.label) for state in CaseState}
    rows = (
        (
            case.registry_number,
            case.title,
            words[case.state],
            case.organisation,
            case.opened_on,
            case.last_treated,
            case.open_actions,
        )
        for case in report.data.cases
    )
    report.long_table(
        sheet,
        "Arenden",
        columns,
        rows,
        len(report.data.cases),
        _("No case is related to violent extremism.") if only_related else _("No cases had been opened."),
        _("The questions followed across meetings"),
    )


def extremism(report: Report) -> None:
    """Write what is related to violent extremism."""
    columns = [
        Column(_("Kind"), 14),
        Column(_("Heading"), 50, "strong"),
        Column(_("Meeting"), 10),
        Column(_("Date"), 12, "date"),
        Column(_("Item"), 8, "number"),
        Column(_("State"), 16),
        Column(_("Deadline"), 12, "date"),
        Column(_("Organisation"), 26),
        Column(_("Decisions"), 12, "count"),
        Column(_("Actions"), 11, "count"),
    ]
    sheet = report.sheet(
        _("Violent extremism"),
        _("Items and actions related to violent extremism"),
        _(
            "Agenda items of the period's meetings with a topic that marks the question, "
            "and the actions agreed at such items."
        )
        + (" " + _("Titles are neutral.") if report.data.shown.is_neutral else ""),
        columns,
    )
    states = {str(state.value): str(state.label) for state in ItemState}
    statuses = {str(state.value): str(state.label) for state in Status}
    item_word, action_word = _("Agenda item"), _("Action")
    items = (
        (
            item_word,
            item.title,
            item.meeting_number,
            item.day,
            item.position,
            states[item.state],
            None,
            None,
            item.decisions,
            item.actions,
        )
        for item in report.data.items
    )
    actions = (
        (
            action_word,
            action.title,
            action.meeting_number,
            action.agreed_on,
            None,
            statuses[action.status],
            action.deadline,
            action.organisation,
            None,
            None,
        )
        for action in report.data.marked
    )
    report.long_table(
        sheet,
        "Extremism",
        columns,
        chain(items, actions),
        len(report.data.items) + len(report.data.marked),
        _("No item or action of the period has been marked as related to violent extremism."),
        _("Items and actions related to violent extremism"),
    )


def meetings(report: Report) -> None:
    """Write the period's meetings."""
    columns = [
        Column(_("Meeting"), 12, "strong"),
        Column(_("Date"), 12, "date"),
        Column(_("Title"), 36),
        Column(_("Place"), 30),
        Column(_("Present"), 14, "count"),
        Column(_("Decisions"), 12, "count"),
        Column(_("Actions agreed"), 12, "count"),
    ]
    sheet = report.sheet(
        _("Meetings"),
        _("The period's meetings"),
        _("Meetings held in the period, how many members were present, and what they came to."),
        columns,
    )
    ordinary = _("Ordinary meeting")
    rows = (
        (
            meeting.number,
            meeting.day,
            meeting.title or ordinary,
            meeting.place or None,
            meeting.present,
            meeting.decisions,
            meeting.actions,
        )
        for meeting in report.data.meetings
    )
    report.long_table(
        sheet,
        "Moten",
        columns,
        rows,
        len(report.data.meetings),
        _("No meeting was held in the period."),
        _("The period's meetings"),
    )
