"""Two administrators act at the same time, and somebody still looks after the installation."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date

import pytest

from bra import administering
from bra.errors import RuleBroken
from bra.models import User
from tests import make
from tests.meetings.test_two_at_once import at_once

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]
NOW = date(2026, 11, 23)
ROUNDS = 12


def unless_refused(verb: Callable[..., User], **who: User) -> Callable[[], None]:
    def work() -> None:
        with suppress(RuleBroken):
            verb(**who, on=NOW)

    return work


@pytest.mark.parametrize("how", ["each other out", "themselves off", "one out and the other off"])
def test_two_at_once_leave_one(how: str) -> None:
    one, other = (make.make_user(is_administrator=True) for _n in range(2))
    lock, demote = administering.lock_out, administering.unmake_administrator
    for _round in range(ROUNDS):
        User.objects.update(is_administrator=True, is_active=True)
        at_once(
            *{
                "each other out": (
                    unless_refused(lock, user=one, by=other),
                    unless_refused(lock, user=other, by=one),
                ),
                "themselves off": (
                    unless_refused(demote, user=one, by=one),
                    unless_refused(demote, user=other, by=other),
                ),
                "one out and the other off": (
                    unless_refused(lock, user=one, by=other),
                    unless_refused(demote, user=other, by=other),
                ),
            }[how]
        )
        assert User.objects.filter(is_administrator=True, is_active=True).count() == 1
