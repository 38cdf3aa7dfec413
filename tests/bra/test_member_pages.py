"""The pages of members: who reads, who changes, what the mail says."""

from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from bra.models import LoggedMail, Member, Organisation, Role
from tests import make
from tests.cast import Cast
from tests.make import TODAY

LIST = "/granby/ledamoter/"
NEW = "/granby/ledamoter/ny/"


@pytest.fixture
def coordinator(cast: Cast) -> Client:
    return cast.browse(cast.coordinator)


def words(member: Member, **overrides: Any) -> dict[str, Any]:
    """What the form of a member holds."""
    return (
        {
            "name": member.name,
            "title": member.title,
            "organisation": member.organisation_id,
            "new_organisation": "",
            "email": member.email,
            "role": member.role,
            "mandate_from": member.mandate_from.isoformat(),
            "mandate_to": "",
        }
        | ({"cleared": "on"} if member.cleared else {})
        | overrides
    )


def names(browser: Client, query: str = "") -> list[str]:
    """The members on the page, in its order."""
    return [member.display_name for member in browser.get(f"{LIST}?{query}").context["members"]]


def test_members_stand_by_organisation_and_those_who_left_apart(cast: Cast) -> None:
    Member.objects.filter(council=cast.council).update(mandate_to=date(2017, 1, 1))
    reader = make.make_member(
        cast.council, name="Berit", user=make.make_user(), organisation=make.make_organisation(cast.council, name="Ö")
    )
    police = make.make_organisation(cast.council, name="Polisen")
    for name in ("Örjan", "Anna"):
        make.make_member(cast.council, name=name, organisation=police)
    make.make_member(cast.council, name="", title="räddningschef", organisation=police)
    make.make_member(cast.council, name="Sedan", mandate_from=date(2017, 4, 1))
    browser = cast.browse(reader)
    assert names(browser) == ["Anna", "räddningschef", "Örjan", "Berit"]
    assert names(browser, "state=coming") == ["Sedan"]
    assert sorted(names(browser, "state=ended")) == sorted(
        member.name for member in (cast.coordinator, cast.chair, cast.secretary, cast.member, cast.owner, cast.auditor)
    )


def test_who_sits_reads_and_only_coordinators_change(cast: Cast) -> None:
    pages = [LIST, NEW, f"{LIST}{cast.chair.pk}/"]
    seen = {
        who: [cast.browse(getattr(cast, who)).get(page).status_code for page in pages]
        for who in ("coordinator", "chair", "secretary", "member", "owner", "stranger")
    }
    reads_only, nothing = [200, 404, 404], [404, 404, 404]
    assert seen == {
        "coordinator": [200, 200, 200],
        "chair": reads_only,
        "secretary": reads_only,
        "member": reads_only,
        "owner": nothing,
        "stranger": nothing,
    }
    assert "New member" not in cast.browse(cast.member).get(LIST).content.decode()
    posts = [NEW] + [f"{LIST}{cast.chair.pk}/{tail}" for tail in ("", "avsluta/", "inloggning/")]
    for who in ("secretary", "stranger"):
        browser = cast.browse(getattr(cast, who))
        assert [browser.post(page, words(cast.chair, name="Ny")).status_code for page in posts] == [404] * 4
    assert Member.objects.get(pk=cast.chair.pk).name == cast.chair.name


def test_a_member_is_seated_with_an_organisation_that_is_new(cast: Cast, coordinator: Client) -> None:
    typed = words(cast.member, name="Åke Ek", organisation="", new_organisation="Polisen", cleared="on")
    answer = coordinator.post(NEW, typed, follow=True)
    made = Member.objects.get(name="Åke Ek")
    assert (made.organisation.name, made.council, made.cleared, made.user) == ("Polisen", cast.council, True, None)
    assert answer.redirect_chain == [(f"{LIST}{made.pk}/", 302)]


