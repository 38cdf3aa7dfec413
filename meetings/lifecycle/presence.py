"""The verbs of who is there when, and of what is spoken of now."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import SEATED, Member
from bra.rows import locked
from meetings.lifecycle.common import locked_in_session, locked_unsettled, refuse_taken_off
from meetings.models import AgendaItem, Attendance, AttendanceStatus, Guest, Meeting, Stay


@transaction.atomic
def take_up(*, item: AgendaItem, by: Member, at: datetime) -> Meeting:
    """Make the item the current one of its meeting at the council's local time `at`; the last one's clock stops."""
    meeting = locked_in_session(item.meeting)
    if meeting.current_item_id == item.pk:
        return meeting
    item = locked(item)
    refuse_taken_off(item)
    stop_clock(meeting, at)
    meeting.current_item, meeting.current_since = item, at
    meeting.save(update_fields=["current_item", "current_since"])
    history.record(council=meeting.council, by=by, on=at.date(), verb="item.taken_up", target=item, changes={})
    return meeting


def stop_clock(meeting: Meeting, at: datetime) -> None:
    """Add the time since the current item became so to what was spent on it. Doesn't save the meeting."""
    if meeting.current_item is not None and meeting.current_since is not None:
        item = locked(meeting.current_item)
        # A demonstration's day may be pinned to an earlier one meanwhile: time never runs backwards.
        item.seconds_spent += max(0, int((at - meeting.current_since).total_seconds()))
        item.save(update_fields=["seconds_spent"])


def leave_items(meeting: Meeting) -> None:
    """No item of the meeting is the current one any longer. No history tells it: what ends it is told itself."""
    meeting.current_item = meeting.current_since = None
    meeting.save(update_fields=["current_item", "current_since"])


@transaction.atomic
def note_stay(
    *,
    meeting: Meeting,
    member: Member,
    by: Member,
    on: date,
    substitute_for: Member | None = None,
    from_item: AgendaItem | None = None,
    to_item: AgendaItem | None = None,
) -> Attendance:
    """Note that the member is present, from which item to which, and for whom the member stands in."""
    meeting = locked_unsettled(meeting)
    refuse_without_mandate(meeting, member)
    if member.role not in SEATED:
        raise RuleBroken(_("Choose a member who sits on this council."))
    known = Attendance.objects.filter(meeting=meeting, member=member).first()
    row = known or Attendance(meeting=meeting, member=member)
    _refuse_bad_stay(meeting, from_item, to_item)
    if substitute_for is not None:
        _refuse_substitution(meeting, member, substitute_for)
    before = _noted(row)
    row.status = AttendanceStatus.PRESENT
    row.from_item, row.to_item, row.substitute_for = from_item, to_item, substitute_for
    refuse_two_on_one_seat(row)
    if known and _noted(row) == before:
        return row
    row.save()
    noted: dict[str, Any] = {
        "from": from_item.position if from_item else None,
        "to": to_item.position if to_item else None,
        "for": substitute_for.pk if substitute_for else None,
    }
    history.record(
        council=meeting.council,
        by=by,
        on=on,
        verb="meeting.stay",
        target=meeting,
        changes={f"member {member.pk}": (None, noted)},
    )
    return row


def _noted(row: Attendance) -> tuple[str, int | None, int | None, int | None]:
    return row.status, row.from_item_id, row.to_item_id, row.substitute_for_id


def refuse_without_mandate(meeting: Meeting, member: Member) -> None:
    """Refuse a member of another council, or one whose mandate doesn't cover the meeting's day."""
    if member.council_id != meeting.council_id or not member.is_active(meeting.date):
        raise RuleBroken(_("%(member)s has no mandate on the day of the meeting.") % {"member": member.label})


def refuse_two_on_one_seat(row: Attendance) -> None:
    """Refuse that a member is there at an item at which somebody stands in for the member, or two do."""
    if row.status != AttendanceStatus.PRESENT:
        return
    present = Attendance.objects.filter(meeting=row.meeting, status=AttendanceStatus.PRESENT)
    others = present.exclude(member=row.member).select_related("member", "substitute_for", "from_item", "to_item")
    for other in others:
        if not row.overlaps(other):
            continue
        if other.substitute_for_id == row.member_id:
            raise RuleBroken(
                _("%(substitute)s stands in for %(member)s. Note from and until which item each of them is there.")
                % {"substitute": other.member.display_name, "member": row.member.display_name}
            )
        if row.substitute_for is None:
            continue
        if other.member_id == row.substitute_for_id:
            raise RuleBroken(
                _("%(member)s is there too. Note from and until which item each of them is there.")
                % {"member": other.member.display_name},
                field="substitute_for",
            )
        if other.substitute_for_id == row.substitute_for_id:
            raise RuleBroken(
                _("%(substitute)s stands in for %(member)s already.")
                % {"substitute": other.member.display_name, "member": row.substitute_for.display_name},
                field="substitute_for",
            )


