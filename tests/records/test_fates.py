"""What becomes of each row that refers to a record: a foreign key that nobody has decided about fails."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from meetings.models import AgendaItem, Case, Meeting
from records.bin import SORTS
from records.fates import FATES, Fate, grown, name_of, references
from records.record_kinds import KINDS
from tests import make
from tests.cast import Cast


def purgeable() -> set[type[models.Model]]:
    """The models of all kinds and of the recycle bin, and those whose rows go with them."""
    found: set[type[models.Model]] = set()
    fresh = [*(kind.model for kind in KINDS.values()), *(sort.model for sort in SORTS.values())]
    while fresh:
        model = fresh.pop()
        if model not in found:
            found.add(model)
            going = (Fate.GOES, Fate.KEEPS_UNLESS_REMOVED)
            fresh += [key.model for key in references(model) if FATES.get(name_of(key)) in going]
    return found


def test_each_foreign_key_to_what_may_be_purged_has_its_fate() -> None:
    keys = {name_of(key) for model in purgeable() for key in references(model)}
    assert keys - set(FATES) == set()


def test_no_fate_names_a_key_that_is_gone() -> None:
    known = {name_of(key) for model in _all_models() for key in references(model)}
    assert set(FATES) - known == set()


def test_what_is_cleared_may_be_empty() -> None:
    cleared = [key for model in _all_models() for key in references(model) if FATES.get(name_of(key)) is Fate.CLEARED]
    assert [name_of(key) for key in cleared if not key.null] == []


def _all_models() -> set[Any]:
    return set(apps.get_models(include_auto_created=True))


@pytest.mark.django_db
def test_a_meeting_stays_as_long_as_an_action_of_it_does_and_takes_a_removed_one_along(cast: Cast) -> None:
    meeting, other = (make.make_meeting(cast.council, "adjourned") for _n in range(2))
    make.make_action(agenda_item=make.make_item(meeting))
    gone = make.make_action(agenda_item=make.make_item(other), removed=True)
    trees = grown(Meeting, [meeting.pk, other.pk])
    assert trees.kept == {meeting.pk: {"action"}}
    assert trees.rows[type(gone)] == {gone.pk: other.pk}


@pytest.mark.django_db
def test_a_merged_case_goes_with_the_one_it_lives_on_in_and_its_items_stay(cast: Cast) -> None:
    case = make.make_case(cast.council, state="closed")
    merged = make.make_case(cast.council, state="closed", merged_into=case, merged_on=make.TODAY)
    make.make_item(make.make_meeting(cast.council), case=case)
    trees = grown(Case, [case.pk])
    assert trees.rows[Case] == {case.pk: case.pk, merged.pk: case.pk}
    assert AgendaItem not in trees.rows


@pytest.mark.django_db
def test_many_records_take_as_many_queries_as_one(cast: Cast, django_assert_num_queries: Any) -> None:
    meetings = [make.make_meeting(cast.council, "adjourned") for _n in range(3)]
    for meeting in meetings:
        make.make_action(agenda_item=make.make_item(meeting))
    with CaptureQueriesContext(connection) as seen:
        grown(Meeting, [meetings[0].pk])
    with django_assert_num_queries(len(seen)):
        grown(Meeting, [meeting.pk for meeting in meetings])
