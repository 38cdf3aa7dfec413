"""The page of automatic reports, and what happens when the night's work didn't go as planned."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bra.errors import RuleBroken
from bra.models import Council, HistoryEntry, Letter
from reports import lifecycle, schedule, scheduling, tasks
from reports.models import Report, ReportSchedule, ReportState
from tests import make
from tests.cast import Cast
from tests.reports.story import DAY, Story, make_story

HALF_YEAR = date(2017, 6, 30)
YEARS_END = date(2017, 12, 31)


@pytest.fixture
def story(cast: Cast, tmp_path: Path) -> Any:
    story = make_story(cast.council)
    with override_settings(REPORTS_DIR=tmp_path / "reports"):
        yield story


def address(name: str, cast: Cast, *arguments: Any) -> str:
    return reverse(f"reports:{name}", args=[cast.council.slug, *arguments])


def plan(story: Story, cast: Cast, day: date = HALF_YEAR, **overrides: Any) -> ReportSchedule:
    values = {"recipients": [cast.coordinator], "by": cast.coordinator, "on": DAY} | overrides
    return scheduling.plan_report(council=story.council, day=day, **values)


# The page


def test_one_click_adds_the_usual_days_that_are_still_to_come(cast: Cast, story: Story) -> None:
    browser = cast.browse(cast.coordinator)
    assert browser.get(address("schedule", cast)).context["usual"] == [HALF_YEAR, YEARS_END]
    browser.post(address("schedule_usual", cast))
    planned = [(one.on, list(one.recipients.all())) for one in ReportSchedule.objects.order_by("on")]
    assert planned == [(HALF_YEAR, [cast.coordinator]), (YEARS_END, [cast.coordinator])]
    assert "no more usual days" in browser.post(address("schedule_usual", cast), follow=True).text
    page = browser.get(address("schedule", cast))
    assert (page.context["usual"], address("schedule_usual", cast) in page.text) == ([], False)


def test_without_a_plan_there_are_no_usual_days(cast: Cast) -> None:
    assert schedule.unplanned_usual_days(cast.council, DAY) == []
    assert cast.browse(cast.coordinator).get(address("schedule", cast)).status_code == 200


def test_a_day_is_added_with_its_kind_and_its_recipients(cast: Cast, story: Story) -> None:
    browser = cast.browse(cast.coordinator)
    sent = {"day": "2017-05-02", "kind": "cases", "variant": "publish", "recipients": [cast.chair.pk]}
    assert browser.post(address("schedule", cast), sent).status_code == 302
    one = ReportSchedule.objects.get()
    assert (one.on, one.kind, one.variant) == (date(2017, 5, 2), "cases", "publish")
    assert list(one.recipients.all()) == [cast.chair]
    html = browser.get(address("schedule", cast)).text
    assert ("Cases, For publication" in html, "Told by mail: Olle Ordförande" in html) == (True, True)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"day": "2017-03-14"}, "That day is over: ask for its report now instead."),
        ({"day": "2017-06-30"}, "The report of that day is made by itself already."),
        ({"day": "snart"}, "Write the day as 2017-05-15."),
        ({"kind": "rykten"}, "Select a valid choice. rykten is not one of the available choices."),
    ],
)
def test_what_cannot_be_planned_is_refused_and_nothing_typed_is_lost(
    cast: Cast, story: Story, sent: dict[str, str], sentence: str
) -> None:
    plan(story, cast)
    values = {"day": "2017-05-02", "kind": "status", "variant": "working", "recipients": [cast.chair.pk]} | sent
    answer = cast.browse(cast.coordinator).post(address("schedule", cast), values)
    assert answer.status_code == 422
    assert (sentence in answer.text, f'value="{values["day"]}"' in answer.text) == (True, True)
    assert ReportSchedule.objects.count() == 1


def test_only_those_who_read_reports_today_are_offered(cast: Cast, story: Story) -> None:
    make.make_member(cast.council, "chair", mandate_to=DAY - timedelta(days=1))
    make.make_member(cast.stranger.council, "chair")
    assert set(schedule.readers(cast.council, DAY)) == {cast.coordinator, cast.chair}
    values = {"day": "2017-05-02", "kind": "status", "variant": "working", "recipients": [cast.member.pk]}
    assert cast.browse(cast.coordinator).post(address("schedule", cast), values).status_code == 422


def test_recipients_are_changed_and_a_day_is_removed(cast: Cast, story: Story) -> None:
    one = plan(story, cast)
    browser = cast.browse(cast.coordinator)
    page = address("schedule_recipients", cast, one.pk)
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"recipients": [cast.chair.pk]}).status_code == 302
    assert list(one.recipients.all()) == [cast.chair]
    browser.post(page, {"recipients": [cast.chair.pk]})
    (entry,) = HistoryEntry.objects.filter(verb="report.recipients_changed")
    assert entry.changes["recipients"] == [[cast.coordinator.pk], [cast.chair.pk]]
    assert browser.post(page, {"recipients": [cast.owner.pk]}).status_code == 422
    assert browser.post(address("schedule_remove", cast, one.pk)).status_code == 302
    assert ReportSchedule.objects.count() == 0


def test_what_has_been_made_is_listed_with_its_file_and_stays(cast: Cast, story: Story) -> None:
    one = plan(story, cast, DAY)
    (report,) = scheduling.make_due(council=story.council, today=DAY + timedelta(days=1))
    lifecycle.build(report.pk, lambda: make.NOW)
    browser = cast.browse(cast.coordinator)
    html = browser.get(address("schedule", cast)).text
    assert address("download", cast, report.pk) in html
    assert address("schedule_remove", cast, one.pk) not in html
    with pytest.raises(RuleBroken):
        scheduling.unplan_report(planned=one, by=cast.coordinator, on=DAY)
    Report.objects.all().delete()
    assert "The report has been purged." in browser.get(address("schedule", cast)).text


def test_the_page_takes_as_many_queries_for_three_days_as_for_one(cast: Cast, story: Story) -> None:
    browser = cast.browse(cast.coordinator)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(address("schedule", cast)).status_code == 200
        return len(seen)

    plan(story, cast)
    queries()
    one = queries()
    plan(story, cast, date(2017, 4, 1))
    plan(story, cast, date(2017, 5, 1), recipients=[cast.chair])
    assert queries() == one


# The night


def test_days_that_passed_while_the_server_was_down_are_made_afterwards_in_one_go(cast: Cast, story: Story) -> None:
    for day in (DAY, HALF_YEAR):
        plan(story, cast, day)
    # It comes up again in the autumn: the sweep that beat wakes, and the one that builds.
    Council.objects.filter(pk=cast.council.pk).update(pinned_today=date(2017, 9, 1))
    tasks.make_scheduled()
    tasks.build_waiting()
    tasks.make_scheduled()
    found = Report.objects.order_by("as_of").values_list("as_of", "period_to", "state", "asked_by")
    assert list(found) == [(day, day, "ready", None) for day in (DAY, HALF_YEAR)]
    # The later one is compared with the earlier one, as it would have been with the server up.
    assert list(Report.objects.order_by("as_of").values_list("previous", flat=True)) == [None, DAY]
    assert Letter.objects.filter(kind="report", recipient=cast.coordinator).count() == 2


def test_beat_looks_every_hour_for_days_that_are_over_and_every_minute_for_what_waits() -> None:
    beat: dict[str, Any] = {str(entry["task"]): entry["schedule"] for entry in configured.CELERY_BEAT_SCHEDULE.values()}
    assert beat[tasks.make_scheduled.name].hour == set(range(24))
    assert beat[tasks.build_waiting.name] == 60
    assert tasks.sweep.name in beat


def test_an_automatic_report_that_failed_is_told_on_the_coordinators_first_page(
    cast: Cast, story: Story, tmp_path: Path
) -> None:
    plan(story, cast, DAY)
    (tmp_path / "reports").write_text("a file where the folder should be")
    (report,) = scheduling.make_due(council=story.council, today=DAY + timedelta(days=1))
    lifecycle.build(report.pk, timezone.now)
    words = "The automatic report as of 2017-03-15 couldn&#x27;t be made."
    home = reverse("home", args=[cast.council.slug])
    told = {who: words in cast.browse(getattr(cast, who)).get(home).text for who in ("coordinator", "chair", "owner")}
    assert told == {"coordinator": True, "chair": False, "owner": False}
    page = cast.browse(cast.coordinator).get(address("schedule", cast)).text
    assert ("the folder of the reports" in page, address("again", cast, report.pk) in page) == (True, True)

    (tmp_path / "reports").unlink()
    cast.browse(cast.coordinator).post(address("again", cast, report.pk))
    assert words not in cast.browse(cast.coordinator).get(home).text
    tasks.build_waiting()
    report.refresh_from_db()
    assert (report.state, Letter.objects.filter(kind="report").count()) == (ReportState.READY, 1)


def test_a_day_without_a_plan_is_told_and_made_once_the_plan_is_there(cast: Cast, tmp_path: Path) -> None:
    Council.objects.filter(pk=cast.council.pk).update(pinned_today=DAY + timedelta(days=1))
    scheduling.plan_report(council=cast.council, day=DAY, recipients=[], by=cast.coordinator, on=DAY)
    tasks.make_scheduled()
    browser = cast.browse(cast.coordinator)
    assert "no plan had begun by that day" in browser.get(address("schedule", cast)).text
    assert "couldn&#x27;t be made" in browser.get(reverse("home", args=[cast.council.slug])).text
    make.make_plan(cast.council)
    tasks.make_scheduled()
    assert Report.objects.get().state == ReportState.QUEUED
    assert "couldn&#x27;t be made" not in browser.get(reverse("home", args=[cast.council.slug])).text
