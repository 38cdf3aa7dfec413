"""The pages of retention: what is due, the rule of a kind, purging in two steps, and the log for who audits."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bra.models import Council, Member, Role
from meetings.models import Case
from records import tasks
from records.lifecycle import purging
from records.models import OrderState, Purge, PurgeOrder, RetentionRule
from records.proposals import proposals
from records.record_kinds import KINDS
from tests import make
from tests.cast import Cast
from tests.records.test_purging import OLD, closed_case, decide, done

pytestmark = pytest.mark.django_db


def page(cast: Cast, name: str = "retention", *arguments: Any) -> str:
    return reverse(name, args=[cast.council.slug, *arguments])


def test_a_council_that_has_decided_nothing_lets_the_suggestions_hold_by_one_decision(cast: Cast) -> None:
    browser = cast.browse(cast.coordinator)
    first = browser.get(page(cast)).text
    assert "the council hasn't decided about any kind yet" in first
    assert "Suggested: purged after 10 years" in first
    refused = browser.post(page(cast, "retention_suggested"), {"decision": "", "decided_on": "2017-03-01"})
    assert (refused.status_code, RetentionRule.objects.count()) == (422, 0)
    future = browser.post(page(cast, "retention_suggested"), {"decision": "KS 1", "decided_on": "2017-03-16"})
    assert (future.status_code, "KS 1" in future.text, RetentionRule.objects.count()) == (422, True, 0)
    browser.post(page(cast, "retention_suggested"), {"decision": "KS 1", "decided_on": "2017-03-01"})
    assert RetentionRule.objects.count() == len(KINDS)
    after = browser.get(page(cast)).text
    assert ("Nothing decided yet" in after, "Purged after 10 years" in after) == (False, True)


def test_a_rule_is_chosen_and_what_was_typed_stays_when_it_is_refused(cast: Cast) -> None:
    browser = cast.browse(cast.coordinator)
    address = page(cast, "retention_rule") + "?kind=case"
    assert 'value="10"' in browser.get(address).text
    typed = {"keep": "purge", "years": "7", "decision": "", "decided_on": "2017-03-01"}
    refused = browser.post(address, typed)
    assert (refused.status_code, 'value="7"' in refused.text) == (422, True)
    assert browser.post(address, typed | {"decision": "KS 1", "years": ""}).status_code == 422
    assert browser.post(address, typed | {"decision": "19821105-9954"}).status_code == 422
    assert browser.post(address, typed | {"decision": "KS 1", "automatic": "on"}).status_code == 302
    rule = RetentionRule.objects.get()
    assert (rule.kind, rule.years, rule.automatic) == ("case", 7, True)
    browser.post(address, typed | {"keep": "keep", "automatic": "on"})
    rule.refresh_from_db()
    assert (rule.years, rule.automatic, rule.decision) == (None, False, "")
    assert browser.get(page(cast, "retention_rule") + "?kind=nothing").status_code == 404


def test_what_is_due_is_shown_then_purged_by_the_rules_own_decision(cast: Cast) -> None:
    case = closed_case(cast.council, registry_number="BRÅ 2009/7", title="Klottret")
    decide(cast, "case")
    browser = cast.browse(cast.coordinator)
    listed = browser.get(page(cast)).text.partition("<main")[2]
    assert ("BRÅ 2009/7" in listed, "Klottret" in listed) == (True, False)
    shown = browser.post(page(cast, "purge_show"), {"kind": "case"}, follow=True).text
    assert ("BRÅ 2009/7" in shown, 'value="KS 2017/12"' in shown, "Klottret" in shown) == (True, True, False)
    order = PurgeOrder.objects.get()
    assert browser.post(page(cast, "purge_order", order.pk), {"decision": ""}).status_code == 422
    assert Case.objects.filter(pk=case.pk).exists()
    answer = browser.post(page(cast, "purge_order", order.pk), {"decision": "KS 2017/12"}, follow=True).text
    assert ("1 purged" in answer, Case.objects.exists()) == (True, False)
    again = browser.post(page(cast, "purge_order", order.pk), {"decision": "KS 2017/12"}, follow=True)
    assert ("It has been ordered already." in again.text, Purge.objects.get().number) == (True, 1)
    nothing = browser.post(page(cast, "purge_show"), {"kind": "all"}, follow=True).text
    assert "Nothing is to be purged today." in nothing
    assert browser.post(page(cast, "purge_show"), {"kind": "nothing"}).status_code == 404


def test_without_a_decision_an_order_is_refused_in_the_words_of_a_rule(cast: Cast) -> None:
    decide(cast, "case")
    closed_case(cast.council)
    browser = cast.browse(cast.coordinator)
    browser.post(page(cast, "purge_show"), {"kind": "case"})
    refused = browser.post(page(cast, "purge_order", PurgeOrder.objects.get().pk), {"decision": ""})
    assert refused.status_code == 422
    assert "without a decision nothing may be purged" in refused.text


def test_a_big_one_waits_for_the_worker_and_tells_how_far_it_is(cast: Cast) -> None:
    for _n in range(purging.AT_ONCE + 1):
        closed_case(cast.council)
    decide(cast, "case")
    browser = cast.browse(cast.coordinator)
    browser.post(page(cast, "purge_show"), {"kind": "all"})
    order = PurgeOrder.objects.get()
    waiting = browser.post(page(cast, "purge_order", order.pk), {"decision": "KS 1"}, follow=True).text
    assert ("0 of 21 dealt with." in waiting, Case.objects.count()) == (True, 21)
    assert "A purging is under way: 0 of 21" in browser.get(page(cast)).text
    tasks.purge_ordered()
    order.refresh_from_db()
    assert (order.state, Case.objects.count(), Purge.objects.get().number) == (OrderState.DONE, 0, 21)


def test_what_a_cleared_coordinator_was_shown_is_not_there_for_another_who_is_not(cast: Cast) -> None:
    closed_case(cast.council, restricted=True, registry_number="BRÅ 2009/8")
    decide(cast, "case")
    cleared = cast.browse(cast.coordinator)
    cleared.post(page(cast, "purge_show"), {"kind": "all"})
    order = PurgeOrder.objects.get()
    other = make.make_member(cast.council, Role.COORDINATOR, user=make.make_user())
    browser = cast.browse(other)
    assert browser.get(page(cast, "purge_order", order.pk)).status_code == 404
    hidden = browser.get(page(cast)).text
    assert ("BRÅ 2009/8" in hidden, "What is restricted is proposed to" in hidden) == (False, True)
    assert "BRÅ 2009/8" in cleared.get(page(cast)).text
    assert cleared.get(page(cast, "purge_order", order.pk)).status_code == 200
    Member.objects.filter(pk=cast.coordinator.pk).update(cleared=False)
    assert cleared.get(page(cast, "purge_order", order.pk)).status_code == 404


def test_an_auditor_reads_the_log_and_takes_it_away_as_a_file_and_nothing_else(cast: Cast) -> None:
    entry = {"council": cast.council, "kind": "case", "on": OLD, "decision": "=KS 1", "number": 3, "oldest": OLD}
    Purge.objects.create(newest=OLD, by=cast.coordinator, **entry)
    Purge.objects.create(**entry | {"council": cast.stranger.council, "decision": "Främmande"})
    auditor = make.make_member(cast.council, Role.AUDITOR, user=make.make_user())
    browser = cast.browse(auditor)
    assert "Closed cases" in browser.get(page(cast, "purge_log")).text
    file = browser.get(page(cast, "purge_log_csv"))
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Day;Kind;Number;Oldest;Newest;Decision;By;First;Last"
    assert lines[1].startswith("2010-03-15;Closed cases;3;2010-03-15;2010-03-15;'=KS 1;Karin Koordinator, ")
    assert len(lines) == 2
    for name in ("retention", "retention_rule", "bin"):
        assert browser.get(page(cast, name)).status_code == 404


def test_of_a_kind_with_nothing_due_no_rows_are_asked_for(cast: Cast) -> None:
    decide(cast, "case", years=1)
    with CaptureQueriesContext(connection) as nothing:
        [empty] = [one for one in proposals(cast.council, cast.coordinator, make.TODAY) if one.rule]
    case = closed_case(cast.council)
    with CaptureQueriesContext(connection) as something:
        [found] = [one for one in proposals(cast.council, cast.coordinator, make.TODAY) if one.rule]
    assert (empty.number, empty.rows, found.number, found.rows) == (0, [], 1, [(case.registry_number, OLD)])
    assert len(nothing) == len(something) - 1


def test_three_records_of_each_kind_take_as_many_queries_as_one(cast: Cast) -> None:
    for kind in KINDS:
        decide(cast, kind, years=1)
    browser = cast.browse(cast.coordinator)

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(address).status_code == 200
        return len(seen)

    def add() -> None:
        closed_case(cast.council)
        done(cast)
        make.make_meeting(cast.council, "adjourned", date=OLD)
        Purge.objects.create(council=cast.council, kind="case", on=OLD, by=cast.coordinator, decision="KS 1")

    def shown() -> PurgeOrder:
        return purging.show(council=cast.council, kinds=["case", "action", "notes"], by=cast.coordinator, at=make.NOW)

    add()
    addresses = [page(cast), page(cast, "purge_log")]
    [queries(address) for address in addresses]
    one = [queries(address) for address in [*addresses, page(cast, "purge_order", shown().pk)]]
    add()
    add()
    assert [queries(address) for address in [*addresses, page(cast, "purge_order", shown().pk)]] == one


def test_another_councils_records_are_never_proposed(cast: Cast) -> None:
    other: Council = cast.stranger.council
    closed_case(other, registry_number="BRÅ 2009/9")
    decide(cast, "case")
    browser = cast.browse(cast.coordinator)
    browser.post(page(cast, "purge_show"), {"kind": "all"})
    assert (PurgeOrder.objects.count(), "BRÅ 2009/9" in browser.get(page(cast)).text) == (0, False)
    assert Member.objects.filter(council=other, pk=cast.stranger.pk).exists()
