"""What the council agreed to do: the work plan, actions, comments and reminders."""

from actions.models.actions import AGREED, AGREED_LIVE, LIVE, Action, ActionQuerySet, Comment, Status
from actions.models.plan import Activity, DueQuarter, Goal, WorkPlan, WorkPlanQuerySet
from actions.models.reminders import REMINDER, ReminderLine, ReminderRun, reminder_letters, visible_reminders

__all__ = [
    "AGREED",
    "AGREED_LIVE",
    "LIVE",
    "REMINDER",
    "Action",
    "ActionQuerySet",
    "Activity",
    "Comment",
    "DueQuarter",
    "Goal",
    "ReminderLine",
    "ReminderRun",
    "Status",
    "WorkPlan",
    "WorkPlanQuerySet",
    "reminder_letters",
    "visible_reminders",
]