@pytest.mark.parametrize(
    ("overrides", "errors"),
    [
        ({"title": ""}, {"title": ["This field is required."]}),
        ({"organisation": ""}, {"organisation": ["Choose an organisation, or write a new one below."]}),
        ({"new_organisation": "Ny"}, {"new_organisation": ["Choose an organisation or write a new one, not both."]}),
        ({"mandate_to": "2015-01-01"}, {"mandate_to": ["The mandate can't end before it begins."]}),
        ({"email": "ingen adress"}, {"email": ["Enter a valid email address."]}),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_saved(
    cast: Cast, coordinator: Client, overrides: dict[str, str], errors: dict[str, list[str]]
) -> None:
    before = (Member.objects.count(), Organisation.objects.count())
    answer = coordinator.post(NEW, words(cast.member, name="Åke Ek") | overrides)
    assert (answer.status_code, answer.context["form"].errors) == (422, errors)
    assert answer.context["form"]["name"].value() == "Åke Ek"
    assert (Member.objects.count(), Organisation.objects.count()) == before


def test_a_refused_change_leaves_no_new_organisation_behind(cast: Cast, coordinator: Client) -> None:
    typed = words(cast.coordinator, role=Role.MEMBER, new_organisation="Hastigt påhittad")
    answer = coordinator.post(f"{LIST}{cast.coordinator.pk}/", typed)
    assert sorted(answer.context["form"].errors) == ["role"]
    assert not Organisation.objects.filter(name="Hastigt påhittad").exists()


def test_another_councils_member_and_organisation_are_out_of_reach(cast: Cast, coordinator: Client) -> None:
    assert coordinator.get(f"{LIST}{cast.stranger.pk}/").status_code == 404
    answer = coordinator.post(NEW, words(cast.member, organisation=cast.stranger.organisation_id))
    assert sorted(answer.context["form"].errors) == ["organisation"]


def test_an_uncleared_coordinator_is_not_offered_to_clear_and_takes_nothing_away_by_saving(cast: Cast) -> None:
    uncleared = make.make_member(cast.council, Role.COORDINATOR, user=make.make_user())
    browser = cast.browse(uncleared)
    url = f"{LIST}{cast.chair.pk}/"
    assert "cleared" not in browser.get(url).context["form"].fields
    browser.post(url, words(cast.chair, title="ordförande"))
    browser.post(NEW, words(cast.member, name="Smyg", cleared="on"))
    assert [Member.objects.get(name=name).cleared for name in (cast.chair.name, "Smyg")] == [True, False]
    assert Member.objects.get(pk=cast.chair.pk).title == "ordförande"


def test_a_log_in_is_given_by_a_mail_that_leads_to_a_password(cast: Cast, coordinator: Client) -> None:
    member = make.make_member(cast.council, name="Åke Ek", email="ake@example.org")
    page = coordinator.post(f"{LIST}{member.pk}/inloggning/", {"do": "give"}, follow=True).content.decode()
    assert "can log in. A mail that tells how is on its way to ake@example.org." in page
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["ake@example.org"], "Your log-in to BRÅ Granby")
    lines = str(letter.body).strip().splitlines()
    assert (lines[0], lines[-1]) == ("Hello Åke Ek,", "BRÅ Granby")
    link = next(line for line in str(letter.body).splitlines() if "/konto/nytt/" in line)
    visitor = Client()
    form = visitor.get(link, follow=True)
    answer = visitor.post(
        form.redirect_chain[-1][0], {"password1": "granens gröna barr", "password2": "granens gröna barr"}
    )
    assert answer.status_code == 302
    assert visitor.login(email="ake@example.org", password="granens gröna barr")
    assert visitor.get("/granby/arenden/").status_code == 200
    # The link works once.
    assert "The link no longer works" in Client().get(link, follow=True).content.decode()


def test_who_has_logged_in_before_is_told_so_and_gets_no_link(cast: Cast, coordinator: Client) -> None:
    user = cast.stranger.user
    assert user is not None
    cast.browse(cast.stranger)  # which counts as a log-in
    member = make.make_member(cast.council, email=user.email)
    coordinator.post(f"{LIST}{member.pk}/inloggning/", {"do": "give"})
    (letter,) = mail.outbox
    assert "/konto/nytt/" not in str(letter.message())
    assert "You log in with the password you have." in str(letter.body)


@pytest.mark.parametrize("shared", [False, True])
def test_the_councils_mail_log_shows_no_link_to_another_councils_door(
    cast: Cast, coordinator: Client, settings: Any, shared: bool
) -> None:
    settings.EMAIL_BACKEND = "bra.mail.LogBackend"
    member = make.make_member(cast.council, email="ny@example.org")
    if shared:
        make.make_member(cast.stranger.council, user=make.make_user(email="ny@example.org"))
    coordinator.post(f"{LIST}{member.pk}/inloggning/", {"do": "give"})
    assert LoggedMail.objects.get().council == (None if shared else cast.council)


def test_when_the_mail_server_is_away_the_log_in_stays_and_the_mail_can_be_sent_again(
    cast: Cast, coordinator: Client, settings: Any
) -> None:
    member = make.make_member(cast.council, name="Åke Ek")
    locmem = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        1,
    )
    page = coordinator.post(f"{LIST}{member.pk}/inloggning/", {"do": "give"}, follow=True).content.decode()
    assert "can log in, but the mail couldn&#x27;t be sent. Send it again later." in page
    settings.EMAIL_BACKEND = locmem
    coordinator.post(f"{LIST}{member.pk}/inloggning/", {"do": "send"})
    assert [letter.to for letter in mail.outbox] == [[member.email]]


