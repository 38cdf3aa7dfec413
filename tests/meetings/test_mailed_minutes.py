"""Minutes that are mailed: who gets them, what the mail says, and what somebody without a log-in reads."""

import io
import re
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bra import history, post
from bra.errors import RuleBroken
from bra.mail import LogBackend
from bra.models import Council, Letter, LetterState, LoggedMail, Member, Role
from meetings import lifecycle
from meetings.mailing import mailable
from meetings.models import Addendum, Meeting, MeetingState, MinutesLayout, PaperKind
from tests import make
from tests.cast import Cast
from tests.make import TODAY
from tests.meetings.signed import sign

pytestmark = pytest.mark.django_db

SECRET = "Hemlighetsfullt"


def adjourned(cast: Cast, **fields: Any) -> Meeting:
    """A meeting with an open item and a restricted one."""
    fields = {"year": 2017, "sequence": 2, "title": "Om fasaden"} | fields
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED, **fields)
    make.make_item(meeting, title="Klotter vid skolan", notes="- **fasaden** & <taket>\n- gården")
    make.make_item(meeting, title=f"{SECRET} rubrik", notes=f"{SECRET} anteckning", restricted=True)
    return meeting


def deliver(council: Council) -> post.Delivered:
    return post.deliver(council, today=TODAY, clock=timezone.now, connect=LogBackend)


def page_of(cast: Cast, meeting: Meeting) -> str:
    return f"/{cast.council.slug}/moten/{meeting.pk}/utskick/"


def mail_to(member: Member) -> LoggedMail:
    return LoggedMail.objects.get(recipient=member.address)


def open_link(member: Member) -> Client:
    """A browser without log-in that followed the link in the member's mail."""
    found = re.search(r"/protokoll/(\S+)/", mail_to(member).text)
    assert found is not None
    browser = Client()
    answer = browser.get(found[0])
    assert (answer.status_code, answer["Location"]) == (302, "/protokoll/")
    return browser


# To whom


def test_all_who_sit_and_the_outside_owners_are_ticked_and_those_without_address_are_named(cast: Cast) -> None:
    meeting = adjourned(cast)
    silent = make.make_member(cast.council, Role.OWNER, email="")
    make.make_member(cast.council, mandate_to=TODAY - timedelta(days=1))
    context = cast.browse(cast.secretary).get(page_of(cast, meeting)).context
    everybody = {cast.coordinator, cast.chair, cast.secretary, cast.member, cast.owner}
    assert {member.pk for member in everybody} == set(context["form"]["recipients"].initial)
    assert context["without_address"] == [silent]
    assert (
        cast.browse(cast.secretary).get(f"{page_of(cast, meeting)}?valda=inga").context["form"]["recipients"].initial
        == []
    )


def test_minutes_are_mailed_once_per_edition(cast: Cast) -> None:
    meeting = adjourned(cast)
    sign(meeting, cast.secretary)
    browser = cast.browse(cast.secretary)
    chosen = [cast.member.pk, cast.owner.pk]
    assert browser.post(page_of(cast, meeting), {"recipients": chosen}).status_code == 302
    letters = Letter.objects.filter(kind="minutes").order_by("pk")
    assert [(letter.recipient_id, letter.cause, letter.about) for letter in letters] == [
        (pk, f"meeting {meeting.pk} edition 1", meeting.pk) for pk in chosen
    ]
    # Sent twice, by an old page: nothing more goes out, and a person who has got them can't be chosen.
    assert browser.post(page_of(cast, meeting), {"recipients": chosen}).status_code == 422
    assert lifecycle.mail_minutes(meeting=meeting, recipients=[cast.member], by=cast.secretary, on=TODAY) == 0
    assert letters.count() == 2
    waiting = browser.get(page_of(cast, meeting)).context["waiting"]
    assert {member.pk for member in waiting} == {cast.coordinator.pk, cast.chair.pk, cast.secretary.pk}
    entries = [entry for entry in history.entries_of(meeting) if entry.verb == "meeting.minutes_mailed"]
    assert [entry.changes for entry in entries] == [{"mails": [None, 2], "edition": [None, 1]}]
    page = browser.get(f"/granby/moten/{meeting.pk}/").content.decode()
    assert "Mailed edition 1 of the minutes to 2 persons" in page


