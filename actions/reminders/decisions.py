"""What a person decides: to send the day's reminders now, and when reminders go out at all."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from actions.models import REMINDER, ReminderRules
from actions.reminders.digests import DIGEST
from actions.reminders.escalating import ESCALATED
from actions.reminders.planning import plan_day
from actions.reminders.rules import rules_of
from bra import history, post
from bra.errors import RuleBroken
from bra.models import Council, Member
from bra.rows import locked

# What each rule may be, as the database has it too.
BOUNDS = {
    "first_days": (2, 60),
    "second_days": (1, 59),
    "weeks_between": (1, 12),
    "digest_days": (0, 30),
    "escalate_weeks": (0, 52),
    "grace_days": (1, 30),
}


@transaction.atomic
def send_now(*, council: Council, by: Member, on: date) -> int:
    """Plan the day without waiting for its hour; return how many mails that `by` knows of are waiting to be sent."""
    rules = rules_of(council)
    if not rules.is_working_day(on):
        raise RuleBroken(
            _("Today is a day off, so no reminders go out. The next ones go out on %(day)s.")
            % {"day": rules.next_working_day(on)}
        )
    plan_day(council=council, on=on)
    history.record(council=council, by=by, on=on, verb="reminders.sent_now", target=council, changes={"on": (None, on)})
    waiting = post.visible_letters(by).waiting().filter(kind__in=(REMINDER, DIGEST, ESCALATED))
    return waiting.exclude(recipient__in=post.paused(on)).count()


@transaction.atomic
def change_rules(*, council: Council, by: Member, on: date, **rules: int | bool) -> ReminderRules:
    """Change when the council reminds: `rules` maps fields of ReminderRules to what they shall be."""
    council = locked(council)
    for name, (least, most) in BOUNDS.items():
        if name in rules and not least <= rules[name] <= most:
            raise RuleBroken(
                _("Give a number from %(least)d to %(most)d.") % {"least": least, "most": most}, field=name
            )
    row = ReminderRules.of(council)
    changes = {name: (getattr(row, name), value) for name, value in rules.items() if getattr(row, name) != value}
    for name, (_old, value) in changes.items():
        setattr(row, name, value)
    if row.second_days >= row.first_days:
        raise RuleBroken(
            _("The second reminder comes after the first: give fewer days than %(first)d.") % {"first": row.first_days},
            field="second_days",
        )
    if changes:
        row.save()
        history.record(council=council, by=by, on=on, verb="reminders.rules", target=council, changes=changes)
    return row
