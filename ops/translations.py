"""The Swedish catalogue without GNU gettext: update it, check it, compile it (run in `.venv`).

    python ops/translations.py            update bra/locale/sv/LC_MESSAGES/django.po from the sources
    python ops/translations.py --check    exit 1 with a list of what is missing, empty, left over or wrong
    python ops/translations.py --compile  write the .mo that Django reads (not in git)

Message ids are English, so English needs no catalogue. Templates are read by Django's own reader, so that the
ids are exactly those that the templates ask for.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PO = Path("bra") / "locale" / "sv" / "LC_MESSAGES" / "django.po"  # from the project's root
FOLDERS = ("bra", "meetings", "actions", "imports", "finding", "reports", "records", "demo", "templates")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Dates and tool versions would make every update a conflict.
UNSTABLE_HEADERS = (
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Generated-By",
    "Last-Translator",
    "Report-Msgid-Bugs-To",
)
NAMED = re.compile(r"%\((\w+)\)[#0 +-]*\d*(?:\.\d+)?[a-zA-Z]|\{(\w+)\}")
BARE = re.compile(r"%[#0 +-]*\d*(?:\.\d+)?[sdrif]")


def sources(root: Path) -> Iterator[Path]:
    """Yield every Python file and template whose strings people see, in a fixed order."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".txt", ".subject"} and path.is_file() and "static" not in path.parts:
                yield path


def _as_python(path: Path) -> str:
    """Return the calls to gettext in a file as Python; a template's other text is blanked out."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    # Blanked text keeps its indentation, which would be a syntax error in Python.
    return "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())


def in_sources(root: Path = ROOT) -> Catalog:
    """Return every message that the sources ask for."""
    found = Catalog(locale="sv", domain="django", charset="utf-8")
    for path in sources(root):
        code = io.BytesIO(_as_python(path).encode())
        options = {"encoding": "utf-8"}
        for _line, ids, comments, context in extract("python", code, KEYWORDS, ["Translators:"], options):
            found.add(ids, auto_comments=comments, context=context)
    return found


def in_file(root: Path = ROOT) -> Catalog:
    """Return the Swedish catalogue as it stands, or an empty one."""
    if not (root / PO).exists():
        return Catalog(locale="sv", domain="django", charset="utf-8")
    with (root / PO).open("rb") as file:
        return read_po(file, locale="sv", domain="django", charset="utf-8")


def _key(message: Message) -> tuple[str, str]:
    """Return what Django looks a message up by: its (first) id and context."""
    return message.id if isinstance(message.id, str) else message.id[0], message.context or ""


def _messages(catalog: Catalog) -> dict[tuple[str, str], Message]:
    return {_key(message): message for message in catalog if message.id}


def update(root: Path = ROOT) -> list[str]:
    """Rewrite the catalogue: new messages empty, those nobody asks for dropped and returned."""
    wanted, stood = in_sources(root), _messages(in_file(root))
    for key, message in _messages(wanted).items():
        if (old := stood.pop(key, None)) is not None:
            strings = old.string
            if isinstance(message.id, str) != isinstance(strings, str):  # became a plural, or stopped being one
                strings = (strings, "") if isinstance(strings, str) else (strings or ("",))[-1]
            message.string = strings
            message.user_comments = old.user_comments
    wanted.header_comment = "# Swedish. Updated by `make messages`; message ids are the English texts."
    (root / PO).parent.mkdir(parents=True, exist_ok=True)
    (root / PO).write_bytes(_as_po(wanted))
    return [f"{key[0]!r} => {message.string!r}" for key, message in stood.items() if any(message.string or ())]


def _as_po(catalog: Catalog) -> bytes:
    """Return the file's text: sorted by id, no places or dates, so that a change touches only its lines."""
    out = io.BytesIO()
    write_po(out, catalog, width=100, no_location=True, sort_output=True, ignore_obsolete=True)
    lines = out.getvalue().decode("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(tuple(f'"{name}:' for name in UNSTABLE_HEADERS))]
    return ("\n".join(kept).replace('#, fuzzy\nmsgid ""\n', 'msgid ""\n', 1) + "\n").encode()


def placeholders(text: str) -> tuple[frozenset[str], int]:
    """Return the names of a text's %(name)s and {name}, and how many bare %s it has."""
    text = text.replace("%%", "")
    names = frozenset(name for found in NAMED.findall(text) for name in found if name)
    return names, len(BARE.findall(NAMED.sub("", text)))


def wrong_placeholders(message: Message) -> bool:
    """Say whether a translation leaves out, adds or misspells a placeholder.

    The form for one thing may leave out its number.
    """
    if isinstance(message.id, str):
        return placeholders(str(message.string)) != placeholders(message.id)
    one, many = (placeholders(text) for text in message.id)
    forms = [placeholders(text) for text in message.string or ()]
    return forms[-1] != many or any(not names <= one[0] | many[0] for names, _count in forms)


def problems(root: Path = ROOT) -> list[str]:
    """Return what is wrong with the Swedish catalogue, a line each; an empty list when it is complete."""
    wanted, catalog = _messages(in_sources(root)), in_file(root)
    stood = _messages(catalog)
    found = [f"missing: {key[0]!r}" for key in sorted(wanted.keys() - stood.keys())]
    found += [f"obsolete: {key[0]!r}" for key in sorted(stood.keys() - wanted.keys())]
    found += [f"obsolete: {message.id!r}" for message in catalog.obsolete.values()]
    for key in sorted(stood.keys() & wanted.keys()):
        message = stood[key]
        strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
        if isinstance(message.id, str) != isinstance(wanted[key].id, str):
            found.append(f"plural in one place only: {key[0]!r}")
        elif not strings or not all(text.strip() for text in strings):
            found.append(f"empty: {key[0]!r}")
        elif message.fuzzy:
            found.append(f"fuzzy: {key[0]!r}")
        elif wrong_placeholders(message):
            found.append(f"placeholders differ: {key[0]!r} => {message.string!r}")
    return found


def compile_catalogue(root: Path = ROOT) -> None:
    """Write the .mo beside the .po, whole or not at all; nothing is done when it is newer already."""
    source = root / PO
    target = source.with_suffix(".mo")
    if not source.exists() or (target.exists() and target.stat().st_mtime > source.stat().st_mtime):
        return
    out = io.BytesIO()
    write_mo(out, in_file(root))
    new = target.with_suffix(".new")
    new.write_bytes(out.getvalue())
    new.replace(target)


def main() -> int:
    """Do what the command line says; return the exit status."""
    parser = argparse.ArgumentParser(description="The Swedish catalogue.")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="exit 1 with a list when the catalogue isn't complete")
    how.add_argument("--compile", action="store_true", help="write the .mo")
    arguments = parser.parse_args()
    if arguments.check:
        found = problems()
        print("\n".join(found) or "The Swedish catalogue is complete.")
        return 1 if found else 0
    if not arguments.compile:
        for line in update():
            print(f"dropped: {line}")
        empty = sum(1 for line in problems() if line.startswith("empty"))
        print(f"{PO}: {empty} to translate")
    compile_catalogue()
    return 0


if __name__ == "__main__":
    sys.exit(main())
