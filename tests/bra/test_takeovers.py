"""Ways to come by what isn't one's own through somebody else's log-in, each of them shut."""

from datetime import date, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client, override_settings
from django.urls import reverse

from bra import administering, invitations, lifecycle, links, second_step
from bra.errors import RuleBroken
from bra.models import EntryKind, HistoryEntry, LoggedMail, Member, Role, User
from finding import lifecycle as calendars
from meetings import lifecycle as meetings
from meetings.models import MeetingState, SignOff
from records import erasing
from tests import make, second_steps
from tests.bra.test_recent import stale
from tests.cast import Cast, confirm
from tests.make import TODAY

pytestmark = pytest.mark.django_db
NOW = date(2026, 11, 23)


@pytest.fixture
def administrator() -> User:
    return make.make_user(email="drift@example.org", is_administrator=True)


@pytest.fixture
def uncleared(cast: Cast) -> Member:
    """A second coordinator, who may not see restricted items."""
    return make.make_member(cast.council, Role.COORDINATOR, name="Ossian Oklarerad", user=make.make_user())


def browse(user: User, *, confirmed: bool = True) -> Client:
    client = Client()
    client.force_login(user)
    if confirmed:
        confirm(client)
    return client


# A seat that is cleared is a key to restricted matter.


def test_an_uncleared_coordinator_cant_turn_the_mail_of_a_cleared_seat_to_themselves(
    cast: Cast, uncleared: Member
) -> None:
    with pytest.raises(RuleBroken, match="Only a coordinator who is cleared"):
        lifecycle.edit_member(member=cast.chair, by=uncleared, on=TODAY, email="min-egen@example.org")
    cast.chair.refresh_from_db()
    assert cast.chair.email != "min-egen@example.org"


def test_nor_take_the_seat_over_by_page(cast: Cast, uncleared: Member) -> None:
    browser = cast.browse(uncleared)
    login = reverse("member_login", args=[cast.council.slug, cast.chair.pk])
    browser.post(login, {"do": "take"})
    page = reverse("member_edit", args=[cast.council.slug, cast.chair.pk])
    fields = {
        "name": cast.chair.name,
        "title": cast.chair.title,
        "organisation": cast.chair.organisation_id,
        "role": cast.chair.role,
        "mandate_from": cast.chair.mandate_from.isoformat(),
    }
    assert browser.post(page, fields | {"email": "min-egen@example.org"}).status_code == 422
    # What opens nothing is still theirs to change.
    assert browser.post(page, fields | {"email": cast.chair.email, "title": "ordförande för dagen"}).status_code == 302
    assert not User.objects.filter(email="min-egen@example.org").exists()


def test_nor_begin_the_mandate_of_a_cleared_seat_anew(cast: Cast, uncleared: Member) -> None:
    lifecycle.end_mandate(member=cast.chair, last_day=TODAY - timedelta(days=1), by=cast.coordinator, on=TODAY)
    with pytest.raises(RuleBroken, match="Only a coordinator who is cleared"):
        lifecycle.edit_member(member=cast.chair, by=uncleared, on=TODAY, mandate_to=None)
    lifecycle.edit_member(member=cast.chair, by=cast.coordinator, on=TODAY, mandate_to=None)


def test_the_cleared_still_correct_their_own_address(cast: Cast) -> None:
    lifecycle.edit_member(member=cast.chair, by=cast.chair, on=TODAY, email="olle@example.org")
    lifecycle.edit_member(member=cast.chair, by=cast.coordinator, on=TODAY, email="olle.o@example.org")
    cast.chair.refresh_from_db()
    assert cast.chair.email == "olle.o@example.org"


# Who is locked out stays out.


def test_no_coordinator_opens_a_log_in_that_was_locked(cast: Cast, administrator: User) -> None:
    user = cast.member.user
    assert user is not None
    administering.lock_out(user=user, by=administrator, on=NOW)
    elsewhere = make.make_member(cast.stranger.council, Role.MEMBER, name="Annan Stol", email=user.email)
    with pytest.raises(RuleBroken, match="locked out"):
        lifecycle.give_login(member=elsewhere, by=cast.stranger, on=TODAY)
    lifecycle.take_login(member=cast.member, by=cast.coordinator, on=TODAY)
    Member.objects.filter(pk=cast.member.pk).update(email=user.email)
    with pytest.raises(RuleBroken, match="locked out"):
        lifecycle.give_login(member=cast.member, by=cast.coordinator, on=TODAY)
    user.refresh_from_db()
    assert not user.is_active
    administering.let_in(user=user, by=administrator, on=NOW)
    lifecycle.give_login(member=elsewhere, by=cast.stranger, on=TODAY)


