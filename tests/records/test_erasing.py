"""A former member's personal data goes for good: the name and the addresses are hunted in every table afterwards."""

from datetime import date
from json import dumps
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from actions.models import Action, Comment
from bra import chain, history
from bra.errors import RuleBroken
from bra.models import (
    Deputy,
    HistoryEntry,
    Letter,
    LoggedMail,
    MailChoice,
    MailLink,
    Member,
    StoppedAddress,
    Unsubscription,
    User,
)
from finding.models import CalendarAddress
from imports.models import ImportState
from meetings.documents.freezing import checksum, frozen
from meetings.documents.selection import paper_of
from meetings.models import Attendance, CaseWatch, Guest, SignedMinutes, SignOff, SummonsReply
from records import erasing
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY

NAME, EMAIL, LOGIN = "Eva Åkesson-Ek", "eva.ek@example.org", "eva.privat@example.org"
ENDED = date(2017, 3, 1)


def hunted(*words: str) -> dict[str, int]:
    """{table.column: rows} of every text in the database that holds one of the words, in any case and as JSON."""
    found: dict[str, int] = {}
    needles = {form.lower() for word in words for form in (word, dumps(word)[1:-1])}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # the names are the database's own
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    if isinstance(value, str) and any(needle in value.lower() for needle in needles):
                        found[f"{table}.{column}"] = found.get(f"{table}.{column}", 0) + 1
    return found


@pytest.fixture
def eva(cast: Cast) -> Member:
    """A former member who has left traces everywhere."""
    council = cast.council
    eva = make.make_member(
        council,
        name=NAME,
        title="kommunpolis",
        email=EMAIL,
        user=make.make_user(email=LOGIN, last_login=NOW),
        mandate_to=ENDED,
    )
    at: dict[str, Any] = {"council": council, "by": cast.coordinator, "on": date(2017, 1, 2)}
    history.created(eva, **at, verb="member.seated", fields=("name", "title", "email", "role"))
    meeting = make.make_meeting(council, "signed", date=date(2017, 1, 26), title=f"Med {NAME}")
    item = make.make_item(meeting, presenter=NAME, title="Läget", notes=f"{NAME} berättade. Svar till {EMAIL}.")
    Attendance.objects.create(meeting=meeting, member=eva, status="present")
    paper = frozen(paper_of(meeting, cast.coordinator)) | {"items": [item.pk]}
    sign_off = SignOff.objects.create(
        meeting=meeting, kind="minutes", opened_on=ENDED, comments_until=ENDED, state="signed", digest="0" * 64
    )
    SignedMinutes.objects.create(
        meeting=meeting,
        edition=1,
        sign_off=sign_off,
        signed_at=NOW,
        whole=paper,
        masked=paper,
        sha256=checksum(paper),
        masked_sha256=checksum(paper),
    )
    action = make.make_action(agenda_item=item, owner=eva, status="done", closed_on=ENDED, title=f"Ring {NAME}s chef")
    history.created(action, **at, verb="action.agreed", fields=("title", "owner"))
    Comment.objects.create(action=action, author=eva, on=ENDED, text=f"Hälsar {NAME.lower()}")
    Guest.objects.create(meeting=meeting, name=NAME, organisation="Polisen")
    SummonsReply.objects.create(meeting=meeting, member=cast.chair, answer="substitute", substitute_name=NAME, at=NOW)
    make.make_import(item, state=ImportState.READ, applied_on=None, rows={"sheets": [{"rows": [[1, [NAME, EMAIL]]]}]})
    make.make_letter(eva, state="sent", sent_at=NOW, address=EMAIL)
    make.make_letter(eva, cause="väntar")
    for address in (EMAIL, LOGIN, cast.chair.email):
        LoggedMail.objects.create(
            council=council, recipient=address, subject=f"Till {NAME}", message_id=address, text=NAME
        )
    LoggedMail.objects.create(council=None, recipient=LOGIN, subject="Lösenord", message_id="x", text="Hej")
    MailLink.objects.create(member=eva, purpose="owner", digest="1", address=EMAIL)
    MailChoice.objects.create(member=eva)
    Unsubscription.objects.create(member=eva, kind="watch", on=ENDED)
    StoppedAddress.objects.create(council=council, address=EMAIL, on=ENDED)
    Deputy.objects.create(member=eva, deputy=cast.chair, starts=ENDED, ends=ENDED)
    Deputy.objects.create(member=cast.chair, deputy=eva, starts=ENDED, ends=ENDED)
    CaseWatch.objects.create(case=make.make_case(council), member=eva)
    CalendarAddress.objects.create(member=eva, user=eva.user, digest="2", made_on=ENDED)
    return eva


