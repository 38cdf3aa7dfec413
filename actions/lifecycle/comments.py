"""What is said of an action, and who is told because they are named."""

import re
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from actions.models import MENTION, Action, Comment, Mention
from bra import history, post
from bra.errors import RuleBroken
from bra.models import SEATED, Member, MemberQuerySet


@transaction.atomic
def comment(*, action: Action, text: str, by: Member, on: date) -> Comment:
    """Say something of an action, whatever its state. Who is named with an @ is told, if the action exists for them."""
    text = text.strip()
    if not text:
        raise RuleBroken(_("Write a comment."), field="text")
    said = Comment.objects.create(action=action, author=by, on=on, text=text)
    history.record(
        council=action.council,
        by=by,
        on=on,
        verb="action.commented",
        target=action,
        changes={"comment": (None, said.pk)},
    )
    named = _named(action, text, by=by, on=on) if "@" in text else []
    if named:
        Mention.objects.bulk_create([Mention(comment=said, member=member) for member in named])
        post.post(
            council=action.council,
            kind=MENTION,
            recipients=named,
            cause=f"comment {said.pk}",
            on=on,
            about=action.pk,
        )
    return said


@transaction.atomic
def take_back_comment(*, comment: Comment, by: Member, on: date) -> None:
    """Take back what one has said oneself; history keeps that it was said, not what."""
    if comment.author_id != by.pk:
        raise RuleBroken(_("Only the one who wrote a comment can take it back."))
    changes = {"comment": (comment.pk, None)}
    history.record(
        council=comment.action.council,
        by=by,
        on=on,
        verb="action.comment_taken_back",
        target=comment.action,
        changes=changes,
    )
    comment.delete()


def mentionable(action: Action, on: date) -> MemberQuerySet:
    """Those who can be named in a comment: with a mandate, and the action exists for them."""
    seated = Q(role__in=SEATED)
    if action.agenda_item.restricted:
        seated &= Q(cleared=True)
    members = Member.objects.filter(council=action.council_id).acting(on).select_related("user", "organisation")
    own = Q(pk=action.owner_id)
    if action.agenda_item.restricted:
        own &= Q(cleared=True)
    return members.filter(seated | own)


def _named(action: Action, text: str, *, by: Member, on: date) -> list[Member]:
    """The members whose name or title stands after an @; a title names everybody who has it."""
    plain = " ".join(text.split()).casefold()
    return [
        member
        for member in mentionable(action, on)
        if member.pk != by.pk and any(_stands_in(plain, words) for words in (member.name, member.title) if words)
    ]


def _stands_in(plain: str, words: str) -> bool:
    # No letter before the @: an address isn't a mention. None after the words: "@Anna Berg" isn't "@Anna Bergman".
    return re.search(rf"(?<!\w)@{re.escape(' '.join(words.split()).casefold())}(?!\w)", plain) is not None
