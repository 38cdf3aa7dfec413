"""The demonstration: what is in it, and that it is told truly."""

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.utils import timezone

from actions.models import (
    Action,
    Activity,
    DueQuarter,
    Goal,
    Indicator,
    IndicatorKind,
    IndicatorOutcome,
    Status,
    WorkPlan,
)
from bra import personnummer
from bra.models import Council, HistoryEntry, Letter, Member, Organisation, Role, User
from demo import source
from meetings.models import (
    AgendaItem,
    AttendanceStatus,
    Case,
    CaseState,
    Decision,
    DecisionKind,
    ItemKind,
    Meeting,
    MeetingState,
    StandingItem,
)
from reports.models import Report, ReportSchedule, ReportState
from tests.demo.loading import MODELS, load, passwords, rows

pytestmark = pytest.mark.wide

TODAY = date(2017, 3, 15)


@pytest.fixture(scope="module")
def said(lasting: None) -> str:
    """The demonstration, loaded once for the tests of this file; what loading printed."""
    return load()


@pytest.fixture
def council(said: str, db: None) -> Council:
    """The loaded council."""
    return Council.objects.get(slug="lillakra")


def test_the_standing_rows_are_those_of_the_files(council: Council) -> None:
    plan = source.rows("work_plan_2016_2017")
    got = [
        {
            "goal_number": str(activity.goal.number),
            "goal_sv": activity.goal.title,
            "activity_number": activity.code,
            "activity_sv": activity.title,
            "responsible_role_sv": activity.responsible_role,
            "due_quarters": ", ".join(map(str, activity.due_quarters.all())),
            "last_due_date": str(max(quarter.last_day for quarter in activity.due_quarters.all())),
            "indicator_sv": activity.indicator,
        }
        for activity in Activity.objects.select_related("goal").prefetch_related("due_quarters")
    ]
    assert got == plan
    assert (len(plan), Goal.objects.count(), DueQuarter.objects.count()) == (20, 6, 22)
    assert list(WorkPlan.objects.values_list("council", "name", "starts", "ends")) == [
        (council.pk, "2016-2017", date(2016, 1, 1), date(2017, 12, 31))
    ]

    agenda = [
        {
            "position": str(item.position),
            "title_sv": item.title,
            # The file has no word for the item that names the last meeting.
            "kind": "information" if item.kind == ItemKind.LAST_MINUTES else item.kind,
            "extremism_related": "yes" if any(topic.extremism for topic in item.topics.all()) else "no",
        }
        for item in StandingItem.objects.live().prefetch_related("topics")
    ]
    assert agenda == source.rows("standing_agenda")
    assert len(agenda) == 14


def test_every_activity_is_measured_with_the_target_that_the_plan_words(council: Council) -> None:
    indicators = Indicator.objects.select_related("activity__goal").order_by("pk")
    measured = {
        activity.pk: [one for one in indicators if one.activity == activity] for activity in Activity.objects.all()
    }
    assert [pk for pk, found in measured.items() if not found] == []
    for one in indicators:
        words = one.activity.indicator
        worded = re.search(r"mål (?:minst )?(\d+)", words)
        expected = Decimal(worded[1]) if worded else Decimal(1) if "ja/nej" in words else None
        assert (words, one.target_number) == (words, expected)
        assert (words, one.kind == IndicatorKind.YES_NO) == (words, "ja/nej" in words)
    assert max(IndicatorOutcome.objects.values_list("on", flat=True)) <= TODAY


def test_every_organisation_and_every_seat_is_there(council: Council) -> None:
    wanted = {(row["name_sv"], seat) for row in source.rows("organisations") for seat in source.listed(row["seats_sv"])}
    extra = {
        ("Kommunledningskontoret", title) for title in ("kommunsekreterare", "kommunikatör", "folkhälsosamordnare")
    }
    active = Member.objects.active(TODAY).values_list("organisation__name", "title")
    extra.add(("Kommunrevisionen", "förtroendevald revisor"))
    assert sorted(active) == sorted(wanted | extra)
    assert Organisation.objects.count() == 12


def test_one_seat_is_vacant_and_one_mandate_went_over_to_a_successor(council: Council) -> None:
    assert list(Member.objects.filter(name="").values_list("title", "user")) == [("fritidsledare", None)]
    police = Member.objects.filter(title="kommunpolis").order_by("mandate_from")
    assert [(member.mandate_to, member.is_active(TODAY)) for member in police] == [
        (date(2016, 12, 31), False),
        (None, True),
    ]
    assert Action.objects.live().filter(owner=police[0]).count() == 0
    handed = HistoryEntry.objects.filter(verb="action.handed_over", on=date(2017, 1, 9))
    assert [entry.changes["owner"] for entry in handed] == [[police[0].pk, police[1].pk]] * 2


