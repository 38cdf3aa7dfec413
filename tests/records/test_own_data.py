"""What a member sees of what is held about them, corrects and asks for; in no case anything of somebody else's."""

import json
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from actions.models import Comment, DeadlineRequest
from bra import history, post
from bra.history import entries_of
from bra.mail import LogBackend
from bra.models import Deputy, EntryKind, Letter, LoggedMail, MailLink, Member, Unsubscription
from meetings.models import Adjuster, Attendance, CaseWatch, ItemProposal, Signer, SignOff, SummonsReply
from records.own_selection import held
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY

PAGE = "/granby/mina-uppgifter/"
HIDDEN = "hemligordet"


def furnish(cast: Cast, member: Member, times: int = 1) -> None:
    """Everything that may be held about the member, with somebody else's data beside it and secrets in between."""
    other = cast.chair
    for n in range(times):
        meeting = make.make_meeting(cast.council, "adjourned", date=date(2017, 1, 10 + n))
        item = make.make_item(meeting)
        secret = make.make_item(meeting, restricted=True, title=HIDDEN)
        own = make.make_action(agenda_item=item, owner=member)
        hidden = make.make_action(agenda_item=secret, owner=member, title=HIDDEN)
        Attendance.objects.create(meeting=meeting, member=member, status="present", substitute_for=other)
        Attendance.objects.create(meeting=meeting, member=other, status="absent")
        SummonsReply.objects.create(meeting=meeting, member=member, answer="yes", at=NOW)
        SummonsReply.objects.create(
            meeting=meeting, member=other, answer="substitute", substitute_name="Annan Ersättare", at=NOW
        )
        Adjuster.objects.create(meeting=meeting, member=member)
        sign_off = SignOff.objects.create(
            meeting=meeting, kind="minutes", opened_on=TODAY, comments_until=TODAY, state="withdrawn", digest="0" * 64
        )
        Signer.objects.create(sign_off=sign_off, member=member, role="adjuster")
        Signer.objects.create(
            sign_off=sign_off, member=other, role="chair", answer="declined", answered_at=NOW, reason="Annans skäl"
        )
        ItemProposal.objects.create(
            council=cast.council, meeting=meeting, proposer=member, title="Eget förslag", sent_on=TODAY, last_day=TODAY
        )
        for action, text in ((own, "Egen kommentar"), (hidden, HIDDEN)):
            Comment.objects.create(action=action, author=member, on=TODAY, text=text)
            DeadlineRequest.objects.create(action=action, asked_by=member, asked_on=TODAY, until=TODAY, reason=text)
        Comment.objects.create(action=own, author=other, on=TODAY, text="Annans kommentar")
        CaseWatch.objects.create(case=make.make_case(cast.council, title=f"Följt {n}"), member=member)
        CaseWatch.objects.create(case=make.make_case(cast.council, title=HIDDEN, restricted=True), member=member)
        Deputy.objects.create(member=member, deputy=other, starts=date(2017, 5, 1 + n), ends=date(2017, 5, 1 + n))
        Unsubscription.objects.create(member=member, kind=f"watch{n}", on=TODAY)
        MailLink.objects.create(member=member, purpose="owner", digest=f"{member.pk}-{n}", address=member.email)
        make.make_letter(member, cause=f"orsak {n}")
        make.make_letter(other, cause=f"annan {member.pk} {n}", address="annan@example.org")


@pytest.fixture
def browser(cast: Cast) -> Client:
    return cast.browse(cast.member)


def test_all_that_is_held_stands_in_one_table_each(cast: Cast) -> None:
    furnish(cast, cast.member)
    assert {section.key: len(section.rows) for section in held(cast.member, on=TODAY)} == {
        "member": 8,
        "login": 4,
        "choices": 1,
        "deputies": 1,
        "attendance": 1,
        "replies": 1,
        "signatures": 2,
        "proposals": 1,
        "watches": 1,
        "actions": 1,
        "comments": 1,
        "requests": 1,
        "mails": 1,
        "links": 1,
    }


