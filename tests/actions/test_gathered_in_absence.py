"""The mails that gather an owner's actions, while somebody else stands in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from actions import reminders
from actions.models import UpdateRound
from bra import post
from bra.models import Council, Member, Role
from tests import make
from tests.actions.test_gathered_mail import DAY, council, deliver, far, letters, meeting_on, morning, restricted
from tests.cast import Cast

pytestmark = pytest.mark.django_db
__all__ = ["council"]  # the fixture


@pytest.fixture
def stand_in() -> Callable[..., Member]:
    """Make a deputy of the owner from today on."""

    def make_one(owner: Member, **overrides: Any) -> Member:
        deputy = make.make_member(owner.council, organisation=owner.organisation, **overrides)
        post.name_deputy(member=owner, deputy=deputy, starts=DAY, ends=DAY + timedelta(days=9), by=owner, on=DAY)
        return deputy

    return make_one


def ask(council: Council, by: Member, kind: str) -> UpdateRound | None:
    if kind == "update":
        return reminders.start_update_round(council=council, as_of=DAY, grace_days=5, by=by, on=DAY)
    meeting_on(council, DAY + timedelta(days=5))
    morning(council)
    return None


@pytest.mark.parametrize("kind", ["digest", "update"])
def test_who_stands_in_is_asked_in_an_absence(
    council: Council, stand_in: Callable[..., Member], mailoutbox: list[Any], kind: str
) -> None:
    absent, present = far(council), far(council)
    deputy = stand_in(absent.owner)
    own = far(council, owner=deputy)
    made = ask(council, present.owner, kind)
    assert letters(kind) == sorted([(present.owner_id, DAY), (deputy.pk, DAY)])
    assert deliver(council) == post.Delivered(sent=2)
    mail = next(mail for mail in mailoutbox if mail.to == [deputy.email])
    assert [f"Action {one.pk} from" in mail.body for one in (absent, own, present)] == [True, True, False]
    assert mail.body.count(f"For {absent.owner.label}, who is away") == 1
    if made is not None:
        asked = {row.owner for row in reminders.asked_in(made, make.make_member(council, Role.COORDINATOR))}
        assert asked == {absent.owner, deputy, present.owner}


@pytest.mark.parametrize("kind", ["digest", "update"])
def test_an_owner_whom_mail_does_not_reach_is_asked_through_the_deputy(
    council: Council, stand_in: Callable[..., Member], kind: str
) -> None:
    absent = far(council, owner=make.make_member(council, email=""))
    deputy = stand_in(absent.owner)
    ask(council, deputy, kind)
    assert letters(kind) == [(deputy.pk, DAY)]


@pytest.mark.parametrize("kind", ["digest", "update"])
def test_a_deputy_whom_mail_does_not_reach_leaves_it_to_the_owner(
    council: Council, stand_in: Callable[..., Member], kind: str
) -> None:
    absent = far(council)
    stand_in(absent.owner, email="")
    ask(council, absent.owner, kind)
    assert letters(kind) == [(absent.owner_id, DAY)]


@pytest.mark.parametrize("kind", ["digest", "update"])
def test_a_deputy_who_is_not_cleared_hears_nothing_of_restricted_actions(
    council: Council, stand_in: Callable[..., Member], mailoutbox: list[Any], kind: str
) -> None:
    secret = restricted(council)
    plain = far(council, owner=secret.owner)
    deputy = stand_in(secret.owner)
    ask(council, deputy, kind)
    assert letters(kind) == sorted([(secret.owner_id, DAY), (deputy.pk, DAY)])
    deliver(council)
    mail = next(mail for mail in mailoutbox if mail.to == [deputy.email])
    assert [f"Action {one.pk} from" in mail.body for one in (plain, secret)] == [True, False]


def test_the_preview_says_for_whom_a_deputy_is_asked(council: Council, stand_in: Callable[..., Member]) -> None:
    absent = far(council)
    deputy = stand_in(absent.owner)
    meeting_on(council, DAY + timedelta(days=5))
    [shown] = reminders.preview(council, DAY, member=make.make_member(council, Role.COORDINATOR)).others
    assert (shown.recipient, shown.why.partition("; ")[2]) == (deputy, f"for {absent.owner.label}, who is away")


def test_a_mail_to_a_deputy_stands_in_the_log_and_its_text_shows_nothing_hidden(
    cast: Cast, stand_in: Callable[..., Member], settings: Any
) -> None:
    settings.EMAIL_BACKEND = "bra.mail.LogBackend"
    absent, secret = far(cast.council), restricted(cast.council)
    deputies = [stand_in(one.owner, cleared=True) for one in (absent, secret)]
    reminders.start_update_round(council=cast.council, as_of=DAY, grace_days=5, by=cast.coordinator, on=DAY)
    deliver(cast.council)
    uncleared = make.make_member(cast.council, Role.COORDINATOR, user=make.make_user())

    def shown(member: Member) -> list[tuple[int, bool]]:
        client = cast.browse(member)
        rows = client.get(reverse("actions:mail_list", args=[cast.council.slug])).context["rows"]
        details = [client.get(reverse("actions:mail_detail", args=[cast.council.slug, row[0].pk])) for row in rows]
        return sorted(
            (row[0].recipient_id, detail.context["mail"] is not None) for row, detail in zip(rows, details, strict=True)
        )

    assert shown(cast.coordinator) == [(one.pk, True) for one in deputies]
    assert shown(uncleared) == [(deputies[0].pk, False)]