def test_five_can_log_in_and_one_of_them_may_not_see_restricted_items(council: Council, said: str) -> None:
    # The others haven't chosen a password yet.
    chosen = [user.email for user in User.objects.all() if user.has_usable_password()]
    assert passwords(said).keys() == set(chosen)
    for email, password in passwords(said).items():
        user = authenticate(email=email, username=email, password=password)
        assert user is not None
        assert user.get_username() == email
    can = Member.objects.filter(user__email__in=chosen).values_list("role", "cleared")
    assert sorted(can) == [
        (Role.AUDITOR, False),
        (Role.CHAIR, True),
        (Role.COORDINATOR, True),
        (Role.MEMBER, False),
        (Role.SECRETARY, True),
    ]
    assert not User.objects.filter(is_administrator=True).exists()


def test_the_meetings_were_held_and_their_decisions_are_numbered_on(council: Council) -> None:
    meetings = Meeting.objects.order_by("date")
    assert [(meeting.number, meeting.date.isoformat(), meeting.state) for meeting in meetings] == [
        ("2016-1", "2016-09-08", MeetingState.SIGNED),
        ("2016-2", "2016-10-13", MeetingState.SIGNED),
        ("2016-3", "2016-11-17", MeetingState.SIGNED),
        ("2016-4", "2016-12-15", MeetingState.SIGNED),
        ("2017-1", "2017-01-26", MeetingState.SIGNED),
        ("2017-2", "2017-03-02", MeetingState.ADJOURNED),
        ("2017-3", "2017-03-23", MeetingState.DRAFT),
    ]
    numbers = Decision.objects.order_by("item__meeting__date", "item__position", "pk").values_list("number", flat=True)
    assert list(numbers) == list(range(1, len(numbers) + 1))
    assert set(Decision.objects.values_list("kind", flat=True)) == set(DecisionKind.values)
    per_meeting = Counter(Decision.objects.values_list("item__meeting__date", flat=True))
    assert (len(per_meeting), min(per_meeting.values()), max(per_meeting.values())) == (6, 4, 7)


def test_everybody_seated_is_in_the_attendance_of_every_meeting_held(council: Council) -> None:
    for meeting in Meeting.objects.held():
        logged = meeting.attendances.values_list("member", flat=True)
        seated = Member.objects.seated().active(meeting.date).values_list("pk", flat=True)
        assert sorted(logged) == sorted(seated)
    statuses = Meeting.objects.held().values_list("attendances__status", flat=True)
    assert set(statuses) == set(AttendanceStatus.values)


def test_every_agenda_holds_the_standing_items_in_their_order(council: Council) -> None:
    standing = list(StandingItem.objects.live().values_list("title", flat=True))
    for meeting in Meeting.objects.all():
        # The item about the last minutes ends with that meeting's number.
        titles = [re.sub(r" \(\d{4}-\d+\)$", "", title) for title in meeting.items.values_list("title", flat=True)]
        assert [title for title in titles if title in standing] == standing
        assert titles[-2:] == standing[-2:]
    noted = AgendaItem.objects.filter(title="Klotter vid Åsskolan", meeting__date=date(2017, 3, 2)).get()
    assert noted.notes == "Läget är lugnt. Ärendet bevakas fram till sommaren."
    assert noted.case is not None
    assert noted.case.title == "Klotter vid Åsskolan"


def test_eight_cases_in_every_state_and_one_that_only_the_cleared_see(council: Council) -> None:
    assert Case.objects.count() == 8
    assert set(Case.objects.values_list("state", flat=True)) == set(CaseState.values)
    numbers = sorted(Case.objects.values_list("registry_number", flat=True))
    assert numbers == [*(f"BRÅ 2016/{serial}" for serial in range(1, 7)), "BRÅ 2017/1", "BRÅ 2017/2"]
    ordinary = Member.objects.get(title="skolchef")
    hidden = Case.objects.exclude(pk__in=Case.objects.visible_to(ordinary)).get()
    assert hidden.title == "Skyddsåtgärder vid offentligt möte"
    items = AgendaItem.objects.filter(meeting__council=council)
    assert items.exclude(pk__in=items.visible_to(ordinary)).get().case == hidden
    assert Action.objects.exclude(pk__in=Action.objects.visible_to(ordinary)).count() == 2


