"""What happened on the council, told through the same verbs that its people use, day by day.

So history says who did what and when, and a report as of an earlier day finds what was true then.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from actions import indicator_lifecycle
from actions import lifecycle as actions
from actions.models import Action, Activity
from bra.models import SEATED, STOCKHOLM, Council, Member, Organisation
from demo import keeping, releases, reports, source
from meetings import lifecycle as meetings
from meetings.models import (
    AgendaItem,
    Answer,
    AttendanceStatus,
    Case,
    CaseState,
    Decision,
    DecisionKind,
    ItemKind,
    ItemState,
    Meeting,
    SignOff,
    Topic,
)

# The agenda is set the day before the summons, which goes out a week ahead.
AGENDA_DAYS_AHEAD = 8
SUMMONS_DAYS_AHEAD = 7
# Days from a meeting to its minutes being sent for signing off, to the adjuster's signature and to the chair's.
SENT_AFTER, ADJUSTED_AFTER, SIGNED_AFTER = 4, 7, 11
OFFICE_HOUR = time(9, 30)
# Added items stand before "Övriga frågor", the last item but one.
ITEMS_AT_THE_END = 2
CHAIR = "ks_ordforande"

Words = dict[str, Any]


class Story:
    """Tells the cases, the meetings and the actions in the order in which they happened."""

    def __init__(
        self,
        council: Council,
        members: dict[str, Member],
        topics: dict[str, Topic],
        activities: dict[str, Activity],
    ) -> None:
        """Tell of `council`; the others are by key, by name and by number ("3.2")."""
        self.council, self.members, self.topics, self.activities = council, members, topics, activities
        self.coordinator, self.secretary = members["samordnare"], members["sekreterare"]
        self.presenters = {
            int(position): words.get("presenter", "") for position, words in source.texts("council")["standing"].items()
        }
        self.cases: dict[str, Case] = {}
        self.meetings: dict[date, Meeting] = {}
        self.actions: dict[str, Action] = {}

    def tell(self) -> None:
        """Let everything happen, the earliest first; on one day in the order in which the days' events are listed."""
        for _day, happen in sorted(self._events(), key=lambda event: event[0]):
            happen()

    def _events(self) -> Iterator[tuple[date, Callable[[], None]]]:
        """Each day with what happens on it; whatever another event of its day builds on comes before it."""
        cases, told = source.texts("cases")["cases"], source.meetings()
        for case in cases:
            yield case["opened"], partial(self._open_case, case)
        for meeting in told:
            yield meeting["planned"], partial(self._plan, meeting)
        for meeting in told:
            yield meeting["date"] - timedelta(days=AGENDA_DAYS_AHEAD), partial(self._set_agenda, meeting)
        for meeting in told:
            if "opened" in meeting:
                yield from self._held(meeting)
        yield from self._proposals(told)
        for action in _actions_in(told):
            for step in action.get("then", []):
                yield step["on"], partial(self._go_on, action, step)
        for case in cases:
            for step in case.get("then", []):
                yield step["on"], partial(self._edit_case, case, step)
        yield from self._outcomes()
        yield from reports.events(self.council, self.coordinator)
        yield from releases.events(self.council, self.coordinator, self.secretary)
        yield from keeping.events(self.council, self.coordinator)

    def _outcomes(self) -> Iterator[tuple[date, Callable[[], None]]]:
        for indicator in source.texts("indicators")["indicators"]:
            for outcome in indicator.get("outcomes", []):
                yield outcome["on"], partial(self._measure, indicator, outcome)

    def _held(self, meeting: Words) -> Iterator[tuple[date, Callable[[], None]]]:
        day = meeting["date"]
        yield day - timedelta(days=SUMMONS_DAYS_AHEAD), partial(self._summon, meeting)
        yield day, partial(self._hold, meeting)
        yield day + timedelta(days=SENT_AFTER), partial(self._send_for_sign_off, meeting)
        yield day + timedelta(days=ADJUSTED_AFTER), partial(self._sign, meeting, meeting["adjuster"])
        if "unsigned" not in meeting:
            yield day + timedelta(days=SIGNED_AFTER), partial(self._sign, meeting, CHAIR)

    def _proposals(self, told: list[Words]) -> Iterator[tuple[date, Callable[[], None]]]:
        for meeting in told:
            for proposal in meeting.get("proposals", []):
                yield proposal["on"], partial(self._propose, meeting, proposal)

    # The plan

    def _measure(self, words: Words, outcome: Words) -> None:
        number = outcome.get("number")
        indicator_lifecycle.note_outcome(
            indicator=self.activities[words["activity"]].indicators.get(name=words["name"]),
            measured=outcome["on"],
            number=None if number is None else Decimal(number),
            day=outcome.get("day"),
            note=outcome.get("note", ""),
            by=self.coordinator,
            on=outcome["on"],
        )

    # Cases

    def _open_case(self, words: Words) -> None:
        self.cases[words["key"]] = meetings.open_case(
            council=self.council,
            by=self.coordinator,
            on=words["opened"],
            title=words["title"],
            organisation=Organisation.objects.get(council=self.council, name=words["organisation"]),
            topics=[self.topics[name] for name in words["topics"]],
            situation=words["situation"],
            ground=self.council.legal_grounds.get(reference=words["ground"]) if "ground" in words else None,
        )

    def _edit_case(self, words: Words, step: Words) -> None:
        case = self.cases[words["key"]]
        case.refresh_from_db()
        meetings.edit_case(
            case=case,
            by=self.coordinator,
            on=step["on"],
            topics=case.topics.all(),
            state=CaseState(step.get("state", case.state)),
            situation=step["situation"],
        )
        if "outcome" in step:
            meetings.close_case(case=case, outcome=step["outcome"], by=self.coordinator, on=step["on"])
        for key in step.get("linked", []):
            meetings.link_cases(case=case, other=self.cases[key], by=self.coordinator, on=step["on"])
        if step.get("watched"):
            meetings.watch_case(case=case, by=self.coordinator, on=step["on"])

    # Meetings

    def _plan(self, words: Words) -> None:
        self.meetings[words["date"]] = meetings.plan_meeting(
            council=self.council,
            by=self.coordinator,
            on=words["planned"],
            date=words["date"],
            starts_at=words["starts"],
            ends_at=words["ends"],
            place=words["place"],
        )

    def _set_agenda(self, words: Words) -> None:
        """Put presenters and cases on the standing items, add the other items, and log apologies sent in."""
        meeting, on = self.meetings[words["date"]], words["date"] - timedelta(days=AGENDA_DAYS_AHEAD)
        told = {item["standing"]: item for item in words["items"] if "standing" in item}
        for item in meeting.items.all():
            fields: Words = {"presenter": self.presenters.get(item.position, "")}
            if "case" in told.get(item.position, {}):
                fields["case"] = self.cases[told[item.position]["case"]]
            meetings.edit_item(item=item, by=self.secretary, on=on, **fields)
        for added in (item for item in words["items"] if "standing" not in item):
            new = meetings.add_item(
                meeting=meeting,
                by=self.secretary,
                on=on,
                title=added["title"],
                presenter=added["presenter"],
                case=self.cases[added["case"]],
                minutes_planned=added.get("minutes"),
            )
            for _step in range(ITEMS_AT_THE_END):
                meetings.move_item(item=new, by=self.secretary, on=on, up=True)
        if "opened" not in words:
            for key in words["apologised"]:
                self._mark(meeting, key, AttendanceStatus.APOLOGISED, on)

    def _propose(self, words: Words, proposal: Words) -> None:
        """Let a member propose an item, and the secretary decline it where `declined` holds her word."""
        sent = meetings.propose_item(
            meeting=self.meetings[words["date"]],
            by=self.members[proposal["by"]],
            on=proposal["on"],
            title=proposal["title"],
            reason=proposal["reason"],
        )
        if "declined" in proposal:
            meetings.decline_proposal(proposal=sent, answer=proposal["declined"], by=self.secretary, on=proposal["on"])

    def _summon(self, words: Words) -> None:
        """Send the summons; those who came said so, all but every third, and those who couldn't come said that."""
        meeting, on = self.meetings[words["date"]], words["date"] - timedelta(days=SUMMONS_DAYS_AHEAD)
        at = _local(on, OFFICE_HOUR)
        meetings.summon(meeting=meeting, by=self.coordinator, at=at)
        silent = {*words["absent"], *list(self.members)[::3]} - {*words["apologised"]}
        for key, member in self.members.items():
            if key not in silent and member.role in SEATED and member.is_active(words["date"]) and member.is_active(on):
                answer = Answer.NO if key in words["apologised"] else Answer.YES
                meetings.answer_summons(meeting=meeting, member=member, answer=answer, at=at + timedelta(hours=3))

    def _send_for_sign_off(self, words: Words) -> None:
        meeting, on = self.meetings[words["date"]], words["date"] + timedelta(days=SENT_AFTER)
        adjusters = [self.members[words["adjuster"]]]
        meetings.send_for_sign_off(meeting=meeting, adjusters=adjusters, by=self.secretary, on=on)

    def _sign(self, words: Words, key: str) -> None:
        """Let one of those who are to sign do so."""
        days = SIGNED_AFTER if key == CHAIR else ADJUSTED_AFTER
        at = _local(words["date"] + timedelta(days=days), OFFICE_HOUR)
        sign_off = SignOff.objects.get(meeting=self.meetings[words["date"]])
        meetings.sign(sign_off=sign_off, by=self.members[key], at=at)

    def _hold(self, words: Words) -> None:
        """Open the meeting, log who came and what was said, and adjourn it."""
        meeting, on = self.meetings[words["date"]], words["date"]
        meetings.open_meeting(meeting=meeting, by=self.secretary, at=_local(on, words["opened"]))
        elsewhere = {*words["apologised"], *words["absent"]}
        for key, member in self.members.items():
            if key not in elsewhere and member.role in SEATED and member.is_active(on):
                self._mark(meeting, key, AttendanceStatus.PRESENT, on)
        for key in words["absent"]:
            self._mark(meeting, key, AttendanceStatus.ABSENT, on)
        items = list(meeting.items.order_by("position"))
        for item, said in zip(items, words["items"], strict=True):
            if "title" in said and item.title != said["title"]:
                raise ValueError(f"{on}: {said['title']!r} was told in the place of {item.title!r}")
            self._treat(item, said, on)
        for guest in words.get("guests", []):
            meetings.add_guest(
                meeting=meeting,
                name=guest["name"],
                organisation=guest["organisation"],
                from_item=items[guest["from"] - 1],
                to_item=items[guest["to"] - 1],
                by=self.secretary,
                on=on,
            )
        meetings.adjourn(meeting=meeting, by=self.secretary, at=_local(on, words["adjourned"]))

    def _mark(self, meeting: Meeting, key: str, status: AttendanceStatus, on: date) -> None:
        meetings.mark_attendance(meeting=meeting, member=self.members[key], status=status, by=self.secretary, on=on)

    def _treat(self, item: AgendaItem, words: Words, on: date) -> None:
        """Log notes, decisions and actions of one item; at the follow-up, approve what is reported as done."""
        if item.kind == ItemKind.FOLLOW_UP:
            reported = Action.objects.filter(council=self.council).awaiting_approval()
            actions.approve_all(pks=reported.values_list("pk", flat=True), by=self.secretary, on=on)
        if "notes" in words:
            item = meetings.save_notes(item=item, text=words["notes"], version=item.version, by=self.secretary, on=on)
        decisions = [
            meetings.record_decision(
                item=item,
                text=decision["text"],
                kind=DecisionKind(decision.get("kind", DecisionKind.DECIDED)),
                by=self.secretary,
                on=on,
            )
            for decision in words.get("decisions", [])
        ]
        if not decisions:
            meetings.set_item_state(item=item, state=ItemState.TREATED, by=self.secretary, on=on)
        for action in words.get("actions", []):
            self._agree(item, action, decisions, on)

    # Actions

    def _agree(self, item: AgendaItem, words: Words, decisions: list[Decision], on: date) -> None:
        self.actions[words["title"]] = actions.agree(
            agenda_item=item,
            title=words["title"],
            owner=self.members[words["owner"]],
            deadline=words["deadline"],
            by=self.secretary,
            on=on,
            decision=decisions[words["decision"] - 1] if "decision" in words else None,
            activity=self.activities[words["activity"]] if "activity" in words else None,
        )

    def _go_on(self, words: Words, step: Words) -> None:
        """Let one thing happen to an action; by its owner unless `by` says who."""
        action = Action.objects.get(pk=self.actions[words["title"]].pk)
        by = self.members[step["by"]] if "by" in step else action.owner
        here: Words = {"action": action, "by": by, "on": step["on"]}
        verbs: dict[str, Callable[[Any], object]] = {
            "start": lambda _true: actions.start(**here),
            "comment": lambda text: actions.comment(text=text, **here),
            "done": lambda effect: actions.report_done(effect=effect, **here),
            "ask": lambda until: actions.ask_deadline(until=until, reason=step["reason"], **here),
            "postpone": lambda until: actions.postpone(until=until, reason=step["reason"], **here),
            "cancel": lambda reason: actions.cancel(reason=reason, **here),
            "hand_over": lambda key: actions.hand_over(to=self.members[key], **here),
            "reopen": lambda _true: actions.reopen(**here),
            "deadline": lambda day: actions.amend(
                title=action.title, deadline=day, activity=action.activity, version=action.version, **here
            ),
        }
        (verb,) = step.keys() - {"on", "by", "reason"}
        verbs[verb](step[verb])


def _actions_in(told: list[Words]) -> Iterator[Words]:
    return (action for meeting in told for item in meeting["items"] for action in item.get("actions", []))


def _local(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=STOCKHOLM)
