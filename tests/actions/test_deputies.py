"""Who stands in for an owner: what they see by log-in and may say there, and how it counts."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions import lifecycle, reminders
from actions.models import Action, DeadlineRequest, RequestState, Status
from bra import post
from bra.models import Deputy, Member, Role
from tests import make
from tests.cast import Cast
from tests.make import TODAY

pytestmark = pytest.mark.django_db


def away(owner: Member, deputy: Member, first: date = TODAY, last: date = TODAY) -> Deputy:
    return post.name_deputy(member=owner, deputy=deputy, starts=first, ends=last, by=owner, on=TODAY)


def absent(cast: Cast, **overrides: Any) -> Member:
    """An owner from outside who never logs in."""
    return make.make_member(cast.council, Role.OWNER, name="Bosse Bortrest", **overrides)


def page(cast: Cast, who: Member, name: str, *arguments: object) -> Any:
    return cast.browse(who).get(reverse(name, args=[cast.council.slug, *arguments]))


def report(cast: Cast, who: Member, action: Action, **fields: Any) -> int:
    return cast.browse(who).post(reverse("actions:report", args=[cast.council.slug, action.pk]), fields).status_code


@pytest.mark.parametrize("who", ["owner", "member"])
def test_a_deputy_sees_the_actions_among_the_own_and_reports_there(cast: Cast, who: str) -> None:
    deputy, gone = getattr(cast, who), absent(cast)
    theirs = make.make_action(cast.council, owner=gone, title="Vikarens åtgärd", deadline=TODAY)
    own = make.make_action(cast.council, owner=deputy, title="Egen åtgärd", deadline=TODAY + timedelta(days=1))
    make.make_action(cast.council, title="Andras åtgärd")
    away(gone, deputy)
    home = page(cast, deputy, "home")
    assert [action for action, _late in home.context["mine"]["rows"]] == [theirs, own]
    assert home.content.decode().count(f"You stand in for {gone.label}.") == 1
    listed = page(cast, deputy, "actions:mine")
    assert [row["title"] for row in listed.context["rows"]] == ["Vikarens åtgärd", "Egen åtgärd"]
    shown = page(cast, deputy, "actions:detail", theirs.pk)
    assert (shown.context["stands_in"], "Report as done" in shown.content.decode()) == (True, True)
    assert page(cast, deputy, "actions:detail", own.pk).context["stands_in"] is False
    until = {"deadline": TODAY + timedelta(days=30), "text": ""}
    assert report(cast, deputy, theirs, what="postpone", **until) == 302
    asked = DeadlineRequest.objects.get()
    withdraw = reverse("actions:withdraw_request", args=[cast.council.slug, asked.pk])
    assert cast.browse(deputy).post(withdraw).status_code == 302
    asked.refresh_from_db()
    assert (asked.asked_by, asked.state) == (deputy, RequestState.WITHDRAWN)
    assert report(cast, deputy, theirs, what="done", effect="Lugnare") == 302
    theirs.refresh_from_db()
    assert (theirs.status, theirs.effect, theirs.owner) == (Status.DONE, "Lugnare", gone)


@pytest.mark.parametrize(("first", "last"), [(-9, -1), (1, 9)])
def test_on_other_days_the_actions_are_not_there(cast: Cast, first: int, last: int) -> None:
    gone = absent(cast)
    theirs = make.make_action(cast.council, owner=gone)
    Deputy.objects.create(
        member=gone, deputy=cast.owner, starts=TODAY + timedelta(days=first), ends=TODAY + timedelta(days=last)
    )
    assert page(cast, cast.owner, "home").context["mine"]["rows"] == []
    assert page(cast, cast.owner, "actions:mine").context["rows"] == []
    assert page(cast, cast.owner, "actions:detail", theirs.pk).status_code == 404
    assert report(cast, cast.owner, theirs, what="done") == 404
    # A member reads the council's actions anyhow, and still reports nothing.
    assert page(cast, cast.member, "actions:detail", theirs.pk).context["stands_in"] is False
    assert report(cast, cast.member, theirs, what="done") == 404


@pytest.mark.parametrize("who", ["owner", "member"])
def test_a_restricted_action_is_not_there_for_a_deputy_who_is_not_cleared(cast: Cast, who: str) -> None:
    deputy, gone = getattr(cast, who), absent(cast, cleared=True)
    item = make.make_item(make.make_meeting(cast.council), restricted=True)
    secret = make.make_action(agenda_item=item, owner=gone, title="Hemlig åtgärd")
    away(gone, deputy)
    home = page(cast, deputy, "home")
    assert (home.context["mine"]["number"], "Hemlig" in home.content.decode()) == (0, False)
    assert page(cast, deputy, "actions:mine").context["count"] == 0
    assert page(cast, deputy, "actions:detail", secret.pk).status_code == 404
    assert report(cast, deputy, secret, what="done") == 404


def test_the_pages_take_as_many_queries_for_three_absent_as_for_one(cast: Cast) -> None:
    browser = cast.browse(cast.owner)

    def cost(name: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            browser.get(reverse(name, args=[cast.council.slug]))
        return len(seen)

    def grow() -> list[int]:
        gone = absent(cast)
        make.make_action(cast.council, owner=gone)
        away(gone, cast.owner)
        return [cost("home"), cost("actions:mine")]

    grow()
    one = grow()
    grow()
    assert grow() == one


def test_what_a_deputy_says_is_an_answer_to_a_round(cast: Cast) -> None:
    answered, silent, early = absent(cast), absent(cast), absent(cast)
    rows = [
        make.make_action(cast.council, owner=one, deadline=TODAY + timedelta(days=90))
        for one in (answered, silent, early)
    ]
    made = reminders.start_update_round(council=cast.council, as_of=TODAY, grace_days=5, by=cast.coordinator, on=TODAY)
    away(answered, cast.owner)
    Deputy.objects.create(member=early, deputy=cast.owner, starts=TODAY - timedelta(9), ends=TODAY - timedelta(1))
    for action in (rows[0], rows[2]):
        lifecycle.start(action=action, by=cast.owner, on=TODAY)
    # The deputy's day is over on the next one.
    lifecycle.comment(action=rows[0], text="Mer", by=cast.owner, on=TODAY + timedelta(days=1))
    # What the one who stands in does of other actions is no answer of the absent one.
    lifecycle.start(action=rows[1], by=cast.coordinator, on=TODAY)
    found = {row.owner: row.answered_on for row in reminders.asked_in(made, cast.coordinator)}
    assert found == {answered: TODAY, silent: None, early: None}
