"""The same council every time: `build(n)` makes n actions with everything around them, without chance from outside.

Needs a migrated, empty database and Django set up (bench.__main__ sees to both), so models are imported inside.
"""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from actions.models import Action, Activity, WorkPlan
    from bra.models import Council, Member, Organisation
    from meetings.models import AgendaItem

TODAY = date(2017, 3, 15)
SEED = 2016_2017
BATCH = 4000
ITEMS_PER_MEETING = 14
ACTIONS_PER_MEETING = 250
# How actions stand in a council that has been at it for years: most are done.
STATUSES = (
    ("not_started", 0.16),
    ("in_progress", 0.10),
    ("postponed", 0.04),
    ("done", 0.64),
    ("cancelled", 0.06),
)
VERBS = [
    "Åtgärda",
    "Boka",
    "Följa",
    "Inventera",
    "Kartlägga",
    "Måla",
    "Ordna",
    "Planera",
    "Redovisa",
    "Sanera",
    "Ta",
    "Utbilda",
    "Ändra",
    "Öka",
]
THINGS = [
    "belysningen vid stationen",
    "klotter på skolan",
    "flyers i centrum",
    "en trygghetsvandring",
    "samverkansavtalet med polisen",
    "öppettiderna på fritidsgården",
    "Samtalskompassen för lärare",
    "lägesbilden för kommunen",
    "ett föräldramöte",
    "övergångsstället vid ån",
    "handlingsprogrammet",
    "en enkät bland ungdomar",
    "nattvandringen i tätorten",
    "ärendelistan",
]


@dataclass
class World:
    """What was built. `coordinator` is cleared and has a user; `neighbour` is another council with rows of its own."""

    council: "Council"
    neighbour: "Council"
    coordinator: "Member"
    plan: "WorkPlan"
    organisations: "list[Organisation]" = field(default_factory=list)
    owners: "list[Member]" = field(default_factory=list)
    activities: "list[Activity]" = field(default_factory=list)
    actions: int = 0


