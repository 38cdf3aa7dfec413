"""The audit log: its page, its files, and whether it holds."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bra import keyset, readings
from bra.http import CouncilRequest, only_if, status_of, to_keep
from bra.models import HistoryEntry, HistoryEntryQuerySet
from bra.permissions import may_audit
from bra.sealing import head_of
from bra.verifying import SHORT, verify
from records import audit_export
from records.audit_filters import AuditFilter
from records.audit_tables import AuditTable, readable
from records.kept_heads import of_reports
from records.release_book import XLSX
from reports.formats import csv_file

PAGE_SIZE = 50
ORDER = keyset.Order("on", descending=True, in_address=True)
# A longer log is verified on the command line: it would take longer than somebody waits for a page.
MOST_VERIFIED = 20_000
# Findings that the page tells; the command tells all.
MOST_TOLD = 5


def _chosen(request: CouncilRequest) -> AuditFilter:
    entries = HistoryEntry.objects.of_chain(request.council.pk)
    return AuditFilter(request.GET, queryset=readable(entries), council=request.council)


def _entries(chosen: AuditFilter) -> HistoryEntryQuerySet:
    """The entries of a choice; none of one that can't be read, rather than all."""
    return chosen.qs if chosen.form.is_valid() else HistoryEntry.objects.none()


@require_safe
@only_if(may_audit)
def audit_log(request: CouncilRequest) -> HttpResponse:
    """One page of the log, the latest first, filtered as the address says."""
    chosen = _chosen(request)
    page = keyset.page(_entries(chosen), order=ORDER, size=PAGE_SIZE, query=request.GET.dict())
    head = head_of(request.council.pk)
    kept = [
        (name, value)
        for name, value in request.GET.items()
        if value and name not in (keyset.AFTER, keyset.BEFORE) and name in chosen.filters
    ]
    context: dict[str, Any] = {
        "filter": chosen,
        "table": AuditTable(page.rows),
        "rows": page.rows,
        "next_url": page.next and f"?{urlencode([*kept, *page.next.items()])}",
        "previous_url": page.previous and f"?{urlencode([*kept, *page.previous.items()])}",
        "query": urlencode(kept),
        "head": head,
        "head_seal": head.seal[:SHORT],
        "may_verify": head.sequence <= MOST_VERIFIED,
        "command": f"python manage.py verify_audit --council {request.council.slug}",
    }
    return render(request, "records/audit_log.html", context, status=status_of(chosen.form))


@require_safe
@only_if(may_audit)
def audit_csv(request: CouncilRequest) -> HttpResponseBase:
    """Give all rows of the choice as CSV."""
    return _file(request, "csv", lambda entries: _csv(entries))


@require_safe
@only_if(may_audit)
def audit_xlsx(request: CouncilRequest) -> HttpResponseBase:
    """Give all rows of the choice as an Excel file."""
    return _file(request, "xlsx", _xlsx)


def _file(
    request: CouncilRequest, ending: str, make: Callable[[HistoryEntryQuerySet], HttpResponseBase | None]
) -> HttpResponseBase:
    entries = _entries(_chosen(request))
    # The file ends where the log ends now: what is logged of it is no part of it.
    last = HistoryEntry.objects.of_chain(request.council.pk).order_by("pk").last()
    response = make(entries.filter(pk__lte=last.pk if last else 0))
    if response is None:
        messages.error(
            request,
            _("An Excel file holds at most %(n)d entries here. Choose a shorter period, or CSV.")
            % {"n": audit_export.MOST_ROWS_OF_A_SHEET},
        )
        return redirect("audit_log", request.council.slug)
    readings.fetched(request, "audit.exported", request.council, ending)
    return to_keep(response, f"logg-{request.council.slug}-{request.today.isoformat()}.{ending}")


def _csv(entries: HistoryEntryQuerySet) -> HttpResponseBase:
    return StreamingHttpResponse(csv_file.lines(audit_export.rows(entries)), content_type=csv_file.TYPE)


def _xlsx(entries: HistoryEntryQuerySet) -> HttpResponseBase | None:
    most = audit_export.MOST_ROWS_OF_A_SHEET
    if entries.order_by()[: most + 1].count() > most:
        return None
    book = BytesIO()
    audit_export.write_xlsx(entries, book)
    return HttpResponse(book.getvalue(), content_type=XLSX)


@require_POST
@only_if(may_audit)
def audit_verify(request: CouncilRequest) -> HttpResponse:
    """Recompute the log, if that takes no longer than somebody waits, and say what it came to."""
    if head_of(request.council.pk).sequence > MOST_VERIFIED:
        messages.error(request, _("The log is too long to be verified here. Use the command below."))
        return redirect("audit_log", request.council.slug)
    verified = verify(request.council.pk, heads=of_reports(request.council), now=timezone.now())
    if verified.holds:
        messages.success(
            request,
            _("The log holds: %(n)d entries, the end is %(end)s.")
            % {"n": verified.entries, "end": f"{verified.sequence} · {verified.seal[:SHORT]}"},
        )
    for finding in verified.findings[:MOST_TOLD]:
        messages.error(request, finding)
    if len(verified.findings) > MOST_TOLD:
        messages.error(request, _("There is more: the command below tells all of it."))
    return redirect("audit_log", request.council.slug)
