"""The pages that find: search, and one topic across meetings."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bra.bounds import bounded
from bra.http import CouncilRequest, only_if, status_of
from finding import selection
from finding.forms import SearchForm, YearForm
from finding.permissions import may_search
from finding.timeline import dressed, items_about, sittings
from meetings.models import Case, Topic

EACH = 5  # of a kind, where all kinds are shown
PER_PAGE = 25
ITEMS_PER_PAGE = 60  # of a timeline


def _topics(request: CouncilRequest) -> list[Topic]:
    return list(Topic.objects.filter(council=request.council))


@bounded("search")
@require_safe
@only_if(may_search)
def search(request: CouncilRequest) -> HttpResponse:
    """Show what answers the words in the address: some of each kind, or one kind page by page."""
    topics, years = _topics(request), selection.years_of(request.member)
    asked = any(request.GET.get(name) for name in ("q", "kind", "year", "topic"))
    form = SearchForm(request.GET if asked else None, topics=topics, years=years, auto_id="search-%s")
    context: dict[str, Any] = {"form": form, "topics": topics, "asked": form.is_valid()}
    if form.is_valid():
        context |= _found(request, form) | {"topics_found": selection.topics_named(topics, form.words)}
    return render(request, "finding/search.html", context, status=status_of(form))


def _found(request: CouncilRequest, form: SearchForm) -> dict[str, Any]:
    chosen = form.cleaned_data
    narrowed: dict[str, Any] = {"words": form.words, "year": chosen["year"], "topic": chosen["topic"]}
    kind = selection.KIND_OF.get(chosen["kind"])
    if kind is None:
        return {"groups": selection.groups(request.member, request.council.slug, **narrowed, each=EACH)}
    rows = kind.found(request.member, **narrowed)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    hits = kind.hits(list(page), form.words, request.council.slug)
    return {"groups": [selection.Group(kind, page.paginator.count, hits)] if hits else [], "page": page}


@require_safe
@only_if(may_search)
def topic(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show everything said, decided and agreed about a topic, meeting by meeting, of one year or of all."""
    about = get_object_or_404(Topic, council=request.council, pk=pk)
    items = items_about(about, request.member)
    years = sorted(set(items.order_by().values_list("meeting__date__year", flat=True)), reverse=True)
    form = YearForm(request.GET or None, years=years)
    year = form.cleaned_data["year"] if form.is_valid() else None
    if year is not None:
        items = items.filter(meeting__date__year=year)
    page = Paginator(dressed(items), ITEMS_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "finding/topic.html",
        {
            "topic": about,
            "years": [(value, str(value)) for value in years],
            "year": year,
            "sittings": sittings(list(page), request.member),
            "page": page,
            "cases": Case.objects.visible_to(request.member).filter(topics=about),
            "trail": [(_("Search"), reverse("finding:search", args=[request.council.slug])), (about.name, "")],
        },
    )
