"""The threat model names tests, and each of them exists."""

import ast
import re

from ops.environment import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)


def written_in(path: str) -> set[str]:
    """The names of the tests of a file; none when there is no such file."""
    file = ROOT / path
    if not file.exists():
        return set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_each_test_that_the_threat_model_names_exists() -> None:
    assert [f"{path}::{name}" for path, name in NAMED if name not in written_in(path)] == []


def test_each_threat_has_an_answer_and_a_test() -> None:
    table = PAGE.partition("## Threats and answers\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 25
    assert [row[0] for row in rows if len(row) != 3 or "::test_" not in row[2]] == []


def test_the_pages_that_it_leads_to_exist() -> None:
    for folder, text in ((ROOT / "docs", PAGE), (ROOT, (ROOT / "SECURITY.md").read_text(encoding="utf-8"))):
        links = re.findall(r"\]\(([^)#:]+?)(?:#[\w-]+)?\)", text)
        assert links != []
        assert [link for link in links if not (folder / link).exists()] == []
