"""The verbs of comments on minutes that are to be signed off."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from bra import history
from bra.errors import RuleBroken
from bra.models import Member
from bra.rows import locked
from meetings.models import AgendaItem, ItemComment, Meeting, SignOff, open_round


@transaction.atomic
def comment_on_item(*, item: AgendaItem, text: str, by: Member, on: date) -> ItemComment:
    """Remark something on an item while its minutes lie with their signers, up to the last day for comments."""
    meeting = locked(item.meeting)
    sign_off = _commented(meeting, on)
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise RuleBroken(_("Write what should be changed."), field="text")
    comment = ItemComment.objects.create(sign_off=sign_off, item=item, author=by, on=on, text=text)
    _tell(comment, "item.commented", by=by, on=on)
    return comment


@transaction.atomic
def remove_comment(*, comment: ItemComment, by: Member, on: date, removed: bool = True) -> ItemComment:
    """Take an own comment away while others may still be written; `removed=False` brings it back."""
    meeting = locked(comment.item.meeting)
    comment = locked(comment)
    if comment.author_id != by.pk:
        raise RuleBroken(_("Only the one who wrote a comment takes it away."))
    if comment.sign_off_id != _commented(meeting, on).pk:
        raise RuleBroken(_("The comment belongs to an earlier round."))
    if comment.removed != removed:
        comment.removed = removed
        comment.save(update_fields=["removed"])
        _tell(comment, "item.comment_removed" if removed else "item.comment_restored", by=by, on=on)
    return comment


def _commented(meeting: Meeting, on: date) -> SignOff:
    sign_off = open_round(meeting)
    if sign_off is None:
        raise RuleBroken(_("The minutes don't lie with their signers, so they can't be commented on now."))
    if on > sign_off.comments_until:
        raise RuleBroken(_("The last day for comments has passed."))
    return sign_off


def _tell(comment: ItemComment, verb: str, *, by: Member, on: date) -> None:
    """History says that there is a comment; its words stand on its row alone."""
    item = comment.item
    changes = {"comment": (None, comment.pk)}
    history.record(council=item.meeting.council, by=by, on=on, verb=verb, target=item, changes=changes)
