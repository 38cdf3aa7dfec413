"""Template tags of the look: states, dates, icons, tags, navigation. They take plain values and query nothing.

Each tag is a plain function too, so that a table column can call `status_badge` without a template.
The classes are described in docs/design.md.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

register = template.Library()

# Every stored state wears one of seven shapes; what isn't listed is "not begun", the ring.
SHAPES = {
    value: shape
    for shape, values in {
        "done": "done treated closed signed signed_off approved ready sent finished decided present covered"
        " released in_part",
        "ongoing": "ongoing in_progress in_session open building claimed running sending",
        "reported": "reported watched summoned adjourned",
        "overdue": "overdue failed",
        "postponed": "postponed tabled unknown apologised",
        "cancelled": "cancelled dropped removed skipped absent refused withdrawn no_record",
    }.items()
    for value in values.split()
}

# How high on its bar (in px of 16) the line of a segment runs: the height tells how far the work has come, so that the
# picture reads without colour too. The rest of the drawing (width, dashes) is in the style sheet.
_LEVEL = {"ongoing": 12, "reported": 12}

# Within this many days a date is said as a distance; beyond it the distance helps nobody.
NEAR_DAYS = 31


def shape_of(value: str) -> str:
    """Return the shape that the stored state `value` wears, one of the keys of the rules in the style sheet."""
    return SHAPES.get(str(value), "todo")


@register.simple_tag(name="status")
def status_badge(value: str, label: object, overdue_days: int | None = None) -> SafeString:
    """Return the badge of a state: word, shape and colour.

    `value` is the stored state, `label` its translated word; `overdue_days` above 0 turns it into "Overdue 12 days".
    """
    if overdue_days and overdue_days > 0:
        label = ngettext("Overdue %(days)d day", "Overdue %(days)d days", overdue_days) % {"days": overdue_days}
        return format_html('<span class="status" data-status="overdue">{}</span>', label)
    return format_html('<span class="status" data-status="{}">{}</span>', shape_of(value), label)


@register.simple_tag
def oidc_provider() -> dict[str, Any] | None:
    """Return the municipality's identity provider as the settings have it, None without one."""
    providers: dict[str, Any] = settings.SOCIALACCOUNT_PROVIDERS
    apps: list[dict[str, Any]] = providers.get("openid_connect", {}).get("APPS", [])
    return apps[0] if apps else None


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return a decorative icon of the sprite `bra/icons.svg`; its meaning must stand in words beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        static("bra/icons.svg"),
        name,
    )


@register.simple_tag
def restricted(case: bool = False) -> SafeString:
    """Return the quiet lock mark for what only cleared members see; in Swedish its word is another for a `case`."""
    word = pgettext("case", "Restricted") if case else _("Restricted")
    return format_html('<span class="restricted">{}{}</span>', icon("lock"), word)


@register.simple_tag(name="tag")
def topic_tag(name: object, extremism: bool = False, url: str = "") -> SafeString:
    """Return a topic as a tag; filled when the topic marks violent extremism, a link when there is a `url`."""
    css = "tag extremism" if extremism else "tag"
    if url:
        return format_html('<a class="{}" href="{}">{}</a>', css, url, name)
    return format_html('<span class="{}">{}</span>', css, name)


@register.simple_tag
def initials(name: str) -> str:
    """Return up to two initials: first and last word of "Anna Maria Lind" give AL."""
    words = [word for word in str(name).replace("-", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def _as_date(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def _distance(days: int) -> str:
    """Return "in 3 days" for 3, "yesterday" for -1."""
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days == -1:
        return _("yesterday")
    if days > 0:
        return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}
    return ngettext("%(days)d day ago", "%(days)d days ago", -days) % {"days": -days}


@register.filter
def human_date(value: date | datetime | None, today: date | None = None) -> str:
    """Return a date as people say it, "in 3 days · Wed 15 March", as seen on `today` (the council's day).

    The distance is given within a month, the year when it isn't this year; print leaves the distance out and adds the
    year. None gives an empty string; without `today` the date stands alone, with its year.
    """
    if not value:
        return ""
    day = _as_date(value)
    days = (day - today).days if isinstance(today, date) else None
    same_year = isinstance(today, date) and day.year == today.year
    distance: str | SafeString = ""
    if days is not None and abs(days) <= NEAR_DAYS:
        distance = format_html('<span class="rel">{} · </span>', _distance(days))
    return format_html(
        '<time class="when" datetime="{}" title="{}"{}>{}{}</time>',
        day.isoformat(),
        date_format(day, "j F Y"),
        format_html(' data-year="{}"', day.year) if same_year else "",
        distance,
        date_format(day, "D j F" if same_year else "D j F Y"),
    )


@register.filter
def weekday_date(value: date | datetime | None) -> str:
    """Return "Wed 15 March 2017" in a <time>; None gives an empty string."""
    if not value:
        return ""
    day = _as_date(value)
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), date_format(day, "D j F Y"))


