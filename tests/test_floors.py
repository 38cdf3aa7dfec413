"""The house stands: imports go one way, and no clock ticks below views and tasks."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ["bra", "meetings", "actions", "imports", "finding", "reports", "records", "demo"]
# These name all floors by nature.
ABOVE_ALL = {"bra/settings.py", "bra/urls.py"}
# What Django looks for under these names. The demo is one story and has no steps.
STEPLESS = {"__init__.py", "apps.py", "wsgi.py"}
# Inside an app: a module may import from its own step or from one further down.
STEPS = [
    {
        "fields",
        "shown",
        "production",
        "environment",
        "logs",
        "headers",
        "text",
        "markdown",
        "errors",
        "models",
        "signals",
        "http",
        "uploads",
        "bounds",
        "checks",
        "personnummer",
        "workdays",
        "mime",
        "wire",
        "moulds",
        "tokens",
        "recent",
        "browsers",
        "template_loader",
    },
    {"permissions", "rows", "status", "indicators", "series", "timing", "grids", "back_grids", "reading", "marks"},
    {"proposing", "record_kinds", "retention", "fates"},
    {
        "history",
        "mail",
        "masking",
        "verifying",
        "release_documents",
        "release_book",
        "links",
        "sealing",
        "chain",
        "readings",
        "kept_heads",
        "access",
        "post",
        "spool",
        "action_rows",
        "decision_rows",
        "sheets",
        "clock",
        "quick",
        "meeting_rows",
        "questions",
        "variants",
        "schedule",
        "selection",
        "secrecy_selection",
        "kinds",
        "mailing",
        "plan_selection",
        "own_selection",
        "case_sheet",
        "case_timeline",
        "signing_sheet",
        "timeline",
        "snippets",
        "bin",
        "drafts",
        "proposals",
        "feed",
        "outside",
        "calendar",
        "invitation",
        "summons",
        "workbook",
        "formats",
        "documents",
        "pdf",
    },
    {
        "grounds",
        "lifecycle",
        "administering",
        "second_step",
        "own_lifecycle",
        "erasing",
        "plan_lifecycle",
        "indicator_lifecycle",
        "receivers",
        "minutes",
        "returning",
    },
    {
        "forms",
        "administering_forms",
        "administering_sentences",
        "scheduling",
        "schedule_forms",
        "purging",
        "tables",
        "filters",
        "keyset",
        "reminders",
        "owner_links",
        "owner_acts",
        "owner_calendar",
        "owner_forms",
        "closing_forms",
        "action_page",
        "rule_forms",
        "retention_forms",
        "returning_forms",
        "letters",
        "minutes_letters",
        "mailing_forms",
        "signing_letters",
        "signing_forms",
        "signing_sentences",
        "news_letters",
        "own_letters",
        "link_doors",
        "login_backend",
        "login_receivers",
        "middleware",
        "context",
        "case_forms",
        "ground_forms",
        "case_life_forms",
        "document_forms",
        "document_sentences",
        "planning_forms",
        "presence_forms",
        "summons_forms",
        "planning_sentences",
        "case_tables",
        "case_filters",
        "sentences",
        "audit_words",
        "audit_filters",
        "audit_tables",
        "audit_export",
        "case_sentences",
        "concern_forms",
        "member_forms",
        "own_forms",
        "member_sentences",
        "release_forms",
        "release_sentences",
        "plan_figures",
        "plan_forms",
        "plan_sentences",
        "invitations",
        "recovery",
        "account_adapter",
        "second_step_adapter",
        "second_step_backend",
        "second_step_forms",
        "second_step_letters",
        "second_step_middleware",
        "account_forms",
        "charts",
        "web",
    },
    {
        "tasks",
        "doors",
        "views",
        "live_views",
        "presence_views",
        "quick_views",
        "item_views",
        "list_views",
        "administering_views",
        "audit_views",
        "owner_views",
        "account_views",
        "closing_views",
        "home_views",
        "schedule_views",
        "keeping_views",
        "web_views",
        "case_views",
        "ground_views",
        "case_life_views",
        "case_sheet_views",
        "document_views",
        "mailing_views",
        "reading_views",
        "decision_views",
        "standing_views",
        "proposal_views",
        "summons_views",
        "reply_views",
        "series_views",
        "signing_views",
        "concern_views",
        "member_views",
        "own_views",
        "second_step_receivers",
        "second_step_views",
        "plan_views",
        "plan_edit_views",
        "indicator_views",
        "mail_views",
        "rule_views",
        "retention_views",
        "bin_views",
        "returning_views",
        "calendar_views",
        "history_views",
        "release_views",
        "release_copy_views",
        "release_file_views",
        "templatetags",
        "management",
    },
    {
        "urls",
        "administering_urls",
        "account_urls",
        "audit_urls",
        "owner_urls",
        "own_urls",
        "closing_urls",
        "mail_urls",
        "home_urls",
        "case_urls",
        "ground_urls",
        "case_sheet_urls",
        "document_urls",
        "reading_urls",
        "planning_urls",
        "retention_urls",
        "release_urls",
        "signing_urls",
        "summons_urls",
        "reply_urls",
        "plan_urls",
        "feed_urls",
    },
]
CLOCKLESS = {
    "administering",
    "administering_forms",
    "masking",
    "verifying",
    "release_documents",
    "release_book",
    "second_step",
    "sealing",
    "chain",
    "readings",
    "access",
    "charts",
    "web",
    "owner_acts",
    "owner_calendar",
    "own_lifecycle",
    "erasing",
    "own_letters",
    "models",
    "series",
    "timing",
    "permissions",
    "grounds",
    "lifecycle",
    "returning",
    "marks",
    "plan_lifecycle",
    "indicator_lifecycle",
    "plan_figures",
    "indicators",
    "reminders",
    "rows",
    "status",
    "clock",
    "quick",
    "sheets",
    "selection",
    "secrecy_selection",
    "action_rows",
    "decision_rows",
    "meeting_rows",
    "questions",
    "variants",
    "kinds",
    "schedule",
    "scheduling",
    "purging",
    "record_kinds",
    "retention",
    "fates",
    "bin",
    "drafts",
    "proposals",
    "workbook",
    "formats",
    "history",
    "feed",
    "outside",
    "calendar",
    "invitation",
    "summons",
    "post",
    "mailing",
    "minutes_letters",
    "signing_sheet",
    "signing_letters",
    "reading",
    "proposing",
    "grids",
    "back_grids",
    "workdays",
}
CLOCKS = {"now", "today", "localdate", "localtime", "utcnow", "time"}


@cache
def modules(app: str) -> list[tuple[str, ast.Module]]:
    """Each of the app's own modules as (path in the project, syntax tree); migrations left out."""
    return [
        (path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def imports(tree: ast.Module) -> Iterator[str]:
    """The dotted names that a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def step_of(path: str) -> int | None:
    """The step that a module stands on in its app; None for one that no step names."""
    name = path.split("/")[1].removesuffix(".py")
    return next((index for index, step in enumerate(STEPS) if name in step), None)


@pytest.mark.parametrize("app", FLOORS)
def test_no_import_points_up_a_floor(app: str) -> None:
    above = FLOORS[FLOORS.index(app) + 1 :]
    found = [
        (path, name)
        for path, tree in modules(app)
        if path not in ABOVE_ALL
        for name in imports(tree)
        if name.split(".")[0] in above
    ]
    assert found == []


@pytest.mark.parametrize("app", [app for app in FLOORS if app != "demo"])
def test_every_module_stands_on_a_step(app: str) -> None:
    named = [path for path, _tree in modules(app) if path not in ABOVE_ALL and path.split("/")[1] not in STEPLESS]
    assert [path for path in named if step_of(path) is None] == []


@pytest.mark.parametrize("app", FLOORS)
def test_no_import_points_up_a_step_in_its_app(app: str) -> None:
    found = []
    for path, tree in modules(app):
        own = step_of(path)
        for name in imports(tree):
            parts = name.split(".")
            if own is None or parts[0] != app or len(parts) < 2:
                continue
            other = step_of("/".join(parts[:2]))
            if other is not None and other > own and path not in ABOVE_ALL:
                found.append((path, name))
    assert found == []


@pytest.mark.parametrize("app", FLOORS)
def test_no_clock_below_views_and_tasks(app: str) -> None:
    found = [
        (path, node.func.attr)
        for path, tree in modules(app)
        if path.split("/")[1].removesuffix(".py") in CLOCKLESS
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"timezone", "date", "datetime", "time"}
        and node.func.attr in CLOCKS
    ]
    assert found == []
