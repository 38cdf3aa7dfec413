"""Search the bytes of a produced file for what must not be in it.

Everything is searched that a reader could reach: each part of a zip file, its names and attributes; each page, string,
stream, attachment, bookmark and metadata field of a PDF. Words are compared without case, spaces, hyphens and
ligatures, so a broken line hides nothing. What was found is never told: only that something was.
"""

import html
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pypdf
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    StreamObject,
    TextStringObject,
)

# Letters in a row that two texts have in common only when one has the other's words: about four words.
WINDOW = 20
# Shorter words are looked for as words, since their letters stand inside many others.
_SHORT = 8
_DEEPEST = 4  # files in files
_WORD = re.compile(r"[^\W_]+")
_TAG = re.compile(r"<[^<>]*>")
_ENCODINGS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")


@dataclass(frozen=True)
class Read:
    """What was found in a file: `plain` as a reader gets it, `raw` with everything that may hold letters."""

    plain: list[str]
    raw: list[str]


def leaks(content: bytes, *, passages: Iterable[str], secrets: Iterable[str] = (), allowed: Iterable[str] = ()) -> bool:
    """Whether the file holds one of the masked passages, or words in a row of the secret texts.

    Words of the secret texts that stand in an `allowed` text too are nobody's secret: a set phrase, a title of a role.
    """
    read = texts_of(content)
    squashed = [squash(text) for text in (*read.plain, *read.raw)]
    words = "\n".join(_words(text) for text in read.plain)
    if any(_stands(passage, squashed, words) for passage in passages):
        return True
    free_texts = list(allowed)
    free = "\n".join(squash(text) for text in free_texts)
    free_words = "\n".join(_words(text) for text in free_texts)
    seen = {text[start : start + WINDOW] for text in squashed for start in range(len(text) - WINDOW + 1)}
    return any(_is_told(secret, seen, squashed, words, free, free_words) for secret in secrets)


def squash(text: str) -> str:
    """Return the letters and digits alone, as ligatures and case don't matter."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def _words(text: str) -> str:
    found = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return f" {' '.join(found)} "


def _stands(passage: str, squashed: list[str], words: str) -> bool:
    letters = squash(passage)
    if not letters:
        return False
    if len(letters) < _SHORT:
        return _words(passage) in words
    return any(letters in text for text in squashed)


def _is_told(secret: str, seen: set[str], squashed: list[str], words: str, free: str, free_words: str) -> bool:
    letters = squash(secret)
    if len(letters) >= WINDOW:
        return any(
            window in seen and window not in free
            for start in range(len(letters) - WINDOW + 1)
            for window in [letters[start : start + WINDOW]]
        )
    plain = _words(secret)
    if len(plain.split()) < 2:
        return bool(letters) and plain in words and plain not in free_words
    return _stands(secret, squashed, words) and letters not in free


def texts_of(content: bytes, depth: int = 0) -> Read:
    """Return every text in a file."""
    read = Read([], _decoded(content))
    if depth > _DEEPEST:
        return read
    if content.startswith(b"%PDF"):
        _read_pdf(content, read, depth)
    elif zipfile.is_zipfile(io.BytesIO(content)):
        _read_zip(content, read, depth)
    elif b"\0" not in content:
        plain = content.decode("utf-8", "replace")
        read.plain.extend([plain, _unmarked(plain)])
        if "\\u" in plain:
            read.plain.append(re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), plain))
    return read


def _decoded(content: bytes) -> list[str]:
    if b"\0" not in content:
        try:
            return [content.decode()]
        except UnicodeDecodeError:
            pass
    found = [content.decode(encoding, "ignore") for encoding in _ENCODINGS]
    return [*found, *(content[1:].decode(encoding, "ignore") for encoding in _ENCODINGS[2:])]


def _unmarked(text: str) -> str:
    """What a reader of XML sees: a word may change its dress in the middle, so nothing takes a tag's place."""
    return html.unescape(_TAG.sub("", text))


def _add(read: Read, more: Read) -> None:
    read.plain.extend(more.plain)
    read.raw.extend(more.raw)


def _read_zip(content: bytes, read: Read, depth: int) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        read.plain.append(file.comment.decode("utf-8", "replace"))
        for part in file.infolist():
            read.plain.extend([part.filename, part.comment.decode("utf-8", "replace")])
            read.raw.extend(_decoded(part.extra))
            _add(read, texts_of(file.read(part), depth + 1))


def _read_pdf(content: bytes, read: Read, depth: int) -> None:
    reader = pypdf.PdfReader(io.BytesIO(content))
    for page in reader.pages:
        read.plain.append(page.extract_text())
    read.plain.extend(str(value) for value in (reader.metadata or {}).values())
    read.plain.extend(name for name in reader.attachments)
    seen: set[int] = set()
    keys = {(pk, generation) for generation, table in reader.xref.items() for pk in table}
    for pk, generation in sorted(keys | {(pk, 0) for pk in reader.xref_objStm}):
        try:
            value = reader.get_object(IndirectObject(pk, generation, reader))
        except PyPdfError:
            continue  # an entry of the table that stands for no object
        _add(read, _read_value(value, seen, depth))
    _add(read, _read_value(reader.trailer, seen, depth))


def _read_value(value: Any, seen: set[int], depth: int) -> Read:
    """The strings and streams in one object; those it refers to are read by themselves."""
    read = Read([], [])
    for part in _flat(value):
        if isinstance(part, TextStringObject):
            read.plain.append(str(part))
        elif isinstance(part, ByteStringObject):
            read.raw.extend(_decoded(bytes(part)))
        elif isinstance(part, StreamObject) and id(part) not in seen:
            seen.add(id(part))
            _add(read, _read_stream(part, depth))
    return read


def _read_stream(stream: StreamObject, depth: int) -> Read:
    try:
        data = stream.get_data()
    except (PyPdfError, NotImplementedError, ValueError):
        return Read([], [])  # a picture in a packing of its own: no letters in it
    if stream.get("/Type") in ("/EmbeddedFile", "/Metadata") or data.startswith((b"PK", b"%PDF")):
        return texts_of(data, depth + 1)
    return Read([], _decoded(data))


def _flat(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, ArrayObject):
        for index in range(len(value)):
            yield from _flat(list.__getitem__(value, index))
    elif isinstance(value, DictionaryObject):
        for key in value:
            yield from _flat(value.raw_get(key))
