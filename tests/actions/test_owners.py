"""Handing over, one action or all of somebody's; mentions; and the mails that tell of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actions import lifecycle
from actions.models import Action, Mention, Status
from bra import post
from bra.errors import RuleBroken
from bra.history import entries_of
from bra.models import Deputy, HistoryEntry, Letter, Member, Role
from tests import make
from tests.actions.test_owner_page import PAGE, answer, enter, pass_on, shown, undo
from tests.cast import Cast
from tests.make import TODAY

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, int]]:
    return sorted(Letter.objects.values_list("kind", "recipient"))


def deliver(cast: Cast) -> post.Delivered:
    return post.deliver(cast.council, today=TODAY, clock=timezone.now)


def all_from(cast: Cast, member: Member, to: Member, by: Member | None = None) -> int:
    return lifecycle.hand_over_all(member=member, to=to, by=by or cast.coordinator, on=TODAY)


def test_both_are_told_of_a_handing_over(cast: Cast, mailoutbox: list[Any]) -> None:
    action = make.make_action(cast.council, owner=cast.owner, title="Hemligt klotter")
    lifecycle.hand_over(action=action, to=cast.member, by=cast.secretary, on=TODAY)
    assert told() == sorted([("handover", cast.owner.pk), ("handover", cast.member.pk)])
    assert deliver(cast) == post.Delivered(sent=2)
    mails = {mail.to[0]: mail for mail in mailoutbox}
    new, former = mails[cast.member.email], mails[cast.owner.email]
    assert ("has been handed over to you" in new.body, "/ansvarig/" in new.body) == (True, True)
    assert ("handed over to somebody else" in former.body, "/ansvarig/" in former.body) == (True, False)
    for mail in mailoutbox:
        everything = mail.subject + mail.body + mail.alternatives[0].content
        assert (f"Action {action.pk} from meeting" in everything, "klotter" in everything) == (True, False)


def test_a_handing_over_that_was_undone_is_told_to_nobody(cast: Cast, mailoutbox: list[Any]) -> None:
    action = make.make_action(cast.council, owner=cast.owner)
    to = make.make_member(cast.council, organisation=cast.owner.organisation)
    client = enter(cast.owner)
    assert pass_on(client, action, colleague=to.pk).status_code == 302
    action.refresh_from_db()
    assert action.owner == to
    undo(client, action)
    action.refresh_from_db()
    assert action.owner == cast.owner
    assert (deliver(cast), mailoutbox) == (post.Delivered(dropped=2), [])


def test_everything_is_handed_over_in_one_act(cast: Cast, mailoutbox: list[Any]) -> None:
    live = [make.make_action(cast.council, owner=cast.owner) for _number in range(2)]
    awaiting = make.make_action(cast.council, owner=cast.owner, status=Status.DONE, closed_on=TODAY)
    approved = make.make_action(cast.council, owner=cast.owner, status=Status.DONE, closed_on=TODAY, approved_on=TODAY)
    others = make.make_action(cast.council)
    assert all_from(cast, cast.owner, cast.member) == 3
    assert list(Action.objects.filter(owner=cast.member).order_by("pk")) == [*live, awaiting]
    assert [Action.objects.get(pk=row.pk).owner_id for row in (approved, others)] == [cast.owner.pk, others.owner_id]
    for action in (*live, awaiting):
        [entry] = entries_of(action)
        assert (entry.verb, entry.actor) == ("action.handed_over", cast.coordinator)
        assert entry.changes == {"owner": [cast.owner.pk, cast.member.pk], "version": [0, 1]}
    assert told() == sorted([("handover", cast.owner.pk), ("handover", cast.member.pk)])
    assert (deliver(cast), len(mailoutbox)) == (post.Delivered(sent=2), 2)
    with pytest.raises(RuleBroken):
        all_from(cast, cast.owner, cast.member)


def test_handing_ten_over_takes_as_many_statements_as_one(cast: Cast) -> None:
    numbers = []
    for many in (1, 10):
        member = make.make_member(cast.council)
        for _number in range(many):
            make.make_action(cast.council, owner=member)
        with CaptureQueriesContext(connection) as asked:
            all_from(cast, member, cast.member)
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]


def test_nobody_gets_what_they_may_not_see_and_nobody_moves_it_unseen(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council), restricted=True)
    secret = make.make_action(agenda_item=item, owner=cast.chair)
    plain = make.make_action(cast.council, owner=cast.chair)
    with pytest.raises(RuleBroken):
        all_from(cast, cast.chair, cast.member)
    Member.objects.filter(pk=cast.coordinator.pk).update(cleared=False)
    blind = Member.objects.get(pk=cast.coordinator.pk)
    assert all_from(cast, cast.chair, cast.member, by=blind) == 1
    assert [Action.objects.get(pk=row.pk).owner for row in (secret, plain)] == [cast.chair, cast.member]


@pytest.mark.parametrize("who", ["self", "former", "stranger"])
def test_everything_goes_to_somebody_else_who_is_active_on_this_council(cast: Cast, who: str) -> None:
    make.make_action(cast.council, owner=cast.owner)
    former = make.make_member(cast.council, mandate_to=TODAY - timedelta(days=1))
    to = {"self": cast.owner, "former": former, "stranger": cast.stranger}[who]
    with pytest.raises(RuleBroken) as refused:
        all_from(cast, cast.owner, to)
    assert (refused.value.field, Letter.objects.count()) == ("owner", 0)


def test_the_page_of_handing_everything_over(cast: Cast) -> None:
    make.make_action(cast.council, owner=cast.owner, title="Måla planket")
    browser = cast.browse(cast.coordinator)
    address = f"/{cast.council.slug}/ledamoter/{cast.owner.pk}/lamna-over/"
    assert "Måla planket" in browser.get(address).text
    assert browser.post(address, {"owner": ""}).status_code == 422
    assert Action.objects.get().owner == cast.owner
    after = browser.post(address, {"owner": cast.member.pk}, follow=True)
    assert f"1 action now belongs to {cast.member.label}." in after.text
    assert Action.objects.get().owner == cast.member
    assert "Nothing to hand over" in browser.get(address).text


# A colleague from the owner's page


def colleague(cast: Cast, action: Action, email: str, client: Any = None) -> Any:
    return pass_on(
        client or enter(cast.owner), action, colleague="new", name="Nina Ny", title="Fritidsledare", email=email
    )


def test_a_colleague_at_the_same_place_is_added_as_an_owner(cast: Cast) -> None:
    Member.objects.filter(pk=cast.owner.pk).update(email="ove@granby.se")
    cast.owner.refresh_from_db()
    action = make.make_action(cast.council, owner=cast.owner)
    make.make_action(cast.council, owner=cast.owner)
    client = enter(cast.owner)
    page = client.get(colleague(cast, action, "nina@Granby.se", client)["Location"])
    made = Member.objects.get(name="Nina Ny")
    action.refresh_from_db()
    assert (action.owner, made.role, made.organisation) == (made, Role.OWNER, cast.owner.organisation)
    assert (made.cleared, made.mandate_from, made.user) == (False, TODAY, None)
    assert [entry.actor for entry in entries_of(made)] == [cast.owner]
    assert shown(page) == [(action.pk, "handed_over", True)]
    undo(client, action)
    action.refresh_from_db()
    made.refresh_from_db()
    assert (action.owner, made.mandate_to) == (cast.owner, TODAY)


def test_a_colleague_whom_the_council_knows_is_not_made_twice(cast: Cast) -> None:
    known = make.make_member(cast.council, organisation=cast.owner.organisation, email="nina@example.org")
    action = make.make_action(cast.council, owner=cast.owner)
    colleague(cast, action, "Nina@example.org")
    action.refresh_from_db()
    assert (action.owner, Member.objects.filter(name="Nina Ny").count()) == (known, 0)


def test_a_colleague_who_is_reached_by_the_log_ins_address_is_not_made_twice(cast: Cast) -> None:
    organisation = cast.owner.organisation
    user = make.make_user(email="nina@example.org")
    known = make.make_member(cast.council, organisation=organisation, email="", user=user)
    action = make.make_action(cast.council, owner=cast.owner)
    colleague(cast, action, "nina@example.org")
    action.refresh_from_db()
    assert (action.owner, Member.objects.filter(name="Nina Ny").count()) == (known, 0)


@pytest.mark.parametrize("email", ["nina@elsewhere.se", "nina@sub.example.org", "karin@example.org", "nonsense", ""])
def test_nobody_from_elsewhere_is_added(cast: Cast, email: str) -> None:
    Member.objects.filter(pk=cast.coordinator.pk).update(email="karin@example.org")
    action = make.make_action(cast.council, owner=cast.owner)
    page = colleague(cast, action, email)
    assert (page.status_code, "Nina Ny" in page.text) == (422, True)
    assert Member.objects.filter(name="Nina Ny").count() == 0
    assert HistoryEntry.objects.changes().count() == 0


@pytest.mark.parametrize("domain", ["gmail.com", "tele2.se", "gmx.com"])
def test_a_shared_mail_provider_says_nothing_of_where_somebody_works(cast: Cast, domain: str) -> None:
    Member.objects.filter(pk=cast.owner.pk).update(email=f"ove@{domain}")
    cast.owner.refresh_from_db()
    action = make.make_action(cast.council, owner=cast.owner)
    assert colleague(cast, action, f"nina@{domain}").status_code == 422
    assert Member.objects.filter(name="Nina Ny").count() == 0


def test_only_colleagues_are_offered_and_taken(cast: Cast) -> None:
    action = make.make_action(cast.council, owner=cast.owner)
    client = enter(cast.owner)
    for other in (cast.member, cast.stranger):
        assert pass_on(client, action, colleague=other.pk).status_code == 422
    assert pass_on(client, action).status_code == 422
    assert Action.objects.get().owner == cast.owner


# A deputy


def test_a_deputys_link_shows_and_answers_for_who_is_away_on_those_days_only(cast: Cast) -> None:
    away = make.make_member(cast.council)
    action = make.make_action(cast.council, owner=away, title="Måla planket")
    secret = make.make_action(
        agenda_item=make.make_item(make.make_meeting(cast.council), restricted=True), owner=away, title="Hemligt"
    )
    deputy = Deputy.objects.create(member=away, deputy=cast.owner, starts=TODAY, ends=TODAY)
    client = enter(cast.owner)
    page = client.get(PAGE)
    assert [row["action"] for row in page.context["rows"]] == [action]
    assert (f"You stand in for {away.label}." in page.text, f"Action {secret.pk} " in page.text) == (True, False)
    assert answer(client, action, outcome="in_progress").status_code == 302
    [entry] = entries_of(action)
    assert (entry.verb, entry.actor) == ("action.started", cast.owner)
    Deputy.objects.filter(pk=deputy.pk).update(starts=TODAY + timedelta(days=1), ends=TODAY + timedelta(days=1))
    assert [row["action"] for row in client.get(PAGE).context["rows"]] == []
    assert answer(client, action, outcome="done").status_code == 404


# Mentions


def test_who_is_named_by_name_or_title_is_told_once(cast: Cast, mailoutbox: list[Any]) -> None:
    action = make.make_action(cast.council, owner=cast.owner, title="Klotter")
    text = f"@{cast.member.name.upper()}, se detta; @{cast.member.title} och @{cast.owner.name}! @{cast.secretary.name}"
    lifecycle.comment(action=action, text=text, by=cast.secretary, on=TODAY)
    assert sorted(Mention.objects.values_list("member", flat=True)) == sorted([cast.member.pk, cast.owner.pk])
    assert deliver(cast) == post.Delivered(sent=2)
    mails = {mail.to[0]: mail for mail in mailoutbox}
    assert f"/{cast.council.slug}/atgarder/{action.pk}/" in mails[cast.member.email].body
    assert "/ansvarig/" in mails[cast.owner.email].body
    assert [word in mail.body for mail in mailoutbox for word in ("Klotter", "se detta")] == [False] * 4


def test_nobody_is_told_of_a_comment_that_was_taken_back(cast: Cast, mailoutbox: list[Any]) -> None:
    action = make.make_action(cast.council, owner=cast.owner)
    text = f"@{cast.member.name}"
    gone, stays = [lifecycle.comment(action=action, text=text, by=cast.secretary, on=TODAY) for _number in range(2)]
    lifecycle.take_back_comment(comment=gone, by=cast.secretary, on=TODAY)
    assert deliver(cast) == post.Delivered(sent=1, dropped=1)
    assert list(Letter.objects.filter(state="sent").values_list("cause", flat=True)) == [f"comment {stays.pk}"]


def test_nobody_is_told_that_something_is_left_of_what_was_done_meanwhile(cast: Cast, mailoutbox: list[Any]) -> None:
    action = make.make_action(cast.council, owner=cast.owner)
    here = {"action": action, "on": TODAY}
    lifecycle.report_done(by=cast.owner, **here)
    lifecycle.send_back(reason="Baksidan är kvar.", by=cast.secretary, **here)
    lifecycle.report_done(by=cast.owner, **here)
    assert deliver(cast) == post.Delivered(dropped=1)


def test_mentions_can_be_unsubscribed_and_news_of_ones_own_actions_cannot(cast: Cast, mailoutbox: list[Any]) -> None:
    action = make.make_action(cast.council, owner=cast.owner)
    lifecycle.comment(action=action, text=f"@{cast.member.name}", by=cast.secretary, on=TODAY)
    lifecycle.hand_over(action=action, to=cast.chair, by=cast.secretary, on=TODAY)
    assert deliver(cast) == post.Delivered(sent=3)
    footers = {
        mail.to[0]: [
            "No more mail of this kind" in mail.body,
            "No more mail of this kind" in mail.alternatives[0].content,
            "List-Unsubscribe" in mail.extra_headers,
        ]
        for mail in mailoutbox
    }
    assert footers == {
        cast.member.email: [True] * 3,
        cast.chair.email: [False] * 3,
        cast.owner.email: [False] * 3,
    }


def test_only_who_may_see_the_action_can_be_named(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council), restricted=True)
    secret = make.make_action(agenda_item=item, owner=cast.chair)
    outsider, former = make.make_member(cast.council, Role.OWNER), make.make_member(cast.council, cleared=True)
    Member.objects.filter(pk=former.pk).update(mandate_to=TODAY - timedelta(days=1))
    names = " ".join(f"@{who.name}" for who in (cast.member, outsider, former, cast.stranger, cast.coordinator))
    lifecycle.comment(action=secret, text=names, by=cast.secretary, on=TODAY)
    assert list(Mention.objects.values_list("member", flat=True)) == [cast.coordinator.pk]
    assert told() == [("mention", cast.coordinator.pk)]


def test_an_address_or_a_longer_name_is_no_mention(cast: Cast) -> None:
    Member.objects.filter(pk=cast.member.pk).update(name="Anna Berg", title="polis")
    action = make.make_action(cast.council, owner=cast.owner)
    lifecycle.comment(action=action, text="skriv till x@polis eller @Anna Bergman", by=cast.secretary, on=TODAY)
    assert Mention.objects.count() == 0


def test_a_coordinator_who_is_not_cleared_finds_no_mail_about_a_restricted_action(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council), restricted=True)
    secret = make.make_action(agenda_item=item, owner=cast.chair)
    lifecycle.comment(action=secret, text=f"@{cast.chair.name}", by=cast.secretary, on=TODAY)
    blind = make.make_member(cast.council, Role.COORDINATOR)
    assert [post.visible_letters(who).count() for who in (cast.coordinator, blind)] == [1, 0]
