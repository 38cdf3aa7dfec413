"""What can be done on the owner's page: every act undone, scanners that press buttons, the way from mail to done."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from actions import lifecycle
from actions.models import Action, Comment, DeadlineRequest, ReminderRules, RequestState, Status
from actions.owner_links import OWNER
from bra import links
from bra.models import Deputy, HistoryEntry, Letter, MailChoice, Member
from tests import make
from tests.actions.test_owner_page import DAY, PAGE, answer, enter, more_time, now_is, owner, shown, undo

pytestmark = pytest.mark.django_db
__all__ = ["owner"]  # the fixture


def test_undo_takes_back_every_act_for_half_an_hour(owner: Member) -> None:
    one, two = [make.make_action(owner.council, owner=owner) for _number in range(2)]
    client = enter(owner)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        answer(client, one, outcome="done", text="Klart.", effect_text="Lugnare.")
        answer(client, two, outcome="done")
        clock.shift(timedelta(minutes=29))
        assert undo(client, one).status_code == 302
        assert (now_is(one), Comment.objects.count()) == ((Status.NOT_STARTED, one.deadline, ""), 0)
        assert shown(client.get(PAGE)) == [(two.pk, "done", True)]
        clock.shift(timedelta(minutes=2))
        undo(client, two)
        assert now_is(two)[0] == Status.DONE
        assert client.get(PAGE).context["acts"] == []


def test_acts_on_one_action_are_undone_backwards(owner: Member) -> None:
    action = make.make_action(owner.council, owner=owner)
    client = enter(owner)
    more_time(client, action, deadline=action.deadline + timedelta(days=9))
    answer(client, action, outcome="in_progress", text="Halvvägs.")
    answer(client, action, outcome="done", effect_text="Lugnare.")
    assert [act[1:] for act in shown(client.get(PAGE))] == [("done", True), ("started", False), ("asked", False)]
    found = []
    for _time in range(3):
        undo(client, action)
        now_is(action)
        found.append((action.status, Comment.objects.count(), DeadlineRequest.objects.get().state))
    assert found == [
        (Status.IN_PROGRESS, 1, RequestState.WAITING),
        (Status.NOT_STARTED, 0, RequestState.WAITING),
        (Status.NOT_STARTED, 0, RequestState.WITHDRAWN),
    ]
    assert shown(client.get(PAGE)) == []


def test_what_somebody_has_touched_since_stays(owner: Member) -> None:
    action = make.make_action(owner.council, owner=owner)
    client = enter(owner)
    answer(client, action, outcome="done", text="Klart.")
    lifecycle.approve(action=action, by=owner, on=DAY)
    page = client.post(reverse("owner:undo", args=[action.pk]), follow=True)
    assert "Somebody has changed the action since" in page.text
    assert (now_is(action)[0], action.approved_on, Comment.objects.count()) == (Status.DONE, DAY, 1)


def test_only_what_this_visit_recorded_can_be_undone(owner: Member) -> None:
    action = make.make_action(owner.council, owner=owner)
    lifecycle.report_done(action=action, by=owner, on=DAY)
    enter(owner).post(reverse("owner:undo", args=[action.pk]))
    assert now_is(action)[0] == Status.DONE


def test_a_scanner_that_opens_everything_and_sends_every_form_empty_changes_nothing(owner: Member) -> None:
    """Mail scanners follow links, and some press buttons: as the page made them, without a choice of their own."""
    action = make.make_action(owner.council, owner=owner)
    make.make_member(owner.council, organisation=owner.organisation)
    secret = links.make_links([(owner, None)], OWNER)[owner.pk, None]
    before = (now_is(action), HistoryEntry.objects.changes().count(), Letter.objects.count(), Deputy.objects.count())
    scanner = Client()
    page = scanner.get(reverse("owner:enter", args=[secret]), follow=True)
    pressed = []
    whole: Any = html.fromstring(page.text)
    for form in whole.forms:
        if (form.action or "").startswith(PAGE):
            fields = {name: value for name, value in form.fields.items() if value is not None}
            pressed.append(scanner.post(form.action, fields).status_code)
    assert pressed == [422, 422, 422, 302, 422, 422], (
        "done, more time, a colleague; the mails as they are; a deputy ..."
    )
    assert (
        now_is(action),
        HistoryEntry.objects.changes().count(),
        Letter.objects.count(),
        Deputy.objects.count(),
    ) == before
    assert (Comment.objects.count(), MailChoice.objects.count()) == (0, 0)


def test_from_the_mail_to_done_is_one_page_one_choice_and_one_button(owner: Member) -> None:
    """An outsider reports back in under twenty seconds: nothing else has to be read, filled in or opened."""
    action = make.make_action(owner.council, owner=owner)
    secret = links.make_links([(owner, None)], OWNER)[owner.pk, None]
    client = Client()
    page = client.get(reverse("owner:enter", args=[secret]), follow=True)
    assert page.redirect_chain == [(PAGE, 302)]
    whole: Any = html.fromstring(page.text)
    first = whole.get_element_by_id(f"atgard-{action.pk}").find(".//form")
    assert (list(first.iterancestors("details")), first.get("action")) == (
        [],
        reverse("owner:report", args=[action.pk]),
    )
    required = [name for name, field in page.context["rows"][0]["forms"]["outcome"].fields.items() if field.required]
    assert (required, len(first.findall(".//button"))) == (["outcome"], 1)
    assert client.post(first.action, {f"a{action.pk}-outcome": "done"}).status_code == 302
    assert now_is(action)[0] == Status.DONE


def test_mail_choices_and_a_deputy_are_chosen_at_the_foot(owner: Member) -> None:
    make.make_action(owner.council, owner=owner)
    colleague = make.make_member(owner.council, organisation=owner.organisation)
    stranger = make.make_member(owner.council)
    client = enter(owner)
    sent = {"mail-frequency": "weekly", "mail-paused_until": DAY + timedelta(days=9)}
    assert client.post(reverse("owner:mail_choice"), sent).status_code == 302
    assert client.post(reverse("owner:mail_choice"), sent | {"mail-paused_until": "2016-01-01"}).status_code == 422
    assert list(MailChoice.objects.values_list("member", "frequency", "paused_until")) == [
        (owner.pk, "weekly", DAY + timedelta(days=9))
    ]
    days = {"deputy-starts": DAY, "deputy-ends": DAY + timedelta(days=9)}
    assert client.post(reverse("owner:deputy"), days | {"deputy-deputy": stranger.pk}).status_code == 422
    assert client.post(reverse("owner:deputy"), days | {"deputy-deputy": colleague.pk}).status_code == 302
    named = Deputy.objects.get()
    assert (named.member, named.deputy) == (owner, colleague)
    assert colleague.label in client.get(PAGE).text
    foreign = Deputy.objects.create(member=colleague, deputy=owner, starts=DAY, ends=DAY)
    ending, back = reverse("owner:deputy_end", args=[named.pk]), {f"end-{named.pk}-back": "on"}
    assert client.post(reverse("owner:deputy_end", args=[foreign.pk]), back).status_code == 404
    # A scanner sends the form as it stands.
    refused = client.post(ending)
    assert (refused.status_code, refused.context["refused"], Deputy.objects.count()) == (422, "mail", 2)
    assert refused.text.count("Tick the box to end it. Nothing has been changed.") == 2
    assert client.post(ending, back).status_code == 302
    assert list(Deputy.objects.all()) == [foreign]


def test_what_was_said_and_answered_stands_on_the_page_but_not_of_restricted_matter(owner: Member) -> None:
    Member.objects.filter(pk=owner.pk).update(cleared=True)
    owner.refresh_from_db()
    item = make.make_item(make.make_meeting(owner.council), restricted=True)
    for action in (make.make_action(owner.council, owner=owner), make.make_action(agenda_item=item, owner=owner)):
        lifecycle.comment(action=action, text=f"Ordet om {action.pk}", by=owner, on=DAY)
        asked = lifecycle.ask_deadline(action=action, until=DAY + timedelta(days=90), by=owner, on=DAY)
        lifecycle.answer_deadline(request=asked, grant=False, answer=f"Svaret om {action.pk}", by=owner, on=DAY)
    text = enter(owner).get(PAGE).text
    plain, secret = Action.objects.order_by("pk")
    found = [f"{word} om {action.pk}" in text for action in (plain, secret) for word in ("Ordet", "Svaret")]
    assert (found, text.count("The answer was no.")) == ([True, True, False, False], 2)


def test_undoing_done_takes_the_next_of_a_series_away_where_the_report_approves(owner: Member) -> None:
    ReminderRules.objects.create(council=owner.council, two_steps=False)
    action = make.make_action(owner.council, owner=owner, repeat_months=3)
    client = enter(owner)
    answer(client, action, outcome="done")
    assert list(Action.objects.agreed().values_list("repeats", "approved_on")) == [(None, DAY), (action.pk, None)]
    undo(client, action)
    assert (now_is(action)[0], action.approved_on) == (Status.NOT_STARTED, None)
    assert list(Action.objects.agreed()) == [action]


def test_what_an_action_led_to_before_is_not_said_again(owner: Member) -> None:
    action = make.make_action(owner.council, owner=owner, effect="Lugnare kvällar")
    client = enter(owner)
    answer(client, action, outcome="in_progress", effect_text="Lugnare kvällar")
    assert Comment.objects.count() == 0
    answer(client, action, outcome="in_progress", text="Halvvägs.", effect_text="Helt lugnt")
    assert Comment.objects.get().text == "Halvvägs.\n\nHelt lugnt"


def test_a_newer_link_of_the_same_owner_still_undoes(owner: Member) -> None:
    action = make.make_action(owner.council, owner=owner)
    client = enter(owner)
    answer(client, action, outcome="done")
    before = client.session.session_key
    enter(owner, client)
    assert client.session.session_key != before
    assert shown(client.get(PAGE)) == [(action.pk, "done", True)]
    undo(client, action)
    assert now_is(action)[0] == Status.NOT_STARTED


def test_another_owner_in_the_same_browser_neither_sees_nor_undoes_it(owner: Member) -> None:
    action = make.make_action(owner.council, owner=owner)
    client = enter(owner)
    answer(client, action, outcome="done")
    other = make.make_member(owner.council)
    make.make_action(owner.council, owner=other)
    enter(other, client)
    assert shown(client.get(PAGE)) == []
    undo(client, action)
    # Nor does the first one, who comes back to a page that has forgotten it.
    enter(owner, client)
    undo(client, action)
    assert now_is(action)[0] == Status.DONE
