"""Making a copy for release: masked, made, searched, and only then kept."""

import logging
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from bra import history, readings
from bra.errors import RuleBroken
from bra.models import LegalGround, Member
from bra.rows import locked
from records import masking, permissions, verifying
from records import release_documents as documents
from records.models import Release, ReleasedCopy, SourceKind
from records.release_documents import Source
from reports.lifecycle import write_whole
from reports.purging import sweep

logger = logging.getLogger(__name__)

# What `keep_copy` writes, whole or half; whatever else lies in the folder is left alone.
_OURS = re.compile(r"\.?\d+-[0-9a-f]{24}\.\w+(\.[0-9a-f]+\.part)?")
_Places = Mapping[str, Collection[int]]


@dataclass(frozen=True)
class Masks:
    """What the handler takes out: sentences by place, {path: places}, and words wherever they stand, with grounds."""

    chosen: _Places = field(default_factory=dict)
    words: Sequence[str] = ()
    grounds: Collection[LegalGround] = ()

    def __bool__(self) -> bool:
        return bool(self.chosen or self.words)


@dataclass(frozen=True)
class Produced:
    """A file that has been searched and holds nothing that was to be left out."""

    source: Source
    content: bytes
    file_format: str
    whole: bool
    masks: int
    grounds: frozenset[LegalGround]


def produce(
    *, source: Source, masks: Masks, by: Member, on: date, file_format: str, whole: bool = False, looked_at: str = ""
) -> Produced:
    """Make the file of a document without what is restricted and what `masks` names, and search it.

    `whole` leaves restricted matter in, for a cleared handler. `looked_at` is the fingerprint of the text that was
    masked: another text has other places. Raises RuleBroken, and then there is no file.
    """
    if whole and not permissions.may_release_whole(by):
        raise RuleBroken(_("Only somebody who is cleared may make a copy with restricted matter in it."))
    if file_format not in source.formats:
        raise RuleBroken(_("Choose a kind of file."), field="file_format")
    if masks and not masks.grounds:
        raise RuleBroken(_("Choose the legal ground for what is masked."), field="ground")
    if any(ground.council_id != by.council_id for ground in masks.grounds):
        raise RuleBroken(_("Choose a legal ground of this council."), field="ground")
    grounds: frozenset[LegalGround] = frozenset()
    passages: tuple[str, ...] = ()
    number = 0
    if not source.can_be_masked:
        content = _of_report(source, masks)
    else:
        content, number, grounds, passages = _of_text(source, masks, by, on, file_format, whole, looked_at)
    kept_out, allowed = ([], []) if whole else (documents.secrets_of(source), documents.allowed_of(source))
    if verifying.leaks(content, passages=passages, secrets=kept_out, allowed=allowed):
        logger.warning("a copy of %s isn't kept: it holds what was to be left out", source.key)
        raise RuleBroken(
            _(
                "The copy of %(document)s isn't kept: something that was to be left out can still be read in it. "
                "Perhaps the same words stand at another place: mask them there too, or type them as words."
            )
            % {"document": source.label}
        )
    return Produced(source, content, file_format, whole, number, grounds)


def _of_report(source: Source, masks: Masks) -> bytes:
    if masks:
        raise RuleBroken(_("Nothing can be masked in a report: it is made for publication already."))
    return documents.report_file(source)


def _of_text(
    source: Source, masks: Masks, by: Member, on: date, file_format: str, whole: bool, looked_at: str
) -> tuple[bytes, int, frozenset[LegalGround], tuple[str, ...]]:
    tree = documents.tree_of(source, by, on=on, whole=whole)
    if looked_at and looked_at != masking.fingerprint(tree):
        raise RuleBroken(
            _("The text has changed since you opened the page. Look through it again, then make the copy.")
        )
    absent = [place for place, word in enumerate(masks.words, start=1) if not masking.stands_in(tree, word)]
    if absent:
        lines = ", ".join(map(str, absent))
        raise RuleBroken(_("These lines don't stand in the text: %(lines)s.") % {"lines": lines}, field="words")
    with translation.override(settings.LANGUAGE_CODE):
        clear = masking.masked(tree, masks.chosen, masks.words)
    number, grounds = (0, set[LegalGround]()) if whole else documents.left_out(source, by)
    named = frozenset(grounds | set(masks.grounds))
    content = documents.file_of(
        source,
        clear.tree,
        file_format=file_format,
        on=on,
        grounds=sorted(ground.reference for ground in named),
        own_masks=bool(clear.masks),
    )
    return content, number + clear.masks, named, clear.passages


