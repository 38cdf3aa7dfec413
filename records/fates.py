"""What becomes of the rows that refer to a record when the record goes: decided for each foreign key, in one table."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Q

from actions.models import Action, ReminderLine
from bra.models import Council, HistoryEntry, Letter, LoggedMail, MailLink
from bra.post import message_id
from meetings.models import Meeting, SignOff
from reports.models import Report

AT_A_TIME = 500
T = TypeVar("T")


class Fate(Enum):
    """What becomes of a row whose foreign key names a record that goes."""

    # It belongs to the record.
    GOES = "goes"
    # It stays, and refers to nothing.
    CLEARED = "cleared"
    # As long as it is there, the record stays.
    KEEPS = "keeps"
    # It goes when it was removed already; otherwise the record stays.
    KEEPS_UNLESS_REMOVED = "keeps unless removed"


FATES = {
    "meetings.AgendaItem.case": Fate.CLEARED,  # the item is part of its meeting's minutes
    "meetings.AgendaItem.carried_from": Fate.CLEARED,
    "meetings.AgendaItem.meeting": Fate.GOES,
    "meetings.AgendaItem.minutes_of": Fate.CLEARED,
    "meetings.AgendaItem_topics.agendaitem": Fate.GOES,
    "meetings.Addendum.meeting": Fate.GOES,
    "meetings.Adjuster.meeting": Fate.GOES,
    "meetings.Attendance.from_item": Fate.KEEPS,
    "meetings.Attendance.to_item": Fate.KEEPS,
    "meetings.Attendance.meeting": Fate.GOES,
    "meetings.Case.merged_into": Fate.GOES,  # one that was merged is part of the other
    "meetings.Case.split_from": Fate.CLEARED,
    "meetings.Case_topics.case": Fate.GOES,
    "meetings.CaseLink.one": Fate.GOES,
    "meetings.CaseLink.other": Fate.GOES,
    "meetings.CaseWatch.case": Fate.GOES,
    "meetings.CaseWatch.seen": Fate.CLEARED,
    "meetings.Decision.item": Fate.GOES,
    "meetings.Guest.from_item": Fate.KEEPS,
    "meetings.Guest.to_item": Fate.KEEPS,
    "meetings.Guest.meeting": Fate.GOES,
    "meetings.ItemComment.item": Fate.GOES,
    "meetings.ItemComment.sign_off": Fate.GOES,
    "meetings.ItemProposal.item": Fate.CLEARED,
    "meetings.ItemProposal.meeting": Fate.GOES,
    "meetings.Meeting.current_item": Fate.CLEARED,
    "meetings.SignOff.meeting": Fate.GOES,
    "meetings.SignedMinutes.meeting": Fate.GOES,
    "meetings.SignedMinutes.sign_off": Fate.GOES,
    "meetings.Signer.sign_off": Fate.GOES,
    "meetings.StandingItem_topics.standingitem": Fate.GOES,
    "meetings.SummonsReply.meeting": Fate.GOES,
    "meetings.Unlocking.minutes": Fate.GOES,
    "actions.Action.activity": Fate.KEEPS,  # an earlier day's report looks the activity up
    "actions.Action.agenda_item": Fate.KEEPS_UNLESS_REMOVED,  # an action has a rule of its own
    "actions.Action.decision": Fate.CLEARED,
    "actions.Action.repeats": Fate.CLEARED,
    "actions.Action.waits_for": Fate.CLEARED,
    "actions.Activity.goal": Fate.GOES,
    "actions.Comment.action": Fate.GOES,
    "actions.DeadlineRequest.action": Fate.GOES,
    "actions.DueQuarter.activity": Fate.GOES,
    "actions.Escalation.action": Fate.GOES,
    "actions.Escalation.proposal": Fate.CLEARED,
    "actions.Indicator.activity": Fate.GOES,
    "actions.IndicatorOutcome.indicator": Fate.GOES,
    "actions.Mention.comment": Fate.GOES,
    "actions.ReminderLine.action": Fate.GOES,
    "actions.ReminderLine.reminder": Fate.GOES,
    "imports.ImportBatch.item": Fate.CLEARED,
    "imports.ImportedAction.action": Fate.GOES,
    "imports.ImportedAction.batch": Fate.GOES,
    "imports.ImportedAction.comment": Fate.CLEARED,
    "records.Refusal.release": Fate.GOES,
    "records.Refusal_grounds.refusal": Fate.GOES,
    "records.ReleasedCopy.release": Fate.GOES,
    "records.ReleasedCopy_grounds.releasedcopy": Fate.GOES,
    "reports.Download.report": Fate.GOES,
    "reports.ReportSchedule.report": Fate.CLEARED,
    "reports.ReturnedAction.action": Fate.GOES,
    "reports.ReturnedAction.comment": Fate.CLEARED,
    "reports.ReturnedAction.file": Fate.GOES,
    "reports.ReturnedFile.report": Fate.CLEARED,
    "meetings.AgendaItem.legal_ground": Fate.KEEPS,
    "meetings.Case.legal_ground": Fate.KEEPS,
    "meetings.Addendum.legal_ground": Fate.KEEPS,
}

# What the mails of a kind are about: they go with it, and so do their texts in the log. By the key of the row.
MAIL_ABOUT: dict[type[models.Model], tuple[str, ...]] = {
    Meeting: ("summons", "cancelled", "minutes", "digest", "watch"),
    SignOff: ("sign", "signed"),
    Action: ("handover", "sent_back", "deadline", "mention"),
    Report: ("report",),
}
LINKS_ABOUT: dict[type[models.Model], tuple[str, ...]] = {Meeting: ("summons", "minutes")}


@dataclass
class Trees:
    """Records with all that goes with them. `rows` maps a model to {key: the key of its record}."""

    model: type[models.Model]
    rows: dict[type[models.Model], dict[int, int]] = field(default_factory=dict)
    # {the key of a record: the names of what keeps it}
    kept: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


def name_of(key: "models.Field[Any, Any]") -> str:
    """The name of a foreign key in FATES."""
    return f"{key.model._meta.label}.{key.name}"


@cache
def references(model: type[models.Model]) -> tuple[models.ForeignKey[Any, Any], ...]:
    """The foreign keys of all apps that name the model."""
    return tuple(
        key
        for other in apps.get_models(include_auto_created=True)
        for key in other._meta.local_fields
        if isinstance(key, models.ForeignKey) and key.related_model is model
    )


def grown(model: type[models.Model], keys: Collection[int]) -> Trees:
    """Find what goes with records of one model, and what keeps them; as many queries for many as for one."""
    trees = Trees(model, {model: {key: key for key in keys}})
    fresh = [(model, trees.rows[model])]
    while fresh:
        parent, owners = fresh.pop()
        for reference in references(parent):
            fate = FATES.get(name_of(reference))
            if fate not in (Fate.GOES, Fate.KEEPS_UNLESS_REMOVED):
                continue
            only = Q(removed=True) if fate is Fate.KEEPS_UNLESS_REMOVED else Q()
            known = trees.rows.setdefault(reference.model, {})
            new = {pk: owners[key] for pk, key in _pairs(reference, owners, only) if pk not in known}
            if new:
                known |= new
                fresh.append((reference.model, new))
    for parent, owners in trees.rows.items():
        _note_keepers(trees, parent, owners)
    return trees


def _note_keepers(trees: Trees, parent: type[models.Model], owners: dict[int, int]) -> None:
    for reference in references(parent):
        if FATES.get(name_of(reference), Fate.KEEPS) not in (Fate.KEEPS, Fate.KEEPS_UNLESS_REMOVED):
            continue
        going = trees.rows.get(reference.model, {})
        for pk, key in _pairs(reference, owners, Q()):
            if going.get(pk) != owners[key]:
                trees.kept[owners[key]].add(str(reference.model._meta.verbose_name))


def _pairs(reference: models.ForeignKey[Any, Any], keys: Collection[int], only: Q) -> Iterator[tuple[int, int]]:
    """(key of the row that refers, key that it names) of the rows that name one of `keys`."""
    column = reference.attname
    for part in _parts(keys):
        rows = reference.model._base_manager.filter(only, **{f"{column}__in": part}).order_by()
        yield from rows.values_list("pk", column)


def _parts(things: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(things)
    while part := list(islice(rest, AT_A_TIME)):
        yield part


def entries_of(trees: Trees, council: Council) -> models.QuerySet[HistoryEntry]:
    """The history of all the rows."""
    about = Q(pk__in=())
    for model, rows in trees.rows.items():
        if rows:
            about |= Q(target_type=model._meta.model_name, target_id__in=list(rows))
    return HistoryEntry.objects.filter(about, council=council)


def take_away(trees: Trees, council: Council) -> None:
    """Delete the rows, in the caller's transaction, with the mails about them; nothing may keep any of them.

    The keys between the rows are checked when the transaction ends, so their order doesn't matter.
    """
    _take_mail(trees, council)
    for model, rows in trees.rows.items():
        for reference in references(model):
            if FATES.get(name_of(reference)) is Fate.CLEARED:
                for part in _parts(rows):
                    named = reference.model._base_manager.filter(**{f"{reference.attname}__in": part})
                    named.update(**{reference.attname: None})
    for model, rows in trees.rows.items():
        for part in _parts(rows):
            # The verbs of the floors below, and their signals, are about rows that go on living.
            going = model._base_manager.filter(pk__in=part)
            going._raw_delete(going.db)


def _take_mail(trees: Trees, council: Council) -> None:
    """Take away the mails about the rows; of a mail about other things too, as a reminder, only its logged text."""
    reminders = set(trees.rows.get(Letter, ()))
    if lines := trees.rows.get(ReminderLine):
        for part in _parts(lines):
            reminders |= set(ReminderLine.objects.filter(pk__in=part).values_list("reminder", flat=True))
    about = Q(pk__in=reminders)
    own = Q(pk__in=())
    for model, kinds in MAIL_ABOUT.items():
        if rows := trees.rows.get(model):
            own |= Q(kind__in=kinds, about__in=list(rows))
    letters = Letter.objects.filter(about | own, council=council)
    for names in _parts(map(message_id, letters.iterator())):
        LoggedMail.objects.filter(council=council, message_id__in=names).update(text="", html="", subject="")
    mine = Letter.objects.filter(own, council=council)
    ReminderLine.objects.filter(reminder__in=mine).delete()
    mine._raw_delete(mine.db)
    for model, purposes in LINKS_ABOUT.items():
        if rows := trees.rows.get(model):
            MailLink.objects.filter(member__council=council, purpose__in=purposes, about__in=list(rows)).delete()
