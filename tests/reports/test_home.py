"""The first page: what waits for whoever opens it, and nothing they may not see."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions.models import DeadlineRequest, ReminderLine, Status
from bra.models import LetterState, Member, Role
from meetings.models import Meeting, MeetingState, MinutesLayout, PaperKind, Signer, SignerRole, SignOff
from tests import make
from tests.cast import Cast
from tests.reports.story import DAY


def home(cast: Cast, member: Member) -> Any:
    answer = cast.browse(member).get(reverse("home", args=[cast.council.slug]))
    assert answer.status_code == 200
    return answer


def late(cast: Cast, days: int = 5, **fields: Any) -> Any:
    return make.make_action(cast.council, deadline=DAY - timedelta(days=days), **fields)


def test_ones_own_open_actions_are_shown_the_most_overdue_first(cast: Cast) -> None:
    titles = ["Sist", "Först", "Mitt emellan"]
    for title, days in zip(titles, (-20, 12, 3), strict=True):
        late(cast, days, title=title, owner=cast.member)
    late(cast, title="Redan klar", owner=cast.member, status=Status.DONE, closed_on=DAY)
    late(cast, title="Någon annans")
    mine = home(cast, cast.member).context["mine"]
    assert [(action.title, days) for action, days in mine["rows"]] == [("Först", 12), ("Mitt emellan", 3), ("Sist", 0)]
    assert (mine["number"], mine["more"]) == (3, 0)


def test_five_are_shown_and_the_rest_counted(cast: Cast) -> None:
    for _n in range(8):
        late(cast, owner=cast.member)
    mine = home(cast, cast.member).context["mine"]
    assert (len(mine["rows"]), mine["number"], mine["more"]) == (5, 8, 3)


def test_overdue_is_counted_by_organisation_and_leads_to_the_list(cast: Cast) -> None:
    police = make.make_organisation(cast.council, name="Polisen")
    owner = make.make_member(cast.council, organisation=police)
    late(cast, owner=owner)
    late(cast, owner=owner)
    late(cast, owner=cast.member)
    late(cast, days=-1, owner=cast.member)
    answer = home(cast, cast.member)
    assert [(name, number) for _pk, name, number in answer.context["late"]] == [
        ("Polisen", 2),
        (cast.member.organisation.name, 1),
    ]
    address = f"{reverse('actions:list', args=[cast.council.slug])}?organisation={police.pk}&amp;overdue=1"
    assert address in answer.content.decode()


def test_restricted_matter_is_in_no_figure_of_those_who_are_not_cleared(cast: Cast) -> None:
    plan = make.make_plan(cast.council)
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=date(2017, 1, 16))
    secret = make.make_item(meeting, restricted=True)
    late(cast, agenda_item=secret, title="Fjolårskvasten", owner=cast.coordinator, activity=make.make_activity(plan))
    hidden, shown = home(cast, cast.member), home(cast, cast.coordinator)
    assert [answer.context["plan"]["bars"][0]["total"] for answer in (hidden, shown)] == [0, 1]
    assert [len(answer.context["late"]) for answer in (hidden, shown)] == [0, 1]
    assert ["Fjolårskvasten" in answer.content.decode() for answer in (hidden, shown)] == [False, True]


def test_an_outside_owner_sees_the_own_actions_and_nothing_of_the_council(cast: Cast) -> None:
    make.make_meeting(cast.council, MeetingState.IN_SESSION, title="Slutet sammanträde")
    make.make_activity(make.make_plan(cast.council))
    late(cast, title="Min egen", owner=cast.owner)
    late(cast, title="Någon annans")
    answer = home(cast, cast.owner)
    html = answer.content.decode()
    assert ["Min egen" in html, "Någon annans" in html, "Slutet sammanträde" in html] == [True, False, False]
    assert {"next_meeting", "late", "plan", "to_judge"} & answer.context.keys() == set()


@pytest.mark.parametrize(
    ("who", "state", "days", "words"),
    [
        ("secretary", MeetingState.IN_SESSION, 0, "Continue logging"),
        ("member", MeetingState.IN_SESSION, 0, "To the agenda"),
        ("secretary", MeetingState.DRAFT, 0, "Open the meeting"),
        ("secretary", MeetingState.DRAFT, 7, "To the agenda"),
        ("member", MeetingState.DRAFT, 0, "To the agenda"),
    ],
)
def test_the_next_meeting_offers_what_can_be_done_with_it_now(
    cast: Cast, who: str, state: MeetingState, days: int, words: str
) -> None:
    make.make_meeting(cast.council, MeetingState.DRAFT, date=DAY + timedelta(days=30))
    meeting = make.make_meeting(cast.council, state, date=DAY + timedelta(days=days))
    answer = home(cast, getattr(cast, who))
    assert answer.context["next_meeting"]["meeting"] == meeting
    offered = [w for w in ("Continue logging", "Open the meeting", "To the agenda") if w in answer.content.decode()]
    assert offered == [words]


def test_a_meeting_in_session_comes_before_a_planned_one(cast: Cast) -> None:
    make.make_meeting(cast.council, MeetingState.DRAFT, date=DAY)
    running = make.make_meeting(cast.council, MeetingState.IN_SESSION, date=DAY + timedelta(days=1))
    assert home(cast, cast.member).context["next_meeting"]["meeting"] == running


def test_only_the_coordinator_is_told_of_reminders_to_judge(cast: Cast) -> None:
    restricted = make.make_item(make.make_meeting(cast.council), restricted=True)
    for state, item in (
        (LetterState.FAILED, make.make_item(restricted.meeting)),
        (LetterState.UNKNOWN, restricted),
        (LetterState.PENDING, make.make_item(restricted.meeting)),
    ):
        action = make.make_action(agenda_item=item)
        row = make.make_letter(action.owner, on=DAY, state=state)
        ReminderLine.objects.create(reminder=row, action=action, deadline=action.deadline, step=0)
    assert home(cast, cast.coordinator).context["to_judge"] == 2
    assert "to_judge" not in home(cast, cast.secretary).context
    # Who isn't cleared doesn't learn from the number that there is a restricted action.
    Member.objects.filter(pk=cast.coordinator.pk).update(cleared=False)
    assert home(cast, cast.coordinator).context["to_judge"] == 1


def test_another_councils_first_page_is_not_found(cast: Cast) -> None:
    assert cast.browse(cast.stranger).get(reverse("home", args=[cast.council.slug])).status_code == 404


def test_three_rows_take_as_many_queries_as_one(cast: Cast) -> None:
    plan = make.make_plan(cast.council)
    browser = cast.browse(cast.coordinator)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            browser.get(reverse("home", args=[cast.council.slug]))
        return len(seen)

    def grow(goal: int) -> None:
        activity = make.make_activity(plan, goal)
        late(cast, owner=cast.coordinator, activity=activity)
        late(cast, activity=activity)
        make.make_meeting(cast.council, MeetingState.DRAFT, date=DAY + timedelta(days=goal))

    grow(1)
    queries()
    one = queries()
    grow(2)
    grow(3)
    assert queries() == one
    assert one <= 26


def test_who_sits_on_two_councils_chooses(cast: Cast) -> None:
    other = make.make_member(cast.stranger.council, user=cast.member.user)
    html = cast.browse(cast.member).get("/").content.decode()
    assert [reverse("home", args=[m.council.slug]) in html for m in (cast.member, other)] == [True, True]


def test_who_sits_on_none_is_told_what_to_do(cast: Cast) -> None:
    Member.objects.filter(pk=cast.member.pk).update(mandate_to=date(2017, 1, 1))
    answer = cast.browse(cast.member).get("/")
    assert "no council has you as a member right now" in answer.content.decode()


def test_what_the_member_is_asked_for_is_named(cast: Cast) -> None:
    planned = make.make_meeting(cast.council, MeetingState.DRAFT, date=DAY + timedelta(days=9))
    summoned = make.make_meeting(cast.council, MeetingState.SUMMONED, date=DAY + timedelta(days=20))
    held = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=DAY - timedelta(days=3))
    sign_off = sent_round(held, PaperKind.MINUTES)
    Signer.objects.create(sign_off=sign_off, member=cast.chair, role=SignerRole.CHAIR)
    coming = f"You are summoned to meeting {summoned.number} on 4 April. Are you coming?"
    assert [words for words, _url in home(cast, cast.chair).context["nudges"]] == [
        coming,
        f"Minutes {held.number} waits for your signature.",
    ]
    assert [words for words, _url in home(cast, cast.secretary).context["nudges"]] == [
        f"The summons to meeting {planned.number} is to be out 17 March.",
        coming,
    ]
    assert "nudges" not in home(cast, cast.owner).context
    for words, url in home(cast, cast.secretary).context["nudges"]:
        assert cast.browse(cast.secretary).get(url).status_code == 200, words


@pytest.mark.parametrize(
    ("held", "sent", "words"),
    [
        (date(2017, 3, 9), True, ""),
        (date(2017, 3, 8), True, "are to be signed off 22 March."),  # in a week
        (date(2017, 3, 8), False, "are to be signed off 22 March."),
        (date(2017, 3, 1), True, "are to be signed off 15 March."),
        (date(2017, 2, 28), True, "were to be signed off 14 March."),
    ],
)
def test_those_who_log_are_told_of_minutes_that_wait_for_their_signers(
    cast: Cast, held: date, sent: bool, words: str
) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=held)
    make.make_meeting(cast.stranger.council, MeetingState.ADJOURNED, date=held)
    make.make_meeting(cast.council, MeetingState.SIGNED, date=held)
    if sent:
        sent_round(meeting, PaperKind.MINUTES)
    told = [f"The minutes of meeting {meeting.number} {words}"] if words else []
    assert [sentence for sentence, _url in home(cast, cast.secretary).context["nudges"]] == told
    assert home(cast, cast.chair).context["nudges"] == []


def test_minutes_of_several_meetings_are_one_line_and_notes_have_no_last_day(cast: Cast) -> None:
    MinutesLayout.objects.create(council=cast.council, kind=PaperKind.NOTES)
    for kind in (PaperKind.MINUTES, PaperKind.MINUTES, PaperKind.NOTES, None):
        meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED, date=DAY - timedelta(days=30))
        if kind:
            sent_round(meeting, kind)
    [(words, url)] = home(cast, cast.secretary).context["nudges"]
    assert words == "The minutes of 2 meetings are to be signed off."
    assert len(cast.browse(cast.secretary).get(url).context["table"].rows) == 4


def sent_round(meeting: Meeting, kind: PaperKind) -> SignOff:
    """Minutes, or notes, that lie with their signers."""
    return SignOff.objects.create(meeting=meeting, kind=kind, opened_on=DAY, comments_until=DAY, digest="0" * 64)


def test_those_who_log_are_told_what_owners_wait_for_as_far_as_they_may_see(cast: Cast) -> None:
    secret = make.make_item(make.make_meeting(cast.council, MeetingState.ADJOURNED), restricted=True)
    for item in (make.make_item(secret.meeting), secret):
        make.make_action(agenda_item=item, status=Status.DONE, closed_on=DAY)
        asking = make.make_action(agenda_item=item)
        until = asking.deadline + timedelta(days=30)
        DeadlineRequest.objects.create(action=asking, asked_by=asking.owner, asked_on=DAY, until=until)
    blind = make.make_member(cast.council, Role.SECRETARY, user=make.make_user())
    assert [words for words, _url in home(cast, cast.secretary).context["nudges"]] == [
        "2 actions that are reported as done wait for approval.",
        "2 requests for more time wait for an answer.",
    ]
    nudges = home(cast, blind).context["nudges"]
    assert [words for words, _url in nudges] == [
        "1 action that is reported as done waits for approval.",
        "1 request for more time waits for an answer.",
    ]
    approvals, requests = (cast.browse(blind).get(url).context for _words, url in nudges)
    assert (len(approvals["rows"]), len(requests["requests"])) == (1, 1)
    assert home(cast, cast.member).context["nudges"] == []
