"""Reports that share a run, are given up, are made by themselves, fetched, and purged."""

import hashlib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import override_settings
from django.urls import reverse

from bra import post
from bra.errors import RuleBroken
from bra.models import HistoryEntry, Letter, Member, Role
from reports import lifecycle, schedule, scheduling
from reports.models import Download, Report, ReportSchedule, ReportState
from tests import make
from tests.cast import Cast
from tests.reports.story import DAY, Story, make_story
from tests.reports.test_building import ask, clock

NOW = make.NOW
HALF_YEAR = date(2017, 6, 30)


@pytest.fixture
def story(cast: Cast, tmp_path: Path) -> Any:
    story = make_story(cast.council)
    story.agree(date(2017, 1, 16), title="Sanera klottret")
    with override_settings(REPORTS_DIR=tmp_path / "reports"):
        yield story


def planned(story: Story, *recipients: Member) -> ReportSchedule:
    return scheduling.plan_report(
        council=story.council, day=HALF_YEAR, recipients=recipients, by=story.secretary, on=DAY
    )


# Sharing


def test_who_asks_for_what_is_waited_for_already_waits_for_the_same(story: Story) -> None:
    first = ask(story)
    assert ask(story) == first
    assert ask(story, as_of=date(2017, 3, 14)) != first
    lifecycle.build(first.pk, clock)
    assert ask(story) != first
    assert Report.objects.count() == 3


def test_a_report_is_compared_with_the_latest_before_it(story: Story) -> None:
    for day in (date(2017, 3, 1), date(2017, 2, 1), DAY):
        lifecycle.build(ask(story, as_of=day).pk, clock)
    found = dict(Report.objects.values_list("as_of", "previous"))
    assert found == {date(2017, 3, 1): None, date(2017, 2, 1): None, DAY: date(2017, 3, 1)}
    # Made again from its row, the first of them is still compared with nothing.
    assert lifecycle.question_of(Report.objects.get(as_of=date(2017, 3, 1))).previous is None


# Giving up


def test_a_waiting_report_is_given_up_and_never_built(story: Story) -> None:
    report = ask(story)
    lifecycle.cancel(report=report, by=story.secretary, on=DAY)
    assert lifecycle.build(report.pk, clock) is None
    report.refresh_from_db()
    assert (report.state, report.file_name) == (ReportState.CANCELLED, "")
    assert HistoryEntry.objects.filter(verb="report.cancelled", actor=story.secretary).count() == 1


def test_a_worker_stops_when_its_report_is_given_up(story: Story, tmp_path: Path) -> None:
    report = ask(story)
    ticks: list[int] = []

    def watching() -> Any:
        """At the third look at the clock the file is written, and somebody gives the report up."""
        ticks.append(1)
        if len(ticks) == 3:
            lifecycle.cancel(report=report, by=story.secretary, on=DAY)
        return NOW

    assert lifecycle.build(report.pk, watching) is None
    report.refresh_from_db()
    assert report.state == ReportState.CANCELLED
    assert list((tmp_path / "reports").iterdir()) == []


def test_a_report_that_is_ready_cannot_be_given_up(story: Story) -> None:
    report = lifecycle.build(ask(story).pk, clock)
    assert report is not None
    with pytest.raises(RuleBroken):
        lifecycle.cancel(report=report, by=story.secretary, on=DAY)


def test_the_coordinator_cancels_on_the_page(cast: Cast, story: Story) -> None:
    report = ask(story)
    browser = cast.browse(cast.coordinator)
    address = reverse("reports:cancel", args=[cast.council.slug, report.pk])
    assert address in browser.get(reverse("reports:list", args=[cast.council.slug])).text
    assert browser.post(address).status_code == 302
    report.refresh_from_db()
    assert report.state == ReportState.CANCELLED
    assert address not in browser.get(reverse("reports:list", args=[cast.council.slug])).text


# What a dead worker left


def test_half_a_file_of_a_dead_worker_is_cleared_away(story: Story, tmp_path: Path) -> None:
    report = ask(story)
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / f".{report.pk}-0123.xlsx.abcd.part").write_bytes(b"half")
    (folder / f".{report.pk}1-0123.xlsx.abcd.part").write_bytes(b"another report's")
    built = lifecycle.build(report.pk, clock)
    assert built is not None
    assert {path.name for path in folder.iterdir()} == {f".{report.pk}1-0123.xlsx.abcd.part", built.file_name}


