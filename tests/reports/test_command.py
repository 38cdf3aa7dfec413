"""The command writes the web's file, or says in one line why not."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from reports import selection, workbook
from tests import make
from tests.reports.story import Story, make_story


@pytest.fixture
def story(db: None) -> Story:
    story = make_story(make.make_council(slug="granby", name="BRÅ Granby"))
    story.agree(date(2017, 1, 16))
    return story


def export(path: Path, **options: str) -> None:
    asked = {"council": "granby", "plan": "2016-2017", "as_of": "2017-03-15", "output": str(path)} | options
    arguments = [f"--{name.replace('_', '-')}={value}" for name, value in asked.items()]
    call_command("export_status_report", *arguments)


def test_it_writes_the_same_bytes_as_the_page_offers(story: Story, tmp_path: Path) -> None:
    path = tmp_path / "F.xlsx"
    export(path)
    assert path.read_bytes() == workbook.build(selection.load(story.ask()))
    assert [file.name for file in tmp_path.iterdir()] == ["F.xlsx"]


def test_the_period_may_be_narrowed(story: Story, tmp_path: Path) -> None:
    path = tmp_path / "F.xlsx"
    export(path, **{"from": "2017-02-01", "to": "2017-02-28"})
    question = story.ask(first=date(2017, 2, 1), last=date(2017, 2, 28))
    assert path.read_bytes() == workbook.build(selection.load(question))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"council": "okand"}, "There is no council with the address okand."),
        ({"plan": "1999"}, "BRÅ Granby has no plan called 1999."),
        ({"as_of": "2017-03-16"}, "The as-of day can't be in the future: today is 2017-03-15."),
        ({"as_of": "15/3 2017"}, "15/3 2017 is not a day; write it as 2017-03-15."),
        ({"as_of": "2015-12-31"}, "The as-of day can't be before the period begins, 2016-01-01."),
        (
            {"from": "2015-01-01"},
            "The period must lie within the plan 2016-2017, 2016-01-01 to 2017-12-31.",
        ),
        ({"output": "/dev/null/F.xlsx"}, "/dev/null/F.xlsx can't be written: Not a directory."),
        ({"output": "/dev/full"}, "/dev/full can't be written: No space left on device."),
        ({"output": "/tmp"}, "/tmp is a folder; name a file."),  # noqa: S108 - refused, never written
    ],
)
def test_what_it_cannot_do_it_says_in_one_line_with_status_two(
    story: Story, tmp_path: Path, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(CommandError) as refused:
        export(tmp_path / "F.xlsx", **options)
    assert (str(refused.value), refused.value.returncode) == (sentence, 2)
    assert list(tmp_path.iterdir()) == []
