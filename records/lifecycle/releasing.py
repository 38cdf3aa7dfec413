"""The verbs of the register of requests: registered, changed, ended, refused, opened again."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import Council, LegalGround, Member
from bra.rows import locked
from records import permissions
from records.models import Refusal, Release, ReleaseRules, ReleaseState

FIELDS = ("received_on", "way", "asked", "requester", "handler", "notes")
# What history never copies: it would outlive the register.
_WORDS = ("asked", "requester", "notes")
_ENDS = (ReleaseState.RELEASED, ReleaseState.WITHDRAWN, ReleaseState.NO_RECORD)


@transaction.atomic
def register_release(*, council: Council, by: Member, on: date, **fields: Any) -> Release:
    """Enter a request; it gets the next number of the year in which it came. `fields` are those of FIELDS."""
    council = locked(council)
    _refuse_bad(council, fields, on)
    year = fields["received_on"].year
    last = Release.objects.of(council).of_year(year).order_by("-number").values_list("number", flat=True).first()
    release = Release.objects.create(council=council, year=year, number=(last or 0) + 1, **fields)
    _record(release, "release.registered", by, on, {"label": [None, release.label]})
    return release


@transaction.atomic
def change_release(*, release: Release, by: Member, on: date, **fields: Any) -> Release:
    """Correct what is known of a request that is being handled. `fields` are those of FIELDS."""
    release = _open(release)
    _refuse_bad(release.council, fields, on)
    changes = {
        name: [getattr(release, name), value] for name, value in fields.items() if getattr(release, name) != value
    }
    if changes:
        for name, (_old, new) in changes.items():
            setattr(release, name, new)
        release.save(update_fields=list(changes))
        told = {name: ["", ""] if name in _WORDS else pair for name, pair in changes.items()}
        _record(release, "release.changed", by, on, told)
    return release


@transaction.atomic
def end_release(*, release: Release, state: str, by: Member, on: date) -> Release:
    """End a request in which nothing was kept back: released, withdrawn, or there is no such record."""
    release = _open(release)
    if state not in _ENDS:
        raise RuleBroken(_("Choose what became of the request."), field="state")
    Refusal.objects.filter(release=release).delete()
    return _ended(release, state, by, on)


@transaction.atomic
def refuse_release(
    *,
    release: Release,
    in_part: bool,
    grounds: Collection[LegalGround],
    reasons: str,
    decided_by: str,
    written_asked: bool,
    appeal: str,
    by: Member,
    on: date,
) -> Release:
    """End a request by a decision to keep the whole or a part back, with its grounds and how to appeal."""
    release = _open(release)
    if not grounds:
        raise RuleBroken(_("Choose at least one legal ground."), field="grounds")
    if any(ground.council_id != release.council_id for ground in grounds):
        raise RuleBroken(_("Choose a legal ground of this council."), field="grounds")
    for name, value in (("reasons", reasons), ("decided_by", decided_by), ("appeal", appeal)):
        if not value.strip():
            raise RuleBroken(_("Write something here."), field=name)
    words = {"reasons": reasons, "decided_by": decided_by, "written_asked": written_asked, "appeal": appeal}
    refusal, _made = Refusal.objects.update_or_create(release=release, defaults=words | {"on": on})
    refusal.grounds.set(grounds)
    return _ended(release, ReleaseState.IN_PART if in_part else ReleaseState.REFUSED, by, on)


@transaction.atomic
def reopen_release(*, release: Release, reason: str, by: Member, on: date) -> Release:
    """Handle a request again that ended by a slip. What the decision said is kept for the next one."""
    release = locked(release)
    if release.is_open:
        raise RuleBroken(_("The request is being handled already."))
    if not reason.strip():
        raise RuleBroken(_("Give a reason."), field="reason")
    changes: dict[str, list[Any]] = {"state": [release.state, ReleaseState.OPEN], "reason": [None, reason]}
    release.state, release.closed_on = ReleaseState.OPEN, None
    release.save(update_fields=["state", "closed_on"])
    _record(release, "release.reopened", by, on, changes)
    return release


@transaction.atomic
def choose_release_rules(*, council: Council, warn_after: int, appeal: str, by: Member, on: date) -> ReleaseRules:
    """Decide when the register warns, and how decisions tell to appeal; an empty text is the product's own."""
    if not permissions.may_set_release_rules(by):
        raise RuleBroken(_("Only the coordinator decides this."))
    council = locked(council)
    rules = ReleaseRules.of(council)
    if rules._state.adding:
        rules.save()
    history.change(
        rules, council=council, by=by, on=on, verb="release.rules", warn_after=warn_after, appeal=appeal.strip()
    )
    return rules


def appeal_text(council: Council) -> str:
    """Return how to appeal, as the council has written it or as it comes with the product."""
    chosen = ReleaseRules.of(council).appeal
    if chosen:
        return chosen
    with translation.override(settings.LANGUAGE_CODE):
        return _(
            "You may appeal against this decision to the administrative court of appeal (kammarrätten). "
            "Write to the court, but send the letter to us. "
            "It must have reached us within three weeks from the day on which you received this decision.\n\n"
            "Say which decision you appeal against, how you want it changed and why. "
            "Give your name and how the court can reach you."
        )


def _open(release: Release) -> Release:
    release = locked(release)
    if not release.is_open:
        raise RuleBroken(_("The request has ended. Open it again first."))
    return release


def _ended(release: Release, state: str, by: Member, on: date) -> Release:
    changes = {"state": [release.state, state]}
    release.state, release.closed_on = state, on
    release.save(update_fields=["state", "closed_on"])
    _record(release, "release.ended", by, on, changes)
    return release


def _refuse_bad(council: Council, fields: dict[str, Any], on: date) -> None:
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"no such fields: {unknown}")
    if fields["received_on"] > on:
        raise RuleBroken(_("The day can't be in the future: today is %(today)s.") % {"today": on}, field="received_on")
    if not fields["asked"].strip():
        raise RuleBroken(_("Write what was asked for."), field="asked")
    handler = fields.get("handler")
    if handler is not None and not (handler.council_id == council.pk and permissions.may_read_releases(handler)):
        raise RuleBroken(_("Choose somebody who handles requests."), field="handler")


def _record(release: Release, verb: str, by: Member | None, on: date, changes: dict[str, list[Any]]) -> None:
    history.record(council=release.council, by=by, on=on, verb=verb, target=release, changes=changes)
