"""The owner's page without log-in: the link, what it shows, what a person can say there, and what a scanner can't."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actions import lifecycle
from actions.models import Action, Comment, DeadlineRequest, RequestState, Status
from actions.owner_forms import OutcomeForm
from actions.owner_links import OWNER
from bra import links
from bra.errors import RuleBroken
from bra.models import Council, HistoryEntry, MailLink, Member, Role
from tests import make

pytestmark = pytest.mark.django_db

DAY = make.TODAY
PAGE = "/ansvarig/"
QUERIES = 17


@pytest.fixture
def owner() -> Member:
    return make.make_member(make.make_council(name="BRÅ Granby"), name="Ove Utförare")


def enter(owner: Member, client: Client | None = None) -> Client:
    """A browser in which the owner has followed a link."""
    client = client or Client()
    secret = links.make_links([(owner, None)], OWNER)[owner.pk, None]
    assert client.get(reverse("owner:enter", args=[secret])).status_code == 302
    return client


def answer(client: Client, action: Action, **fields: Any) -> Any:
    """Send the action's form."""
    return send(client, "report", "a", action, fields)


def more_time(client: Client, action: Action, **fields: Any) -> Any:
    """Send the form that asks for a later deadline."""
    return send(client, "more_time", "t", action, fields)


def pass_on(client: Client, action: Action, **fields: Any) -> Any:
    """Send the form that hands over to a colleague."""
    return send(client, "pass_on", "h", action, fields)


def send(client: Client, name: str, letter: str, action: Action, fields: dict[str, Any]) -> Any:
    data = {f"{letter}{action.pk}-{field}": value for field, value in fields.items()}
    return client.post(reverse(f"owner:{name}", args=[action.pk]), data)


def undo(client: Client, action: Action) -> Any:
    return client.post(reverse("owner:undo", args=[action.pk]))


def shown(page: Any) -> list[tuple[int, str, bool]]:
    """What the page says was just done: action, what, whether it can be undone."""
    return [(row["act"].action, row["act"].what, row["undoable"]) for row in page.context["acts"]]


def now_is(action: Action) -> tuple[str, date, str]:
    action.refresh_from_db()
    return action.status, action.deadline, action.effect


def test_the_link_leads_to_a_clean_address_that_lists_only_the_owners_open_actions(owner: Member) -> None:
    mine = make.make_action(owner.council, owner=owner, title="Min åtgärd")
    make.make_action(owner.council, title="Andras åtgärd")
    make.make_action(owner.council, owner=owner, title="Redan klar", status=Status.DONE, closed_on=DAY)
    make.make_action(owner.council, owner=owner, title="Borttagen", removed=True)
    secret = links.make_links([(owner, None)], OWNER)[owner.pk, None]
    client = Client()
    first = client.get(reverse("owner:enter", args=[secret]))
    assert (first.status_code, first["Location"], first["Referrer-Policy"]) == (302, PAGE, "no-referrer")
    page = client.get(PAGE)
    assert [row["action"] for row in page.context["rows"]] == [mine]
    assert "no-store" in page["Cache-Control"]
    assert "no-store" in first["Cache-Control"]
    text = page.content.decode()
    assert ("Min åtgärd" in text, "Andras" in text, "Redan" in text, "Borttagen" in text) == (True, False, False, False)
    assert secret not in text


def test_the_secret_is_kept_as_a_digest_only(owner: Member) -> None:
    secret = links.make_links([(owner, None)], OWNER)[owner.pk, None]
    assert [len(link.digest) for link in MailLink.objects.all()] == [64]
    assert [secret in str(row) for row in MailLink.objects.values_list()] == [False]


def test_following_a_link_changes_nothing_however_often_and_with_whatever_method(owner: Member) -> None:
    action = make.make_action(owner.council, owner=owner)
    secret = links.make_links([(owner, None)], OWNER)[owner.pk, None]
    before = (now_is(action), HistoryEntry.objects.changes().count(), MailLink.objects.count())
    client = Client()
    for _time in range(3):
        for path in (reverse("owner:enter", args=[secret]), PAGE):
            assert client.head(path).status_code < 400
            assert client.get(path).status_code < 400
    posts = [reverse(f"owner:{name}", args=[action.pk]) for name in ("report", "more_time", "pass_on", "undo")]
    posts += [reverse(f"owner:{name}") for name in ("mail_choice", "deputy", "calendar")]
    for path in (*posts, reverse("owner:deputy_end", args=[1])):
        assert (client.get(path).status_code, client.head(path).status_code) == (405, 405)
    assert client.post(PAGE).status_code == 405
    assert (now_is(action), HistoryEntry.objects.changes().count(), MailLink.objects.count()) == before


