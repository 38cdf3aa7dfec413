"""Each package is there for a reason that is written down, and is installed by its checksum."""

import re

import pytest

from ops.environment import ROOT

PAGE = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")


def asked_for(name: str) -> list[str]:
    """The packages that requirements/NAME.in names."""
    lines = (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
    return sorted(re.split(r"[\[~=<>; ]", line)[0] for line in lines if line and line[0] not in "#-")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading of the page."""
    part = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return lines[1:]


@pytest.mark.parametrize(("name", "heading"), [("run", "To run it"), ("test", "To test it")])
def test_each_package_has_its_reason_and_licence(name: str, heading: str) -> None:
    table = rows(heading)
    assert [row[0] for row in table] == asked_for(name)
    assert [row for row in table if len(row) != 3 or not all(cell.strip() for cell in row)] == []


@pytest.mark.parametrize("name", ["run", "test"])
def test_each_locked_package_has_an_exact_version_and_a_checksum(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    whole = re.sub(r"\\\n\s*", " ", text)
    pins = [line for line in whole.splitlines() if line and not line.startswith(("#", " "))]
    assert [pin for pin in pins if not re.match(r"[\w.\[\],-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", pin)] == []
    assert {re.split(r"[\[=]", pin)[0].lower() for pin in pins} >= set(asked_for(name))
