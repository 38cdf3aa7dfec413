"""How much one request may bring, and how often the dear pages may be asked for."""

import re
import runpy
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import get_resolver, reverse

from bra.bounds import LARGEST_FORM, LARGEST_UPLOAD, parts_of
from bra.checks import _views
from meetings.models import Case
from ops.environment import ROOT
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def told(answer: Any) -> str:
    """The heading of a page."""
    found = re.search(r"<h1>(.*?)</h1>", answer.content.decode())
    assert found is not None
    return found[1]


def test_a_form_that_is_too_large_is_not_read(cast: Cast) -> None:
    client = cast.browse(cast.secretary)
    address = reverse("meetings:case_new", args=[cast.council.slug])
    answer = client.post(address, {"title": "x" * LARGEST_FORM})
    assert (answer.status_code, told(answer)) == (413, "Too much at once")
    assert not Case.objects.exists()
    assert "1 MB" in answer.content.decode()


def test_a_view_that_takes_files_says_so_and_is_bounded_too(cast: Cast) -> None:
    larger = {name for name, view in _views(get_resolver()) if hasattr(view, "largest_body")}
    assert larger == {"imports:list", "reports:return"}
    client = cast.browse(cast.secretary)
    address = reverse("imports:list", args=[cast.council.slug])
    list_of_6_mb = SimpleUploadedFile("lista.csv", b"a;b\n" * (6 * 2**18))
    refused = client.post(address, {"file": list_of_6_mb})
    assert (refused.status_code, "larger than 5 MB" in refused.content.decode()) == (422, True)
    answer = client.post(address, {"file": SimpleUploadedFile("lista.csv", b"a" * LARGEST_UPLOAD)})
    assert (answer.status_code, told(answer)) == (413, "Too much at once")


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, 411),
        ({"CONTENT_LENGTH": str(2**40)}, 413),
        ({"CONTENT_LENGTH": "much"}, 400),
    ],
)
def test_a_body_whose_end_nobody_has_told_is_not_read(header: dict[str, str], status: int) -> None:
    assert Client().post(reverse("account_login"), {"login": "x"}, **header).status_code == status


def test_too_many_fields_are_refused() -> None:
    assert Client().post(reverse("account_login"), {f"f{number}": "1" for number in range(1001)}).status_code == 400


@pytest.mark.parametrize("path", ["/konto/logga-in/?next=" + "a" * 9000, "/" + "a" * 9000])
def test_an_address_that_is_too_long_is_refused(path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, told(answer)) == (414, "The address is too long")


@pytest.mark.parametrize("path", ["/granby/sok/?q=a%00b", "/granby/%00/"])
def test_no_address_holds_a_nul(path: str) -> None:
    assert Client().get(path).status_code == 400


def test_no_form_holds_a_nul(cast: Cast) -> None:
    client = cast.browse(cast.secretary)
    address = reverse("meetings:case_new", args=[cast.council.slug])
    assert client.post(address, {"title": "Klotter\0"}).status_code == 400
    assert client.post(address, {"title\0": "Klotter"}).status_code == 400


@override_settings(RATES={"search": "3/m", "upload": "1/h"})
def test_who_asks_too_often_is_told_when_to_come_back_and_nobody_else_is(cast: Cast) -> None:
    eager, other = cast.browse(cast.secretary), cast.browse(cast.member)
    address = reverse("finding:search", args=[cast.council.slug])
    assert [eager.get(address).status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = eager.get(address)
    assert (told(answer), answer.headers["Retry-After"]) == ("Wait a little", "60")
    assert other.get(address).status_code == 200


@override_settings(RATES={"upload": "1/h"})
def test_looking_at_the_form_is_free(cast: Cast) -> None:
    client = cast.browse(cast.secretary)
    address = reverse("imports:list", args=[cast.council.slug])
    assert [client.get(address).status_code for _ in range(3)] == [200, 200, 200]
    assert [client.post(address).status_code for _ in range(2)] == [422, 429]


def test_what_the_product_bounds_is_said_in_its_settings() -> None:
    product = runpy.run_path(str(ROOT / "bra" / "settings.py"))
    assert {kind: parts_of(rate) for kind, rate in product["RATES"].items()} == {
        "search": (120, 60),
        "file": (60, 60),
        "report": (30, 60),
        "upload": (30, 60),
        "secret": (30, 300),
    }


def test_nothing_of_a_file_is_left_on_a_disk(cast: Cast, tmp_path: Any, settings: Any) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    make.make_meeting(cast.council)
    client = cast.browse(cast.secretary)
    client.post(
        reverse("imports:list", args=[cast.council.slug]),
        {"file": SimpleUploadedFile("lista.csv", b"Hemligt;b\n" * 400_000)},
    )
    assert list(tmp_path.iterdir()) == []
