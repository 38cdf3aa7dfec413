"""Rules of retention, what they propose, and purging in its two steps."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from actions.models import Action, Comment
from bra import chain, history
from bra.errors import RuleBroken
from bra.models import Council, HistoryEntry, Letter, Member
from meetings.models import Addendum, Case, CaseState, Meeting
from records import tasks
from records.lifecycle import purging, rules
from records.models import OrderState, Purge, PurgeOrder, RetentionRule, years_after, years_before
from records.proposals import proposals
from records.record_kinds import KINDS
from reports import lifecycle
from reports import purging as reporting
from reports.models import Report
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY
from tests.reports.story import Story, make_story
from tests.reports.test_building import ask, clock

pytestmark = pytest.mark.django_db

OLD = date(2010, 3, 15)
DECISION = "KS 2017/12"


def decide(cast: Cast, kind: str, years: int | None = 5, **overrides: Any) -> RetentionRule:
    """A rule of the cast's council."""
    fields = {"decision": DECISION, "decided_on": TODAY, "automatic": False, "by": cast.coordinator, "on": TODAY}
    return rules.decide(council=cast.council, kind=KINDS[kind], years=years, **(fields | overrides))


def closed_case(council: Council, closed_on: date = OLD, **overrides: Any) -> Case:
    """A case that was closed on a day."""
    return make.make_case(council, state=CaseState.CLOSED, closed_on=closed_on, **overrides)


def done(cast: Cast, closed_on: date = OLD, **overrides: Any) -> Action:
    """An action that was cancelled on a day."""
    fields = {"status": "cancelled", "closed_on": closed_on, "agreed_on": OLD, "deadline": OLD, "owner": cast.owner}
    return make.make_action(cast.council, **(fields | overrides))


def show(cast: Cast, *kinds: str, by: Member | None = None) -> PurgeOrder:
    return purging.show(council=cast.council, kinds=kinds or list(KINDS), by=by or cast.coordinator, at=NOW)


def purge(cast: Cast, *kinds: str) -> PurgeOrder:
    """Show, confirm and do it."""
    order = purging.confirm(order=show(cast, *kinds), decision=DECISION, by=cast.coordinator, on=TODAY)
    purging.run(order.pk, lambda: NOW)
    order.refresh_from_db()
    return order


# Days


def test_years_are_counted_from_day_to_day_and_a_leap_day_falls_on_the_last_of_february() -> None:
    assert years_before(date(2017, 3, 15), 5) == date(2012, 3, 15)
    assert years_before(date(2020, 2, 29), 2) == date(2018, 2, 28)
    assert years_after(date(2016, 2, 29), 1) == date(2017, 3, 1)
    assert years_after(date(2012, 3, 15), 5) == date(2017, 3, 15)


# Rules


def test_what_is_purged_needs_a_decision_with_its_day_and_what_is_kept_does_not(cast: Cast) -> None:
    for wrong, field in (
        ({"decision": " "}, "decision"),
        ({"decided_on": None}, "decided_on"),
        ({"decided_on": TODAY + timedelta(days=1)}, "decided_on"),
        ({"years": 0}, "years"),
        ({"years": 101}, "years"),
        ({"years": None, "automatic": True}, "automatic"),
    ):
        with pytest.raises(RuleBroken) as refused:
            decide(cast, "case", **wrong)
        assert refused.value.field == field
    assert RetentionRule.objects.count() == 0
    decide(cast, "case", years=None, decision="", decided_on=None)
    decide(cast, "case", years=7)
    (rule,) = RetentionRule.objects.all()
    assert (rule.years, rule.decision, rule.decided_on) == (7, DECISION, TODAY)
    assert HistoryEntry.objects.filter(verb="retention.chosen").count() == 1