@register.filter
def short_date(value: date | datetime | None) -> str:
    """Return 2017-03-15 in a <time>, for tables; None gives an empty string."""
    if not value:
        return ""
    iso = _as_date(value).isoformat()
    return mark_safe(f'<time datetime="{iso}">{iso}</time>')  # noqa: S308 - only digits and hyphens of a date


@register.simple_tag
def stacked_bar(counts: Iterable[tuple[str, int, object]], label: object = "") -> SafeString:
    """Return one stacked bar as inline SVG.

    `counts` are (state, number, translated word) in the order of drawing; `label` says what the bar is about. The
    readable name lists the figures: "Coordination: Done 7, In progress 3".
    """
    shown = [(shape_of(value), number, word) for value, number, word in counts if number > 0]
    total = sum(number for _shape, number, _word in shown)
    figures = ", ".join(f"{word} {number}" for _shape, number, word in shown) or _("none")
    name = f"{label}: {figures}" if label else figures
    drawn, left = [], 0
    for shape, number, _word in shown:
        begin, end = 100 * left / total, 100 * (left + number) / total
        drawn.append((f"{begin:.3f}%", f"{end:.3f}%", _LEVEL.get(shape, 8), shape))
        left += number
    lines = format_html_join("", '<line x1="{0}" x2="{1}" y1="{2}" y2="{2}" class="{3}"/>', drawn)
    gaps = format_html_join("", '<line x1="{0}" x2="{0}" y1="0" y2="16" class="gap"/>', drawn[1:])
    return format_html(
        '<svg class="bar" role="img" aria-label="{}"><line x2="100%" y1="15" y2="15" class="base"/>{}{}</svg>',
        name,
        lines,
        gaps,
    )


@register.simple_tag
def swatch(value: str) -> SafeString:
    """Return a small piece of bar as the state `value` is drawn in stacked bars, for the legend."""
    shape = shape_of(value)
    return format_html(
        '<svg class="bar swatch" aria-hidden="true" focusable="false"><line x2="100%" y1="15" y2="15" class="base"/>'
        '<line x2="100%" y1="{0}" y2="{0}" class="{1}"/></svg>',
        _LEVEL.get(shape, 8),
        shape,
    )


@register.simple_tag(takes_context=True)
def nav_link(context: Context, url_name: str, label: object, under: str = "", but: str = "") -> str:
    """Return one <li> of the main navigation, marked when the page belongs to it.

    A page belongs when its view name begins with a word of `under` (by default the link's own name) and with none
    of the words in `but`. A section whose address doesn't exist is left out.
    """
    request = context.get("request")
    council = context.get("council")
    if request is None or council is None:
        return ""
    try:
        url = reverse(url_name, args=[council.slug])
    except NoReverseMatch:
        return ""
    here = request.resolver_match.view_name if request.resolver_match else ""
    current = here.startswith(tuple((under or url_name).split())) and not here.startswith(tuple(but.split()))
    mark = mark_safe(' aria-current="true"') if current else ""
    return format_html('<li><a href="{}"{}>{}</a></li>', url, mark, label)


@register.filter
def undo_url(message: Any) -> str:
    """Return the address that undoes what a message tells, from its extra tag `undo=/address`, or an empty string."""
    for part in (message.extra_tags or "").split():
        if part.startswith("undo=/") and not part.startswith("undo=//"):
            return part.removeprefix("undo=")
    return ""
