"""Writing what is to go out."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from bra.models import NO_ADDRESS, Council, Letter, LetterState, Member

_AGAIN = " again "


def post(
    *, council: Council, kind: str, recipients: Iterable[Member], cause: str, on: date, about: int | None = None
) -> int:
    """Write a waiting letter for each recipient with an address; return how many are new.

    Call it in the transaction of the cause. What was posted for the same cause already isn't posted again. Who has no
    address stands in the ledger as not mailed; nothing is tried until the cause is posted again with an address there.
    """
    members = {member.pk: member for member in recipients}
    known = {row.recipient_id: row for row in Letter.objects.filter(recipient__in=members, kind=kind, cause=cause)}
    letters = [
        Letter(council=council, kind=kind, recipient=member, cause=cause, about=about, on=on, **_first_state(member))
        for member in members.values()
        if member.pk not in known
    ]
    Letter.objects.bulk_create(letters, batch_size=500, ignore_conflicts=True)
    late = [row.pk for row in known.values() if row.failure == NO_ADDRESS and members[row.recipient_id].address]
    if late:
        unsent = Letter.objects.filter(pk__in=late, state=LetterState.DROPPED)
        unsent.update(state=LetterState.PENDING, failure="", on=on)
    return len(late) + sum(letter.state == LetterState.PENDING for letter in letters)


def _first_state(member: Member) -> dict[str, str]:
    return {} if member.address else {"state": LetterState.DROPPED, "failure": NO_ADDRESS}


def first_cause(letter: Letter) -> str:
    """Return the cause for which the letter, or the one that it repeats to another address, was posted."""
    return letter.cause.partition(_AGAIN)[0]


def post_anew(*, letters: Iterable[Letter], on: date) -> int:
    """Post letters once more whose recipients have another address since they went; return how many. One query more.

    Once per letter and address, however often it is asked for: who has been posted to at the new one is left out.
    """
    wanted = [letter for letter in letters if letter.state == LetterState.SENT and letter.missed]
    if not wanted:
        return 0
    related = Letter.objects.filter(
        recipient__in={row.recipient_id for row in wanted},
        kind__in={row.kind for row in wanted},
        about__in={row.about for row in wanted},
    )
    families: dict[tuple[int, str, str], list[Letter]] = defaultdict(list)
    for row in related.select_related("recipient__user"):
        families[row.recipient_id, row.kind, first_cause(row)].append(row)
    anew = {}
    for letter in wanted:
        key = (letter.recipient_id, letter.kind, first_cause(letter))
        if all(row.missed or row.state == LetterState.DROPPED for row in families[key]):
            cause = f"{first_cause(letter)}{_AGAIN}{len(families[key])}"
            fields = {"council_id": letter.council_id, "kind": letter.kind, "about": letter.about, "on": on}
            anew[key] = Letter(recipient_id=letter.recipient_id, cause=cause, **fields)
    Letter.objects.bulk_create(anew.values(), ignore_conflicts=True)
    return len(anew)