def test_an_answer_without_a_choice_changes_nothing_and_keeps_what_was_typed(owner: Member) -> None:
    action = make.make_action(owner.council, owner=owner)
    page = answer(enter(owner), action, text="Vi har målat om.")
    assert page.status_code == 422
    text = page.content.decode()
    assert ("Choose how it is going. Nothing has been changed." in text, "Vi har målat om." in text) == (True, True)
    assert now_is(action) == (Status.NOT_STARTED, action.deadline, "")
    assert (Comment.objects.count(), HistoryEntry.objects.changes().count()) == (0, 0)


def test_done_is_recorded_as_the_owners_own_with_what_it_led_to(owner: Member) -> None:
    action = make.make_action(owner.council, owner=owner, title="Måla planket")
    client = enter(owner)
    said = answer(client, action, outcome="done", text="Vi målade om.", effect_text="Klottret är borta.")
    page = client.get(said["Location"])
    assert now_is(action) == (Status.DONE, action.deadline, "Klottret är borta.")
    assert (action.closed_on, action.approved_on) == (DAY, None)
    assert list(HistoryEntry.objects.changes().values_list("verb", "actor", "on")) == [
        ("action.done", owner.pk, DAY),
        ("action.commented", owner.pk, DAY),
    ]
    assert list(Comment.objects.values_list("author", "text")) == [(owner.pk, "Vi målade om.")]
    assert shown(page) == [(action.pk, "done", True)]
    assert page.context["rows"] == []


def test_an_answer_sent_twice_is_recorded_once(owner: Member) -> None:
    done, begun, later = [make.make_action(owner.council, owner=owner) for _number in range(3)]
    client = enter(owner)
    until = DAY + timedelta(days=40)
    for _time in range(2):
        assert answer(client, done, outcome="done", effect_text="Klart.").status_code == 302
        assert answer(client, begun, outcome="in_progress", text="Halvvägs.").status_code == 302
        assert more_time(client, later, text="Snö.", deadline=until).status_code == 302
    assert sorted(HistoryEntry.objects.changes().values_list("verb", flat=True)) == [
        "action.commented", "action.deadline_asked", "action.done", "action.started"
    ]  # fmt: skip
    assert list(Comment.objects.values_list("text", flat=True)) == ["Halvvägs."]
    assert len(shown(client.get(PAGE))) == 3


def test_in_progress_starts_the_action_and_keeps_the_words_as_a_comment(owner: Member) -> None:
    action = make.make_action(owner.council, owner=owner)
    answer(enter(owner), action, outcome="in_progress", text="Halvvägs.")
    assert now_is(action) == (Status.IN_PROGRESS, action.deadline, "")
    assert list(Comment.objects.values_list("author", "text", "on")) == [(owner.pk, "Halvvägs.", DAY)]


def test_more_time_is_asked_for_with_a_later_day_and_changes_no_deadline(owner: Member) -> None:
    action = make.make_action(owner.council, owner=owner)
    client = enter(owner)
    for wrong, sentence in (
        ("", "Say until when you need more time. Nothing has been changed."),
        ("2017-13-01", "Write the day as 2017-05-15."),
        (action.deadline, f"Choose a new deadline after {action.deadline}."),
    ):
        page = more_time(client, action, deadline=wrong, text="Snön ligger kvar.")
        assert page.status_code == 422
        form = page.context["rows"][0]["forms"]["more_time"]
        assert [str(error) for error in form.errors["deadline"]] == [sentence]
        assert ("Snön ligger kvar." in page.text, page.context["rows"][0]["opened"]) == (True, "more_time")
    assert DeadlineRequest.objects.count() == 0
    until = action.deadline + timedelta(days=20)
    assert more_time(client, action, deadline=until, text="Snön.").status_code == 302
    assert now_is(action) == (Status.NOT_STARTED, action.deadline, "")
    asked = DeadlineRequest.objects.get()
    assert (asked.asked_by, asked.until, asked.reason, asked.state) == (owner, until, "Snön.", RequestState.WAITING)
    page = client.get(PAGE)
    assert (page.context["rows"][0]["waiting"], "Nobody has answered yet." in page.text) == (True, True)


