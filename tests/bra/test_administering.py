"""Those who look after the installation: what they can do, and that no council's door opens for them."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bra import administering
from bra.errors import RuleBroken
from bra.forms import REASON
from bra.models import Council, EntryKind, HistoryEntry, Letter, LetterState, Member, Role, User
from tests import make
from tests.cast import Cast, confirm
from tests.make import TODAY

pytestmark = pytest.mark.django_db
NOW = date(2026, 11, 23)
FIELDS = {
    "name": "BRÅ Nyby",
    "slug": "nyby",
    "organisation": "Kommunledningskontoret",
    "coordinator": "Karin Koordinator",
    "title": "säkerhetssamordnare",
    "email": "karin@example.org",
}


@pytest.fixture
def administrator() -> User:
    return make.make_user(email="drift@example.org", is_administrator=True)


@pytest.fixture
def browser(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    confirm(client)
    return client


def logged(council: Council | None) -> list[tuple[str, str, str, int | None]]:
    theirs = HistoryEntry.objects.filter(council=council, kind=EntryKind.ACCESS).order_by("pk")
    entries = theirs.exclude(verb__startswith="login.").exclude(verb__startswith="member.")
    return [(entry.verb, entry.target_type, entry.on.isoformat(), entry.user_id) for entry in entries]


def test_a_council_is_made_and_its_coordinator_told(browser: Client, administrator: User) -> None:
    answer = browser.post(reverse("administering:council_new"), FIELDS | {"slug": "NyBy"}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        "BRÅ Nyby is made.",
        "A mail has gone to karin@example.org.",
    ]
    member = Member.objects.get(council__slug="nyby")
    assert (member.name, member.role, member.cleared, str(member.user)) == (
        "Karin Koordinator",
        Role.COORDINATOR,
        True,
        "karin@example.org",
    )
    assert [(verb, target, user) for verb, target, _on, user in logged(None)] == [
        ("council.created", "council", administrator.pk)
    ]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("slug", "ny by", "The address may hold letters a-z, digits and hyphens only."),
        ("slug", "drift", "The address drift is taken by the product itself. Choose another."),
        ("slug", "granby", "There is already a council with the address granby."),
        ("coordinator", "701063-2391", None),
        ("email", "", "This field is required."),
    ],
)
def test_a_mistake_makes_no_council_and_loses_nothing(
    cast: Cast, browser: Client, field: str, typed: str, sentence: str | None
) -> None:
    answer = browser.post(reverse("administering:council_new"), FIELDS | {field: typed})
    assert answer.status_code == 422
    form = answer.context["form"]
    assert sorted(set(form.errors) - {"not_personnummer_reason"}) == [field]
    if sentence:
        assert form.errors[field] == [sentence]
    assert form["name"].value() == "BRÅ Nyby"
    assert Council.objects.count() == 2


def test_an_administrator_knocks_in_vain_on_every_council(cast: Cast, browser: Client) -> None:
    for name in ("home", "members", "meetings:list", "actions:list", "reports:list"):
        assert browser.get(reverse(name, args=[cast.council.slug])).status_code == 404


def test_the_installation_says_no_word_of_what_a_council_does(cast: Cast, browser: Client) -> None:
    case = make.make_case(cast.council, title="Hemlighetsord", restricted=True)
    item = make.make_item(make.make_meeting(cast.council), title="Hemlighetsord", case=case, restricted=True)
    make.make_action(agenda_item=item, title="Hemlighetsord", owner=cast.coordinator)
    Letter.objects.create(
        council=cast.council,
        kind="reminder",
        recipient=cast.owner,
        cause="x",
        on=TODAY,
        state=LetterState.FAILED,
        failure="Hemlighetsord",
    )
    names = [reverse(f"administering:{name}") for name in ("installation", "accounts", "log", "council_new")]
    assert cast.chair.user is not None
    pages = [*names, reverse("administering:account", args=[cast.chair.user.pk])]
    for page in pages:
        answer = browser.get(page)
        assert answer.status_code == 200
        assert "Hemlighetsord" not in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]


def test_the_pages_exist_for_administrators_only(cast: Cast) -> None:
    page = reverse("administering:installation")
    assert cast.browse(cast.coordinator).get(page).status_code == 404
    assert Client().get(page).status_code == 302


def test_who_is_locked_out_is_out_at_the_next_page(cast: Cast, browser: Client, administrator: User) -> None:
    theirs = cast.browse(cast.chair)
    home = reverse("home", args=[cast.council.slug])
    assert theirs.get(home).status_code == 200
    user = cast.chair.user
    assert user is not None
    browser.post(reverse("administering:account_verb", args=[user.pk]), {"do": "lock"})
    assert theirs.get(home).status_code == 302
    assert [verb for verb, *_rest in logged(None)] == ["user.locked_out"]
    assert logged(cast.council) == [("user.locked_out", "member", "2017-03-15", administrator.pk)]
    browser.post(reverse("administering:account_verb", args=[user.pk]), {"do": "unlock"})
    user.refresh_from_db()
    assert user.is_active


def test_the_log_says_in_words_what_was_done_with_a_log_in(administrator: User) -> None:
    client = Client()
    client.post("/konto/logga-in/", {"login": administrator.email, "password": make.PASSWORD})
    confirm(client)
    shown = client.get(reverse("administering:log"))
    assert [line.what for line in shown.context["lines"]] == ["Logged in"]


def test_a_mail_that_went_nowhere_is_told_with_the_way_on(browser: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = browser.post(reverse("administering:council_new"), FIELDS, follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        "BRÅ Nyby is made.",
        (
            "The mail to karin@example.org couldn't be sent. If the address is right, the forgotten-password page "
            "sends a new one. If it is wrong, lock it out under “Log-ins”: then you can appoint another coordinator "
            "here."
        ),
    ]
    # And so it is.
    user = Member.objects.get(council__slug="nyby").user
    assert user is not None
    browser.post(reverse("administering:account_verb", args=[user.pk]), {"do": "lock"})
    page = reverse("administering:coordinator_new", args=[Council.objects.get(slug="nyby").pk])
    assert page in browser.get(reverse("administering:installation")).content.decode()


def test_nobody_locks_themselves_out_and_somebody_always_administers(administrator: User) -> None:
    with pytest.raises(RuleBroken, match="can't lock yourself out"):
        administering.lock_out(user=administrator, by=administrator, on=NOW)
    with pytest.raises(RuleBroken, match="Nobody would look after"):
        administering.unmake_administrator(user=administrator, by=administrator, on=NOW)
    other = make.make_user()
    administering.make_administrator(user=other, by=administrator, on=NOW)
    administering.lock_out(user=other, by=administrator, on=NOW)
    with pytest.raises(RuleBroken, match="Nobody would look after"):
        administering.unmake_administrator(user=administrator, by=administrator, on=date(2026, 11, 24))


def test_a_council_with_a_coordinator_gets_none_from_here(cast: Cast, browser: Client, administrator: User) -> None:
    page = reverse("administering:coordinator_new", args=[cast.council.pk])
    fields = {name: value for name, value in FIELDS.items() if name not in {"name", "slug"}}
    assert browser.post(page, fields).status_code == 302
    assert not Member.objects.filter(email="karin@example.org").exists()
    with pytest.raises(RuleBroken, match="has a coordinator who can log in"):
        administering.appoint_coordinator(
            council=cast.council,
            name="Ny",
            title="ny",
            organisation="Ny",
            email="ny@example.org",
            by=administrator,
            on=NOW,
            day=TODAY,
        )
    Member.objects.filter(pk=cast.coordinator.pk).update(mandate_to=date(2017, 3, 1))
    answer = browser.post(page, fields)
    assert answer.status_code == 302
    new = Member.objects.get(email="karin@example.org")
    assert (new.council, new.role, new.cleared, new.mandate_from) == (cast.council, Role.COORDINATOR, True, TODAY)
    assert [verb for verb, *_rest in logged(cast.council)] == ["council.coordinator_appointed"]


def test_the_list_asks_as_often_for_three_councils_as_for_one(browser: Client, django_assert_num_queries) -> None:
    page = reverse("administering:installation")
    make.make_member(make.make_council(), Role.COORDINATOR, user=make.make_user())
    browser.get(page)
    with django_assert_num_queries(4):
        browser.get(page)
    for _n in range(2):
        make.make_member(make.make_council(), Role.COORDINATOR, user=make.make_user())
    with django_assert_num_queries(4):
        assert len(browser.get(page).context["rows"]) == 3


def test_a_number_let_through_is_noted_with_who_did_it(browser: Client, administrator: User) -> None:
    typed = FIELDS | {"title": "tel 701063-2391"}
    assert browser.post(reverse("administering:council_new"), typed).status_code == 422
    browser.post(reverse("administering:council_new"), typed | {REASON: "växelns nummer"})
    entry = HistoryEntry.objects.get(verb="guard.overridden")
    assert (entry.council, entry.actor, entry.user) == (Council.objects.get(slug="nyby"), None, administrator)
    assert entry.changes == {"reason": [None, "växelns nummer"], "fields": [None, ["title"]]}


def test_nobody_is_sought_by_a_number_among_log_ins(browser: Client) -> None:
    answer = browser.get(reverse("administering:accounts"), {"q": "701063-2391"})
    assert (b"No person is searched for here" in answer.content, answer.context["sought"]) == (True, "")


def test_the_form_of_a_council_is_one_form_whose_button_says_what_it_does(browser: Client) -> None:
    page = browser.get(reverse("administering:council_new")).content.decode()
    assert (page.count('class="form"'), page.count('<button class="button"></button>')) == (1, 0)