def test_what_is_not_signed_off_goes_out_only_when_that_is_confirmed_and_again_another_day(cast: Cast) -> None:
    meeting = adjourned(cast)
    browser = cast.browse(cast.secretary)
    answer = browser.post(page_of(cast, meeting), {"recipients": [cast.member.pk]})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["sure"])
    assert answer.context["form"]["recipients"].value() == [str(cast.member.pk)]
    assert not Letter.objects.exists()
    browser.post(page_of(cast, meeting), {"recipients": [cast.member.pk], "sure": "on"})
    assert Letter.objects.get().cause == f"meeting {meeting.pk} draft 2017-03-15"
    deliver(cast.council)
    assert "The minutes aren't signed off yet" in mail_to(cast.member).text
    tomorrow = TODAY + timedelta(days=1)
    assert lifecycle.mail_minutes(meeting=meeting, recipients=[cast.member], by=cast.secretary, on=tomorrow) == 1


def test_the_page_tells_to_whom_and_when_it_went(cast: Cast) -> None:
    meeting = adjourned(cast)
    lifecycle.mail_minutes(meeting=meeting, recipients=[cast.member], by=cast.secretary, on=TODAY)
    deliver(cast.council)
    (mailing,) = cast.browse(cast.secretary).get(page_of(cast, meeting)).context["mailings"]
    assert mailing.what == "Not signed off"
    assert [(letter.recipient, letter.state) for letter in mailing.letters] == [(cast.member, LetterState.SENT)]


@pytest.mark.parametrize("state", [MeetingState.DRAFT, MeetingState.IN_SESSION, MeetingState.CANCELLED])
def test_a_meeting_without_minutes_mails_none(cast: Cast, state: MeetingState) -> None:
    meeting = make.make_meeting(cast.council, state)
    with pytest.raises(RuleBroken):
        lifecycle.mail_minutes(meeting=meeting, recipients=[cast.member], by=cast.secretary, on=TODAY)
    assert cast.browse(cast.secretary).get(page_of(cast, meeting)).status_code == 404


def test_nobody_outside_the_council_can_be_chosen(cast: Cast) -> None:
    meeting = adjourned(cast)
    assert lifecycle.mail_minutes(meeting=meeting, recipients=[cast.stranger], by=cast.secretary, on=TODAY) == 0
    chosen = {"recipients": [cast.stranger.pk], "sure": "on"}
    assert cast.browse(cast.secretary).post(page_of(cast, meeting), chosen).status_code == 422
    assert not Letter.objects.exists()


@pytest.mark.parametrize("people", [1, 3])
def test_the_number_of_queries_does_not_grow(cast: Cast, people: int) -> None:
    meeting = adjourned(cast)
    for _n in range(people):
        make.make_member(cast.council, Role.OWNER)
    owners = list(mailable(cast.council, TODAY).filter(role=Role.OWNER, user=None))
    lifecycle.mail_minutes(meeting=meeting, recipients=owners, by=cast.secretary, on=TODAY)
    letters = list(Letter.objects.select_related("recipient__user"))
    desk = post.Desk(cast.council, TODAY, "", timezone.now())
    with CaptureQueriesContext(connection) as queries:
        written = post.KINDS["minutes"].write(desk, letters)
    assert [one.failure for one in written] == [""] * people
    assert len(queries) == 3


# What the mail says


def test_the_mail_holds_number_day_and_link_and_nothing_of_what_was_said(cast: Cast) -> None:
    meeting = adjourned(cast)
    sign(meeting, cast.secretary)
    lifecycle.mail_minutes(meeting=meeting, recipients=[cast.chair, cast.owner], by=cast.secretary, on=TODAY)
    assert deliver(cast.council).sent == 2
    for mail in LoggedMail.objects.all():
        whole = mail.subject + mail.text + mail.html
        assert mail.subject == "Minutes 2017-2 from BRÅ Granby"
        assert [word for word in ("fasaden", "Klotter", SECRET, "signed off") if word in whole] == []
        assert "15 March 2017" in mail.text
    # Who logs in reads them there; the outside owner, who can't, gets a link of their own.
    assert f"/granby/moten/{meeting.pk}/\n" in mail_to(cast.chair).text
    assert "/protokoll/" not in mail_to(cast.chair).text
    assert "/granby/" not in mail_to(cast.owner).text


