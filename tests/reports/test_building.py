"""A report is asked for, queued, built once, and never half."""

import errno
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from bra.errors import RuleBroken
from bra.models import HistoryEntry, Member
from reports import formats, lifecycle, selection, tasks, workbook
from reports.models import Format, Report, ReportState, Variant
from reports.questions import Question
from reports.workbook import book
from tests import make
from tests.cast import Cast
from tests.reports.story import DAY, Story, make_story

NOW = make.NOW


def clock() -> datetime:
    return NOW


@pytest.fixture
def folder(tmp_path: Path) -> Any:
    with override_settings(REPORTS_DIR=tmp_path / "reports"):
        yield tmp_path / "reports"


@pytest.fixture
def story(db: None, folder: Path) -> Story:
    story = make_story()
    story.agree(date(2017, 1, 16), title="Sanera klottret")
    return story


def ask(story: Story, **overrides: Any) -> Report:
    """Ask for the story's report; what is overridden is a field of the question or of the asking."""
    asking = {
        name: overrides.pop(name, usual)
        for name, usual in {"council": story.council, "by": story.secretary, "on": DAY}.items()
    }
    fields = {"plan": story.plan, "period_from": date(2016, 1, 1), "period_to": DAY, "as_of": DAY}
    return lifecycle.request_report(question=Question(**fields | overrides), **asking)


# Asking


