"""The interface tells where a concern about an individual belongs, in the council's own words if it has some."""

import pytest
from django.test import Client

from bra.history import entries_of
from tests.cast import Cast

PAGE = "/granby/installningar/oro/"
USUAL = "Report it to the social services of the municipality."


@pytest.fixture
def browser(cast: Cast) -> Client:
    return cast.browse(cast.coordinator)


def test_the_usual_words_stand_where_one_writes_and_where_the_guard_asks(cast: Cast, browser: Client) -> None:
    for answer in (
        browser.get("/granby/arenden/nytt/"),
        browser.post("/granby/dagordning/ny/", {"title": "701063-2391", "kind": "information"}),
        browser.post("/granby/plan/ny/", {"name": "701063-2391", "starts": "2016-01-01", "ends": "2017-12-31"}),
    ):
        said = answer.content.decode()
        assert [word for word in (USUAL, "112", "114 14", "orosanmälan") if word not in said] == []


def test_a_council_says_it_in_its_own_words(cast: Cast, browser: Client) -> None:
    own = {"contact": "Ring mottagningen, 0370-67 80 00.", "link": "https://www.example.org/oro"}
    assert browser.post(PAGE, own).status_code == 302
    said = browser.get("/granby/arenden/nytt/").content.decode()
    assert own["contact"] in said
    assert f'href="{own["link"]}"' in said
    assert USUAL not in said
    cast.council.refresh_from_db()
    assert [entry.verb for entry in entries_of(cast.council)] == ["council.concern"]


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "ftp//x"])
def test_a_link_is_a_page(cast: Cast, browser: Client, link: str) -> None:
    answer = browser.post(PAGE, {"contact": "", "link": link})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["link"])
