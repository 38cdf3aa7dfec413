"""Answering a summons: by the link in the mail without log-in, and on the meeting's page."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bra import links, post
from bra.history import entries_of
from bra.mail import LogBackend
from bra.models import LoggedMail, Member
from meetings import lifecycle
from meetings.models import Answer, Attendance, Meeting, MeetingState, SummonsReply
from meetings.summons import REPLY
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY
from tests.meetings.summoning import OPEN, planned, summoned
from tests.meetings.test_meeting_pages import queries

pytestmark = pytest.mark.django_db

PAGE, ANSWER, UNDO = "/kallelse/", "/kallelse/svar/", "/kallelse/angra/"


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    return summoned(cast)


def enter(member: Member, meeting: Meeting, client: Client | None = None) -> Client:
    """A browser in which the member has followed the link of a summons."""
    client = client or Client()
    secret = links.make_links([(member, meeting.pk)], REPLY)[member.pk, meeting.pk]
    assert client.get(reverse("reply:enter", args=[secret])).status_code == 302
    return client


def said(meeting: Meeting, member: Member, what: str, **rest: Any) -> dict[str, Any]:
    return {"answer": what, "whose": f"{meeting.pk}-{member.pk}"} | rest


def standing() -> list[tuple[str, str, str]]:
    return [(row.member.name, row.answer, row.substitute_label) for row in SummonsReply.objects.order_by("pk")]


def test_the_link_of_the_mail_leads_to_a_clean_address_that_shows_what_the_mail_said(
    cast: Cast, meeting: Meeting
) -> None:
    post.deliver(cast.council, today=TODAY, clock=timezone.now, connect=LogBackend)
    mail = LoggedMail.objects.get(recipient=cast.chair.email)
    [path] = re.findall(r"http://127\.0\.0\.1:8000(/kallelse/[\w-]+/)", mail.text)
    client = Client()
    first = client.get(path)
    assert (first.status_code, first["Location"], first["Referrer-Policy"]) == (302, PAGE, "no-referrer")
    page = client.get(PAGE)
    text = page.content.decode()
    # The chair is cleared, but a link proves less than a log-in.
    assert [(line.position, line.title) for line in page.context["agenda"]] == [(1, OPEN), (2, "Item under secrecy")]
    assert ("Hemlig" in text, "Kommunhuset" in text, "2017-7" in text) == (False, True, True)
    assert ("no-store" in page["Cache-Control"], path.split("/")[2] in text) == (True, False)
    # Nobody has logged in, so no menu leads to pages that ask for it.
    assert 'class="nav"' not in text
    labels = re.findall(r'type="radio" name="answer" value="(\w+)"', text)
    assert labels == ["yes", "no", "substitute"]
    assert "checked" not in text.split('name="answer"')[1].split("</fieldset>")[0]


def test_looking_changes_nothing_and_nor_does_an_answer_without_a_choice(cast: Cast, meeting: Meeting) -> None:
    client = enter(cast.member, meeting)
    before = entries_of(meeting).count()
    assert [client.get(PAGE).status_code, client.head(PAGE).status_code] == [200, 200]
    assert [client.get(url).status_code for url in (ANSWER, UNDO)] == [405, 405]
    empty = client.post(ANSWER, said(meeting, cast.member, ""))
    assert (empty.status_code, "Choose an answer. Nothing has been changed." in empty.content.decode()) == (422, True)
    assert (standing(), Attendance.objects.count(), entries_of(meeting).count()) == ([], 0, before)


def test_an_answer_is_recorded_changed_and_undone(cast: Cast, meeting: Meeting) -> None:
    client = enter(cast.member, meeting)
    answered = client.post(ANSWER, said(meeting, cast.member, "no"))
    assert (answered.status_code, answered["Location"], standing()) == (302, PAGE, [("Lisa Ledamot", "no", "")])
    assert Attendance.objects.get().member == cast.member
    client.post(ANSWER, said(meeting, cast.member, "substitute", substitute=cast.chair.pk))
    assert standing() == [("Lisa Ledamot", "substitute", "Olle Ordförande")]
    assert client.get(PAGE).context["undoable"] is True
    client.post(UNDO)
    assert standing() == [("Lisa Ledamot", "no", "")]
    # What is undone once isn't undone twice.
    client.post(UNDO)
    assert (standing(), client.get(PAGE).context["undoable"]) == ([("Lisa Ledamot", "no", "")], False)


def test_the_first_answer_is_undone_to_none(cast: Cast, meeting: Meeting) -> None:
    client = enter(cast.member, meeting)
    client.post(ANSWER, said(meeting, cast.member, "no"))
    client.post(UNDO)
    assert (standing(), Attendance.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"substitute_name": "Person 19821105-9954"}, "substitute_name"),
        ({"substitute_name": "x" * 121}, "substitute_name"),
        ({"substitute": "{own}"}, "substitute"),
        ({"substitute": "{foreign}"}, "substitute"),
        ({"substitute": "{chair}", "substitute_name": "Någon"}, "substitute_name"),
        ({"whose": "1-1"}, "__all__"),
    ],
)
def test_a_wrong_answer_is_shown_again_and_changes_nothing(
    cast: Cast, meeting: Meeting, more: dict[str, str], field: str
) -> None:
    known = {"own": cast.member.pk, "foreign": cast.stranger.pk, "chair": cast.chair.pk}
    data = said(meeting, cast.member, "substitute") | {name: value.format(**known) for name, value in more.items()}
    response = enter(cast.member, meeting).post(ANSWER, data)
    assert (response.status_code, list(response.context["form"].errors), standing()) == (422, [field], [])
    if "substitute_name" in more:
        assert more["substitute_name"] in response.content.decode()


def test_a_page_left_open_in_another_tab_answers_nothing_for_somebody_else(cast: Cast, meeting: Meeting) -> None:
    client = enter(cast.member, meeting)
    old = said(meeting, cast.member, "no")
    enter(cast.chair, meeting, client)
    assert (client.post(ANSWER, old).status_code, standing()) == (422, [])
    other = summoned(cast, sequence=8, date=meeting.date + timedelta(days=7))
    enter(cast.member, other, client)
    assert (client.post(ANSWER, old).status_code, standing()) == (422, [])


def test_another_link_does_not_undo_what_the_first_answered(cast: Cast, meeting: Meeting) -> None:
    client = enter(cast.member, meeting)
    client.post(ANSWER, said(meeting, cast.member, "no"))
    enter(cast.chair, meeting, client)
    client.post(UNDO)
    assert standing() == [("Lisa Ledamot", "no", "")]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("in_session", "The meeting has begun"),
        ("adjourned", "The meeting has been held"),
        ("cancelled", "The meeting is cancelled."),
    ],
)
def test_afterwards_a_kind_page_tells_why(cast: Cast, meeting: Meeting, state: MeetingState, words: str) -> None:
    client = enter(cast.member, meeting)
    Meeting.objects.filter(pk=meeting.pk).update(
        state=state, opened_at=NOW, cancelled_because="Snöstorm" if state == "cancelled" else ""
    )
    page = client.get(PAGE)
    assert (page.status_code, words in page.content.decode(), 'name="answer"' in page.content.decode()) == (
        200,
        True,
        False,
    )
    late = client.post(ANSWER, said(meeting, cast.member, "no"))
    assert (late.status_code, words in late.content.decode(), standing()) == (422, True, [])


def test_the_door_is_shut_for_a_wrong_or_old_link_another_purpose_and_an_ended_mandate(
    cast: Cast, meeting: Meeting
) -> None:
    secret = links.make_links([(cast.member, meeting.pk)], "owner")[cast.member.pk, meeting.pk]
    assert Client().get(f"{PAGE}{secret}/").status_code == 404
    assert [Client().get(PAGE).status_code, Client().post(ANSWER).status_code] == [404, 404]
    client = enter(cast.member, meeting)
    with time_machine.travel(timezone.now() + timedelta(hours=3), tick=False):
        assert client.get(PAGE).status_code == 410
    Member.objects.filter(pk=cast.member.pk).update(mandate_to=TODAY - timedelta(days=1))
    assert client.get(PAGE).status_code == 410


def test_a_name_that_was_typed_for_too_long_is_not_lost(cast: Cast, meeting: Meeting) -> None:
    client = enter(cast.member, meeting)
    with time_machine.travel(timezone.now() + timedelta(hours=3), tick=False):
        late = client.post(ANSWER, said(meeting, cast.member, "substitute", substitute_name="Åsa <Vikarie>"))
    assert (late.status_code, standing()) == (410, [])
    assert '<p class="verbatim">Åsa &lt;Vikarie&gt;</p>' in late.text


def test_a_link_opens_its_own_meeting_and_none_of_another_council(cast: Cast, meeting: Meeting) -> None:
    foreign = make.make_meeting(cast.stranger.council, MeetingState.DRAFT)
    assert enter(cast.member, foreign).get(PAGE).status_code == 404
    assert enter(cast.owner, meeting).get(PAGE).status_code == 404


# On the pages behind the log-in


def address(cast: Cast, name: str, meeting: Meeting) -> str:
    return reverse(f"meetings:{name}", args=[cast.council.slug, meeting.pk])


def words(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_a_member_who_logs_in_answers_on_the_meetings_page_and_undoes_it(cast: Cast, meeting: Meeting) -> None:
    client = cast.browse(cast.member)
    page = client.get(address(cast, "detail", meeting)).content.decode()
    assert (address(cast, "answer", meeting) in page, address(cast, "summon", meeting) in page) == (True, False)
    assert client.post(address(cast, "answer", meeting), {"answer": ""}).status_code == 422
    answered = client.post(address(cast, "answer", meeting), said(meeting, cast.member, "no"))
    assert (words(answered), standing()) == (["Your answer is recorded."], [("Lisa Ledamot", "no", "")])
    client.post(address(cast, "answer_undo", meeting))
    assert standing() == []


def test_the_summons_is_shown_before_it_is_sent(cast: Cast) -> None:
    meeting = planned(cast, date=TODAY + timedelta(days=3))
    make.make_member(cast.council, email="", name="Utan Adress")
    client = cast.browse(cast.secretary)
    warning = "Only 3 days are left until the meeting."
    assert warning in client.get(address(cast, "detail", meeting)).content.decode()
    page = client.get(address(cast, "summon", meeting))
    text = page.content.decode()
    assert [member.name for member in page.context["reach"].without_address] == ["Utan Adress"]
    assert (warning in text, "Item under secrecy" in text, "Hemlig" in text, "4 members get it" in text) == (
        True,
        True,
        False,
        True,
    )
    sent = client.post(address(cast, "summon", meeting))
    assert words(sent)[0].startswith("The summons goes to 4 members.")
    assert words(client.post(address(cast, "summon", meeting)))[-1] == "The summons has been sent already."
    make.make_item(meeting)
    again = client.post(address(cast, "summon", meeting), {"sequence": "0"})
    assert words(again)[-1].startswith("The summons goes to 4 members.")
    late = client.post(address(cast, "summon", meeting), {"sequence": "0"})
    assert words(late)[-1] == "Somebody else has sent the changed summons meanwhile. It isn't sent twice."
    text = client.get(address(cast, "detail", meeting)).content.decode()
    assert ("Summoned on" in text, "The answers" in text) == (True, True)


def test_a_meeting_is_cancelled_with_a_reason_and_held_after_all(cast: Cast, meeting: Meeting) -> None:
    client = cast.browse(cast.coordinator)
    url = address(cast, "cancel", meeting)
    assert "4 members are told by mail" in client.get(url).content.decode()
    assert [client.post(url, {"reason": reason}).status_code for reason in ("", "Om 19821105-9954")] == [422, 422]
    done = client.post(url, {"reason": "Snöstorm"})
    assert words(done)[0].startswith("Meeting 2017-7 is cancelled. Those summoned are told by mail.")
    page = client.get(address(cast, "detail", meeting))
    text = page.content.decode()
    assert ("Snöstorm" in text, f'action="{address(cast, "uncancel", meeting)}"' in text, OPEN in text) == (
        True,
        True,
        True,
    )
    assert address(cast, "item_add", meeting) not in text
    back = client.post(address(cast, "uncancel", meeting))
    assert words(back)[-1].startswith("Meeting 2017-7 is held after all. Those summoned get a new summons.")
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.SUMMONED


def test_the_meetings_page_takes_as_many_queries_for_three_answers_as_for_one(cast: Cast, meeting: Meeting) -> None:
    client = cast.browse(cast.coordinator)

    def answered(member: Member) -> int:
        lifecycle.answer_summons(
            meeting=meeting, member=member, answer=Answer.SUBSTITUTE, substitute_name="Någon", at=NOW
        )
        return queries(client, address(cast, "detail", meeting))

    client.get(address(cast, "detail", meeting))  # that the restricted item was read is logged once a day
    one = answered(cast.member)
    answered(cast.chair)
    assert answered(cast.secretary) == one
