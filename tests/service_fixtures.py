"""Fixtures for the real servers: a broker for Celery, a headless browser."""

import os
import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, connections
from django.db.migrations import RunPython
from pytest_django.plugin import DjangoDbBlocker

from tests.services import valkey
from tests.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM_FLAGS = [
    "--no-sandbox",  # Chromium's own sandbox does not start as root in a container; only our pages are opened
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep SQLite's test database in a file, as in production.

    In memory all threads of a live server would share one connection, and with it one transaction.
    """
    database = connections["default"].settings_dict
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        # Nobody misses this file after a power cut, so it needn't wait for the disk.
        options = database["OPTIONS"]
        database["OPTIONS"] = options | {"init_command": options["init_command"].replace("=FULL", "=OFF")}
    elif worker := os.environ.get("PYTEST_XDIST_WORKER"):
        database["TEST"]["NAME"] = f"test_{database['NAME']}_{worker}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_use_migrations: bool, django_db_blocker: DjangoDbBlocker) -> None:
    """Run what migrations write by hand, the triggers, where the tables were made without migrations."""
    if not django_db_use_migrations:
        with django_db_blocker.unblock(), connection.schema_editor() as editor:
            for operation in _written_by_hand():
                operation.code(apps, editor)


def _written_by_hand() -> Iterator[RunPython]:
    """The functions in the product's own migrations, in their order within each app."""
    for config in apps.get_app_configs():
        folder = Path(config.path) / "migrations"
        if folder.parent.parent == settings.BASE_DIR:
            for path in sorted(folder.glob("0*.py")):
                module = import_module(f"{config.name}.migrations.{path.stem}")
                yield from (one for one in module.Migration.operations if isinstance(one, RunPython))


@pytest.fixture(scope="session")
def live_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start the whole product once with its demo, as `make run` does (mark users with xdist_group("stack"))."""
    with Stack(tmp_path_factory.mktemp("live") / "data", demo=True) as stack:
        yield stack


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """Start a Valkey for this process of the tests; yield its address as Celery writes it."""
    with valkey() as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Start Debian's Chromium, headless; tests that need it are skipped with a reason where it is missing."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.skip("no chromium on this machine (Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright

    # Playwright's sync API runs an event loop in this thread, which Django takes for asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            started = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
            yield started
            started.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def page(browser: "Browser") -> Iterator["Page"]:
    """Open a fresh window: Swedish, Swedish time, 1280 x 900, no cookies; any script error fails the test."""
    context = browser.new_context(
        locale="sv-SE", timezone_id="Europe/Stockholm", viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(10_000)
    errors: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []
