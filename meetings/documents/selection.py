"""Put together what stands in a meeting's minutes, or in its agenda before it is held.

The masked copy is for whoever isn't cleared, and for release: at a restricted item it reads nothing from the database
but the item's place, so nothing of it can slip into a file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.utils import timezone, translation
from django.utils.formats import date_format, time_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from bra.models import STOCKHOLM, Member
from meetings.documents.content import Paper, Point, Ruling, Table, Words, line, lines, paragraphs
from meetings.documents.prose import blocks
from meetings.models import (
    AgendaItem,
    Attendance,
    Decision,
    DecisionKind,
    ItemState,
    Meeting,
    MeetingState,
    MinutesLayout,
    PaperKind,
    Stay,
    layout_of,
    reckoned_numbers,
)
from meetings.sheets import attendance_sheet
from meetings.signals import listing_agreed

# A paragraph's heading says what was done with the matter.
_RULINGS = {
    DecisionKind.DECIDED: pgettext_lazy("minutes", "Decision"),
    DecisionKind.TABLED: pgettext_lazy("minutes", "Tabled"),
    DecisionKind.REFERRED_BACK: pgettext_lazy("minutes", "Referred back"),
    DecisionKind.FILED: pgettext_lazy("minutes", "Filed"),
}


@dataclass(frozen=True)
class Agreed:
    """One action as it was agreed at an item. What has become of it since doesn't stand in minutes."""

    item: int
    what: str
    owner: Member
    deadline: date


def paper_of(meeting: Meeting, member: Member, *, masked: bool = False, layout: MinutesLayout | None = None) -> Paper:
    """Return the meeting's document for the member, in the installation's language; masked if so asked.

    Who isn't cleared always gets the masked copy. `layout` is one to try out; the council's own if left out.
    The number of queries doesn't depend on the number of items.
    """
    masked = masked or not member.cleared
    with translation.override(settings.LANGUAGE_CODE):
        return _paper(meeting, masked, layout or layout_of(meeting.council))


def papers_of(meeting: Meeting, layout: MinutesLayout) -> tuple[Paper, Paper]:
    """Return the meeting's document for nobody in particular: the whole and the masked one. It is what is signed."""
    with translation.override(settings.LANGUAGE_CODE):
        return _paper(meeting, False, layout), _paper(meeting, True, layout)


def _kind(meeting: Meeting, layout: MinutesLayout) -> str:
    """The word for the document of the meeting."""
    if not meeting.opened_at:
        return _("Agenda")
    return str(PaperKind(layout.kind).label)


def _not_final(meeting: Meeting, layout: MinutesLayout) -> tuple[str, str]:
    """What stands on top of each page of a document that isn't final, and the sentence that says why; "" when it is."""
    if meeting.state == MeetingState.CANCELLED:
        return pgettext("minutes", "Cancelled"), _("The meeting is cancelled.")
    if meeting.state == MeetingState.IN_SESSION:
        why = _("Draft: the meeting isn't adjourned, so text and paragraph numbers may still change.")
        return pgettext("minutes", "Draft"), why
    if meeting.state == MeetingState.ADJOURNED:
        if layout.kind == PaperKind.NOTES:
            return pgettext("minutes", "Not approved"), _("Not approved yet: the text may still be corrected.")
        return pgettext("minutes", "Not signed off"), _("Not signed off yet: the text may still be corrected.")
    return "", ""


def _paper(meeting: Meeting, masked: bool, layout: MinutesLayout) -> Paper:
    council = meeting.council
    kind = _kind(meeting, layout)
    planned = not meeting.opened_at
    points = _points(meeting, masked)
    draft, why = _not_final(meeting, layout)
    masked_copy = any(point.masked for point in points)
    page = _("Page {page} ({pages})")
    return Paper(
        language=settings.LANGUAGE_CODE,
        made=meeting.adjourned_at or meeting.opened_at or datetime.combine(meeting.date, time(), STOCKHOLM),
        agenda=planned,
        council=line(council.name),
        title=f"{kind} {meeting.number}",
        running=f"{kind} {meeting.number} · {date_format(meeting.date)}",
        letterhead=lines(layout.heading) or (line(council.name),),
        footer=line(layout.footer),
        draft=draft,
        remarks=(_("Masked copy: parts under secrecy are left out."),) if masked_copy else (),
        facts=_facts(meeting),
        attendance=None if planned else _attendance(meeting, layout),
        points=points,
        signatures=() if planned else lines(layout.signatures),
        words=Words(
            attendance=_("Attendance"),
            items=_("Items"),
            signatures=_("Signatures"),
            page=page,
            signed=_signed_word(layout),
            addenda=_("Addenda"),
        ),
        across=meeting.state in (MeetingState.IN_SESSION, MeetingState.CANCELLED),
        caution=why,
    )


def _signed_word(layout: MinutesLayout) -> str:
    """Minutes are signed off, notes are approved."""
    if layout.kind == PaperKind.NOTES:
        return pgettext("minutes", "Approved")
    return pgettext("minutes", "Signed off")


def _facts(meeting: Meeting) -> tuple[tuple[str, str], ...]:
    facts = [
        (_("Meeting"), line(meeting.title)),
        (_("Registry number"), line(meeting.registry_number)),
        (_("Date"), capfirst(date_format(meeting.date, "l j F Y"))),
        (pgettext("meeting", "Time"), _hours(meeting)),
        (_("Place"), line(meeting.place)),
    ]
    return tuple((name, value) for name, value in facts if value)


