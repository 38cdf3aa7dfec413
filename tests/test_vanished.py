"""What is removed between a view's reading and its verb's lock: the answer says so, and it is no fault."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection, models
from django.urls import reverse

from bra import rows
from bra.errors import Removed
from bra.models import HistoryEntry
from meetings.models import Guest, StandingItem
from tests import make
from tests.actions.test_owner_page import PAGE, answer, enter, undo
from tests.cast import Cast
from tests.meetings import test_reply_page as reply_page
from tests.meetings.summoning import summoned
from tests.meetings.test_case_forms import words

pytestmark = pytest.mark.django_db
SENTENCE = "This has been removed meanwhile. Nothing has been changed."


@contextmanager
def removed_before_the_verb(row: models.Model) -> Iterator[list[str]]:
    """Delete the row when it has been read and the verb's transaction is about to begin.

    Yields a list that holds the statement of the lock afterwards: the proof that the verb asked for it.
    """
    table = re.escape(connection.ops.quote_name(row._meta.db_table))
    key = re.escape(connection.ops.quote_name("id"))
    lock = re.compile(f"FROM {table} WHERE {table}\\.{key} = (%s|{row.pk}) LIMIT 21")
    seen: set[str] = set()
    hit: list[str] = []

    def look(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if "gone" in seen and not hit and lock.search(sql):
            hit.append(sql)
        elif "gone" not in seen and re.search(f"FROM {table} ", sql):
            seen.add("read")
        elif "gone" not in seen and "read" in seen and sql.startswith("SAVEPOINT"):
            seen.add("gone")
            type(row)._base_manager.get(pk=row.pk).delete()
            hit.clear()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield hit


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_a_lock_on_what_is_removed_says_so(cast: Cast) -> None:
    case = make.make_case(cast.council)
    type(case).objects.filter(pk=case.pk).delete()
    with pytest.raises(Removed) as caught:
        rows.locked(case)
    assert caught.value.sentence == SENTENCE


def test_a_form_about_what_is_removed_keeps_what_was_written(cast: Cast) -> None:
    case = make.make_case(cast.council)
    data = words(cast, registry_number="BRÅ 2017/9", situation="Det klottras.")
    with removed_before_the_verb(case) as hit:
        page = cast.browse(cast.secretary).post(reverse("meetings:case_edit", args=[cast.council.slug, case.pk]), data)
    assert (len(hit), page.status_code) == (1, 422)
    text = page.content.decode()
    assert (SENTENCE in text, "Det klottras." in text) == (True, True)


@pytest.mark.parametrize(
    ("name", "data", "status", "told"),
    [
        ("actions:remove", {}, 404, True),  # nothing in the view shows refusals
        ("actions:report", {"what": "done", "effect": "Lugnare."}, 404, False),  # its page is gone with it
        ("meetings:open", {}, 404, True),
        ("meetings:standing_move", {"position": "1"}, 200, True),  # the list stands
        ("meetings:guest_remove", {}, 200, True),  # so does the live page
    ],
)
def test_a_verb_on_what_is_removed_changes_nothing_and_breaks_nothing(
    cast: Cast, name: str, data: dict[str, str], status: int, told: bool
) -> None:
    rows: dict[str, Callable[[], models.Model]] = {
        "actions:remove": lambda: make.make_action(cast.council),
        "actions:report": lambda: make.make_action(cast.council),
        "meetings:open": lambda: make.make_meeting(cast.council, "draft"),
        "meetings:standing_move": lambda: StandingItem.objects.create(
            council=cast.council, position=1, title="Öppnande"
        ),
        "meetings:guest_remove": lambda: Guest.objects.create(meeting=make.make_meeting(cast.council), name="Gäst"),
    }
    row, browser = rows[name](), cast.browse(cast.coordinator)
    before = HistoryEntry.objects.count()
    with removed_before_the_verb(row) as hit:
        page = browser.post(reverse(name, args=[cast.council.slug, row.pk]), data, follow=True)
    assert (len(hit), HistoryEntry.objects.count()) == (1, before)
    assert (page.status_code, SENTENCE in page.content.decode()) == (status, told)


def test_on_the_owners_page_the_words_about_what_is_removed_are_shown_again(db: None) -> None:
    owner = make.make_member(make.make_council())
    gone, _left = [make.make_action(owner.council, owner=owner) for _number in range(2)]
    client = enter(owner)
    with removed_before_the_verb(gone) as hit:
        page = answer(client, gone, outcome="done", text="Vi har tvättat väggen.")
    assert (len(hit), page.status_code, len(page.context["rows"])) == (1, 422, 1)
    assert page.context["lost"] == {"sentences": [SENTENCE], "text": "Vi har tvättat väggen."}


def test_on_the_owners_page_what_is_removed_cannot_be_undone(db: None) -> None:
    owner = make.make_member(make.make_council())
    gone, _left = [make.make_action(owner.council, owner=owner) for _number in range(2)]
    client = enter(owner)
    answer(client, gone, outcome="in_progress")
    type(gone).objects.filter(pk=gone.pk).delete()
    assert undo(client, gone).status_code == 302
    page = client.get(PAGE)
    assert (page.status_code, page.context["acts"], said(page)[-1]) == (200, [], SENTENCE)


def test_the_answer_to_a_summons_of_a_meeting_that_is_removed_is_no_fault(cast: Cast) -> None:
    meeting = summoned(cast)
    client = reply_page.enter(cast.chair, meeting)
    with removed_before_the_verb(meeting) as hit:
        page = client.post(reply_page.ANSWER, reply_page.said(meeting, cast.chair, "yes"))
    assert (len(hit), page.status_code) == (1, 404)
