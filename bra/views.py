"""The pages in front of the councils' doors."""

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bra.models import Member, User


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 "ok" when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@login_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the user's council; to a choice when there are several; to a kind word when there is none."""
    assert isinstance(request.user, User)  # login_required saw to it
    clock = timezone.now()
    memberships = [
        member
        for member in Member.objects.select_related("council").filter(user=request.user).order_by("council__name")
        if member.is_active(member.council.today(clock))
    ]
    if len(memberships) == 1:
        return redirect("home", memberships[0].council.slug)
    return render(request, "start.html", {"memberships": memberships})
