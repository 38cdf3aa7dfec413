"""The whole life of one meeting, as three people live it in their browsers: from summons to signed minutes.

The coordinator summons and presides, a member answers by the link in the mail and signs as adjuster, the secretary logs
and loses the connection in mid-note.
"""

import re
from collections.abc import Callable, Iterator
from datetime import time
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from bra import post
from bra.models import Member
from meetings.documents.reading import paper_for
from meetings.models import Attendance, Meeting, MeetingState, SignedMinutes, SummonsReply
from tests import make
from tests.cast import Cast
from tests.make import TODAY

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Seat = Callable[[Member | None], "Page"]


@pytest.fixture
def seat(live_server: Any, browser: "Browser", cast: Cast) -> Iterator[Seat]:
    """A browser of one's own for each who asks: logged in as the member, or as nobody."""
    contexts = []

    def opened(member: Member | None) -> "Page":
        context = browser.new_context(base_url=live_server.url, viewport={"width": 1100, "height": 900})
        context.set_default_timeout(10_000)
        contexts.append(context)
        if member is not None:
            cookie = cast.browse(member).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def test_three_people_take_a_meeting_from_summons_to_signed_minutes(
    cast: Cast, seat: Seat, live_server: Any, mailoutbox: list[Any]
) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.DRAFT, date=TODAY, starts_at=time(13), place="Eken")
    for title in ("Öppnande", "Klotter vid skolan", "Avslutning"):
        make.make_item(meeting, title=title)
    own_page = reverse("meetings:detail", args=[cast.council.slug, meeting.pk])
    coordinator, secretary, adjuster = seat(cast.coordinator), seat(cast.secretary), seat(cast.member)

    # The coordinator summons; the member answers from the mail, without logging in.
    coordinator.goto(own_page)
    coordinator.get_by_role("link", name="Send the summons").click()
    coordinator.get_by_role("button", name="Send the summons").click()
    coordinator.wait_for_url(f"**{own_page}")
    post.deliver(cast.council, today=TODAY, clock=timezone.now)
    [mail] = [mail for mail in mailoutbox if mail.to == [cast.member.email]]
    assert "2. Klotter vid skolan" in mail.body
    link = re.findall(r"https?://[^/]+(/kallelse/[\w-]+/)", mail.body)[0]
    phone = seat(None)
    phone.goto(link)
    phone.get_by_label("I'm coming").check()
    phone.get_by_role("button", name="Send answer").click()
    phone.get_by_role("heading", name="Change your answer").wait_for()
    assert list(SummonsReply.objects.values_list("member", "answer")) == [(cast.member.pk, "yes")]

    # The secretary opens it and logs; in mid-note the connection is lost, and nothing of the note.
    secretary.goto(own_page)
    secretary.get_by_role("button", name="Open the meeting").click()
    secretary.wait_for_url("**/logga/**")
    secretary.goto(f"{secretary.url.split('?')[0]}#attendance")
    for member in (cast.coordinator, cast.secretary, cast.member):
        secretary.locator(f"#seat-{member.pk}-present").check()
    secretary.locator(f"#seat-{cast.chair.pk}-absent").check()
    secretary.locator("#present-sum", has_text="3 of 4").wait_for()
    secretary.locator("#agenda").get_by_role("link", name=re.compile("Klotter vid skolan")).click()
    secretary.get_by_role("heading", name="2 Klotter vid skolan").wait_for()
    notes = secretary.locator("textarea[name=notes]")
    notes.fill("Skolan berättar")
    secretary.locator("#save[data-state=saved]").wait_for()
    secretary.context.set_offline(True)
    notes.press_sequentially(" om klottret.")
    secretary.locator("#save[data-state=failed]").wait_for()
    secretary.context.set_offline(False)
    secretary.locator("#save[data-state=saved]").wait_for()
    secretary.fill("#item textarea[name=text]", "Väggen saneras.")
    secretary.keyboard.press("Control+Enter")
    secretary.locator(".decision", has_text="§ 1").wait_for()
    secretary.get_by_text("Adjourn the meeting").first.click()
    secretary.get_by_role("button", name=re.compile("Adjourn")).last.click()
    secretary.wait_for_url(re.compile(r"/moten/\d+/$"))
    assert Attendance.objects.filter(meeting=meeting, status="present").count() == 3

    # She sends the minutes to the coordinator, who presided, and to the member as adjuster.
    secretary.get_by_role("link", name="Send for signing off").click()
    secretary.get_by_role("checkbox", name=re.compile("Lisa Ledamot")).check()
    secretary.get_by_label("Who was in the chair").select_option(str(cast.coordinator.pk))
    secretary.get_by_role("button", name=re.compile("Send")).click()
    secretary.wait_for_url(re.compile(r"/moten/\d+/$"))

    # The adjuster finds a word that is wrong and sends them back; the secretary mends it and sends anew.
    adjuster.goto(reverse("home", args=[cast.council.slug]))
    adjuster.get_by_role("link", name=re.compile("waits for your signature")).click()
    adjuster.get_by_text("Skolan berättar om klottret.").wait_for()
    adjuster.get_by_text("Send it back with a reason").click()
    adjuster.get_by_label("Reason").fill("Fasaden, inte väggen.")
    adjuster.get_by_role("button", name="Send it back").click()
    secretary.goto(own_page)
    secretary.get_by_text("Fasaden, inte väggen.").wait_for()
    secretary.locator(".decision").get_by_role("link", name="Edit § 1").click()
    secretary.locator("textarea[name=text]").first.fill("Fasaden saneras.")
    secretary.get_by_role("button", name="Save").first.click()
    secretary.locator(".decision", has_text="Fasaden saneras.").wait_for()
    secretary.get_by_role("link", name="Send for signing off").click()
    secretary.get_by_label("Who was in the chair").select_option(str(cast.coordinator.pk))
    secretary.get_by_role("button", name=re.compile("Send")).click()
    secretary.wait_for_url(re.compile(r"/moten/\d+/$"))
    for page in (adjuster, coordinator):
        page.goto(own_page)
        page.get_by_role("link", name="Read and sign").click()
        page.get_by_role("button", name="Sign", exact=True).click()
        page.wait_for_url(re.compile(r"/moten/\d+/$"))

    # Signed: the text is frozen with its checksum, and a correction is an addendum beside it.
    signed = SignedMinutes.objects.get()
    assert Meeting.objects.get().state == MeetingState.SIGNED
    coordinator.get_by_text(signed.sha256).wait_for()
    coordinator.get_by_text("intact").wait_for()
    assert secretary.goto(own_page) is not None
    assert secretary.get_by_role("link", name="Edit § 1").count() == 0
    secretary.get_by_role("link", name="Write an addendum").click()
    secretary.get_by_label("Addendum").fill("Saneringen gjordes den 20 mars.")
    secretary.get_by_role("button", name=re.compile("addendum", re.I)).click()
    secretary.get_by_text("Saneringen gjordes den 20 mars.").wait_for()
    paper = paper_for(Meeting.objects.get(), cast.member)
    [ruling] = paper.points[1].rulings
    assert (ruling.number, ruling.text) == ("§ 1", ("Fasaden saneras.",))
    assert SignedMinutes.objects.get().sha256 == signed.sha256
