"""Measure the product on data made for it, ours beside a reference, in one run.

    python -m bench list --actions 100000     the page with the list of actions
    python -m bench sweep --actions 1000000   the morning of 290 councils
    python -m bench sweep_rows                the day's reminders of one council, beside a loop
    python -m bench mail                      rendering and sending
    python -m bench faults --owners 5000 --kills 200
    python -m bench report --actions 100000   the whole status report as a file
    python -m bench audit --actions 100000    sealing and verifying the audit log
    python -m bench report_return --rows 10000   a filled-in working copy, from its bytes to the preview

Each result is a line of JSON: "name"; "n", the rows; "seconds", ours; "peak_rss_mb", the most memory this process
held while it measured ours; "reference", the seconds of the plain way to do the same; "ratio", reference / seconds.

The data is made anew in a database of its own, which is dropped afterwards: on the server of DATABASE_URL where that
is set (nothing else there is touched), otherwise on a throw-away PostgreSQL from the wheel that the tests use.
"""

import argparse
import contextlib
import importlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

# Each is a module bench.<name> with add_arguments(parser) -> None and measure(options) -> Iterator[Result]; it must
# not import Django at its top level, because the database is only known when the command line has been read.
COMMANDS = {
    "list": "the page with the list of actions, beside the list as one would first write it",
    "sweep": "planning a morning of 290 councils, beside one bare INSERT ... SELECT of the same rows",
    "sweep_rows": "planning one council's reminders, beside a loop over the rows",
    "mail": "rendering, building and sending mails to a local sink, beside sending prebuilt bytes",
    "faults": "a sweep whose workers are killed over and over: what was lost, doubled, flagged",
    "report": "a status report of all actions, beside openpyxl's write-only loop on the same rows",
    "audit": "sealing 1,000 entries of the audit log and verifying --actions of them, beside a bare UPDATE and SELECT",
    "report_return": "a filled-in working copy, read and compared, beside openpyxl's bare reading of the file",
}
LARGEST = 5_000_000


def _rows(text: str) -> int:
    number = int(text)
    if not 1 <= number <= LARGEST:
        raise argparse.ArgumentTypeError(f"give a number from 1 to {LARGEST}")
    return number


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; every measurement adds its own arguments."""
    top = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    choices = top.add_subparsers(dest="command", required=True, metavar="|".join(COMMANDS))
    for name, words in COMMANDS.items():
        one = choices.add_parser(name, help=words, description=f"Measure {words}.")
        one.add_argument("--actions", type=_rows, default=100_000, help="rows to make (default 100000)")
        importlib.import_module(f"bench.{name}").add_arguments(one)
    return top


@contextlib.contextmanager
def scratch_database() -> Iterator[None]:
    """Set Django up on a new, migrated database, and drop it at the end."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bra-bench-"))
        os.environ["BRA_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
        if not os.environ.get("DATABASE_URL"):
            from tests.services import postgres

            os.environ["DATABASE_URL"] = stack.enter_context(postgres("bra"))
        import django

        django.setup()
        from django.db import connection

        own = f"bra_bench_{os.getpid()}"
        if connection.vendor == "sqlite":
            own = str(Path(folder) / own)
        kept = connection.settings_dict["NAME"]
        connection.settings_dict["TEST"]["NAME"] = own
        connection.creation.create_test_db(verbosity=0, autoclobber=False, serialize=False)
        stack.callback(connection.creation.destroy_test_db, kept, verbosity=0)
        yield


def main(arguments: list[str] | None = None) -> int:
    """Measure what the command line asks for and print the lines; return the exit status."""
    from tests.services import ServiceError

    options = parser().parse_args(arguments)
    try:
        with scratch_database():
            for result in importlib.import_module(f"bench.{options.command}").measure(options):
                print(result.as_json(), flush=True)
    except (ImportError, ServiceError) as error:
        print(f"bench: {error}. The tests' dependencies are needed: make test installs them.", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
