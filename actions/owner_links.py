"""The secret links in mails: made with the mail, kept only as a digest, looked up when somebody follows one."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from actions.models import OwnerLink, OwnerLinkQuerySet
from bra.models import Member

# Every reminder carries a link of its own, so an old one needn't live for ever.
LONGEST = timedelta(days=90)
SECRET_BYTES = 32


def digest(secret: str) -> str:
    """Return what the database keeps of a secret: its SHA-256 in hex. A secret of 32 random bytes needs no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def address_of(owner: Member) -> str:
    """The owner's address for mail, or the one they log in with; empty when there is none."""
    return owner.email or (owner.user.email if owner.user else "")


def make_links(owners: Iterable[Member]) -> dict[int, str]:
    """Make one link per owner, in one statement; return {owner's pk: secret}. A secret can't be read back later."""
    made = {owner: secrets.token_urlsafe(SECRET_BYTES) for owner in owners}
    links = [OwnerLink(owner=owner, digest=digest(secret), address=address_of(owner)) for owner, secret in made.items()]
    OwnerLink.objects.bulk_create(links, batch_size=500)
    return {owner.pk: secret for owner, secret in made.items()}


def follow(secret: str, *, clock: datetime) -> OwnerLink | None:
    """Return the link that the secret opens at the instant `clock` (aware); None when it doesn't open any."""
    return _working(OwnerLink.objects.filter(digest=digest(secret)), clock=clock)


def still_open(pk: int, *, clock: datetime) -> OwnerLink | None:
    """Return the link with that pk, with its owner and council, if it works at the instant `clock` (aware)."""
    return _working(OwnerLink.objects.filter(pk=pk), clock=clock)


def _working(links: OwnerLinkQuerySet, *, clock: datetime) -> OwnerLink | None:
    young = links.filter(made_at__gt=clock - LONGEST)
    link = young.select_related("owner__council", "owner__organisation", "owner__user").first()
    # An address is corrected because mail went to somebody else, who must not keep the key.
    if link is None or link.address != address_of(link.owner):
        return None
    # The mandate is a matter of the council's own day, which only the link's owner tells.
    return link if young.working(link.owner.council.today(clock)).exists() else None
