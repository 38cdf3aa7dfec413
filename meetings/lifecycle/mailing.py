"""The verbs that send mail about what a meeting came to."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from bra import history, post
from bra.errors import RuleBroken
from bra.models import Letter, Member
from bra.rows import locked
from meetings.lifecycle.common import refuse_unheld
from meetings.mailing import MINUTES, WATCH, mailable, minutes_cause, news_for
from meetings.models import CaseWatch, Meeting, current_minutes


@transaction.atomic
def mail_minutes(*, meeting: Meeting, recipients: Collection[Member], by: Member, on: date) -> int:
    """Mail the minutes of an adjourned meeting, as a link, to those of `recipients` who haven't got them.

    Who has another address since they were sent hasn't got them. Minutes that aren't signed off may go out again
    another day. Returns the number of mails.
    """
    meeting = locked(meeting)
    refuse_unheld(meeting)
    if not meeting.has_ended:
        raise RuleBroken(_("The meeting is in session. Adjourn it first."))
    if not recipients:
        raise RuleBroken(_("Choose who is to get the mail."), field="recipients")
    minutes = current_minutes(meeting)
    cause = minutes_cause(meeting, minutes, on)
    chosen = mailable(meeting.council, on).filter(pk__in=[member.pk for member in recipients])
    earlier = Letter.objects.filter(kind=MINUTES, about=meeting.pk, recipient__in=chosen)
    missed = [row for row in earlier.select_related("recipient__user") if post.first_cause(row) == cause]
    posted = post.post(
        council=meeting.council,
        kind=MINUTES,
        recipients=chosen.select_related("user"),
        cause=cause,
        on=on,
        about=meeting.pk,
    )
    posted += post.post_anew(letters=missed, on=on)
    if posted:
        changes = {"mails": (None, posted), "edition": (None, minutes.edition if minutes else None)}
        history.record(
            council=meeting.council, by=by, on=on, verb="meeting.minutes_mailed", target=meeting, changes=changes
        )
    return posted


@transaction.atomic
def mail_minutes_again(*, meeting: Meeting, letter: Letter, by: Member, on: date) -> Letter:
    """Mail the minutes once more to the one whom a mail of them didn't reach: it failed, or the address is new."""
    meeting = locked(meeting)
    refuse_unheld(meeting)
    if not meeting.has_ended:
        raise RuleBroken(_("The meeting is in session. Adjourn it first."))
    cause = minutes_cause(meeting, current_minutes(meeting), on)
    if (letter.kind, letter.about, post.first_cause(letter)) != (MINUTES, meeting.pk, cause):
        raise RuleBroken(_("The minutes are others now. Choose anew who is to get them."))
    return post.resend(letter=letter, by=by, on=on)


def tell_watchers(meeting: Meeting, *, on: date) -> None:
    """Write to those who watch a case that the meeting treated: one mail each. Part of the adjourning."""
    watches = CaseWatch.objects.filter(case__items__meeting=meeting)
    watching = mailable(meeting.council, on).filter(pk__in=watches.values("member")).select_related("user")
    members = list(watching)
    told = news_for(meeting, members)
    post.post(
        council=meeting.council,
        kind=WATCH,
        recipients=[member for member in members if member.pk in told],
        cause=f"meeting {meeting.pk}",
        on=on,
        about=meeting.pk,
    )