def erase(cast: Cast, eva: Member, **overrides: Any) -> Member:
    return erasing.erase(**{"member": eva, "reason": "KS 2017/14", "by": cast.coordinator, "on": TODAY} | overrides)


def test_the_name_and_the_addresses_are_left_in_signed_minutes_alone(cast: Cast, eva: Member) -> None:
    sums = list(SignedMinutes.objects.values_list("sha256", "masked_sha256"))
    assert len(hunted(NAME, EMAIL, LOGIN)) > 15
    erase(cast, eva)
    assert hunted(NAME, EMAIL, LOGIN) == {"meetings_signedminutes.whole": 1, "meetings_signedminutes.masked": 1}
    assert [(checksum(one.whole), checksum(one.masked)) for one in SignedMinutes.objects.all()] == sums


def test_the_seat_stays_with_its_title_and_what_was_done_from_it(cast: Cast, eva: Member) -> None:
    erase(cast, eva)
    eva.refresh_from_db()
    assert (eva.label, eva.email, eva.user, eva.mandate_to) == ("kommunpolis", "", None, ENDED)
    action = Action.objects.get(owner=eva)
    assert (action.title, action.comments.get().text) == ("Ring kommunpoliss chef", "Hälsar kommunpolis")
    assert action.agenda_item.notes == "kommunpolis berättade. Svar till kommunpolis."
    assert SummonsReply.objects.get().substitute_name == "kommunpolis"


def test_what_belonged_to_the_person_is_gone(cast: Cast, eva: Member) -> None:
    erase(cast, eva)
    for model in (MailLink, MailChoice, Unsubscription, StoppedAddress, Deputy, CaseWatch, CalendarAddress):
        assert (model.__name__, model._default_manager.count()) == (model.__name__, 0)
    assert [mail.recipient for mail in LoggedMail.objects.all()] == [cast.chair.email]
    assert sorted(Letter.objects.filter(recipient=eva).values_list("state", "address")) == [
        ("dropped", ""),
        ("sent", ""),
    ]


def test_the_log_in_is_closed_and_bears_no_name(cast: Cast, eva: Member) -> None:
    browser = cast.browse(eva)
    user = eva.user
    erase(cast, eva)
    assert user is not None
    user.refresh_from_db()
    assert (user.email, user.is_active, user.last_login) == (f"removed-{user.pk}@invalid", False, None)
    assert not user.has_usable_password()
    assert browser.get("/granby/").status_code == 302


def test_a_log_in_that_opens_another_council_stays(cast: Cast, eva: Member) -> None:
    other = make.make_member(cast.stranger.council, user=eva.user, name=NAME, email=EMAIL)
    erase(cast, eva)
    other.refresh_from_db()
    assert (other.name, other.email) == (NAME, EMAIL)
    assert User.objects.get(email=LOGIN).is_active


def test_the_log_says_that_it_was_done_by_whom_and_why_and_its_chain_holds(cast: Cast, eva: Member) -> None:
    erase(cast, eva)
    entry = HistoryEntry.objects.get(verb="member.erased")
    assert (entry.actor, entry.kind, entry.target_id, entry.changes) == (
        cast.coordinator,
        "access",
        eva.pk,
        {"reason": [None, "KS 2017/14"]},
    )
    blanked = HistoryEntry.objects.get(verb=chain.BLANKED)
    assert blanked.changes["decision"] == [None, "KS 2017/14"]
    assert HistoryEntry.objects.filter(verb__in=["member.seated", "action.agreed"], changes={}).count() == 2


def test_where_a_namesake_sits_on_the_council_the_texts_stay(cast: Cast, eva: Member) -> None:
    make.make_member(cast.council, name=NAME.upper(), email="annan@example.org")
    erase(cast, eva)
    assert Action.objects.get(owner=eva).title == f"Ring {NAME}s chef"
    assert Member.objects.get(pk=eva.pk).name == ""
    assert list(HistoryEntry.objects.filter(target_type="member", verb="member.seated").values_list("changes")) == [
        ({},)
    ]


