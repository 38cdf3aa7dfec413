"""Quick entry and what is made of the notes, with scripts and without."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions.models import Action
from bra.models import Member, Role
from meetings.models import AgendaItem, Decision, Guest, ItemState, MeetingState
from tests import make
from tests.cast import Cast


@pytest.fixture
def item(cast: Cast) -> AgendaItem:
    return make.make_item(make.make_meeting(cast.council), title="Klotter")


@pytest.fixture
def police(cast: Cast) -> Member:
    seat = make.make_organisation(cast.council, name="Polisen")
    return make.make_member(cast.council, name="Eva Ek", title="kommunpolis", organisation=seat)


def send(who: Client, item: AgendaItem, htmx: bool = False, **fields: Any) -> Any:
    url = reverse("actions:quick", args=[item.meeting.council.slug, item.pk])
    return who.post(url, fields, headers={"HX-Request": "true"} if htmx else {})


@pytest.mark.parametrize("htmx", [False, True])
def test_a_line_is_proposed_and_saved_when_confirmed(cast: Cast, item: AgendaItem, police: Member, htmx: bool) -> None:
    client = cast.browse(cast.secretary)
    proposed = send(client, item, htmx, line="! Polisen: föräldramöte om klotter senast 2017-05-15")
    form = proposed.context["form"]
    first = {name: form[name].value() for name in ("title", "owner", "deadline")}
    assert first == {"title": "föräldramöte om klotter", "owner": police.pk, "deadline": date(2017, 5, 15)}
    assert ("<html" in proposed.text, Action.objects.count()) == (not htmx, 0)
    confirmed = send(client, item, htmx, **first, confirm="action")
    assert confirmed.status_code == (200 if htmx else 302)
    action = Action.objects.get()
    assert (action.title, action.owner, action.deadline) == (first["title"], police, first["deadline"])
    if htmx:
        assert f'id="quick-{item.pk}-line"' in confirmed.text
        assert f'id="item-actions-{item.pk}" hx-swap-oob="true"' in confirmed.text


def test_several_who_fit_are_offered_first_and_none_is_chosen(cast: Cast, item: AgendaItem, police: Member) -> None:
    other = make.make_member(cast.council, name="Bo Ek", title="chef", organisation=police.organisation)
    proposed = send(cast.browse(cast.secretary), item, line="! Polisen: ring skolan")
    owner = proposed.context["form"]["owner"]
    assert owner.value() is None
    assert {pk for pk, _label in owner.field.choices[1][1]} == {police.pk, other.pk}
    assert proposed.context["read_as"] == ["“Polisen” fits 2 members: choose the owner."]


def test_a_day_without_year_that_has_passed_is_said_to_be_next_years(cast: Cast, item: AgendaItem) -> None:
    proposed = send(cast.browse(cast.secretary), item, line="! ring skolan senast 14/3")
    assert proposed.context["read_as"] == ["“senast 14/3” is read as 14 March 2018."]


def test_whoever_has_left_is_not_proposed(cast: Cast, item: AgendaItem, police: Member) -> None:
    Member.objects.filter(pk=police.pk).update(mandate_to=date(2017, 3, 14))
    proposed = send(cast.browse(cast.secretary), item, line="! kommunpolis: ring skolan")
    assert proposed.context["form"]["title"].value() == "kommunpolis: ring skolan"


def test_a_restricted_item_proposes_only_the_cleared(cast: Cast, item: AgendaItem, police: Member) -> None:
    AgendaItem.objects.filter(pk=item.pk).update(**make.lock_of(cast.council))
    proposed = send(cast.browse(cast.secretary), item, line="! kommunpolis: ring skolan")
    assert proposed.context["form"]["owner"].value() is None
    uncleared = make.make_member(cast.council, Role.SECRETARY, user=make.make_user())
    assert send(cast.browse(uncleared), item, line="! ring").status_code == 404


@pytest.mark.parametrize(
    ("line", "kind", "text"),
    [
        ("§ Planen sänds till kommunstyrelsen.", "decided", "Planen sänds till kommunstyrelsen."),
        ("§ bordlägg: Frågan tas i maj.", "tabled", "Frågan tas i maj."),
        ("§ till handlingarna: Rapporten.", "filed", "Rapporten."),
    ],
)
def test_a_decision_begins_with_its_sign(cast: Cast, item: AgendaItem, line: str, kind: str, text: str) -> None:
    client = cast.browse(cast.secretary)
    form = send(client, item, line=line).context["form"]
    assert (form["kind"].value(), form["text"].value(), Decision.objects.count()) == (kind, text, 0)
    send(client, item, htmx=True, confirm="decision", kind=kind, text=text)
    decision = Decision.objects.get()
    assert (decision.kind, decision.text, decision.item) == (kind, text, item)


def test_a_colon_sets_the_state_of_the_item(cast: Cast, item: AgendaItem) -> None:
    send(cast.browse(cast.secretary), item, line=": bordlägg")
    item.refresh_from_db()
    assert item.state == ItemState.TABLED


def test_what_is_wrong_is_said_and_what_was_typed_stays(cast: Cast, item: AgendaItem, police: Member) -> None:
    typed = {"title": "ring", "owner": police.pk, "deadline": "2016-01-01", "confirm": "action"}
    for htmx in (False, True):
        answer = send(cast.browse(cast.secretary), item, htmx, **typed)
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == ["deadline"]
        assert answer.context["form"]["title"].value() == "ring"
    assert Action.objects.count() == 0


def test_the_guard_reads_what_a_line_held(cast: Cast, item: AgendaItem, police: Member) -> None:
    client = cast.browse(cast.secretary)
    form = send(client, item, line="! kommunpolis: ring 701063-2391 senast 2017-05-15").context["form"]
    sent = {name: form[name].value() for name in ("title", "owner", "deadline")}
    assert list(send(client, item, confirm="action", **sent).context["form"].errors) == ["title"]
    decision = send(client, item, confirm="decision", kind="decided", text="701063-2391")
    assert list(decision.context["form"].errors) == ["text"]
    assert (Action.objects.count(), Decision.objects.count()) == (0, 0)


def test_notes_become_an_action_or_a_decision_and_stay(cast: Cast, item: AgendaItem, police: Member) -> None:
    notes = "Skolan berättar.\nMycket klotter.\n\n- kommunpolis: ring rektorn senast 2017-04-01"
    AgendaItem.objects.filter(pk=item.pk).update(notes=notes)
    client = cast.browse(cast.secretary)
    offered = send(client, item, make="action").context["paragraphs"]
    assert offered == ["Skolan berättar.\nMycket klotter.", "- kommunpolis: ring rektorn senast 2017-04-01"]
    form = send(client, item, make="action", piece=offered[1]).context["form"]
    assert [form[name].value() for name in ("title", "owner", "deadline")] == [
        "ring rektorn",
        police.pk,
        date(2017, 4, 1),
    ]
    form = send(client, item, make="decision", piece=offered[0]).context["form"]
    assert form["text"].value() == offered[0]
    item.refresh_from_db()
    assert item.notes == notes


@pytest.mark.parametrize("state", [MeetingState.DRAFT, MeetingState.ADJOURNED])
@pytest.mark.parametrize("line", ["! ring", "§ beslut", ": bordlägg"])
def test_nothing_is_entered_when_the_meeting_is_not_in_session(cast: Cast, state: MeetingState, line: str) -> None:
    item = make.make_item(make.make_meeting(cast.council, state))
    assert send(cast.browse(cast.secretary), item, line=line).status_code == 302
    item.refresh_from_db()
    assert item.state == ItemState.PENDING


def test_script_in_every_field_is_text(cast: Cast, item: AgendaItem, police: Member) -> None:
    bad = "<script>alert(1)</script>"
    client = cast.browse(cast.secretary)
    AgendaItem.objects.filter(pk=item.pk).update(notes=f"{bad}\n\n**{bad}**", title=bad, presenter=bad)
    make.make_action(agenda_item=item, owner=police, title=bad)
    Decision.objects.create(council=cast.council, item=item, text=bad)
    Guest.objects.create(meeting=item.meeting, name=bad, organisation=bad)
    Member.objects.filter(pk=police.pk).update(name=bad, title=bad)
    pages = [
        send(client, item, line=f"! {bad}"),
        send(client, item, htmx=True, line=f"§ {bad}"),
        send(client, item, make="action"),
        client.get(reverse("meetings:detail", args=[cast.council.slug, item.meeting.pk])),
        client.get(reverse("meetings:live", args=[cast.council.slug, item.meeting.pk])),
    ]
    for page in pages:
        assert re.findall(r"<script>.*", page.text) == []
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text


def test_a_line_costs_the_same_with_many_members(cast: Cast, item: AgendaItem, police: Member) -> None:
    client = cast.browse(cast.secretary)
    line = "! Polisen: ring skolan senast 2017-05-15"
    with CaptureQueriesContext(connection) as few:
        send(client, item, line=line)
    for _n in range(5):
        make.make_member(cast.council, organisation=police.organisation)
    with CaptureQueriesContext(connection) as many:
        send(client, item, line=line)
    assert len(many) == len(few)
