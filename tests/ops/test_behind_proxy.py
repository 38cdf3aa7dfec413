"""The product with the variables of a real installation, behind a proxy that ends TLS, over real sockets."""

import http.client
import re
import secrets
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from bra.models import Role
from meetings.models import Meeting
from ops.check import OPERATORS
from ops.environment import PYTHON, ROOT
from ops.processes import die_with_parent, stop, tail, wait_until
from ops.run import healthy, web_server
from ops.supervisor import environment_with
from tests import make
from tests.make import PASSWORD
from tests.second_steps import code_of, make_app, now
from tests.stack import free_port
from tests.tls_proxy import make_certificate, tls_proxy

pytestmark = [
    pytest.mark.service,
    pytest.mark.xdist_group("behind_proxy"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(sys.platform != "linux", reason="asks from several addresses of the loopback"),
]
HOST = "bra.example.org"
BASE = f"https://{HOST}"
KEY = secrets.token_urlsafe(64)


@dataclass(frozen=True)
class Site:
    """The port of the proxy, that of the web server behind it, and whom to trust."""

    port: int
    behind: int
    certificate: Path


@dataclass(frozen=True)
class Answer:
    """What came back; the headers by their names in lower case."""

    status: int
    headers: dict[str, str]
    cookies: SimpleCookie
    text: str

    @property
    def token(self) -> str:
        """What the form of the page is sent with."""
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.text)
        assert found is not None
        return found[1]


@dataclass
class Browser:
    """Somebody at the loopback address `place`, who keeps cookies and believes the certificate."""

    site: Site
    place: str = "127.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, form: dict[str, str] | None = None, **headers: str) -> Answer:
        """Ask the proxy; a form goes with an Origin as browsers send it."""
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        if form is not None:
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": BASE}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        context = ssl.create_default_context(cafile=str(self.site.certificate))
        with (
            socket.create_connection(("127.0.0.1", self.site.port), 60, (self.place, 0)) as line,
            context.wrap_socket(line, server_hostname=HOST) as closed,
        ):
            asking = http.client.HTTPConnection(HOST)
            asking.sock = closed
            asking.request("GET" if form is None else "POST", path, urlencode(form) if form else None, sent)
            found = _read(asking)
        for name, cookie in found.cookies.items():
            self.cookies[name] = cookie.value
        return found


def _read(asked: http.client.HTTPConnection) -> Answer:
    with asked.getresponse() as response:
        cookies: SimpleCookie = SimpleCookie()
        for line in response.headers.get_all("set-cookie") or []:
            cookies.load(line)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, headers, cookies, response.read().decode())


def database_url() -> str:
    """The tests' own database, as the product takes it."""
    said = connections["default"].settings_dict
    if said["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{said['NAME']}"
    who = quote(said["USER"], safe="") + (f":{quote(said['PASSWORD'], safe='')}" if said["PASSWORD"] else "")
    port = f":{said['PORT']}" if said["PORT"] else ""
    return f"postgresql://{who}@{quote(said['HOST'], safe='')}{port}/{said['NAME']}"


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Site]:
    """The web server as `make run` starts it, on the tests' own database, and the proxy before it."""
    folder = tmp_path_factory.mktemp("behind")
    said = {
        "BRA_DATA": str(folder / "data"),
        "BRA_BASE_URL": BASE,
        "BRA_PROXIES": "1",
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "bra.settings",
        "EMAIL_URL": "smtp+tls://bra:ordet@mail.invalid",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "SECRET_KEY": KEY,
    }
    own = {name: text for name, text in environment_with({}).items() if not name.startswith("BRA_")}
    variables = {name: text for name, text in own.items() if name not in OPERATORS} | said
    subprocess.run([PYTHON, "manage.py", "collectstatic", "--no-input", "-v", "0"], cwd=ROOT, env=variables, check=True)
    port, log = free_port(), folder / "web.log"
    with log.open("wb") as output:
        web = subprocess.Popen(
            web_server(port),
            cwd=ROOT,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(),
        )
    try:
        assert wait_until(lambda: healthy(port, BASE) or web.poll() is not None, seconds=60), tail(log)
        assert web.poll() is None, tail(log)
        certificate, key = make_certificate(folder, HOST)
        with tls_proxy(certificate, key, port) as before:
            yield Site(before, port, certificate)
    finally:
        stop(web)
        with django_db_blocker.unblock():
            cache.clear()  # where tries are counted: what the tests' rollback doesn't know


