"""The pages of those who look after the installation: councils, log-ins, the installation's own log. No content."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, Concatenate

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bra import administering, invitations, mail
from bra.administering_forms import CoordinatorForm, CouncilForm
from bra.administering_sentences import lines_of_installation
from bra.errors import RuleBroken
from bra.forms import note_override, refuse_number
from bra.http import status_of
from bra.models import Council, HistoryEntry, Letter, Member, Role, User
from bra.recent import is_sent, recently_authenticated
from bra.second_step import factors_of
from bra.tasks import wake_sender

PER_PAGE = 50


class AdministratorRequest(HttpRequest):
    """A request by somebody who looks after the installation (a type, never created)."""

    user: User


def administrators_only(
    view: Callable[Concatenate[AdministratorRequest, ...], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, ...], HttpResponseBase]:
    """Let a view exist only for those who look after the installation; for others it is 404, not 403."""

    @login_required
    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_administrator:
            raise Http404
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return guarded


@require_safe
@administrators_only
def installation(request: AdministratorRequest) -> HttpResponse:
    """Show each council by name and address, and whether what it needs of the installation works. Constant queries."""
    judged = Letter.objects.to_judge().filter(council=OuterRef("pk")).order_by()
    clock = timezone.now()
    councils = list(
        Council.objects.order_by("name", "pk")
        .select_related("chain_head")
        .annotate(
            log_ins=Count("members", filter=Q(members__user__is_active=True)),
            mail_to_judge=Exists(judged),
        )
    )
    coordinators: dict[int, list[Member]] = {}
    for member in Member.objects.filter(role=Role.COORDINATOR, user__is_active=True):
        coordinators.setdefault(member.council_id, []).append(member)
    rows = [
        (council, any(one.is_active(council.today(clock)) for one in coordinators.get(council.pk, [])))
        for council in councils
    ]
    return render(request, "administering/installation.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
@recently_authenticated(is_sent)
def council_new(request: AdministratorRequest) -> HttpResponse:
    """Make a council with its first coordinator, who is told by mail how to log in."""
    form = CouncilForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusing(), transaction.atomic():
            day = timezone.localdate()
            council, member = administering.open_council(**form.cleaned_data, by=request.user, on=day)
            note_override(form, council=council, by=None, user=request.user, on=day, target=council)
        if not form.errors:
            messages.success(request, _("%(council)s is made.") % {"council": council.name})
            _invite(request, member)
            return redirect("administering:installation")
    return _form_page(request, form, _("New council"), _("Make the council"))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
@recently_authenticated(is_sent)
def coordinator_new(request: AdministratorRequest, pk: int) -> HttpResponse:
    """Give a council that has lost its coordinators a new one."""
    council = get_object_or_404(Council, pk=pk)
    day = council.today(timezone.now())
    if administering.coordinated(council, day):
        messages.info(request, _("The council has a coordinator who can log in. Ask them to seat the new one."))
        return redirect("administering:installation")
    form = CoordinatorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        with form.refusing(), transaction.atomic():
            member = administering.appoint_coordinator(
                council=council,
                name=fields.pop("coordinator"),
                **fields,
                by=request.user,
                on=timezone.localdate(),
                day=day,
            )
            note_override(form, council=council, by=None, user=request.user, on=day, target=member)
        if not form.errors:
            messages.success(request, _("%(council)s has a coordinator again.") % {"council": council.name})
            _invite(request, member)
            return redirect("administering:installation")
    title = _("A coordinator for %(council)s") % {"council": council.name}
    return _form_page(request, form, title, _("Appoint the coordinator"))


@require_safe
@administrators_only
def accounts(request: AdministratorRequest) -> HttpResponse:
    """List those who can log in, found by address."""
    sought = request.GET.get("q", "").replace("\x00", "").strip()[:254]
    try:
        refuse_number(sought)
    except ValidationError as refused:
        messages.error(request, refused.message)
        sought = ""
    found = _with_councils(User.objects.order_by("email"))
    if sought:
        found = found.filter(email__icontains=sought)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "administering/accounts.html", {"page": page, "sought": sought})


@require_safe
@administrators_only
def account(request: AdministratorRequest, pk: int) -> HttpResponse:
    """Show one log-in: which councils it opens, in which roles, and what can be done about it."""
    user = get_object_or_404(_with_councils(User.objects.all()), pk=pk)
    clock = timezone.now()
    memberships = [
        (member, member.is_active(member.council.today(clock)))
        for member in user.memberships.select_related("council").order_by("council__name")
    ]
    context = {
        "account": user,
        "memberships": memberships,
        "own": user.pk == request.user.pk,
        "has_second_step": factors_of(user).exists(),
    }
    return render(request, "administering/account.html", context)


def _reset_second_step(*, user: User, by: User, on: date) -> User:
    done = administering.reset_second_step(user=user, by=by, on=on, at=timezone.now())
    wake_sender()
    return done


VERBS: dict[str, tuple[Callable[..., User], Callable[[], str]]] = {
    "lock": (administering.lock_out, lambda: _("%(address)s is locked out everywhere.")),
    "unlock": (administering.let_in, lambda: _("%(address)s can log in again.")),
    "promote": (administering.make_administrator, lambda: _("%(address)s looks after the installation too.")),
    "demote": (administering.unmake_administrator, lambda: _("%(address)s no longer looks after the installation.")),
    "reset": (
        _reset_second_step,
        lambda: _("The second step of %(address)s is reset. They set up a new one at the next log-in."),
    ),
}


@require_POST
@administrators_only
@recently_authenticated()
def account_verb(request: AdministratorRequest, pk: int) -> HttpResponse:
    """Lock a log-in out or in, reset its second step, or say who administers."""
    user = get_object_or_404(User, pk=pk)
    chosen = VERBS.get(request.POST.get("do", ""))
    if chosen is None:
        raise Http404
    verb, words = chosen
    try:
        verb(user=user, by=request.user, on=timezone.localdate())
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, words() % {"address": user.email})
    if user.pk == request.user.pk:
        return redirect("start")
    return redirect("administering:account", user.pk)


@require_safe
@administrators_only
def installation_log(request: AdministratorRequest) -> HttpResponse:
    """Show the installation's own audit log, the latest first."""
    entries = HistoryEntry.objects.filter(council=None).select_related("user").order_by("-pk")
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "administering/log.html", {"page": page, "lines": lines_of_installation(page.object_list)})


def _with_councils(users: QuerySet[User]) -> QuerySet[User]:
    return users.annotate(council_count=Count("memberships"))


def _invite(request: HttpRequest, member: Member) -> None:
    assert member.user is not None
    try:
        invitations.invite(member)
    except (mail.ServerAway, mail.Refused, mail.Uncertain):
        messages.warning(
            request,
            _(
                "The mail to %(address)s couldn't be sent. If the address is right, the forgotten-password page sends "
                "a new one. If it is wrong, lock it out under “Log-ins”: then you can appoint another coordinator here."
            )
            % {"address": member.user.email},
        )
    else:
        messages.success(request, _("A mail has gone to %(address)s.") % {"address": member.user.email})


def _form_page(request: HttpRequest, form: CoordinatorForm, title: str, button: str) -> HttpResponse:
    back = reverse("administering:installation")
    context = {"form": form, "title": title, "button": button, "cancel": back, "trail": [(_("Installation"), back)]}
    return render(request, "administering/form.html", context, status=status_of(form))
