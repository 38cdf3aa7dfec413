"""The secret links in mails: made with the mail, kept only as a digest, looked up when somebody follows one."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from bra.errors import RuleBroken
from bra.models import MailLink, MailLinkQuerySet, Member

# Each mail carries a link of its own, so an old one needn't live for ever.
LONGEST = timedelta(days=90)
SECRET_BYTES = 32


def digest(secret: str) -> str:
    """Return what the database keeps of a secret: its SHA-256 in hex. A secret of 32 random bytes needs no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def refuse_others(member: Member, by: Member) -> None:
    """Refuse that one member makes or stops the address of another's calendar."""
    if member.pk != by.pk:
        raise RuleBroken(_("Only the member can make or stop the address of their calendar."))


def make_links(wanted: Iterable[tuple[Member, int | None]], purpose: str) -> dict[tuple[int, int | None], str]:
    """Make one link per (member, `about`), in one statement; return {(member's pk, about): secret}.

    A secret can't be read back later.
    """
    made = {(member, about): secrets.token_urlsafe(SECRET_BYTES) for member, about in wanted}
    links = [
        MailLink(member=member, about=about, purpose=purpose, digest=digest(secret), address=member.address)
        for (member, about), secret in made.items()
    ]
    MailLink.objects.bulk_create(links, batch_size=500)
    return {(member.pk, about): secret for (member, about), secret in made.items()}


def follow(secret: str, purpose: str, *, clock: datetime, longest: timedelta | None = LONGEST) -> MailLink | None:
    """Return the link that the secret opens at the instant `clock` (aware); None when it doesn't open any.

    `longest` is how long a link of the purpose lives; None when something else ends it.
    """
    return _working(MailLink.objects.filter(digest=digest(secret), purpose=purpose), clock, longest)


def still_open(pk: int, purpose: str, *, clock: datetime, longest: timedelta | None = LONGEST) -> MailLink | None:
    """Return the link with that pk, with its member and council, if it works at the instant `clock` (aware)."""
    return _working(MailLink.objects.filter(pk=pk, purpose=purpose), clock, longest)


def _working(links: MailLinkQuerySet, clock: datetime, longest: timedelta | None) -> MailLink | None:
    young = links.filter(made_at__gt=clock - longest) if longest is not None else links
    link = young.select_related("member__council", "member__organisation", "member__user").first()
    # An address is corrected because mail went to somebody else, who must not keep the key.
    if link is None or link.address != link.member.address:
        return None
    # Who is locked out of the installation comes in by no other door either.
    if link.member.user is not None and not link.member.user.is_active:
        return None
    # The mandate is a matter of the council's own day, which only the link's member tells.
    return link if young.working(link.member.council.today(clock)).exists() else None
