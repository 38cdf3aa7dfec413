"""Locks say their legal ground, day and decider; the register and the grounds' own pages."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bra import grounds
from bra.errors import RuleBroken
from bra.models import Restrictable, Role
from bra.permissions import may_audit
from meetings import lifecycle
from meetings.models import AgendaItem, Case, CaseState
from tests import make
from tests.cast import Cast
from tests.make import TODAY
from tests.meetings.signing import SECRET, held


def lock_of(row: Restrictable) -> tuple[Any, ...]:
    """The lock as the database has it."""
    row.refresh_from_db()
    return tuple(row.lock.values())


@pytest.mark.parametrize("without", ["legal_ground", "restricted_on", "restricted_by"])
@pytest.mark.parametrize("model", [AgendaItem, Case])
def test_the_database_refuses_half_a_lock(cast: Cast, model: Any, without: str) -> None:
    row = make.make_case(cast.council) if model is Case else make.make_item(make.make_meeting(cast.council))
    rows = model.objects.filter(pk=row.pk)
    lock = make.lock_of(cast.council)
    for half in (lock | {without: None}, make.OPEN | {without: lock[without]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**half)


def test_an_item_takes_the_lock_of_its_case_as_it_was_decided_and_follows_it(cast: Cast) -> None:
    first, second = make.make_ground(cast.council), make.make_ground(cast.council)
    case, item = make.make_case(cast.council), make.make_item(make.make_meeting(cast.council))
    AgendaItem.objects.filter(pk=item.pk).update(case=case)
    here: dict[str, Any] = {"topics": [], "state": CaseState.OPEN, "by": cast.chair}
    with pytest.raises(RuleBroken):
        lifecycle.edit_case(case=case, ground=first, on=TODAY, **here)
    here["by"] = cast.secretary
    lifecycle.edit_case(case=case, ground=first, on=TODAY, **here)
    assert lock_of(item) == lock_of(case) == (True, first, TODAY, cast.secretary)
    lifecycle.edit_case(case=case, ground=second, on=date(2017, 4, 1), **here | {"by": cast.coordinator})
    assert lock_of(item) == lock_of(case) == (True, second, date(2017, 4, 1), cast.coordinator)
    lifecycle.edit_case(case=case, ground=None, on=TODAY, **here)
    lifecycle.edit_item(item=item, ground=None, by=cast.secretary, on=TODAY)
    assert lock_of(item) == lock_of(case) == (False, None, None, None)


def test_a_split_case_takes_the_lock_along(cast: Cast) -> None:
    case = make.make_case(cast.council, restricted=True)
    item = make.make_item(make.make_meeting(cast.council), case=case, restricted=True)
    new = lifecycle.split_case(
        case=case, items=[item], title="Ny", organisation=case.organisation, by=cast.secretary, on=date(2017, 5, 1)
    )
    assert lock_of(new) == lock_of(case) == (True, make.ground_of(cast.council), TODAY, cast.coordinator)


def test_neither_a_foreign_nor_a_removed_ground_restricts(cast: Cast) -> None:
    item = make.make_item(make.make_meeting(cast.council))
    gone = make.make_ground(cast.council, removed=True)
    for ground in (make.make_ground(cast.stranger.council), gone):
        with pytest.raises(RuleBroken) as refused:
            lifecycle.edit_item(item=item, ground=ground, by=cast.secretary, on=TODAY)
        assert refused.value.field == "ground"
        answer = cast.browse(cast.secretary).post(
            reverse("meetings:item_edit", args=["granby", item.pk]), {"title": "x", "ground": ground.pk}
        )
        assert list(answer.context["form"].errors) == ["ground"]
    assert lock_of(item) == (False, None, None, None)


def test_the_register_tells_all_that_is_restricted_and_asks_no_more_for_three(cast: Cast) -> None:
    meeting, browser = make.make_meeting(cast.council), cast.browse(cast.secretary)
    page = reverse("meetings:secrecy", args=["granby"])

    def restrict() -> None:
        make.make_item(meeting, restricted=True)
        make.make_case(cast.council, restricted=True)

    def asked() -> int:
        browser.get(page)  # what is seen for the first time that day goes into the log
        with CaptureQueriesContext(connection) as found:
            answer = browser.get(page)
        assert len(answer.context["entries"]) == AgendaItem.objects.filter(restricted=True).count() * 2
        return len(found)

    restrict()
    one = asked()
    restrict()
    restrict()
    assert asked() == one
    other = make.make_ground(cast.council)
    assert browser.get(page, {"ground": other.pk}).context["entries"] == []
    uses = browser.get(reverse("meetings:grounds", args=["granby"])).context["offered"]
    assert sorted(number for _ground, number in uses) == [0, 6]


def test_grounds_are_added_amended_removed_and_brought_back(cast: Cast) -> None:
    how: dict[str, Any] = {"by": cast.secretary, "on": TODAY}
    ground = grounds.add_ground(council=cast.council, reference=" OSL  9 kap. ", summary="x", **how)
    with pytest.raises(RuleBroken):
        grounds.add_ground(council=cast.council, reference="OSL 9 kap.", summary="", **how)
    grounds.amend_ground(ground=ground, reference="OSL 9 kap. 1 §", summary="", **how)
    grounds.remove_ground(ground=ground, **how)
    ground.refresh_from_db()
    assert (ground.reference, ground.removed) == ("OSL 9 kap. 1 §", True)
    assert list(cast.council.legal_grounds.live()) == []
    grounds.remove_ground(ground=ground, back=True, **how)
    assert list(cast.council.legal_grounds.live()) == [ground]


def test_an_auditor_audits_and_is_asked_for_nothing(cast: Cast) -> None:
    everybody = (cast.coordinator, cast.chair, cast.secretary, cast.member, cast.owner, cast.auditor)
    assert [who.role for who in everybody if may_audit(who)] == [Role.COORDINATOR, Role.AUDITOR]
    item = make.make_item(make.make_meeting(cast.council))
    form = cast.browse(cast.secretary).get(reverse("actions:agree", args=["granby", item.pk])).context["form"]
    offered = {pk for _name, members in form.fields["owner"].choices[1:] for pk, _label in members}
    assert cast.auditor.pk not in offered


def test_an_adjuster_who_is_not_cleared_is_shown_no_restricted_word_when_signing(cast: Cast) -> None:
    meeting = held(cast)
    lifecycle.send_for_sign_off(meeting=meeting, adjusters=[cast.member], by=cast.secretary, on=TODAY)
    # Restricted while the minutes lie with the signers, and the decision's words with it.
    item = meeting.items.get()
    AgendaItem.objects.filter(pk=item.pk).update(title=SECRET, notes=SECRET, stems=SECRET, **make.lock_of(cast.council))
    browser, reference = cast.browse(cast.member), make.ground_of(cast.council).reference
    pages = [reverse(name, args=["granby", meeting.pk]) for name in ("meetings:sign_off", "meetings:detail")]
    pages.append(reverse("home", args=["granby"]))
    read = [browser.get(page).text for page in pages]
    answer = browser.post(reverse("meetings:sign", args=["granby", meeting.pk]), follow=True).text
    assert [word for text in (*read, answer) for word in (SECRET, reference, "Väggen") if word in text] == []
    assert SECRET in cast.browse(cast.chair).get(pages[0]).text
