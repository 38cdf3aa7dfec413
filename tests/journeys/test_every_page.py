"""Every page of the demo, as the coordinator sees it: axe finds nothing, nothing scrolls sideways, none is heavy.

What isn't there is looked at in tests/journeys/test_furnished_pages.py, which fails on a page that is in neither.
"""

import gzip
import re
from typing import TYPE_CHECKING

import pytest

from tests.journeys.looking import COUNCIL, log_in, look
from tests.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

pytestmark = [pytest.mark.browser, pytest.mark.service, pytest.mark.xdist_group("stack")]

PAGES = [
    "/",
    "/logg/",
    "/moten/",
    "/moten/nytt/",
    "/moten/serie/",
    "/moten/6/",
    "/moten/7/",
    "/dagordning/",
    "/dagordning/6/andra/",
    "/sekretess/",
    "/sekretess/grunder/",
    "/sekretess/grunder/ny/",
    "/sekretess/grunder/1/andra/",
    "/forslag/",
    "/forslag/nytt/",
    "/moten/7/andra/",
    "/moten/7/kallelse/",
    "/moten/7/stall-in/",
    "/moten/7/narvaro/gast/",
    "/moten/7/narvaro/ledamot/?ledamot=2",
    "/moten/7/justerare/",
    "/moten/6/justering/skicka/",
    "/motesregler/",
    "/beslutsforhet/",
    "/moten/6/diarienummer/",
    "/moten/6/utskick/",
    "/moten/utformning/",
    "/punkter/99/andra/",
    "/punkter/80/historik/",
    "/arenden/",
    "/arenden/nytt/",
    "/arenden/3/",
    "/arenden/3/andra/",
    "/arenden/3/ateroppna/",
    "/arenden/4/",
    "/arenden/4/dela/",
    "/arenden/4/sla-ihop/",
    "/arenden/4/koppla/",
    "/arenden/4/avsluta/",
    "/arenden/7/",
    "/installningar/arenden/",
    "/installningar/oro/",
    "/atgarder/",
    "/atgarder/?overdue=on&sort=-owner",
    "/atgarder/?status=awaits",
    "/atgarder/mina/",
    "/atgarder/12/",
    "/atgarder/12/andra/",
    "/import/",
    "/plan/",
    "/plan/ny/",
    "/plan/1/tavla/",
    "/plan/1/tavla/?efter=state",
    "/plan/1/tidslinje/",
    "/plan/1/innehall/",
    "/plan/1/andra/",
    "/plan/mal/1/andra/",
    "/plan/aktiviteter/6/",
    "/plan/aktiviteter/6/andra/",
    "/plan/indikatorer/10/",
    "/plan/indikatorer/10/andra/",
    "/sok/",
    "/sok/?q=extremism",
    "/sok/?q=klotter&kind=action",
    "/amnen/1/",
    "/kalender/",
    "/rapporter/",
    "/rapporter/automatiska/",
    "/rapporter/automatiska/2/mottagare/",
    "/gallring/",
    "/gallring/regel/?kind=case",
    "/gallring/logg/",
    "/gallring/papperskorg/",
    "/rapporter/historik/",
    "/rapporter/1/ta-bort/",
    "/rapporter/siffror/",
    "/rapporter/siffror/?as_of=2016-12-31",
    "/rapporter/siffror/atgarder/?part=overdue",
    "/utlamnande/",
    "/utlamnande/?state=refused",
    "/utlamnande/ny/",
    "/utlamnande/regler/",
    "/utlamnande/1/",
    "/utlamnande/2/",
    "/utlamnande/2/oppna/",
    "/utlamnande/3/",
    "/utlamnande/3/andra/",
    "/utlamnande/3/avsluta/",
    "/utlamnande/3/avsla/",
    "/utlamnande/3/kopia/",
    "/utlamnande/3/kopia/?document=case-4",
    "/utskick/",
    "/utskick/forhandsvisning/",
    "/utskick/regler/",
    "/utskick/avstamningar/",
    "/ledamoter/",
    "/ledamoter/ny/",
    "/ledamoter/2/",
    "/ledamoter/2/lamna-over/",
    "/ledamoter/2/ta-bort-uppgifter/",
    "/mina-uppgifter/",
]
# Pages of one's own log-in, the same whatever the council.
OWN = [
    "/konto/losenord/",
    "/konto/glomt/",
    "/konto/glomt/skickat/",
    "/konto/nytt/klart/",
    "/konto/inloggningar/",
    "/konto/tvasteg/",
    "/konto/tvasteg/app/",
    "/konto/tvasteg/nycklar/ny/",
    "/konto/bekrafta/",
    "/konto/logga-ut/",
    "/integritet/",
]
ADDRESSES = [f"{COUNCIL}{page}" for page in PAGES] + OWN
HEAVIEST = 60_000  # bytes of HTML, CSS and JS together, compressed


def weight(responses: "list[Response]") -> int:
    """Bytes of the page with its styles and scripts, compressed as a server would."""
    texts = [answer.body() for answer in responses if re.search("html|css|javascript", answer.headers["content-type"])]
    return sum(len(gzip.compress(text)) for text in texts)


@pytest.mark.parametrize(("scheme", "widths"), [("light", [320, 768, 1280]), ("dark", [1280])])
def test_every_page_is_for_everybody(live_stack: Stack, page: "Page", scheme: str, widths: list[int]) -> None:
    page.emulate_media(color_scheme=scheme)
    log_in(page, live_stack, "samordnare")
    for address in ADDRESSES:
        for width in widths:
            page.set_viewport_size({"width": width, "height": 800})
            answer = page.goto(f"{live_stack.url}{address}")
            assert answer is not None
            assert (address, answer.status) == (address, 200)
            look(page)


def test_no_page_is_heavy(live_stack: Stack, page: "Page") -> None:
    log_in(page, live_stack, "samordnare")
    heavy = {}
    for address in ADDRESSES:
        responses: list[Response] = []

        def keep(answer: "Response", kept: "list[Response]" = responses) -> None:
            kept.append(answer)

        page.on("response", keep)
        page.goto(f"{live_stack.url}{address}", wait_until="load")
        page.remove_listener("response", keep)
        heavy[address] = weight([answer for answer in responses if answer.status == 200])
    assert {address: size for address, size in heavy.items() if size > HEAVIEST} == {}
