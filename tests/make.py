"""One maker per thing; each gives a whole, valid row and takes overrides. TODAY is the tests' day."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from actions.models import (
    REMINDER,
    Action,
    Activity,
    DueQuarter,
    Goal,
    Indicator,
    IndicatorKind,
    IndicatorOutcome,
    WorkPlan,
)
from bra.models import STOCKHOLM, Council, LegalGround, Letter, Member, Organisation, Role, User
from imports.models import ImportBatch, ImportState
from meetings.models import AgendaItem, Case, Meeting, MeetingState, Topic

TODAY = date(2017, 3, 15)
NOW = datetime(2017, 3, 15, 13, 2, tzinfo=STOCKHOLM)
PASSWORD = "a long password for tests"
# Six digits from the first to the last of a run, so that names sort in the order in which they were made.
_serial = count(128_001)


def _small() -> int:
    """The next number that a small column takes too, however many tests came before."""
    return next(_serial) % 32_000 + 1


def make_council(**overrides: Any) -> Council:
    """A council whose day is TODAY."""
    n = next(_serial)
    return Council.objects.create(**{"name": f"BRÅ Prov {n}", "slug": f"prov-{n}", "pinned_today": TODAY} | overrides)


def make_organisation(council: Council, **overrides: Any) -> Organisation:
    """An organisation of the council."""
    return Organisation.objects.create(**{"council": council, "name": f"Organisation {next(_serial)}"} | overrides)


def make_user(**overrides: Any) -> User:
    """A user who logs in with PASSWORD."""
    return User.objects.create_user(**{"email": f"person{next(_serial)}@example.org", "password": PASSWORD} | overrides)


def make_member(council: Council, role: Role = Role.MEMBER, **overrides: Any) -> Member:
    """A member with an address and a mandate since 2016; `user=make_user()` lets it log in."""
    n = next(_serial)
    fields = {
        "council": council,
        "role": role,
        "name": f"Person {n}",
        "title": f"titel {n}",
        "email": f"member{n}@example.org",
        "mandate_from": date(2016, 1, 1),
    } | overrides
    if "organisation" not in fields:
        fields["organisation"] = make_organisation(council)
    return Member.objects.create(**fields)


def make_topic(council: Council, **overrides: Any) -> Topic:
    """A topic of the council."""
    return Topic.objects.create(**{"council": council, "name": f"Ämne {next(_serial)}"} | overrides)


def make_ground(council: Council, **overrides: Any) -> LegalGround:
    """A legal ground of the council."""
    return LegalGround.objects.create(**{"council": council, "reference": f"OSL {next(_serial)} kap. 1 §"} | overrides)


def ground_of(council: Council) -> LegalGround:
    """The council's first legal ground; made if it has none."""
    return council.legal_grounds.first() or make_ground(council)


def lock_of(council: Council) -> dict[str, Any]:
    """The fields of a lock decided on TODAY by the council's first member."""
    # Whoever isn't there yet is made without a role that anything else turns to.
    by = council.members.order_by("pk").first() or make_member(council, Role.CHAIR, cleared=True)
    return {"restricted": True, "legal_ground": ground_of(council), "restricted_on": TODAY, "restricted_by": by}


# The fields of no lock.
OPEN: dict[str, Any] = {"restricted": False, "legal_ground": None, "restricted_on": None, "restricted_by": None}


def _restriction(council: Council, fields: dict[str, Any]) -> dict[str, Any]:
    """What goes with `restricted` in `fields`: the ground, the day and who decided it."""
    return lock_of(council) if fields.get("restricted") else {}


def make_case(council: Council, topics: list[Topic] | None = None, **overrides: Any) -> Case:
    """A case of the council."""
    n = next(_serial)
    fields = {
        "council": council,
        "registry_number": f"BRÅ 2016/{n}",
        "title": f"Ärende {n}",
        "opened_on": date(2016, 9, 1),
    } | overrides
    if "organisation" not in fields:
        fields["organisation"] = make_organisation(council)
    case = Case.objects.create(**_restriction(council, fields) | fields)
    case.topics.set(topics or [])
    return case