def _refuse_substitution(meeting: Meeting, member: Member, substitute_for: Member) -> None:
    if substitute_for.pk == member.pk:
        raise RuleBroken(_("Nobody stands in for themselves."), field="substitute_for")
    if substitute_for.council_id != meeting.council_id or substitute_for.role not in SEATED:
        raise RuleBroken(_("Choose a member who sits on this council."), field="substitute_for")
    if not substitute_for.is_active(meeting.date):
        raise RuleBroken(
            _("%(member)s has no mandate on the day of the meeting.") % {"member": substitute_for.label},
            field="substitute_for",
        )


def _refuse_bad_stay(meeting: Meeting, from_item: AgendaItem | None, to_item: AgendaItem | None) -> None:
    for name, item in (("from_item", from_item), ("to_item", to_item)):
        if item is not None and item.meeting_id != meeting.pk:
            raise RuleBroken(_("Choose an item of this meeting."), field=name)
        if item is not None and not AgendaItem.objects.filter(pk=item.pk).exists():
            raise RuleBroken(_("The item has been taken off the agenda."), field=name)
    if Stay.is_backwards(from_item, to_item):
        raise RuleBroken(_("One can't leave before one has come."), field="to_item")


def refuse_item_of_a_stay(item: AgendaItem) -> None:
    """Refuse to remove an item that tells when somebody came or left."""
    stays = Q(from_item=item) | Q(to_item=item)
    if Attendance.objects.filter(stays).exists() or Guest.objects.filter(stays).exists():
        raise RuleBroken(_("The attendance tells that somebody came or left at this item, so it stays on the agenda."))


@transaction.atomic
def add_guest(
    *,
    meeting: Meeting,
    name: str,
    by: Member,
    on: date,
    organisation: str = "",
    from_item: AgendaItem | None = None,
    to_item: AgendaItem | None = None,
) -> Guest:
    """Note somebody who is co-opted to this meeting."""
    meeting = locked_unsettled(meeting)
    name, organisation = " ".join(name.split()), " ".join(organisation.split())
    if not name:
        raise RuleBroken(_("Write who is co-opted."), field="name")
    _refuse_bad_stay(meeting, from_item, to_item)
    _refuse_same_guest(meeting, name, organisation)
    guest = Guest.objects.create(
        meeting=meeting, name=name, organisation=organisation, from_item=from_item, to_item=to_item
    )
    _tell_of_guest(guest, by=by, on=on, verb="meeting.guest_added")
    return guest


@transaction.atomic
def edit_guest(
    *,
    guest: Guest,
    name: str,
    organisation: str,
    by: Member,
    on: date,
    from_item: AgendaItem | None,
    to_item: AgendaItem | None,
) -> Guest:
    """Change what is noted of a guest, as until which item the guest was there."""
    meeting = locked_unsettled(guest.meeting)
    guest = locked(guest)
    name, organisation = " ".join(name.split()), " ".join(organisation.split())
    if not name:
        raise RuleBroken(_("Write who is co-opted."), field="name")
    if guest.removed:
        raise RuleBroken(_("The guest has been taken off the attendance."))
    _refuse_bad_stay(meeting, from_item, to_item)
    _refuse_same_guest(meeting, name, organisation, but=guest)
    before = (guest.name, guest.organisation, guest.from_item, guest.to_item)
    if before == (name, organisation, from_item, to_item):
        return guest
    guest.name, guest.organisation, guest.from_item, guest.to_item = name, organisation, from_item, to_item
    guest.save(update_fields=["name", "organisation", "from_item", "to_item"])
    _tell_of_guest(guest, by=by, on=on, verb="meeting.guest_edited")
    return guest


def _refuse_same_guest(meeting: Meeting, name: str, organisation: str, but: Guest | None = None) -> None:
    same = Guest.objects.filter(meeting=meeting, removed=False, name__iexact=name, organisation__iexact=organisation)
    if (same.exclude(pk=but.pk) if but else same).exists():
        raise RuleBroken(_("%(name)s is noted already.") % {"name": name}, field="name")


@transaction.atomic
def remove_guest(*, guest: Guest, by: Member, on: date, removed: bool = True) -> Guest:
    """Take a guest off the attendance; `removed=False` brings the guest back."""
    locked_unsettled(guest.meeting)
    guest = locked(guest)
    if guest.removed != removed:
        guest.removed = removed
        guest.save(update_fields=["removed"])
        _tell_of_guest(guest, by=by, on=on, verb="meeting.guest_removed" if removed else "meeting.guest_restored")
    return guest


def _tell_of_guest(guest: Guest, *, by: Member, on: date, verb: str) -> None:
    """The name stands on the row, not in history: what is removed isn't quoted."""
    changes = {"guest": (None, guest.pk)}
    history.record(council=guest.meeting.council, by=by, on=on, verb=verb, target=guest.meeting, changes=changes)
