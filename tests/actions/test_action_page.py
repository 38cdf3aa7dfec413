"""The page of an action: what it says, its verbs, conflicts, history, and who sees it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from actions import lifecycle
from actions.models import Action, Comment, Status
from bra.models import Member
from meetings import lifecycle as meetings
from meetings.models import Decision, DecisionKind, MeetingState
from tests import make
from tests.cast import Cast
from tests.make import TODAY


@pytest.fixture
def action(cast: Cast) -> Action:
    return make.make_action(cast.council, title="Sanera väggen", owner=cast.owner, deadline=date(2017, 3, 29))


def url(action: Action, page: str = "") -> str:
    return f"/granby/atgarder/{action.pk}/{page}"


def report(browser: Client, action: Action, what: str, **fields: object) -> int:
    status = browser.post(url(action, "rapport/"), {"what": what} | fields).status_code
    action.refresh_from_db()
    return status


def test_the_page_tells_what_was_agreed(cast: Cast) -> None:
    case = make.make_case(cast.council, title="Klotter vid skolan")
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED, sequence=2)
    item = make.make_item(meeting, case=case, title="Klotter", topics=[make.make_topic(cast.council, extremism=True)])
    decision = Decision.objects.create(
        council=cast.council, item=item, kind=DecisionKind.DECIDED, text="Väggen saneras.", number=23
    )
    activity = make.make_activity(make.make_plan(cast.council), title="Rena ytor")
    action = make.make_action(
        agenda_item=item, decision=decision, activity=activity, owner=cast.owner, deadline=date(2017, 5, 15)
    )
    text = cast.browse(cast.member).get(url(action)).content.decode()
    for words in (
        cast.owner.label,
        "Meeting 2017-2",
        "§ 23",
        "Väggen saneras.",
        "Klotter vid skolan",
        "Rena ytor",
        "Mon 15 May",
        "Violent extremism",
    ):
        assert words in text, words


def test_what_an_action_led_to_the_first_time_stands_in_the_form_when_it_is_done_again(cast: Cast) -> None:
    action = make.make_action(cast.council, status=Status.IN_PROGRESS, effect="Sex armaturer bytta.")
    page = cast.browse(cast.secretary).get(url(action))
    assert page.context["forms"]["done"]["effect"].value() == "Sex armaturer bytta."
    assert report(cast.browse(cast.secretary), action, "done", effect="Sex armaturer bytta. Tre till i mars.") == 302
    assert (action.status, action.effect) == (Status.DONE, "Sex armaturer bytta. Tre till i mars.")


def test_the_owner_starts_and_reports_done_with_the_effect(cast: Cast, action: Action) -> None:
    browser = cast.browse(cast.owner)
    assert report(browser, action, "start") == 302
    assert action.status == Status.IN_PROGRESS
    assert report(browser, action, "done", effect="Väggen är ren.") == 302
    assert (action.status, action.closed_on, action.effect) == (Status.DONE, TODAY, "Väggen är ren.")
    assert report(browser, action, "reopen") == 302
    assert action.status == Status.IN_PROGRESS


def test_postponing_and_its_refusal(cast: Cast, action: Action) -> None:
    browser = cast.browse(cast.secretary)
    answer = browser.post(
        url(action, "rapport/"), {"what": "postpone", "deadline": "2017-03-29", "text": "Färgen dröjer."}
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose a new deadline after 2017-03-29." in text
    assert "Färgen dröjer." in text
    assert text.count('<details class="verb" open>') == 1
    assert report(browser, action, "postpone", deadline="2017-04-20", text="Färgen dröjer.") == 302
    assert (action.status, action.deadline) == (Status.POSTPONED, date(2017, 4, 20))
    assert list(action.comments.values_list("text", "author")) == [("Färgen dröjer.", cast.secretary.pk)]


def test_cancelling_needs_a_reason(cast: Cast, action: Action) -> None:
    browser = cast.browse(cast.owner)
    assert report(browser, action, "cancel", text=" ") == 422
    assert action.status == Status.NOT_STARTED
    assert report(browser, action, "cancel", text="Behövs inte.") == 302
    assert action.status == Status.CANCELLED


def test_a_closed_action_is_told_when_reported_on_again(cast: Cast, action: Action) -> None:
    browser = cast.browse(cast.owner)
    report(browser, action, "done")
    answer = browser.post(url(action, "rapport/"), {"what": "start"})
    assert answer.status_code == 422
    assert "The action is closed. Reopen it first." in answer.content.decode()


def test_an_unknown_verb_is_404_and_reading_the_verbs_address_leads_to_the_page(cast: Cast, action: Action) -> None:
    browser = cast.browse(cast.owner)
    assert report(browser, action, "explode") == 404
    assert browser.get(url(action, "rapport/"))["Location"] == url(action)
    assert browser.get(url(action, "kommentar/"))["Location"] == url(action)


def test_who_only_reads_may_comment_but_not_report_amend_or_remove(cast: Cast, action: Action) -> None:
    browser = cast.browse(cast.member)
    assert browser.post(url(action, "kommentar/"), {"text": "Bra jobbat"}).status_code == 302
    assert Comment.objects.get().author == cast.member
    assert browser.post(url(action, "kommentar/"), {"text": "  "}).status_code == 422
    assert report(browser, action, "done") == 404
    assert browser.post(url(action, "lamna-over/"), {"owner": cast.member.pk}).status_code == 404
    assert browser.get(url(action, "andra/")).status_code == 404
    assert browser.post(url(action, "ta-bort/")).status_code == 404
    assert browser.post(url(action, "aterstall/")).status_code == 404
    assert Action.objects.values_list("status", "owner", "removed").get() == (Status.NOT_STARTED, cast.owner.pk, False)


def test_handing_over(cast: Cast, action: Action) -> None:
    browser = cast.browse(cast.secretary)
    assert browser.post(url(action, "lamna-over/"), {"owner": cast.stranger.pk}).status_code == 422
    former = make.make_member(cast.council, mandate_to=TODAY - timedelta(days=1))
    answer = browser.post(url(action, "lamna-over/"), {"owner": former.pk})
    assert f"The mandate of {former.label} has ended." in answer.content.decode()
    assert browser.post(url(action, "lamna-over/"), {"owner": cast.member.pk}).status_code == 302
    action.refresh_from_db()
    assert action.owner == cast.member
    assert cast.browse(cast.owner).get(url(action)).status_code == 404, "no longer theirs"


def test_two_who_edit_see_both_texts_and_lose_neither(cast: Cast, action: Action) -> None:
    lifecycle.amend(
        action=action,
        title="Den andras ord",
        deadline=action.deadline,
        activity=None,
        version=0,
        by=cast.coordinator,
        on=TODAY,
    )
    mine = {"title": "Mina ord", "deadline": "2017-04-01", "activity": "", "version": 0}
    browser = cast.browse(cast.secretary)
    answer = browser.post(url(action, "andra/"), mine)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert text.count("Den andras ord") >= 1
    assert answer.context["form"]["title"].value() == "Mina ord"
    version = answer.context["form"]["version"].value()
    assert browser.post(url(action, "andra/"), mine | {"version": version}).status_code == 302
    action.refresh_from_db()
    assert (action.title, action.deadline) == ("Mina ord", date(2017, 4, 1))


@pytest.mark.parametrize(
    ("field", "value"), [("title", ""), ("deadline", "2017-01-15"), ("deadline", "snart"), ("activity", "999999")]
)
def test_a_bad_change_is_refused_at_its_field(cast: Cast, action: Action, field: str, value: str) -> None:
    sent = {"title": "Nytt", "deadline": "2017-05-01", "activity": "", "version": 0} | {field: value}
    answer = cast.browse(cast.secretary).post(url(action, "andra/"), sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_the_history_reads_as_sentences(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council))
    by = cast.secretary
    made = lifecycle.agree(
        agenda_item=item, title="Boka lokal", owner=cast.owner, deadline=date(2017, 4, 1), by=by, on=TODAY
    )
    lifecycle.postpone(action=made, until=date(2017, 4, 11), by=cast.owner, on=TODAY)
    lifecycle.hand_over(action=made, to=cast.member, by=by, on=TODAY)
    lifecycle.report_done(action=made, by=cast.member, on=TODAY + timedelta(days=1))
    page = cast.browse(cast.member).get(url(made))
    assert [(one.on, one.who, one.what) for one in page.context["history"]] == [
        (TODAY + timedelta(days=1), cast.member.label, "reported as done"),
        (TODAY, by.label, f"handed over from {cast.owner.label} to {cast.member.label}"),
        (TODAY, cast.owner.label, "postponed from 2017-04-01 to 2017-04-11 (10 days)"),
        (TODAY, by.label, f"agreed: {cast.owner.label}, by 2017-04-01"),
    ]


def test_who_may_open_the_page(cast: Cast, action: Action) -> None:
    item = make.make_item(make.make_meeting(cast.council, MeetingState.ADJOURNED), restricted=True)
    secret = make.make_action(agenda_item=item, owner=cast.chair)
    removed = make.make_action(cast.council, removed=True)

    def sees(who: str) -> list[int]:
        browser = cast.browse(getattr(cast, who))
        return [browser.get(url(one)).status_code for one in (action, secret, removed)]

    assert sees("coordinator") == [200, 200, 404]
    assert sees("member") == [200, 404, 404]
    assert sees("owner") == [200, 404, 404]
    assert sees("stranger") == [404, 404, 404]
    other = make.make_action(cast.council, owner=cast.member)
    assert cast.browse(cast.owner).get(url(other)).status_code == 404


def test_an_owner_from_outside_reads_nothing_of_the_meeting(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED)
    item = make.make_item(meeting, title="Punktens rubrik", case=make.make_case(cast.council, title="Ärendets rubrik"))
    decision = Decision.objects.create(
        council=cast.council, item=item, kind=DecisionKind.DECIDED, text="Beslutets text"
    )
    action = make.make_action(agenda_item=item, decision=decision, owner=cast.owner)
    text = cast.browse(cast.owner).get(url(action)).content.decode()
    assert [words for words in ("Punktens rubrik", "Ärendets rubrik", "Beslutets text") if words in text] == []


def test_the_page_asks_the_same_number_of_queries_for_one_comment_and_for_three(
    cast: Cast, action: Action, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    browser = cast.browse(cast.secretary)

    def cost() -> int:
        lifecycle.comment(action=action, text="Hej", by=cast.owner, on=TODAY)
        lifecycle.hand_over(action=action, to=make.make_member(cast.council), by=cast.secretary, on=TODAY)
        action.refresh_from_db()
        with django_assert_max_num_queries(23) as caught:
            browser.get(url(action))
        return len(caught)

    one = cost()
    cost()
    assert cost() == one


def test_what_was_written_under_lock_stays_with_the_cleared(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council), restricted=True)
    action = make.make_action(agenda_item=item, owner=cast.chair, title="Hemlig rubrik")
    words = {"deadline": action.deadline, "activity": None, "version": 0}
    lifecycle.amend(action=action, title="Öppen rubrik", by=cast.secretary, on=TODAY, **words)
    meetings.edit_item(item=item, by=cast.secretary, on=TODAY, ground=None)
    lifecycle.start(action=action, by=cast.chair, on=TODAY)

    def told(member: Member) -> list[str]:
        return [line.what for line in cast.browse(member).get(url(action)).context["history"]]

    assert told(cast.member) == ["started"]
    assert told(cast.secretary) == ["started", "changed the words, before: “Hemlig rubrik”"]
