"""The demonstration's requests for records: one released masked, one refused, one being handled. Nobody is named."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from functools import partial

from bra.models import STOCKHOLM, Council, LegalGround, Member
from meetings.models import Meeting
from records import lifecycle
from records.lifecycle import Masks
from records.models import Release, Way
from records.release_documents import source_for

RELEASED, REFUSED, ASKED = date(2017, 2, 20), date(2017, 3, 3), date(2017, 3, 13)
MINUTES_OF = date(2017, 1, 26)
GROUND = "OSL 18 kap. 8 §"


def events(council: Council, coordinator: Member, secretary: Member) -> Iterator[tuple[date, Callable[[], None]]]:
    """Each day with what happens on it."""
    yield RELEASED, partial(_release, council, coordinator, secretary)
    yield REFUSED, partial(_refuse, council, coordinator)
    yield ASKED, partial(_ask, council, secretary)


def _enter(council: Council, by: Member, on: date, way: Way, asked: str) -> Release:
    return lifecycle.register_release(
        council=council, by=by, on=on, received_on=on, way=way, asked=asked, requester="", notes="", handler=by
    )


def _ask(council: Council, secretary: Member) -> None:
    _enter(council, secretary, ASKED, Way.MAIL, "Protokollen från höstens möten, helst som PDF.")


def _ground(council: Council) -> LegalGround:
    summary = "säkerhets- eller bevakningsåtgärder"
    ground, _made = LegalGround.objects.get_or_create(council=council, reference=GROUND, defaults={"summary": summary})
    return ground


def _release(council: Council, coordinator: Member, secretary: Member) -> None:
    release = _enter(council, secretary, RELEASED, Way.PHONE, "Protokollet från mötet den 26 januari 2017.")
    source = source_for(secretary, f"minutes-{Meeting.objects.get(council=council, date=MINUTES_OF).pk}")
    assert source is not None, "the minutes of January are signed by then"
    masks = Masks({}, ["låsta tavlor", "låsta anslagstavlor"], [_ground(council)])
    produced = lifecycle.produce(source=source, masks=masks, by=secretary, on=RELEASED, file_format="pdf")
    noon = datetime.combine(RELEASED, time(12), STOCKHOLM)
    lifecycle.keep_copy(release=release, produced=produced, by=secretary, on=RELEASED, at=noon)
    lifecycle.refuse_release(
        release=release,
        in_part=True,
        grounds=[_ground(council)],
        reasons="Det maskade beskriver hur anslagstavlorna vid torget skyddas.",
        decided_by=coordinator.label,
        written_asked=False,
        appeal=lifecycle.appeal_text(council),
        by=secretary,
        on=RELEASED,
    )


def _refuse(council: Council, coordinator: Member) -> None:
    release = _enter(council, coordinator, REFUSED, Way.LETTER, "Allt om hur kommunhuset och skolorna är larmade.")
    lifecycle.refuse_release(
        release=release,
        in_part=False,
        grounds=[_ground(council)],
        reasons="Uppgifterna beskriver skyddet av byggnader. Det skulle motverka sitt syfte om de blev kända.",
        decided_by=coordinator.label,
        written_asked=True,
        appeal=lifecycle.appeal_text(council),
        by=coordinator,
        on=REFUSED,
    )