def test_who_may_log_gives_more_time_at_once(owner: Member) -> None:
    Member.objects.filter(pk=owner.pk).update(role=Role.COORDINATOR)
    action = make.make_action(owner.council, owner=owner)
    until = action.deadline + timedelta(days=20)
    client = enter(owner)
    assert more_time(client, action, deadline=until, text="Snön.").status_code == 302
    assert now_is(action) == (Status.POSTPONED, until, "")
    undo(client, action)
    assert now_is(action) == (Status.NOT_STARTED, until - timedelta(days=20), "")
    assert Comment.objects.count() == 0


def test_a_personnummer_is_asked_about_before_anything_is_saved(owner: Member) -> None:
    action = make.make_action(owner.council, owner=owner)
    page = answer(enter(owner), action, outcome="done", text="Talade med 19821105-9954.")
    assert page.status_code == 422
    assert now_is(action)[0] == Status.NOT_STARTED


def test_another_owners_action_does_not_exist_here(owner: Member) -> None:
    foreign = [make.make_action(owner.council), make.make_action(make.make_council())]
    make.make_action(owner.council, owner=owner)
    client = enter(owner)
    for action in foreign:
        assert answer(client, action, outcome="done").status_code == 404
        assert undo(client, action).status_code == 404
        assert more_time(client, action, deadline="2018-01-01").status_code == 404
        assert pass_on(client, action, colleague=owner.pk).status_code == 404
        assert now_is(action)[0] == Status.NOT_STARTED


def test_writing_somebody_new_is_choosing_somebody_new(owner: Member) -> None:
    action = make.make_action(owner.council, owner=owner)
    refused = pass_on(enter(owner), action, name="Vera Nilsdotter", title="Rektor")
    assert (refused.status_code, refused.context["refused"]) == (422, f"atgard-{action.pk}")
    assert refused.context["rows"][0]["forms"]["pass_on"].errors == {"email": ["Write the colleague's address."]}
    domain = owner.address.partition("@")[2]
    answered = pass_on(enter(owner), action, name="Vera Nilsdotter", title="Rektor", email=f"vera@{domain}")
    assert answered.status_code == 302
    action.refresh_from_db()
    assert action.owner.display_name == "Vera Nilsdotter"


@pytest.mark.parametrize("field", ["name", "title", "email"])
def test_a_colleague_both_chosen_and_written_is_refused(owner: Member, field: str) -> None:
    action = make.make_action(owner.council, owner=owner)
    known = make.make_member(owner.council, organisation=owner.organisation, name="Kalle Känd")
    typed = {"name": "Nils Ny", "title": "Fritidsledare", "email": "nils.ny@example.org"}[field]
    client = enter(owner)
    page = pass_on(client, action, **{"colleague": known.pk, field: typed})
    form = page.context["rows"][0]["forms"]["pass_on"]
    sentence = (
        f"You have chosen {known.label} under “Colleague” and also written under “Somebody new”. Keep one of them."
    )
    assert (page.status_code, form.errors) == (422, {"colleague": [sentence]})
    assert (form["colleague"].value(), form[field].value()) == (str(known.pk), typed)
    action.refresh_from_db()
    assert (action.owner, HistoryEntry.objects.changes().count()) == (owner, 0)
    # Spaces are nothing written.
    assert pass_on(client, action, colleague=known.pk, **{field: " "}).status_code == 302


def test_a_handed_over_action_leaves_the_page_at_once(owner: Member) -> None:
    action, other = [make.make_action(owner.council, owner=owner) for _number in range(2)]
    client = enter(owner)
    lifecycle.hand_over(action=action, to=make.make_member(owner.council), by=owner, on=DAY)
    assert [row["action"] for row in client.get(PAGE).context["rows"]] == [other]
    assert answer(client, action, outcome="done").status_code == 404