# By themselves


def test_the_usual_days_are_the_half_years_after_the_first(story: Story) -> None:
    assert schedule.usual_days(story.plan) == [date(2016, 12, 31), date(2017, 6, 30), date(2017, 12, 31)]


def test_a_planned_report_is_made_once_when_its_day_is_over(story: Story) -> None:
    one = planned(story)
    assert scheduling.make_due(council=story.council, today=HALF_YEAR) == []
    # The sweep was away for two days.
    (report,) = scheduling.make_due(council=story.council, today=HALF_YEAR + timedelta(days=3))
    assert scheduling.make_due(council=story.council, today=HALF_YEAR + timedelta(days=4)) == []
    assert (report.as_of, report.period_from, report.period_to) == (HALF_YEAR, date(2016, 1, 1), HALF_YEAR)
    assert report.asked_by is None
    one.refresh_from_db()
    assert (one.report, one.made) == (report, True)


def test_a_day_after_one_plan_and_before_the_next_belongs_to_the_one_that_has_begun(story: Story) -> None:
    make.make_plan(story.council, name="2019", starts=date(2019, 1, 1), ends=date(2019, 12, 31))
    gap = date(2018, 6, 30)
    scheduling.plan_report(council=story.council, day=gap, recipients=[], by=story.secretary, on=DAY)
    (report,) = scheduling.make_due(council=story.council, today=gap + timedelta(days=1))
    assert (report.plan, report.period_to, report.as_of) == (story.plan, story.plan.ends, gap)


def test_the_chosen_are_told_by_a_mail_with_a_link_and_no_file(cast: Cast, story: Story) -> None:
    planned(story, cast.coordinator)
    (report,) = scheduling.make_due(council=story.council, today=HALF_YEAR + timedelta(days=1))
    assert Letter.objects.filter(kind="report").count() == 0
    lifecycle.build(report.pk, clock)
    (letter,) = Letter.objects.filter(kind="report")
    assert (letter.recipient, letter.about) == (cast.coordinator, report.pk)
    post.deliver(story.council, today=DAY, clock=clock)
    (sent,) = mail.outbox
    assert sent.attachments == []
    assert (sent.subject.count("<"), str(sent.body).count("<")) == (0, 0)
    assert reverse("reports:list", args=[story.council.slug]) in str(sent.body)
    assert "klottret" not in str(sent.message())


def test_who_asks_in_person_gets_no_mail(story: Story) -> None:
    lifecycle.build(ask(story).pk, clock)
    assert Letter.objects.filter(kind="report").count() == 0


def test_a_report_is_planned_once_ahead_and_for_those_who_read_reports(cast: Cast, story: Story) -> None:
    planned(story)
    with pytest.raises(RuleBroken) as twice:
        planned(story)
    assert twice.value.field == "day"
    for day, recipient, at in ((DAY - timedelta(days=1), cast.chair, "day"), (DAY, cast.owner, "recipients")):
        with pytest.raises(RuleBroken) as refused:
            scheduling.plan_report(council=story.council, day=day, recipients=[recipient], by=cast.coordinator, on=DAY)
        assert refused.value.field == at
    scheduling.unplan_report(planned=ReportSchedule.objects.get(), by=cast.coordinator, on=DAY)
    assert ReportSchedule.objects.count() == 0


def test_somebody_who_reads_reports_no_longer_is_not_told(cast: Cast, story: Story) -> None:
    planned(story, cast.chair)
    Member.objects.filter(pk=cast.chair.pk).update(role=Role.MEMBER)
    (report,) = scheduling.make_due(council=story.council, today=HALF_YEAR + timedelta(days=1))
    lifecycle.build(report.pk, clock)
    assert Letter.objects.filter(kind="report").count() == 0


# Fetched and purged


def test_the_list_says_who_fetched_the_file(cast: Cast, story: Story) -> None:
    report = lifecycle.build(ask(story).pk, clock)
    assert report is not None
    browser = cast.browse(cast.chair)
    address = reverse("reports:download", args=[cast.council.slug, report.pk])
    content = b"".join(browser.get(address).streaming_content)  # type: ignore[attr-defined]  # a file is streamed
    assert hashlib.sha256(content).hexdigest() == report.sha256
    assert [(found.report, found.by) for found in Download.objects.all()] == [(report, cast.chair)]
    page = browser.get(reverse("reports:list", args=[cast.council.slug])).text
    assert "Fetched once" in page
