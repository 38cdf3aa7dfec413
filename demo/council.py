"""Builds the demonstration: the standing rows here, what happened at the meetings in demo/story.py."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from actions.models import Activity, DueQuarter, Goal, Indicator, WorkPlan
from bra import history, lifecycle
from bra.errors import RuleBroken
from bra.grounds import give_grounds
from bra.models import STOCKHOLM, Council, Letter, LetterState, Member, Organisation, Role, User
from bra.sealing import seal
from demo import source
from demo.story import Story
from meetings.models import CaseRules, ItemKind, StandingItem, Topic

# The seats are older than the story; politicians have theirs until the end of 2018.
MANDATE_FROM = date(2015, 1, 1)
EXTREMISM = "Våldsbejakande extremism"
MAIL_HOUR = 8
# No letter or digit that can be taken for another one, in print or read aloud.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Login:
    """How one of the demonstration's people logs in."""

    member: Member
    email: str
    password: str


def existing() -> Council | None:
    """The demonstration's council, if it has been loaded."""
    return Council.objects.filter(slug=source.texts("council")["slug"]).first()


@transaction.atomic
def load() -> list[Login]:
    """Build the whole council, or nothing; return who can log in. Raises RuleBroken when an address is taken."""
    council = _council()
    topics = _topics(council)
    _standing_items(council, topics)
    activities = _plan(council)
    members, logins = _members(council, _organisations(council))
    Story(council, members, topics, activities).tell()
    _settle_mail(council)
    seal(council.pk)
    return logins


def _settle_mail(council: Council) -> None:
    """What the story's people were told by mail reached them then; nobody gets it today."""
    letters = list(Letter.objects.waiting().filter(council=council).select_related("recipient__user"))
    for letter in letters:
        letter.state, letter.address = LetterState.SENT, letter.recipient.address
        letter.sent_at = datetime.combine(letter.on, time(MAIL_HOUR), STOCKHOLM)
    Letter.objects.bulk_update(letters, ["state", "sent_at", "address"])


def new_password() -> str:
    """A password that nobody has had before: sixteen characters in groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _council() -> Council:
    words = source.texts("council")
    council = Council.objects.create(
        name=words["name"], slug=words["slug"], accent=words["accent"], pinned_today=words["pinned_today"]
    )
    give_grounds(council=council, by=None, on=MANDATE_FROM)
    CaseRules.objects.create(council=council, quiet_weeks=words["quiet_weeks"])
    return council


def _topics(council: Council) -> dict[str, Topic]:
    return {
        topic["name"]: Topic.objects.create(council=council, **topic) for topic in source.texts("council")["topics"]
    }


def _standing_items(council: Council, topics: dict[str, Topic]) -> None:
    extra = source.texts("council")["standing"]
    for row in source.rows("standing_agenda"):
        words = extra[row["position"]]
        item = StandingItem.objects.create(
            council=council,
            position=int(row["position"]),
            title=row["title_sv"],
            kind=ItemKind(words.get("kind", row["kind"])),
            presenter=words.get("presenter", ""),
            minutes_planned=words["minutes"],
        )
        names = list(words.get("topics", []))
        if row["extremism_related"] == "yes":
            names.append(EXTREMISM)
        item.topics.set([topics[name] for name in names])


def _plan(council: Council) -> dict[str, Activity]:
    """Make the work plan; return its activities by number ("3.2")."""
    plan = WorkPlan.objects.create(council=council, **source.texts("council")["plan"])
    activities = {}
    for row in source.rows("work_plan_2016_2017"):
        goal, _made = Goal.objects.get_or_create(
            plan=plan, number=int(row["goal_number"]), defaults={"title": row["goal_sv"]}
        )
        activity = Activity.objects.create(
            goal=goal,
            number=int(row["activity_number"].partition(".")[2]),
            title=row["activity_sv"],
            responsible_role=row["responsible_role_sv"],
            indicator=row["indicator_sv"],
        )
        quarters = [text.split("-K") for text in source.listed(row["due_quarters"])]
        DueQuarter.objects.bulk_create(
            DueQuarter(activity=activity, year=int(year), quarter=int(quarter)) for year, quarter in quarters
        )
        activities[row["activity_number"]] = activity
    for words in source.texts("indicators")["indicators"]:
        fields = {name: value for name, value in words.items() if name not in ("activity", "outcomes")}
        Indicator.objects.create(activity=activities[words["activity"]], **fields)
    return activities


def _organisations(council: Council) -> dict[str, Organisation]:
    names = [row["name_sv"] for row in source.rows("organisations")] + source.texts("council")["beside"]
    return {name: lifecycle.organisation_named(council=council, name=name, by=None, on=MANDATE_FROM) for name in names}


def _members(council: Council, organisations: dict[str, Organisation]) -> tuple[dict[str, Member], list[Login]]:
    """Seat the members; return them by key, and the log-ins of those who have one, the coordinator's first."""
    members, logins = {}, []
    for person in source.texts("council")["members"]:
        first = person.get("mandate_from", MANDATE_FROM)
        member = lifecycle.seat_member(
            council=council,
            organisation=organisations[person["organisation"]],
            name=person["name"],
            title=person["title"],
            email=person["email"],
            role=Role(person.get("role", Role.MEMBER)),
            cleared=person.get("cleared", False),
            mandate_from=first,
            mandate_to=person.get("mandate_to"),
            by=None,
            on=first,
        )
        if person.get("login"):
            logins.append(_login(member, new_password()))
        elif person.get("user"):
            _login(member, "")
        members[person["key"]] = member
    return members, sorted(logins, key=lambda login: list(Role).index(Role(login.member.role)))


def _login(member: Member, password: str) -> Login:
    """Let the member log in, with "" once they have chosen a password themselves.

    A user who has that address already is somebody else, and keeps their password.
    """
    if User.objects.filter(email__iexact=member.email).exists():
        raise RuleBroken(
            _("There is already a user with the address %(email)s, so the demonstration can't be loaded.")
            % {"email": member.email}
        )
    user = User.objects.create_user(member.email, password or None)
    history.change(
        member, council=member.council, by=None, on=member.mandate_from, verb="member.login_given", user=user
    )
    return Login(member, user.email, password)
