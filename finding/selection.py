"""What is found: items, decisions, actions and cases whose words answer a question, as far as the member may see."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from actions.models import Action
from bra.models import Member
from bra.text import looked_for, stems
from finding.snippets import marked, snippet
from meetings.models import AgendaItem, Case, Decision, Meeting, Topic


@dataclass(frozen=True)
class Hit:
    """One row that was found: where it is, its title with the words marked, and a piece of its text."""

    row: Any
    url: str
    title: SafeString
    text: SafeString
    day: date


@dataclass(frozen=True)
class Kind:
    """A kind of row that is searched. `year` and `topic` are lookups; `hit` gives (url, title, text, day) of a row."""

    name: str
    label: Promise
    rows: Callable[[Member], QuerySet[Any]]
    year: str
    topic: str
    order: tuple[str, ...]
    related: tuple[str, ...]
    hit: Callable[[Any, str], tuple[str, str, str, date]]

    def found(self, member: Member, *, words: Sequence[str], year: int | None, topic: Topic | None) -> QuerySet[Any]:
        """The rows that the member may see and that hold every one of `words` (stems), the newest first."""
        rows = self.rows(member)
        for word in words:
            rows = rows.filter(stems__contains=looked_for(word))
        if year is not None:
            rows = rows.filter(**{f"{self.year}__year": year})
        if topic is not None:
            rows = rows.filter(**{self.topic: topic})
        return rows.select_related(*self.related).order_by(*self.order)

    def hits(self, rows: Sequence[Model], words: Sequence[str], slug: str) -> list[Hit]:
        """Dress the rows for the page."""
        dressed = []
        for row in rows:
            url, title, text, day = self.hit(row, slug)
            dressed.append(Hit(row, url, marked(title, words), snippet(text, words), day))
        return dressed


def _item(row: AgendaItem, slug: str) -> tuple[str, str, str, date]:
    url = reverse("meetings:detail", args=[slug, row.meeting_id])
    return f"{url}#item-{row.pk}", row.title, row.notes, row.meeting.date


def _decision(row: Decision, slug: str) -> tuple[str, str, str, date]:
    url = reverse("meetings:detail", args=[slug, row.item.meeting_id])
    return f"{url}#item-{row.item_id}", row.item.title, row.text, row.item.meeting.date


def _action(row: Action, slug: str) -> tuple[str, str, str, date]:
    return reverse("actions:detail", args=[slug, row.pk]), row.title, row.effect, row.agreed_on


def _case(row: Case, slug: str) -> tuple[str, str, str, date]:
    title = f"{row.registry_number} {row.title}"
    return reverse("meetings:case_detail", args=[slug, row.pk]), title, row.situation, row.opened_on


KINDS = (
    Kind(
        "item",
        _("Agenda items"),
        lambda member: AgendaItem.objects.visible_to(member),
        "meeting__date",
        "topics",
        ("-meeting__date", "-meeting_id", "position", "pk"),
        ("meeting",),
        _item,
    ),
    Kind(
        "decision",
        _("Decisions"),
        lambda member: Decision.objects.live().visible_to(member),
        "item__meeting__date",
        "item__topics",
        ("-item__meeting__date", "-item__meeting_id", "item__position", "pk"),
        ("item__meeting",),
        _decision,
    ),
    Kind(
        "action",
        _("Actions"),
        lambda member: Action.objects.agreed().visible_to(member),
        "agreed_on",
        "agenda_item__topics",
        ("-agreed_on", "-pk"),
        ("owner", "agenda_item__meeting"),
        _action,
    ),
    Kind(
        "case",
        _("Cases"),
        lambda member: Case.objects.visible_to(member),
        "opened_on",
        "topics",
        ("-opened_on", "-pk"),
        ("organisation",),
        _case,
    ),
)
KIND_OF = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True)
class Group:
    """What was found of one kind: how many there are, and those that are shown."""

    kind: Kind
    number: int
    hits: list[Hit]


def groups(
    member: Member, slug: str, *, words: Sequence[str], year: int | None, topic: Topic | None, each: int
) -> list[Group]:
    """Return each kind of which something was found, with its first `each` rows. Two queries per kind."""
    found = []
    for kind in KINDS:
        rows = kind.found(member, words=words, year=year, topic=topic)
        shown = list(rows[: each + 1])
        number = rows.count() if len(shown) > each else len(shown)
        if shown:
            found.append(Group(kind, number, kind.hits(shown[:each], words, slug)))
    return found


def topics_named(topics: Sequence[Topic], words: Sequence[str]) -> list[Topic]:
    """Those of the topics whose names hold every word (stem) that is asked for."""
    return [topic for topic in topics if words and _holds(topic.name, words)]


def _holds(text: str, words: Sequence[str]) -> bool:
    column = "".join(f" {stem}" for stem in stems(text))
    return all(looked_for(word) in column for word in words)


def years_of(member: Member) -> list[int]:
    """The years of the council's meetings, the latest first."""
    years = Meeting.objects.visible_to(member).order_by("-year").values_list("year", flat=True)
    return list(years.distinct())
