"""A report gets ready while the one that is made by itself is about to share its run."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone

from bra.models import Letter
from reports import lifecycle, scheduling, tasks
from reports.questions import Question
from tests.cast import Cast
from tests.meetings.test_two_at_once import ROUNDS, at_once
from tests.reports.story import DAY, make_story

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]


def test_who_was_to_be_told_is_told_once_whoever_asked_first(cast: Cast, tmp_path: Path) -> None:
    story = make_story(cast.council)
    for number in range(ROUNDS):
        day = DAY - timedelta(days=number)
        told = {"recipients": [cast.coordinator], "by": cast.coordinator, "on": day}
        planned = scheduling.plan_report(council=cast.council, day=day, **told)
        question = Question(story.plan, story.plan.starts, day, day)
        asked = lifecycle.request_report(council=cast.council, question=question, by=cast.coordinator, on=DAY)
        with override_settings(REPORTS_DIR=tmp_path):
            claimed = lifecycle.claim(asked.pk, timezone.now())
            assert claimed is not None
            kept = lifecycle._written(claimed, timezone.now)
            at_once(
                lambda claimed=claimed, kept=kept: lifecycle._ready(claimed, kept, timezone.now()),
                lambda: scheduling.make_due(council=cast.council, today=DAY + timedelta(days=1)),
            )
            tasks.build_waiting()
        planned.refresh_from_db()
        assert [letter.recipient for letter in Letter.objects.filter(about=planned.report_id)] == [cast.coordinator]
