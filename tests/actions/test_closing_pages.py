"""Where the council approves: the follow-up item, the list and the action's page; requests and ties there."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions import lifecycle
from actions.models import Action, DeadlineRequest, RequestState, Status
from bra.models import Member
from meetings.models import AgendaItem, ItemKind, MeetingState
from tests import make
from tests.cast import Cast
from tests.make import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(cast: Cast) -> AgendaItem:
    """The follow-up item of a meeting in session."""
    return make.make_item(make.make_meeting(cast.council), title="Uppföljning", kind=ItemKind.FOLLOW_UP)


def url(cast: Cast, name: str, *arguments: int) -> str:
    return reverse(f"actions:{name}", args=[cast.council.slug, *arguments])


def live(cast: Cast, item: AgendaItem) -> str:
    return f"{reverse('meetings:live', args=[cast.council.slug, item.meeting_id])}?punkt={item.pk}"


def reported(cast: Cast, title: str, **how: Any) -> Action:
    action = make.make_action(cast.council, **{"owner": cast.owner, "title": title} | how)
    return lifecycle.report_done(action=action, by=action.owner, on=TODAY, effect=f"Följd av {title}")


def approved() -> list[str]:
    return list(Action.objects.exclude(approved_on=None).order_by("pk").values_list("title", flat=True))


HTMX = {"HTTP_HX_REQUEST": "true"}


def test_the_follow_up_item_lists_what_is_reported_with_forms_for_who_logs(cast: Cast, item: AgendaItem) -> None:
    reported(cast, "Planket")
    secret = make.make_item(make.make_meeting(cast.council, MeetingState.ADJOURNED), restricted=True)
    reported(cast, "Hemligheten", agenda_item=secret, owner=cast.chair)
    make.make_action(cast.council, title="Öppen")
    seen = {}
    for who in (cast.secretary, cast.chair, cast.member):
        text = cast.browse(who).get(live(cast, item), follow=True).text
        seen[who.role] = [
            words in text
            for words in ("Följd av Planket", "Hemligheten", "reported as done", "Approve all", "/godkann/")
        ]
    assert seen == {
        "secretary": [True, True, True, True, True],
        "chair": [True, True, True, False, False],
        "member": [True, False, True, False, False],
    }
    assert "1 action reported as done" in cast.browse(cast.member).get(live(cast, item), follow=True).text


def test_approving_one_with_and_without_javascript(cast: Cast, item: AgendaItem) -> None:
    first, second = reported(cast, "Första"), reported(cast, "Andra")
    browser = cast.browse(cast.secretary)
    part = browser.post(url(cast, "approve", first.pk), {"item": item.pk}, **HTMX)
    assert (part.status_code, "Andra" in part.text, "Första" in part.text) == (200, True, False)
    assert f'id="reported-{item.pk}"' in part.text
    undo = f"{url(cast, 'unapprove', first.pk)}?item={item.pk}"
    assert undo in part.text
    # The message stands where the button was, and takes the focus.
    assert part.text.index("data-focus") < part.text.index("The action is approved as done.") < part.text.index(undo)
    assert 'id="messages"' not in part.text
    plain = browser.post(url(cast, "approve", second.pk), {"item": item.pk})
    assert (plain.status_code, plain["Location"]) == (302, live(cast, item))
    assert approved() == ["Första", "Andra"]
    assert browser.post(undo)["Location"] == live(cast, item)
    assert approved() == ["Andra"]
    assert browser.post(url(cast, "unapprove", first.pk))["Location"] == url(cast, "detail", first.pk)
    assert approved() == ["Andra"]


def test_approving_all_that_is_listed_and_undoing_it(cast: Cast, item: AgendaItem) -> None:
    listed = [reported(cast, title) for title in ("Första", "Andra")]
    reported(cast, "Nyss")
    browser = cast.browse(cast.secretary)
    sent = {"item": item.pk, "action": [*(action.pk for action in listed), "x"]}
    page = browser.post(url(cast, "approve_all"), sent, follow=True)
    assert ("2 actions are approved as done." in page.text, approved()) == (True, ["Första", "Andra"])
    undo = f"{url(cast, 'unapprove_all')}?action={listed[0].pk}&amp;action={listed[1].pk}&amp;item={item.pk}"
    assert undo in page.text
    assert browser.post(undo.replace("&amp;", "&"))["Location"] == live(cast, item)
    assert approved() == []
    again = browser.post(url(cast, "approve_all"), {"item": item.pk}, follow=True)
    assert "Nothing waited for approval any more." in again.text


def test_sending_back_needs_a_reason_and_loses_no_place(cast: Cast, item: AgendaItem) -> None:
    action = reported(cast, "Planket")
    browser = cast.browse(cast.secretary)
    refused = browser.post(url(cast, "send_back", action.pk), {"item": item.pk, "text": " "}, **HTMX)
    assert (refused.status_code, "Say what is left to be done." in refused.text) == (422, True)
    page = browser.post(url(cast, "send_back", action.pk), {"item": item.pk, "text": "19821105-9954 hörnet"})
    assert (page.status_code, "hörnet" in page.text, 'class="verb" open' in page.text) == (422, True, True)
    assert browser.post(url(cast, "send_back", action.pk), {"item": item.pk, "text": "Hörnet"}).status_code == 302
    action.refresh_from_db()
    assert action.status == Status.IN_PROGRESS


def test_a_button_of_another_item_leads_nowhere(cast: Cast, item: AgendaItem) -> None:
    action = reported(cast, "Planket")
    foreign = make.make_item(make.make_meeting(cast.stranger.council), kind=ItemKind.FOLLOW_UP)
    plain = make.make_item(item.meeting)
    browser = cast.browse(cast.secretary)
    for other in (foreign, plain):
        answer = browser.post(url(cast, "approve", action.pk), {"item": other.pk}, **HTMX)
        assert answer.status_code == 404


def test_the_list_says_and_filters_what_awaits_approval(cast: Cast) -> None:
    reported(cast, "Planket")
    lifecycle.approve(action=reported(cast, "Muren"), by=cast.secretary, on=TODAY)
    browser = cast.browse(cast.member)
    awaiting = browser.get(f"{url(cast, 'list')}?status=awaits").text
    assert ("Planket" in awaiting, "Muren" in awaiting) == (True, False)
    done = browser.get(f"{url(cast, 'list')}?status=done").text
    assert ("Planket" in done, "Muren" in done, done.count("<small>Awaits approval</small>")) == (True, True, 1)


def test_the_page_of_an_action_says_where_approval_stands(cast: Cast) -> None:
    action = reported(cast, "Planket")
    page = cast.browse(cast.secretary).get(url(cast, "detail", action.pk)).text
    assert ("The council approves it, or sends it back." in page, "/godkann/" in page) == (True, True)
    assert "/godkann/" not in cast.browse(cast.owner).get(url(cast, "detail", action.pk)).text
    lifecycle.approve(action=action, by=cast.secretary, on=TODAY)
    after = cast.browse(cast.owner).get(url(cast, "detail", action.pk)).text
    assert ("The council approved it" in after, "Approved that it is done" in after) == (True, True)


def test_an_owner_asks_and_the_secretary_answers(cast: Cast) -> None:
    action = make.make_action(cast.council, owner=cast.owner, title="Planket")
    owner, secretary = cast.browse(cast.owner), cast.browse(cast.secretary)
    sent = {"what": "postpone", "deadline": "2017-06-01", "text": "Snö"}
    assert owner.post(url(cast, "report", action.pk), sent).status_code == 302
    asked = DeadlineRequest.objects.get()
    assert (asked.until, asked.reason) == (date(2017, 6, 1), "Snö")
    texts = [browser.get(url(cast, "list")).text for browser in (secretary, cast.browse(cast.chair), owner)]
    assert ["1 request for more time" in text for text in texts] == [True, False, False]
    page = secretary.get(url(cast, "detail", action.pk)).text
    assert ("Give more time" in page, "Snö" in page) == (True, True)
    assert "Give more time" not in owner.get(url(cast, "detail", action.pk)).text
    assert secretary.post(url(cast, "answer_request", asked.pk), {"answer": "Visst"}).status_code == 422
    answer = secretary.post(url(cast, "answer_request", asked.pk), {"grant": "yes", "answer": "Visst"})
    action.refresh_from_db()
    assert (answer.status_code, action.deadline) == (302, date(2017, 6, 1))
    assert "Visst" in owner.get(url(cast, "detail", action.pk)).text
    assert "for more time" not in secretary.get(url(cast, "list")).text.split("h-requests")[0]


def test_only_who_asked_withdraws(cast: Cast) -> None:
    action = make.make_action(cast.council, owner=cast.owner)
    asked = lifecycle.ask_deadline(action=action, until=date(2017, 6, 1), by=cast.owner, on=TODAY)
    assert cast.browse(cast.secretary).post(url(cast, "withdraw_request", asked.pk)).status_code == 404
    cast.browse(cast.owner).post(url(cast, "withdraw_request", asked.pk))
    asked.refresh_from_db()
    assert asked.state == RequestState.WITHDRAWN


def test_a_request_of_a_restricted_action_does_not_exist_for_who_is_not_cleared(cast: Cast) -> None:
    secret = make.make_item(make.make_meeting(cast.council), restricted=True)
    action = make.make_action(agenda_item=secret, owner=cast.chair, title="Hemligheten")
    asked = lifecycle.ask_deadline(action=action, until=date(2017, 6, 1), by=cast.chair, on=TODAY)
    Member.objects.filter(pk=cast.secretary.pk).update(cleared=False)
    browser = cast.browse(cast.secretary)
    text = browser.get(url(cast, "list")).text
    assert ("for more time" in text, "Hemligheten" in text) == (False, False)
    assert browser.post(url(cast, "answer_request", asked.pk), {"grant": "yes"}).status_code == 404


def test_ties_are_chosen_on_the_page_and_told_to_who_may_see_them(cast: Cast) -> None:
    secret = make.make_item(make.make_meeting(cast.council), restricted=True)
    hidden = make.make_action(agenda_item=secret, owner=cast.chair, title="Hemligheten")
    action, first = make.make_action(cast.council, owner=cast.owner), make.make_action(cast.council, title="Planket")
    browser = cast.browse(cast.secretary)
    browser.post(url(cast, "tie", action.pk), {"waits_for": first.pk, "repeat_months": 6})
    action.refresh_from_db()
    assert (action.waits_for, action.repeat_months) == (first, 6)
    assert "Planket" in cast.browse(cast.member).get(url(cast, "detail", action.pk)).text
    ring = browser.post(url(cast, "tie", first.pk), {"waits_for": action.pk})
    assert (ring.status_code, "waits for this one already" in ring.text) == (422, True)
    browser.post(url(cast, "tie", action.pk), {"waits_for": hidden.pk, "repeat_months": ""})
    texts = [cast.browse(who).get(url(cast, "detail", action.pk)).text for who in (cast.secretary, cast.member)]
    assert ["Hemligheten" in text for text in texts] == [True, False]
    # Who can't see what it waits for would take it away by saving.
    Member.objects.filter(pk=cast.secretary.pk).update(cleared=False)
    assert browser.post(url(cast, "tie", action.pk), {"waits_for": ""}).status_code == 404
    assert browser.post(url(cast, "tie", first.pk), {"waits_for": hidden.pk}).status_code == 422


def queries(browser: Client, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


def test_pages_ask_as_much_for_three_as_for_one(cast: Cast, item: AgendaItem) -> None:
    browser = cast.browse(cast.secretary)
    page = make.make_action(cast.council, owner=cast.owner)
    numbers = []
    for many in (1, 2):
        for number in range(many):
            reported(cast, f"Klar {many} {number}")
            other = make.make_action(cast.council, owner=cast.owner, waits_for=page)
            lifecycle.ask_deadline(action=other, until=date(2017, 9, 1), by=cast.owner, on=TODAY)
            asked = lifecycle.ask_deadline(
                action=page, until=page.deadline + timedelta(days=many * 9 + number), by=cast.owner, on=TODAY
            )
            lifecycle.answer_deadline(request=asked, grant=False, by=cast.secretary, on=TODAY)
        addresses = [url(cast, "detail", page.pk), url(cast, "list"), live(cast, item)]
        numbers.append([queries(browser, address) for address in addresses])
    assert numbers[0] == numbers[1]
