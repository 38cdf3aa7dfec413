"""What is told some days before a meeting: all of one's open actions that will be asked about there."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from actions.models import Action, ActionQuerySet
from actions.reminders.due import with_recipient
from actions.reminders.rules import Rules
from bra import post
from bra.models import Council, Member, MemberQuerySet
from meetings.models import PLANNED, Meeting

DIGEST = "digest"


def meetings_near(councils: Sequence[Council], on: date, rules: Rules) -> Iterator[Meeting]:
    """The planned meetings that owners are told of by the day `on`: so many days ahead, or as soon as mail goes out."""
    if rules.digest_days:
        near = Meeting.objects.filter(
            council__in=councils, state__in=PLANNED, date__gte=on, date__lte=on + timedelta(days=rules.digest_days)
        )
        yield from near.select_related("council").order_by("council", "date", "pk")


def owners_asked(council: Council, on: date, among: ActionQuerySet | None = None) -> MemberQuerySet:
    """Those with an open action they may see, whom mail can reach on the day; in an absence who stands in, if able.

    `among` which actions: all by default.
    """
    open_now = (Action.objects if among is None else among).live().filter(council=council)
    live: QuerySet[Any, Any] = with_recipient(open_now, [council], on)
    owned = Q(pk__in=live.filter(agenda_item__restricted=False).values("recipient"))
    secret = Q(pk__in=live.filter(agenda_item__restricted=True).values("recipient"), cleared=True)
    owners = Member.objects.active(on).filter(owned | secret, council=council)
    return owners.exclude(pk__in=post.stopped_members().values("pk")).exclude(email="", user=None)


def digest_cause(meeting: Meeting) -> str:
    """What tells the digests of one meeting from those of the next."""
    return f"meeting {meeting.pk}"


def post_digests(*, councils: Sequence[Council], on: date, rules: Rules) -> int:
    """Write the digests of the meetings that are near, once to each owner; who has paused mail gets it later."""
    number = 0
    for meeting in meetings_near(councils, on, rules):
        owners = owners_asked(meeting.council, on).select_related("user")
        number += post.post(
            council=meeting.council,
            kind=DIGEST,
            recipients=owners,
            cause=digest_cause(meeting),
            on=on,
            about=meeting.pk,
        )
    return number
