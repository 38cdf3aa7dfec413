"""Proposals for an agenda: sent by members, answered by those who set it, and seen by nobody else."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from bra.errors import RuleBroken
from bra.history import entries_of
from bra.models import Member
from meetings import lifecycle
from meetings.models import ItemProposal, Meeting, MeetingState, ProposalState
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY
from tests.meetings.test_meeting_pages import queries

pytestmark = pytest.mark.django_db

WORDS = "Källkritik för föräldrar"


def address(name: str, cast: Cast, *args: int) -> str:
    return reverse(f"meetings:{name}", args=[cast.council.slug, *args])


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """Planned; proposals are due ten days before, on 27 March."""
    return make.make_meeting(cast.council, MeetingState.DRAFT, date=date(2017, 4, 6), sequence=2)


@pytest.fixture
def proposal(cast: Cast, meeting: Meeting) -> ItemProposal:
    return lifecycle.propose_item(meeting=meeting, by=cast.member, on=TODAY, title=WORDS, reason="Två skolor frågar.")


@pytest.mark.parametrize(
    ("day", "late"), [(date(2017, 3, 27), False), (date(2017, 3, 28), True), (date(2017, 4, 6), True)]
)
def test_a_late_proposal_is_sent_and_flagged(cast: Cast, meeting: Meeting, day: date, late: bool) -> None:
    sent = lifecycle.propose_item(meeting=meeting, by=cast.member, on=day, title=WORDS)
    assert (sent.is_late, sent.state) == (late, ProposalState.WAITING)
    assert ("Sent late" in cast.browse(cast.secretary).get(address("proposals", cast)).text) == late


def test_the_last_day_is_the_councils_own_and_stays_that_of_the_sending(cast: Cast, meeting: Meeting) -> None:
    lifecycle.set_proposal_days(council=cast.council, days=30, by=cast.coordinator, on=TODAY)
    late = lifecycle.propose_item(meeting=meeting, by=cast.member, on=TODAY, title="Sent")
    cast.browse(cast.coordinator).post(address("proposal_days", cast), {"proposal_days": "5"})
    in_time = lifecycle.propose_item(meeting=meeting, by=cast.member, on=TODAY, title="I tid")
    late.refresh_from_db()
    assert (late.is_late, in_time.is_late) == (True, False)
    response = cast.browse(cast.coordinator).post(address("proposal_days", cast), {"proposal_days": "999"})
    assert response.status_code == 422


def test_before_the_summons_goes_out_one_is_told_of_proposals_to_its_meeting(
    cast: Cast, meeting: Meeting, proposal: ItemProposal
) -> None:
    make.make_item(meeting)
    other = make.make_meeting(cast.council, MeetingState.DRAFT, date=date(2017, 4, 20), sequence=3)
    lifecycle.propose_item(meeting=other, by=cast.member, on=TODAY, title="Till ett annat möte")
    client, page = cast.browse(cast.secretary), address("summon", cast, meeting.pk)
    assert "1 proposal waits for an answer" in client.get(page).text
    lifecycle.take_proposal(proposal=proposal, meeting=meeting, by=cast.secretary, on=TODAY)
    assert ("waits for an answer" in client.get(page).text, WORDS in client.get(page).text) == (False, True)


def test_a_member_sends_a_proposal(cast: Cast, meeting: Meeting) -> None:
    client = cast.browse(cast.member)
    assert "A proposal can&#x27;t be restricted" in client.get(address("proposal_new", cast)).text.replace(
        "'", "&#x27;"
    )
    client.post(address("proposal_new", cast), {"meeting": meeting.pk, "title": WORDS, "reason": "Därför."})
    sent = ItemProposal.objects.get()
    assert (sent.proposer, sent.meeting, sent.title, sent.reason) == (cast.member, meeting, WORDS, "Därför.")
    assert [entry.verb for entry in entries_of(sent)] == ["proposal.sent"]


@pytest.mark.parametrize("field", ["title", "reason"])
def test_a_personal_identity_number_is_stopped(cast: Cast, meeting: Meeting, field: str) -> None:
    data = {"meeting": meeting.pk, "title": WORDS, "reason": "Därför."} | {field: "Gäller 19821105-9954"}
    response = cast.browse(cast.member).post(address("proposal_new", cast), data)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert ItemProposal.objects.count() == 0


def test_only_a_planned_meeting_of_the_own_council_can_be_chosen(cast: Cast, meeting: Meeting) -> None:
    held = make.make_meeting(cast.council)
    foreign = make.make_meeting(cast.stranger.council, MeetingState.DRAFT, date=date(2017, 4, 6))
    client = cast.browse(cast.member)
    for other in (held, foreign):
        response = client.post(address("proposal_new", cast), {"meeting": other.pk, "title": WORDS})
        assert (response.status_code, list(response.context["form"].errors)) == (422, ["meeting"])
    with pytest.raises(RuleBroken):
        lifecycle.propose_item(meeting=held, by=cast.member, on=TODAY, title=WORDS)


def test_the_secretary_takes_it_and_the_proposer_sees_where(
    cast: Cast, meeting: Meeting, proposal: ItemProposal
) -> None:
    cast.browse(cast.secretary).post(address("proposal_take", cast, proposal.pk), {"meeting": meeting.pk})
    item = meeting.items.get()
    assert (item.title, item.presenter) == (WORDS, cast.member.title)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.item) == (ProposalState.TAKEN, item)
    link = f"{address('detail', cast, meeting.pk)}#item-{item.pk}"
    assert link in cast.browse(cast.member).get(address("proposals", cast)).text
    assert [entry.verb for entry in entries_of(proposal)] == ["proposal.sent", "proposal.taken"]


def test_two_answers_at_once_give_one(cast: Cast, meeting: Meeting, proposal: ItemProposal) -> None:
    lifecycle.take_proposal(proposal=proposal, meeting=meeting, by=cast.secretary, on=TODAY)
    with pytest.raises(RuleBroken):
        lifecycle.take_proposal(proposal=proposal, meeting=meeting, by=cast.coordinator, on=TODAY)
    with pytest.raises(RuleBroken):
        lifecycle.decline_proposal(proposal=proposal, answer="Nej.", by=cast.coordinator, on=TODAY)
    assert meeting.items.count() == 1


def test_it_is_declined_with_a_word_and_that_can_be_undone(cast: Cast, proposal: ItemProposal) -> None:
    secretary, url = cast.browse(cast.secretary), address("proposal_decline", cast, proposal.pk)
    assert secretary.post(url, {"answer": " "}).status_code == 422
    secretary.post(url, {"answer": "Förvaltningen bestämmer själv."})
    assert "Förvaltningen bestämmer själv." in cast.browse(cast.member).get(address("proposals", cast)).text
    secretary.post(address("proposal_put_back", cast, proposal.pk))
    proposal.refresh_from_db()
    assert (proposal.state, proposal.answer) == (ProposalState.WAITING, "")


def test_its_sender_withdraws_it_and_nobody_else(cast: Cast, proposal: ItemProposal) -> None:
    url = address("proposal_withdraw", cast, proposal.pk)
    assert [cast.browse(who).post(url).status_code for who in (cast.chair, cast.secretary)] == [404, 404]
    cast.browse(cast.member).post(url)
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.WITHDRAWN


def test_taken_off_the_agenda_it_says_so_and_may_wait_again(
    cast: Cast, meeting: Meeting, proposal: ItemProposal
) -> None:
    taken = lifecycle.take_proposal(proposal=proposal, meeting=meeting, by=cast.secretary, on=TODAY)
    with pytest.raises(RuleBroken):
        lifecycle.put_back_proposal(proposal=taken, by=cast.secretary, on=TODAY)
    lifecycle.remove_item(item=meeting.items.get(), by=cast.secretary, on=TODAY)
    assert "taken off the agenda" in cast.browse(cast.member).get(address("proposals", cast)).text
    assert lifecycle.put_back_proposal(proposal=taken, by=cast.secretary, on=TODAY).is_waiting


def test_no_proposal_is_taken_onto_an_adjourned_meeting(cast: Cast, proposal: ItemProposal) -> None:
    held = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=date(2017, 1, 19))
    with pytest.raises(RuleBroken):
        lifecycle.take_proposal(proposal=proposal, meeting=held, by=cast.secretary, on=TODAY)
    proposal.refresh_from_db()
    assert proposal.is_waiting


def seen(cast: Cast, who: Member) -> bool:
    return WORDS in cast.browse(who).get(address("proposals", cast)).text


def test_a_proposal_is_for_its_sender_and_those_who_set_the_agenda(cast: Cast, proposal: ItemProposal) -> None:
    found = {role: seen(cast, getattr(cast, role)) for role in ("coordinator", "secretary", "chair", "member")}
    assert found == {"coordinator": True, "secretary": True, "chair": False, "member": True}
    assert cast.browse(cast.owner).get(address("proposals", cast)).status_code == 404


def test_a_proposal_whose_item_got_a_lock_does_not_exist_for_the_uncleared(
    cast: Cast, meeting: Meeting, proposal: ItemProposal
) -> None:
    lifecycle.take_proposal(proposal=proposal, meeting=meeting, by=cast.coordinator, on=TODAY)
    lifecycle.edit_item(item=meeting.items.get(), by=cast.coordinator, on=TODAY, ground=make.ground_of(cast.council))
    Member.objects.filter(pk=cast.secretary.pk).update(cleared=False)
    assert (seen(cast, cast.coordinator), seen(cast, cast.secretary)) == (True, False)
    assert cast.browse(cast.secretary).post(address("proposal_put_back", cast, proposal.pk)).status_code == 404
    # The one who wrote it knows their own words, but isn't led to the item.
    text = cast.browse(cast.member).get(address("proposals", cast)).text
    assert (WORDS in text, "#item-" in text) == (True, False)


def test_the_meetings_page_counts_what_waits_only_for_those_who_answer(
    cast: Cast, meeting: Meeting, proposal: ItemProposal
) -> None:
    url = address("detail", cast, meeting.pk)
    said = "1 proposal waits for an answer"
    assert (said in cast.browse(cast.secretary).get(url).text, said in cast.browse(cast.member).get(url).text) == (
        True,
        False,
    )
    lifecycle.open_meeting(meeting=meeting, by=cast.secretary, at=NOW)
    assert said not in cast.browse(cast.secretary).get(url).text


def test_the_page_asks_the_same_number_of_questions_however_long(cast: Cast, meeting: Meeting) -> None:
    client: Client = cast.browse(cast.secretary)

    def ask(rows: int) -> int:
        while ItemProposal.objects.count() < rows:
            sent = lifecycle.propose_item(meeting=meeting, by=make.make_member(cast.council), on=TODAY, title="Förslag")
            if sent.pk % 2:
                lifecycle.take_proposal(proposal=sent, meeting=meeting, by=cast.secretary, on=TODAY)
        return queries(client, address("proposals", cast))

    assert ask(4) == ask(8)
