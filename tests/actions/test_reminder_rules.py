"""What councils and people choose: steps, working days, pause, one mail a week, who stands in, stopped addresses."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from actions import reminders
from actions.models import ReminderLine, ReminderRules, reminder_letters
from bra import post
from bra.errors import RuleBroken
from bra.models import (
    Council,
    Deputy,
    Frequency,
    HistoryEntry,
    Letter,
    LetterState,
    MailChoice,
    Member,
    Role,
    StoppedAddress,
)
from meetings.models import MeetingState
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db

AGREED = date(2017, 1, 16)
DAY = make.TODAY  # a Wednesday
MONDAY = date(2017, 3, 20)


@pytest.fixture
def council() -> Council:
    return make.make_council()


def remind(council: Council, day: date) -> list[tuple[int, int, int]]:
    """Do a whole day as the sweep does; return (recipient, action, step) of what was sent."""
    reminders.plan_day(council=council, on=day)
    post.deliver(council, today=day, clock=timezone.now)
    lines = ReminderLine.objects.filter(reminder__on=day, reminder__state=LetterState.SENT, reminder__council=council)
    return list(lines.order_by("action_id").values_list("reminder__recipient", "action_id", "step"))


def steps(council: Council, first: date, last: date) -> dict[str, int]:
    """Run every day; return the step that was sent, by day."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    sent = {str(day): remind(council, day) for day in days}
    return {day: lines[0][2] for day, lines in sent.items() if lines}


def choose(member: Member, **choice: Any) -> MailChoice:
    values = {"frequency": Frequency.DAILY, "paused_until": None} | choice
    return post.choose_mail(member=member, by=member, on=DAY, **values)


def held(council: Council, day: date) -> list[str]:
    return [one.reason for one in reminders.preview(council, day).held]


# The council's rules


def test_a_council_reminds_as_it_has_chosen(council: Council) -> None:
    coordinator = make.make_member(council, Role.COORDINATOR)
    reminders.change_rules(council=council, by=coordinator, on=DAY, first_days=7, second_days=1, weeks_between=2)
    make.make_action(council, agreed_on=AGREED, deadline=DAY)
    assert steps(council, date(2017, 3, 1), date(2017, 4, 13)) == {
        "2017-03-08": 7,
        "2017-03-14": 1,
        "2017-03-15": 0,
        "2017-03-29": -2,
        "2017-04-12": -4,
    }


def test_other_rules_in_between_remind_of_nothing_twice(council: Council) -> None:
    make.make_action(council, agreed_on=AGREED, deadline=DAY)
    assert steps(council, date(2017, 3, 1), date(2017, 3, 2)) == {"2017-03-01": 14}
    ReminderRules.objects.create(council=council, first_days=20, second_days=5)
    assert steps(council, date(2017, 3, 3), date(2017, 3, 10)) == {"2017-03-10": 5}
    ReminderRules.objects.update(first_days=14, second_days=3)
    assert steps(council, date(2017, 3, 13), date(2017, 3, 15)) == {"2017-03-13": 3, "2017-03-15": 0}


def test_squeeze_days_are_days_off_if_chosen(council: Council) -> None:
    """2017-05-25 is Ascension Day, a Thursday."""
    make.make_action(council, agreed_on=AGREED, deadline=date(2017, 5, 25))
    assert steps(council, date(2017, 5, 25), date(2017, 5, 30)) == {"2017-05-26": 0}
    other = make.make_council()
    ReminderRules.objects.create(council=other, squeeze_days=True)
    make.make_action(other, agreed_on=AGREED, deadline=date(2017, 5, 25))
    assert steps(other, date(2017, 5, 25), date(2017, 5, 30)) == {"2017-05-29": 0}


def test_councils_with_their_own_rules_are_planned_in_one_morning(mailoutbox: list[Any]) -> None:
    councils = [make.make_council(pinned_today=None) for _number in range(3)]
    ReminderRules.objects.create(council=councils[1], first_days=30)
    actions = [make.make_action(council, deadline=DAY + timedelta(days=30)) for council in councils]
    make.make_action(councils[2], deadline=DAY)
    assert reminders.plan_mornings(clock=make.NOW) == reminders.Planned(2, 2, 0)
    assert ReminderLine.objects.get(step=30).action == actions[1]


