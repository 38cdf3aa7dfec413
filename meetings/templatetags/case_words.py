"""Words about cases."""

from datetime import date

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

# Up to this many days are counted in days; beyond, in whole weeks.
COUNTED_IN_DAYS = 13


@register.filter
def treated_ago(day: date | None, today: date) -> str:
    """Return how long before `today` a meeting last treated the case: "5 weeks ago"; "Never treated" for None."""
    if day is None:
        return _("Never treated")
    days = (today - day).days
    if days <= 0:
        return _("Today")
    if days <= COUNTED_IN_DAYS:
        return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}
    return ngettext("%(weeks)d week ago", "%(weeks)d weeks ago", days // 7) % {"weeks": days // 7}


@register.filter
def of_key(rows: dict[int, object], key: int) -> object:
    """Return what a dictionary holds for a key; None when it holds nothing."""
    return rows.get(key)
