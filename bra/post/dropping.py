"""Mail that waits and isn't sent after all."""

from collections.abc import Iterable

from django.db import transaction

from bra.models import Letter, LetterState, Member
from bra.post.kinds import KINDS


@transaction.atomic
def give_up(letter: Letter, state: LetterState, failure: str) -> bool:
    """Write that the waiting letter isn't tried; False when somebody else was first."""
    if not Letter.objects.waiting().filter(pk=letter.pk).update(state=state, failure=failure):
        return False
    if state == LetterState.DROPPED:
        KINDS[letter.kind].dropped(letter)
    return True


def drop_waiting(member: Member, kinds: Iterable[str], failure: str) -> None:
    """Drop what waits for the member of some kinds; the log tells why. Call it in the transaction of the choice."""
    for letter in Letter.objects.waiting().filter(recipient=member, kind__in=list(kinds)).order_by("pk"):
        give_up(letter, LetterState.DROPPED, failure)