def test_what_a_link_opens_is_said_in_words(cast: Cast) -> None:
    for purpose in ("owner", "calendar", "summons", "minutes", "unsubscribe"):
        MailLink.objects.create(member=cast.member, purpose=purpose, digest=purpose, address="m@example.org")
    (links,) = [section for section in held(cast.member, on=TODAY) if section.key == "links"]
    assert [row[0] for row in links.rows] == [
        "Your actions",
        "The calendar of your deadlines",
        "The answer to a summons",
        "Minutes to read",
        "The page that stops mails of a kind",
    ]


def test_what_else_one_did_is_counted_and_restricted_matter_only_for_the_cleared(cast: Cast) -> None:
    for who in (cast.secretary, cast.member):
        at: dict[str, Any] = {"council": cast.council, "by": who, "on": TODAY, "target": cast.council, "changes": {}}
        history.record(**at, verb="council.quorum")
        history.record(**at, verb="item.read", kind=EntryKind.READING)
        make.make_case(cast.council, restricted=True, restricted_by=who)
    counted = {who: held(who, on=TODAY)[-1] for who in (cast.secretary, cast.member)}
    assert [section.key for section in counted.values()] == ["traces", "traces"]
    assert {row[:2]: row[2] for row in counted[cast.secretary].rows} == {
        ("Case", "decided by"): 1,
        ("History entry", "done by you"): 2,
    }
    assert counted[cast.member].rows == [("History entry", "done by you", 1)]


def test_the_page_shows_the_last_rows_and_the_file_all(cast: Cast, browser: Client) -> None:
    for n in range(30):
        make.make_letter(cast.member, cause=f"orsak {n}")
    said = browser.get(PAGE).content.decode()
    assert "5 more rows are in the file." in said
    assert len(json.loads(browser.get(f"{PAGE}json/").content)["held"]["mails"]) == 30


def test_the_coordinator_takes_out_what_is_held_about_who_does_not_log_in(cast: Cast) -> None:
    furnish(cast, cast.owner)
    address = f"/granby/ledamoter/{cast.owner.pk}/uppgifter/"
    answer = cast.browse(cast.coordinator).post(address)
    assert (answer.status_code, "Egen kommentar" in answer.content.decode()) == (200, True)
    entry = entries_of(cast.owner).get()
    assert (entry.verb, entry.kind, entry.actor) == ("member.data_given", "access", cast.coordinator)


def test_who_is_not_cleared_does_not_take_out_what_the_cleared_wrote(cast: Cast) -> None:
    furnish(cast, cast.secretary)
    Member.objects.filter(pk=cast.coordinator.pk).update(cleared=False)
    browser = cast.browse(cast.coordinator)
    answer = browser.post(f"/granby/ledamoter/{cast.secretary.pk}/uppgifter/", follow=True)
    assert (HIDDEN in answer.content.decode(), entries_of(cast.secretary).count()) == (False, 0)


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}json/", f"{PAGE}fil/"])
def test_nobody_else_and_nothing_restricted_is_in_it(cast: Cast, browser: Client, address: str) -> None:
    furnish(cast, cast.member)
    said = browser.get(address).content.decode()
    words = ("Egen kommentar", "Eget förslag", cast.member.email)
    others = (HIDDEN, "Annan", "annan@example.org", cast.chair.name, cast.chair.email)
    assert [word for word in words if word not in said] == []
    assert [word for word in others if word in said] == []


def test_who_is_cleared_gets_their_restricted_matter_too(cast: Cast) -> None:
    furnish(cast, cast.secretary)
    counts = {section.key: len(section.rows) for section in held(cast.secretary, on=TODAY)}
    assert [counts[key] for key in ("actions", "comments", "requests", "watches")] == [2, 2, 2, 2]


