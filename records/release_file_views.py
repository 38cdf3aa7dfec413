"""Files of the register: the letter of a decision, the register as a table, and the auditor's list."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bra import pdf, readings
from bra.http import CouncilRequest, only_if, to_keep
from bra.permissions import may_audit
from records import permissions
from records.models import KEPT_BACK, Release, ReleaseQuerySet
from records.release_book import XLSX, Table, as_xlsx
from records.release_views import found_releases, release_for
from reports.formats import csv_file


@never_cache
@require_safe
@only_if(permissions.may_read_releases)
def release_letter(request: CouncilRequest, pk: int) -> HttpResponse:
    """Give the letter of the decision by which something was kept back."""
    release = release_for(request.member, pk)
    if release.state not in KEPT_BACK:
        raise Http404
    with translation.override(settings.LANGUAGE_CODE):
        data, title = letter_of(release), _("Decision on request %(number)s") % {"number": release.label}
        content = pdf.render("refusal.typ", data | {"title": title}, title=f"{title}, {release.council.name}")
    readings.fetched(request, "release.letter_fetched", release, "pdf")
    return to_keep(HttpResponse(content, content_type="application/pdf"), f"beslut-utlamnande-{release.label}.pdf")


def letter_of(release: Release) -> dict[str, Any]:
    """Return what the letter says, in the language that is active."""
    refusal = release.refusal
    grounds = list(refusal.grounds.all())
    facts = [
        (pgettext("request", "Number"), release.label),
        (_("Day of the request"), date_format(release.received_on)),
        (_("Day of the decision"), date_format(refusal.on)),
        (_("Decided by"), refusal.decided_by),
    ]
    whole = _("The records that were asked for are not released.")
    part = _("The records that were asked for are released in part. What is secret has been left out.")
    said = [f"{ground.reference} ({ground.summary})" if ground.summary else ground.reference for ground in grounds]
    return {
        "lang": settings.LANGUAGE_CODE,
        "council": release.council.name,
        "facts": facts,
        "parts": [
            (_("What was asked for"), [release.asked]),
            (_("Decision"), [whole if release.state == "refused" else part]),
            (_("Legal grounds"), said),
            (_("Reasons"), [refusal.reasons]),
            (_("How to appeal"), [refusal.appeal]),
        ],
        "page": _("Page"),
    }


@never_cache
@require_safe
@only_if(permissions.may_read_releases)
def release_export_xlsx(request: CouncilRequest) -> HttpResponse:
    """Give the register as filtered, as a workbook; who asked is left out unless `?requester=on`."""
    table = _register(request)
    readings.fetched(request, "release.exported", request.council, "xlsx", requester=_with_names(request))
    content = as_xlsx(request.council, request.today, _("Requests for records"), table)
    name = f"utlamnanden-{request.council.slug}-{request.today.isoformat()}.xlsx"
    return to_keep(HttpResponse(content, content_type=XLSX), name)


@never_cache
@require_safe
@only_if(permissions.may_read_releases)
def release_export_csv(request: CouncilRequest) -> HttpResponse:
    """Give the same as CSV."""
    name = f"utlamnanden-{request.council.slug}-{request.today.isoformat()}.csv"
    answer = _csv(_register(request))
    readings.fetched(request, "release.exported", request.council, "csv", requester=_with_names(request))
    return to_keep(answer, name)


@never_cache
@require_safe
@only_if(may_audit)
def release_extract(request: CouncilRequest) -> HttpResponse:
    """Give the list without contents: number, days, state and grounds."""
    rows = [(*_days(release), _grounds(release)) for release in _all(Release.objects.of(request.council))]
    table = Table((*_day_columns(), (_("Legal grounds"), 40)), rows)
    return to_keep(_csv(table), f"utlamnanden-revision-{request.council.slug}.csv")


def _all(releases: ReleaseQuerySet) -> ReleaseQuerySet:
    rows = releases.select_related("handler", "refusal").prefetch_related("refusal__grounds")
    return rows.order_by("year", "number")


def _day_columns() -> tuple[tuple[str, int], ...]:
    return ((pgettext("request", "Number"), 12), (_("Came on"), 12), (_("Ended on"), 12), (_("State"), 22))


def _days(release: Release) -> tuple[Any, ...]:
    return release.label, release.received_on, release.closed_on, str(release.get_state_display())


def _grounds(release: Release) -> str:
    if release.state not in KEPT_BACK:
        return ""
    return ", ".join(ground.reference for ground in release.refusal.grounds.all())


def _with_names(request: CouncilRequest) -> bool:
    """Whether the file says who asked."""
    return bool(request.GET.get("requester"))


def _register(request: CouncilRequest) -> Table:
    _form, releases = found_releases(request)
    named = _with_names(request)
    columns = [*_day_columns(), (_("Came by"), 12), (_("What was asked for"), 60), (_("Handled by"), 30)]
    columns += [(_("Legal grounds"), 30), *([(_("Who asked"), 40)] if named else [])]
    rows: list[Sequence[Any]] = []
    for release in _all(releases):
        handler = release.handler.label if release.handler else ""
        row = [*_days(release), str(release.get_way_display()), release.asked, handler, _grounds(release)]
        rows.append([*row, release.requester] if named else row)
    return Table(tuple(columns), rows)


def _csv(table: Table) -> HttpResponse:
    header = [header for header, _width in table.columns]
    return HttpResponse(b"".join(csv_file.lines([header, *table.rows])), content_type=csv_file.TYPE)
