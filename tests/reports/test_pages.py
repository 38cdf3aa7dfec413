"""The report page: figures at once, a file when it is built, nothing for those who don't read reports."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bra.models import Member
from reports import lifecycle, selection, tasks, workbook
from reports.models import Report, ReportKind, ReportState, Variant
from tests import make
from tests.cast import Cast
from tests.reports.story import DAY, Story, make_story

QUESTION = {"period_from": "2016-01-01", "period_to": "2017-03-15", "as_of": "2017-03-15"}


@pytest.fixture
def story(cast: Cast, tmp_path: Path) -> Any:
    story = make_story(cast.council)
    story.agree(date(2017, 1, 16), title="Sanera klottret")
    with override_settings(REPORTS_DIR=tmp_path):
        yield story


def page(cast: Cast) -> str:
    return reverse("reports:list", args=[cast.council.slug])


def asked(story: Story) -> dict[str, Any]:
    return QUESTION | {"plan": story.plan.pk}


def made(story: Story, by: Member, **fields: Any) -> Report:
    """A report that has been asked for."""
    values = {
        "council": story.council,
        "plan": story.plan,
        "period_from": date(2016, 1, 1),
        "period_to": DAY,
        "as_of": DAY,
        "asked_by": by,
    }
    return Report.objects.create(**values | fields)


def test_the_coordinator_asks_for_a_report_and_gets_the_file(cast: Cast, story: Story) -> None:
    browser = cast.browse(cast.coordinator)
    opened = browser.get(page(cast))
    assert opened.context["total"].total == 1
    answer = browser.post(page(cast), asked(story))
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, page(cast))
    report = Report.objects.get()
    assert (report.state, report.asked_by) == (ReportState.QUEUED, cast.coordinator)
    assert "every 250ms" in browser.get(page(cast)).content.decode()
    Report.objects.update(asked_at=report.asked_at - timedelta(seconds=6))
    assert "every 1s" in browser.get(page(cast)).content.decode()

    tasks.build_waiting()
    waiting = browser.get(reverse("reports:progress", args=[cast.council.slug]), headers={"HX-Request": "true"})
    html = waiting.content.decode()
    report.refresh_from_db()
    assert ("every " in html, report.sha256 in html, "<html" in html) == (False, True, False)

    file = browser.get(reverse("reports:download", args=[cast.council.slug, report.pk]))
    content = b"".join(file)
    # Everybody who reads reports here is cleared.
    assert content == workbook.build(selection.load(replace(story.ask(), counts_left_out=True)))
    assert hashlib.sha256(content).hexdigest() == report.sha256
    name = "statusrapport-granby-2016-2017-2017-03-15.xlsx"
    assert file.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "no-store" in file.headers["Cache-Control"]


CHOSEN = {"kind": "follow_up", "variant": "publish", "language": "en", "file_format": "xlsx"}


def test_what_is_chosen_is_asked_for_kept_and_shown_in_words(cast: Cast, story: Story) -> None:
    browser = cast.browse(cast.coordinator)
    answer = browser.post(page(cast), asked(story) | CHOSEN)
    report = Report.objects.get()
    assert (report.kind, report.variant, report.language, report.format) == tuple(CHOSEN.values())
    after = browser.get(answer.headers["Location"].partition("#")[0])
    assert {name: after.context["form"][name].value() for name in CHOSEN} == CHOSEN
    for preset in after.context["presets"]:
        assert {name: QueryDict(preset["query"])[name] for name in CHOSEN} == CHOSEN
    assert "Follow-up before a meeting · For publication · English · Excel" in after.content.decode()
    assert [(fact.label, fact.value) for fact in after.context["facts"]][:2] == [
        ("Open actions", 1),
        ("Of which overdue", 1),
    ]


def test_who_chooses_nothing_gets_a_working_copy_in_swedish(cast: Cast, story: Story) -> None:
    browser = cast.browse(cast.coordinator)
    form = browser.get(page(cast)).context["form"]
    expected = ("status", "working", "sv", "xlsx")
    assert tuple(form[name].value() for name in CHOSEN) == expected
    browser.post(page(cast), asked(story))
    report = Report.objects.get()
    assert (report.kind, report.variant, report.language, report.format) == expected


@pytest.mark.parametrize("name", CHOSEN)
def test_a_choice_that_does_not_exist_is_refused(cast: Cast, story: Story, name: str) -> None:
    browser = cast.browse(cast.coordinator)
    answer = browser.post(page(cast), asked(story) | {name: "påhittat"})
    assert (answer.status_code, Report.objects.count()) == (422, 0)
    assert list(answer.context["form"].errors) == [name]


@pytest.mark.parametrize("kind", ReportKind)
@pytest.mark.parametrize("variant", Variant)
def test_the_figures_of_each_kind_are_shown_at_once(cast: Cast, story: Story, kind: str, variant: str) -> None:
    answer = cast.browse(cast.coordinator).get(page(cast), asked(story) | {"kind": kind, "variant": variant})
    numbers = [(fact.label, fact.value) for fact in answer.context["facts"] if fact.style == "number"]
    html = answer.content.decode()
    assert [f"<dt>{label}</dt>" in html for label, _number in numbers] == [True] * len(numbers)


def test_the_chair_reads_but_does_not_ask(cast: Cast, story: Story) -> None:
    browser = cast.browse(cast.chair)
    report = made(story, cast.coordinator)
    tasks.build_waiting()
    assert browser.get(page(cast)).status_code == 200
    file = browser.get(reverse("reports:download", args=[cast.council.slug, report.pk]))
    assert (file.status_code, len(b"".join(file))) == (200, Report.objects.get().size)
    assert browser.post(page(cast), asked(story)).status_code == 404
    assert Report.objects.count() == 1


@pytest.mark.parametrize("who", ["secretary", "member", "owner", "stranger"])
def test_for_everybody_else_there_are_no_reports(cast: Cast, story: Story, who: str) -> None:
    report = made(story, cast.coordinator)
    tasks.build_waiting()
    browser: Client = cast.browse(getattr(cast, who))
    addresses = [
        page(cast),
        reverse("reports:progress", args=[cast.council.slug]),
        reverse("reports:download", args=[cast.council.slug, report.pk]),
    ]
    assert [browser.get(address).status_code for address in addresses] == [404, 404, 404]
    assert browser.post(page(cast), asked(story)).status_code == 404


def test_another_councils_report_is_not_reached_through_ones_own(cast: Cast, story: Story) -> None:
    report = made(story, cast.coordinator)
    tasks.build_waiting()
    browser = cast.browse(cast.stranger)
    own = reverse("reports:download", args=[cast.stranger.council.slug, report.pk])
    assert browser.get(own).status_code == 404
    answer = browser.post(page_of(cast.stranger), asked(story))
    assert (answer.status_code, Report.objects.count()) == (422, 1)


def page_of(member: Member) -> str:
    return reverse("reports:list", args=[member.council.slug])


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("as_of", "2017-03-16", "The as-of day can&#x27;t be in the future: today is 2017-03-15."),
        ("period_from", "2015-06-01", "The period must lie within the plan 2016-2017, 2016-01-01 to 2017-12-31."),
        ("period_to", "snart", "Enter a valid date."),
    ],
)
def test_a_bad_question_is_shown_again_with_what_was_typed(
    cast: Cast, story: Story, field: str, value: str, sentence: str
) -> None:
    browser = cast.browse(cast.coordinator)
    for answer in (browser.post(page(cast), asked(story) | {field: value}), browser.get(page(cast), {field: value})):
        html = answer.content.decode()
        assert sentence in html
        assert f'value="{value}"' in html
        assert "data" not in answer.context
    assert Report.objects.count() == 0


def test_a_report_that_is_not_ready_or_whose_file_is_gone_is_not_found(cast: Cast, story: Story) -> None:
    report = made(story, cast.coordinator)
    browser = cast.browse(cast.coordinator)
    address = reverse("reports:download", args=[cast.council.slug, report.pk])
    assert browser.get(address).status_code == 404
    Report.objects.update(state=ReportState.READY, file_name="borta.xlsx", sha256="0" * 64, size=1)
    assert browser.get(address).status_code == 404


def test_a_failed_report_says_why(cast: Cast, story: Story) -> None:
    made(story, cast.coordinator, state=ReportState.FAILED, failure=lifecycle.DISK_FULL)
    html = cast.browse(cast.coordinator).get(page(cast)).content.decode()
    assert "The disk is full, so the file couldn&#x27;t be written." in html


def test_the_list_says_the_number_that_the_history_of_an_action_names(cast: Cast, story: Story) -> None:
    report = made(story, cast.coordinator)
    shown = cast.browse(cast.coordinator).get(page(cast)).content.decode()
    assert shown.count(f"Report {report.pk} ·") == 1


def test_without_a_plan_the_page_says_what_is_missing(cast: Cast) -> None:
    answer = cast.browse(cast.coordinator).get(page(cast))
    assert "There is no plan to report on yet" in answer.content.decode()


def test_the_figures_alone_are_given_to_htmx(cast: Cast, story: Story) -> None:
    answer = cast.browse(cast.coordinator).get(
        page(cast), asked(story), headers={"HX-Request": "true", "HX-Target": "preview"}
    )
    html = answer.content.decode()
    assert ('id="preview"' in html, "<html" in html) == (True, False)


def test_the_page_asks_the_database_as_often_for_three_reports_as_for_one(cast: Cast, story: Story) -> None:
    browser = cast.browse(cast.coordinator)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(page(cast)).status_code == 200
        return len(seen)

    made(story, cast.coordinator)
    queries()
    one = queries()
    for _n in range(2):
        made(story, make.make_member(cast.council), as_of=DAY - timedelta(days=1 + _n))
        story.agree(date(2017, 2, 1))
        make.make_activity(story.plan, 5 + _n)
    assert queries() == one
