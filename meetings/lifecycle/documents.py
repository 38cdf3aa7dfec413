"""The verbs of the minutes as a document: how they look, and the number they are registered under."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import Council, Member
from bra.rows import locked
from meetings.documents.content import line, lines
from meetings.lifecycle.common import refuse_unheld
from meetings.models import Meeting, MinutesLayout, PaperKind, layout_of, open_round

MOST_HEADING_LINES = 6
MOST_SIGNATURES = 8


@transaction.atomic
def change_layout(
    *,
    council: Council,
    kind: PaperKind,
    heading: str,
    footer: str,
    signatures: str,
    with_organisation: bool,
    by: Member,
    on: date,
) -> MinutesLayout:
    """Choose how the council's minutes look from now on, those of earlier meetings too. Empty lines are left out."""
    council = locked(council)
    layout = laid_out(
        council,
        kind=kind,
        heading=heading,
        footer=footer,
        signatures=signatures,
        with_organisation=with_organisation,
    )
    new = {name: getattr(layout, name) for name in _FIELDS}
    if layout._state.adding:
        layout.save()
        history.created(layout, council=council, by=by, on=on, verb="layout.chosen", fields=_FIELDS)
        return layout
    layout.refresh_from_db()
    history.change(layout, council=council, by=by, on=on, verb="layout.changed", **new)
    return layout


_FIELDS = ("kind", "heading", "footer", "signatures", "with_organisation")


def laid_out(council: Council, **fields: object) -> MinutesLayout:
    """Return the council's layout with other fields, not saved: for a look before it is chosen."""
    layout = layout_of(council)
    for name in _FIELDS:
        setattr(layout, name, fields[name])
    layout.heading = "\n".join(lines(layout.heading))
    layout.signatures = "\n".join(lines(layout.signatures))
    layout.footer = line(layout.footer)
    if layout.heading.count("\n") >= MOST_HEADING_LINES:
        raise RuleBroken(_("At most %(number)d lines.") % {"number": MOST_HEADING_LINES}, field="heading")
    if layout.signatures.count("\n") >= MOST_SIGNATURES:
        raise RuleBroken(_("At most %(number)d lines.") % {"number": MOST_SIGNATURES}, field="signatures")
    return layout


@transaction.atomic
def register_minutes(*, meeting: Meeting, registry_number: str, by: Member, on: date) -> Meeting:
    """Note the number under which the minutes of a meeting that has begun are registered; "" takes it back.

    It may be noted after the signing, beside the signed text, which stays as it was signed.
    """
    meeting = locked(meeting)
    refuse_unheld(meeting, field="registry_number")
    if open_round(meeting) is not None:
        raise RuleBroken(
            _("The minutes lie with those who are to sign them. Note the number when they have signed."),
            field="registry_number",
        )
    history.change(
        meeting,
        council=meeting.council,
        by=by,
        on=on,
        verb="meeting.registered",
        registry_number=line(registry_number),
    )
    return meeting
