"""Search: what is found, in which form, by whom, and what the page shows of it."""

import html
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from actions import lifecycle as actions_lifecycle
from bra.models import Member
from finding.snippets import LENGTH, marked, snippet
from meetings import lifecycle
from meetings.models import Decision, MeetingState
from tests import make
from tests.cast import Cast
from tests.make import TODAY

URL = "/granby/sok/"


def found(browser: Client, **query: Any) -> dict[str, list[str]]:
    """What the page shows: kind -> the titles of its hits, without marks."""
    groups = browser.get(URL, query).context["groups"]
    return {
        group.kind.name: [html.unescape(re.sub("<[^>]+>", "", hit.title)) for hit in group.hits] for group in groups
    }


@pytest.fixture
def member(cast: Cast) -> Client:
    return cast.browse(cast.member)


def test_it_finds_titles_notes_decisions_actions_and_cases(cast: Cast, member: Client) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED)
    by_title = make.make_item(meeting, title="Klottret vid skolan")
    by_notes = make.make_item(meeting, title="Övrigt", notes="Mer om skolorna.")
    Decision.objects.create(council=cast.council, item=by_notes, text="Skolornas rektorer bjuds in.")
    make.make_action(agenda_item=by_title, title="Måla om skolgården")
    make.make_action(agenda_item=by_title, title="Ringa", effect="Förskolan svarade.")
    make.make_case(cast.council, title="Trygg skola", registry_number="BRÅ 2016/901")
    make.make_case(cast.council, title="Annat", situation="Flera skolor är berörda.", registry_number="BRÅ 2016/902")
    make.make_item(meeting, title="Budget")
    assert found(member, q="SKOLA") == {
        "item": ["Klottret vid skolan", "Övrigt"],
        "decision": ["Övrigt"],
        "action": ["Ringa", "Måla om skolgården"],
        "case": ["BRÅ 2016/902 Annat", "BRÅ 2016/901 Trygg skola"],
    }


def test_all_words_must_be_there_and_wildcards_are_letters(cast: Cast, member: Client) -> None:
    make.make_case(cast.council, title="Åtgärder mot klotter", registry_number="A 1")
    make.make_case(cast.council, title="Åtgärder mot flyers", registry_number="A 2")
    assert found(member, q="klotter åtgärden") == {"case": ["A 1 Åtgärder mot klotter"]}
    assert found(member, q="atgard") == {}
    assert found(member, q="åtg____") == {}


def test_what_a_verb_writes_is_found_at_once(cast: Cast, member: Client) -> None:
    item = make.make_item(make.make_meeting(cast.council), title="Punkt")
    by = {"by": cast.secretary, "on": TODAY}
    lifecycle.save_notes(item=item, text="Dekaler på lyktstolparna", version=0, **by)
    assert found(member, q="dekal") == {"item": ["Punkt"]}
    item.refresh_from_db()
    lifecycle.save_notes(item=item, text="Ingenting", version=1, **by)
    assert found(member, q="dekal") == {}
    decision = lifecycle.record_decision(item=item, text="Staket byggs", **by)
    assert found(member, q="staketen") == {"decision": ["Punkt"]}
    lifecycle.remove_decision(decision=decision, **by)
    assert found(member, q="staketen") == {}
    action = make.make_action(agenda_item=item, title="Lampor")
    assert found(member, q="lampa") == {"action": ["Lampor"]}
    actions_lifecycle.remove(action=action, **by)
    assert found(member, q="lampa") == {}


def test_restricted_matter_is_not_there_for_the_uncleared(cast: Cast, member: Client) -> None:
    item = make.make_item(make.make_meeting(cast.council), title="Hemlig punkt", notes="Hemligt", restricted=True)
    Decision.objects.create(council=cast.council, item=item, text="Hemligt beslut")
    make.make_action(agenda_item=item, title="Hemlig åtgärd", owner=cast.chair)
    make.make_case(cast.council, title="Hemligt ärende", registry_number="H 1", restricted=True)
    assert found(member, q="hemlig") == {}
    assert "Hemlig" not in member.get(URL, {"q": "hemligt", "kind": "item"}).content.decode()
    assert found(cast.browse(cast.chair), q="hemlig") == {
        "item": ["Hemlig punkt"],
        "decision": ["Hemlig punkt"],
        "action": ["Hemlig åtgärd"],
        "case": ["H 1 Hemligt ärende"],
    }
    Member.objects.filter(pk=cast.chair.pk).update(cleared=False)
    assert found(cast.browse(cast.chair), q="hemlig") == {}


def test_another_councils_words_are_not_there(cast: Cast, member: Client) -> None:
    item = make.make_item(make.make_meeting(cast.stranger.council), title="Lyktstolpe")
    Decision.objects.create(council=cast.stranger.council, item=item, text="Lyktstolpen målas")
    make.make_action(agenda_item=item, title="Lyktstolpar")
    make.make_case(cast.stranger.council, title="Lyktstolpar")
    assert found(member, q="lyktstolpe") == {}
    topic = make.make_topic(cast.stranger.council, name="Deras ämne")
    answer = member.get(URL, {"q": "lyktstolpe", "topic": topic.pk})
    assert (answer.status_code, "Deras" in answer.content.decode()) == (422, False)