def test_a_meeting_taken_back_into_session_mails_nothing(cast: Cast) -> None:
    meeting = adjourned(cast)
    lifecycle.mail_minutes(meeting=meeting, recipients=[cast.owner], by=cast.secretary, on=TODAY)
    lifecycle.reopen_meeting(meeting=meeting, by=cast.coordinator, on=TODAY)
    deliver(cast.council)
    assert [(letter.state, letter.failure) for letter in Letter.objects.all()] == [(LetterState.DROPPED, "closed")]


# What is read without a log-in


def mailed(cast: Cast, meeting: Meeting, member: Member) -> Client:
    lifecycle.mail_minutes(meeting=meeting, recipients=[member], by=cast.secretary, on=TODAY)
    deliver(cast.council)
    return open_link(member)


def test_the_link_opens_the_masked_minutes_even_for_one_who_is_cleared(cast: Cast) -> None:
    meeting = adjourned(cast)
    reader = make.make_member(cast.council, cleared=True)
    browser = mailed(cast, meeting, reader)
    page = browser.get("/protokoll/")
    text = page.content.decode()
    assert [
        part for part in ("Minutes 2017-2", "<b>fasaden</b> &amp; &lt;taket&gt;", "Masked: secrecy") if part not in text
    ] == []
    assert SECRET not in text
    assert "no-store" in page["Cache-Control"]
    content = browser.get("/protokoll/handling.pdf")
    assert content["Content-Disposition"] == 'attachment; filename="protokoll-granby-2017-2-maskad.pdf"'
    words = "".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(content.content)).pages)
    assert ("fasaden" in words, SECRET in words) == (True, False)
    assert browser.get("/protokoll/handling.docx").status_code == 200
    assert [browser.post(path).status_code for path in ("/protokoll/", "/protokoll/handling.pdf")] == [405, 405]


def test_a_link_opens_its_own_meeting_only_while_it_has_minutes(cast: Cast) -> None:
    meeting = adjourned(cast)
    browser = mailed(cast, meeting, cast.owner)
    lifecycle.reopen_meeting(meeting=meeting, by=cast.coordinator, on=TODAY)
    for path in ("", "handling.pdf", "handling.docx"):
        assert browser.get(f"/protokoll/{path}").status_code == 410


@pytest.mark.parametrize("change", [{"mandate_to": TODAY - timedelta(days=1)}, {"email": "annan@example.org"}])
def test_the_link_closes_with_the_mandate_and_with_the_address(cast: Cast, change: dict[str, Any]) -> None:
    browser = mailed(cast, adjourned(cast), cast.owner)
    Member.objects.filter(pk=cast.owner.pk).update(**change)
    assert browser.get("/protokoll/").status_code == 410


def test_without_a_link_there_is_nothing_to_read(cast: Cast) -> None:
    adjourned(cast)
    assert [Client().get(path).status_code for path in ("/protokoll/", "/protokoll/nonsense/")] == [404, 404]
    # A link to the owner's page is another door.
    browser = mailed(cast, Meeting.objects.get(), cast.owner)
    assert browser.get("/ansvarig/").status_code == 404


def test_a_council_that_keeps_notes_reads_notes_everywhere(cast: Cast) -> None:
    MinutesLayout.objects.create(council=cast.council, kind=PaperKind.NOTES)
    meeting = adjourned(cast)
    page = cast.browse(cast.secretary).get(f"/granby/moten/{meeting.pk}/").content.decode()
    assert [word in page for word in ("Meeting notes as PDF", "Meeting notes as a Word file", "Minutes as")] == [
        True,
        True,
        False,
    ]
    browser = mailed(cast, meeting, cast.owner)
    assert mail_to(cast.owner).subject == "Meeting notes 2017-2 from BRÅ Granby"
    assert "aren't approved yet" in mail_to(cast.owner).text
    assert "Not approved" in browser.get("/protokoll/").content.decode()


