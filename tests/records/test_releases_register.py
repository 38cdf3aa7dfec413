"""The register of requests: numbers, states, decisions, and what history keeps of them."""

from datetime import date
from typing import Any

import pytest

from bra.errors import RuleBroken
from bra.models import HistoryEntry
from records import lifecycle
from records.models import Refusal, Release, ReleaseRules, ReleaseState
from records.release_views import working_days
from tests import make
from tests.cast import Cast
from tests.make import TODAY
from tests.records.releasing import a_release
from tests.records.test_purging import decide, purge

pytestmark = pytest.mark.django_db


def refused(cast: Cast, release: Release, **overrides: Any) -> Release:
    words = {"in_part": False, "reasons": "Skäl", "decided_by": "Chefen", "written_asked": True, "appeal": "Skriv"}
    given = words | {"grounds": [make.make_ground(cast.council)]} | overrides
    return lifecycle.refuse_release(release=release, by=cast.secretary, on=TODAY, **given)


def purge_old(cast: Cast, release: Release) -> None:
    Release.objects.filter(pk=release.pk).update(closed_on=date(2010, 3, 15))
    decide(cast, "release", years=1)
    assert purge(cast, "release").left_out == 0


def test_numbers_run_per_council_and_year(cast: Cast) -> None:
    first, old, second = a_release(cast), a_release(cast, received_on=date(2016, 12, 30)), a_release(cast)
    assert [release.label for release in (first, old, second)] == ["2017-1", "2016-1", "2017-2"]
    fields = {"received_on": TODAY, "way": "visit", "asked": "x", "requester": "", "notes": "", "handler": None}
    abroad = lifecycle.register_release(council=cast.stranger.council, by=cast.stranger, on=TODAY, **fields)
    assert abroad.label == "2017-1"


def test_a_purged_number_is_not_given_again_while_a_later_one_stands(cast: Cast) -> None:
    first, _second = a_release(cast), a_release(cast)
    lifecycle.end_release(release=first, state="withdrawn", by=cast.secretary, on=TODAY)
    purge_old(cast, first)
    assert a_release(cast).label == "2017-3"


def test_what_cannot_be_entered(cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="can't be in the future"):
        a_release(cast, received_on=date(2017, 3, 16))
    with pytest.raises(RuleBroken, match="Write what was asked for"):
        a_release(cast, asked="  ")
    for nobody in (cast.owner, cast.stranger):
        with pytest.raises(RuleBroken, match="somebody who handles requests"):
            a_release(cast, handler=nobody)


def test_a_refusal_needs_grounds_of_the_council_reasons_who_decided_and_how_to_appeal(cast: Cast) -> None:
    release = a_release(cast)
    with pytest.raises(RuleBroken, match="at least one legal ground"):
        refused(cast, release, grounds=[])
    with pytest.raises(RuleBroken, match="legal ground of this council"):
        refused(cast, release, grounds=[make.make_ground(cast.stranger.council)])
    for name in ("reasons", "decided_by", "appeal"):
        with pytest.raises(RuleBroken, match="Write something here"):
            refused(cast, release, **{name: " "})
    assert Refusal.objects.count() == 0
    ended = refused(cast, release)
    assert (ended.state, ended.closed_on) == (ReleaseState.REFUSED, TODAY)
    assert refused(cast, a_release(cast), in_part=True).state == ReleaseState.IN_PART


def test_what_ended_stays_until_it_is_opened_again_with_a_reason(cast: Cast) -> None:
    release = refused(cast, a_release(cast))
    with pytest.raises(RuleBroken, match="has ended"):
        lifecycle.end_release(release=release, state="released", by=cast.secretary, on=TODAY)
    with pytest.raises(RuleBroken, match="Give a reason"):
        lifecycle.reopen_release(release=release, reason=" ", by=cast.secretary, on=TODAY)
    opened = lifecycle.reopen_release(release=release, reason="Fel knapp", by=cast.secretary, on=TODAY)
    assert (opened.state, opened.closed_on) == (ReleaseState.OPEN, None)
    # What was written stays for the next decision, and goes when nothing is kept back after all.
    assert Refusal.objects.get().reasons == "Skäl"
    lifecycle.end_release(release=opened, state="released", by=cast.secretary, on=TODAY)
    assert Refusal.objects.count() == 0
    with pytest.raises(RuleBroken, match="being handled already"):
        lifecycle.reopen_release(release=a_release(cast), reason="x", by=cast.secretary, on=TODAY)


@pytest.mark.parametrize("state", ["open", "refused", "in_part", "nonsense"])
def test_only_what_kept_nothing_back_ends_without_a_decision(cast: Cast, state: str) -> None:
    with pytest.raises(RuleBroken, match="Choose what became"):
        lifecycle.end_release(release=a_release(cast), state=state, by=cast.secretary, on=TODAY)


def test_history_holds_nobodys_name_and_not_what_was_asked(cast: Cast) -> None:
    release = a_release(cast, requester="Berit Berg", asked="Allt om Storgatan")
    fields = {"received_on": TODAY, "way": "phone", "asked": "Allt om Norrgatan", "requester": "Bo", "notes": "Ring"}
    lifecycle.change_release(release=release, handler=cast.chair, by=cast.secretary, on=TODAY, **fields)
    told = str([entry.changes for entry in HistoryEntry.objects.filter(target_type="release")])
    assert [word for word in ("Berit", "Bo", "Storgatan", "Norrgatan", "Ring") if f"'{word}" in told] == []
    assert HistoryEntry.objects.filter(verb="release.changed").count() == 1


def test_what_is_being_handled_is_not_purged_and_what_ended_goes_with_its_decision(cast: Cast) -> None:
    release = a_release(cast)
    decide(cast, "release", years=1)
    with pytest.raises(RuleBroken, match="Nothing is to be purged"):
        purge(cast, "release")
    refused(cast, release)
    purge_old(cast, release)
    assert (Release.objects.count(), Refusal.objects.count()) == (0, 0)


def test_only_the_coordinator_sets_the_rules_and_an_empty_text_is_the_products_own(cast: Cast) -> None:
    with pytest.raises(RuleBroken):
        lifecycle.choose_release_rules(council=cast.council, warn_after=2, appeal="", by=cast.secretary, on=TODAY)
    lifecycle.choose_release_rules(council=cast.council, warn_after=2, appeal="Eget", by=cast.coordinator, on=TODAY)
    assert ReleaseRules.of(cast.council).warn_after == 2
    assert lifecycle.appeal_text(cast.council) == "Eget"
    assert "three weeks" in lifecycle.appeal_text(cast.stranger.council)


def test_age_counts_working_days() -> None:
    # From Friday to Wednesday: Monday, Tuesday, Wednesday.
    assert working_days(date(2017, 3, 10), TODAY) == 3
    assert working_days(TODAY, TODAY) == 0
    assert working_days(date(2017, 4, 13), date(2017, 4, 18)) == 1  # over Easter
