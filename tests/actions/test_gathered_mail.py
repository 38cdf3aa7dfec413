"""Mail that isn't a reminder: before a meeting, before a report, what the council takes up; and saying no to it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions import lifecycle, reminders
from actions.models import Action, Escalation, ReminderRules, UpdateRound, reminder_letters
from bra import post
from bra.errors import RuleBroken
from bra.models import Council, HistoryEntry, Letter, LetterState, Member, Role, Unsubscription
from meetings import lifecycle as meetings
from meetings.models import AgendaItem, ItemProposal, Meeting, MeetingState
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db

AGREED = date(2017, 1, 16)
DAY = make.TODAY  # a Wednesday
LONG_AGO = DAY - timedelta(weeks=4)


@pytest.fixture
def council() -> Council:
    return make.make_council()


def morning(council: Council, day: date = DAY) -> None:
    reminders.plan_day(council=council, on=day)


def deliver(council: Council, day: date = DAY) -> post.Delivered:
    return post.deliver(council, today=day, clock=timezone.now)


def meeting_on(council: Council, day: date, state: MeetingState = MeetingState.DRAFT) -> Meeting:
    return make.make_meeting(council, state, date=day, opened_at=None)


def far(council: Council, **overrides: Any) -> Action:
    """An open action that nobody is to be reminded of yet."""
    return make.make_action(council, **{"deadline": DAY + timedelta(days=90)} | overrides)


def restricted(council: Council, **overrides: Any) -> Action:
    item = make.make_item(make.make_meeting(council, MeetingState.ADJOURNED, date=AGREED), restricted=True)
    fields = {"deadline": DAY + timedelta(days=90), "title": "Hemligåtgärd"} | overrides
    if "owner" not in fields:
        fields["owner"] = make.make_member(council, cleared=True)
    return make.make_action(agenda_item=item, **fields)


def letters(kind: str) -> list[tuple[int, date]]:
    return list(Letter.objects.filter(kind=kind).order_by("recipient").values_list("recipient", "on"))


# Before a meeting


def test_some_days_before_a_meeting_owners_are_told_once_what_will_be_asked(
    council: Council, mailoutbox: list[Any]
) -> None:
    meeting = meeting_on(council, DAY + timedelta(days=7))
    first = far(council)
    second = far(council, owner=first.owner, title="Hemligtitel")
    far(council, status="done", closed_on=AGREED)
    for days in range(8):
        morning(council, DAY + timedelta(days=days))
    # Five days ahead is a Friday.
    assert letters("digest") == [(first.owner_id, DAY + timedelta(days=2))]
    assert deliver(council, DAY + timedelta(days=2)) == post.Delivered(sent=1)
    [mail] = mailoutbox
    assert mail.subject == f"{council.name}: before meeting {meeting.number} on 22 March"
    for action in (first, second):
        assert f"Action {action.pk} from meeting" in mail.body
    assert ("Hemlig" in mail.body, "/ansvarig/" in mail.body) == (False, True)
    assert ("meets on Wednesday 22 March 2017" in mail.body, "<" in mail.body) == (True, False)


@pytest.mark.parametrize(
    ("days", "digest_days", "state", "told"),
    [
        (5, 5, MeetingState.DRAFT, True),
        (5, 5, MeetingState.SUMMONED, True),
        (6, 5, MeetingState.DRAFT, False),
        (0, 5, MeetingState.DRAFT, True),
        (5, 0, MeetingState.DRAFT, False),
        (5, 5, MeetingState.CANCELLED, False),
    ],
)
def test_which_meetings_are_told_of(
    council: Council, days: int, digest_days: int, state: MeetingState, told: bool
) -> None:
    ReminderRules.objects.create(council=council, digest_days=digest_days)
    meeting_on(council, DAY + timedelta(days=days), state)
    far(council)
    morning(council)
    assert len(letters("digest")) == told


def test_the_digest_names_only_what_its_owner_may_see_and_nobody_without_anything(council: Council) -> None:
    meeting_on(council, DAY + timedelta(days=5))
    blind = make.make_member(council)
    hidden = restricted(council, owner=blind)
    cleared = restricted(council)
    morning(council)
    assert letters("digest") == [(cleared.owner_id, DAY)]
    assert hidden.owner_id == blind.pk


def test_a_digest_whose_meeting_is_off_or_whose_actions_are_done_is_not_sent(council: Council) -> None:
    meeting = meeting_on(council, DAY + timedelta(days=5))
    actions = [far(council), far(council)]
    morning(council)
    lifecycle.report_done(action=actions[0], by=actions[0].owner, on=DAY)
    assert deliver(council) == post.Delivered(sent=1, dropped=1)
    Letter.objects.update(state=LetterState.PENDING)
    Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.CANCELLED)
    assert deliver(council) == post.Delivered(dropped=2)


def test_a_digest_waits_for_the_end_of_a_pause(council: Council) -> None:
    meeting_on(council, DAY + timedelta(days=5))
    action = far(council)
    morning(council)
    post.choose_mail(
        member=action.owner, frequency="daily", paused_until=DAY + timedelta(days=1), by=action.owner, on=DAY
    )
    assert deliver(council) == post.Delivered()
    shown = reminders.preview(council, DAY + timedelta(days=1))
    assert shown.others == []  # it has been written already
    assert deliver(council, DAY + timedelta(days=2)) == post.Delivered(sent=1)


# Saying no


def digest_with_link(council: Council, mailoutbox: list[Any]) -> tuple[Member, str]:
    """A digest that has gone out: its recipient, and the path in its List-Unsubscribe."""
    meeting_on(council, DAY + timedelta(days=5))
    owner = far(council).owner
    morning(council)
    deliver(council)
    headers = mailoutbox[-1].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"]
    assert address.startswith("<http://127.0.0.1:8000/avanmal/")
    assert address.strip("<>") in mailoutbox[-1].body
    return owner, address.strip("<>").removeprefix("http://127.0.0.1:8000")


def test_a_mail_program_unsubscribes_by_one_post_without_a_cookie(council: Council, mailoutbox: list[Any]) -> None:
    owner, path = digest_with_link(council, mailoutbox)
    program = Client(enforce_csrf_checks=True)
    for _time in range(2):
        assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert list(Unsubscription.objects.values_list("member", "kind")) == [(owner.pk, "digest")]
    assert HistoryEntry.objects.filter(verb="member.unsubscribed", actor=owner).count() == 1
    Letter.objects.update(state=LetterState.PENDING)
    assert deliver(council) == post.Delivered(dropped=1)
    assert Letter.objects.get().failure == "unsubscribed"


def test_who_unsubscribes_between_writing_and_sending_gets_nothing(council: Council) -> None:
    meeting_on(council, DAY + timedelta(days=5))
    action = far(council)
    morning(council)
    [letter] = Letter.objects.filter(kind="digest").select_related("recipient")
    [written] = reminders.write_digests(post.Desk(council, DAY, "", timezone.now()), [letter])
    post.unsubscribe(member=action.owner, kind="digest", by=action.owner, on=DAY)
    assert post.claim(written, now=timezone.now()) is False
    assert deliver(council) == post.Delivered(dropped=1)
    assert Letter.objects.get(pk=letter.pk).failure == "unsubscribed"


def test_looking_changes_nothing_and_the_button_can_be_taken_back(council: Council, mailoutbox: list[Any]) -> None:
    _owner, path = digest_with_link(council, mailoutbox)
    person = Client(enforce_csrf_checks=True)
    page = person.get(path)
    person.head(path)
    assert (page.status_code, page["Referrer-Policy"], Unsubscription.objects.count()) == (200, "no-referrer", 0)
    assert "no-store" in page["Cache-Control"]
    person.post(path)
    assert "I want it after all" in person.get(path).content.decode()
    person.post(path, {"again": "1"})
    assert Unsubscription.objects.count() == 0


def test_a_link_that_is_wrong_or_old_or_not_ones_own_any_more_opens_nothing(
    council: Council, mailoutbox: list[Any]
) -> None:
    owner, path = digest_with_link(council, mailoutbox)
    Member.objects.filter(pk=owner.pk).update(email="ny@example.org")
    for address in (path, reverse("unsubscribe", args=["x" * 43])):
        assert Client().post(address).status_code == 404
    assert Unsubscription.objects.count() == 0


def test_a_reminder_cannot_be_unsubscribed(council: Council, mailoutbox: list[Any]) -> None:
    owner = make.make_action(council, deadline=DAY).owner
    morning(council)
    deliver(council)
    assert [name for name in mailoutbox[0].extra_headers if name.startswith("List-")] == []
    with pytest.raises(RuleBroken):
        post.unsubscribe(member=owner, kind="reminder", by=owner, on=DAY)
    assert Unsubscription.objects.count() == 0


# Before a report


def test_a_round_asks_each_owner_once_and_shows_who_has_answered(cast: Cast, mailoutbox: list[Any]) -> None:
    one, two = far(cast.council), far(cast.council)
    far(cast.council, owner=one.owner)
    make.make_action(cast.council, owner=make.make_member(cast.council, email=""))
    client = cast.browse(cast.coordinator)
    path = reverse("actions:mail_rounds", args=[cast.council.slug])
    assert "2 owners have open actions now and get a mail each, at once." in client.get(path).content.decode()
    answer = client.post(path, {"as_of": "2017-03-31", "grace_days": "3"})
    made = UpdateRound.objects.get()
    # Three days on is a Saturday.
    assert (made.asked_on, made.until, answer.status_code) == (DAY, date(2017, 3, 20), 302)
    assert letters("update") == sorted([(one.owner_id, DAY), (two.owner_id, DAY)])
    assert deliver(cast.council) == post.Delivered(sent=2)
    assert "Please answer by 20 March" in mailoutbox[0].subject
    # It can't be unsubscribed, and doesn't say so either.
    assert ["No more mail of this kind" in text for text in (mailoutbox[0].body, str(mailoutbox[0].message()))] == [
        False
    ] * 2
    assert "<" not in mailoutbox[0].body
    lifecycle.start(action=one, by=one.owner, on=DAY)
    lifecycle.start(action=two, by=cast.coordinator, on=DAY)
    # What an owner records of somebody else's action is no answer.
    lifecycle.hand_over(action=make.make_action(cast.council), to=make.make_member(cast.council), by=two.owner, on=DAY)
    page = client.get(answer.headers["Location"])
    assert "<title>Updates as of 2017-03-31 · " in page.content.decode()
    assert [(row.owner, row.open_actions, row.answered_on) for row in page.context["asked"]] == [
        (two.owner, 1, None),
        (one.owner, 2, DAY),
    ]
    refused = client.post(path, {"as_of": "2017-03-31", "grace_days": "4"})
    assert refused.status_code == 422
    assert refused.context["form"].errors == {"as_of": ["The owners have been asked about that day already."]}


def test_a_round_counts_nobody_whose_actions_one_may_not_know_of(cast: Cast) -> None:
    far(cast.council)
    restricted(cast.council)
    uncleared = make.make_member(cast.council, Role.COORDINATOR, user=make.make_user())
    assert [reminders.to_be_asked(one, DAY) for one in (cast.coordinator, uncleared)] == [2, 1]


def test_a_round_offers_no_way_to_unsubscribe_it(cast: Cast, mailoutbox: list[Any]) -> None:
    far(cast.council)
    reminders.start_update_round(council=cast.council, as_of=DAY, grace_days=5, by=cast.coordinator, on=DAY)
    deliver(cast.council)
    [mail] = mailoutbox
    html = mail.alternatives[0].content
    assert ["No more mail of this kind" in text for text in (mail.body, html)] == [False, False]


def test_a_meeting_that_is_moved_between_two_mails_is_told_as_it_is(council: Council, mailoutbox: list[Any]) -> None:
    meeting = meeting_on(council, DAY + timedelta(days=5))
    owners = [far(council).owner for _number in range(2)]
    morning(council)
    Letter.objects.filter(recipient=owners[1]).update(state=LetterState.CLAIMED)
    deliver(council)
    Meeting.objects.filter(pk=meeting.pk).update(date=DAY + timedelta(days=6))
    Letter.objects.filter(recipient=owners[1]).update(state=LetterState.PENDING)
    deliver(council)
    assert [mail.subject.rpartition(" on ")[2] for mail in mailoutbox] == ["20 March", "21 March"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"as_of": DAY - timedelta(days=1)}, "as_of"), ({"grace_days": 0}, "grace_days"), ({}, None)],
)
def test_a_round_that_makes_no_sense_is_refused(council: Council, sent: dict[str, Any], field: str | None) -> None:
    values = {"as_of": DAY, "grace_days": 5} | sent
    with pytest.raises(RuleBroken) as refused:
        reminders.start_update_round(council=council, by=make.make_member(council), on=DAY, **values)
    assert refused.value.field == field


def test_a_coordinator_who_is_not_cleared_sees_no_trace_of_restricted_actions_in_other_mails(
    cast: Cast, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "bra.mail.LogBackend"
    meeting_on(cast.council, DAY + timedelta(days=5))
    uncleared = make.make_member(cast.council, Role.COORDINATOR, user=make.make_user())
    only_secret = restricted(cast.council, deadline=LONG_AGO, agreed_on=AGREED)
    mixed = restricted(cast.council)
    far(cast.council, owner=mixed.owner)
    reminders.start_update_round(council=cast.council, as_of=DAY, grace_days=5, by=cast.coordinator, on=DAY)
    morning(cast.council)
    deliver(cast.council)
    client = cast.browse(uncleared)
    page = client.get(reverse("actions:mail_list", args=[cast.council.slug]))
    assert sorted((row.kind, row.recipient_id) for row, _kind, _failure in page.context["rows"]) == [
        ("digest", mixed.owner_id),
        ("update", mixed.owner_id),
    ]
    for row, _kind, _failure in page.context["rows"]:
        detail = client.get(reverse("actions:mail_detail", args=[cast.council.slug, row.pk]))
        assert detail.context["mail"] is None
    asked = client.get(reverse("actions:mail_round", args=[cast.council.slug, UpdateRound.objects.get().pk]))
    assert [(row.owner, row.open_actions) for row in asked.context["asked"]] == [(mixed.owner, 1)]
    proposals = client.get(reverse("meetings:proposals", args=[cast.council.slug])).content.decode()
    assert (only_secret.title in proposals, f"Action {only_secret.pk}" in proposals) == (False, False)
    preview = client.get(reverse("actions:reminder_preview", args=[cast.council.slug]) + f"?day={DAY}")
    assert (preview.context["shown"].held, preview.context["shown"].others) == ([], [])


# What the council takes up


def overdue(council: Council, **overrides: Any) -> Action:
    return make.make_action(council, **{"agreed_on": AGREED, "deadline": LONG_AGO, "title": "Måla väggen"} | overrides)


def test_what_is_overdue_too_long_is_proposed_for_the_next_agenda_once_and_the_chair_is_told(
    cast: Cast, mailoutbox: list[Any]
) -> None:
    later, next_one = (meeting_on(cast.council, DAY + timedelta(days=days)) for days in (60, 30))
    action = overdue(cast.council)
    overdue(cast.council, deadline=LONG_AGO + timedelta(days=1))
    for day in (DAY - timedelta(days=1), DAY, DAY):
        morning(cast.council, day)
    proposal = ItemProposal.objects.get()
    assert (proposal.meeting, proposal.proposer, proposal.title) == (
        next_one,
        cast.coordinator,
        f"Overdue: Action {action.pk} from meeting {action.agenda_item.meeting.number} (16 January 2017)",
    )
    assert list(Escalation.objects.values_list("action", "deadline", "on")) == [(action.pk, LONG_AGO, DAY)]
    assert letters("escalated") == [(cast.chair.pk, DAY)]
    deliver(cast.council)
    mail = next(mail for mail in mailoutbox if mail.to == [cast.chair.email])
    assert (f"Action {action.pk} from" in mail.body, "Måla" in mail.body) == (True, False)
    assert "<" not in mail.body
    page = cast.browse(cast.secretary).get(reverse("actions:detail", args=[cast.council.slug, action.pk]))
    assert page.context["history"][0].what == "put before the council: overdue for too long"
    assert later.pk != next_one.pk


def test_reminders_stop_until_the_council_has_treated_it_and_go_on_then(cast: Cast) -> None:
    meeting = meeting_on(cast.council, DAY + timedelta(days=30))
    action = overdue(cast.council)
    morning(cast.council)
    assert reminder_letters().count() == 0
    week = DAY + timedelta(days=7)
    assert [held.reason for held in reminders.preview(cast.council, week).held] == [
        "so long overdue that the council takes it up; reminders go on when it has"
    ]
    proposal = ItemProposal.objects.get()
    taken = meetings.take_proposal(proposal=proposal, meeting=meeting, by=cast.secretary, on=DAY)
    morning(cast.council, week)
    assert reminder_letters().count() == 0
    assert taken.item is not None
    type(taken.item).objects.filter(pk=taken.item.pk).update(state="treated")
    morning(cast.council, DAY + timedelta(days=8))
    assert list(reminder_letters().values_list("recipient", flat=True)) == [action.owner_id]
    assert Escalation.objects.count() == 1


@pytest.mark.parametrize("how", ["declined", "meeting over"])
def test_it_is_never_silent_for_ever(cast: Cast, how: str) -> None:
    meeting = meeting_on(cast.council, DAY + timedelta(days=2))
    overdue(cast.council)
    morning(cast.council)
    if how == "declined":
        meetings.decline_proposal(proposal=ItemProposal.objects.get(), answer="Nej", by=cast.secretary, on=DAY)
    else:
        Meeting.objects.filter(pk=meeting.pk).update(
            state=MeetingState.ADJOURNED, opened_at=make.NOW, adjourned_at=make.NOW
        )
    morning(cast.council, DAY + timedelta(days=7))
    assert reminder_letters().count() == 1


def test_without_a_meeting_or_the_rule_reminders_go_on(cast: Cast) -> None:
    overdue(cast.council)
    morning(cast.council)
    ReminderRules.objects.create(council=cast.council, escalate_weeks=0)
    meeting_on(cast.council, DAY + timedelta(days=30))
    morning(cast.council, DAY + timedelta(days=7))
    assert (Escalation.objects.count(), reminder_letters().count()) == (0, 1)


def test_a_new_deadline_begins_anew(cast: Cast) -> None:
    meeting_on(cast.council, DAY + timedelta(days=90))
    action = overdue(cast.council)
    morning(cast.council)
    lifecycle.postpone(action=action, until=DAY + timedelta(days=1), by=action.owner, on=DAY)
    morning(cast.council, DAY + timedelta(days=1))
    assert reminder_letters().count() == 1
    morning(cast.council, DAY + timedelta(days=29))
    assert Escalation.objects.count() == 2


def test_many_at_once_become_one_item_and_restricted_ones_are_not_named(cast: Cast) -> None:
    meeting_on(cast.council, DAY + timedelta(days=90))
    owner = make.make_member(cast.council, cleared=True)
    for number in range(6):
        overdue(cast.council, owner=owner, title=f"Synlig {number}")
    secret = restricted(cast.council, owner=owner, agreed_on=AGREED, deadline=LONG_AGO)
    morning(cast.council)
    plain, neutral = ItemProposal.objects.order_by("pk")
    assert (plain.title, neutral.title) == ("6 long overdue actions", "Overdue and restricted")
    assert plain.escalations.count() == 6
    assert {plain.reason, neutral.reason} == {"The proposal's page shows the actions to those who may see them."}
    assert list(neutral.escalations.values_list("action", flat=True)) == [secret.pk]


def test_a_chair_who_is_not_cleared_is_not_told_of_restricted_actions_alone(cast: Cast) -> None:
    Member.objects.filter(pk=cast.chair.pk).update(cleared=False)
    meeting_on(cast.council, DAY + timedelta(days=90))
    restricted(cast.council, agreed_on=AGREED, deadline=LONG_AGO)
    morning(cast.council)
    assert ItemProposal.objects.get().title == "Overdue and restricted"
    assert letters("escalated") == [(cast.coordinator.pk, DAY)]


def test_an_action_restricted_after_it_was_proposed_leaves_no_word_of_itself(cast: Cast) -> None:
    meeting = meeting_on(cast.council, DAY + timedelta(days=90))
    action = overdue(cast.council, title="Hemligåtgärd")
    morning(cast.council)
    Member.objects.filter(pk=cast.secretary.pk).update(cleared=False)
    path = reverse("meetings:proposals", args=[cast.council.slug])
    own = reverse("actions:detail", args=[cast.council.slug, action.pk])

    def seen(member: Member) -> tuple[bool, bool]:
        html = cast.browse(member).get(path).content.decode()
        return "Hemligåtgärd" in html, own in html

    assert (seen(cast.coordinator), seen(cast.secretary)) == ((True, True), (True, True))
    AgendaItem.objects.filter(pk=action.agenda_item_id).update(**make.lock_of(cast.council))
    assert (seen(cast.coordinator), seen(cast.secretary)) == ((True, True), (False, False))
    proposal = ItemProposal.objects.get()
    taken = meetings.take_proposal(proposal=proposal, meeting=meeting, by=cast.secretary, on=DAY)
    assert taken.item is not None
    assert "Hemlig" not in f"{taken.item.title}{proposal.reason}{list(HistoryEntry.objects.values_list('changes'))}"
    assert (seen(cast.coordinator), seen(cast.secretary)) == ((True, True), (False, False))


def test_the_proposals_page_asks_as_often_for_three_actions_as_for_one(cast: Cast) -> None:
    meeting_on(cast.council, DAY + timedelta(days=90))
    client = cast.browse(cast.coordinator)

    def queries(number: int) -> int:
        for _number in range(number):
            overdue(cast.council)
        morning(cast.council, DAY + timedelta(days=Escalation.objects.count()))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("meetings:proposals", args=[cast.council.slug]))
        return len(captured)

    assert queries(1) == queries(2)
    assert Escalation.objects.count() == 3


# The same number of queries


@pytest.mark.parametrize("kind", ["digest", "update", "escalated"])
def test_writing_takes_as_many_queries_for_three_as_for_one(cast: Cast, kind: str) -> None:
    def queries() -> int:
        rows = list(Letter.objects.filter(kind=kind).select_related("recipient__user").order_by("pk"))
        with CaptureQueriesContext(connection) as captured:
            written = post.KINDS[kind].write(post.Desk(cast.council, DAY, "", timezone.now()), rows)
        assert [one.mail is not None for one in written] == [True] * len(rows)
        return len(captured)

    def more(number: int) -> None:
        for _number in range(number):
            far(cast.council) if kind != "escalated" else make.make_member(cast.council, Role.CHAIR)

    meeting_on(cast.council, DAY + timedelta(days=5))
    if kind == "escalated":
        overdue(cast.council)
    far(cast.council)
    if kind == "update":
        reminders.start_update_round(council=cast.council, as_of=DAY, grace_days=5, by=cast.coordinator, on=DAY)
    morning(cast.council)
    for_one = queries()
    more(2)
    if kind == "update":
        reminders.start_update_round(
            council=cast.council, as_of=DAY + timedelta(days=1), grace_days=5, by=cast.coordinator, on=DAY
        )
    elif kind == "escalated":
        overdue(cast.council)
        morning(cast.council, DAY + timedelta(days=1))
    else:
        morning(cast.council)
    assert Letter.objects.filter(kind=kind).count() >= 3
    assert queries() == for_one


def test_the_page_of_a_round_takes_as_many_queries_for_three_as_for_one(cast: Cast) -> None:
    client = cast.browse(cast.coordinator)

    def queries(as_of: date) -> int:
        made = reminders.start_update_round(
            council=cast.council, as_of=as_of, grace_days=5, by=cast.coordinator, on=DAY
        )
        with CaptureQueriesContext(connection) as captured:
            page = client.get(reverse("actions:mail_round", args=[cast.council.slug, made.pk]))
        assert page.status_code == 200
        return len(captured)

    far(cast.council)
    for_one = queries(DAY)
    for _number in range(2):
        far(cast.council)
    assert queries(DAY + timedelta(days=1)) == for_one
