"""A member's calendar: the page where its address is made, and the feed itself, which stands outside the log-in."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from bra.bounds import few_guesses
from bra.errors import RuleBroken
from bra.http import CouncilRequest, calendar_answer, only_if
from bra.links import digest
from bra.permissions import may_take_part
from finding import feed, lifecycle
from finding.models import CalendarAddress, working_address
from finding.sentences import lines_of


def _page(request: CouncilRequest, url: str = "") -> HttpResponse:
    context = {"address": working_address(request.member), "url": url, "lines": lines_of(request.member)}
    return render(request, "finding/calendar.html", context)


@never_cache
@require_safe
@only_if(may_take_part)
def calendar(request: CouncilRequest) -> HttpResponse:
    """Tell whether the member's calendar has an address, and offer to make, renew or stop it."""
    return _page(request)


@never_cache
@require_POST
@sensitive_variables("secret", "url")
@only_if(may_take_part)
def calendar_make(request: CouncilRequest) -> HttpResponse:
    """Make a new address and show it, this once: it is on no other page, in no session and in no log of ours."""
    try:
        secret = lifecycle.make_address(member=request.member, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
        return redirect("finding:calendar", request.council.slug)
    url = f"{settings.BASE_URL}{reverse('calendar_feed', args=[secret])}"
    return _page(request, url)


@require_POST
@only_if(may_take_part)
def calendar_stop(request: CouncilRequest) -> HttpResponse:
    """Stop the address."""
    lifecycle.stop_address(member=request.member, by=request.member, on=request.today)
    messages.success(request, _("The address has been stopped. Calendars that read it get nothing more."))
    return redirect("finding:calendar", request.council.slug)


@never_cache
@require_safe
@few_guesses
@sensitive_variables("secret")
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Answer with the calendar that the secret opens; 404 for a wrong, renewed or stopped one, or an ended mandate."""
    followed = CalendarAddress.objects.working().filter(digest=digest(secret))
    address = followed.select_related("member__council").first()
    clock = timezone.now()
    if address is None or not address.member.is_active(address.member.council.today(clock)):
        raise Http404
    return calendar_answer(feed.write(address.member, clock=clock), address.member.council)