def test_whom_the_councils_closed_a_council_opens_again(cast: Cast) -> None:
    user = cast.member.user
    assert user is not None
    lifecycle.take_login(member=cast.member, by=cast.coordinator, on=TODAY)
    Member.objects.filter(pk=cast.member.pk).update(email=user.email)
    lifecycle.give_login(member=cast.member, by=cast.coordinator, on=TODAY)
    user.refresh_from_db()
    assert user.is_active


def test_a_browser_that_was_locked_out_doesnt_come_to_life_again(cast: Cast, administrator: User) -> None:
    user = cast.chair.user
    assert user is not None
    theirs, home = second_steps.log_in(user), reverse("home", args=[cast.council.slug])
    assert theirs.get(home).status_code == 200
    administering.lock_out(user=user, by=administrator, on=NOW)
    administering.let_in(user=user, by=administrator, on=NOW)
    assert theirs.get(home).status_code == 302


# An administrator sees no content, and somebody administers.


def test_an_administrator_appoints_none_of_themselves(cast: Cast, administrator: User) -> None:
    assert cast.coordinator.user is not None
    administering.lock_out(user=cast.coordinator.user, by=administrator, on=NOW)
    page = reverse("administering:coordinator_new", args=[cast.council.pk])
    fields = {"organisation": "Drift", "coordinator": "Dag Drift", "title": "drift", "email": "Drift@example.org"}
    answer = browse(administrator).post(page, fields)
    assert answer.status_code == 422
    assert answer.context["form"].errors["email"] == [
        "That is somebody who looks after the installation. Appoint somebody else: no council opens from here."
    ]
    assert not administrator.memberships.exists()


def test_who_administers_no_more_does_nothing_more(cast: Cast, administrator: User) -> None:
    other = make.make_user(is_administrator=True)
    administering.unmake_administrator(user=other, by=administrator, on=NOW)
    user = cast.chair.user
    assert user is not None
    for verb in (administering.lock_out, administering.let_in, administering.make_administrator):
        with pytest.raises(RuleBroken, match="any more"):
            verb(user=user, by=other, on=NOW)
    with pytest.raises(RuleBroken, match="any more"):
        administering.lock_out(user=administrator, by=other, on=NOW)


@pytest.mark.parametrize("verb", ["lock", "unlock", "promote", "demote", "reset"])
def test_what_an_administrator_does_asks_for_the_password(cast: Cast, administrator: User, verb: str) -> None:
    assert cast.chair.user is not None
    page = reverse("administering:account_verb", args=[cast.chair.user.pk])
    answer = browse(administrator, confirmed=False).post(page, {"do": verb})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/konto/bekrafta/")
    assert not HistoryEntry.objects.filter(council=None, verb__startswith="user.").exists()


def test_making_a_council_asks_for_the_password_when_it_is_sent(administrator: User) -> None:
    browser = browse(administrator, confirmed=False)
    page = reverse("administering:council_new")
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"name": "BRÅ Nyby"})["Location"].startswith("/konto/bekrafta/")


def test_an_administrator_resets_a_second_step_but_not_their_own(cast: Cast, administrator: User) -> None:
    user = cast.chair.user
    assert user is not None
    theirs = second_steps.log_in(user)
    for one in (user, administrator):
        second_steps.make_app(one)
    browser = browse(administrator)
    browser.post(reverse("administering:account_verb", args=[administrator.pk]), {"do": "reset"})
    assert second_step.factors_of(administrator).count() == 1
    page = reverse("administering:account", args=[user.pk])
    assert "Reset the second step" in browser.get(page).content.decode()
    browser.post(reverse("administering:account_verb", args=[user.pk]), {"do": "reset"})
    assert second_step.factors_of(user).count() == 0
    assert theirs.get(reverse("home", args=[cast.council.slug])).status_code == 302
    told = HistoryEntry.objects.filter(verb="member.second_step_reset", kind=EntryKind.ACCESS).order_by("pk")
    assert [(entry.council_id, entry.target_type, entry.user_id) for entry in told] == [
        (None, "user", administrator.pk),
        (cast.council.pk, "member", administrator.pk),
    ]


# What can't be undone asks whether it is still the same person.


def test_what_cant_be_undone_asks_for_the_password(cast: Cast) -> None:
    slug, former = cast.council.slug, cast.member
    lifecycle.end_mandate(member=former, last_day=TODAY - timedelta(days=1), by=cast.coordinator, on=TODAY)
    browser = stale(cast.coordinator)
    for name in ("member_second_step", "member_erase", "member_data"):
        answer = browser.post(reverse(name, args=[slug, former.pk]), {"reason": "begärt", "sure": "on"})
        assert (name, answer.status_code) == (name, 302)
        assert answer["Location"].startswith("/konto/bekrafta/"), name
    former.refresh_from_db()
    assert former.name == "Lisa Ledamot"


