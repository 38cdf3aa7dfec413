"""The pages of the summons in a real browser: for everybody, at 320 px, and without JavaScript where one answers."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.urls import reverse

from bra import links
from meetings import lifecycle
from meetings.models import Answer, SummonsReply
from meetings.summons import REPLY
from tests import make
from tests.cast import Cast
from tests.journeys.looking import look
from tests.make import NOW, TODAY
from tests.meetings.summoning import planned, summoned

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NARROW, WIDE = {"width": 320, "height": 800}, {"width": 1280, "height": 900}


def test_one_answers_at_320_pixels_without_javascript(live_server: Any, cast: Cast, browser: "Browser") -> None:
    meeting = summoned(cast)
    secret = links.make_links([(cast.member, meeting.pk)], REPLY)[cast.member.pk, meeting.pk]
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
    page = context.new_page()
    page.goto(live_server.url + reverse("reply:enter", args=[secret]))
    substitute = page.get_by_label("If a substitute comes: who")
    assert substitute.is_hidden()
    page.get_by_label("A substitute comes for me").check()
    substitute.select_option(label=cast.chair.label)
    page.get_by_role("button", name="Send answer").click()
    page.get_by_text("Thank you. Your answer is recorded.").wait_for()
    assert [(row.answer, row.substitute) for row in SummonsReply.objects.all()] == [(Answer.SUBSTITUTE, cast.chair)]
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Undone: your answer is what it was before.").wait_for()
    assert SummonsReply.objects.count() == 0
    context.close()


def test_the_pages_are_for_everybody(live_server: Any, cast: Cast, page: "Page") -> None:
    draft = planned(cast, date=TODAY + timedelta(days=2), sequence=1)
    out = summoned(cast, sequence=2)
    make.make_item(out)
    off = lifecycle.cancel(meeting=summoned(cast, sequence=3), reason="Snöstorm", by=cast.coordinator, at=NOW)
    lifecycle.answer_summons(
        meeting=out, member=cast.chair, answer=Answer.SUBSTITUTE, substitute_name="Någon Utifrån", at=NOW
    )
    cookie = cast.browse(cast.secretary).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    secret = links.make_links([(cast.member, out.pk)], REPLY)[cast.member.pk, out.pk]
    page.goto(live_server.url + reverse("reply:enter", args=[secret]))
    names = [
        ("detail", draft), ("summon", draft), ("cancel", draft), ("detail", out), ("summon", out), ("answer", out),
        ("cancel", out), ("detail", off),
    ]  # fmt: skip
    addresses = [reverse(f"meetings:{name}", args=[cast.council.slug, meeting.pk]) for name, meeting in names]
    for address in [reverse("reply:page"), *addresses]:
        for size in (NARROW, WIDE):
            page.set_viewport_size(size)
            page.goto(live_server.url + address)
            for fold in page.locator(".summons details").all():
                fold.evaluate("fold => fold.open = true")
            look(page)