def test_who_comes_without_tls_is_led_to_it(site: Site) -> None:
    asking = http.client.HTTPConnection("127.0.0.1", site.behind, timeout=60)
    asking.request("GET", "/konto/logga-in/?next=/granby/", headers={"Host": HOST, "X-Forwarded-Proto": "http"})
    found = _read(asking)
    asking.close()
    assert (found.status, found.headers["location"]) == (301, f"{BASE}/konto/logga-in/?next=/granby/")


def test_every_answer_has_its_headers_and_files_are_kept_for_long(site: Site) -> None:
    browser = Browser(site)
    page = browser.ask("/konto/logga-in/")
    name = re.search(r"/static/bra/bra\.\w{12}\.css", page.text)
    assert name is not None
    file, missing = browser.ask(name[0]), browser.ask("/.well-known/security.txt")
    assert [page.status, file.status, missing.status] == [200, 200, 404]
    for answer in (page, file, missing):
        told = answer.headers
        assert told["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        assert "upgrade-insecure-requests" in told["content-security-policy"]
        assert (told["x-content-type-options"], told["x-frame-options"], told["server"]) == ("nosniff", "DENY", "web")
    assert [told.headers["cache-control"].split(", ")[-1] for told in (page, file)] == ["private", "immutable"]
    cookie = page.cookies["__Host-csrftoken"]
    assert [cookie[name] for name in ("secure", "samesite", "path", "domain")] == [True, "Lax", "/", ""]


def test_another_host_is_refused(site: Site) -> None:
    for said in ({"Host": "evil.example"}, {"Host": f"{HOST}.evil.example"}, {"Host": f"evil.example@{HOST}"}):
        found = Browser(site).ask("/konto/logga-in/", **said)
        assert (found.status, "evil" in found.text, "location" in found.headers) == (400, False, False)
    kind = Browser(site).ask("/granby/", X_Forwarded_Host="evil.example")
    assert (kind.status, kind.headers["location"]) == (302, "/konto/logga-in/?next=/granby/")


def test_logging_in_with_two_steps_and_sending_a_form(site: Site, settings: Any) -> None:
    settings.SECRET_KEY = KEY
    hashed = Argon2PasswordHasher()
    user = make.make_user(email="karin@example.org")
    user.password = hashed.encode(PASSWORD, hashed.salt())
    user.save()
    council = make.make_council(slug="granby")
    make.make_member(council, Role.COORDINATOR, user=user)
    secret, browser = make_app(user), Browser(site, "127.0.0.2")
    page = browser.ask("/konto/logga-in/?next=/granby/moten/nytt/")
    typed = {"csrfmiddlewaretoken": page.token, "login": user.email, "password": PASSWORD}
    assert browser.ask("/konto/logga-in/", typed, Origin="https://evil.example").status == 403
    half = browser.ask("/konto/logga-in/?next=/granby/moten/nytt/", typed, X_Forwarded_For="203.0.113.7")
    assert (half.status, half.headers["location"].partition("?")[0]) == (302, "/konto/tvasteg/logga-in/")
    page = browser.ask(half.headers["location"])
    whole = browser.ask(half.headers["location"], {"csrfmiddlewaretoken": page.token, "code": code_of(secret, now())})
    assert (whole.status, whole.headers["location"]) == (302, "/granby/moten/nytt/")
    cookie = whole.cookies["__Host-sessionid"]
    told = [cookie[name] for name in ("secure", "httponly", "samesite", "path", "domain", "expires", "max-age")]
    assert told == [True, True, "Lax", "/", "", "", ""]
    assert [row.ip for row in UserSession.objects.filter(user=user)] == ["127.0.0.2"]
    form = {"csrfmiddlewaretoken": browser.ask("/granby/moten/nytt/").token, "date": "2017-04-05"}
    form |= {"starts_at": "09:00", "place": "Stadshuset"}
    refused = [
        browser.ask("/granby/moten/nytt/", form, Origin=said).status
        for said in ("https://evil.example", f"http://{HOST}", "null")
    ]
    assert (refused, Meeting.objects.count()) == ([403, 403, 403], 0)
    made = browser.ask("/granby/moten/nytt/", form)
    meeting = Meeting.objects.get()
    assert (made.status, made.headers["location"]) == (302, f"/granby/moten/{meeting.pk}/")


def test_nobody_gets_more_tries_by_saying_that_they_are_somewhere_else(site: Site) -> None:
    liar, other = Browser(site, "127.0.0.3"), Browser(site, "127.0.0.4")

    def tries(browser: Browser, said: str) -> int:
        return browser.ask(f"/avanmal/{secrets.token_urlsafe(32)}/", X_Forwarded_For=said).status

    found = [tries(liar, f"198.51.100.{number}") for number in range(31)]
    assert found == [404] * 30 + [429]
    assert tries(other, "127.0.0.3") == 404