def test_the_suggestions_hold_for_all_kinds_that_have_no_rule(cast: Cast) -> None:
    decide(cast, "case", years=3)
    number = rules.decide_as_suggested(
        council=cast.council, decision=DECISION, decided_on=TODAY, by=cast.coordinator, on=TODAY
    )
    years = dict(RetentionRule.objects.values_list("kind", "years"))
    assert number == len(KINDS) - 1
    assert years == {name: kind.suggested for name, kind in KINDS.items()} | {"case": 3}
    assert years["minutes"] is None


# Proposed


def test_nothing_is_proposed_without_a_rule_and_a_record_is_due_on_the_day(cast: Cast) -> None:
    closed_case(cast.council)
    edge = closed_case(cast.council, date(2012, 3, 15))
    closed_case(cast.council, date(2012, 3, 16))
    closed_case(cast.stranger.council)
    assert {one.number for one in proposals(cast.council, cast.coordinator, TODAY)} == {0}
    decide(cast, "case")
    (found,) = [one for one in proposals(cast.council, cast.coordinator, TODAY) if one.number]
    assert (found.number, found.oldest, found.newest) == (2, OLD, edge.closed_on)
    assert [day for _name, day in found.rows] == [OLD, date(2012, 3, 15)]
    assert found.next_day == date(2017, 3, 16)


@pytest.mark.parametrize("kind", ["case", "action", "comment", "notes", "import", "letter"])
def test_a_coordinator_who_is_not_cleared_is_proposed_nothing_restricted(cast: Cast, kind: str) -> None:
    secret = make.make_item(make.make_meeting(cast.council, "adjourned", date=OLD), restricted=True)
    closed_case(cast.council, restricted=True)
    action = done(cast, agenda_item=secret)
    Comment.objects.create(action=action, author=cast.owner, on=OLD, text="Hemligt")
    make.make_import(secret, on=OLD)
    letter = make.make_letter(cast.owner, on=OLD, kind="handover", about=action.pk, state="dropped")
    assert Letter.objects.count() == 1
    decide(cast, kind)
    (seen,) = [one for one in proposals(cast.council, cast.coordinator, TODAY) if one.kind.name == kind]
    assert (seen.number, letter.kind) == (1, "handover")
    Member.objects.filter(pk=cast.coordinator.pk).update(cleared=False)
    cast.coordinator.refresh_from_db()
    (hidden,) = [one for one in proposals(cast.council, cast.coordinator, TODAY) if one.kind.name == kind]
    assert (hidden.number, hidden.rows, hidden.oldest, hidden.next_day) == (0, [], None, None)
    with pytest.raises(RuleBroken):
        show(cast, kind)


def test_a_case_or_meeting_that_something_restricted_would_go_with_is_for_the_cleared(cast: Cast) -> None:
    case = closed_case(cast.council)
    closed_case(cast.council, restricted=True, merged_into=case, merged_on=OLD)
    meeting = make.make_meeting(cast.council, "signed", date=OLD)
    Addendum.objects.create(meeting=meeting, author=cast.chair, on=OLD, text="Hemligt", **make.lock_of(cast.council))
    decide(cast, "case")
    decide(cast, "minutes")

    def numbers() -> list[int]:
        found = proposals(cast.council, cast.coordinator, TODAY)
        return [one.number for one in found if one.kind.name in ("case", "minutes")]

    assert numbers() == [1, 1]
    cast.coordinator.cleared = False
    assert numbers() == [0, 0]


# Purged


def test_what_was_shown_is_purged_and_what_changed_meanwhile_is_left_out(cast: Cast) -> None:
    stays, goes = done(cast), done(cast)
    decide(cast, "action")
    order = show(cast, "action")
    younger = done(cast)
    Action.objects.filter(pk=stays.pk).update(effect="Något nytt")
    purging.confirm(order=order, decision=DECISION, by=cast.coordinator, on=TODAY)
    purging.run(order.pk, lambda: NOW)
    order.refresh_from_db()
    assert (order.state, order.done, order.left_out) == (OrderState.DONE, 2, 1)
    assert set(Action.objects.all()) == {stays, younger}
    (entry,) = Purge.objects.all()
    assert (entry.kind, entry.number, entry.oldest, entry.newest) == ("action", 1, OLD, OLD)
    assert (entry.first_key, entry.last_key, entry.decision, entry.by) == (goes.pk, goes.pk, DECISION, cast.coordinator)
    (told,) = HistoryEntry.objects.filter(verb="retention.purged")
    assert told.changes == {"kind": [None, "action"], "number": [None, 1], "decision": [None, DECISION]}


