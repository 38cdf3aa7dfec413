"""The pages in front of the councils' doors."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from bra import links, post
from bra.bounds import few_guesses
from bra.models import Letter, Member, Role, Unsubscription, User
from bra.post.delivery import UNSUBSCRIBE


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 "ok" when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Say whom to tell of a weakness (RFC 9116), where the operator has said so."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {timezone.now() + timedelta(days=90):%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: sv, en",
        f"Canonical: {settings.BASE_URL}{request.path}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Tell what is kept about those who use the product (GDPR, article 13); whom to ask, to who is logged in."""
    seats = []
    if isinstance(request.user, User):
        clock = timezone.now()
        own = Member.objects.select_related("council").filter(user=request.user).order_by("council__name", "pk")
        for seat in own:
            on = seat.council.today(clock)
            if seat.is_active(on):
                seated = Member.objects.filter(council=seat.council, role=Role.COORDINATOR).order_by("pk")
                seats.append((seat, [one for one in seated if one.is_active(on)]))
    contact = settings.PRIVACY_CONTACT
    context = {"contact": contact, "contact_words": contact.removeprefix("mailto:"), "seats": seats}
    return render(request, "privacy.html", context)


@login_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the user's council, or to a choice of several; without one to the installation, or to a kind word."""
    assert isinstance(request.user, User)  # login_required saw to it
    clock = timezone.now()
    memberships = [
        member
        for member in Member.objects.select_related("council").filter(user=request.user).order_by("council__name")
        if member.is_active(member.council.today(clock))
    ]
    if len(memberships) == 1:
        return redirect("home", memberships[0].council.slug)
    if not memberships and request.user.is_administrator:
        return redirect("administering:installation")
    return render(request, "start.html", {"memberships": memberships})


@never_cache
@csrf_exempt  # a mail program posts here by itself (RFC 8058): no cookie, no token; the secret is in the address
@require_http_methods(["GET", "HEAD", "POST"])
@few_guesses
@sensitive_variables("secret")
def unsubscribe(request: HttpRequest, secret: str) -> HttpResponse:
    """End one kind of mail to whoever holds the link, or take that back; looking at the page changes nothing."""
    clock = timezone.now()
    link = links.follow(secret, UNSUBSCRIBE, clock=clock)
    found = Letter.objects.filter(pk=link.about or 0, recipient=link.member) if link else Letter.objects.none()
    kind = next((post.KINDS[letter.kind] for letter in found if letter.kind in post.optional_kinds()), None)
    if link is None or kind is None:
        response = render(request, "unsubscribe.html", status=404)
    else:
        member = link.member
        if request.method == "POST":
            verb = post.resubscribe if request.POST.get("again") else post.unsubscribe
            verb(member=member, kind=kind.name, by=member, on=member.council.today(clock))
        declined = Unsubscription.objects.filter(member=member, kind=kind.name).exists()
        context = {"council_name": member.council.name, "address": link.address, "kind": kind.label}
        response = render(request, "unsubscribe.html", context | {"declined": declined})
    # The secret stands in the address, and no header may carry it on.
    response["Referrer-Policy"] = "no-referrer"
    return response