def test_a_log_in_that_follows_a_link_stays_in_the_list_of_log_ins(cast: Cast) -> None:
    user = cast.owner.user
    assert user is not None
    browser = second_steps.log_in(user)
    secret = links.make_links([(cast.owner, None)], "owner")[cast.owner.pk, None]
    browser.get(reverse("owner:enter", args=[secret]))
    kept = list(UserSession.objects.filter(user=user).values_list("session_key", flat=True))
    assert kept == [browser.session.session_key]


# Nothing tells that something restricted exists.


def test_an_uncleared_coordinator_doesnt_read_in_the_log_what_others_read(cast: Cast, uncleared: Member) -> None:
    pages = [reverse(name, args=[cast.council.slug]) for name in ("audit_log", "purge_log")]
    assert [cast.browse(uncleared).get(page).status_code for page in pages] == [404] * 2
    assert [cast.browse(cast.coordinator).get(page).status_code for page in pages] == [200] * 2


@pytest.mark.parametrize("what", ["notes", "decision"])
def test_what_a_conflict_shows_of_restricted_matter_is_a_reading(cast: Cast, what: str) -> None:
    item = make.make_item(make.make_meeting(cast.council, MeetingState.IN_SESSION), restricted=True)
    slug, browser = cast.council.slug, cast.browse(cast.secretary)
    if what == "notes":
        meetings.save_notes(item=item, text="Hemligt", version=item.version, by=cast.chair, on=TODAY)
        answer = browser.post(reverse("meetings:item_notes", args=[slug, item.pk]), {"notes": "Eget", "version": 0})
    else:
        decision = meetings.record_decision(item=item, text="Hemligt", by=cast.chair, on=TODAY)
        form = {"text": "Eget", "kind": decision.kind, "version": decision.version + 1}
        answer = browser.post(reverse("meetings:decision_edit", args=[slug, decision.pk]), form)
    assert answer.status_code == 409
    assert "Hemligt" in answer.content.decode()
    read = HistoryEntry.objects.filter(kind=EntryKind.READING, actor=cast.secretary)
    assert [(entry.verb, entry.target_id) for entry in read] == [("item.read", item.pk)]


def test_who_isnt_cleared_cant_feel_after_words_by_removing_personal_data(cast: Cast, uncleared: Member) -> None:
    former = cast.member
    lifecycle.end_mandate(member=former, last_day=TODAY - timedelta(days=1), by=cast.coordinator, on=TODAY)
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED)
    make.make_item(meeting, restricted=True, notes="Hemligt ord")
    make.make_item(meeting, notes="Öppet")
    SignOff.objects.create(meeting=meeting, kind="minutes", opened_on=TODAY, comments_until=TODAY, digest="0" * 64)
    told = set()
    for name in ("Hemligt ord", "Något helt annat"):
        Member.objects.filter(pk=former.pk).update(name=name)
        former.refresh_from_db()
        told.add(erasing.why_not(former, by=uncleared, on=TODAY))
    assert len(told) == 1


def test_who_is_locked_out_comes_in_by_no_link_either(cast: Cast, administrator: User) -> None:
    user = cast.owner.user
    assert user is not None
    make.make_action(agenda_item=make.make_item(make.make_meeting(cast.council)), owner=cast.owner)
    secret = links.make_links([(cast.owner, None)], "owner")[cast.owner.pk, None]
    inside = Client()
    assert inside.get(reverse("owner:enter", args=[secret]), follow=True).status_code == 200
    feed = reverse("calendar_feed", args=[calendars.make_address(member=cast.owner, by=cast.owner, on=TODAY)])
    assert Client().get(feed).status_code == 200
    administering.lock_out(user=user, by=administrator, on=NOW)
    assert inside.get(reverse("owner:page")).status_code == 410
    assert Client().get(reverse("owner:enter", args=[secret])).status_code == 404
    assert Client().get(feed).status_code == 404


def test_the_first_password_of_an_administrator_is_in_no_councils_mail_log(cast: Cast, administrator: User) -> None:
    seat = make.make_member(cast.council, Role.MEMBER, name="Dag Drift", email=administrator.email)
    lifecycle.give_login(member=seat, by=cast.coordinator, on=TODAY)
    seat.refresh_from_db()
    with override_settings(EMAIL_BACKEND="bra.mail.LogBackend"):
        invitations.invite(seat)
    assert [mail.council_id for mail in LoggedMail.objects.all()] == [None]


def test_the_own_data_of_who_is_cleared_asks_for_the_password_before_it_leaves(cast: Cast) -> None:
    for name in ("own_data_json", "own_data_file"):
        page = reverse(name, args=[cast.council.slug])
        answer = stale(cast.chair).get(page)
        assert (answer.status_code, answer["Location"].startswith("/konto/bekrafta/")) == (302, True)
        assert stale(cast.member).get(page).status_code == 200
