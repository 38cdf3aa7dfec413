"""The documents that a copy can be made of: which there are, what stands in one, and the file of it.

What a copy must not hold is read here too, from the rows themselves and not from the document, so that a fault in the
masking doesn't hide itself.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from actions.case_sheet import sheet_of
from actions.models import Action, Activity, Comment, Goal, Indicator
from bra import pdf
from bra.errors import RuleBroken
from bra.models import STOCKHOLM, Council, LegalGround, Member, Organisation
from meetings.documents import docx
from meetings.documents import pdf as minutes_pdf
from meetings.documents.freezing import frozen, thawed
from meetings.documents.reading import paper_for
from meetings.models import (
    Addendum,
    AgendaItem,
    Case,
    Decision,
    Meeting,
    MeetingState,
    SignedMinutes,
    Topic,
    current_minutes,
)
from records.masking import Tree, texts
from records.models import SourceKind
from reports import formats
from reports.lifecycle import stored_path
from reports.models import Report, ReportState, Variant
from reports.permissions import may_read_reports

TYPES = {"pdf": minutes_pdf.TYPE, "docx": docx.TYPE} | {name: kind.content_type for name, kind in formats.KINDS.items()}
_MOST = 100  # of each kind, the latest


@dataclass(frozen=True)
class Source:
    """One document: its kind, its row, and the number it is called by, which says nothing of what is in it."""

    kind: SourceKind
    row: Any
    reference: str

    @property
    def key(self) -> str:
        """How forms and addresses name it: "minutes-6"."""
        return f"{self.kind}-{self.row.pk}"

    @property
    def label(self) -> str:
        """How people name it: "Minutes 2017-2"."""
        return f"{SourceKind(self.kind).label} {self.reference}"

    @property
    def formats(self) -> tuple[str, ...]:
        """The kinds of file that can be made of it."""
        if self.kind == SourceKind.MINUTES:
            return ("pdf", "docx")
        return (str(self.row.format),) if self.kind == SourceKind.REPORT else ("pdf",)

    @property
    def can_be_masked(self) -> bool:
        """Whether passages can be taken out of it: a report is a file already, made for publication."""
        return self.kind != SourceKind.REPORT


def sources(member: Member, *, whole: bool) -> list[tuple[str, list[Source]]]:
    """Return what the member may make copies of, by kind, the latest first. Three queries at most.

    A restricted case has a sheet only if restricted matter is left in (`whole`).
    """
    offered = {
        kind: [source for source in _sources(kind, member) if whole or not _is_restricted_case(source)]
        for kind in SourceKind
    }
    found = [(str(kind.label), rows[:_MOST]) for kind, rows in offered.items()]
    return [(label, rows) for label, rows in found if rows]


def _is_restricted_case(source: Source) -> bool:
    return source.kind == SourceKind.CASE and source.row.restricted


def source_for(member: Member, key: str) -> Source | None:
    """Return the document that the key names, as far as the member may see it."""
    kind, _dash, pk = key.partition("-")
    if kind not in SourceKind.values or not pk.isdecimal() or len(pk) > 18:
        return None
    return next(_sources(SourceKind(kind), member, int(pk)), None)


def _sources(kind: SourceKind, member: Member, pk: int | None = None) -> Iterator[Source]:
    chosen = {} if pk is None else {"pk": pk}
    if kind == SourceKind.MINUTES:
        signed = Meeting.objects.visible_to(member).filter(state=MeetingState.SIGNED, **chosen)
        for meeting in signed.select_related("council").order_by("-date", "-pk"):
            yield Source(kind, meeting, meeting.label)
    elif kind == SourceKind.CASE:
        cases = Case.objects.visible_to(member).unmerged().filter(**chosen)
        for case in cases.select_related("council", "organisation").order_by("-opened_on", "-pk"):
            yield Source(kind, case, case.registry_number)
    elif may_read_reports(member):
        ready = Report.objects.of(member.council).filter(state=ReportState.READY, variant=Variant.PUBLISH, **chosen)
        for report in ready.select_related("council", "plan"):
            yield Source(kind, report, f"{report.as_of.isoformat()} · {report.get_kind_display()} · {report.format}")


def tree_of(source: Source, member: Member, *, on: date, whole: bool) -> Tree:
    """Return what stands in the document; restricted matter is in it only if `whole` and the member is cleared.

    Raises RuleBroken where there is nothing left without it.
    """
    whole = whole and member.cleared
    with translation.override(settings.LANGUAGE_CODE):
        if source.kind == SourceKind.MINUTES:
            return frozen(paper_for(source.row, member, masked=not whole))
        if source.row.restricted and not whole:
            raise RuleBroken(_("The case is restricted: there is no sheet of it without restricted matter."))
        made: Tree = json.loads(json.dumps(sheet_of(source.row, member, on=on, restricted=whole)))
        # What is let out is no longer marked as something to be kept in the house.
        return made | {"mark": "", "timeline": [entry | {"mark": ""} for entry in made["timeline"]]}


def left_out(source: Source, member: Member) -> tuple[int, set[LegalGround]]:
    """How many restricted places a masked copy of the document has, and on which grounds; for the cleared to know."""
    if source.kind != SourceKind.MINUTES or not member.cleared:
        return 0, set()
    rows = [
        *AgendaItem.objects.filter(meeting=source.row, restricted=True).select_related("legal_ground"),
        *Addendum.objects.filter(meeting=source.row, restricted=True).select_related("legal_ground"),
    ]
    return len(rows), {row.legal_ground for row in rows if row.legal_ground}


def file_of(source: Source, tree: Tree, *, file_format: str, on: date, grounds: list[str], own_masks: bool) -> bytes:
    """Return the file of what is left. It says when it was released, not when its document was made.

    `grounds` are told on top of the copy; `own_masks`: the text isn't the one that was signed any longer.
    """
    made = datetime.combine(on, time(12), STOCKHOLM)
    with translation.override(settings.LANGUAGE_CODE):
        masked = _("Masked copy: parts under secrecy are left out.")
        told = [masked, _("Left out under: %(grounds)s.") % {"grounds": ", ".join(grounds)}] if grounds else [masked]
        if source.kind == SourceKind.CASE:
            words = tree | {"mark": " ".join(told)} if own_masks else tree
            title = f"{SourceKind.CASE.label} {words['number']}, {words['council']}"
            return pdf.render("case.typ", words, title=title, made=made)
        paper = replace(thawed(tree), made=made)
        if own_masks:
            paper = replace(paper, seal=())
        if own_masks or paper.remarks:
            paper = replace(paper, remarks=tuple(told))
        return docx.as_docx(paper) if file_format == "docx" else minutes_pdf.as_pdf(paper)


def report_file(source: Source) -> bytes:
    """Return the file of a report as it was made for publication. Raises RuleBroken when it is gone."""
    try:
        return stored_path(source.row).read_bytes()
    except FileNotFoundError as gone:
        raise RuleBroken(_("The file of the report is gone. Make the report anew.")) from gone


def secrets_of(source: Source) -> list[str]:
    """Return every text of the council's restricted matter, and what the signed text had at places restricted now.

    Also for who isn't cleared: a copy is searched for it, and nobody is told what was found.
    """
    council: Council = source.row.council
    found = _typed(council, restricted=True)
    if source.kind == SourceKind.MINUTES and (minutes := current_minutes(source.row)):
        found += _signed_points(minutes, restricted=True)
    if source.kind == SourceKind.REPORT:
        # A single word of a title stands in the headings of a report too.
        found = [text for text in found if len(text.split()) > 1]
    return [text for text in found if text.strip()]


def allowed_of(source: Source) -> list[str]:
    """Return the texts of the council that are no secret: words that stand there too betray nothing."""
    council: Council = source.row.council
    found = _typed(council, restricted=False)
    members = council.members.select_related("organisation").values_list("name", "title")
    found += [text for pair in members for text in pair]
    found += [*Organisation.objects.filter(council=council).values_list("name", flat=True), council.name]
    found += Topic.objects.filter(council=council).values_list("name", flat=True)
    found += Goal.objects.filter(plan__council=council).values_list("title", flat=True)
    activities = Activity.objects.filter(goal__plan__council=council)
    found += [text for row in activities.values_list("title", "indicator", "responsible_role") for text in row]
    found += Indicator.objects.filter(activity__goal__plan__council=council).values_list("name", flat=True)
    found += [text for row in Meeting.objects.filter(council=council).values_list("title", "place") for text in row]
    if source.kind == SourceKind.MINUTES and (minutes := current_minutes(source.row)):
        found += _signed_points(minutes, restricted=False)
        # What is printed around the items: headings, letterhead, attendance.
        around = {name: part for name, part in minutes.whole.items() if name not in ("points", "addenda", "items")}
        found += [*texts(around), *minutes.whole["words"].values()]
    return found


def _typed(council: Council, *, restricted: bool) -> list[str]:
    """What was typed of items, cases and corrections that are restricted, or of those that aren't. Six queries."""
    items = AgendaItem.with_removed.filter(meeting__council=council, restricted=restricted)
    decisions = Decision.objects.filter(item__meeting__council=council, item__restricted=restricted)
    agreed = Action.objects.filter(council=council, agenda_item__restricted=restricted)
    said = Comment.objects.filter(action__council=council, action__agenda_item__restricted=restricted)
    cases = Case.objects.filter(council=council, restricted=restricted)
    addenda = Addendum.objects.filter(meeting__council=council, restricted=restricted)
    rows = [
        *items.values_list("title", "notes"),
        *decisions.values_list("text"),
        *agreed.values_list("title", "effect"),
        *said.values_list("text"),
        *cases.values_list("title", "situation", "outcome"),
        *addenda.values_list("text"),
    ]
    return [text for row in rows for text in row]


def _signed_points(minutes: SignedMinutes, *, restricted: bool) -> list[str]:
    """What the signed text has at items that are restricted now or were then, or at the others."""
    keys = minutes.whole.get("items", [])
    closed = set(AgendaItem.with_removed.filter(pk__in=keys, restricted=True).values_list("pk", flat=True))
    points = zip(keys, minutes.whole["points"], minutes.masked["points"], strict=False)
    return [
        text
        for pk, whole, masked in points
        if (pk in closed or masked["masked"]) == restricted
        for text in texts({name: part for name, part in whole.items() if name not in ("facts", "number", "agreed")})
    ]