@transaction.atomic
def keep_copy(*, release: Release, produced: Produced, by: Member, on: date, at: datetime) -> ReleasedCopy:
    """Keep a produced file with the request it was made for."""
    release = locked(release)
    _refuse_ended(release)
    if produced.source.row.council_id != release.council_id:
        raise RuleBroken(_("Choose a document of this council."))
    numbered = release.copies.filter(whole=produced.whole)
    last = numbered.order_by("-number").values_list("number", flat=True).first() or 0
    folder = Path(settings.RELEASES_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{release.pk}-{secrets.token_hex(12)}.{produced.file_format}"

    def write(file: IO[bytes]) -> None:
        file.write(produced.content)

    kept = write_whole(path, write)
    try:
        copy = ReleasedCopy.objects.create(
            release=release,
            number=last + 1,
            source=SourceKind(produced.source.kind),
            source_id=produced.source.row.pk,
            reference=produced.source.reference[:80],
            format=produced.file_format,
            whole=produced.whole,
            masks=produced.masks,
            on=on,
            made_at=at,
            made_by=by,
            file_name=kept.name,
            size=kept.size,
            sha256=kept.sha256,
        )
        copy.grounds.set(produced.grounds)
        _record(copy, "release.copied", by, on, {"sha256": [None, kept.sha256], "masks": [None, produced.masks]})
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return copy


@transaction.atomic
def drop_copy(*, copy: ReleasedCopy, by: Member, on: date) -> None:
    """Throw a copy away that was made by mistake, while the request is being handled."""
    release = locked(copy.release)
    _refuse_ended(release)
    _record(copy, "release.copy_dropped", by, on, {"sha256": [copy.sha256, None]})
    path = stored_copy(copy)
    copy.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


@transaction.atomic
def log_fetch(*, copy: ReleasedCopy, by: Member, on: date) -> None:
    """Note that somebody fetches a copy."""
    told = {"number": copy.number, "whole": copy.whole}
    readings.exported("release.fetched", target=copy.release, by=by, on=on, file_format=copy.format, **told)


def forget_copies(release: Release) -> None:
    """Let the files of a request's copies go once the caller's transaction, which takes the rows, holds."""
    for copy in release.copies.all():
        transaction.on_commit(partial(stored_copy(copy).unlink, missing_ok=True), robust=True)


def sweep_copies(now: datetime) -> int:
    """Take away the files that no copy names, left by a power cut; return how many."""
    return sweep(Path(settings.RELEASES_DIR), _OURS, ReleasedCopy.objects.all(), now)


def stored_copy(copy: ReleasedCopy) -> Path:
    """Where the copy's file is kept."""
    return Path(settings.RELEASES_DIR) / copy.file_name


def download_name(copy: ReleasedCopy) -> str:
    """The name that the file is offered under: the request and the copy, nothing of what it is about."""
    whole = "-hel" if copy.whole else ""
    return f"utlamnande-{copy.release.label}-{copy.number}{whole}.{copy.format}"


def _refuse_ended(release: Release) -> None:
    if not release.is_open:
        raise RuleBroken(_("The request has ended. Open it again first."))


def _record(copy: ReleasedCopy, verb: str, by: Member, on: date, changes: dict[str, list[object]]) -> None:
    told = {"number": [None, copy.number], "source": [None, copy.source], "whole": [None, copy.whole]} | changes
    release = copy.release
    history.record(council=release.council, by=by, on=on, verb=verb, target=release, changes=told)