def test_other_councils_and_longer_names_are_left_alone(cast: Cast, eva: Member) -> None:
    abroad = make.make_case(cast.stranger.council, title=f"Fråga av {NAME}")
    longer = make.make_case(cast.council, title=f"{NAME}man och x{EMAIL}")
    erase(cast, eva)
    for case, title in ((abroad, f"Fråga av {NAME}"), (longer, f"{NAME}man och x{EMAIL}")):
        case.refresh_from_db()
        assert case.title == title


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"mandate_to": None}, "The mandate goes on. End it first; personal data is removed afterwards."),
        ({"mandate_to": TODAY}, "The mandate goes on. End it first; personal data is removed afterwards."),
    ],
)
def test_nobody_with_a_mandate_is_erased(cast: Cast, eva: Member, fields: dict[str, Any], sentence: str) -> None:
    Member.objects.filter(pk=eva.pk).update(**fields)
    with pytest.raises(RuleBroken) as refused:
        erase(cast, eva)
    assert refused.value.sentence == sentence


def test_what_is_owned_is_handed_over_first(cast: Cast, eva: Member) -> None:
    make.make_action(cast.council, owner=eva)
    with pytest.raises(RuleBroken, match="1 action that must be handed over first"):
        erase(cast, eva)
    assert Member.objects.get(pk=eva.pk).name == NAME


@pytest.mark.parametrize("named", ["", f"Sade {NAME}"])
def test_minutes_that_lie_with_their_signers_are_waited_for(cast: Cast, eva: Member, named: str) -> None:
    meeting = make.make_meeting(cast.council, "adjourned")
    SignOff.objects.create(meeting=meeting, kind="minutes", opened_on=TODAY, comments_until=TODAY, digest="0" * 64)
    make.make_item(meeting, notes=named)
    if not named:
        Attendance.objects.create(meeting=meeting, member=eva, status="present")
    with pytest.raises(RuleBroken, match="Minutes lie with their signers"):
        erase(cast, eva)


def test_minutes_that_name_somebody_else_are_not_waited_for(cast: Cast, eva: Member) -> None:
    meeting = make.make_meeting(cast.council, "adjourned")
    SignOff.objects.create(meeting=meeting, kind="minutes", opened_on=TODAY, comments_until=TODAY, digest="0" * 64)
    Attendance.objects.create(meeting=meeting, member=cast.chair, status="present")
    assert erase(cast, eva).name == ""


def test_the_reason_holds_no_name_and_a_second_time_there_is_nothing_left(cast: Cast, eva: Member) -> None:
    with pytest.raises(RuleBroken, match="without the name"):
        erase(cast, eva, reason=f"{NAME} bad om det")
    erase(cast, eva)
    with pytest.raises(RuleBroken, match="no personal data left"):
        erase(cast, eva)


@pytest.mark.parametrize("who", ["secretary", "chair", "stranger"])
def test_only_the_councils_coordinator_removes(cast: Cast, eva: Member, who: str) -> None:
    with pytest.raises(RuleBroken, match="Only the coordinator"):
        erase(cast, eva, by=getattr(cast, who))


@pytest.fixture
def browser(cast: Cast) -> Client:
    return cast.browse(cast.coordinator)


def test_the_page_tells_what_goes_and_asks_to_be_sure(cast: Cast, eva: Member, browser: Client) -> None:
    page = f"/granby/ledamoter/{eva.pk}/ta-bort-uppgifter/"
    assert page in browser.get(f"/granby/ledamoter/{eva.pk}/").content.decode()
    assert browser.get(page).status_code == 200
    answer = browser.post(page, {"reason": "KS 2017/14"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["sure"])
    assert Member.objects.get(pk=eva.pk).name == NAME
    answer = browser.post(page, {"reason": "KS 2017/14", "sure": "on"}, follow=True)
    said = answer.content.decode()
    assert "The personal data is removed. The seat stays: kommunpolis." in said
    assert "The member&#x27;s personal data was removed: KS 2017/14" in said
    assert page not in said


def test_the_history_of_an_erased_member_and_its_things_can_be_read(cast: Cast, eva: Member, browser: Client) -> None:
    action = Action.objects.get(owner=eva)
    erase(cast, eva)
    for address in (
        f"atgarder/{action.pk}/",
        f"punkter/{action.agenda_item_id}/historik/",
        "ledamoter/?state=ended",
        "utskick/",
    ):
        answer = browser.get(f"/granby/{address}")
        assert (address, answer.status_code) == (address, 200)
        assert NAME not in answer.content.decode()