def test_it_is_narrowed_by_kind_year_and_topic(cast: Cast, member: Client) -> None:
    topic = make.make_topic(cast.council, name="Ljus")
    old = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=date(2016, 5, 2))
    new = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=date(2017, 1, 9))
    first = make.make_item(old, title="Lampa 2016", topics=[topic])
    make.make_item(new, title="Lampa 2017")
    make.make_action(agenda_item=first, title="Byta lampa")
    make.make_case(cast.council, title="Lampor", registry_number="L 1", topics=[topic], opened_on=date(2017, 1, 9))
    assert found(member, q="lampa") == {
        "item": ["Lampa 2017", "Lampa 2016"], "action": ["Byta lampa"], "case": ["L 1 Lampor"]
    }  # fmt: skip
    assert found(member, q="lampa", kind="item") == {"item": ["Lampa 2017", "Lampa 2016"]}
    assert found(member, q="lampa", year=2016) == {"item": ["Lampa 2016"], "action": ["Byta lampa"]}
    assert found(member, q="lampa", year=2017, topic=topic.pk) == {"case": ["L 1 Lampor"]}
    assert found(member, q="lampa", topic=topic.pk) == {
        "item": ["Lampa 2016"], "action": ["Byta lampa"], "case": ["L 1 Lampor"]
    }  # fmt: skip


def test_a_topic_that_is_named_is_offered(cast: Cast, member: Client) -> None:
    make.make_topic(cast.council, name="Klotter")
    topic = make.make_topic(cast.council, name="Våldsbejakande extremism", extremism=True)
    page = member.get(URL, {"q": "extremismen"})
    assert page.context["topics_found"] == [topic]
    assert f'href="/granby/amnen/{topic.pk}/"' in page.content.decode()


def test_of_each_kind_five_are_shown_and_one_kind_is_paged(cast: Cast, member: Client) -> None:
    meeting = make.make_meeting(cast.council)
    for number in range(28):
        make.make_item(meeting, title=f"Lampa nummer{number:02}")
    (group,) = member.get(URL, {"q": "lampa"}).context["groups"]
    assert (group.number, len(group.hits)) == (28, 5)
    pages = [found(member, q="lampa", kind="item", page=page)["item"] for page in (1, 2)]
    assert [len(page) for page in pages] == [25, 3]
    assert sorted(pages[0] + pages[1]) == [f"Lampa nummer{number:02}" for number in range(28)]


@pytest.mark.parametrize("query", [{"q": "lampa"}, {"q": "lampa", "kind": "action"}])
def test_the_number_of_queries_is_the_same_for_one_and_thirty_rows(
    cast: Cast, member: Client, django_assert_max_num_queries: Callable[..., Any], query: dict[str, str]
) -> None:
    def add() -> None:
        item = make.make_item(meeting, title="Lampa", topics=[make.make_topic(cast.council)])
        Decision.objects.create(council=cast.council, item=item, text="Lampa")
        make.make_action(agenda_item=item, title="Lampa")
        make.make_case(cast.council, title="Lampa")

    def cost() -> int:
        with django_assert_max_num_queries(16) as caught:
            member.get(URL, query)
        return len(caught)

    meeting = make.make_meeting(cast.council)
    for _ in range(7):
        add()
    few = cost()
    for _ in range(23):
        add()
    assert cost() == few


def test_a_snippet_is_escaped_short_and_marks_the_words() -> None:
    assert marked('<b>Skolan</b> & "skolor"', ["skol"]) == (
        "&lt;b&gt;<mark>Skolan</mark>&lt;/b&gt; &amp; &quot;<mark>skolor</mark>&quot;"
    )
    text = "ord " * 100 + "<i>klotter</i> " + "slut " * 100
    piece = snippet(text, ["klott"])
    assert "&lt;i&gt;<mark>klotter</mark>&lt;/i&gt;" in piece
    assert (piece[:2], piece[-2:]) == ("… ", " …")
    assert len(html.unescape(re.sub("</?mark>", "", piece))) <= LENGTH + 4
    assert snippet("x" * 10_000, ["y"]) == "x" * LENGTH + " …"
    assert snippet("", ["y"]) == ""


def test_script_in_a_field_and_in_the_question_is_text(cast: Cast, member: Client) -> None:
    make.make_item(make.make_meeting(cast.council), title="<script>alert(1)</script>", notes="<img src=x onerror=y>")
    page = member.get(URL, {"q": "<script>alert"}).content.decode()
    assert "&lt;<mark>script</mark>&gt;" in page
    assert "<script>alert" not in page
    assert "<img" not in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"q": "701063-2391"}, "No person is searched for here."),
        ({"q": "§ – !"}, "Write a word to search for."),
        ({"q": " ".join(f"ord{n}x" for n in range(13))}, "Search for fewer words, at most 12."),
        ({"q": "x" * 201}, "at most 200 characters"),
        ({"q": "a", "year": "då"}, "Select a valid choice"),
        ({"q": "a", "kind": "person"}, "Select a valid choice"),
        ({"q": "", "year": "2017"}, "This field is required"),
    ],
)
def test_a_question_that_cannot_be_answered_is_said_at_its_field(
    cast: Cast, member: Client, query: dict[str, str], sentence: str
) -> None:
    make.make_meeting(cast.council)
    answer = member.get(URL, query)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_a_page_without_a_question_teaches_and_names_the_topics(cast: Cast, member: Client) -> None:
    topic = make.make_topic(cast.council)
    page = member.get(URL)
    assert (page.status_code, list(page.context["topics"])) == (200, [topic])
    assert "Nothing found" in member.get(URL, {"q": "ingenstans"}).content.decode()


def test_the_box_in_the_header_is_for_those_who_sit_on_the_council(cast: Cast, member: Client) -> None:
    def boxes(browser: Client, url: str) -> int:
        return browser.get(url).content.decode().count('data-key="/"')

    assert [boxes(member, "/granby/"), boxes(member, URL), boxes(cast.browse(cast.owner), "/granby/")] == [1, 1, 0]