def test_actions_in_every_state_for_every_goal(council: Council) -> None:
    assert Counter(Action.objects.agreed().values_list("status", flat=True)) == {
        Status.DONE: 17,
        Status.IN_PROGRESS: 14,
        Status.NOT_STARTED: 10,
        Status.POSTPONED: 2,
        Status.CANCELLED: 2,
    }
    assert set(Action.objects.values_list("activity__goal__number", flat=True)) == {None, 1, 2, 3, 4, 5, 6}
    assert Action.objects.filter(comments=None).exists()
    assert Action.objects.exclude(comments=None).exists()
    assert Action.objects.filter(status=Status.DONE, effect="").count() == 1
    related = Action.objects.extremism_related().count()
    assert 0 < related < Action.objects.count()


def test_the_pinned_day_finds_something_at_every_step_of_the_reminders(council: Council) -> None:
    assert council.pinned_today == TODAY
    days = sorted((action.deadline - TODAY).days for action in Action.objects.live())
    assert days[:15] == [-58, -54, -33, -28, -15, -14, -12, -5, -3, 0, 2, 3, 9, 14, 14]
    late = Action.objects.overdue(TODAY)
    assert len(set(late.values_list("owner__organisation", flat=True))) >= 5


def test_history_is_told_in_order_by_people_whose_mandate_covered_the_day(council: Council) -> None:
    entries = HistoryEntry.objects.exclude(actor=None).select_related("actor")
    days = [entry.on for entry in entries]
    assert days == sorted(days)
    assert (days[0], days[-1]) == (date(2016, 8, 22), TODAY)
    assert [entry for entry in entries if entry.actor is None or not entry.actor.is_active(entry.on)] == []


def test_loading_again_changes_nothing(council: Council) -> None:
    before = rows()
    sentence = load()
    assert sentence.startswith("BRÅ Lillåkra is loaded already; nothing has been changed.")
    assert passwords(sentence) == {}
    assert rows() == before


def test_no_text_holds_anything_like_a_personnummer(council: Council) -> None:
    texts = [
        (label, value)
        for label, table in rows().items()
        if label != "bra.User"
        for row in table
        for value in row
        # Digests and salts of the audit log are digits by chance.
        if isinstance(value, str) and personnummer.find(value) and not re.fullmatch("[0-9a-f]{32}|[0-9a-f]{64}", value)
    ]
    assert texts == []
    assert personnummer.find("tel 701063-2391")


@pytest.mark.service
def test_no_two_loadings_share_a_password_and_none_is_in_the_tree(council: Council, said: str) -> None:
    Council.objects.filter(pk=council.pk).update(slug="den-forra")
    for user in User.objects.all():
        User.objects.filter(pk=user.pk).update(email=f"den-forra-{user.email}")
    first, second = passwords(said), passwords(load())
    assert first.keys() == second.keys()
    assert len({*first.values(), *second.values()}) == 10
    folder = Path(source.__file__).parent
    tree = "".join(
        path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.suffix in {".py", ".toml", ".csv"}
    )
    assert [word for word in first.values() if word in tree] == []


def test_only_what_machines_make_is_left_empty(council: Council) -> None:
    assert sorted(model.__name__ for model in MODELS if not model._default_manager.exists()) == [
        "Addendum",
        "Deputy",
        "Download",
        "Escalation",
        "ItemComment",
        "LoggedMail",
        "MailChoice",
        "MailLink",
        "MeetingRules",
        "Mention",
        "MinutesLayout",
        "Purge",
        "PurgeOrder",
        "RecoveryRequest",
        "ReleaseRules",
        "ReminderLine",
        "ReminderRules",
        "ReminderRun",
        "ReturnedAction",
        "ReturnedFile",
        "StoppedAddress",
        "Unlocking",
        "Unsubscription",
        "UpdateRound",
    ]


def test_the_half_years_reports_are_planned_and_the_first_of_them_is_made(council: Council) -> None:
    planned = ReportSchedule.objects.filter(council=council).order_by("on")
    found = [(one.on, one.made, [member.role for member in one.recipients.all()]) for one in planned]
    readers = [Role.COORDINATOR, Role.CHAIR]
    days = [date(2016, 12, 31), date(2017, 6, 30), date(2017, 12, 31)]
    assert [(on, made, sorted(roles, reverse=True)) for on, made, roles in found] == [
        (days[0], True, readers),
        (days[1], False, readers),
        (days[2], False, readers),
    ]
    report = Report.objects.get(council=council)
    assert (report.state, report.as_of, report.asked_by) == (ReportState.READY, days[0], None)
    assert (timezone.localdate(report.asked_at), timezone.localdate(report.ready_at)) == (date(2017, 1, 1),) * 2
    assert set(Letter.objects.filter(kind="report").values_list("state", "on")) == {("sent", date(2017, 1, 1))}
    assert council.pinned_today == TODAY
