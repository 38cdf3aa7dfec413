"""A council with a plan and something to report, made by the verbs, so that history says what a report rewinds."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from actions import lifecycle
from actions.models import Action, Activity, WorkPlan
from bra.models import Council, Member, Role
from meetings.models import AgendaItem, Meeting, MeetingState
from reports.questions import Question
from tests import make

DAY = make.TODAY


@dataclass
class Story:
    """One council's council, plan, activities and people."""

    council: Council
    plan: WorkPlan
    activities: list[Activity]
    secretary: Member
    owners: list[Member]
    items: list[AgendaItem] = field(default_factory=list)

    def meet(self, day: date, **item: object) -> AgendaItem:
        """A meeting on `day` with one treated item; over by the time the story goes on."""
        meeting = make.make_meeting(self.council, MeetingState.ADJOURNED, date=day)
        found = make.make_item(meeting, **{"state": "treated"} | item)
        self.items.append(found)
        return found

    def agree(self, day: date, item: AgendaItem | None = None, **fields: object) -> Action:
        """An action agreed by the verb at a meeting held on `day`."""
        item = item or self.meet(day)
        Meeting.objects.filter(pk=item.meeting_id).update(state=MeetingState.IN_SESSION)
        values = {
            "title": "Prata med fastighetsägaren",
            "owner": self.owners[0],
            "deadline": day + timedelta(days=30),
            "activity": self.activities[0],
        } | fields
        action = lifecycle.agree(agenda_item=item, by=self.secretary, on=day, **values)
        Meeting.objects.filter(pk=item.meeting_id).update(state=MeetingState.ADJOURNED)
        return action

    def ask(self, as_of: date = DAY, first: date | None = None, last: date | None = None) -> Question:
        """The question of the plan so far."""
        return Question(self.plan, first or self.plan.starts, last or DAY, as_of)


def make_story(council: Council | None = None) -> Story:
    """A council with a plan of two goals, two activities in the first, and three owners in two organisations."""
    council = council or make.make_council()
    plan = make.make_plan(council)
    plan.council = council
    police = make.make_organisation(council, name="Polisen")
    school = make.make_organisation(council, name="Åsens skola")
    return Story(
        council=council,
        plan=plan,
        activities=[make.make_activity(plan, 1), make.make_activity(plan, 1), make.make_activity(plan, 2)],
        secretary=make.make_member(council, Role.SECRETARY, cleared=True),
        owners=[
            make.make_member(council, organisation=police, title="kommunpolis", cleared=True),
            make.make_member(council, organisation=school, title="rektor", cleared=True),
            make.make_member(council, organisation=school, title="kurator"),
        ],
    )