@pytest.mark.parametrize(
    ("rules", "field", "sentence"),
    [
        ({"first_days": 61}, "first_days", "Give a number from 2 to 60."),
        ({"weeks_between": 0}, "weeks_between", "Give a number from 1 to 12."),
        (
            {"first_days": 3, "second_days": 3},
            "second_days",
            "The second reminder comes after the first: give fewer days than 3.",
        ),
    ],
)
def test_rules_that_make_no_sense_are_refused(council: Council, rules: Any, field: str, sentence: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        reminders.change_rules(council=council, by=make.make_member(council), on=DAY, **rules)
    assert (refused.value.field, refused.value.sentence) == (field, sentence)
    assert not ReminderRules.objects.exists()


def test_the_coordinator_changes_the_rules_on_a_page(cast: Cast) -> None:
    path = reverse("actions:mail_rules", args=[cast.council.slug])
    client = cast.browse(cast.coordinator)
    sent = {
        "first_days": 10, "second_days": 2, "weeks_between": 1, "digest_days": 3, "escalate_weeks": 6, "grace_days": 5,
        "squeeze_days": "on",
    }  # fmt: skip
    assert client.post(path, sent).status_code == 302
    row = ReminderRules.of(cast.council)
    assert (row.first_days, row.second_days, row.squeeze_days, row.escalate_weeks) == (10, 2, True, 6)
    entry = HistoryEntry.objects.changes().get()
    assert (entry.verb, entry.changes["first_days"], "weeks_between" in entry.changes) == (
        "reminders.rules",
        [14, 10],
        False,
    )
    refused = client.post(path, sent | {"second_days": 12})
    assert (refused.status_code, refused.context["form"]["second_days"].value()) == (422, "12")
    assert client.get(path).context["form"]["first_days"].value() == 10


# Pause, and one mail a week


def test_after_a_pause_there_is_one_merged_reminder(council: Council) -> None:
    action = make.make_action(council, agreed_on=AGREED, deadline=DAY)
    on = date(2017, 2, 25)
    post.choose_mail(
        member=action.owner, frequency=Frequency.DAILY, paused_until=date(2017, 3, 19), by=action.owner, on=on
    )
    assert held(council, DAY) == ["the owner has paused mail; this follows after the pause"]
    assert steps(council, date(2017, 3, 1), date(2017, 3, 24)) == {"2017-03-20": 0, "2017-03-22": -1}


def test_a_pause_holds_back_what_waits_already_and_the_log_says_why(council: Council, mailoutbox: list[Any]) -> None:
    one, two = make.make_member(council), make.make_member(council)
    paused, going = [make.make_action(council, owner=owner, agreed_on=AGREED, deadline=DAY) for owner in (one, two)]
    reminders.plan_day(council=council, on=DAY)
    choose(one, frequency=Frequency.WEEKLY)
    assert Letter.objects.waiting().count() == 2
    choose(one, paused_until=date(2017, 3, 19))
    assert post.deliver(council, today=DAY, clock=timezone.now) == post.Delivered(sent=1)
    assert [mail.to for mail in mailoutbox] == [[two.email]]
    assert list(Letter.objects.order_by("recipient").values_list("recipient", "state", "failure")) == [
        (one.pk, LetterState.DROPPED, "paused"),
        (two.pk, LetterState.SENT, ""),
    ]
    assert (
        post.failure_words("paused")
        == "The recipient has paused mail; what is still to be done follows after the pause."
    )
    assert list(ReminderLine.objects.values_list("action", flat=True)) == [going.pk]
    assert held(council, DAY) == ["the owner has paused mail; this follows after the pause"]
    assert remind(council, DAY) == [(two.pk, going.pk, 0)]
    assert remind(council, date(2017, 3, 20)) == [(one.pk, paused.pk, 0)]


def test_a_pause_taken_back_the_same_day_lets_it_follow_with_the_next_one(council: Council) -> None:
    action = make.make_action(council, agreed_on=AGREED, deadline=DAY)
    reminders.plan_day(council=council, on=DAY)
    choose(action.owner, paused_until=MONDAY)
    choose(action.owner)
    assert held(council, DAY) == [
        "today's reminder to the owner has gone or was dropped; this follows with the next one"
    ]
    assert remind(council, DAY) == []
    assert remind(council, date(2017, 3, 16)) == [(action.owner_id, action.pk, 0)]


def test_who_wants_one_mail_a_week_gets_it_on_mondays(council: Council) -> None:
    owner = make.make_member(council)
    choose(owner, frequency=Frequency.WEEKLY)
    first = make.make_action(council, owner=owner, agreed_on=AGREED, deadline=date(2017, 3, 25))
    assert steps(council, date(2017, 3, 8), date(2017, 3, 24)) == {
        "2017-03-13": 14,
    }
    assert held(council, date(2017, 3, 24)) == [
        "the recipient wants one mail a week; this follows on Monday, or the first working day after it"
    ]
    assert remind(council, date(2017, 3, 27)) == [(owner.pk, first.pk, 0)]


def test_a_missed_monday_is_made_up_for(council: Council) -> None:
    owner = make.make_member(council)
    choose(owner, frequency=Frequency.WEEKLY)
    action = make.make_action(council, owner=owner, agreed_on=AGREED, deadline=DAY)
    assert remind(council, date(2017, 3, 21)) == [(owner.pk, action.pk, 0)]


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ({"paused_until": date(2017, 3, 14)}, "The last day of the pause has passed already."),
        ({"paused_until": date(2018, 6, 1)}, "A pause can last a year at most. Hand the actions over instead."),
        ({"frequency": "hourly"}, "Choose how often you want reminders."),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(council: Council, choice: Any, sentence: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        choose(make.make_member(council), **choice)
    assert refused.value.sentence == sentence


def test_a_choice_is_in_the_history_once(council: Council) -> None:
    member = make.make_member(council)
    for _time in range(2):
        choose(member, paused_until=MONDAY)
    entry = HistoryEntry.objects.changes().get()
    assert (entry.verb, entry.changes) == ("member.mail_chosen", {"paused_until": [None, "2017-03-20"]})


# Who stands in


def away(member: Member, deputy: Member) -> Deputy:
    return post.name_deputy(member=member, deputy=deputy, starts=DAY, ends=DAY + timedelta(days=9), by=member, on=DAY)


def test_who_stands_in_is_reminded_together_with_the_own_actions(council: Council, mailoutbox: list[Any]) -> None:
    owner, deputy = make.make_member(council, name="Eva Ek"), make.make_member(council, name="Bo By")
    away(owner, deputy)
    theirs = make.make_action(council, owner=owner, deadline=DAY)
    own = make.make_action(council, owner=deputy, deadline=DAY)
    shown = reminders.preview(council, DAY)
    assert [(group.owner, [line.why for line in group.lines]) for group in shown.groups] == [
        (deputy, ["the day of the deadline", f"the day of the deadline; for {owner.label}, who is away"])
    ]
    assert remind(council, DAY) == [(deputy.pk, theirs.pk, 0), (deputy.pk, own.pk, 0)]
    [mail] = mailoutbox
    assert (mail.to, f"For {owner.label}, who is away" in mail.body) == ([deputy.email], True)
    assert remind(council, DAY) == [(deputy.pk, theirs.pk, 0), (deputy.pk, own.pk, 0)]


@pytest.mark.parametrize("why", ["email", "mandate", "stopped", "paused"])
def test_who_cannot_stand_in_leaves_the_reminder_to_the_owner(council: Council, why: str) -> None:
    owner, deputy = make.make_member(council), make.make_member(council)
    away(owner, deputy)
    if why == "email":
        Member.objects.filter(pk=deputy.pk).update(email="")
    elif why == "mandate":
        Member.objects.filter(pk=deputy.pk).update(mandate_to=DAY - timedelta(days=1))
    elif why == "stopped":
        post.stop_address(council=council, address=deputy.email.upper(), by=None, on=DAY)
    else:
        choose(deputy, paused_until=MONDAY)
    action = make.make_action(council, owner=owner, deadline=DAY)
    [group] = reminders.preview(council, DAY).groups
    assert (group.owner, group.lines[0].why) == (
        owner,
        f"the day of the deadline; {deputy.label}, who stands in, can't get it",
    )
    assert remind(council, DAY) == [(owner.pk, action.pk, 0)]


def test_a_restricted_action_goes_to_the_owner_when_the_deputy_is_not_cleared(council: Council) -> None:
    owner, deputy = make.make_member(council, cleared=True), make.make_member(council)
    away(owner, deputy)
    item = make.make_item(make.make_meeting(council, MeetingState.ADJOURNED, date=AGREED), restricted=True)
    secret = make.make_action(agenda_item=item, owner=owner, deadline=DAY)
    plain = make.make_action(council, owner=owner, deadline=DAY)
    assert remind(council, DAY) == [(owner.pk, secret.pk, 0), (deputy.pk, plain.pk, 0)]


def test_the_pause_of_who_is_away_does_not_stop_the_deputy_and_the_end_gives_it_back(council: Council) -> None:
    owner, deputy = make.make_member(council), make.make_member(council)
    row = away(owner, deputy)
    choose(owner, paused_until=MONDAY)
    action = make.make_action(council, owner=owner, deadline=DAY)
    assert remind(council, DAY) == [(deputy.pk, action.pk, 0)]
    post.end_deputy(deputy=row, by=owner, on=date(2017, 3, 22))
    assert remind(council, date(2017, 3, 22)) == [(owner.pk, action.pk, -1)]
    with pytest.raises(RuleBroken):
        post.end_deputy(deputy=row, by=owner, on=date(2017, 3, 22))


def test_a_letter_that_waits_when_the_absence_ends_is_not_sent_to_the_deputy(council: Council) -> None:
    owner, deputy = make.make_member(council), make.make_member(council)
    row = away(owner, deputy)
    make.make_action(council, owner=owner, deadline=DAY)
    reminders.plan_day(council=council, on=DAY)
    post.end_deputy(deputy=row, by=owner, on=DAY)
    assert post.deliver(council, today=DAY, clock=timezone.now) == post.Delivered(dropped=1)


@pytest.mark.parametrize(
    ("days", "field"),
    [((-5, -1), "ends"), ((3, 2), "ends"), ((0, 400), "ends"), ((5, 20), "starts")],
)
def test_an_absence_that_makes_no_sense_is_refused(council: Council, days: tuple[int, int], field: str) -> None:
    owner, deputy = make.make_member(council), make.make_member(council)
    away(owner, deputy)
    first, last = (DAY + timedelta(days=number) for number in days)
    with pytest.raises(RuleBroken) as refused:
        post.name_deputy(member=owner, deputy=deputy, starts=first, ends=last, by=owner, on=DAY)
    assert refused.value.field == field
    for nobody in (owner, make.make_member(make.make_council())):
        with pytest.raises(RuleBroken) as refused:
            post.name_deputy(member=owner, deputy=nobody, starts=DAY, ends=DAY, by=owner, on=DAY)
        assert refused.value.field == "deputy"


# Addresses that refuse


def test_a_stopped_address_holds_reminders_back_until_it_is_lifted(cast: Cast) -> None:
    owner = make.make_member(cast.council, email="Eva@Example.org")
    twin = make.make_member(cast.council, email="eva@example.org")
    for member in (owner, twin):
        make.make_action(cast.council, owner=member, deadline=DAY)
    post.stop_address(council=cast.council, address="eva@example.org", by=None, on=DAY, code=550)
    assert held(cast.council, DAY) == ["the owner's address has refused mail; check it in the mail log"] * 2
    client = cast.browse(cast.coordinator)
    assert client.get(reverse("home", args=[cast.council.slug])).context["stopped_addresses"] == 1
    page = client.get(reverse("actions:mail_list", args=[cast.council.slug]))
    [(row, holders)] = page.context["stopped"]
    assert holders == [owner, twin]
    assert reverse("member_edit", args=[cast.council.slug, twin.pk]) in page.content.decode()
    client.post(reverse("actions:mail_address_lift", args=[cast.council.slug, row.pk]))
    assert held(cast.council, DAY) == []
    assert list(HistoryEntry.objects.changes().order_by("pk").values_list("verb", "actor")) == [
        ("address.stopped", None),
        ("address.lifted", cast.coordinator.pk),
    ]


def test_the_coordinator_stops_an_address_whose_mail_came_back(cast: Cast) -> None:
    owner = make.make_member(cast.council)
    letter = make.make_letter(owner, state=LetterState.SENT, sent_at=timezone.now())
    ReminderLine.objects.create(
        reminder=letter, action=make.make_action(cast.council, owner=owner), deadline=DAY, step=0
    )
    path = reverse("actions:mail_address_stop", args=[cast.council.slug, letter.pk])
    for _time in range(2):
        cast.browse(cast.coordinator).post(path)
    assert list(StoppedAddress.objects.values_list("address", "code")) == [(owner.email, None)]


def test_an_address_of_another_council_is_not_stopped_here(council: Council) -> None:
    action = make.make_action(council, deadline=DAY)
    post.stop_address(council=make.make_council(), address=action.owner.email, by=None, on=DAY)
    assert len(remind(council, DAY)) == 1


# When the next one comes


@pytest.mark.parametrize(
    ("deadline", "today", "expected"),
    [
        (date(2017, 4, 1), DAY, "2017-03-20"),  # fourteen days before is a Saturday
        (date(2017, 4, 14), date(2017, 4, 12), "2017-04-12"),  # three days before has passed, and waits for nothing
        (date(2017, 3, 10), DAY, "2017-03-15"),
    ],
)
def test_the_next_reminder_is_on_a_working_day(council: Council, deadline: date, today: date, expected: str) -> None:
    action = make.make_action(council, agreed_on=AGREED, deadline=deadline)
    assert reminders.next_reminder(action, today) == reminders.Next(date.fromisoformat(expected), "")


def test_the_next_reminder_keeps_to_what_the_owner_has_chosen_and_says_what_hinders(council: Council) -> None:
    action = make.make_action(council, agreed_on=AGREED, deadline=DAY)
    remind(council, DAY)
    assert reminders.next_reminder(action, DAY) == reminders.Next(date(2017, 3, 22), "")
    choose(action.owner, frequency=Frequency.WEEKLY)
    assert reminders.next_reminder(action, DAY) == reminders.Next(date(2017, 3, 27), "")
    Member.objects.filter(pk=action.owner_id).update(email="")
    action.refresh_from_db()
    coming = reminders.next_reminder(action, DAY)
    assert coming is not None
    assert coming.held == "the owner has no e-mail address"


def test_the_actions_page_says_when_the_next_reminder_comes(cast: Cast) -> None:
    action = make.make_action(cast.council, agreed_on=AGREED, deadline=date(2017, 4, 1), owner=cast.owner)
    path = reverse("actions:detail", args=[cast.council.slug, action.pk])
    for member, told in ((cast.owner, True), (cast.secretary, True), (cast.member, False)):
        assert ("Next reminder" in cast.browse(member).get(path).content.decode()) == told


# Looking ahead


def test_looking_ahead_takes_what_goes_out_before_as_sent(council: Council) -> None:
    tomorrow = make.make_action(council, agreed_on=AGREED, deadline=DAY + timedelta(days=4))
    monday = make.make_action(council, agreed_on=AGREED, deadline=MONDAY)

    def shown(day: date) -> list[int]:
        return [line.action.pk for group in reminders.preview(council, day, today=DAY).groups for line in group.lines]

    assert shown(DAY + timedelta(days=1)) == [tomorrow.pk]
    assert shown(DAY + timedelta(days=2)) == [monday.pk]
    assert shown(MONDAY) == [tomorrow.pk, monday.pk]


def test_a_day_off_says_when_mail_goes_out_instead(cast: Cast) -> None:
    path = reverse("actions:reminder_preview", args=[cast.council.slug])
    page = cast.browse(cast.coordinator).get(path + "?day=2017-04-14")
    assert page.context["shown"] == reminders.Preview(date(2017, 4, 14), instead=date(2017, 4, 18))
    with pytest.raises(RuleBroken) as refused:
        reminders.send_now(council=cast.council, by=cast.coordinator, on=date(2017, 4, 14))
    assert refused.value.sentence == ("Today is a day off, so no reminders go out. The next ones go out on 2017-04-18.")
    assert reminder_letters().count() == 0