def queries_of(browser: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(path).status_code == 200
    return len(queries)


def test_the_pages_ask_the_same_number_of_questions_for_one_as_for_three(cast: Cast) -> None:
    meeting = adjourned(cast)
    sign(meeting, cast.secretary)
    secretary, reader = cast.browse(cast.secretary), mailed(cast, meeting, cast.owner)
    paths = [(secretary, page_of(cast, meeting)), (reader, "/protokoll/")]
    reader.get("/protokoll/")  # that the link was opened is logged once
    before = [queries_of(*path) for path in paths]
    for _n in range(2):
        reached = make.make_member(cast.council, Role.OWNER)
        make.make_member(cast.council)
        lifecycle.mail_minutes(meeting=meeting, recipients=[reached], by=cast.secretary, on=TODAY)
        Addendum.objects.create(meeting=meeting, author=reached, on=TODAY, text="Rättat.")
    assert [queries_of(*path) for path in paths] == before


# A new address


def moved(member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(email="ny@example.org")


def test_who_has_a_new_address_gets_the_signed_minutes_there_once(cast: Cast) -> None:
    meeting = adjourned(cast)
    sign(meeting, cast.secretary)
    verb = {"meeting": meeting, "recipients": [cast.owner, cast.member], "by": cast.secretary, "on": TODAY}
    assert lifecycle.mail_minutes(**verb) == 2
    deliver(cast.council)
    moved(cast.owner)
    page = cast.browse(cast.secretary).get(page_of(cast, meeting))
    assert [member in page.context["waiting"] for member in (cast.owner, cast.member)] == [True, False]
    assert page.content.decode().count("has another address now") == 1
    assert [lifecycle.mail_minutes(**verb) for _click in range(2)] == [1, 0]
    assert deliver(cast.council).sent == 1
    owners = LoggedMail.objects.filter(recipient__in=[cast.owner.email, "ny@example.org"]).order_by("pk")
    assert list(owners.values_list("recipient", flat=True)) == [cast.owner.email, "ny@example.org"]
    assert lifecycle.mail_minutes(**verb) == 0
    page = cast.browse(cast.secretary).get(page_of(cast, meeting))
    (mailing,) = page.context["mailings"]
    assert (mailing.what, len(mailing.letters), cast.owner in page.context["waiting"]) == ("Edition 1", 3, False)


def test_the_coordinator_sends_again_from_the_mail_log_what_went_to_an_address_left_since(cast: Cast) -> None:
    meeting = adjourned(cast)
    sign(meeting, cast.secretary)
    lifecycle.mail_minutes(meeting=meeting, recipients=[cast.owner], by=cast.secretary, on=TODAY)
    deliver(cast.council)
    letter = Letter.objects.get()
    detail, again = (f"/granby/utskick/{letter.pk}/{path}" for path in ("", "skicka-igen/"))
    browser = cast.browse(cast.coordinator)
    assert browser.get(detail).context["may_resend"] is False
    browser.post(again)
    assert Letter.objects.count() == 1
    moved(cast.owner)
    page = browser.get(detail)
    assert (page.context["may_resend"], page.context["to_judge"]) == (True, False)
    assert "address is ny@example.org now." in page.content.decode()
    for _click in range(2):
        browser.post(again)
    assert deliver(cast.council).sent == 1
    browser.post(again)
    assert list(Letter.objects.order_by("pk").values_list("address", "cause")) == [
        (cast.owner.email, f"meeting {meeting.pk} edition 1"),
        ("ny@example.org", f"meeting {meeting.pk} edition 1 again 1"),
    ]
    assert open_link(Member.objects.get(pk=cast.owner.pk)).get("/protokoll/").status_code == 200


def test_a_reminder_that_was_sent_is_not_sent_again_to_a_new_address(cast: Cast) -> None:
    sent = {"state": LetterState.SENT, "sent_at": timezone.now(), "address": "gammal@example.org"}
    letter = make.make_letter(cast.owner, **sent)
    with pytest.raises(RuleBroken):
        post.resend(letter=letter, by=cast.coordinator, on=TODAY)
    assert Letter.objects.count() == 1
