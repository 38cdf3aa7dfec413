"""The verbs of files that come back: taken up, chosen from, taken in all or nothing, and undone."""

import hashlib
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions import lifecycle as actions
from actions.models import Action, Comment, Status, WorkPlan
from bra import history
from bra.errors import Removed, RuleBroken
from bra.models import Council, Member
from bra.rows import locked
from imports import reading
from reports import marks
from reports.models import Report, ReturnedAction, ReturnedFile, ReturnState, Variant
from reports.permissions import may_take_in
from reports.returning.columns import FILLED_IN, KEY, MOST_ROWS, heads
from reports.returning.rows import Fate, Row, Step
from reports.returning.selection import Preview, kept, preview

# A file that nobody has taken in is forgotten after so many days: its cells may hold anything.
DAYS_KEPT = 30
# The council stays locked while a file is taken in, some 3 ms for each action: with so many about six seconds.
MOST_AT_ONCE = 2_000


def read(content: bytes) -> reading.Returned:
    """Read a file without trusting it; takes its time, so call it outside a transaction. Raises RuleBroken."""
    return reading.read_back(content, heads(), KEY, MOST_ROWS)


@transaction.atomic
def take_up(
    *, report: Report, file_name: str, content: bytes, read: reading.Returned, by: Member, on: date
) -> ReturnedFile:
    """Keep a file that came back with what was filled in. Nothing of it has happened to an action yet."""
    _refuse_who(by, report.council_id)
    if not report.comes_back:
        raise RuleBroken(_("Only a working copy in Excel's format can be filled in and come back."))
    _refuse_other_file(report, read)
    try:
        report = locked(report)  # so that nobody deletes it in between
    except Removed as gone:
        raise RuleBroken(_("The report has been deleted meanwhile.")) from gone
    forget_old(council=report.council, on=on)
    return ReturnedFile.objects.create(
        council=report.council,
        report=report,
        by=by,
        on=on,
        file_name=reading.masked(file_name)[-200:],
        sha256=hashlib.sha256(content).hexdigest(),
        rows=kept(read),
    )


def forget_old(*, council: Council, on: date) -> None:
    """Forget the files that nobody has taken in by then. Nothing came of them, so nothing is told of them."""
    last = on - timedelta(days=DAYS_KEPT)
    ReturnedFile.objects.filter(council=council, state=ReturnState.READ, on__lt=last).delete()


def _refuse_other_file(report: Report, read: reading.Returned) -> None:
    """Refuse a file that says that it is another one, or that has nothing to take in."""
    said = read.properties
    if said.get(marks.COUNCIL, report.council.slug) != report.council.slug:
        raise RuleBroken(_("The file is another council's. Nothing of it can be taken in here."), field="file")
    if said.get(marks.VARIANT, report.variant) == Variant.PUBLISH:
        raise RuleBroken(
            _("The file is the one for publication. Only the working copy can be filled in."), field="file"
        )
    own = {marks.KIND: str(report.kind), marks.AS_OF: report.as_of.isoformat()}
    # The plan may have got another name since; another plan's name tells another report.
    others = WorkPlan.objects.filter(council=report.council_id).exclude(pk=report.plan_id)
    if (
        any(said.get(name, value) != value for name, value in own.items())
        or others.filter(name=said.get(marks.PLAN, "")).exists()
    ):
        raise RuleBroken(
            _("The file is another report's: plan %(plan)s as of %(day)s. Take it in at that report.")
            % {"plan": reading.masked(said.get(marks.PLAN, "–")), "day": said.get(marks.AS_OF, "–")[:10]},
            field="file",
        )
    if set(KEY) & set(read.absent):
        raise RuleBroken(
            _("The file has no table with the columns ID and Version, so it can't be told which actions are meant."),
            field="file",
        )
    if set(FILLED_IN) <= set(read.absent):
        raise RuleBroken(_("The columns that are filled in have been taken out of the file."), field="file")
    if not read.rows:
        raise RuleBroken(_("There are no actions in the file."), field="file")


@transaction.atomic
def choose(*, returned: ReturnedFile, taken: dict[int, bool], by: Member) -> ReturnedFile:
    """Say of rows whose actions have moved on whether they are taken in anyway: {row's number: whether}."""
    locked(returned.council)  # before the file, as everywhere: it may be taken in in the same breath
    returned = _locked(returned, by, ReturnState.READ)
    said = set(returned.taken) - set(taken) | {number for number, whether in taken.items() if whether}
    returned.taken = sorted(said)
    returned.save(update_fields=["taken"])
    return returned


