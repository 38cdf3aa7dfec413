"""The pages of a working copy that comes back: choosing the file, its preview, taking it in, undoing it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from actions import lifecycle
from actions.models import Action, Status
from bra.models import Letter
from meetings.models import AgendaItem
from reports.models import Report, ReportState, ReturnedFile, Variant
from tests import make
from tests.cast import Cast
from tests.imports.lists import upload
from tests.make import TODAY
from tests.reports.filled import content_of, filled_in, report_of
from tests.reports.story import Story, make_story
from tests.reports.test_returning import AGREED

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(cast: Cast) -> Story:
    return make_story(cast.council)


@pytest.fixture
def action(story: Story) -> Action:
    return story.agree(AGREED, title="Sanera klottret")


@pytest.fixture
def report(cast: Cast, story: Story, action: Action) -> Report:
    return report_of(story, cast.coordinator)


@pytest.fixture
def browser(cast: Cast) -> Client:
    return cast.browse(cast.coordinator)


def send(browser: Client, report: Report, filled: Any, name: str = "ifylld.xlsx", **more: str) -> Any:
    address = reverse("reports:return", args=[report.council.slug, report.pk])
    content = filled if isinstance(filled, bytes) else filled_in(content_of(report), filled)
    return browser.post(address, {"file": upload(content, name)} | more)


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_from_file_to_actions_and_back(browser: Client, report: Report, action: Action) -> None:
    answer = send(browser, report, {action: {"Status": "Done", "What it led to": "Lugnare"}})
    assert answer.status_code == 302
    page = browser.get(answer.url)
    assert page.context["counts"] == {"changed": 1, "conflict": 0, "refused": 0, "same": 0}
    assert "Change 1 action" in page.content.decode()
    done = browser.post(answer.url, {"do": "apply", "seen": page.context["found"].seen}, follow=True)
    assert said(done) == ["1 action is changed."]
    action.refresh_from_db()
    assert (action.status, action.effect) == (Status.DONE, "Lugnare")
    assert [one.action for one in done.context["page"]] == [action]
    returned = ReturnedFile.objects.get()
    undone = browser.post(reverse("reports:return_undo", args=[report.council.slug, returned.pk]), follow=True)
    assert said(undone) == ["What the file changed is put back."]
    action.refresh_from_db()
    assert (action.status, action.effect) == (Status.NOT_STARTED, "")


def test_the_list_offers_it_at_working_copies_only(cast: Cast, browser: Client, story: Story, report: Report) -> None:
    others: list[dict[str, Any]] = [
        {"variant": Variant.PUBLISH},
        {"kind": "cases"},
        {"format": "csv"},
        {"state": ReportState.FAILED},
    ]
    wrong = [report_of(story, cast.coordinator, **other) for other in others]
    page = browser.get(reverse("reports:list", args=[cast.council.slug])).content.decode()
    for one in [report, *wrong]:
        address = reverse("reports:return", args=[cast.council.slug, one.pk])
        assert (address in page) == (one == report)
        assert browser.get(address).status_code == (200 if one == report else 404)
    # The chair reads reports, and takes nothing in.
    chair = cast.browse(cast.chair)
    assert "ifylld" not in chair.get(reverse("reports:list", args=[cast.council.slug])).content.decode()


def test_a_refused_file_says_why_and_keeps_nothing(browser: Client, report: Report) -> None:
    answer = send(browser, report, b"a;b\n")
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "file": ["This isn't an Excel file (.xlsx). Choose the file that was filled in, saved as .xlsx."]
    }
    assert not ReturnedFile.objects.exists()


def test_the_name_of_the_file_is_guarded(browser: Client, report: Report, action: Action) -> None:
    answer = send(browser, report, {action: {"Status": "Done"}}, name="701063-2391.xlsx")
    assert (answer.status_code, ReturnedFile.objects.count()) == (422, 0)
    reason = {"not_personnummer_reason": "ett löpnummer"}
    answer = send(browser, report, {action: {"Status": "Done"}}, name="701063-2391.xlsx", **reason)
    assert answer.status_code == 302
    assert "2391" not in ReturnedFile.objects.get().file_name


def test_what_moved_on_is_taken_in_when_it_is_ticked(cast: Cast, browser: Client, report: Report) -> None:
    action = Action.objects.get()
    content = filled_in(content_of(report), {action: {"Status": "Done"}})
    lifecycle.start(action=action, by=cast.secretary, on=TODAY)
    address = send(browser, report, content).url
    page = browser.get(address)
    assert page.context["counts"]["conflict"] == 1
    sent = {"seen": page.context["found"].seen}
    refused = browser.post(address, sent | {"do": "apply"}, follow=True)
    assert said(refused) == ["No row of the file changes anything."]
    kept = browser.post(address, sent | {"do": "look", "anyway": "5"}, follow=True)
    assert kept.context["rows"][0][1] is True
    # Sent again without the tick, it is taken back.
    browser.post(address, sent | {"do": "look"})
    assert browser.get(address).context["rows"][0][1] is False
    done = browser.post(address, sent | {"do": "apply", "anyway": "5"}, follow=True)
    assert said(done) == ["1 action is changed."]


def test_a_preview_is_only_for_who_chose_the_file(cast: Cast, browser: Client, report: Report, action: Action) -> None:
    address = send(browser, report, {action: {"Status": "Done", "Comment": "Bra"}}).url
    other = make.make_member(cast.council, "coordinator", user=make.make_user())
    assert cast.browse(other).get(address).status_code == 404
    page = browser.get(address)
    browser.post(address, {"do": "apply", "seen": page.context["found"].seen})
    told = cast.browse(other).get(address)
    assert (told.status_code, told.context["may_undo"]) == (200, False)


def test_what_is_restricted_meanwhile_is_named_nowhere(browser: Client, report: Report, action: Action) -> None:
    address = send(browser, report, {action: {"Comment": "Hemligheten"}}).url
    assert "Hemligheten" in browser.get(address).content.decode()
    AgendaItem.objects.filter(pk=action.agenda_item_id).update(**make.lock_of(action.council))
    page = browser.get(address).content.decode()
    assert f"ID {action.pk}" in page
    assert "Hemligheten" not in page
    assert "Sanera klottret" not in page


def test_who_is_named_in_a_comment_is_told(cast: Cast, browser: Client, report: Report, action: Action) -> None:
    address = send(browser, report, {action: {"Comment": f"@{cast.secretary.name} se hit"}}).url
    browser.post(address, {"do": "apply", "seen": browser.get(address).context["found"].seen})
    assert list(Letter.objects.values_list("recipient", "kind")) == [(cast.secretary.pk, "mention")]


def test_a_file_is_thrown_away(browser: Client, report: Report, action: Action) -> None:
    send(browser, report, {action: {"Status": "Done"}})
    returned = ReturnedFile.objects.get()
    answer = browser.post(reverse("reports:return_discard", args=[report.council.slug, returned.pk]), follow=True)
    assert said(answer) == ["The file is thrown away. Nothing of it is kept."]
    assert not ReturnedFile.objects.exists()


def test_what_came_of_a_file_outlives_its_report(browser: Client, report: Report, action: Action) -> None:
    address = send(browser, report, {action: {"Status": "Done"}}).url
    browser.post(address, {"do": "apply", "seen": browser.get(address).context["found"].seen})
    report.delete()
    assert browser.get(address).status_code == 200
    undone = browser.post(f"{address}angra/", follow=True)
    assert said(undone) == ["What the file changed is put back."]
