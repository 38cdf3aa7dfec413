"""Whom mail reaches: what members have chosen, who is away, and which addresses are stopped."""

from datetime import date

from django.db.models import Exists, F, Q, QuerySet, Value
from django.db.models.expressions import OuterRef
from django.db.models.functions import Coalesce, Lower, NullIf

from bra.models import Council, Deputy, Frequency, MailChoice, Member, MemberQuerySet, StoppedAddress


def stopped_members() -> MemberQuerySet:
    """Members whose address has refused mail for good."""
    address = Lower(Coalesce(NullIf("email", Value("")), "user__email"))
    stopped = StoppedAddress.objects.annotate(low=Lower("address"))
    return Member.objects.annotate(reached_at=address).filter(
        Exists(stopped.filter(council=OuterRef("council"), low=OuterRef("reached_at")))
    )


def stopped_addresses(council: Council) -> set[str]:
    """The council's stopped addresses, in small letters."""
    return {
        address.lower() for address in StoppedAddress.objects.filter(council=council).values_list("address", flat=True)
    }


def paused(on: date) -> QuerySet[MailChoice, int]:
    """The keys of the members who have paused their mail on the day."""
    return MailChoice.objects.filter(paused_until__gte=on).values_list("member", flat=True)


def weekly() -> QuerySet[MailChoice, int]:
    """The keys of the members who want their reminders gathered once a week."""
    return MailChoice.objects.filter(frequency=Frequency.WEEKLY).values_list("member", flat=True)


def deputies(on: date) -> QuerySet[Deputy]:
    """Who stands in for whom on the day, whether mail reaches them or not."""
    return Deputy.objects.filter(starts__lte=on, ends__gte=on)


def able_deputies(on: date) -> QuerySet[Deputy]:
    """Those of `deputies` whom mail reaches that day."""
    in_mandate = Q(deputy__mandate_to=None) | Q(deputy__mandate_to__gte=on)
    return (
        deputies(on)
        .filter(in_mandate, deputy__mandate_from__lte=on, deputy__council=F("member__council"))
        .exclude(deputy__email="", deputy__user=None)
        .exclude(deputy__in=stopped_members().values("pk"))
        .exclude(deputy__in=paused(on))
    )
