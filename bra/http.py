"""The request as council views see it."""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from bra.models import Council, Member


class CouncilRequest(HttpRequest):
    """What bra.middleware.CouncilMiddleware makes of a request for a council's page (a type, never created)."""

    council: Council
    member: Member
    now: datetime
    today: date
    # Through the door of the council's own pages, not by a link.
    entered: bool
    htmx: HtmxDetails


# The status of a page on which something was refused: htmx and browsers show it as any other.
REFUSED = 422
Answer = TypeVar("Answer", bound=HttpResponseBase)
View = Callable[Concatenate[CouncilRequest, ...], HttpResponseBase]


def only_if(allowed: Callable[[Member], bool]) -> Callable[[View], View]:
    """Let a view exist only for members for whom `allowed` holds; for others it is 404, not 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: CouncilRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not allowed(request.member):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def status_of(form: BaseForm) -> int:
    """The status of a page that shows a form: REFUSED when something in it was refused."""
    return REFUSED if form.errors else 200


class Refusing:
    """What a view of one form (FormView) is besides, so that a refused form answers REFUSED."""

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        """Show the form again."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]  # a mixin of FormView
        response.status_code = REFUSED
        return response


def refresh(row: Model, *fields: str) -> None:
    """Read the row's fields anew, all of them when none is named; 404 when it was removed meanwhile."""
    try:
        row.refresh_from_db(fields=fields or None)
    except ObjectDoesNotExist as gone:
        raise Http404 from gone


def to_keep(answer: Answer, name: str) -> Answer:
    """Make the answer a file to keep, under a name of plain letters that says nothing of what is in it."""
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def calendar_answer(calendar: bytes, council: Council) -> HttpResponse:
    """Answer with an iCalendar file of the council's, whose address is a secret."""
    response = HttpResponse(calendar, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{council.slug}.ics"'
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
