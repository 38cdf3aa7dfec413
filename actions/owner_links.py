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


def make_links(owners: Iterable[Member]) -> dict[int, str]:
    """Make one link per owner, in one statement; return {owner's pk: secret}. A secret can't be read back later."""
    made = {owner.pk: secrets.token_urlsafe(SECRET_BYTES) for owner in owners}
    OwnerLink.objects.bulk_create(
        [OwnerLink(owner_id=owner, digest=digest(secret)) for owner, secret in made.items()], batch_size=500
    )
    return made


def follow(secret: str, *, clock: datetime) -> OwnerLink | None:
    """Return the link that the secret opens at the instant `clock` (aware); None when it doesn't open any."""
    return _working(OwnerLink.objects.filter(digest=digest(secret)), clock=clock)


def still_open(pk: int, *, clock: datetime) -> OwnerLink | None:
    """Return the link with that pk, with its owner and council, if it works at the instant `clock` (aware)."""
    return _working(OwnerLink.objects.filter(pk=pk), clock=clock)


def _working(links: OwnerLinkQuerySet, *, clock: datetime) -> OwnerLink | None:
    young = links.filter(made_at__gt=clock - LONGEST)
    link = young.select_related("owner__council", "owner__organisation").first()
    if link is None:
        return None
    # The mandate is a matter of the council's own day, which only the link's owner tells.
    return link if young.working(link.owner.council.today(clock)).exists() else None
