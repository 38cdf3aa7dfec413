"""A summons that goes out again, or to nobody for want of an address; and what a new time clears."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from bra import post
from bra.errors import RuleBroken
from bra.history import entries_of
from bra.models import Letter, LetterState, Member
from meetings import lifecycle
from meetings.models import AgendaItem, Answer, Meeting, SummonsReply
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY
from tests.meetings.summoning import DAY, replanned, summoned
from tests.meetings.test_summons import answer, fresh

pytestmark = pytest.mark.django_db


def test_the_mail_log_says_who_was_not_mailed_for_want_of_an_address_and_nothing_tries(cast: Cast) -> None:
    member = make.make_member(cast.council, email="", name="Utan Adress")
    summoned(cast)
    letter = Letter.objects.get(recipient=member)
    for day in range(2):
        done = post.deliver(cast.council, today=TODAY + timedelta(days=day), clock=timezone.now)
        assert done == (post.Delivered() if day else post.Delivered(sent=4))
    browser = cast.browse(cast.coordinator)
    page = browser.get(f"/granby/utskick/?state={LetterState.DROPPED}")
    assert [(row.recipient, failure) for row, _kind, failure in page.context["rows"]] == [
        (member, "The recipient had no e-mail address, so nothing was sent.")
    ]
    assert (fresh(letter).state, letter.attempts, letter.sent_at, letter.address) == (LetterState.DROPPED, 0, None, "")
    # Nobody is to decide anything; but once there is an address, a person may send it.
    assert page.context["to_judge"] == 0
    again = f"/granby/utskick/{letter.pk}/skicka-igen/"
    browser.post(again)
    assert fresh(letter).state == LetterState.DROPPED
    Member.objects.filter(pk=member.pk).update(email="utan@example.org")
    for _click in range(2):
        browser.post(again)
    assert post.deliver(cast.council, today=TODAY, clock=timezone.now) == post.Delivered(sent=1)
    assert (fresh(letter).state, letter.address) == (LetterState.SENT, "utan@example.org")


def test_what_is_posted_again_for_the_same_cause_reaches_who_has_an_address_since(cast: Cast) -> None:
    member = make.make_member(cast.council, email="")
    what: dict[str, Any] = {"council": cast.council, "kind": "summons", "cause": "x", "on": TODAY}
    assert post.post(recipients=[member, cast.member], **what) == 1
    Member.objects.filter(pk=member.pk).update(email="utan@example.org")
    recipients = list(Member.objects.filter(pk__in=[member.pk, cast.member.pk]))
    assert [post.post(recipients=recipients, **what) for _time in range(2)] == [1, 0]
    assert list(Letter.objects.values_list("state", flat=True)) == [LetterState.PENDING] * 2


NOTHING = "Nothing has changed since the summons was sent, and everybody with an address has got it."


def again(cast: Cast, meeting: Meeting) -> str:
    """What sending it again says; "" when it goes out."""
    try:
        lifecycle.summon_again(meeting=meeting, sequence=fresh(meeting).summons_sequence, by=cast.secretary, at=NOW)
    except RuleBroken as error:
        return error.sentence
    return ""


def test_an_agenda_that_reads_as_it_was_sent_is_not_sent_again(cast: Cast) -> None:
    meeting = summoned(cast)
    open_item, secret = meeting.items.order_by("position")
    browser = cast.browse(cast.secretary)
    pages = [f"/granby/moten/{meeting.pk}/", f"/granby/moten/{meeting.pk}/kallelse/"]

    def offered() -> tuple[bool, int]:
        shown, asked = (browser.get(page) for page in pages)
        return pages[1] in shown.content.decode(), asked.status_code

    assert (offered(), again(cast, meeting)) == ((False, 302), NOTHING)
    # What stands behind a lock doesn't stand in the mail, so no change of it does.
    AgendaItem.objects.filter(pk=secret.pk).update(title="Annan hemlighet", minutes_planned=5, presenter="Någon")
    assert (offered(), again(cast, meeting)) == ((False, 302), NOTHING)
    AgendaItem.objects.filter(pk=open_item.pk).update(title="Ny rubrik")
    assert offered() == (True, 200)
    AgendaItem.objects.filter(pk=open_item.pk).update(title=open_item.title)
    assert offered() == (False, 302)
    AgendaItem.objects.filter(pk=open_item.pk).update(**make.lock_of(cast.council))
    assert (offered(), again(cast, meeting)) == ((True, 200), "")
    assert (offered(), again(cast, meeting)) == ((False, 302), NOTHING)
    # A new place was told with the agenda as it was then.
    AgendaItem.objects.filter(pk=open_item.pk).update(minutes_planned=40, **make.OPEN)
    replanned(cast, fresh(meeting), place="Biblioteket")
    assert (offered(), again(cast, meeting)) == ((False, 302), NOTHING)


def test_who_has_not_got_the_unchanged_summons_gets_it_alone_and_once(cast: Cast) -> None:
    meeting = summoned(cast)
    post.deliver(cast.council, today=TODAY, clock=timezone.now)
    new = make.make_member(cast.council, name="Ny Ledamot")
    Member.objects.filter(pk=cast.chair.pk).update(email="ny@example.org")
    browser = cast.browse(cast.secretary)
    path = f"/granby/moten/{meeting.pk}/kallelse/"
    shown = browser.get(path)
    assert [member.pk for member in shown.context["reached"]] == [new.pk, cast.chair.pk]
    html = browser.get(f"/granby/moten/{meeting.pk}/").content.decode()
    assert "Send the summons to 2 who haven't got it" in html
    for _click in range(2):
        browser.post(path, {"sequence": "0"})
    assert list(Letter.objects.waiting().order_by("pk").values_list("recipient", "cause")) == [
        (new.pk, f"meeting {meeting.pk} 0"),
        (cast.chair.pk, f"meeting {meeting.pk} 0 again 1"),
    ]
    assert post.deliver(cast.council, today=TODAY, clock=timezone.now) == post.Delivered(sent=2)
    assert [entry.verb for entry in entries_of(meeting)] == ["meeting.summoned", "meeting.summoned_more"]
    assert fresh(meeting).summons_sequence == 0


@pytest.mark.parametrize("answers", [0, 1, 2])
def test_the_page_of_a_new_time_says_that_answers_are_cleared(cast: Cast, answers: int) -> None:
    meeting = summoned(cast)
    for member in (cast.chair, cast.member)[:answers]:
        answer(meeting, member, Answer.YES)
    browser = cast.browse(cast.secretary)
    path = f"/granby/moten/{meeting.pk}/andra/"
    warning = {
        0: "",
        1: "A new day or hour clears the 1 answer given, and everybody is asked anew. A new place leaves it.",
        2: "A new day or hour clears the 2 answers given, and everybody is asked anew. A new place leaves them.",
    }[answers]
    html = browser.get(path).content.decode()
    assert (warning in html, "A new day or hour clears" in html) == (True, answers > 0)
    plan = {"date": f"{DAY}", "starts_at": f"{meeting.starts_at:%H:%M}", "ends_at": "15:30", "title": ""}
    said = ["The meeting is changed.", "Those summoned are told by mail."]
    cleared = {
        0: [],
        1: ["1 answer is cleared: everybody is asked anew."],
        2: ["2 answers are cleared: everybody is asked anew."],
    }[answers]
    new_place = {"place": "Biblioteket"}
    for new, expected in ((new_place, said), (new_place | {"starts_at": "12:00"}, [*said, *cleared])):
        page = browser.post(path, plan | new, follow=True)
        assert [str(message) for message in page.context["messages"]] == expected
    assert SummonsReply.objects.count() == 0
