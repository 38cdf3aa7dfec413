"""Who watches a case gets a mail when a meeting that treated it is adjourned: one, and a neutral one."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bra import post
from bra.mail import LogBackend
from bra.models import Letter, LetterState, LoggedMail, Member
from meetings import lifecycle
from meetings.models import Case, CaseState, ItemState, Meeting
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY

pytestmark = pytest.mark.django_db

SECRET = "HEMLIG 2017/77"


def watched(cast: Cast, *members: Member, **fields: Any) -> Case:
    """A case that the members watch."""
    case = make.make_case(cast.council, **fields)
    for member in members:
        lifecycle.watch_case(case=case, by=member, on=TODAY)
    return case


def held(cast: Cast, *cases: Case, **fields: Any) -> Meeting:
    """A meeting in session that has treated the cases."""
    meeting = make.make_meeting(cast.council, year=2017, sequence=2, title="Om Kalle")
    for case in cases:
        make.make_item(meeting, case=case, **{"state": ItemState.TREATED, "restricted": case.restricted} | fields)
    return meeting


def adjourn(cast: Cast, meeting: Meeting) -> Meeting:
    return lifecycle.adjourn(meeting=meeting, by=cast.secretary, at=NOW)


def told() -> list[int]:
    return list(Letter.objects.filter(kind="watch").order_by("pk").values_list("recipient", flat=True))


def mails(cast: Cast) -> dict[str, str]:
    """{address: the whole mail}, after everything that waits has gone out."""
    post.deliver(cast.council, today=TODAY, clock=timezone.now, connect=LogBackend)
    return {mail.recipient: mail.subject + mail.text + mail.html for mail in LoggedMail.objects.all()}


def test_one_mail_for_all_watched_cases_names_numbers_and_nothing_else(cast: Cast) -> None:
    first = watched(cast, cast.member, cast.chair, registry_number="BRÅ 2016/4", title="Klotter på fasaden")
    second = watched(cast, cast.member, registry_number="BRÅ 2016/9", title="Belysning")
    other = watched(cast, cast.member, registry_number="BRÅ 2016/11")
    meeting = held(cast, first, second)
    make.make_item(meeting, case=other)  # on the agenda, but not treated
    adjourn(cast, meeting)
    letters = Letter.objects.filter(kind="watch")
    assert {(letter.recipient, letter.cause, letter.about) for letter in letters} == {
        (cast.member, f"meeting {meeting.pk}", meeting.pk),
        (cast.chair, f"meeting {meeting.pk}", meeting.pk),
    }
    text = mails(cast)[cast.member.address]
    assert [number in text for number in ("BRÅ 2016/4", "BRÅ 2016/9", "BRÅ 2016/11")] == [True, True, False]
    assert [word for word in ("Klotter", "fasaden", "Belysning", "Kalle") if word in text] == []
    assert "/granby/arenden/?state=all&watched=on\n" in text
    assert "BRÅ 2016/9" not in mails(cast)[cast.chair.address]
    assert text.count("No more mail of this kind") == 2


def test_nobody_is_told_of_what_they_may_not_see_and_no_mail_names_it(cast: Cast) -> None:
    secret = watched(cast, cast.member, cast.chair, registry_number=SECRET, restricted=True)
    adjourn(cast, held(cast, secret))
    assert told() == [cast.chair.pk]
    assert SECRET not in mails(cast)[cast.chair.address]


def test_a_case_treated_at_a_restricted_item_is_no_news_for_who_is_not_cleared(cast: Cast) -> None:
    case = watched(cast, cast.member, cast.chair, registry_number="BRÅ 2016/4")
    adjourn(cast, held(cast, case, restricted=True))
    assert told() == [cast.chair.pk]
    assert "BRÅ 2016/4" not in mails(cast)[cast.chair.address]


def test_a_case_that_became_secret_before_the_mail_went_is_not_named(cast: Cast) -> None:
    case = watched(cast, cast.member, registry_number="BRÅ 2016/4")
    adjourn(cast, held(cast, case))
    lifecycle.edit_case(
        case=case, topics=[], state=CaseState.OPEN, ground=make.ground_of(cast.council), by=cast.secretary, on=TODAY
    )
    assert mails(cast) == {}
    assert [(letter.state, letter.failure) for letter in Letter.objects.all()] == [(LetterState.DROPPED, "closed")]


def test_only_those_with_a_mandate_and_an_address_are_told(cast: Cast) -> None:
    case = watched(cast, cast.member, cast.chair, cast.secretary)
    Member.objects.filter(pk=cast.member.pk).update(mandate_to=date(2017, 3, 14))
    Member.objects.filter(pk=cast.chair.pk).update(role="owner")
    adjourn(cast, held(cast, case))
    assert told() == [cast.secretary.pk]


def test_a_meeting_adjourned_twice_tells_once(cast: Cast) -> None:
    case = watched(cast, cast.member)
    meeting = adjourn(cast, held(cast, case))
    meeting = lifecycle.reopen_meeting(meeting=meeting, by=cast.coordinator, on=TODAY)
    adjourn(cast, meeting)
    assert told() == [cast.member.pk]
    assert list(mails(cast)) == [cast.member.address]


def test_the_mail_log_shows_who_is_not_cleared_no_trace_of_a_secret_case(cast: Cast) -> None:
    Member.objects.filter(pk=cast.coordinator.pk).update(cleared=False)
    cast.coordinator.refresh_from_db()
    open_one = watched(cast, cast.member, cast.chair)
    secret = watched(cast, cast.chair, registry_number=SECRET, restricted=True)
    adjourn(cast, held(cast, open_one, secret))
    assert [letter.recipient for letter in post.visible_letters(cast.coordinator)] == [cast.member]
    assert {letter.recipient for letter in post.visible_letters(cast.chair)} == {cast.member, cast.chair}


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_does_not_grow(cast: Cast, number: int) -> None:
    for _n in range(number):
        watcher = make.make_member(cast.council, user=make.make_user())
        case = watched(cast, watcher, *([cast.member] if number > 1 else []))
        if not Meeting.objects.exists():
            meeting = held(cast, case)
        else:
            make.make_item(meeting, case=case, state=ItemState.TREATED)
    adjourn(cast, meeting)
    letters = list(Letter.objects.select_related("recipient__user"))
    desk = post.Desk(cast.council, TODAY, "", timezone.now())
    with CaptureQueriesContext(connection) as queries:
        written = post.KINDS["watch"].write(desk, letters)
    assert {one.failure for one in written} == {""}
    assert len(queries) == 3