@pytest.mark.parametrize(
    ("question", "at", "sentence"),
    [
        (
            {"period_from": date(2015, 12, 31)},
            "period_from",
            "The period must lie within the plan 2016-2017, 2016-01-01 to 2017-12-31.",
        ),
        (
            {"period_to": date(2018, 1, 1)},
            "period_to",
            "The period must lie within the plan 2016-2017, 2016-01-01 to 2017-12-31.",
        ),
        (
            {"period_from": date(2017, 3, 2), "period_to": date(2017, 3, 1)},
            "period_to",
            "The period must end on the day it begins or later.",
        ),
        (
            {"as_of": date(2017, 3, 16)},
            "as_of",
            "The as-of day can't be in the future: today is 2017-03-15.",
        ),
        (
            {"period_from": date(2017, 2, 1), "as_of": date(2017, 1, 31)},
            "as_of",
            "The as-of day can't be before the period begins, 2017-02-01.",
        ),
    ],
)
def test_a_question_without_an_answer_is_refused_at_its_field(
    story: Story, question: dict[str, date], at: str, sentence: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        ask(story, **question)
    assert (refused.value.field, refused.value.sentence) == (at, sentence)
    assert Report.objects.count() == 0


def test_another_councils_plan_is_refused(story: Story) -> None:
    with pytest.raises(RuleBroken):
        ask(story, plan=make.make_plan(make.make_council()))


# Building


def test_a_built_report_is_whole_and_its_checksum_is_kept(story: Story, folder: Path) -> None:
    report = lifecycle.build(ask(story).pk, clock)
    assert report is not None
    content = (folder / report.file_name).read_bytes()
    assert (report.state, report.failure, report.rows_done) == (ReportState.READY, "", report.rows_total)
    assert (report.size, report.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert content == workbook.build(selection.load(lifecycle.question_of(report)))
    assert [path.name for path in folder.iterdir()] == [report.file_name]
    assert lifecycle.download_name(report) == f"statusrapport-{story.council.slug}-2016-2017-2017-03-15.xlsx"
    verbs = HistoryEntry.objects.filter(target_type="report", target_id=report.pk)
    assert list(verbs.values_list("verb", flat=True)) == ["report.asked", "report.ready"]


def test_a_report_is_built_once(story: Story, folder: Path) -> None:
    pk = ask(story).pk
    assert lifecycle.build(pk, clock) is not None
    assert lifecycle.build(pk, clock) is None
    tasks.build_waiting()
    assert len(list(folder.iterdir())) == 1


def test_only_one_of_two_workers_gets_the_report(story: Story) -> None:
    pk = ask(story).pk
    assert lifecycle.claim(pk, NOW) is not None
    assert lifecycle.claim(pk, NOW) is None


def test_a_report_whose_worker_died_is_taken_up_when_the_lease_has_run_out(story: Story) -> None:
    pk = ask(story).pk
    lifecycle.claim(pk, NOW)
    Report.objects.update(asked_at=NOW)
    assert lifecycle.build(pk, lambda: NOW + lifecycle.LEASE) is None
    later = NOW + lifecycle.LEASE + timedelta(seconds=1)
    report = lifecycle.build(pk, lambda: later)
    assert report is not None
    assert report.state == ReportState.READY


def test_a_report_that_takes_its_workers_down_is_given_up_after_an_hour(story: Story) -> None:
    pk = ask(story).pk
    Report.objects.update(asked_at=NOW)
    for minutes in range(0, 61, 6):
        assert lifecycle.claim(pk, NOW + timedelta(minutes=minutes)) is not None
    assert lifecycle.build(pk, lambda: NOW + timedelta(minutes=66)) is None
    report = Report.objects.get(pk=pk)
    assert (report.state, report.failure) == (ReportState.FAILED, "The report couldn't be built within an hour.")


def test_a_report_that_waited_while_the_server_was_down_is_built_afterwards(story: Story) -> None:
    pk = ask(story).pk
    Report.objects.update(asked_at=NOW)
    lifecycle.claim(pk, NOW)
    report = lifecycle.build(pk, lambda: NOW + timedelta(hours=20))
    assert report is not None
    assert report.state == ReportState.READY


def test_a_worker_that_lost_its_lease_leaves_the_report_to_the_other(story: Story, folder: Path) -> None:
    pk = ask(story).pk
    ticks = iter([NOW, NOW + timedelta(seconds=1), NOW + timedelta(seconds=2)])
    other: list[Report | None] = []

    def slow_clock() -> datetime:
        """At the third look at the clock the lease has long run out, and another worker has built the report."""
        tick = next(ticks)
        if tick == NOW + timedelta(seconds=2):
            Report.objects.update(claimed_until=NOW - timedelta(seconds=1), asked_at=NOW)
            other.append(lifecycle.build(pk, clock))
        return tick

    assert lifecycle.build(pk, slow_clock) is None
    (theirs,) = other
    assert theirs is not None
    assert [path.name for path in folder.iterdir()] == [theirs.file_name]
    assert Report.objects.get(pk=pk).sha256 == theirs.sha256


def test_the_rows_written_are_shown_while_it_is_built(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, int, int]] = []

    def watching() -> datetime:
        seen.append(Report.objects.values_list("state", "rows_done", "rows_total").get())
        return NOW

    monkeypatch.setattr(book, "PROGRESS_STEP", 2)
    lifecycle.build(ask(story).pk, watching)
    total = selection.load(story.ask()).rows
    assert total == 6  # three activities, an action, a meeting, a change
    # The figures are those of the step before: each look at the clock precedes the next writing.
    assert seen == [
        ("queued", 0, 0),
        ("running", 0, 0),
        ("running", 0, total),
        ("running", 2, total),
        ("running", 4, total),
        ("running", 6, total),
        ("running", 6, total),
    ]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (errno.ENOSPC, "The disk is full, so the file couldn't be written."),
        (errno.EACCES, "The file couldn't be written: the folder of the reports can't be written to."),
    ],
)
def test_a_disk_that_says_no_ends_as_a_sentence_and_leaves_no_half_file(
    story: Story, folder: Path, monkeypatch: pytest.MonkeyPatch, error: int, sentence: str
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "fsync", refuse)
    report = lifecycle.build(ask(story).pk, clock)
    assert report is not None
    assert (report.state, report.failure, report.file_name) == (ReportState.FAILED, sentence, "")
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_no_folder_ends_as_a_sentence(story: Story, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file where the folder should be")
    report = lifecycle.build(ask(story).pk, clock)
    assert report is not None
    assert report.failure == "The file couldn't be written: the folder of the reports can't be written to."


# Waking


def test_a_broker_that_is_away_does_no_harm(
    story: Story, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    report = ask(story)
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        tasks.wake_after_commit(report)
    assert len(callbacks) == 1
    tasks.build_waiting()
    report.refresh_from_db()
    assert report.state == ReportState.READY


def test_the_tasks_go_by_the_names_that_beat_knows(settings: Any) -> None:
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert tasks.build_waiting.name in scheduled
    assert tasks.build.name == "reports.build"


@pytest.mark.parametrize(
    ("overrides", "file_format", "name"),
    [
        ({}, "pdf", "statusrapport-granby-2016-2017-2017-03-15.pdf"),
        ({"variant": "publish"}, "ods", "statusrapport-granby-2016-2017-2017-03-15-publik.ods"),
        (
            {"kind": "cases", "variant": "publish", "language": "en"},
            "csv",
            "cases-granby-2016-2017-2017-03-15-public.csv",
        ),
        ({"kind": "follow_up"}, "json", "uppfoljning-granby-2016-2017-2017-03-15.json"),
    ],
)
def test_a_file_is_built_and_named_after_what_it_is(
    story: Story, overrides: dict[str, Any], file_format: str, name: str
) -> None:
    story.council.slug = "granby"
    story.council.save()
    question = Question(story.plan, date(2016, 1, 1), DAY, DAY, **overrides)
    asked = lifecycle.request_report(
        council=story.council, question=question, by=story.secretary, on=DAY, file_format=file_format
    )
    report = lifecycle.build(asked.pk, clock)
    assert report is not None
    assert (lifecycle.download_name(report), lifecycle.stored_path(report).suffix) == (name, f".{file_format}")
    expected = BytesIO()
    # Who asked is cleared, and nobody else reads the reports.
    counting = replace(question, counts_left_out=question.variant == Variant.WORKING)
    formats.write(file_format, selection.load(counting), expected)
    assert lifecycle.stored_path(report).read_bytes() == expected.getvalue()


# How much is left out


@pytest.mark.parametrize(
    ("by", "uncleared", "variant", "counts"),
    [
        ("coordinator", (), Variant.WORKING, True),
        ("coordinator", ("member", "stranger"), Variant.WORKING, True),  # who can't fetch it
        ("coordinator", ("coordinator",), Variant.WORKING, False),
        ("coordinator", ("chair",), Variant.WORKING, False),  # who may fetch it
        ("coordinator", (), Variant.PUBLISH, False),
        (None, (), Variant.WORKING, False),  # made by itself
    ],
)
def test_a_report_counts_what_is_left_out_only_for_the_cleared(
    cast: Cast, folder: Path, by: str | None, uncleared: tuple[str, ...], variant: Variant, counts: bool
) -> None:
    story = make_story(cast.council)
    story.agree(date(2017, 1, 20), item=story.meet(date(2017, 1, 20), restricted=True))
    Member.objects.filter(pk__in=[getattr(cast, name).pk for name in uncleared]).update(cleared=False)
    asker = Member.objects.get(pk=getattr(cast, by).pk) if by else None
    question = Question(story.plan, date(2016, 1, 1), DAY, DAY, variant=variant)
    report = lifecycle.request_report(
        council=cast.council, question=question, by=asker, on=DAY, file_format=Format.JSON
    )
    lifecycle.build(report.pk, clock)
    report.refresh_from_db()
    kept = json.loads(lifecycle.stored_path(report).read_bytes())
    told = {"actions": 1, "cases": 0, "items": 0, "decisions": 0}
    assert kept["left_out"] == (told if counts else None)
