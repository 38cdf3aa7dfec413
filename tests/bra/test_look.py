"""The look keeps its promises: states by word and shape, dates as people say them, contrast, weight, nothing inline."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.messages import SUCCESS
from django.contrib.messages.storage.base import Message
from django.test import Client
from django.utils import translation
from django.utils.formats import date_format, time_format

from bra.models import Accent
from bra.templatetags import bra_ui
from tests.cast import Cast

ROOT = Path(__file__).parents[2]
SHEET = (ROOT / "bra/static/bra/bra.css").read_text(encoding="utf-8")
TODAY = date(2017, 3, 15)


def test_a_state_is_its_word_in_a_known_shape() -> None:
    assert bra_ui.status_badge("in_session", "<b>Pågår</b>") == (
        '<span class="status" data-status="ongoing">&lt;b&gt;Pågår&lt;/b&gt;</span>'
    )
    assert bra_ui.status_badge("never heard of", "Ny") == '<span class="status" data-status="todo">Ny</span>'


@pytest.mark.parametrize(
    ("days", "badge"),
    [
        (None, '<span class="status" data-status="ongoing">Going on</span>'),
        (0, '<span class="status" data-status="ongoing">Going on</span>'),
        (1, '<span class="status" data-status="overdue">Overdue 1 day</span>'),
        (12, '<span class="status" data-status="overdue">Overdue 12 days</span>'),
    ],
)
def test_overdue_takes_the_place_of_the_state(days: int | None, badge: str) -> None:
    with translation.override("en"):
        assert bra_ui.status_badge("in_progress", "Going on", days) == badge


def test_no_title_of_a_page_holds_the_mark_up_of_a_day() -> None:
    dressed = re.compile(r"{% block title %}(?:(?!{% endblock %}).)*\|(?:short|human|weekday)_date", re.DOTALL)
    found = [str(path) for path in (ROOT / "templates").rglob("*.html") if dressed.search(path.read_text("utf-8"))]
    assert found == []
    assert dressed.search("{% block title %}{{ day|short_date }}{% endblock %}")
    assert not dressed.search("{% block title %}x{% endblock %}{{ day|short_date }}")


def text_of(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2017, 3, 15), "today · Wed 15 March"),
        (date(2017, 3, 16), "tomorrow · Thu 16 March"),
        (date(2017, 3, 14), "yesterday · Tue 14 March"),
        (date(2017, 3, 18), "in 3 days · Sat 18 March"),
        (date(2017, 3, 3), "12 days ago · Fri 3 March"),
        (date(2017, 4, 15), "in 31 days · Sat 15 April"),
        (date(2017, 4, 16), "Sun 16 April"),
        (date(2018, 3, 15), "Thu 15 March 2018"),
        (None, ""),
        # Half past eleven in the evening in universal time is the next day here.
        (datetime(2017, 3, 15, 23, 30, tzinfo=UTC), "tomorrow · Thu 16 March"),
    ],
)
def test_a_date_is_said_as_seen_from_the_councils_day(day: date | None, said: str) -> None:
    with translation.override("en"):
        assert text_of(bra_ui.human_date(day, TODAY)) == said


def test_a_date_is_exact_for_machines_on_hover_and_in_print() -> None:
    with translation.override("en"):
        assert bra_ui.human_date(date(2017, 3, 18), TODAY) == (
            '<time class="when" datetime="2017-03-18" title="18 March 2017" data-year="2017">'
            '<span class="rel">in 3 days · </span>Sat 18 March</time>'
        )


def test_a_bar_lists_its_figures_and_fills_its_width() -> None:
    counts = [("done", 7, "Done"), ("in_progress", 0, "In progress"), ("not_started", 3, "Not begun")]
    bar = bra_ui.stacked_bar(counts, "1 <Samordning>")
    assert 'aria-label="1 &lt;Samordning&gt;: Done 7, Not begun 3"' in bar
    drawn = re.findall(r'x1="([\d.]+)%" x2="([\d.]+)%" y1="\d+" y2="\d+" class="(done|ongoing|todo)"', bar)
    assert drawn == [("0.000", "70.000", "done"), ("70.000", "100.000", "todo")]


def test_a_bar_without_figures_says_so() -> None:
    with translation.override("en"):
        assert 'aria-label="Goal: none"' in bra_ui.stacked_bar([("done", 0, "Done")], "Goal")


@pytest.mark.parametrize(
    ("name", "letters"), [("Anna Maria Lind", "AL"), ("fritidsledare", "F"), ("", ""), ("– Ek", "E")]
)
def test_initials(name: str, letters: str) -> None:
    assert bra_ui.initials(name) == letters


@pytest.mark.parametrize(
    ("tags", "url"),
    [
        ("undo=/granby/atgarder/1/angra/", "/granby/atgarder/1/angra/"),
        ("undo=//evil.example.org/", ""),
        ("safe", ""),
        ("", ""),
    ],
)
def test_undo_leads_nowhere_else(tags: str, url: str) -> None:
    assert bra_ui.undo_url(Message(SUCCESS, "Klart", extra_tags=tags)) == url


def luminance(colour: str) -> float:
    """Relative luminance (0 to 1) of #rgb or #rrggbb, as WCAG 2.1 defines it."""
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def palette(dark: bool) -> dict[str, dict[str, str]]:
    """The sheet's colours by accent: {"teal": {"bg": "#f1f4f3", ...}, ...}."""
    tokens = SHEET[SHEET.index("@layer tokens {") : SHEET.index("@layer base {")]
    light, night = tokens.split("@media (prefers-color-scheme: dark)")

    def colours(text: str) -> dict[str, str]:
        return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})\b", text))

    def parts(text: str) -> dict[str, dict[str, str]]:
        root = colours(text[text.index(":root {") : text.find("[data-accent")])
        accents = re.findall(r'\[data-accent="(\w+)"\] \{([^}]+)\}', text)
        return {"teal": root} | {name: root | colours(rule) for name, rule in accents}

    day = parts(light)
    return day if not dark else {name: day[name] | colours for name, colours in parts(night).items()}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_accent_a_council_may_choose_can_be_read(dark: bool) -> None:
    colours = palette(dark)
    assert sorted(colours) == sorted(Accent.values)
    text = ["accent", "ink", "muted", "done", "doing", "todo", "late", "paused", "danger", "warn"]
    weak = [
        (name, front, ground)
        for name, tokens in colours.items()
        for front, ground in [
            *((front, ground) for front in text for ground in ("bg", "surface")),
            ("on-accent", "accent"),
            ("muted", "sunk"),
            ("danger", "danger-bg"),
            *(("ink", ground) for ground in ("sunk", "ok-bg", "warn-bg", "danger-bg")),
        ]
        if contrast(tokens[front], tokens[ground]) < 4.5
    ]
    faint = [name for name, tokens in colours.items() if contrast(tokens["edge"], tokens["surface"]) < 3]
    band = [name for name, tokens in colours.items() if contrast("#fff", tokens["band"]) < 7]
    assert (weak, faint, band) == ([], [], [])