def build(actions: int) -> World:
    """Make a council with `actions` actions, and a neighbour with a tenth of them (at most 10,000).

    Owners: one per 50 actions, 20 to 2,000, all with an address and a mandate. Meetings: one per 250 actions, every
    14 items, 3 of them related to extremism, 1 in 50 restricted. 30 % of the actions are live, with deadlines from
    120 days ago to 240 days ahead; 1 % are removed.
    """
    world = _council("bench", actions)
    neighbour = _council("granne", max(1, min(actions // 10, 10_000)))
    world.neighbour = neighbour.council
    analyze()
    return world


def analyze() -> None:
    """Clean up and let the database know its sizes, as it would by itself after a while."""
    from django.db import connection

    with connection.cursor() as cursor:
        # Vacuuming can't be part of a transaction, as a test is.
        vacuum = connection.vendor == "postgresql" and not connection.in_atomic_block
        cursor.execute("VACUUM ANALYZE" if vacuum else "ANALYZE")


def _council(slug: str, actions: int) -> World:
    from actions.models import Activity, Goal, WorkPlan
    from bra.models import Council, Member, Organisation, Role, User
    from meetings.models import Topic

    # The same numbers every time is the point here.
    dice = random.Random(f"{SEED} {slug} {actions}")  # noqa: S311 - test data, not a secret
    council = Council.objects.create(name=f"BRÅ {slug.title()}", slug=slug, pinned_today=TODAY)
    organisations = [
        Organisation.objects.create(council=council, name=f"{name} {number}")
        for number in range(1, 11)
        for name in ("Skolan", "Polisen", "Åsbo bostäder", "Räddningstjänsten")
    ]
    Topic.objects.create(council=council, name="Våldsbejakande extremism", extremism=True)
    for name in ("Klotter", "Trygghet", "Utbildning", "Ungdomar"):
        Topic.objects.create(council=council, name=name)
    coordinator = Member.objects.create(
        council=council,
        user=User.objects.create_user(f"samordnare@{slug}.example.org"),
        organisation=organisations[0],
        name="Karin Koordinator",
        title="Samordnare",
        email=f"samordnare@{slug}.example.org",
        role=Role.COORDINATOR,
        cleared=True,
        mandate_from=date(2010, 1, 1),
    )
    people = min(2000, max(20, actions // 50))
    owners = Member.objects.bulk_create(
        [
            Member(
                council=council,
                organisation=organisations[number % len(organisations)],
                name=f"{('Åke', 'Eva', 'Örjan', 'Maria', 'Bo')[number % 5]} Exempel {number}",
                title=("Rektor", "Kommunpolis", "Fältsekreterare", "Förvaltare")[number % 4],
                email=f"person{number}@{slug}.example.org",
                role=Role.MEMBER if number % 3 else Role.OWNER,
                cleared=True,
                mandate_from=date(2010, 1, 1),
            )
            for number in range(people)
        ],
        batch_size=BATCH,
    )
    plan = WorkPlan.objects.create(council=council, name="2016-2017", starts=date(2016, 1, 1), ends=date(2017, 12, 31))
    goals = [Goal.objects.create(plan=plan, number=number, title=f"Mål {number}") for number in range(1, 7)]
    activities = [
        Activity.objects.create(
            goal=goals[number % 6],
            number=number // 6 + 1,
            title=f"Aktivitet {number + 1}: {THINGS[number % len(THINGS)]}",
            responsible_role="Samordnare",
        )
        for number in range(20)
    ]
    world = World(council, council, coordinator, plan, organisations, owners, activities, actions)
    _fill(world, _agenda(council, actions, dice), dice)
    return world


def _agenda(council: "Council", actions: int, dice: random.Random) -> "list[AgendaItem]":
    """Make the meetings, one a week back from TODAY, and return all their items, topics set."""
    from bra.models import STOCKHOLM, LegalGround, Role
    from meetings.models import AgendaItem, Meeting, MeetingState, Topic

    number = max(6, actions // ACTIONS_PER_MEETING)
    # A real council doesn't meet daily; here the years are squeezed so that any number of meetings fits.
    days = [TODAY - timedelta(days=1 + place * 2000 // number) for place in range(number)]
    sequence: dict[int, int] = {}
    meetings = []
    for day in sorted(days):
        sequence[day.year] = sequence.get(day.year, 0) + 1
        held = datetime.combine(day, time(13), STOCKHOLM)
        meetings.append(
            Meeting(
                council=council,
                year=day.year,
                sequence=sequence[day.year],
                date=day,
                starts_at=time(13),
                ends_at=time(15),
                state=MeetingState.ADJOURNED,
                opened_at=held,
                adjourned_at=held + timedelta(hours=2),
            )
        )
    Meeting.objects.bulk_create(meetings, batch_size=BATCH)
    by = council.members.filter(role=Role.COORDINATOR).first()
    ground = LegalGround.objects.create(council=council, reference="OSL 18 kap. 8 §")
    lock = {"restricted": True, "legal_ground": ground, "restricted_on": TODAY, "restricted_by": by}
    items = AgendaItem.objects.bulk_create(
        [
            AgendaItem(
                meeting=meeting,
                position=place,
                title=f"Punkt {place}: {THINGS[place % len(THINGS)]}",
                **(lock if dice.random() < 0.02 else {}),
            )
            for meeting in meetings
            for place in range(1, ITEMS_PER_MEETING + 1)
        ],
        batch_size=BATCH,
    )
    marks, *others = Topic.objects.filter(council=council).order_by("-extremism", "pk")
    through = AgendaItem.topics.through
    through.objects.bulk_create(
        [
            through(
                agendaitem_id=item.pk,
                topic_id=marks.pk if item.position in (8, 9, 10) else others[item.position % len(others)].pk,
            )
            for item in items
        ],
        batch_size=BATCH,
    )
    return items


def _fill(world: World, items: "list[AgendaItem]", dice: random.Random) -> None:
    from actions.models import Action

    rows = _actions(world, items, dice)
    while batch := list(islice(rows, BATCH)):
        Action.objects.bulk_create(batch)


def _actions(world: World, items: "list[AgendaItem]", dice: random.Random) -> "Iterator[Action]":
    from actions.models import LIVE, Action

    names, weights = zip(*STATUSES, strict=True)
    meeting_day = {item.pk: item.meeting.date for item in items}
    for number in range(world.actions):
        item = items[dice.randrange(len(items))]
        agreed = meeting_day[item.pk]
        status = dice.choices(names, weights)[0]
        if status in LIVE:
            deadline = max(agreed, TODAY + timedelta(days=dice.randint(-120, 240)))
        else:
            deadline = agreed + timedelta(days=dice.randint(7, 180))
        closed = None if status in LIVE else min(TODAY, agreed + timedelta(days=dice.randint(1, 200)))
        yield Action(
            council_id=world.council.pk,
            agenda_item_id=item.pk,
            activity_id=world.activities[dice.randrange(20)].pk if dice.random() < 0.7 else None,
            title=f"{VERBS[dice.randrange(len(VERBS))]} {THINGS[dice.randrange(len(THINGS))]} {number}",
            owner_id=world.owners[dice.randrange(len(world.owners))].pk,
            agreed_on=agreed,
            deadline=deadline,
            status=status,
            closed_on=closed,
            removed=dice.random() < 0.01,
        )


def build_many(actions: int, councils: int, owners: int) -> "list[Council]":
    """Make `councils` councils with `owners` owners and `actions` open actions between them, 20.5 % of them due.

    Each council has one meeting with one item; nobody is hindered. Written with plain statements: a million rows.
    """
    from django.db import connection

    from bra.models import Council, Member, Organisation, Role
    from meetings.models import AgendaItem

    made = Council.objects.bulk_create(
        [Council(name=f"BRÅ {number}", slug=f"bra-{number}", pinned_today=TODAY) for number in range(councils)]
    )
    homes = Organisation.objects.bulk_create([Organisation(council=council, name="Kommunen") for council in made])
    people = Member.objects.bulk_create(
        [
            Member(
                council=made[number % councils],
                organisation=homes[number % councils],
                name=f"Person {number}",
                title="Handläggare",
                email=f"person{number}@example.org",
                role=Role.OWNER,
                mandate_from=date(2010, 1, 1),
            )
            for number in range(owners)
        ],
        batch_size=BATCH,
    )
    items = {}
    for council in made:
        [item, *_rest] = _agenda_of_one(council)
        items[council.pk] = item.pk
    assert len(items) == AgendaItem.objects.count()
    columns = (
        "council_id, agenda_item_id, title, owner_id, agreed_on, deadline, status, effect, version, removed, "
        "sort_key, stems"
    )
    agreed = connection.ops.adapt_datefield_value(TODAY - timedelta(days=400))
    days = {days: connection.ops.adapt_datefield_value(TODAY + timedelta(days=days)) for days in range(-240, 400)}
    with connection.cursor() as cursor:
        for start in range(0, actions, 1000):
            rows: list[object] = []
            for number in range(start, min(start + 1000, actions)):
                owner = people[(number * 7919 + number // 200) % owners]
                due = number % 200 < 41
                deadline = days[14 - number // 200 % 134] if due else days[15 + number % 240]
                title = f"{VERBS[number % 14]} {THINGS[number // 14 % 14]}"
                rows += [owner.council_id, items[owner.council_id], title, owner.pk, agreed, deadline]
                rows += ["in_progress", "", 0, False, title.casefold(), title.casefold()]
            one = f"({', '.join(['%s'] * 12)})"
            values = ", ".join([one] * (len(rows) // 12))
            cursor.execute(f"INSERT INTO actions_action ({columns}) VALUES {values}", rows)  # noqa: S608 - our own text
    analyze()
    return made


def _agenda_of_one(council: "Council") -> "list[AgendaItem]":
    """One meeting held long ago, with one item."""
    from bra.models import STOCKHOLM
    from meetings.models import AgendaItem, Meeting, MeetingState

    held = datetime(2016, 2, 1, 13, tzinfo=STOCKHOLM)
    meeting = Meeting.objects.create(
        council=council,
        year=2016,
        sequence=1,
        date=held.date(),
        starts_at=time(13),
        ends_at=time(15),
        state=MeetingState.ADJOURNED,
        opened_at=held,
        adjourned_at=held + timedelta(hours=2),
    )
    return [AgendaItem.objects.create(meeting=meeting, position=1, title="Uppföljning")]