def test_a_rule_that_was_changed_meanwhile_keeps_what_was_shown(cast: Cast) -> None:
    closed_case(cast.council)
    decide(cast, "case")
    order = show(cast, "case")
    decide(cast, "case", years=None)
    purging.confirm(order=order, decision=DECISION, by=cast.coordinator, on=TODAY)
    purging.run(order.pk, lambda: NOW)
    order.refresh_from_db()
    assert (order.left_out, Case.objects.count(), Purge.objects.count()) == (1, 1, 0)


def test_an_order_needs_a_decision_and_is_given_once_and_on_its_day(cast: Cast) -> None:
    closed_case(cast.council)
    decide(cast, "case")
    order = show(cast)
    with pytest.raises(RuleBroken) as refused:
        purging.confirm(order=order, decision=" ", by=cast.coordinator, on=TODAY)
    assert refused.value.field == "decision"
    with pytest.raises(RuleBroken):
        purging.confirm(order=order, decision=DECISION, by=cast.coordinator, on=TODAY + timedelta(days=1))
    purging.run(order.pk, lambda: NOW)  # only shown: nothing happens
    assert Case.objects.count() == 1
    purging.confirm(order=order, decision=DECISION, by=cast.coordinator, on=TODAY)
    with pytest.raises(RuleBroken):
        purging.confirm(order=order, decision=DECISION, by=cast.coordinator, on=TODAY)
    purging.run(order.pk, lambda: NOW)
    purging.run(order.pk, lambda: NOW)
    assert (Case.objects.count(), Purge.objects.get().number) == (0, 1)


def test_a_worker_that_died_is_followed_by_another_that_goes_on_where_it_was(cast: Cast) -> None:
    for _n in range(3):
        closed_case(cast.council)
    decide(cast, "case")
    order = purging.confirm(order=show(cast), decision=DECISION, by=cast.coordinator, on=TODAY)

    class Died(Exception):
        pass

    calls = iter(range(100))

    def dying() -> datetime:
        if next(calls) == 4:  # in the middle of the second row
            raise Died
        return NOW

    with pytest.raises(Died):
        purging.run(order.pk, dying)
    order.refresh_from_db()
    assert (order.state, order.done, Case.objects.count(), Purge.objects.get().number) == ("running", 1, 2, 1)
    purging.run(order.pk, lambda: NOW + timedelta(minutes=1))  # the lease of the dead one still runs
    assert Case.objects.count() == 2
    purging.run(order.pk, lambda: NOW + timedelta(minutes=6))
    order.refresh_from_db()
    assert (order.state, order.done, Case.objects.count(), Purge.objects.get().number) == ("done", 3, 0, 3)


def test_a_meeting_with_an_action_that_stays_is_listed_as_kept(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council, "adjourned", date=OLD)
    make.make_action(agenda_item=make.make_item(meeting))
    decide(cast, "notes")
    order = show(cast, "notes")
    assert (order.rows, order.kept) == ([], [("notes", meeting.pk, ["action"])])
    with pytest.raises(RuleBroken):
        purging.confirm(order=order, decision=DECISION, by=cast.coordinator, on=TODAY)