def test_the_sheet_keeps_its_weight() -> None:
    assert len(SHEET.encode()) < 30_000


@pytest.mark.parametrize(
    "template",
    [path for path in sorted((ROOT / "templates").rglob("*.html")) if "emails" not in path.parts],
    ids=lambda path: str(path.relative_to(ROOT / "templates")),
)
def test_nothing_is_inline_that_the_policy_would_refuse(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", text) == []


def test_every_drawing_is_named_or_left_out_for_screen_readers() -> None:
    drawn = {
        f"{path.relative_to(ROOT)}: {svg}"
        for path in (ROOT / "templates").rglob("*.html")
        for svg in re.findall(r"<svg[^>]*>", path.read_text(encoding="utf-8"))
        if not re.search(r'aria-hidden="true"|role="img"', svg)
    }
    assert drawn == set()


def test_a_page_that_is_not_there_still_has_its_shell(cast: Cast) -> None:
    answer = cast.browse(cast.member).get("/no-such-page/at-all/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


def test_a_refused_form_says_that_nothing_was_saved(cast: Cast) -> None:
    answer = Client(enforce_csrf_checks=True).post("/konto/logga-in/", {"login": "a", "password": "b"})
    assert answer.status_code == 403
    assert "Nothing was saved" in answer.content.decode()


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_the_pages_of_last_resort_need_nothing(name: str) -> None:
    from django.template import loader

    assert "<h1>" in loader.get_template(name).render()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_each_language_is_offered_by_its_own_name(language: str) -> None:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = client.get("/konto/logga-in/").content.decode()
    assert f'<html lang="{language}"' in page
    offered = re.findall(
        r'<button name="language" value="(\w+)" lang="(\w+)"(?: aria-current="true")?>(\w+)</button>', page
    )
    assert offered == [("sv", "sv", "Svenska"), ("en", "en", "English")]


@pytest.mark.parametrize(
    ("language", "said"),
    [("sv", ["2017-03-05", "13.05", "2017-03-05 13.05"]), ("en", ["5 March 2017", "13:05", "2017-03-05 13:05"])],
)
def test_days_and_hours_are_written_as_in_europe(language: str, said: list[str]) -> None:
    at = datetime(2017, 3, 5, 13, 5, tzinfo=UTC)
    with translation.override(language):
        assert [
            date_format(at.date(), "DATE_FORMAT"),
            time_format(at.time(), "TIME_FORMAT"),
            date_format(at, "SHORT_DATETIME_FORMAT"),
        ] == said
