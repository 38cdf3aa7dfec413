"""What an owner without log-in reads of the own data behind the link of a mail: no more than the link tells anyway."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from actions.models import Action, Status
from bra.models import EntryKind, HistoryEntry, Letter, Member
from tests import make
from tests.actions.test_owner_page import enter
from tests.cast import Cast
from tests.make import NOW, TODAY
from tests.meetings.test_meeting_pages import queries
from tests.records.test_own_data import HIDDEN, furnish

pytestmark = pytest.mark.django_db

PAGE, FILE = "/ansvarig/uppgifter/", "/ansvarig/uppgifter/json/"
OTHERS = ["Annan", "annan@", "Olle", "Annans", "Egen kommentar", "Eget förslag", "Följt", HIDDEN]


def told(client: Client) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of the page's tables by their keys."""
    return {section.key: list(section.rows) for section in client.get(PAGE).context["sections"]}


@pytest.fixture
def owner(cast: Cast) -> Member:
    """An owner without log-in, of whom everything is held that may be."""
    owner = make.make_member(cast.council, "owner", name="Eva Utan Konto", title="kurator", email="eva@granby.example")
    furnish(cast, owner)
    return owner


def test_the_place_the_actions_and_the_mails_that_were_sent_stand_there(owner: Member) -> None:
    [action] = Action.objects.owned_by(owner).filter(agenda_item__restricted=False)
    done = make.make_action(owner.council, owner=owner, title="Städa", status=Status.DONE, closed_on=TODAY)
    make.make_action(owner.council, owner=owner, removed=True, title=HIDDEN)
    make.make_action(owner.council, title="Annans åtgärd")
    Letter.objects.filter(recipient=owner).update(state="sent", sent_at=NOW)
    make.make_letter(owner, cause="waits")
    assert told(enter(owner)) == {
        "member": [
            ("Name", "Eva Utan Konto"),
            ("Title", "kurator"),
            ("Organisation", owner.organisation.name),
            ("E-mail", "eva@granby.example"),
            ("Role", "Action owner"),
        ],
        "actions": [
            (action.pk, action.title, "Not started", action.deadline.isoformat()),
            (done.pk, "Städa", "Done", done.deadline.isoformat()),
        ],
        "mails": [("Reminder", TODAY.isoformat())],
    }


@pytest.mark.parametrize("address", [PAGE, FILE])
@pytest.mark.parametrize("cleared", [False, True])
def test_nobody_else_no_word_of_ones_own_and_nothing_restricted(owner: Member, address: str, cleared: bool) -> None:
    Member.objects.filter(pk=owner.pk).update(cleared=cleared)
    said = enter(owner).get(address).content.decode()
    assert [word for word in OTHERS if word in said] == []
    assert "kurator" in said


def test_a_restricted_action_has_its_neutral_title_and_is_there_for_the_cleared_only(owner: Member) -> None:
    [secret] = Action.objects.owned_by(owner).filter(agenda_item__restricted=True)
    assert secret.pk not in [row[0] for row in told(enter(owner))["actions"]]
    Member.objects.filter(pk=owner.pk).update(cleared=True)
    [title] = [row[1] for row in told(enter(owner))["actions"] if row[0] == secret.pk]
    assert title == f"Action {secret.pk} from meeting {secret.agenda_item.meeting.number} (10 January 2017)"


def test_the_file_says_the_same_as_the_page_and_is_in_the_log(owner: Member) -> None:
    client = enter(owner)
    rows = told(client)
    assert client.head(FILE).status_code == 200
    answer = client.get(FILE)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="mina-uppgifter-granby-')
    assert {
        key: [tuple(row.values()) for row in table] for key, table in json.loads(answer.content)["held"].items()
    } == (rows)
    entries = HistoryEntry.objects.filter(kind=EntryKind.READING)
    assert [(one.verb, one.actor, one.target_id, one.changes) for one in entries] == [
        ("member.data_fetched", owner, owner.pk, {"format": [None, "json"]})
    ]


@pytest.mark.parametrize("address", [PAGE, FILE])
def test_without_a_link_that_works_there_is_nothing(owner: Member, address: str) -> None:
    assert Client().get(address).status_code == 404
    client = enter(owner)
    Member.objects.filter(pk=owner.pk).update(mandate_to=TODAY - timedelta(days=1))
    answer = client.get(address)
    assert (answer.status_code, "kurator" in answer.content.decode()) == (410, False)
    assert client.post(address).status_code == 405


def test_the_owners_page_leads_there(owner: Member) -> None:
    assert f'href="{PAGE}"' in enter(owner).get("/ansvarig/").content.decode()


def test_three_rows_take_as_many_queries_as_one(cast: Cast, owner: Member) -> None:
    make.make_letter(owner, cause="one", state="sent", sent_at=NOW)
    client = enter(owner)
    client.get(PAGE)
    one = queries(client, PAGE)
    for number in range(2):
        make.make_action(owner.council, owner=owner)
        make.make_letter(owner, cause=f"more {number}", state="sent", sent_at=NOW)
    assert queries(client, PAGE) == one
