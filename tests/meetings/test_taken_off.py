"""An item that was taken off the agenda: gone from every page, kept in step with its case, and put back."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from actions import lifecycle as actions
from bra.errors import RuleBroken
from bra.history import entries_of
from meetings import lifecycle
from meetings.models import AgendaItem, CaseState, ItemState, Meeting, MeetingState, ProposalState
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(cast: Cast) -> dict[str, Any]:
    return {"by": cast.secretary, "on": TODAY}


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    return make.make_meeting(cast.council, MeetingState.DRAFT)


@pytest.fixture
def items(meeting: Meeting) -> list[AgendaItem]:
    return [make.make_item(meeting, title=title) for title in ("Öppnande", "Graffitin", "Avslutning")]


@pytest.fixture
def secretary(cast: Cast) -> Client:
    return cast.browse(cast.secretary)


def address(name: str, *args: int) -> str:
    return reverse(f"meetings:{name}", args=["granby", *args])


def order(meeting: Meeting) -> list[tuple[int, str]]:
    return list(meeting.items.values_list("position", "title"))


@pytest.mark.parametrize("scripts", [False, True])
@pytest.mark.parametrize("state", [MeetingState.DRAFT, MeetingState.IN_SESSION])
def test_it_comes_back_to_its_place_by_the_button_of_the_message(
    cast: Cast, secretary: Client, state: MeetingState, scripts: bool
) -> None:
    meeting = make.make_meeting(cast.council, state)
    items = [make.make_item(meeting, title=title) for title in ("Öppnande", "Graffitin", "Avslutning")]
    url = address("item_remove", items[1].pk)
    headers = {"HX-Request": "true"} if scripts else {}
    page = secretary.post(url, headers=headers, follow=True)
    assert order(meeting) == [(1, "Öppnande"), (2, "Avslutning")]
    assert f'action="{url}?tillbaka=1"' in page.text
    for _twice in range(2):
        page = secretary.post(f"{url}?tillbaka=1", follow=True)
        assert "“Graffitin” is back on the agenda." in page.text
    assert order(meeting) == [(1, "Öppnande"), (2, "Graffitin"), (3, "Avslutning")]
    assert [entry.verb for entry in entries_of(items[1])] == ["item.removed", "item.restored"]


def test_its_own_stays_with_it(cast: Cast, here: dict[str, Any], meeting: Meeting) -> None:
    topic, case = make.make_topic(cast.council), make.make_case(cast.council)
    fields = {"title": "Graffitin", "presenter": "Polisen", "minutes_planned": 10, "case": case}
    item = lifecycle.add_item(meeting=meeting, topics=[topic], **fields, **here)
    lifecycle.remove_item(item=item, **here)
    lifecycle.restore_item(item=item, **here)
    item = AgendaItem.objects.get()
    assert {name: getattr(item, name) for name in fields} == fields
    assert list(item.topics.all()) == [topic]


def test_no_page_knows_of_it(cast: Cast, here: dict[str, Any], secretary: Client) -> None:
    meeting = make.make_meeting(cast.council)
    make.make_item(meeting, title="Öppnande")
    topic, case = make.make_topic(cast.council), make.make_case(cast.council)
    item = lifecycle.add_item(meeting=meeting, title="Graffitin", topics=[topic], case=case, **here)
    pages = [
        address("detail", meeting.pk),
        address("live", meeting.pk),
        address("guest_add", meeting.pk),
        address("case_detail", case.pk),
        address("case_split", case.pk),
        reverse("finding:topic", args=["granby", topic.pk]),
        reverse("finding:search", args=["granby"]) + "?q=graffitin",
    ]
    assert ["Graffitin" in secretary.get(page).text for page in pages] == [True] * 7
    lifecycle.remove_item(item=item, **here)
    assert ["Graffitin" in secretary.get(page).text for page in pages] == [False] * 7
    assert meeting.items.count() == 1
    listed = Meeting.objects.visible_to(cast.secretary).with_counts(cast.secretary).get()
    assert listed.item_count == 1  # type: ignore[attr-defined]  # an annotation


def test_it_has_no_page_of_its_own(secretary: Client, here: dict[str, Any], items: list[AgendaItem]) -> None:
    lifecycle.remove_item(item=items[1], **here)
    pk = items[1].pk
    gets = [secretary.get(address(name, pk)).status_code for name in ("item_edit", "item_history")]
    posts = [secretary.post(address(name, pk)).status_code for name in ("item_move", "item_remove", "take_up")]
    assert (gets, posts) == ([404, 404], [404, 404, 404])


def test_nothing_is_logged_at_it(cast: Cast, here: dict[str, Any]) -> None:
    meeting = make.make_meeting(cast.council)
    item, stays = make.make_item(meeting), make.make_item(meeting)
    lifecycle.take_up(item=item, by=cast.secretary, at=NOW)
    lifecycle.remove_item(item=item, **here)
    meeting.refresh_from_db()
    assert (meeting.current_item, meeting.current_since) == (None, None)
    # Each of them with the row as another page still has it.
    tries = [
        lambda: lifecycle.edit_item(item=item, title="Annat", **here),
        lambda: lifecycle.move_item(item=item, up=False, **here),
        lambda: lifecycle.place_item(item=item, place=2, **here),
        lambda: lifecycle.remove_item(item=item, **here),
        lambda: lifecycle.take_up(item=item, by=cast.secretary, at=NOW),
        lambda: lifecycle.save_notes(item=item, text="Sagt", version=0, **here),
        lambda: lifecycle.set_item_state(item=item, state=ItemState.TREATED, **here),
        lambda: lifecycle.record_decision(item=item, text="Beslut", **here),
        lambda: lifecycle.add_guest(meeting=meeting, name="Gäst", from_item=item, **here),
        lambda: lifecycle.note_stay(meeting=meeting, member=cast.member, to_item=item, **here),
        lambda: actions.agree(agenda_item=item, title="Åtgärd", owner=cast.member, deadline=TODAY, **here),
    ]
    said = []
    for attempt in tries:
        with pytest.raises(RuleBroken) as refused:
            attempt()
        said.append(refused.value.sentence)
    assert said == ["The item has been taken off the agenda."] * len(tries)
    assert list(meeting.items.all()) == [stays]


@pytest.mark.parametrize("scripts", [False, True])
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("item_notes", {"notes": "Det som <b>sades</b>", "version": "0"}),
        ("decision_add", {"text": "Det som <b>sades</b>", "kind": "decided"}),
    ],
)
def test_what_was_being_written_at_it_is_shown_again(
    cast: Cast, secretary: Client, here: dict[str, Any], name: str, data: dict[str, str], scripts: bool
) -> None:
    item = make.make_item(make.make_meeting(cast.council))
    lifecycle.remove_item(item=item, **here)
    # A pane that is shown for a conflict is the target of the notes' form; while one types, the text itself stays.
    headers = {"HX-Request": "true", "HX-Target": f"notes-{item.pk}"} if scripts else {}
    response = secretary.post(address(name, item.pk), data, headers=headers)
    assert response.status_code == 422
    assert "The item has been taken off the agenda." in response.text
    assert "Det som &lt;b&gt;sades&lt;/b&gt;" in response.text


def test_it_is_put_back_only_before_the_meeting_has_ended(
    here: dict[str, Any], meeting: Meeting, items: list[AgendaItem]
) -> None:
    lifecycle.remove_item(item=items[1], **here)
    Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.CANCELLED)
    with pytest.raises(RuleBroken):
        lifecycle.restore_item(item=items[1], **here)
    assert len(order(meeting)) == 2


def test_a_case_restricted_meanwhile_restricts_it_too(
    cast: Cast, here: dict[str, Any], meeting: Meeting, secretary: Client
) -> None:
    case = make.make_case(cast.council)
    item = lifecycle.add_item(meeting=meeting, title="Graffitin", case=case, **here)
    lifecycle.remove_item(item=item, **here)
    lifecycle.edit_case(case=case, topics=[], state=CaseState.OPEN, ground=make.ground_of(cast.council), **here)
    lifecycle.restore_item(item=item, **here)
    pages = {who: cast.browse(who).get(address("detail", meeting.pk)).text for who in (cast.secretary, cast.member)}
    assert {who.name: "Graffitin" in text for who, text in pages.items()} == {
        cast.secretary.name: True,
        cast.member.name: False,
    }


def test_a_case_merged_meanwhile_takes_it_along_and_gives_it_back(
    cast: Cast, here: dict[str, Any], meeting: Meeting
) -> None:
    case, into = make.make_case(cast.council), make.make_case(cast.council)
    item = lifecycle.add_item(meeting=meeting, title="Graffitin", case=case, **here)
    lifecycle.remove_item(item=item, **here)
    lifecycle.merge_cases(case=case, into=into, **here)
    assert lifecycle.restore_item(item=item, **here).case == into
    lifecycle.remove_item(item=item, **here)
    lifecycle.unmerge_case(case=case, **here)
    assert lifecycle.restore_item(item=item, **here).case == case


def test_a_restricted_one_is_nothing_to_the_uncleared(cast: Cast, here: dict[str, Any], meeting: Meeting) -> None:
    item = make.make_item(meeting, title="Graffitin", restricted=True)
    lifecycle.remove_item(item=item, **here)
    uncleared = make.make_member(cast.council, "secretary", user=make.make_user())
    assert cast.browse(uncleared).post(address("item_remove", item.pk) + "?tillbaka=1").status_code == 404
    assert order(meeting) == []


def test_a_proposal_waits_again_or_comes_back_with_it(cast: Cast, here: dict[str, Any], meeting: Meeting) -> None:
    proposal = lifecycle.propose_item(meeting=meeting, by=cast.member, on=TODAY, title="Graffitin")
    item = lifecycle.take_proposal(proposal=proposal, meeting=meeting, **here).item
    assert item is not None
    lifecycle.remove_item(item=item, **here)
    lifecycle.restore_item(item=item, **here)
    proposal.refresh_from_db()
    assert (proposal.item, proposal.is_off_agenda) == (item, False)
    with pytest.raises(RuleBroken):
        lifecycle.put_back_proposal(proposal=proposal, **here)
    lifecycle.remove_item(item=item, **here)
    assert lifecycle.put_back_proposal(proposal=proposal, **here).state == ProposalState.WAITING


def test_the_history_tells_of_it_without_quoting_it(
    cast: Cast, here: dict[str, Any], meeting: Meeting, secretary: Client
) -> None:
    make.make_item(meeting, title="Öppnande")
    item = lifecycle.add_item(meeting=meeting, title="Nisse på skolan", **here)
    lifecycle.edit_item(item=item, title="Nisse", **here)

    def told() -> list[str]:
        return [line.what for line in secretary.get(address("detail", meeting.pk)).context["lines"]]

    lifecycle.remove_item(item=item, **here)
    assert told() == [
        "took item 2 off the agenda",
        "changed item 2 (since taken off): title",
        "added item 2 (since taken off)",
    ]
    assert "Nisse" not in cast.browse(cast.member).get(address("detail", meeting.pk)).text
    lifecycle.restore_item(item=item, **here)
    assert told() == [
        "put item 2. Nisse back on the agenda",
        "took item 2. Nisse off the agenda",
        "changed item 2. Nisse: title (Nisse på skolan → Nisse)",
        "added item 2. Nisse",
    ]


def test_what_the_last_meeting_left_is_taken_back_and_carried_once_more(cast: Cast, here: dict[str, Any]) -> None:
    last = make.make_meeting(cast.council, date=date(2017, 3, 1))
    source = make.make_item(last, title="Graffitin", state=ItemState.TABLED)
    following = make.make_meeting(cast.council, MeetingState.DRAFT, date=date(2017, 4, 1))
    lifecycle.adjourn(meeting=last, by=cast.coordinator, at=NOW)
    for state in (ItemState.TREATED, ItemState.TABLED):
        lifecycle.reopen_meeting(meeting=last, by=cast.coordinator, on=TODAY)
        lifecycle.set_item_state(item=source, state=state, **here)
        lifecycle.adjourn(meeting=last, by=cast.coordinator, at=NOW)
    assert list(AgendaItem.with_removed.filter(meeting=following).values_list("removed", "carried_from")) == [
        (True, None),
        (False, source.pk),
    ]