def _hours(meeting: Meeting) -> str:
    """The clock: as planned until the meeting has begun, then as it went."""
    first: time | None = meeting.starts_at
    last = meeting.ends_at
    if meeting.opened_at:
        first = timezone.localtime(meeting.opened_at, STOCKHOLM).time()
        last = timezone.localtime(meeting.adjourned_at, STOCKHOLM).time() if meeting.adjourned_at else None
    return "–".join(time_format(hour) for hour in (first, last) if hour)


def _attendance(meeting: Meeting, layout: MinutesLayout) -> Table | None:
    """Who attended, those present first; None when nothing is noted."""
    rows = []
    sheet = attendance_sheet(meeting)
    for status, seats in sheet.by_status:
        for seat in seats:
            who = [line(seat.member.name) or _("No holder"), line(seat.member.title)]
            if layout.with_organisation:
                who.append(line(seat.member.organisation.name))
            rows.append((*who, _attended(status.label, seat.stay if seat.is_present else None)))
    for guest in sheet.guests:
        who = [line(guest.name), ""] + ([line(guest.organisation)] if layout.with_organisation else [])
        rows.append((*who, _attended(_("Co-opted"), guest)))
    if not rows:
        return None
    columns = [_("Name"), pgettext("member", "Title")]
    if layout.with_organisation:
        columns.append(_("Organisation"))
    return Table((*columns, _("Attendance")), tuple(rows))


def _attended(word: Any, stay: Stay | None) -> str:
    """How somebody attended, and what of the meeting: "Present, up to and including item 5"."""
    told = [str(word)]
    if isinstance(stay, Attendance) and stay.substitute_for:
        told.append(_("stands in for %(member)s") % {"member": line(stay.substitute_for.display_name)})
    if stay and stay.from_item:
        told.append(_("from item %(position)s") % {"position": stay.from_item.position})
    if stay and stay.to_item:
        told.append(_("up to and including item %(position)s") % {"position": stay.to_item.position})
    return ", ".join(told)


def _points(meeting: Meeting, masked: bool) -> tuple[Point, ...]:
    decisions = Decision.objects.live().order_by("pk")
    rows = AgendaItem.objects.filter(meeting=meeting).select_related("case", "legal_ground", "restricted_by")
    shown = rows.filter(restricted=False) if masked else rows
    items = list(shown.prefetch_related(Prefetch("decisions", decisions, to_attr="taken")))
    hidden = list(rows.filter(restricted=True).values_list("position", "pk")) if masked else []
    agreed = _agreed(meeting, items)
    numbers = reckoned_numbers(meeting)
    placed = [
        ((item.position, item.pk), _point(meeting, item, item.taken, numbers, agreed.get(item.pk, ()), masked))
        for item in items
    ]
    placed += [
        ((position, pk), Point(number=str(position), title=_("Masked: secrecy"), masked=True))
        for position, pk in hidden
    ]
    return tuple(point for _place, point in sorted(placed, key=lambda pair: pair[0]))


def _agreed(meeting: Meeting, items: Sequence[AgendaItem]) -> dict[int, list[Agreed]]:
    """What was agreed at each item, as the floors above tell it."""
    by_item: dict[int, list[Agreed]] = {}
    answers: Any = listing_agreed.send(Meeting, items=[item.pk for item in items], meeting=meeting)
    for _receiver, told in answers:
        for one in told:
            by_item.setdefault(one.item, []).append(one)
    return by_item


def _point(
    meeting: Meeting,
    item: AgendaItem,
    taken: Sequence[Decision],
    numbers: Mapping[int, int],
    agreed: Sequence[Agreed],
    masked: bool,
) -> Point:
    facts = []
    if item.presenter:
        facts.append(_("Presented by %(presenter)s") % {"presenter": line(item.presenter)})
    if item.case and not (masked and item.case.restricted):
        facts.append(_("Registry number %(number)s") % {"number": line(item.case.registry_number)})
    if item.restricted:
        facts.append(line(item.secrecy))
    if item.state == ItemState.TABLED and all(decision.kind != DecisionKind.TABLED for decision in taken):
        facts.append(str(ItemState.TABLED.label))
    if item.state == ItemState.PENDING and meeting.has_ended:
        facts.append(str(ItemState.PENDING.label))
    rulings = tuple(
        Ruling(f"§ {numbers[decision.pk]}", str(_RULINGS[DecisionKind(decision.kind)]), paragraphs(decision.text))
        for decision in taken
        if decision.pk in numbers  # not removed in this very moment
    )
    return Point(
        number=str(item.position),
        title=line(item.title),
        facts=tuple(facts),
        notes=blocks(item.notes),
        rulings=rulings,
        agreed=_table(agreed, masked),
    )


def _table(agreed: Sequence[Agreed], masked: bool) -> Table | None:
    if not agreed:
        return None
    columns = (_("Action"), _("Owner"), _("Deadline"))
    return Table(
        columns, tuple((line(one.what), _owner(one.owner, masked), date_format(one.deadline)) for one in agreed)
    )


def _owner(owner: Member, masked: bool) -> str:
    """The owner by role; by name too where the copy stays in the house, since a name can lead to threats."""
    if masked:
        return f"{line(owner.title)}, {line(owner.organisation.name)}"
    return line(owner.label)
