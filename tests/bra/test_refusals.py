"""Names, addresses and redirects that somebody else has chosen."""

from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django import forms
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from bra.forms import REASON, DayField, GuardedForm
from bra.mail import Mail
from bra.text import without_controls
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "http://testserver@evil.example/",
    "%2f%2fevil.example",
]


def leads_away(address: str) -> bool:
    """Whether a browser would leave the host for the address."""
    read = "".join(sign for sign in address if sign not in "\t\r\n").replace("\\", "/")  # as browsers do
    return urlsplit(urljoin("http://testserver/konto/", read)).hostname != "testserver"


@pytest.mark.parametrize("place", ELSEWHERE)
def test_the_choice_of_language_leads_nowhere_else(place: str) -> None:
    answer = Client().post(reverse("set_language"), {"language": "en", "next": place})
    assert (answer.status_code, leads_away(answer.headers["Location"])) == (302, False)


@pytest.mark.parametrize("place", ELSEWHERE)
def test_the_choice_of_language_does_not_believe_where_it_came_from(place: str) -> None:
    answer = Client().post(reverse("set_language"), {"language": "en"}, headers={"referer": place})
    assert leads_away(answer.headers["Location"]) is False


@pytest.mark.parametrize("place", ELSEWHERE)
def test_logging_in_and_out_leads_nowhere_else(cast: Cast, place: str) -> None:
    user = cast.member.user
    assert user is not None
    user.set_password("en lång mening om klotter")
    user.save()
    sent = {"username": user.email, "login": user.email, "password": "en lång mening om klotter", "next": place}
    client = Client()
    answer = client.post(reverse(settings.LOGIN_URL), sent)
    assert (answer.status_code, leads_away(answer.headers.get("Location", "/"))) == (302, False)
    name = "logout" if settings.LOGIN_URL == "login" else "account_logout"
    answer = client.post(reverse(name), {"next": place})
    assert leads_away(answer.headers.get("Location", "/")) is False


@pytest.mark.parametrize("path", ["//evil.example/sok/", "/\\evil.example/", "//evil.example/%2e%2e"])
def test_an_address_with_two_slashes_leads_nowhere_else(path: str) -> None:
    answer = Client().get(f"http://testserver{path}")
    assert leads_away(answer.headers.get("Location", "/")) is False


@pytest.mark.parametrize(
    "host",
    ["evil.example", "testserver.evil.example", "testserver@evil.example", "testserver:80@evil", "a b", "[::", ""],
)
def test_another_host_is_refused_and_never_repeated(host: str) -> None:
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        answer = Client().get(reverse("healthz"), headers={"host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.content.decode()


def test_a_proxys_word_for_the_host_is_not_believed() -> None:
    answer = Client().get("/", headers={"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"})
    assert "evil" not in answer.headers["Location"]


@pytest.mark.parametrize("field", ["to", "subject", "message_id", "sender_name", "reply_to", "unsubscribe"])
@pytest.mark.parametrize("sign", ["\n", "\r", "\r\n", "\u2028", "\x85", "\x0b"])
def test_no_word_of_a_mail_becomes_a_header(field: str, sign: str) -> None:
    plain = {"to": "a@example.org", "subject": "Hej", "text": "", "html": "", "message_id": "1@example.org"}
    with pytest.raises(ValueError, match=r"line break|Enter a valid"):
        Mail(**plain | {field: f"a@example.org{sign}Bcc: b@example.org"})


def test_a_registry_number_becomes_no_header(cast: Cast, rf: Any) -> None:
    case = make.make_case(cast.council)
    type(case).objects.filter(pk=case.pk).update(registry_number='a"\r\nX-Evil: 1;../b')
    answer = cast.browse(cast.secretary).get(reverse("actions:case_sheet", args=[cast.council.slug, case.pk]))
    assert (answer.headers["Content-Disposition"], "X-Evil" in answer.headers) == (
        'inline; filename="arende-a-x-evil-1-b.pdf"',
        False,
    )


class NoteForm(GuardedForm):
    """A form with free text."""

    guarded = ("note",)
    note = forms.CharField()
    day = DayField(required=False)


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\ufeff", "\u2060", "\x9f", "\x1b"])
def test_signs_that_turn_or_hide_text_are_left_out(sign: str) -> None:
    form = NoteForm({"note": f"avtal{sign}fdp.exe"})
    assert form.is_valid()
    assert form.cleaned_data["note"] == "avtalfdp.exe"


@pytest.mark.parametrize("sign", ["\u202e", "\u200b", "\ufeff", "\u2060"])
def test_a_number_with_hidden_signs_in_it_is_a_number(sign: str) -> None:
    form = NoteForm({"note": f"Ring 701063{sign}-23{sign}91 i dag"})
    assert (form.is_valid(), "note" in form.errors, REASON in form.fields) == (False, True, True)


def test_names_of_all_alphabets_are_kept() -> None:
    names = "Åsa Öberg\tنیما می\u200cخواهم\nאבג\u200f १२३ 👩\u200d👧"
    assert without_controls(names) == names


@pytest.mark.parametrize(
    ("day", "fits"), [("1899-12-31", False), ("1900-01-01", True), ("2199-12-31", True), ("9999-12-31", False)]
)
def test_a_day_that_no_council_meets_on_is_no_day(day: str, fits: bool) -> None:
    assert NoteForm({"note": "x", "day": day}).is_valid() is fits


def test_a_weakness_is_told_to_whom_the_operator_says() -> None:
    assert Client().get("/.well-known/security.txt").status_code == 404
    with override_settings(SECURITY_CONTACT="mailto:sakerhet@example.org", BASE_URL="https://bra.example.org"):
        answer = Client().get("/.well-known/security.txt")
    lines = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert list(lines) == ["Contact", "Expires", "Preferred-Languages", "Canonical"]
    assert (lines["Contact"], lines["Canonical"]) == (
        "mailto:sakerhet@example.org",
        "https://bra.example.org/.well-known/security.txt",
    )
