"""The catalogue is read from the sources exactly as Django asks for it, and its check misses nothing."""

from pathlib import Path

import pytest

from ops import translations
from ops.translations import PO, placeholders, problems, update


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    (tmp_path / "bra").mkdir()
    (tmp_path / "templates" / "page.html").write_text(
        """
        <h1>{% translate "Meeting" %}</h1> it's "quoted
            {% blocktranslate trimmed with day=date|date:"j F" %}
              Due {{ day }},
              100 %
            {% endblocktranslate %}
        {% blocktranslate count n=items|length %}{{ n }} item{% plural %}{{ n }} items{% endblocktranslate %}
        {% translate "May" context "month" %} {{ title|default:_("Untitled") }} {# _("no") #}
        """,
        encoding="utf-8",
    )
    (tmp_path / "bra" / "models.py").write_text(
        'A = _("Council")\n'
        'B = ngettext_lazy("%(n)d day", "%(n)d days", "n")\n'
        'C = _("Split "\n      "text {when}")\n'
        "D = _(variable)\n",
        encoding="utf-8",
    )
    return tmp_path


def translate(project: Path, **swedish: str) -> None:
    """Fill in translations: `project`'s catalogue gets `msgstr` for each message whose id starts with the key."""
    text = (project / PO).read_text(encoding="utf-8")
    for start, translation in swedish.items():
        head, found, rest = text.partition(f'msgid "{start}')
        assert found
        text = head + found + rest.replace('msgstr ""', f'msgstr "{translation}"', 1)
    (project / PO).write_text(text, encoding="utf-8")


def test_every_way_of_asking_for_a_text_is_found(project: Path) -> None:
    assert problems(project) == [
        "missing: '%(n)d day'",
        "missing: '%(n)s item'",
        "missing: 'Council'",
        "missing: 'Due %(day)s, 100 %%'",
        "missing: 'May'",
        "missing: 'Meeting'",
        "missing: 'Split text {when}'",
        "missing: 'Untitled'",
    ]


def test_an_update_keeps_what_is_translated_and_changes_nothing_twice(project: Path) -> None:
    update(project)
    translate(project, Meeting="Möte")
    (project / "bra" / "models.py").write_text('A = _("Council")\nE = _("Added")\n', encoding="utf-8")
    assert update(project) == []
    once = (project / PO).read_text(encoding="utf-8")
    assert 'msgid "Meeting"\nmsgstr "Möte"\n' in once
    assert 'msgid "Added"\nmsgstr ""\n' in once
    assert "Split" not in once
    update(project)
    assert (project / PO).read_text(encoding="utf-8") == once


def test_a_dropped_translation_is_told(project: Path) -> None:
    update(project)
    translate(project, Council="Råd")
    (project / "bra" / "models.py").write_text("", encoding="utf-8")
    assert update(project) == ["'Council' => 'Råd'"]


def test_the_check_names_what_is_empty_left_over_or_fuzzy(project: Path) -> None:
    update(project)
    text = (project / PO).read_text(encoding="utf-8")
    text = text.replace('msgid "Untitled"\nmsgstr ""', '#, fuzzy\nmsgid "Untitled"\nmsgstr "Utan rubrik"')
    (project / PO).write_text(text + '\nmsgid "Gone"\nmsgstr "Borta"\n', encoding="utf-8")
    found = problems(project)
    assert ("obsolete: 'Gone'" in found, "fuzzy: 'Untitled'" in found, "empty: 'Meeting'" in found) == (True,) * 3
    assert len(found) == 9


def test_the_check_names_a_placeholder_that_differs(project: Path) -> None:
    update(project)
    translate(project, Due="Senast %(dag)s, 100 %%", Split="Delad text {when}")
    found = [line for line in problems(project) if not line.startswith("empty")]
    assert found == ["placeholders differ: 'Due %(day)s, 100 %%' => 'Senast %(dag)s, 100 %%'"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100 %% done", (frozenset(), 0)),
        ("%(n)d of %(total)s", (frozenset({"n", "total"}), 0)),
        ("%s and %d", (frozenset(), 2)),
        ("{name}: 62 %", (frozenset({"name"}), 0)),
    ],
)
def test_placeholders(text: str, expected: tuple[frozenset[str], int]) -> None:
    assert placeholders(text) == expected


def test_the_projects_own_sources_can_all_be_read() -> None:
    assert len(list(translations.in_sources())) > 50