def test_a_refused_log_in_is_told_and_sends_nothing(cast: Cast, coordinator: Client) -> None:
    assert cast.chair.user is not None
    member = make.make_member(cast.council, email=cast.chair.user.email)
    page = coordinator.post(f"{LIST}{member.pk}/inloggning/", {"do": "give"}, follow=True).content.decode()
    assert f"{cast.chair.label} already logs in with that address on this council." in page
    assert mail.outbox == []


def test_a_log_in_is_taken_away(cast: Cast, coordinator: Client) -> None:
    member = cast.browse(cast.member)
    coordinator.post(f"{LIST}{cast.member.pk}/inloggning/", {"do": "take"})
    assert member.get(LIST).status_code == 302


def test_a_mandate_ends_unless_actions_are_left(cast: Cast, coordinator: Client) -> None:
    url = f"{LIST}{cast.member.pk}/avsluta/"
    action = make.make_action(cast.council, owner=cast.member)
    answer = coordinator.post(url, {"end-mandate_to": TODAY.isoformat()})
    assert answer.status_code == 422
    assert answer.context["ending"].errors == {
        "mandate_to": [f"{cast.member.label} owns 1 action that must be handed over first."]
    }
    action.owner = cast.chair
    action.save()
    answer = coordinator.post(url, {"end-mandate_to": "2017-03-14"}, follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    assert names(coordinator, "state=ended") == [cast.member.name]


def test_the_history_is_sentences_latest_first(cast: Cast, coordinator: Client) -> None:
    url = f"{LIST}{cast.member.pk}/"
    coordinator.post(url, words(cast.member, cleared="on"))
    coordinator.post(url, words(cast.member, cleared="on", role=Role.SECRETARY, new_organisation="Polisen"))
    lines = coordinator.get(url).context["lines"]
    assert [line.what for line in lines][-1] == "The member may see restricted items."
    assert sorted(line.what for line in lines) == sorted(
        [
            "The member may see restricted items.",
            "Changed role: member → secretary",
            f"Changed organisation: {cast.member.organisation.name} → Polisen",
        ]
    )
    assert {(line.on, line.who) for line in lines} == {(TODAY, cast.coordinator.label)}


def test_the_number_of_queries_does_not_grow_with_the_members(
    cast: Cast, coordinator: Client, django_assert_num_queries
) -> None:
    coordinator.get(LIST)
    with django_assert_num_queries(4):
        coordinator.get(LIST)
    for _number in range(3):
        make.make_member(cast.council, user=make.make_user())
    with django_assert_num_queries(4):
        coordinator.get(LIST)
