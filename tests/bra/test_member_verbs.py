"""What the verbs of members do, and what they refuse so that no council is left without somebody at the door."""

from datetime import date, timedelta
from typing import Any

import pytest

from actions.models import Action, Status
from bra import lifecycle
from bra.errors import RuleBroken
from bra.history import entries_of
from bra.models import Member, Organisation, Role, User
from meetings.models import MeetingState
from tests import make
from tests.cast import Cast
from tests.make import TODAY

TOMORROW = TODAY + timedelta(days=1)
WITHOUT = "The council would be without a coordinator who can log in. Make somebody else coordinator first."
WITHOUT_CLEARED = "The council would be without a coordinator cleared for restricted items. Clear another one first."
ONLY_CLEARED = "Only a coordinator who is cleared for restricted items decides who else is."


def edit(cast: Cast, member: Member, by: Member | None = None, **fields: Any) -> Member:
    """Edit as the coordinator on the tests' day."""
    return lifecycle.edit_member(member=member, by=by or cast.coordinator, on=TODAY, **fields)


def second_coordinator(cast: Cast, **overrides: Any) -> Member:
    """Another coordinator who can log in."""
    fields = {"cleared": True, "user": make.make_user()} | overrides
    return make.make_member(cast.council, Role.COORDINATOR, **fields)


def test_seating_and_changing_leave_history(cast: Cast) -> None:
    member = lifecycle.seat_member(
        council=cast.council,
        organisation=cast.member.organisation,
        name="Åke Ek",
        title="kommunpolis",
        email="ake@example.org",
        role=Role.MEMBER,
        cleared=True,
        mandate_from=TODAY,
        mandate_to=None,
        by=cast.coordinator,
        on=TODAY,
    )
    changed = edit(cast, member, name="Åsa Ek", title="kommunpolis")
    assert (changed.name, Member.objects.get(pk=member.pk).sort_key) == ("Åsa Ek", "{sa ek")
    seated, edited = entries_of(member)
    assert (seated.verb, seated.changes["cleared"]) == ("member.seated", [None, True])
    assert (edited.verb, edited.changes, edited.actor) == (
        "member.edited",
        {"name": ["Åke Ek", "Åsa Ek"]},
        cast.coordinator,
    )


def test_an_organisation_is_made_once_however_it_is_written(cast: Cast) -> None:
    def named(name: str) -> Organisation:
        return lifecycle.organisation_named(council=cast.council, name=name, by=cast.coordinator, on=TODAY)

    first = named("Näringslivsföreningen")
    assert named(" NÄRINGSLIVSFÖRENINGEN ") == first
    assert [entry.verb for entry in entries_of(first)] == ["organisation.added"]
    theirs = lifecycle.organisation_named(council=cast.stranger.council, name=first.name, by=None, on=TODAY)
    assert theirs != first


@pytest.mark.parametrize(
    "fields",
    [
        {"role": Role.MEMBER},
        {"mandate_to": TODAY},
        {"mandate_to": date(2018, 12, 31)},
        {"mandate_from": TOMORROW},
    ],
)
def test_the_last_coordinator_stays(cast: Cast, fields: dict[str, Any]) -> None:
    with pytest.raises(RuleBroken, match=WITHOUT) as refused:
        edit(cast, cast.coordinator, **fields)
    assert refused.value.field == next(iter(fields))
    cast.coordinator.refresh_from_db()
    assert (cast.coordinator.role, cast.coordinator.mandate_to) == (Role.COORDINATOR, None)
    assert not entries_of(cast.coordinator).exists()


def test_a_coordinator_may_leave_when_another_takes_over_without_a_gap(cast: Cast) -> None:
    successor = second_coordinator(cast, mandate_from=date(2017, 5, 2))
    with pytest.raises(RuleBroken, match=WITHOUT):
        edit(cast, cast.coordinator, mandate_to=date(2017, 4, 30))
    edit(cast, successor, mandate_from=date(2017, 5, 1))
    assert edit(cast, cast.coordinator, mandate_to=date(2017, 4, 30)).mandate_to == date(2017, 4, 30)


def test_a_coordinator_without_log_in_relieves_nobody(cast: Cast) -> None:
    second_coordinator(cast, user=None)
    with pytest.raises(RuleBroken, match=WITHOUT):
        edit(cast, cast.coordinator, role=Role.MEMBER)
    with pytest.raises(RuleBroken, match=WITHOUT):
        lifecycle.take_login(member=cast.coordinator, by=cast.coordinator, on=TODAY)


def test_the_last_cleared_coordinator_stays_cleared(cast: Cast) -> None:
    other = second_coordinator(cast, cleared=False)
    for fields in ({"cleared": False}, {"role": Role.MEMBER}):
        with pytest.raises(RuleBroken, match=WITHOUT_CLEARED):
            edit(cast, cast.coordinator, **fields)
    edit(cast, other, cleared=True)
    assert edit(cast, cast.coordinator, cleared=False).cleared is False


def test_only_a_cleared_coordinator_clears_others_or_ends_it(cast: Cast) -> None:
    uncleared = second_coordinator(cast, cleared=False)
    for member, cleared in ((cast.member, True), (uncleared, True), (cast.chair, False)):
        with pytest.raises(RuleBroken, match=ONLY_CLEARED) as refused:
            edit(cast, member, by=uncleared, cleared=cleared)
        assert refused.value.field == "cleared"
    assert edit(cast, cast.member, cleared=True).cleared is True
    # What isn't changed isn't asked about.
    assert edit(cast, cast.chair, by=uncleared, cleared=True, title="ny titel").title == "ny titel"


