"""The history of the layout of minutes as sentences."""

from django.utils.translation import gettext as _

from bra import history
from bra.models import HistoryEntry
from bra.sentences import Line, lines
from meetings.models import MinutesLayout


def history_of_layout(layout: MinutesLayout) -> list[Line]:
    """Return what has been done to the layout, newest first; nothing while it is the default. One query."""
    if layout._state.adding:
        return []
    return lines(history.entries_of(layout).order_by("-pk"), lambda entry: [_sentence(entry)])


def _sentence(entry: HistoryEntry) -> str:
    if entry.verb == "layout.chosen":
        return _("chose the layout of the minutes")
    labels = {field.name: str(getattr(field, "verbose_name", field.name)) for field in MinutesLayout._meta.get_fields()}
    changed = ", ".join(labels.get(name, name) for name in entry.changes)
    return _("changed the layout of the minutes: %(fields)s") % {"fields": changed}
