"""`make test`, `test-fast`, `lint`, `format` and `messages`: the checks, in order, all of them.

A step that fails doesn't hide the next; the exit status is 1 when any failed, and the last lines say which.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import time

from ops import environment, system
from ops.environment import PYTHON, ROOT
from ops.errors import Refusal
from ops.processes import die_with_parent

APPS = ["bra", "meetings", "actions", "imports", "finding", "reports", "records", "demo"]
CODE = [*APPS, "ops", "bench", "tests", "celery_app.py", "manage.py"]
PYTEST = ["-m", "pytest", "-n", "2"]
WHOLE = [*PYTEST, "--migrations", "--dist", "loadgroup"]
OPERATORS = [
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "ALLOWED_HOSTS",
    "DEBUG",
    "PORT",
    "DJANGO_SETTINGS_MODULE",
]
NEAR_BY = "not browser and not service and not fault and not wide"


def _code() -> list[str]:
    return [name for name in CODE if (ROOT / name).exists()]


class Checks:
    """The steps of one run, with a scratch data folder so that nobody's own data is touched."""

    def __init__(self, folder: str) -> None:
        """Keep the data of the checks in `folder`; no variable of the operator's reaches the tests."""
        own = {name: text for name, text in os.environ.items() if not name.startswith("BRA_")}
        own.pop("PYTHONDONTWRITEBYTECODE", None)  # or each worker compiles everything at each start
        for name in OPERATORS:
            own.pop(name, None)
        self.variables = own | {"BRA_DATA": folder, "PYTHONUTF8": "1"}
        self.failed: list[str] = []

    def run(self, what: str, *arguments: str, **variables: str) -> None:
        """Run `.venv`'s Python with `arguments`, with more `variables`; a failure is remembered as `what`."""
        print(f"\n== {what}", flush=True)
        began = time.monotonic()
        code = subprocess.call(
            [PYTHON, *arguments],
            cwd=ROOT,
            env=self.variables | variables,
            stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent(),
        )
        if code:
            self.failed.append(what)
        if "pytest" not in arguments:  # pytest's own summary stays the last line
            print(f"   {'FEL' if code else 'ok'} ({time.monotonic() - began:.1f} s)", flush=True)

    def _production(self) -> dict[str, str]:
        """The variables of a real installation; nothing of it is reached by a check."""
        return {
            "BRA_BASE_URL": "https://bra.example.org",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "DATABASE_URL": f"sqlite:///{self.variables['BRA_DATA']}/check.sqlite3",
            "EMAIL_URL": "smtp+tls://user:word@mail.example.org",
            "BRA_PROXIES": "1",
        }

    def lint(self) -> None:
        """Run everything that reads the code without running it, and the two that Django answers."""
        self.run("ruff check", "-m", "ruff", "check", *_code())
        self.run("ruff format", "-m", "ruff", "format", "--check", *_code())
        self.run("djlint", "-m", "djlint", "--lint", "--quiet", "templates")
        self.run("mypy", "-m", "mypy", *_code())
        self.run("översättningar läses in", "ops/translations.py", "--compile")
        self.run("driftsättning", "manage.py", "check", "--deploy", "--fail-level", "WARNING", **self._production())
        self.run("migrationer", "manage.py", "makemigrations", "--check", "--dry-run")
        self.run("översättningar", "ops/translations.py", "--check")

    def tests(self) -> None:
        """Run the tests on PostgreSQL, then all, with the browser's, on SQLite; lint has read the catalogue in."""
        self.run(
            "pytest på PostgreSQL",
            *[
                "-m",
                "tests.services",
                "postgres",
                "--",
                str(PYTHON),
                *WHOLE,
                "-m",
                "not browser and not sqlite",
            ],
        )
        self.run("pytest på SQLite", *WHOLE)

    def fast(self) -> None:
        """Run the tests that need neither a browser nor a server, and don't ask the same of everything."""
        self.run("översättningar läses in", "ops/translations.py", "--compile")
        self.run("pytest på SQLite", *PYTEST, "-m", NEAR_BY)


def perform(what: str, checks: Checks) -> None:
    """Do one of test, fast, lint, format and messages."""
    if what == "format":
        checks.run("ruff check --fix", "-m", "ruff", "check", "--fix", *_code())
        checks.run("ruff format", "-m", "ruff", "format", *_code())
    elif what == "messages":
        checks.run("översättningar", "ops/translations.py")
    elif what == "lint":
        checks.lint()
    elif what == "fast":
        checks.fast()
    else:
        left_out = system.provide()
        checks.lint()
        for sentence in left_out:
            print(f"\n{sentence}", flush=True)
        checks.tests()


def main() -> int:
    """Run the checks named on the command line; return the exit status."""
    try:
        environment.prepare("test")
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="bra-test-") as folder:
        checks = Checks(folder)
        try:
            perform(sys.argv[1], checks)
        except KeyboardInterrupt:
            return 130
    if checks.failed:
        print(f"\nFel i: {', '.join(checks.failed)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