def test_the_page_and_the_files_say_the_same(cast: Cast, browser: Client) -> None:
    furnish(cast, cast.member)
    sections = held(cast.member, on=TODAY)
    answer = browser.get(f"{PAGE}json/")
    said = json.loads(answer.content)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mina-uppgifter-granby-2017-03-15.json"'
    assert {key: len(rows) for key, rows in said["held"].items()} == {one.key: len(one.rows) for one in sections}
    assert (said["council"], said["on"]) == ("BRÅ Granby", "2017-03-15")
    page = browser.get(f"{PAGE}fil/")
    assert page.headers["Content-Disposition"] == 'attachment; filename="mina-uppgifter-granby-2017-03-15.html"'
    assert page.content.decode().count("<h2>") == len(sections)


def test_what_somebody_wrote_does_not_run_in_the_file(cast: Cast, browser: Client) -> None:
    action = make.make_action(cast.council, owner=cast.member)
    Comment.objects.create(action=action, author=cast.member, on=TODAY, text="<script>alert(1)</script>")
    assert "<script" not in browser.get(f"{PAGE}fil/").content.decode()


def test_three_rows_take_as_many_queries_as_one(cast: Cast) -> None:
    furnish(cast, cast.member)
    with CaptureQueriesContext(connection) as one:
        held(Member.objects.get(pk=cast.member.pk), on=TODAY)
    furnish(cast, cast.secretary, times=3)
    Member.objects.filter(pk=cast.secretary.pk).update(cleared=False)
    with CaptureQueriesContext(connection) as three:
        held(Member.objects.get(pk=cast.secretary.pk), on=TODAY)
    assert len(three) == len(one)


def test_one_corrects_name_and_address_and_the_coordinator_is_told(cast: Cast, browser: Client) -> None:
    answer = browser.post(
        PAGE, {"name": "Lisa Nyberg", "email": "ny@example.org", "role": "coordinator", "cleared": "on"}
    )
    assert answer.status_code == 302
    member = Member.objects.get(pk=cast.member.pk)
    assert (member.name, member.email, member.role, member.cleared) == (
        "Lisa Nyberg",
        "ny@example.org",
        "member",
        False,
    )
    entry = entries_of(member).latest("pk")
    assert (entry.verb, entry.actor, sorted(entry.changes)) == ("member.edited", cast.member, ["email", "name"])
    told = Letter.objects.get(kind="own_data")
    assert (told.recipient, told.about, told.state) == (cast.coordinator, cast.member.pk, "pending")


def test_nothing_changed_tells_nobody(cast: Cast, browser: Client) -> None:
    browser.post(PAGE, {"name": cast.member.name, "email": cast.member.email})
    assert (entries_of(cast.member).count(), Letter.objects.count()) == (0, 0)


def test_a_personnummer_in_the_name_is_asked_about(cast: Cast, browser: Client) -> None:
    answer = browser.post(PAGE, {"name": "Lisa 701063-2391", "email": cast.member.email})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])


def test_removal_is_asked_for_once_a_day(cast: Cast, browser: Client) -> None:
    browser.post(f"{PAGE}borttagning/")
    browser.post(f"{PAGE}borttagning/")
    assert [entry.verb for entry in entries_of(cast.member)] == ["member.removal_asked"]
    assert [letter.recipient for letter in Letter.objects.filter(kind="own_data")] == [cast.coordinator]
    assert "You asked for it on 2017-03-15." in browser.get(PAGE).content.decode()


def test_the_mail_names_nobody(cast: Cast, browser: Client) -> None:
    browser.post(f"{PAGE}borttagning/")
    browser.post(PAGE, {"name": "Lisa Nyberg", "email": "ny@example.org"})
    post.deliver(cast.council, today=TODAY, clock=lambda: NOW, connect=LogBackend)
    mails = LoggedMail.objects.order_by("pk")
    assert [mail.subject for mail in mails] == [
        "A member of BRÅ Granby asks for removal of personal data",
        "A member of BRÅ Granby has corrected their own data",
    ]
    said = "".join(mail.text + mail.html for mail in mails)
    assert [word for word in ("Lisa", "ny@example.org", cast.member.email) if word in said] == []
    assert f"/granby/ledamoter/{cast.member.pk}/" in said
