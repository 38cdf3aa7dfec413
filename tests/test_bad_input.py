"""What no honest browser sends, sent to every address: it is refused or taken as the text it is, never a fault of ours.

The addresses, and what stands behind them, are those of tests/test_doors.py, so a new page is tried by being listed.
"""

import ast
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.test_doors import DOORS, KEYS, Furnished, cast, home, report_file

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.service,
    # A column that a list is to be sorted by, and that no list has, is passed over with a warning to programmers.
    pytest.mark.filterwarnings("ignore:Use '__' to separate path components:DeprecationWarning"),
]
__all__ = ["cast", "home", "report_file"]  # the fixtures of the doors

ROOT = Path(__file__).resolve().parent.parent
APPS = ("bra", "meetings", "actions", "imports", "finding", "reports", "records")

HOSTILE = {
    "a huge number": "9" * 40,
    "the largest number of a database and one": str(2**63),
    "a number below all": "-" + "9" * 20,
    "another script's digits": "٣٤²",
    "a fraction": "1e400",
    "a day that isn't": "2017-02-30",
    "the last day of all": "9999-12-31",
    "the first day of all": "0001-01-01",
    "another line of a header": "a\r\nSet-Cookie: b=c\r\n\r\n<script>",
    "signs that turn text around": "avtal\u202efdp.exe\u2066\ufeff\U0001f9e8" + "Z" + "\u0335" * 500,
    "a template and a query": "{{ settings.SECRET_KEY }}{% debug %}' OR 1=1; DROP TABLE bra_user; -- %_\\[]()*+?{2,}",
    "another place": "//evil.example/../../../../etc/passwd",
    "a structure": "[" * 5000,
}


@cache
def field_names() -> list[str]:
    """Every name that some view or form of ours reads: of its declared fields, and of what is read by itself."""
    names = {"page", "csrfmiddlewaretoken", "next", "form-TOTAL_FORMS", "form-0-id"}
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    names |= _read_by(node)
    for form in _forms(forms.BaseForm):
        names |= set(getattr(form, "base_fields", {}))
    return sorted(names)


def _read_by(call: ast.Call) -> set[str]:
    """The names in request.GET.get("name"), request.POST.getlist("name") and their like."""
    function = call.func
    assert isinstance(function, ast.Attribute)
    if function.attr not in ("get", "getlist") or not isinstance(function.value, ast.Attribute):
        return set()
    if function.value.attr not in ("GET", "POST", "FILES"):
        return set()
    return {one.value for one in call.args[:1] if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def _forms(base: Any) -> Iterator[Any]:
    for form in base.__subclasses__():
        yield form
        yield from _forms(form)


def ask(client: Client, method: str, address: str, data: dict[str, Any]) -> int:
    """Send it, undo what it did, and return the answer's status; a fault of ours is raised by the client."""
    with transaction.atomic():
        response = client.get(address, data) if method == "GET" else client.post(address, data)
        b"".join(response)
        transaction.set_rollback(True)
    return response.status_code


def visitor(who: Any) -> Client:
    """A browser of somebody who is logged in, out of the doors' keys."""
    client = Client()
    client.cookies.update(KEYS[who.pk])
    return client


def address_of(cast: Cast, home: Furnished, name: str) -> str:
    """Where a door of the council is."""
    door = DOORS[name]
    return reverse(name, args=[cast.council.slug, *([home.objects[door.kind].pk] if door.kind else [])])


def opener(cast: Cast, name: str) -> Any:
    """Somebody who is let in there."""
    role = next((role for role in ("coordinator", "secretary", "owner") if role in DOORS[name].for_whom), "coordinator")
    return getattr(cast, role)


@pytest.mark.parametrize("name", sorted(DOORS))
def test_no_text_in_an_address_or_a_form_breaks_a_page(cast: Cast, home: Furnished, name: str) -> None:
    address, client = address_of(cast, home, name), visitor(opener(cast, name))
    client.raise_request_exception = False
    broken = [
        (method, what)
        for method in ("GET", "POST")
        for what, text in HOSTILE.items()
        if ask(client, method, address, _sent(method, text, DOORS[name].sends)) >= 500
    ]
    assert broken == []


def _sent(method: str, text: str, sends: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The text under every name; an address holds less of it than a form."""
    names = field_names() if method == "POST" else [name for name in field_names() if len(name) < 12][:120]
    return dict.fromkeys(names, text[:20] if method == "GET" else text) | dict(sends)


@pytest.mark.parametrize("name", sorted(DOORS))
def test_no_mixture_of_right_and_wrong_breaks_a_page(cast: Cast, home: Furnished, name: str) -> None:
    address, client = address_of(cast, home, name), visitor(opener(cast, name))
    client.raise_request_exception = False
    chance = random.Random(name)
    plausible = [str(cast.member.pk), "1", "on", "2017-06-01", "13:00", "apply", "up", "open", "medium", "En mening."]
    broken = []
    for turn in range(4):
        data: dict[str, Any] = {
            field: chance.choice([*HOSTILE.values(), *plausible * 4])
            for field in field_names()
            if chance.random() < 0.8
        }
        data["file"] = SimpleUploadedFile("../lista\u202exslx.csv", b"a;b\n\xff\x00;=1+1\n")
        status = ask(client, "POST", address, data | dict(DOORS[name].sends))
        broken += [(turn, status)] if status >= 500 else []
    assert broken == []