def test_an_answer_about_an_action_closed_meanwhile_says_so_and_loses_no_word(owner: Member) -> None:
    action, _other = [make.make_action(owner.council, owner=owner) for _number in range(2)]
    client = enter(owner)
    lifecycle.cancel(action=action, by=owner, on=DAY, reason="Ej aktuell")
    page = answer(client, action, outcome="done", text="Mycket <b>är</b> gjort.")
    assert (page.status_code, page.context["lost"]["sentences"]) == (422, ["The action is closed. Reopen it first."])
    assert "Mycket &lt;b&gt;är&lt;/b&gt; gjort." in page.content.decode()
    assert now_is(action)[0] == Status.CANCELLED


def test_an_answer_that_crosses_a_handing_over_is_not_recorded(owner: Member) -> None:
    """The form was opened on the owner's own action, which is somebody else's when it is saved."""
    action = make.make_action(owner.council, owner=owner)
    form = OutcomeForm({f"a{action.pk}-outcome": "done"}, action=action)
    assert form.is_valid()
    lifecycle.hand_over(action=Action.objects.get(pk=action.pk), to=make.make_member(owner.council), by=owner, on=DAY)
    with pytest.raises(RuleBroken):
        form.save(action, by=owner, on=DAY)
    assert now_is(action)[0] == Status.NOT_STARTED


def test_a_restricted_action_is_named_neutrally_even_for_the_cleared(owner: Member) -> None:
    cleared = make.make_member(owner.council, cleared=True)
    item = make.make_item(make.make_meeting(owner.council), restricted=True, title="Hemligpunkt")
    action = make.make_action(agenda_item=item, owner=cleared, title="Hemligåtgärd", effect="Hemlig effekt")
    client = enter(cleared)
    page = client.get(PAGE)
    assert [row["action"] for row in page.context["rows"]] == [action]
    after = client.get(answer(client, action, outcome="done")["Location"])
    assert ["hemlig" in answered.content.decode().lower() for answered in (page, after)] == [False, False]
    # What had been said of its effect stays, though it wasn't shown.
    action.refresh_from_db()
    assert (action.status, action.effect) == (Status.DONE, "Hemlig effekt")
    # One whose clearance has been taken away doesn't even see that it exists.
    Member.objects.filter(pk=cleared.pk).update(cleared=False)
    again = make.make_action(agenda_item=item, owner=cleared)
    gone = enter(cleared).get(PAGE)
    assert (gone.status_code, f"Action {again.pk}" in gone.text) == (410, False)


def test_who_may_read_what_is_restricted_is_led_to_where_that_is_possible(owner: Member) -> None:
    item = make.make_item(make.make_meeting(owner.council), restricted=True)
    cleared = make.make_member(owner.council, cleared=True)
    action = make.make_action(agenda_item=item, owner=cleared)
    log_in = f'/{owner.council.slug}/atgarder/{action.pk}/">Log in to read what it is about.</a>'
    ask = "Ask the coordinator what it is about."
    page = enter(cleared).get(PAGE).text
    assert (ask in page, log_in in page) == (True, False)
    Member.objects.filter(pk=cleared.pk).update(user=make.make_user())
    page = enter(cleared).get(PAGE).text
    assert (ask in page, log_in in page) == (False, True)


def address_corrected(link: MailLink) -> None:
    Member.objects.filter(pk=link.member_id).update(email="ratt@example.org")


def mandate_over(link: MailLink) -> None:
    Member.objects.filter(pk=link.member_id).update(mandate_to=DAY - timedelta(days=1))


def removed(link: MailLink) -> None:
    link.delete()


def test_a_link_lives_as_long_as_something_is_open_and_half_an_hour_more(owner: Member) -> None:
    action = make.make_action(owner.council, owner=owner, title="Måla planket")
    secret = links.make_links([(owner, None)], OWNER)[owner.pk, None]
    MailLink.objects.update(made_at=timezone.now() - timedelta(days=400))
    client = Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert client.get(reverse("owner:enter", args=[secret]), follow=True).status_code == 200
        assert answer(client, action, outcome="done").status_code == 302
        clock.shift(timedelta(minutes=29))
        assert client.get(PAGE).status_code == 200
        clock.shift(timedelta(minutes=2))
        for browser in (client, Client()):
            gone = browser.get(reverse("owner:enter", args=[secret]), follow=True)
            assert (gone.status_code, "Nothing waits for you" in gone.text, "Måla" in gone.text) == (410, True, False)
        lifecycle.send_back(action=action, reason="Ett hörn är kvar.", by=owner, on=DAY)
        assert "Ett hörn är kvar." in client.get(PAGE).text


