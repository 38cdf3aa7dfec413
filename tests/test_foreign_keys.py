"""Nothing of another council's, and nothing restricted, is accepted in any form: each field that takes a row's key.

The forms are those that the pages really show: every address is opened and posted to, and the fields of the forms in
the answers are given keys of rows that don't exist for whoever fills them in. A form that no page shows here fails.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.test import Client
from django.urls import reverse

from bra.models import Council, Member
from meetings.models import AgendaItem, Case, SignOff, Topic
from meetings.planning_forms import TakeForm
from tests import make
from tests.cast import Cast
from tests.test_doors import DOORS, KEYS, Furnished, abroad, cast, home, report_file, secret, secretive

# The doors' own council and things: fixtures of one file that two share.
__all__ = ["abroad", "cast", "home", "report_file", "secret", "secretive"]
pytestmark = [pytest.mark.django_db, pytest.mark.wide, pytest.mark.sqlite]

# Fields whose choices are rows by their keys, although they are no ModelChoiceField.
KEYED: dict[str, type[models.Model]] = {
    "meetings.MailMinutesForm.recipients": Member,
    "finding.SearchForm.topic": Topic,
}
# Keys that views read from a POST by themselves: address, name of the key, kind of row.
LOOSE = [
    ("actions:approve_all", "action", "action"),
    ("actions:unapprove_all", "action", "action"),
    ("actions:approve", "item", "item"),
    ("meetings:attendance", "member-%s", "member"),
    ("meetings:case_to_agenda", "case", "case"),
    ("meetings:case_unlink", "other", "case"),
    ("meetings:item_state", "open", "item"),
    ("meetings:minutes_mail_again", "letter", "reminder"),
    ("meetings:sign", "round", "round_of_signing"),
]


def full_name(form: type[forms.BaseForm], name: str) -> str:
    """The field's name that no other form's has: "meetings.ItemForm.case"."""
    return f"{form.__module__.split('.')[0]}.{form.__name__}.{name}"


def is_relation(name: str, one: forms.Field) -> bool:
    """Whether the field takes the key of a row."""
    return isinstance(one, forms.ModelChoiceField) or name in KEYED


@dataclass
class Seen:
    """The relation fields that somebody is shown, by "Form.field"."""

    fields: dict[str, forms.Field] = field(default_factory=dict)

    def take(self, answer: Any) -> None:
        """Note the fields of the forms in the context of an answer."""
        for context in answer.context or []:
            for layer in getattr(context, "dicts", [context]):
                for value in layer.values():
                    for form in self._forms(value):
                        for name, one in form.fields.items():
                            full = full_name(type(form), name)
                            if is_relation(full, one):
                                self.fields.setdefault(full, one)

    @staticmethod
    def _forms(value: Any) -> Iterator[forms.BaseForm]:
        if isinstance(value, forms.BaseForm):
            yield value
        elif isinstance(value, list | tuple):
            yield from (one for one in value if isinstance(one, forms.BaseForm))


def shown_to(who: Member, council: Council, objects: dict[str, models.Model]) -> Seen:
    """Open and post to every address as `who`, and return what fields of forms are shown; nothing done stays."""
    client = Client()
    client.cookies.update(KEYS[who.pk])
    seen = Seen()
    addresses = [address_of(name, council, objects) for name in DOORS]
    # Pages whose forms are there only now and then.
    addresses.append(reverse("meetings:answer", args=[council.slug, make.make_meeting(council, "summoned").pk]))
    addresses.append(f"{address_of('meetings:presence', council, objects)}?ledamot={who.pk}")
    addresses.append(f"{address_of('release_copy', council, objects)}?document=case-{objects['case'].pk}")
    for address in addresses:
        for send in (client.get, client.post):
            with transaction.atomic():
                answer = send(address)
                b"".join(answer)
                seen.take(answer)
                transaction.set_rollback(True)
    # Shown as a bare list of meetings, so the form isn't in any page.
    taking = TakeForm({}, member=who, today=make.TODAY)
    seen.fields[full_name(TakeForm, "meeting")] = taking.fields["meeting"]
    return seen


def address_of(name: str, council: Council, objects: dict[str, models.Model]) -> str:
    """The address called `name`, with the key of what it is about."""
    kind = DOORS[name].kind
    return reverse(name, args=[council.slug, *([objects[kind].pk] if kind else [])])


def rows_of(model: type[models.Model], council: Council) -> list[models.Model]:
    """Rows of the model that belong to the council, by whatever way."""
    return [row for row in model._default_manager.all() if council_of(row) == council.pk]


WAYS = ("council_id", "meeting", "item", "plan", "goal", "activity", "agenda_item", "sign_off", "case", "member")


def council_of(row: models.Model) -> int | None:
    """The key of the council that a row belongs to."""
    for way in WAYS:
        value = getattr(row, way, None)
        if way == "council_id" and value is not None:
            return int(value)
        if isinstance(value, models.Model):
            return council_of(value)
    return None


def accepted(seen: Seen, rows: dict[str, list[models.Model]]) -> list[str]:
    """Which fields take a key that they must not take."""
    taken = []
    for name, one in seen.fields.items():
        for row in rows[name]:
            many = isinstance(one, forms.ModelMultipleChoiceField | forms.MultipleChoiceField)
            try:
                one.clean([str(row.pk)] if many else str(row.pk))
            except ValidationError:
                continue
            taken.append(f"{name} takes {row._meta.label} {row.pk}")
    return taken


def model_of(name: str, one: forms.Field) -> type[models.Model]:
    """The model whose keys a field takes."""
    if isinstance(one, forms.ModelChoiceField):
        assert one.queryset is not None
        return one.queryset.model
    return KEYED[name]


def test_no_field_takes_a_row_of_another_council(cast: Cast, home: Furnished, abroad: Furnished) -> None:
    seen = shown_to(cast.coordinator, cast.council, home.objects)
    foreign = {name: rows_of(model_of(name, one), cast.stranger.council) for name, one in seen.fields.items()}
    assert [name for name, rows in foreign.items() if not rows] == []
    assert accepted(seen, foreign) == []
    # A form of masks has a ground for each part of the document that is masked.
    assert {re.sub(r"_\d+$", "", name) for name in seen.fields} == relation_fields()


def test_no_field_takes_a_restricted_row_from_who_is_not_cleared(secretive: Cast, secret: Furnished) -> None:
    seen = shown_to(secretive.secretary, secretive.council, secret.objects)
    hidden: dict[str, list[models.Model]] = {}
    for name, one in seen.fields.items():
        model = model_of(name, one)
        rows = rows_of(model, secretive.council)
        hidden[name] = [row for row in rows if is_hidden(row)]
    assert {model_of(name, one) for name, one in seen.fields.items() if hidden[name]} >= {Case}
    assert accepted(seen, hidden) == []


def is_hidden(row: models.Model) -> bool:
    """Whether a row is restricted, or of something restricted."""
    if isinstance(row, AgendaItem | Case):
        return row.restricted
    above = getattr(row, "agenda_item", None) or getattr(row, "item", None)
    return isinstance(above, AgendaItem) and above.restricted


def relation_fields() -> set[str]:
    """All "Form.field" of the product that take a key, as the classes say."""
    found = set(KEYED)

    def walk(above: Any) -> None:
        for one in above.__subclasses__():
            walk(one)
            if one.__module__.split(".")[0] in {
                "bra",
                "meetings",
                "actions",
                "imports",
                "finding",
                "reports",
                "records",
            }:
                names = {full_name(one, name): base for name, base in one.base_fields.items()}
                found.update(name for name, base in names.items() if is_relation(name, base))

    walk(forms.BaseForm)
    return found


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables but what is only kept of a request."""
    return {
        model._meta.label: sorted(model._base_manager.values_list(), key=str)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label not in {"sessions.Session", "bra.HistoryEntry"}
    }


@pytest.mark.parametrize(("name", "key", "kind"), LOOSE)
def test_a_loose_key_of_another_councils_row_changes_nothing(
    cast: Cast, home: Furnished, abroad: Furnished, name: str, key: str, kind: str
) -> None:
    rows = {**abroad.objects, "round_of_signing": SignOff.objects.get(meeting__council=cast.stranger.council)}
    pk = rows[kind].pk
    sends = {key.replace("%s", str(pk)): "present" if "%s" in key else str(pk)}
    browser = cast.browse(cast.coordinator)
    before = everything()
    answer = browser.post(address_of(name, cast.council, home.objects), sends)
    assert answer.status_code in {302, 400, 404, 422}
    assert everything() == before