def test_what_was_said_of_a_log_in_falls_due_and_who_was_given_a_role_stays(cast: Cast) -> None:
    for verb, kind in (
        ("login.in", "access"),
        ("link.opened", "access"),
        ("case.read", "reading"),
        ("member.seated", "access"),
    ):
        history.record(
            council=cast.council,
            by=cast.member,
            on=OLD,
            verb=verb,
            target=cast.member,
            changes={"x": (None, 1)},
            kind=kind,
        )
    found = KINDS["access"].rows(cast.council).filter(on=OLD)
    assert sorted(found.values_list("verb", flat=True)) == ["case.read", "link.opened", "login.in"]


def test_the_purge_log_is_never_deleted(cast: Cast) -> None:
    closed_case(cast.council)
    decide(cast, "case")
    order = purge(cast)
    with pytest.raises(TypeError):
        Purge.objects.get().delete()
    purging.forget_orders(NOW + timedelta(days=31))
    assert (PurgeOrder.objects.filter(pk=order.pk).exists(), Purge.objects.get().number) == (False, 1)


def test_the_chain_of_history_holds_after_a_purge(cast: Cast) -> None:
    case = closed_case(cast.council)
    history.record(
        council=cast.council, by=cast.secretary, on=OLD, verb="case.edited", target=case, changes={"title": ("a", "b")}
    )
    decide(cast, "case")
    purge(cast)
    assert HistoryEntry.objects.get(verb="case.edited").changes == {}
    assert HistoryEntry.objects.filter(verb=chain.BLANKED).count() == 1


# By itself


def test_what_is_purged_by_itself_goes_at_night_and_the_rest_waits(cast: Cast) -> None:
    closed_case(cast.council)
    done(cast)
    closed_case(cast.stranger.council)
    decide(cast, "case", automatic=True)
    decide(cast, "action")
    tasks.keep()
    tasks.keep()
    assert (Case.objects.filter(council=cast.council).count(), Action.objects.count()) == (0, 1)
    assert Case.objects.filter(council=cast.stranger.council).count() == 1
    (entry,) = Purge.objects.all()
    assert (entry.by, entry.number, entry.decision) == (None, 1, DECISION)


@pytest.fixture
def story(cast: Cast, tmp_path: Path) -> Any:
    story = make_story(cast.council)
    with override_settings(REPORTS_DIR=tmp_path / "reports"):
        yield story


def test_reports_go_with_their_files_and_history_keeps_their_checksums(
    cast: Cast, story: Story, tmp_path: Path, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    reports = [lifecycle.build(ask(story, as_of=day).pk, clock) for day in (TODAY, date(2017, 3, 1))]
    old, young = (report for report in reports if report is not None)
    Report.objects.filter(pk=old.pk).update(asked_at=NOW - timedelta(days=750))
    decide(cast, "report", years=2, automatic=True)
    with django_capture_on_commit_callbacks(execute=True):
        assert purging.purge_by_rule(council=cast.council, at=NOW) == 1
    assert [path.name for path in (tmp_path / "reports").iterdir()] == [young.file_name]
    entry = HistoryEntry.objects.get(verb="report.purged")
    assert (entry.actor, entry.changes["sha256"]) == (None, [old.sha256, ""])


def test_a_report_that_is_deleted_by_hand_stands_in_the_log_too(cast: Cast, story: Story) -> None:
    report = lifecycle.build(ask(story).pk, clock)
    assert report is not None
    reporting.delete(report=report, decision="KS 1", by=cast.coordinator, on=TODAY)
    entry = Purge.objects.get()
    assert (entry.kind, entry.number, entry.decision, entry.by) == ("report", 1, "KS 1", cast.coordinator)


def test_a_case_takes_its_meetings_items_nothing_but_the_reference(cast: Cast) -> None:
    case = closed_case(cast.council)
    item = make.make_item(make.make_meeting(cast.council, "signed", date=OLD), case=case)
    decide(cast, "case")
    purge(cast)
    item.refresh_from_db()
    assert (item.case, Meeting.objects.count(), Case.objects.count()) == (None, 1, 0)
