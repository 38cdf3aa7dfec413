"""The coordinator's pages about reminders."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions import reminders
from actions.mail_views import next_monday
from actions.models import Action, reminder_letters
from bra import post
from bra.models import HistoryEntry, Letter, LetterState
from celery_app import app
from meetings.models import MeetingState
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db

DAY = make.TODAY


@pytest.fixture
def broker_away() -> Iterator[None]:
    """Let Celery knock where nobody listens."""
    kept = app.conf.broker_write_url
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        app.conf.broker_write_url = f"redis://127.0.0.1:{nobody.getsockname()[1]}/0"
        yield
        app.conf.broker_write_url = kept


def address(cast: Cast, name: str, *args: Any) -> str:
    return reverse(f"actions:{name}", args=[cast.council.slug, *args])


def due(cast: Cast, **overrides: Any) -> Action:
    return make.make_action(cast.council, **{"deadline": DAY} | overrides)


def reminder(cast: Cast, state: LetterState = LetterState.SENT, **overrides: Any) -> Letter:
    """A reminder of one action, in a state."""
    action = due(cast, **overrides)
    reminders.plan_day(council=cast.council, on=DAY)
    sent_at = timezone.now() if state == LetterState.SENT else None
    reminder_letters().filter(recipient=action.owner).update(state=state, sent_at=sent_at)
    return reminder_letters().get(recipient=action.owner)


def restricted(cast: Cast, **overrides: Any) -> dict[str, Any]:
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=DAY - timedelta(days=60))
    item = make.make_item(meeting, restricted=True)
    return {"agenda_item": item, "owner": make.make_member(cast.council, cleared=True)} | overrides


def listed(page: Any) -> list[Any]:
    return [row for row, _kind, _failure in page.context["rows"]]


def test_only_a_coordinator_finds_the_pages(cast: Cast) -> None:
    row = reminder(cast, LetterState.FAILED)
    reads = [address(cast, name) for name in ("mail_list", "reminder_preview")]
    reads.append(address(cast, "mail_detail", row.pk))
    writes = [
        address(cast, "reminder_send"),
        address(cast, "mail_resend", row.pk),
        address(cast, "mail_dismiss", row.pk),
    ]
    for member in (cast.chair, cast.secretary, cast.member, cast.owner, cast.stranger):
        client = cast.browse(member)
        assert [client.get(path).status_code for path in reads] == [404] * 3
        assert [client.post(path).status_code for path in writes] == [404] * 3
    assert reminder_letters().get(pk=row.pk).state == LetterState.FAILED
    client = cast.browse(cast.coordinator)
    assert [client.get(path).status_code for path in reads] == [200] * 3
    assert [client.get(path).status_code for path in writes] == [405] * 3


def test_another_councils_reminder_does_not_exist(cast: Cast) -> None:
    council = cast.stranger.council
    make.make_action(council, deadline=DAY)
    reminders.plan_day(council=council, on=DAY)
    foreign = reminder_letters().get()
    client = cast.browse(cast.coordinator)
    assert client.get(address(cast, "mail_detail", foreign.pk)).status_code == 404
    assert client.post(address(cast, "mail_dismiss", foreign.pk)).status_code == 404
    assert listed(client.get(address(cast, "mail_list"))) == []


def test_the_list_tells_recipient_kind_day_and_state_and_narrows(cast: Cast) -> None:
    sent, failed, unknown = [
        reminder(cast, state) for state in (LetterState.SENT, LetterState.FAILED, LetterState.UNKNOWN)
    ]
    client = cast.browse(cast.coordinator)
    path = address(cast, "mail_list")
    page = client.get(path)
    assert listed(page) == [unknown, failed, sent]
    assert [kind for _row, kind, _failure in page.context["rows"]] == ["Reminder"] * 3
    assert page.context["to_judge"] == 2
    for query, expected in (
        ("state=judge", [unknown, failed]),
        ("state=sent", [sent]),
        ("kind=reminder", [unknown, failed, sent]),
        ("kind=nonsense", [unknown, failed, sent]),
        (f"day={DAY}", [unknown, failed, sent]),
        (f"day={DAY + timedelta(days=1)}", []),
        ("state=nonsense", [unknown, failed, sent]),
        ("day=nonsense", [unknown, failed, sent]),
    ):
        assert listed(client.get(f"{path}?{query}")) == expected


def test_the_list_takes_as_many_queries_for_three_as_for_one(cast: Cast) -> None:
    client = cast.browse(cast.coordinator)

    def queries(name: str, *args: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address(cast, name, *args)).status_code == 200
        return len(captured)

    reminder(cast)
    due(cast, deadline=DAY + timedelta(days=1))
    for_one = queries("mail_list"), queries("reminder_preview")
    for _number in range(2):
        reminder(cast)
        due(cast, deadline=DAY + timedelta(days=1))
    assert (queries("mail_list"), queries("reminder_preview")) == for_one
    assert for_one[0] <= 12


def test_an_uncleared_coordinator_finds_no_trace_of_a_restricted_action(cast: Cast, settings: Any) -> None:
    settings.EMAIL_BACKEND = "bra.mail.LogBackend"
    uncleared = make.make_member(cast.council, cast.coordinator.role, user=make.make_user())
    owner = make.make_member(cast.council, cleared=True)
    hidden = due(cast, **restricted(cast, owner=owner), title="Hemligåtgärd")
    alone = due(cast, **restricted(cast), title="Hemligåtgärd")
    shown = due(cast, owner=owner)
    held = due(cast, **restricted(cast, owner=make.make_member(cast.council, email="")))
    paths = [address(cast, "reminder_preview") + f"?day={DAY}"]
    seen = cast.browse(uncleared).get(paths[0]).context["shown"]
    assert [[line.action for line in group.lines] for group in seen.groups] == [[shown]]
    assert seen.held == []
    reminders.plan_day(council=cast.council, on=DAY)
    post.deliver(cast.council, today=DAY, clock=timezone.now)
    mixed, only_hidden = (reminder_letters().get(recipient=action.owner) for action in (shown, alone))
    paths += [address(cast, "mail_list"), address(cast, "mail_detail", mixed.pk)]
    page = cast.browse(uncleared).get(paths[1])
    assert listed(page) == [mixed]
    assert cast.browse(uncleared).get(address(cast, "mail_detail", only_hidden.pk)).status_code == 404
    for path in paths:
        text = cast.browse(uncleared).get(path).content.decode()
        for action in (hidden, alone, held):
            assert ("Hemlig" in text, f"Action {action.pk} " in text) == (False, False)
    # The cleared coordinator sees all of it, the mail too.
    assert f"Action {hidden.pk} " in cast.browse(cast.coordinator).get(paths[2]).context["mail"].text


def test_a_reminders_page_shows_the_mail_as_it_went_to_the_log(cast: Cast, settings: Any) -> None:
    settings.EMAIL_BACKEND = "bra.mail.LogBackend"
    action = due(cast)
    reminders.plan_day(council=cast.council, on=DAY)
    post.deliver(cast.council, today=DAY, clock=timezone.now)
    page = cast.browse(cast.coordinator).get(address(cast, "mail_detail", reminder_letters().get().pk))
    assert page.context["mail"].recipient == action.owner.email
    text = page.content.decode()
    assert ("Tell how it goes here." in text, "/ansvarig/" in text) == (True, True)


def test_the_preview_looks_at_tomorrow_unless_asked_otherwise_and_writes_nothing(cast: Cast) -> None:
    action = due(cast, deadline=DAY + timedelta(days=4))
    client = cast.browse(cast.coordinator)
    path = address(cast, "reminder_preview")
    for query, step in (("", 3), (f"?day={DAY}", 14), ("?day=nonsense", 3)):
        shown = client.get(path + query).context["shown"]
        assert [[(line.action, line.step) for line in group.lines] for group in shown.groups] == [[(action, step)]]
    assert reminder_letters().count() == 0
    assert [next_monday(DAY + timedelta(days=days)).isoformat() for days in (0, 4, 5)] == [
        "2017-03-20", "2017-03-20", "2017-03-27"
    ]  # fmt: skip


def said(client: Any, path: str) -> list[str]:
    return [str(message) for message in client.post(path, follow=True).context["messages"]]


@pytest.mark.usefixtures("broker_away")
def test_send_now_works_although_the_broker_is_away_and_says_when(cast: Cast) -> None:
    due(cast)
    client = cast.browse(cast.coordinator)
    assert said(client, address(cast, "reminder_send")) == ["1 mail goes out within ten minutes."]
    assert list(reminder_letters().values_list("state", "on")) == [(LetterState.PENDING, DAY)]
    assert list(HistoryEntry.objects.changes().values_list("verb", "actor")) == [
        ("reminders.sent_now", cast.coordinator.pk)
    ]
    post.deliver(cast.council, today=DAY, clock=timezone.now)
    assert said(client, address(cast, "reminder_send")) == ["Nobody is to be reminded of anything new today."]


@pytest.mark.usefixtures("broker_away")
def test_send_now_tells_of_mails_before_a_meeting_too_but_not_of_paused_ones(cast: Cast) -> None:
    make.make_meeting(cast.council, MeetingState.DRAFT, date=DAY + timedelta(days=5), opened_at=None)
    _one, two = (make.make_action(cast.council, deadline=DAY + timedelta(days=90)) for _number in range(2))
    post.choose_mail(member=two.owner, frequency="daily", paused_until=DAY, by=two.owner, on=DAY)
    assert said(cast.browse(cast.coordinator), address(cast, "reminder_send")) == [
        "1 mail goes out within ten minutes."
    ]
    assert Letter.objects.filter(kind="digest").count() == 2


@pytest.mark.service
def test_send_now_wakes_a_worker(cast: Cast, valkey_url: str) -> None:
    due(cast)
    kept, app.conf.broker_write_url = app.conf.broker_write_url, valkey_url
    try:
        words = said(cast.browse(cast.coordinator), address(cast, "reminder_send"))
    finally:
        app.conf.broker_write_url = kept
    assert words == ["1 mail is going out now."]


@pytest.mark.usefixtures("broker_away")
@pytest.mark.parametrize("state", [LetterState.FAILED, LetterState.UNKNOWN])
def test_a_person_lets_it_be_sent_again_once(cast: Cast, state: LetterState) -> None:
    row = reminder(cast, state)
    client = cast.browse(cast.coordinator)
    path = address(cast, "mail_resend", row.pk)
    assert said(client, path) == ["1 mail goes out within ten minutes."]
    assert said(client, path) == ["The mail has been dealt with already."]
    assert post.deliver(cast.council, today=DAY, clock=timezone.now).sent == 1
    entry = HistoryEntry.objects.changes().get()
    assert (entry.verb, entry.actor) == ("letter.resent", cast.coordinator)
    assert entry.changes["state"] == [state, "pending"]


@pytest.mark.parametrize("state", [LetterState.FAILED, LetterState.UNKNOWN])
def test_a_person_settles_that_it_is_not_sent_again(cast: Cast, state: LetterState) -> None:
    row = reminder(cast, state)
    client = cast.browse(cast.coordinator)
    assert said(client, address(cast, "mail_dismiss", row.pk)) == ["The mail is not sent again."]
    assert said(client, address(cast, "mail_resend", row.pk)) == ["The mail has been dealt with already."]
    assert client.get(address(cast, "mail_list")).context["to_judge"] == 0
    assert post.deliver(cast.council, today=DAY, clock=timezone.now) == post.Delivered()


@pytest.mark.parametrize("state", [LetterState.SENT, LetterState.PENDING, LetterState.CLAIMED])
def test_what_needs_no_decision_offers_none(cast: Cast, state: LetterState) -> None:
    row = reminder(cast, state)
    client = cast.browse(cast.coordinator)
    assert client.get(address(cast, "mail_detail", row.pk)).context["to_judge"] is False
    for name in ("mail_resend", "mail_dismiss"):
        assert said(client, address(cast, name, row.pk)) == ["The mail has been dealt with already."]
    assert reminder_letters().get(pk=row.pk).state == state