def make_meeting(council: Council, state: MeetingState = MeetingState.IN_SESSION, **overrides: Any) -> Meeting:
    """A meeting on TODAY, in session."""
    day = overrides.get("date", TODAY)
    fields = {
        "council": council,
        "year": day.year,
        "sequence": _small(),
        "date": day,
        "starts_at": time(13),
        "ends_at": time(15),
        "state": state,
        "opened_at": None if state == MeetingState.DRAFT else NOW,
        "adjourned_at": NOW if state == MeetingState.ADJOURNED else None,
    } | overrides
    return Meeting.objects.create(**fields)


def make_item(meeting: Meeting, topics: list[Topic] | None = None, **overrides: Any) -> AgendaItem:
    """An item last on the meeting's agenda."""
    fields = {
        "meeting": meeting,
        "position": meeting.items.count() + 1,
        "title": f"Punkt {next(_serial)}",
    } | overrides
    item = AgendaItem.objects.create(**_restriction(meeting.council, fields) | fields)
    item.topics.set(topics or [])
    return item


def make_plan(council: Council, **overrides: Any) -> WorkPlan:
    """The plan 2016-2017."""
    fields = {"council": council, "name": "2016-2017", "starts": date(2016, 1, 1), "ends": date(2017, 12, 31)}
    return WorkPlan.objects.create(**fields | overrides)


def make_activity(plan: WorkPlan, goal_number: int = 1, **overrides: Any) -> Activity:
    """An activity, due in the second quarter of 2017, of the plan's goal with that number."""
    goal, _made = Goal.objects.get_or_create(plan=plan, number=goal_number, defaults={"title": f"Mål {goal_number}"})
    n = _small()
    fields = {
        "goal": goal,
        "number": n,
        "title": f"Aktivitet {n}",
        "responsible_role": "Skolchef",
    } | overrides
    activity = Activity.objects.create(**fields)
    DueQuarter.objects.create(activity=activity, year=2017, quarter=2)
    return activity


def make_indicator(activity: Activity, **overrides: Any) -> Indicator:
    """An indicator that shows a share, with the target 80 %."""
    fields: dict[str, Any] = {"activity": activity, "name": f"Andel {next(_serial)}", "kind": IndicatorKind.SHARE}
    if overrides.get("kind", IndicatorKind.SHARE) == IndicatorKind.SHARE:
        fields["target_number"] = Decimal(80)
    return Indicator.objects.create(**fields | overrides)


def make_outcome(indicator: Indicator, **overrides: Any) -> IndicatorOutcome:
    """What the indicator showed on TODAY: 60."""
    fields: dict[str, Any] = {"indicator": indicator, "on": TODAY}
    if "day" not in overrides:
        fields["number"] = Decimal(60)
    return IndicatorOutcome.objects.create(**fields | overrides)


def make_action(council: Council | None = None, **overrides: Any) -> Action:
    """An action due in two weeks, with an owner, agreed two months ago unless the item says otherwise."""
    item = overrides.get("agenda_item")
    if item is None:
        council = council or make_council()
        meeting = make_meeting(council, MeetingState.ADJOURNED, date=overrides.get("agreed_on", date(2017, 1, 16)))
        item = make_item(meeting)
    council = item.meeting.council
    fields = {
        "council": council,
        "agenda_item": item,
        "title": f"Åtgärd {next(_serial)}",
        "agreed_on": item.meeting.date,
        "deadline": TODAY + timedelta(days=14),
    } | overrides
    if "owner" not in fields:
        fields["owner"] = make_member(council)
    return Action.objects.create(**fields)


def make_letter(recipient: Member, **overrides: Any) -> Letter:
    """A waiting reminder of TODAY; the day is its cause."""
    values: dict[str, Any] = {
        "council": recipient.council,
        "recipient": recipient,
        "kind": REMINDER,
        "on": TODAY,
    } | overrides
    return Letter.objects.create(**{"cause": values["on"].isoformat()} | values)


def make_import(item: AgendaItem, **overrides: Any) -> ImportBatch:
    """A list whose actions hang on the item, brought in on TODAY by a coordinator."""
    fields = {
        "council": item.meeting.council,
        "on": TODAY,
        "file_name": "lista.xlsx",
        "sha256": "0" * 64,
        "item": item,
        "state": ImportState.APPLIED,
        "applied_on": TODAY,
    } | overrides
    if "by" not in fields:
        fields["by"] = make_member(item.meeting.council, Role.COORDINATOR)
    return ImportBatch.objects.create(**fields)