@transaction.atomic
def take_in(
    *, returned: ReturnedFile, by: Member, on: date, seen: str, leave_out: bool = False
) -> tuple[ReturnedFile, int]:
    """Do what the file says, all of it or nothing; return the file and how many actions it changed.

    `seen` is the preview's sum of what was shown: when an action has moved on since, nothing is done. Rows that are
    refused stop it, unless they are to be left out.
    """
    locked(returned.council)
    returned = _locked(returned, by, ReturnState.READ)
    pks = [row.pk for row in preview(returned, member=by, on=on).to_apply if row.pk is not None]
    # Locked in one order before one asks how they are.
    list(Action._base_manager.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk").values_list("pk"))
    found = preview(returned, member=by, on=on)
    _refuse_to_take_in(found, seen, leave_out=leave_out)
    rows = sorted(found.to_apply, key=lambda row: row.pk or 0)
    source = {"report": returned.report_id} if returned.report_id else {}
    with history.through(**source):
        ReturnedAction.objects.bulk_create([_carried_out(row, returned, by, on) for row in rows])
    counts = found.counts
    left_out = counts[Fate.REFUSED] + counts[Fate.CONFLICT] + counts[Fate.CHANGED] - len(rows)
    _end(returned, state=ReturnState.APPLIED, applied_on=on, unchanged=counts[Fate.SAME], left_out=left_out)
    history.record(
        council=returned.council,
        by=by,
        on=on,
        verb="report.returned",
        target=returned.report or returned,
        changes={"actions": (None, len(rows)), "left_out": (None, left_out), "sha256": (None, returned.sha256)},
    )
    return returned, len(rows)


def _refuse_to_take_in(found: Preview, seen: str, *, leave_out: bool) -> None:
    if found.seen != seen:
        raise RuleBroken(_("An action has changed since the rows were shown. Look at them anew, then take them in."))
    refused = found.counts[Fate.REFUSED]
    if refused and not leave_out:
        words = ngettext(
            "%(n)d row is refused. Mend it in the file and choose it anew, or say that it is to be left out.",
            "%(n)d rows are refused. Mend them in the file and choose it anew, or say that they are to be left out.",
            refused,
        )
        raise RuleBroken(words % {"n": refused}, field="leave_out")
    if not found.to_apply:
        raise RuleBroken(_("No row of the file changes anything."))
    if len(found.to_apply) > MOST_AT_ONCE:
        raise RuleBroken(
            _(
                "The file changes %(n)d actions. At most %(most)d can be taken in at once, because everybody else "
                "waits meanwhile. Empty the light cells of some rows and choose the file anew."
            )
            % {"n": len(found.to_apply), "most": MOST_AT_ONCE}
        )


def _carried_out(row: Row, returned: ReturnedFile, by: Member, on: date) -> ReturnedAction:
    """Do what one row says by the action's own verbs; return what is needed to put the action back."""
    assert row.action is not None  # a row that does something has one
    action = Action.objects.select_related("council").get(pk=row.action.pk)
    before = actions.as_it_is(action)
    action, said = _done(action, row.step, by, on)
    return ReturnedAction(
        file=returned, action=action, row=row.number, before=before, version=action.version, comment=said
    )


def _done(action: Action, step: Step, by: Member, on: date) -> tuple[Action, Comment | None]:
    reason = step.comment
    if step.status is not None and step.status != action.status:
        if step.status == Status.CANCELLED:
            # The verb keeps the reason as a comment.
            action = actions.cancel(action=action, by=by, on=on, reason=reason)
            return action, action.comments.filter(author=by).order_by("-pk").first()
        if step.status == Status.DONE:
            action = actions.report_done(
                action=action, by=by, on=on, effect=step.effect, closed_on=step.closed_on or None
            )
        elif action.closed_on is not None:
            action = actions.reopen(action=action, by=by, on=on)
        else:
            action = actions.start(action=action, by=by, on=on)
    elif step.effect and step.effect != action.effect:
        action = actions.tell_effect(action=action, by=by, on=on, effect=step.effect)
    return action, actions.comment(action=action, text=reason, by=by, on=on) if reason else None


@transaction.atomic
def undo(*, returned: ReturnedFile, by: Member, on: date) -> list[Action]:
    """Put back the actions that nobody has changed since the file was taken in; return those that are kept.

    What it said of them goes with it. Only who took the file in: a comment is taken back by who wrote it.
    """
    locked(returned.council)
    returned = _locked(returned, by, ReturnState.APPLIED)
    if returned.by_id != by.pk:
        raise RuleBroken(_("Only the one who took the file in can undo it."))
    kept_rows = []
    source = {"report": returned.report_id} if returned.report_id else {}
    rows = list(returned.returned.select_related("comment__action__council").order_by("action"))
    held = Action._base_manager.select_for_update(no_key=True, of=("self",)).select_related("agenda_item", "council")
    found = {action.pk: action for action in held.filter(pk__in=[row.action_id for row in rows]).order_by("pk")}
    with history.through(**source):
        for row in rows:
            action = found[row.action_id]
            if action.version != row.version or action.removed or action.agenda_item.restricted:
                kept_rows.append(action)
                continue
            actions.take_back(action=action, before=row.before, version=row.version, by=by, on=on)
            if row.comment is not None:
                actions.take_back_comment(comment=row.comment, by=by, on=on)
    returned.returned.update(before={})
    _end(returned, state=ReturnState.UNDONE, undone_on=on)
    history.record(
        council=returned.council,
        by=by,
        on=on,
        verb="report.return_undone",
        target=returned.report or returned,
        changes={"actions": (len(rows), len(kept_rows))},
    )
    return kept_rows


@transaction.atomic
def discard(*, returned: ReturnedFile, by: Member) -> None:
    """Forget a file that is being looked at. Nothing came of it, so nothing is told of it."""
    _locked(returned, by, ReturnState.READ).delete()


def _locked(returned: ReturnedFile, by: Member, state: ReturnState) -> ReturnedFile:
    _refuse_who(by, returned.council_id)
    try:
        returned = locked(returned)
    except Removed as gone:
        raise RuleBroken(_("The file is thrown away. Nothing of it is kept.")) from gone
    if returned.state != state:
        raise RuleBroken(
            _("The file has been taken in already.")
            if state == ReturnState.READ
            else _("There is nothing to undo: the file isn't taken in.")
        )
    return returned


def _refuse_who(by: Member, council_pk: int) -> None:
    if by.council_id != council_pk or not may_take_in(by):
        raise RuleBroken(_("Only the coordinator takes filled-in reports in."))


def _end(returned: ReturnedFile, **fields: object) -> None:
    """Go on to another state. What stood in the cells isn't kept any longer."""
    for name, value in (fields | {"rows": {}, "taken": []}).items():
        setattr(returned, name, value)
    returned.save(update_fields=[*fields, "rows", "taken"])
