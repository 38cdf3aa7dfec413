"""Taking a former member's personal data away (GDPR art. 17), and leaving what the council must keep.

The seat stays with its title, so that what was done still says by whom; signed minutes keep the name as signed.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from bra import chain, history
from bra.errors import RuleBroken
from bra.fields import DERIVED
from bra.models import (
    Council,
    Deputy,
    EntryKind,
    HistoryEntry,
    Letter,
    LetterState,
    LoggedMail,
    MailChoice,
    MailLink,
    Member,
    StoppedAddress,
    Unsubscription,
    User,
)
from bra.permissions import may_coordinate
from bra.rows import locked
from bra.signals import ending_mandate
from finding.models import CalendarAddress
from meetings.models import Addendum, CaseWatch, SignedMinutes, SignOff, SummonsReply

ERASED = "member.erased"
# What stays as it is: what was signed and what corrects it, and the log, whose texts are blanked instead.
_KEPT = {SignedMinutes, Addendum, HistoryEntry}
# What goes with the person.
_OWN: tuple[tuple[type[models.Model], str], ...] = (
    (MailLink, "member"),
    (MailChoice, "member"),
    (Unsubscription, "member"),
    (CaseWatch, "member"),
    (CalendarAddress, "member"),
    (Deputy, "member"),
    (Deputy, "deputy"),
)


def why_not(member: Member, *, by: Member, on: date) -> str:
    """Return the sentence that says why `by` can't remove the member's data now; empty when it can.

    For who isn't cleared all minutes that lie with their signers are waited for: a name is a word that anybody can
    write, and the answer would tell whether it stands in restricted matter.
    """
    if member.mandate_to is None or member.mandate_to >= on:
        return _("The mandate goes on. End it first; personal data is removed afterwards.")
    if not (member.name or member.email or member.user_id):
        return _("There is no personal data left here.")
    waiting = SignOff.objects.open().filter(meeting__council=member.council_id)
    if (waiting.filter(_names(member)) if by.cleared else waiting).exists():
        return _("Minutes lie with their signers. Let them be signed off first, so that they keep the names.")
    return ""


def _names(member: Member) -> Q:
    """The rounds of signing off whose minutes name the member."""
    named = Q(meeting__attendances__member=member) | Q(meeting__items__actions__owner=member)
    if member.name:
        for text in ("presenter", "title", "notes", "decisions__text"):
            named |= Q(**{f"meeting__items__{text}__icontains": member.name})
    return named


@transaction.atomic
def erase(*, member: Member, reason: str, by: Member, on: date) -> Member:
    """Remove the personal data of a member whose mandate has ended, for good. `reason` stands in the log.

    Of the person go: name, addresses, log-in, links, choices, deputies, what they follow, the mails to them that were
    logged, and their name and addresses wherever else a text of the council has them, the log's texts included.
    """
    if by.council_id != member.council_id or not may_coordinate(by):
        raise RuleBroken(_("Only the coordinator removes personal data."))
    council = locked(member.council)
    member = locked(member)
    refused = why_not(member, by=by, on=on)
    if refused:
        raise RuleBroken(refused)
    assert member.mandate_to is not None  # or it would have been refused
    # Whoever still owns something hands it over first, as when a mandate ends.
    ending_mandate.send(Member, member=member, last_day=member.mandate_to, on=on)
    user, words = member.user, _Words(member)
    if words.are_in(reason):
        raise RuleBroken(_("Give the reason without the name or the address."), field="reason")
    member.name, member.email, member.user = "", "", None
    member.save(update_fields=["name", "email", "user", "sort_key"])
    for model, field in _OWN:
        model._base_manager.filter(**{field: member}).delete()
    _forget_mails(member, words)
    SummonsReply.objects.filter(member=member).update(substitute_name="")
    gone = words.alone(council, member)
    if gone:
        for model in _of_a_council():
            _rewrite(model, council, words)
    _close(user)
    _blank(council, member, words, texts=gone, reason=reason, by=by, on=on)
    history.record(
        council=council,
        by=by,
        on=on,
        verb=ERASED,
        target=member,
        changes={"reason": (None, reason)},
        kind=EntryKind.ACCESS,
    )
    return member


class _Words:
    """The name and the addresses that are to go, and what stands in their place."""

    def __init__(self, member: Member) -> None:
        self.name, self.title = member.name.strip(), member.title
        login = member.user.email if member.user else ""
        sent = Letter.objects.filter(recipient=member).exclude(address="").values_list("address", flat=True)
        linked = MailLink.objects.filter(member=member).values_list("address", flat=True)
        known = {member.email, login, *sent, *linked}
        self.addresses = sorted({address.lower() for address in known if address})
        # A first name alone may be anybody's, or a word.
        parts = [re.escape(self.name)] if " " in self.name else []
        parts += [re.escape(address) for address in self.addresses]
        self._pattern = re.compile(rf"(?<![\w.@])(?:{'|'.join(parts)})(s?)(?![\w@])", re.IGNORECASE) if parts else None

    def alone(self, council: Council, member: Member) -> bool:
        """Whether nobody else on the council has that name or one of the addresses."""
        same = Q(email__in=self.addresses) | (Q(name__iexact=self.name) if self.name else Q())
        return not Member.objects.filter(same, council=council).exclude(pk=member.pk).exists()

    def are_in(self, text: str) -> bool:
        """Whether the text holds one of them."""
        return bool(self._pattern and self._pattern.search(text))

    def out_of(self, value: Any) -> Any:
        """Return a text, or what JSON holds, with the title for each of them."""
        if isinstance(value, str):
            return self._pattern.sub(lambda found: self.title + found[1], value) if self._pattern else value
        if isinstance(value, list):
            return [self.out_of(one) for one in value]
        if isinstance(value, dict):
            return {self.out_of(key): self.out_of(one) for key, one in value.items()}
        return value


def _forget_mails(member: Member, words: _Words) -> None:
    waiting = Letter.objects.filter(recipient=member, state__in=[LetterState.PENDING, LetterState.CLAIMED])
    waiting.update(state=LetterState.DROPPED, claimed_until=None)
    Letter.objects.filter(recipient=member).update(address="", failure="")
    for address in words.addresses:
        LoggedMail.objects.filter(Q(council=member.council_id) | Q(council=None), recipient__iexact=address).delete()
        StoppedAddress.objects.filter(council=member.council_id, address__iexact=address).delete()


def _close(user: User | None) -> None:
    """Take the log-in itself away when it opens no council any more; what the log refers to stays, without a name."""
    if user is None or user.is_administrator or user.memberships.exists():
        return
    for relation in User._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.on_delete is models.CASCADE:
            relation.related_model._base_manager.filter(**{relation.field.name: user}).delete()
    user.email = f"removed-{user.pk}@invalid"
    user.is_active, user.last_login, user.password = False, None, make_password(None)
    user.save(update_fields=["email", "is_active", "last_login", "password"])


def _blank(council: Council, member: Member, words: _Words, *, texts: bool, reason: str, by: Member, on: date) -> None:
    """Throw away what the log tells with the name or an address in it, the member's own entries first of all."""
    own = HistoryEntry.objects.filter(council=council, target_type="member", target_id=member.pk)
    keys = [pk for pk, changes in own.values_list("pk", "changes") if {"name", "email"} & set(changes)]
    if texts:
        told = HistoryEntry.objects.filter(council=council).exclude(changes={}).values_list("pk", "changes")
        keys += [pk for pk, changes in told.iterator() if words.out_of(changes) != changes]
    if keys:
        chain.blank(HistoryEntry.objects.filter(pk__in=keys), council=council, by=by, on=on, decision=reason)


