"""The mail that tells a coordinator that a member corrected their data, or asks for it to be removed."""

from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bra import post
from bra.models import Letter, Member
from bra.permissions import may_coordinate
from bra.post import Desk, Written
from records.own_lifecycle import ASKED, OWN_DATA


def write_own_data(desk: Desk, letters: Sequence[Letter]) -> list[Written]:
    """Write the mails of a batch. They name nobody: the page that they lead to does."""
    members = set(
        Member.objects.filter(council=desk.council, pk__in=[letter.about for letter in letters]).values_list(
            "pk", flat=True
        )
    )
    return [_written(desk, letter, letter.about in members) for letter in letters]


def _written(desk: Desk, letter: Letter, known: bool) -> Written:
    if not known or not may_coordinate(letter.recipient):
        return Written(letter, None, "closed")
    path = reverse("member_edit", args=[desk.council.slug, letter.about])
    return desk.write(letter, "own_data", {"asked": post.first_cause(letter).startswith(ASKED), "path": path})


def _visible(member: Member) -> Q:
    return Q() if may_coordinate(member) else Q(pk__in=[])


post.register(post.Kind(OWN_DATA, _("Personal data of members"), write_own_data, _visible))
