"""The reports of the list: made again, deleted, swept, and all of it told in history."""

import os
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bra.models import HistoryEntry
from imports.models import ImportBatch
from ops.environment import ROOT
from reports import lifecycle, purging, scheduling, sentences, tasks
from reports.models import Report, ReportKind, ReportSchedule, ReportState, ReturnedFile
from tests import make
from tests.cast import Cast
from tests.reports.story import DAY, Story, make_story
from tests.reports.test_building import ask, clock
from tests.reports.test_pages import made

NOW = make.NOW


@pytest.fixture
def story(cast: Cast, tmp_path: Path) -> Any:
    story = make_story(cast.council)
    story.agree(date(2017, 1, 16), title="Sanera klottret")
    with override_settings(REPORTS_DIR=tmp_path / "reports"):
        yield story


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "reports"


def address(name: str, cast: Cast, *arguments: Any) -> str:
    return reverse(f"reports:{name}", args=[cast.council.slug, *arguments])


def built(story: Story, **overrides: Any) -> Report:
    report = lifecycle.build(ask(story, **overrides).pk, clock)
    assert report is not None
    return report


# Made again


def test_a_failed_report_is_made_again_and_has_its_patience_anew(cast: Cast, story: Story) -> None:
    long_ago = timezone.now() - timedelta(days=3)
    report = made(story, cast.coordinator, state=ReportState.FAILED, failure=lifecycle.DISK_FULL)
    Report.objects.update(asked_at=long_ago)
    browser = cast.browse(cast.coordinator)
    again = address("again", cast, report.pk)
    assert again in browser.get(address("list", cast)).text
    assert browser.post(again).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.failure) == (ReportState.QUEUED, "")
    assert timezone.now() - report.asked_at < lifecycle.PATIENCE
    tasks.build_waiting()
    report.refresh_from_db()
    assert report.state == ReportState.READY
    assert again not in browser.get(address("list", cast)).text
    assert browser.post(again, follow=True).text.count("Only a report that failed or was cancelled") == 1


def test_what_is_asked_again_while_the_same_is_waited_for_shares_its_run(cast: Cast, story: Story) -> None:
    planned = scheduling.plan_report(
        council=story.council, day=DAY, recipients=[cast.chair], by=cast.coordinator, on=DAY
    )
    failed = ask(story, by=None)
    Report.objects.update(state=ReportState.FAILED, failure=lifecycle.BROKEN)
    ReportSchedule.objects.update(report=failed, made=True)
    waiting = ask(story)
    assert lifecycle.ask_again(report=failed, by=cast.coordinator, at=NOW) == waiting
    planned.refresh_from_db()
    assert planned.report == waiting


# Deleted