def _rewrite(model: type[models.Model], council: Council, words: _Words) -> None:
    """Put the title for the name and the addresses in all texts of the model's rows of the council."""
    fields = [field.name for field in texts_of(model)]
    rows = model._base_manager.filter(**{_path(model): council.pk})
    for row in rows.only("pk", *fields).order_by("pk").iterator():
        changed = {name: new for name in fields if (new := words.out_of(old := getattr(row, name))) != old}
        if changed:
            for name, new in changed.items():
                longest = getattr(model._meta.get_field(name), "max_length", None)
                setattr(row, name, new[:longest] if isinstance(new, str) else new)
            derived = [field.name for field in model._meta.local_fields if isinstance(field, DERIVED)]
            models.Model.save(row, update_fields=[*changed, *derived])


def texts_of(model: type[models.Model]) -> list["models.Field[Any, Any]"]:
    """The fields of a model in which somebody's words can stand: texts and JSON, what is chosen or derived left out."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    left_out = (*DERIVED, models.SlugField, models.EmailField)
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, kinds) and not isinstance(field, left_out) and not field.choices
    ]


def _of_a_council() -> Iterator[type[models.Model]]:
    """The models with words in them whose rows belong to a council."""
    ours = {label.split(".")[0] for label in settings.INSTALLED_APPS}
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in ours - {"django"} or model in _KEPT or model is Council:
            continue
        if texts_of(model) and _path(model):
            yield model


@cache
def _path(model: type[models.Model]) -> str:
    """The shortest way from the model to its council, as a filter says it: "item__meeting__council"; "" for none."""
    ways: list[tuple[str, type[models.Model]]] = [("", model)]
    seen = {model}
    while ways:
        way, here = ways.pop(0)
        for field in _keys(here):
            name, there = f"{way}{field.name}", field.related_model
            if there is Council:
                return name
            if there not in seen and there is not User:
                seen.add(there)
                ways.append((f"{name}__", there))
    return ""


def _keys(model: type[models.Model]) -> Iterable["models.ForeignKey[Any, Any]"]:
    """The keys that every row of the model has, and the one to a council."""
    keys = [one for one in model._meta.concrete_fields if isinstance(one, models.ForeignKey)]
    return [one for one in keys if not one.null or one.related_model is Council]
