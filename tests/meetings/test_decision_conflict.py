"""Two people amend one decision: neither wording is lost, and neither overwrites the other unseen."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bra.errors import RuleBroken
from bra.history import entries_of
from meetings import lifecycle
from meetings.models import Decision, DecisionKind
from tests import make
from tests.cast import Cast
from tests.make import TODAY

pytestmark = pytest.mark.django_db

KIND = DecisionKind.DECIDED


@pytest.fixture
def decision(cast: Cast) -> Decision:
    item = make.make_item(make.make_meeting(cast.council))
    return lifecycle.record_decision(item=item, text="Väggen målas.", by=cast.secretary, on=TODAY)


@pytest.fixture
def secretary(cast: Cast) -> Client:
    return cast.browse(cast.secretary)


def amend(cast: Cast, decision: Decision, text: str, version: int, kind: DecisionKind = KIND) -> Decision:
    return lifecycle.amend_decision(
        decision=decision, text=text, kind=kind, version=version, by=cast.coordinator, on=TODAY
    )


def send(browser: Client, decision: Decision, scripts: bool, **data: Any) -> Any:
    url = reverse("meetings:decision_edit", args=["granby", decision.pk])
    return browser.post(url, {"kind": "decided"} | data, headers={"HX-Request": "true"} if scripts else {})


def test_a_newer_wording_is_not_overwritten(cast: Cast, decision: Decision) -> None:
    amend(cast, decision, "Väggen målas i april.", 0)
    with pytest.raises(lifecycle.DecisionConflict) as conflict:
        amend(cast, decision, "Väggen tvättas.", 0, DecisionKind.FILED)
    caught = conflict.value
    assert (caught.decision.text, caught.text, caught.kind) == (
        "Väggen målas i april.",
        "Väggen tvättas.",
        DecisionKind.FILED,
    )
    assert [entry.verb for entry in entries_of(decision)] == ["decision.recorded", "decision.amended"]
    # The same words from an older page are no conflict, and no change.
    assert amend(cast, decision, "Väggen målas i april.", 0).version == 1


@pytest.mark.parametrize("scripts", [False, True])
def test_both_wordings_are_shown_and_the_own_one_can_be_saved(
    cast: Cast, secretary: Client, decision: Decision, scripts: bool
) -> None:
    amend(cast, decision, "Väggen <i>målas</i>.", 0)
    page = send(secretary, decision, scripts, text="Väggen <b>tvättas</b>.", kind="filed", version=0)
    assert page.status_code == 409
    assert "Somebody else has changed the decision meanwhile." in page.text
    assert "Saved by Karin Koordinator" in page.text
    assert "Väggen &lt;i&gt;målas&lt;/i&gt;." in page.text
    assert "Väggen &lt;b&gt;tvättas&lt;/b&gt;.</textarea>" in page.text
    assert '<option value="filed" selected>' in page.text
    assert 'name="version" value="1"' in page.text
    decision.refresh_from_db()
    assert decision.text == "Väggen <i>målas</i>."
    assert send(secretary, decision, scripts, text="Båda.", version=1).status_code == (200 if scripts else 302)
    decision.refresh_from_db()
    assert (decision.text, decision.version) == ("Båda.", 2)


def test_both_wordings_are_put_together_to_be_edited(cast: Cast, secretary: Client, decision: Decision) -> None:
    amend(cast, decision, "Väggen målas.  ", 0)
    amend(cast, decision, "Väggen målas i april.", 0)
    page = send(secretary, decision, True, text="Väggen tvättas.", version=1, keep="both")
    assert page.status_code == 409
    assert "Väggen målas i april.\n\nVäggen tvättas.</textarea>" in page.text
    decision.refresh_from_db()
    assert decision.text == "Väggen målas i april."


@pytest.mark.parametrize("scripts", [False, True])
def test_a_wording_of_a_decision_removed_meanwhile_is_shown_again(
    cast: Cast, secretary: Client, decision: Decision, scripts: bool
) -> None:
    lifecycle.remove_decision(decision=decision, by=cast.coordinator, on=TODAY)
    page = send(secretary, decision, scripts, text="Väggen <b>tvättas</b>.", version=0)
    assert page.status_code == 422
    assert "Somebody has removed the decision meanwhile." in page.text
    assert "Väggen &lt;b&gt;tvättas&lt;/b&gt;.</textarea>" in page.text
    with pytest.raises(RuleBroken):
        amend(cast, decision, "Annat", 0)


@pytest.mark.parametrize("version", ["", "-1", "x", "99999999999999999999"])
def test_a_form_without_its_version_saves_nothing(secretary: Client, decision: Decision, version: str) -> None:
    page = send(secretary, decision, False, text="Annat", version=version)
    assert page.status_code in (409, 422)
    assert "Annat</textarea>" in page.text
    decision.refresh_from_db()
    assert decision.text == "Väggen målas."


def test_the_history_tells_the_old_wording_and_the_new(cast: Cast, decision: Decision, secretary: Client) -> None:
    amend(cast, decision, "Väggen målas i april.", 0, DecisionKind.FILED)
    amend(cast, decision, "ord " * 100, 1, DecisionKind.FILED)
    url = reverse("meetings:item_history", args=["granby", decision.item_id])
    assert [line.what for line in secretary.get(url).context["lines"] if "decision" in line.what] == [
        "changed a decision: " + ("ord " * 20)[:79] + "…",
        "changed a decision from “Väggen målas.” to “Väggen målas i april.”; its kind: decided → filed",
        "recorded a decision: Väggen målas.",
    ]
    lifecycle.remove_decision(decision=decision, by=cast.coordinator, on=TODAY)
    assert "målas" not in secretary.get(url).text
