"""Actions so long overdue that reminding the owner again is no answer: the council takes them up."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import Action, Escalation
from actions.reminders.rules import Rules
from actions.reminders.steps import WEEK, neutral_title
from bra import history, mail, post
from bra.models import Council, Member, Role
from meetings.lifecycle import propose_item
from meetings.models import PLANNED, ItemProposal, Meeting

ESCALATED = "escalated"
# More than this on one day, as when a council begins to use the rule, become one item of the agenda.
MOST_ALONE = 5


def overdue_too_long(councils: Sequence[Council], on: date, rules: Rules) -> dict[int, list[Action]]:
    """The actions to be put before each council on the day `on`, as {council's key: actions}; two queries at most.

    Once per deadline. A council without a planned meeting isn't there: there is no agenda to put anything on, and
    reminders go on meanwhile.
    """
    if not rules.escalate_weeks:
        return {}
    coming = Meeting.objects.filter(council__in=councils, state__in=PLANNED, date__gt=on)
    able = set(coming.values_list("council", flat=True))
    if not able:
        return {}
    already = Escalation.objects.filter(action=OuterRef("pk"), deadline=OuterRef("deadline"))
    last_day = on - timedelta(days=WEEK * rules.escalate_weeks)
    late = Action.objects.live().filter(~Exists(already), council__in=able, deadline__lte=last_day)
    found: dict[int, list[Action]] = defaultdict(list)
    for action in late.select_related("agenda_item__meeting").order_by("deadline", "pk"):
        found[action.council_id].append(action)
    return found


@transaction.atomic
def escalate_overdue(*, councils: Sequence[Council], on: date, rules: Rules) -> int:
    """Put what is overdue too long before its council: an item proposed for the next agenda, and a mail to the chair.

    Return how many actions. Nothing is proposed where nobody coordinates, in whose name it would be.
    """
    found = overdue_too_long(councils, on, rules)
    number = 0
    for council in councils:
        actions = found.get(council.pk)
        coordinator = actions and _first(council, Role.COORDINATOR, on)
        if actions and coordinator:
            _escalate(council, actions, coordinator, on)
            number += len(actions)
    return number


def _first(council: Council, role: Role, on: date) -> Member | None:
    return Member.objects.active(on).filter(council=council, role=role).order_by("-cleared", "pk").first()


def _escalate(council: Council, actions: Sequence[Action], coordinator: Member, on: date) -> None:
    planned = Meeting.objects.filter(council=council, state__in=PLANNED, date__gt=on)
    meeting = planned.order_by("date", "starts_at", "pk")[0]
    rows = []
    with mail.own_language():
        shown = [action for action in actions if not action.agenda_item.restricted]
        groups = [[action] for action in shown] if len(shown) <= MOST_ALONE else [shown]
        hidden = [action for action in actions if action.agenda_item.restricted]
        groups += [hidden] if hidden else []
        for group in groups:
            proposal = _propose(meeting, group, coordinator, on)
            rows += [Escalation(action=action, deadline=action.deadline, on=on, proposal=proposal) for action in group]
    Escalation.objects.bulk_create(rows, batch_size=500)
    for action in actions:
        history.record(
            council=council,
            by=None,
            on=on,
            verb="action.escalated",
            target=action,
            # Named as no field of an action: nothing of it has changed, and a report of an earlier day undoes changes.
            changes={"late_since": (None, action.deadline), "proposed_for": (None, meeting.pk)},
        )
    post.post(council=council, kind=ESCALATED, recipients=told_of(council, actions, on), cause=on.isoformat(), on=on)


def told_of(council: Council, actions: Sequence[Action], on: date) -> list[Member]:
    """Who is told: the chairs who may see any of the actions; where there is no chair, the coordinators who may."""
    only_restricted = all(action.agenda_item.restricted for action in actions)
    active = Member.objects.acting(on).filter(council=council).select_related("user")
    if only_restricted:
        active = active.filter(cleared=True)
    return list(active.filter(role=Role.CHAIR)) or list(active.filter(role=Role.COORDINATOR))


def _propose(meeting: Meeting, group: Sequence[Action], coordinator: Member, on: date) -> ItemProposal:
    """Propose the item. Proposals have no lock, and an action may get one later: so no action's title stands in one.

    Restricted actions are neither numbered nor counted. The page of proposals names the actions to who may see them.
    """
    if group[0].agenda_item.restricted:
        title = _("Overdue and restricted")
    elif len(group) == 1:
        title = _("Overdue: %(action)s") % {"action": neutral_title(group[0])}
    else:
        words = ngettext("%(n)d long overdue action", "%(n)d long overdue actions", len(group))
        title = words % {"n": len(group)}
    reason = _("The proposal's page shows the actions to those who may see them.")
    return propose_item(meeting=meeting, by=coordinator, on=on, title=title, reason=reason)
