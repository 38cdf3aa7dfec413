"""The kinds of mail that tell of one act: number, meeting, dates and a link, no word of what an action is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from actions.lifecycle import TO
from actions.models import (
    DEADLINE,
    HANDOVER,
    MENTION,
    SENT_BACK,
    Action,
    Comment,
    DeadlineRequest,
    RequestState,
)
from actions.owner_links import OWNER
from actions.reminders import neutral_title
from bra import links, post
from bra.models import SEATED, Letter, Member
from bra.post import Desk, Written


def _of_visible(member: Member) -> Q:
    """Those about an action that exists for the member, and those about no single one."""
    return Q(about=None) | Q(about__in=Action.objects.visible_to(member).order_by().values("pk"))


@dataclass(frozen=True)
class News:
    """What a mail tells of one action, or of all that somebody owned (`action` None)."""

    kind: str
    action: Action | None
    owns: bool = False
    granted: bool = False

    @property
    def title(self) -> str:
        """The neutral title, in the language of the mail."""
        return neutral_title(self.action) if self.action else ""

    @property
    def deadline(self) -> date | None:
        """The day by which it is to be done."""
        return self.action.deadline if self.action else None


def write_news(desk: Desk, letters: Sequence[Letter]) -> list[Written]:
    """Write the mails of a batch of one kind; the number of queries is the same however many they are."""
    related = Action.objects.agreed().select_related("agenda_item__meeting")
    actions = related.in_bulk([letter.about for letter in letters if letter.about is not None])
    granted, said = _granted(letters), _said(letters)
    news = {
        letter.pk: _news(letter, actions.get(letter.about or 0), granted)
        for letter in letters
        if letter.kind != MENTION or letter.cause in said
    }
    # Whoever answers for actions gets to them without a log-in.
    answering = [letter.recipient for letter in letters if (told := news.get(letter.pk)) and told.owns]
    secrets = links.make_links(((member, None) for member in answering), OWNER)
    return [_written(desk, letter, news.get(letter.pk), secrets) for letter in letters]


def _granted(letters: Sequence[Letter]) -> set[str]:
    """The causes of answers that grant."""
    keys = [letter.cause.removeprefix("request ") for letter in letters if letter.kind == DEADLINE]
    granted = DeadlineRequest.objects.filter(pk__in=keys, state=RequestState.GRANTED) if keys else ()
    return {f"request {request.pk}" for request in granted}


def _said(letters: Sequence[Letter]) -> set[str]:
    """The causes of mentions whose comment hasn't been taken back."""
    keys = [letter.cause.removeprefix("comment ") for letter in letters if letter.kind == MENTION]
    return (
        {f"comment {pk}" for pk in Comment.objects.filter(pk__in=keys).values_list("pk", flat=True)} if keys else set()
    )


def _news(letter: Letter, action: Action | None, granted: set[str]) -> News | None:
    """What the letter tells; None when that has ceased to hold: it was undone, or isn't the recipient's any more."""
    given = letter.cause.endswith(f" {TO}")
    if letter.about is None:
        return News(letter.kind, None, owns=given)
    recipient = letter.recipient
    if action is None or (action.agenda_item.restricted and not recipient.cleared):
        return None
    owns = action.owner_id == recipient.pk
    if letter.kind == MENTION:
        return News(letter.kind, action, owns=owns) if owns or recipient.role in SEATED else None
    holds = owns == given if letter.kind == HANDOVER else owns
    if letter.kind == SENT_BACK:
        # Nothing is left to be done of what has been reported as done again.
        holds = holds and action.is_live
    return News(letter.kind, action, owns=owns, granted=letter.cause in granted) if holds else None


def _written(desk: Desk, letter: Letter, news: News | None, secrets: dict[tuple[int, int | None], str]) -> Written:
    if news is None:
        return Written(letter, None, "closed")
    path, by_link = "", news.owns
    if news.owns:
        path = reverse("owner:enter", args=[secrets[letter.recipient_id, None]])
    elif news.kind == MENTION and news.action and letter.recipient.user_id:
        path = reverse("actions:detail", args=[desk.council.slug, news.action.pk])
    return desk.write(letter, "action_news", {"news": news, "path": path, "by_link": by_link})


_WORDS = {
    HANDOVER: pgettext_lazy("mail", "Handing over"),
    SENT_BACK: pgettext_lazy("mail", "Sent back"),
    DEADLINE: pgettext_lazy("mail", "Answer about a deadline"),
    MENTION: pgettext_lazy("mail", "Mention in a comment"),
}

for name, words in _WORDS.items():
    post.register(post.Kind(name, words, write_news, _of_visible, optional=name == MENTION))