def test_a_mandate_does_not_end_before_it_begins(cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="The mandate can't end before it begins") as refused:
        edit(cast, cast.member, mandate_to=date(2015, 12, 31))
    assert refused.value.field == "mandate_to"


@pytest.mark.parametrize(
    ("last_day", "left"),
    [(TODAY, 3), (date(2017, 3, 1), 3), (TODAY + timedelta(days=20), 1), (TODAY + timedelta(days=40), 0)],
)
def test_a_mandate_leaves_no_live_action_behind(cast: Cast, last_day: date, left: int) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=date(2017, 1, 26))
    item = make.make_item(meeting)
    for days in (-5, 10, 30):
        make.make_action(agenda_item=item, owner=cast.owner, deadline=TODAY + timedelta(days=days))
    make.make_action(agenda_item=item, owner=cast.owner, status=Status.DONE, closed_on=TODAY)
    make.make_action(agenda_item=item, owner=cast.owner, removed=True)

    def end() -> Member:
        return lifecycle.end_mandate(member=cast.owner, last_day=last_day, by=cast.coordinator, on=TODAY)

    if left:
        number = "1 action" if left == 1 else f"{left} actions"
        with pytest.raises(RuleBroken, match=f"owns {number} that must be handed over first") as refused:
            end()
        assert refused.value.field == "mandate_to"
        Action.objects.update(owner=cast.member)
    assert end().mandate_to == last_day


def test_a_mandate_that_is_moved_ahead_leaves_no_live_action_behind_either(cast: Cast) -> None:
    make.make_action(cast.council, owner=cast.owner)
    with pytest.raises(RuleBroken, match="owns 1 action that must be handed over first"):
        edit(cast, cast.owner, mandate_from=TOMORROW)


def test_an_owner_of_a_restricted_action_stays_cleared(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council, MeetingState.ADJOURNED), restricted=True)
    make.make_action(agenda_item=item, owner=cast.chair)
    with pytest.raises(RuleBroken, match="owns 1 action that must be handed over first") as refused:
        edit(cast, cast.chair, cleared=False)
    assert refused.value.field == "cleared"


def test_a_log_in_is_a_user_with_the_members_address_and_a_password_nobody_knows(cast: Cast) -> None:
    member = make.make_member(cast.council, email="Ny.Ledamot@Example.org")
    user = lifecycle.give_login(member=member, by=cast.coordinator, on=TODAY)
    assert (user.email, user.has_usable_password(), user.check_password("")) == ("ny.ledamot@example.org", True, False)
    (entry,) = entries_of(member)
    assert (entry.verb, entry.changes) == ("member.login_given", {"user": [None, user.pk]})


def test_somebody_known_from_another_council_keeps_user_and_password(cast: Cast) -> None:
    assert cast.stranger.user is not None
    member = make.make_member(cast.council, email=cast.stranger.user.email.upper())
    assert lifecycle.give_login(member=member, by=cast.coordinator, on=TODAY) == cast.stranger.user
    assert User.objects.get(pk=cast.stranger.user_id).check_password(make.PASSWORD)


def test_two_members_of_a_council_never_share_a_log_in(cast: Cast) -> None:
    assert cast.chair.user is not None
    member = make.make_member(cast.council, email=cast.chair.user.email)
    with pytest.raises(RuleBroken, match=f"{cast.chair.label} already logs in with that address") as refused:
        lifecycle.give_login(member=member, by=cast.coordinator, on=TODAY)
    assert refused.value.field == "email"
    member.refresh_from_db()
    assert member.user is None


def test_no_log_in_without_address_or_mandate_or_twice(cast: Cast) -> None:
    refusals = {
        make.make_member(cast.council, email=""): "An e-mail address is needed to log in",
        make.make_member(cast.council, mandate_to=date(2017, 1, 1)): "The mandate doesn't cover today",
        cast.member: "can log in already",
    }
    users = User.objects.count()
    for member, sentence in refusals.items():
        with pytest.raises(RuleBroken, match=sentence):
            lifecycle.give_login(member=member, by=cast.coordinator, on=TODAY)
    assert User.objects.count() == users


def test_a_log_in_taken_away_shuts_out_and_comes_back_with_a_new_password(cast: Cast) -> None:
    member = cast.member
    user = member.user
    assert user is not None
    member.email = user.email
    member.save()
    browser = cast.browse(member)
    lifecycle.take_login(member=member, by=cast.coordinator, on=TODAY)
    user.refresh_from_db()
    assert (user.is_active, browser.get("/granby/arenden/").status_code) == (False, 302)
    lifecycle.give_login(member=member, by=cast.coordinator, on=TODAY)
    user.refresh_from_db()
    assert (user.is_active, user.check_password(make.PASSWORD)) == (True, False)
    assert [entry.verb for entry in entries_of(member)] == ["member.login_taken", "member.login_given"]


def test_a_log_in_taken_away_here_still_opens_the_next_council(cast: Cast) -> None:
    user = cast.stranger.user
    here = make.make_member(cast.council, user=user)
    lifecycle.take_login(member=here, by=cast.coordinator, on=TODAY)
    assert User.objects.get(pk=user.pk if user else None).is_active
    assert cast.browse(cast.stranger).get("/frammande/arenden/").status_code == 200
