"""Whose an action is: handing one over, or everything that somebody has left."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from actions.lifecycle.common import change, change_all, locked_unsettled, refuse_owner
from actions.models import HANDOVER, Action
from bra import lifecycle as council_verbs
from bra import post
from bra.errors import RuleBroken
from bra.models import Member, Role
from bra.rows import locked

# On which side of a handing over the reader of its mail is: the last word of the mail's cause.
TO, FROM = "to", "from"
# Everybody has an address there, so a shared domain says nothing of where somebody works.
OPEN_DOMAINS = frozenset(
    {"gmail.com", "googlemail.com", "hotmail.com", "hotmail.se", "outlook.com", "outlook.se", "live.com", "live.se"}
    | {"msn.com", "icloud.com", "me.com", "yahoo.com", "yahoo.se", "telia.com", "comhem.se", "bredband.net"}
    | {"proton.me", "protonmail.com", "pm.me", "tutanota.com", "tuta.io", "fastmail.com"}
    | {"gmx.com", "gmx.net", "gmx.de"}
    | {"aol.com", "mail.com", "mac.com", "ymail.com", "rocketmail.com", "outlook.dk", "hotmail.co.uk", "yahoo.co.uk"}
    | {"zoho.com", "hey.com", "yandex.com", "yandex.ru", "mail.ru", "web.de", "hushmail.com", "duck.com"}
    | {"telia.se", "tele2.se", "spray.se", "bahnhof.se", "glocalnet.net", "swipnet.se", "passagen.se", "home.se"}
    | {"bredband2.com", "ownit.nu", "algonet.se", "live.co.uk", "windowslive.com"}
)


@transaction.atomic
def hand_over(*, action: Action, to: Member, by: Member, on: date) -> Action:
    """Give the action to another owner; both are told."""
    action = locked_unsettled(action)
    former = action.owner
    if to.pk == former.pk:
        raise RuleBroken(_("%(owner)s owns the action already.") % {"owner": to.label}, field="owner")
    refuse_owner(to, action.agenda_item, on)
    change(action, by=by, on=on, verb="action.handed_over", owner=to)
    _tell(f"{action.pk} {action.version}", former, to, on=on, about=action.pk)
    return action


@transaction.atomic
def hand_over_all(*, member: Member, to: Member, by: Member, on: date) -> int:
    """Give everything that the member owns and that isn't settled to another; both are told once. Returns how much.

    What `by` may not see isn't touched: who leaves with restricted actions is handed over by somebody cleared. The
    number of statements is the same however many actions there are.
    """
    locked(member.council)
    if to.council_id != member.council_id:
        raise RuleBroken(_("Choose an owner of this council."), field="owner")
    if to.pk == member.pk:
        raise RuleBroken(_("Choose somebody else."), field="owner")
    seen = Action.objects.visible_to(by).unsettled().owned_by(member)
    held = Action._base_manager.select_for_update(no_key=True, of=("self",))
    related = held.select_related("council", "agenda_item__meeting", "owner")
    rows = related.filter(pk__in=list(seen.values_list("pk", flat=True))).order_by("pk")
    actions = [action for action in rows if action.owner_id == member.pk]
    # Whether `to` may own differs only by whether the item is restricted, and one of each kind tells.
    for action in {action.agenda_item.restricted: action for action in actions}.values():
        refuse_owner(to, action.agenda_item, on)
    if not actions:
        raise RuleBroken(_("There is nothing to hand over."), field="owner")
    entries = change_all(actions, by=by, on=on, verb="action.handed_over", owner=to)
    _tell(f"all {entries[0].pk}", member, to, on=on)
    return len(actions)


@transaction.atomic
def hand_over_to_colleague(
    *, action: Action, name: str, title: str, email: str, by: Member, on: date
) -> tuple[Action, Member, bool]:
    """Give the action to a colleague whom the council doesn't know yet; returns them, and whether they are new.

    The colleague belongs to the owner's organisation and has an address of the same mail domain, so that nobody can
    pass an action on to just anybody. A member of the organisation who has the address already is taken.
    """
    council = locked(action.council)
    owner = locked(action).owner
    email = email.strip()
    domain = email.rpartition("@")[2].casefold()
    own = owner.address.rpartition("@")[2].casefold()
    if domain != own or domain in OPEN_DOMAINS:
        raise RuleBroken(
            _("Only somebody with an address like yours, at %(domain)s, can be added here. Ask the coordinator.")
            % {"domain": own}
            if own not in OPEN_DOMAINS
            else _("Nobody can be added here with an address at %(domain)s. Ask the coordinator.") % {"domain": own},
            field="email",
        )
    # Where mail reaches them: the own address, or that of the log-in.
    reached = Q(email__iexact=email) | Q(email="", user__email__iexact=email)
    there = council.members.acting(on).filter(reached).order_by("pk")
    known = there.filter(organisation=owner.organisation).first() or there.first()
    if known is not None and known.organisation_id != owner.organisation_id:
        raise RuleBroken(_("The address belongs to somebody else on the council. Ask the coordinator."), field="email")
    colleague = known or council_verbs.seat_member(
        council=council,
        organisation=owner.organisation,
        name=name.strip(),
        title=title.strip(),
        email=email,
        role=Role.OWNER,
        cleared=False,
        mandate_from=on,
        mandate_to=None,
        by=by,
        on=on,
    )
    return hand_over(action=action, to=colleague, by=by, on=on), colleague, known is None


def _tell(cause: str, former: Member, to: Member, *, on: date, about: int | None = None) -> None:
    """Tell both, the former owner while there is a mandate to reach them by."""
    for member, side in ((to, TO), (former, FROM)):
        if member.is_active(on):
            post.post(
                council=to.council, kind=HANDOVER, recipients=[member], cause=f"{cause} {side}", on=on, about=about
            )
