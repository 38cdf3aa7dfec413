"""Unfinished texts that have waited for eleven months."""

from datetime import date

import pytest
from django.urls import reverse

from bra.models import Member
from imports.models import ImportBatch
from meetings.models import ItemProposal, SignOff
from records.drafts import months_before, number_of_old_drafts, old_drafts
from reports.models import ReturnedFile
from tests import make
from tests.cast import Cast
from tests.make import TODAY

LAST = date(2016, 4, 15)


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2017, 3, 15), 11, date(2016, 4, 15)),
        (date(2017, 3, 31), 11, date(2016, 4, 30)),
        (date(2017, 1, 31), 11, date(2016, 2, 29)),
        (date(2016, 1, 31), 11, date(2015, 2, 28)),
        (date(2016, 12, 31), 11, date(2016, 1, 31)),
        (date(2017, 1, 1), 1, date(2016, 12, 1)),
    ],
)
def test_months_end_on_the_last_day_that_there_is(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before


@pytest.mark.django_db
def test_each_sort_of_draft_is_told_from_the_day_on_with_what_to_do(cast: Cast) -> None:
    council = cast.council
    for state in ("draft", "summoned", "adjourned", "signed", "cancelled"):
        make.make_meeting(council, state, date=LAST)
        make.make_meeting(council, state, date=date(2016, 4, 16))
    make.make_meeting(council, "in_session", date=LAST)
    lying = make.make_meeting(council, "adjourned", date=date(2016, 1, 1))
    SignOff.objects.create(meeting=lying, kind="minutes", opened_on=LAST, comments_until=LAST, digest="0" * 64)
    proposal = {"council": council, "meeting": lying, "proposer": cast.member, "title": "T", "last_day": LAST}
    ItemProposal.objects.create(sent_on=LAST, **proposal)
    ItemProposal.objects.create(sent_on=TODAY, **proposal)
    own = {"council": council, "by": cast.coordinator, "on": LAST, "file_name": "f.xlsx"}
    ImportBatch.objects.create(**own)
    ReturnedFile.objects.create(**own)
    make.make_meeting(cast.stranger.council, "draft", date=LAST)
    found = old_drafts(council, cast.coordinator, TODAY)
    assert number_of_old_drafts(cast.coordinator, TODAY) == len(found)
    assert [draft.since for draft in found] == [date(2016, 1, 1), *[LAST] * 7]
    assert sorted(draft.do for draft in found) == [
        "Adjourn it.",
        "Ask the signers, or take the minutes back.",
        "Hold it, move it or cancel it.",
        "Hold it, move it or cancel it.",
        "Send them to be signed off, or approve them.",
        "Take it in, or throw it away.",
        "Take it in, or throw it away.",
        "Take it onto an agenda, or decline it.",
    ]


@pytest.mark.django_db
def test_a_proposal_that_became_restricted_is_not_told_to_who_is_not_cleared(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council, "signed", date=LAST)
    ItemProposal.objects.create(
        council=cast.council, meeting=meeting, proposer=cast.member, title="T", sent_on=LAST, last_day=LAST
    )
    assert len(old_drafts(cast.council, cast.coordinator, TODAY)) == 1
    assert old_drafts(cast.council, cast.owner, TODAY) == []


@pytest.mark.django_db
def test_the_first_page_says_how_many_to_the_coordinator_alone(cast: Cast) -> None:
    address = reverse("home", args=[cast.council.slug])
    words = "drafts are older than 11 months"
    assert words not in cast.browse(cast.coordinator).get(address).text
    for _n in range(3):
        make.make_meeting(cast.council, "adjourned", date=LAST)
    assert f"3 {words}" in cast.browse(cast.coordinator).get(address).text
    assert words not in cast.browse(cast.secretary).get(address).text
    assert Member.objects.filter(council=cast.council).count() == 6
