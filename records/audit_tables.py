"""The columns of the audit log, on its page and in its files."""

from collections.abc import Sequence
from typing import Any

import django_tables2 as tables
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bra.models import HistoryEntry, HistoryEntryQuerySet
from records import audit_words

# Digits of a seal on the page; the files have all of them.
SHORT_SEAL = 12


def readable(entries: HistoryEntryQuerySet) -> HistoryEntryQuerySet:
    """Read of the entries what the log shows, and nothing of what was said."""
    return entries.select_related("actor").defer("changes", "salt", "content")


class AuditTable(tables.Table):
    """When, who, what, on what, of which kind, and where in the chain. The rows are entries, paged by keys."""

    on = tables.Column(verbose_name=pgettext_lazy("audit", "When"), attrs={"td": {"class": "nowrap"}})
    actor = tables.Column(verbose_name=pgettext_lazy("audit", "Who"), empty_values=())
    verb = tables.Column(verbose_name=pgettext_lazy("audit", "What"))
    target_type = tables.Column(verbose_name=pgettext_lazy("audit", "On what"))
    kind = tables.Column(verbose_name=_("Kind"))
    sequence = tables.Column(verbose_name=_("No."), empty_values=())
    seal = tables.Column(verbose_name=_("Seal"), empty_values=(), attrs={"td": {"class": "nowrap"}})

    class Meta:
        model = HistoryEntry
        fields = ("on", "actor", "verb", "target_type", "kind", "sequence", "seal")
        orderable = False

    def __init__(self, data: Sequence[HistoryEntry], **options: Any) -> None:
        super().__init__(data, **options)
        self.caption = _("Audit log")
        self._things = audit_words.things()

    def render_on(self, record: HistoryEntry) -> str:
        """The council's day, and the clock."""
        return format_html("{} <small>{}</small>", record.on.isoformat(), f"{timezone.localtime(record.at):%H:%M:%S}")

    def render_actor(self, record: HistoryEntry) -> str:
        """Name and role."""
        return audit_words.who(record.actor, by_somebody=record.user_id is not None)

    def render_verb(self, record: HistoryEntry) -> str:
        """What was done."""
        return audit_words.done(record.verb)

    def render_target_type(self, record: HistoryEntry) -> str:
        """To which thing."""
        return audit_words.thing(record, self._things)

    def render_sequence(self, record: HistoryEntry) -> str:
        """The number in the chain."""
        return "–" if record.sequence is None else str(record.sequence)

    def render_seal(self, record: HistoryEntry) -> str:
        """The beginning of the seal, the whole of it for who points at it."""
        if not record.seal:
            return "–"
        return format_html('<code title="{}">{}</code>', record.seal, record.seal[:SHORT_SEAL])
