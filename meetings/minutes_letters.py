"""The mails about what a meeting came to: its minutes, and to those who watch a case that it treated."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bra import links, post
from bra.models import Letter, Member
from bra.post import Desk, Written
from meetings.mailing import MINUTES, WATCH, news_for, reads_by_logging_in
from meetings.models import AgendaItem, Meeting, MeetingState, PaperKind, layout_of


def _meetings(letters: Sequence[Letter]) -> dict[int | None, Meeting]:
    found = Meeting.objects.select_related("council").in_bulk([letter.about for letter in letters if letter.about])
    return dict(found)


def write_minutes(desk: Desk, letters: Sequence[Letter]) -> list[Written]:
    """Write the mails of a batch. A meeting that has been taken back into session has no minutes to read."""
    meetings = {pk: meeting for pk, meeting in _meetings(letters).items() if meeting.has_ended}
    layout = layout_of(desk.council)
    by_link = [letter for letter in letters if letter.about in meetings and not reads_by_logging_in(letter.recipient)]
    secrets = links.make_links(((letter.recipient, letter.about) for letter in by_link), MINUTES)
    written = []
    for letter in letters:
        meeting = meetings.get(letter.about)
        if meeting is None:
            written.append(Written(letter, None, "closed"))
            continue
        secret = secrets.get((letter.recipient_id, letter.about))
        own = reverse("meetings:detail", args=[desk.council.slug, meeting.pk])
        context: dict[str, Any] = {
            "meeting": meeting,
            "kind": PaperKind(layout.kind).label,
            "is_notes": layout.kind == PaperKind.NOTES,
            "is_signed": meeting.state == MeetingState.SIGNED,
            "secret": secret,
            "path": reverse("reading:enter", args=[secret]) if secret else own,
        }
        written.append(desk.write(letter, "minutes", context))
    return written


def write_watch(desk: Desk, letters: Sequence[Letter]) -> list[Written]:
    """Write the mails of a batch. The queries grow with the meetings that they are about: mostly one."""
    meetings = _meetings(letters)
    numbers: dict[int, list[str]] = {}
    for meeting in meetings.values():
        about = [letter for letter in letters if letter.about == meeting.pk]
        news = news_for(meeting, [letter.recipient for letter in about])
        numbers |= {letter.pk: news[letter.recipient_id] for letter in about if letter.recipient_id in news}
    path = f"{reverse('meetings:case_list', args=[desk.council.slug])}?state=all&watched=on"
    return [
        desk.write(letter, "watch", {"meeting": meetings[letter.about], "numbers": numbers[letter.pk], "path": path})
        if letter.pk in numbers
        else Written(letter, None, "closed")
        for letter in letters
    ]


def _watch(member: Member) -> Q:
    """Those that name a case by which nothing restricted is given away: who isn't cleared knows of no others."""
    if member.cleared:
        return Q()
    treated = AgendaItem.objects.treated().filter(
        meeting=OuterRef("about"), case__watches__member=OuterRef("recipient"), case__merged_into=None
    )
    secret = Q(restricted=True) | Q(case__restricted=True)
    return Exists(treated.exclude(secret)) & ~Exists(treated.filter(secret))


post.register(post.Kind(MINUTES, _("Minutes"), write_minutes, anew=True))
post.register(post.Kind(WATCH, _("Watched case"), write_watch, _watch, optional=True))
