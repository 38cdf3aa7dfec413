"""The history of one item: what was done with it and its decisions, and what the uncleared don't hear."""

from typing import Any

from bra.models import Member
from meetings import lifecycle
from meetings.models import AgendaItem
from tests import make
from tests.cast import Cast


def told(cast: Cast, who: Member, item: AgendaItem) -> list[tuple[str, str]]:
    """(who, sentence) as the item's page gives them, the latest first."""
    lines = cast.browse(who).get(f"/granby/punkter/{item.pk}/historik/").context["lines"]
    return [(line.who, line.what) for line in lines]


def test_it_tells_of_the_item_its_topics_notes_and_decisions_alone(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council)
    here: dict[str, Any] = {"by": cast.secretary, "on": make.TODAY}
    item = lifecycle.add_item(meeting=meeting, title="Klotter", **here)
    other = lifecycle.add_item(meeting=meeting, title="Annat", **here)
    topic = make.make_topic(cast.council, name="Klotter")
    lifecycle.edit_item(item=item, topics=[topic], by=cast.coordinator, on=make.TODAY)
    lifecycle.edit_item(item=item, topics=[topic], title="Klotter", **here)  # nothing new: no line
    lifecycle.save_notes(item=item, text="Väggen", version=0, **here)
    lifecycle.record_decision(item=item, text="Väggen målas.", **here)
    lifecycle.record_decision(item=other, text="Något annat.", **here)
    assert told(cast, cast.member, item) == [
        (cast.secretary.label, "recorded a decision: Väggen målas."),
        (cast.secretary.label, "wrote notes at item 1. Klotter"),
        (cast.coordinator.label, "changed item 1. Klotter: topics (– → Klotter)"),
        (cast.secretary.label, "added item 1. Klotter"),
    ]


def test_what_was_written_under_lock_stays_with_the_cleared(cast: Cast) -> None:
    here: dict[str, Any] = {"by": cast.secretary, "on": make.TODAY}
    item = make.make_item(make.make_meeting(cast.council), title="Klotter", restricted=True)
    lifecycle.record_decision(item=item, text="Hemligt.", **here)
    lifecycle.edit_item(item=item, ground=None, **here)
    assert told(cast, cast.member, item) == [(cast.secretary.label, "made item 1. Klotter unrestricted")]
    assert told(cast, cast.chair, item)[-1] == (cast.secretary.label, "recorded a decision: Hemligt.")


def test_the_number_of_queries_is_the_same_however_long_it_is(cast: Cast, django_assert_max_num_queries: Any) -> None:
    item = make.make_item(make.make_meeting(cast.council))
    browser = cast.browse(cast.member)
    costs = []
    for _ in range(3):
        lifecycle.record_decision(item=item, text="Ett beslut", by=cast.secretary, on=make.TODAY)
        with django_assert_max_num_queries(8) as caught:
            browser.get(f"/granby/punkter/{item.pk}/historik/")
        costs.append(len(caught))
    assert costs == [costs[0]] * 3


def test_minutes_and_the_live_page_lead_there(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council), notes="Sagt")
    link = f'href="/granby/punkter/{item.pk}/historik/"'
    browser = cast.browse(cast.secretary)
    pages = [f"/granby/moten/{item.meeting_id}/", f"/granby/moten/{item.meeting_id}/logga/?punkt={item.pk}"]
    assert [link in browser.get(page).content.decode() for page in pages] == [True, True]
