"""The verbs of the legal grounds that a council restricts by."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import Council, LegalGround, Member
from bra.rows import locked

# Examples to begin with, of the Public Access to Information and Secrecy Act (2009:400): each council goes through
# them with its own lawyer. They are a council's data, like its topics, and so not translated.
FIRST_GROUNDS = (
    ("OSL 18 kap. 1 §", "Förundersökning och annan verksamhet för att förebygga och beivra brott"),
    ("OSL 18 kap. 8 §", "Säkerhets- och bevakningsåtgärder, till exempel larm och skydd av byggnader"),
    ("OSL 21 kap. 3 §", "Adress och andra uppgifter om var den bor som riskerar att förföljas eller utsättas för våld"),
    ("OSL 23 kap. 2 §", "Enskilds personliga förhållanden i skolans elevhälsa och särskilda elevstöd"),
    ("OSL 26 kap. 1 §", "Enskilds personliga förhållanden i socialtjänsten"),
    ("OSL 35 kap. 1 §", "Enskilds förhållanden i förundersökning och annan brottsbekämpning"),
)


@transaction.atomic
def give_grounds(*, council: Council, by: Member | None, on: date) -> list[LegalGround]:
    """Give a new council its first legal grounds; one that has any keeps its own."""
    council = locked(council)
    if council.legal_grounds.exists():
        return []
    return [_added(council, reference=reference, summary=summary, by=by, on=on) for reference, summary in FIRST_GROUNDS]


@transaction.atomic
def add_ground(*, council: Council, reference: str, summary: str, by: Member, on: date) -> LegalGround:
    """Add a legal ground that the council may restrict by."""
    council = locked(council)
    reference = _stated(council, reference, but=None)
    return _added(council, reference=reference, summary=summary, by=by, on=on)


@transaction.atomic
def amend_ground(*, ground: LegalGround, reference: str, summary: str, by: Member, on: date) -> LegalGround:
    """Change how a legal ground is cited. What it restricts follows; minutes that are signed keep their words."""
    council = locked(ground.council)
    ground = locked(ground)
    reference = _stated(council, reference, but=ground)
    history.change(
        ground,
        council=council,
        by=by,
        on=on,
        verb="ground.amended",
        reference=reference,
        summary=" ".join(summary.split()),
    )
    return ground


@transaction.atomic
def remove_ground(*, ground: LegalGround, by: Member, on: date, back: bool = False) -> LegalGround:
    """Stop offering a legal ground; it stays on what it restricts. `back` offers it again."""
    council = locked(ground.council)
    ground = locked(ground)
    verb = "ground.restored" if back else "ground.removed"
    history.change(ground, council=council, by=by, on=on, verb=verb, removed=not back)
    return ground


def _added(council: Council, *, reference: str, summary: str, by: Member | None, on: date) -> LegalGround:
    ground = LegalGround.objects.create(council=council, reference=reference, summary=" ".join(summary.split()))
    history.created(ground, council=council, by=by, on=on, verb="ground.added", fields=("reference", "summary"))
    return ground


def _stated(council: Council, reference: str, but: LegalGround | None) -> str:
    """The reference without stray spaces; refuses none at all and one that the council has."""
    reference = " ".join(reference.split())
    if not reference:
        raise RuleBroken(_("Say which provision it is."), field="reference")
    same = LegalGround.objects.filter(council=council, reference=reference).exclude(pk=but.pk if but else 0).first()
    if same is None:
        return reference
    if same.removed:
        raise RuleBroken(_("That legal ground has been removed. Bring it back instead."), field="reference")
    raise RuleBroken(_("The council has that legal ground already."), field="reference")