def test_a_report_with_a_file_is_deleted_by_a_decision_and_history_keeps_its_checksum(
    cast: Cast, story: Story, folder: Path, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    report = built(story)
    browser = cast.browse(cast.coordinator)
    page = address("delete", cast, report.pk)
    refused = browser.post(page, {"decision": " "})
    assert (refused.status_code, Report.objects.count(), len(list(folder.iterdir()))) == (422, 1, 1)
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(page, {"decision": "KS 2017/13"}).status_code == 302
    assert (Report.objects.count(), list(folder.iterdir())) == (0, [])
    (entry,) = HistoryEntry.objects.filter(verb="report.purged")
    assert (entry.actor, entry.target_id) == (cast.coordinator, report.pk)
    assert entry.changes == {"sha256": [report.sha256, ""], "decision": ["", "KS 2017/13"]}
    assert report.sha256 in browser.get(address("history", cast)).text


def test_a_report_without_a_file_needs_no_decision_and_one_that_is_waited_for_stays(cast: Cast, story: Story) -> None:
    browser = cast.browse(cast.coordinator)
    failed = made(story, cast.coordinator, state=ReportState.FAILED, failure=lifecycle.BROKEN)
    assert "no decision is needed" in browser.get(address("delete", cast, failed.pk)).text
    assert browser.post(address("delete", cast, failed.pk)).status_code == 302
    waiting = ask(story)
    assert "Cancel it first" in browser.get(address("delete", cast, waiting.pk)).text
    browser.post(address("delete", cast, waiting.pk))
    assert list(Report.objects.all()) == [waiting]


def test_a_decision_that_looks_like_a_personal_number_is_asked_about(cast: Cast, story: Story) -> None:
    report = built(story)
    answer = cast.browse(cast.coordinator).post(address("delete", cast, report.pk), {"decision": "19821105-9954"})
    assert (answer.status_code, Report.objects.count()) == (422, 1)


# Swept


def test_an_upload_that_nobody_went_on_with_is_forgotten_though_nobody_uploads_again(cast: Cast, story: Story) -> None:
    for days in (30, 31):
        own = {
            "council": story.council,
            "by": cast.coordinator,
            "on": DAY - timedelta(days=days),
            "file_name": "F.xlsx",
        }
        ReturnedFile.objects.create(**own)
        ImportBatch.objects.create(**own)
    tasks.sweep()
    kept = [DAY - timedelta(days=30)]
    assert list(ReturnedFile.objects.values_list("on", flat=True)) == kept
    assert list(ImportBatch.objects.values_list("on", flat=True)) == kept


def test_files_that_no_report_names_are_swept_after_a_day(story: Story, folder: Path) -> None:
    report = built(story)
    names = [f"7-{'a' * 16}.xlsx", f".7-{'b' * 16}.xlsx.0123abcd.part", f"8-{'c' * 16}.xlsx", "notes.txt"]
    for name in names:
        (folder / name).write_bytes(b"left")
    for path in folder.iterdir():
        if not path.name.startswith("8-"):
            os.utime(path, (0, 0))
    assert purging.sweep_files(timezone.now()) == 2
    assert {path.name for path in folder.iterdir()} == {report.file_name, names[2], names[3]}


def test_without_a_folder_there_is_nothing_to_sweep(tmp_path: Path) -> None:
    with override_settings(REPORTS_DIR=tmp_path / "none"):
        assert purging.sweep_files(timezone.now()) == 0


# The list


def test_the_list_says_what_kind_it_is_and_is_filtered_when_it_is_long(cast: Cast, story: Story) -> None:
    browser = cast.browse(cast.coordinator)
    made(story, cast.coordinator, kind=ReportKind.CASES, variant="publish", language="en", format="json")
    short = browser.get(address("list", cast)).text
    assert "Cases · For publication" in short
    assert "English · JSON, for machines" in short
    assert "shown_state" not in short
    for day in range(20):
        made(story, cast.coordinator, as_of=DAY - timedelta(days=day), state=ReportState.CANCELLED)
    assert "shown_state" in browser.get(address("list", cast)).text
    found = browser.get(address("list", cast), {"shown_kind": "cases"})
    assert [report.kind for report in found.context["page_obj"]] == ["cases"]
    assert "shown_kind=cases" in found.text.partition("hx-get=")[2]
    none = browser.get(address("list", cast), {"shown_state": "failed", "shown_kind": "cases"}).text
    assert ("No report is like that." in none, "shown_state" in none) == (True, True)
    assert len(browser.get(address("list", cast), {"shown_state": "'"}).context["page_obj"]) == 20


def test_the_chair_reads_the_list_and_its_history_but_changes_nothing(cast: Cast, story: Story) -> None:
    failed = made(story, cast.coordinator, state=ReportState.FAILED, failure=lifecycle.BROKEN)
    html = cast.browse(cast.chair).get(address("list", cast)).text
    assert address("history", cast) in html
    hidden = [address(name, cast, failed.pk) for name in ("again", "delete")]
    assert [one in html for one in [*hidden, address("schedule", cast)]] == [False, False, False]


# History


def test_no_verb_lacks_its_sentence() -> None:
    written = set()
    for path in (ROOT / "reports").rglob("*.py"):
        written |= set(re.findall(r'verb="(report\.\w+)"', path.read_text(encoding="utf-8")))
    assert written - set(sentences.TELL) == set()
    assert len(written) >= 10


def test_history_tells_in_words_what_became_of_each_report(cast: Cast, story: Story) -> None:
    coordinator = cast.coordinator
    planned = scheduling.plan_report(
        council=story.council, day=date(2017, 6, 30), recipients=[], by=coordinator, on=DAY
    )
    scheduling.change_recipients(planned=planned, recipients=[cast.chair], by=coordinator, on=DAY)
    scheduling.unplan_report(planned=planned, by=coordinator, on=DAY)
    report = built(story)
    other = ask(story, as_of=date(2017, 3, 1))
    lifecycle.cancel(report=other, by=coordinator, on=DAY)
    lifecycle.ask_again(report=other, by=coordinator, at=NOW)
    Report.objects.filter(pk=other.pk).update(asked_at=NOW - timedelta(hours=2))
    lifecycle.claim(other.pk, NOW)
    lifecycle.claim(other.pk, NOW + timedelta(minutes=6))
    purging.delete(report=report, decision="KS 1", by=coordinator, on=DAY)
    purging.delete(report=Report.objects.get(), decision="", by=coordinator, on=DAY)
    what = "Status of the work plan, Working copy, Swedish, Excel"
    plain = "Status of the work plan, Working copy"
    told = [line.what for line in sentences.lines_of(sentences.entries(story.council))]
    assert list(reversed(told)) == [
        f"planned the report as of 2017-06-30, to be made by itself ({plain})",
        "chose who is told of the report as of 2017-06-30: Olle Ordförande",
        "took the report as of 2017-06-30 out of the automatic ones",
        f"asked for the report as of 2017-03-15 ({what})",
        f"the report as of 2017-03-15 was ready ({what}); SHA-256 {report.sha256}",
        f"asked for the report as of 2017-03-01 ({what})",
        f"cancelled the report as of 2017-03-01 ({what})",
        f"asked again for the report as of 2017-03-01 ({what})",
        "the report as of 2017-03-01 failed: The report couldn't be built within an hour.",
        f"purged the report as of 2017-03-15 ({what}) by KS 1; SHA-256 {report.sha256}",
        f"deleted the report as of 2017-03-01 ({what}), which had no file",
    ]


def test_history_takes_as_many_queries_for_three_reports_as_for_one(cast: Cast, story: Story) -> None:
    browser = cast.browse(cast.chair)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(address("history", cast)).status_code == 200
        return len(seen)

    def plan(day: date) -> None:
        one = scheduling.plan_report(council=story.council, day=day, recipients=[], by=cast.coordinator, on=DAY)
        scheduling.change_recipients(planned=one, recipients=[cast.chair], by=cast.coordinator, on=DAY)

    ask(story)
    plan(DAY)
    queries()
    one = queries()
    for days in (1, 2):
        ask(story, as_of=DAY - timedelta(days=days))
        plan(DAY + timedelta(days=days))
    assert queries() == one


def test_another_councils_history_is_not_told(cast: Cast, story: Story) -> None:
    ask(story)
    assert (
        "2017-03-15"
        not in cast.browse(cast.stranger)
        .get(reverse("reports:history", args=[cast.stranger.council.slug]))
        .text.partition("<main")[2]
    )
