"""The mail about a second step of logging in that was added, removed, renewed or reset: neutral, without a link."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from bra import post
from bra.models import Letter
from bra.post import Desk, Written
from bra.second_step import NOTICE


def _write(desk: Desk, letters: Sequence[Letter]) -> list[Written]:
    return [desk.write(letter, NOTICE, {"what": post.first_cause(letter).partition(" ")[0]}) for letter in letters]


post.register(post.Kind(NOTICE, _("Log-in in two steps"), _write))