@pytest.mark.parametrize("end", [address_corrected, mandate_over, removed])
def test_a_link_that_has_ended_opens_nothing_and_closes_the_page_it_opened(owner: Member, end: Any) -> None:
    action = make.make_action(owner.council, owner=owner, title="Måla planket")
    secret = links.make_links([(owner, None)], OWNER)[owner.pk, None]
    client = Client()
    client.get(reverse("owner:enter", args=[secret]))
    end(MailLink.objects.get())
    pages = [
        client.get(PAGE),
        answer(client, action, outcome="done", text="Mycket är gjort."),
        Client().get(reverse("owner:enter", args=[secret])),
    ]
    assert [page.status_code for page in pages] == [410, 410, 404]
    assert ["The link is no longer open" in page.content.decode() for page in pages] == [True] * 3
    assert ["Måla planket" in page.content.decode() for page in pages] == [False] * 3
    # What was typed isn't lost.
    assert "Mycket är gjort." in pages[1].content.decode()
    assert now_is(action)[0] == Status.NOT_STARTED


def test_a_wrong_secret_and_no_link_at_all_get_a_kind_page(owner: Member) -> None:
    links.make_links([(owner, None)], OWNER)
    wrong = Client().get(reverse("owner:enter", args=["x" * 43]))
    assert (wrong.status_code, wrong["Referrer-Policy"]) == (404, "strict-origin")
    assert Client().get(PAGE).status_code == 404


def test_the_page_closes_two_hours_after_it_was_last_used(owner: Member) -> None:
    make.make_action(owner.council, owner=owner)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = enter(owner)
        clock.shift(timedelta(minutes=119))
        assert client.get(PAGE).status_code == 200
        clock.shift(timedelta(minutes=119))
        assert client.get(PAGE).status_code == 200
        clock.shift(timedelta(minutes=121))
        assert client.get(PAGE).status_code == 410


def test_a_second_link_in_the_same_browser_shows_the_second_owner_only(owner: Member) -> None:
    council: Council = owner.council
    other = make.make_member(council)
    first = make.make_action(council, owner=owner)
    second = make.make_action(council, owner=other)
    client = enter(owner)
    answer(client, first, outcome="done")
    page = enter(other, client).get(PAGE)
    assert ([row["action"] for row in page.context["rows"]], page.context["acts"]) == ([second], [])
    assert client.post(reverse("owner:undo", args=[first.pk])).status_code == 404


def test_somebody_who_is_logged_in_can_use_a_link_and_stays_logged_in(owner: Member) -> None:
    user = make.make_user()
    Member.objects.filter(pk=owner.pk).update(user=user)
    make.make_action(owner.council, owner=owner)
    client = Client()
    client.force_login(user)
    assert len(enter(owner, client).get(PAGE).context["rows"]) == 1
    assert client.session["_auth_user_id"] == str(user.pk)


def test_forms_are_refused_without_the_pages_own_token(owner: Member) -> None:
    action = make.make_action(owner.council, owner=owner)
    client = enter(owner, Client(enforce_csrf_checks=True))
    assert answer(client, action, outcome="done").status_code == 403
    assert now_is(action)[0] == Status.NOT_STARTED


def test_the_page_takes_as_many_queries_for_three_actions_as_for_one(
    owner: Member, django_assert_num_queries: Any
) -> None:
    make.make_action(owner.council, owner=owner)
    client = enter(owner)
    client.get(PAGE)
    # session, link, its mandate; is anything open, actions, colleagues twice, comments, requests, the choice of mail,
    # deputies; the session is written back (one, and a savepoint's two)
    with django_assert_num_queries(QUERIES):
        client.get(PAGE)
    for _number in range(2):
        action = make.make_action(owner.council, owner=owner)
        lifecycle.comment(action=action, text="Hej", by=owner, on=DAY)
        lifecycle.ask_deadline(action=action, until=DAY + timedelta(days=90), by=owner, on=DAY)
    with django_assert_num_queries(QUERIES):
        assert len(client.get(PAGE).context["rows"]) == 3
