"""The register of requests for records: the list, one request, how it ends, and what is set for all of them."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from bra.forms import GuardedForm, saving
from bra.http import CouncilRequest, only_if, status_of
from bra.models import Member
from bra.workdays import is_working_day
from records import permissions
from records.lifecycle import (
    appeal_text,
    change_release,
    choose_release_rules,
    end_release,
    refuse_release,
    register_release,
    reopen_release,
)
from records.models import KEPT_BACK, Refusal, Release, ReleaseQuerySet, ReleaseRules, ReleaseState
from records.release_forms import EndForm, FindForm, RefusalForm, ReleaseForm, ReopenForm, RulesForm
from records.release_sentences import lines_of

PER_PAGE = 50
_LONGEST_COUNTED = timedelta(days=400)

Trail = list[tuple[str, str | None]]


def release_for(member: Member, pk: int) -> Release:
    """The one door to a request: of the member's own council, for those who read the register; else 404."""
    if not permissions.may_read_releases(member):
        raise Http404
    releases = Release.objects.of(member.council).select_related("council", "handler", "refusal")
    return get_object_or_404(releases, pk=pk)


def working_days(since: date, to: date) -> int:
    """How many working days have passed since the day; a request of today is 0 days old. Counted for a year at most."""
    since = max(since, to - _LONGEST_COUNTED)
    return sum(is_working_day(since + timedelta(days=n)) for n in range(1, (to - since).days + 1))


def trail_of(request: CouncilRequest, *steps: tuple[str, str | None]) -> Trail:
    """The way to a page of the register."""
    register = (_("Requests for records"), reverse("release_list", args=[request.council.slug]) if steps else None)
    return [register, *steps]


def step_of(release: Release) -> tuple[str, str | None]:
    """A request's own page, as a step of the way to a page below it."""
    title = _("Request %(number)s") % {"number": release.label}
    return title, reverse("release_detail", args=[release.council.slug, release.pk])


def found_releases(request: CouncilRequest) -> tuple[FindForm, ReleaseQuerySet]:
    """What the address asks for, and the requests that match."""
    form = FindForm(request.council, request.GET)
    releases = Release.objects.of(request.council)
    if form.is_valid():
        asked = form.cleaned_data
        releases = releases.saying(asked["text"]) if asked["text"] else releases
        releases = releases.in_state(asked["state"]) if asked["state"] else releases
        releases = releases.of_year(int(asked["year"])) if asked["year"] else releases
        releases = releases.on_ground(asked["ground"]) if asked["ground"] else releases
    return form, releases


@never_cache
@require_safe
@only_if(permissions.may_read_releases)
def release_list(request: CouncilRequest) -> HttpResponse:
    """Show the register, filtered as the address says."""
    form, releases = found_releases(request)
    # Copies with restricted matter aren't counted for who isn't cleared.
    counted = Q() if request.member.cleared else Q(copies__whole=False)
    rows = releases.select_related("handler").annotate(copy_count=Count("copies", filter=counted))
    page = Paginator(rows.order_by("-year", "-number"), PER_PAGE).get_page(request.GET.get("page"))
    rules = ReleaseRules.of(request.council)
    context = {
        "form": form,
        "page_obj": page,
        "rows": [(release, _age(request, release, rules)) for release in page],
        "none_at_all": not page.paginator.count and not form.in_use,
        "may_handle": permissions.may_handle_releases(request.member),
        "may_set": permissions.may_set_release_rules(request.member),
        "query": request.GET.urlencode(),
    }
    return render(request, "records/release_list.html", context)


def _age(request: CouncilRequest, release: Release, rules: ReleaseRules) -> tuple[int, bool] | None:
    """How many working days old an open request is, and whether that is too long."""
    if not release.is_open:
        return None
    days = working_days(release.received_on, request.today)
    return days, days > rules.warn_after


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(permissions.may_handle_releases)
def release_new(request: CouncilRequest) -> HttpResponse:
    """Enter a request."""
    initial = {"received_on": request.today, "handler": request.member.pk}
    form = ReleaseForm(request.council, request.today, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            release = register_release(council=request.council, by=request.member, on=request.today, **_fields(form))
            note(release)
        if not form.errors:
            messages.success(request, _("The request is entered."))
            return redirect("release_detail", request.council.slug, release.pk)
    cancel = reverse("release_list", args=[request.council.slug])
    title = _("Enter a request")
    return _form_page(request, form, title, _("Enter the request"), cancel, trail_of(request, (title, None)))


def _fields(form: ReleaseForm) -> dict[str, Any]:
    names = ("received_on", "way", "asked", "requester", "handler", "notes")
    return {name: form.cleaned_data[name] for name in names}


def _form_page(
    request: CouncilRequest, form: GuardedForm, title: str, submit: str, cancel: str, trail: Trail, words: str = ""
) -> HttpResponse:
    context = {"form": form, "title": title, "submit": submit, "cancel": cancel, "trail": trail, "words": words}
    return render(request, "records/release_form.html", context, status=status_of(form))


def _step_page(
    request: CouncilRequest, release: Release, form: GuardedForm, title: str, submit: str, words: str = ""
) -> HttpResponse:
    """A form about one request, whose page one comes back to."""
    step = step_of(release)
    return _form_page(request, form, title, submit, step[1] or "", trail_of(request, step, (title, None)), words)


@never_cache
@require_safe
@only_if(permissions.may_read_releases)
def release_detail(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show one request: what was asked, its copies, how it ended, and its log."""
    release = release_for(request.member, pk)
    copies = release.copies.visible_to(request.member).select_related("made_by").prefetch_related("grounds")
    kept_back = release.state in KEPT_BACK
    context = {
        "release": release,
        "age": _age(request, release, ReleaseRules.of(request.council)),
        "copies": copies,
        "refusal": _refusal(release) if kept_back else None,
        "lines": lines_of(release, request.member),
        "may_handle": permissions.may_handle_releases(request.member),
        "may_work": permissions.may_work_on(request.member, release),
        "may_whole": permissions.may_release_whole(request.member),
        "title": step_of(release)[0],
        "trail": trail_of(request, (release.label, None)),
    }
    return render(request, "records/release_detail.html", context)


def _refusal(release: Release) -> Refusal | None:
    return getattr(release, "refusal", None)


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(permissions.may_handle_releases)
def release_edit(request: CouncilRequest, pk: int) -> HttpResponse:
    """Correct what is known of a request."""
    release = release_for(request.member, pk)
    initial = {
        "received_on": release.received_on,
        "way": release.way,
        "asked": release.asked,
        "requester": release.requester,
        "handler": release.handler_id,
        "notes": release.notes,
    }
    form = ReleaseForm(request.council, request.today, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            change_release(release=release, by=request.member, on=request.today, **_fields(form))
            note(release)
        if not form.errors:
            messages.success(request, _("The request is saved."))
            return redirect("release_detail", request.council.slug, release.pk)
    title = _("Change request %(number)s") % {"number": release.label}
    return _step_page(request, release, form, title, _("Save the request"))


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(permissions.may_handle_releases)
def release_end(request: CouncilRequest, pk: int) -> HttpResponse:
    """End a request in which nothing was kept back."""
    release = release_for(request.member, pk)
    form = EndForm(request.POST or None, initial={"state": ReleaseState.RELEASED})
    if request.method == "POST" and form.is_valid():
        state = form.cleaned_data["state"]
        with form.refusing():
            end_release(release=release, state=state, by=request.member, on=request.today)
        if not form.errors:
            messages.success(request, _("The request has ended."))
            return redirect("release_detail", request.council.slug, release.pk)
    title = _("End request %(number)s") % {"number": release.label}
    words = _("Was something kept back, a masked passage too? Then enter the decision instead.")
    return _step_page(request, release, form, title, _("End the request"), words)


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(permissions.may_handle_releases)
def release_refuse(request: CouncilRequest, pk: int) -> HttpResponse:
    """Enter the decision to keep the whole or a part back."""
    release = release_for(request.member, pk)
    before = _refusal(release)
    initial: dict[str, Any] = {"appeal": appeal_text(request.council), "decided_by": request.member.label}
    initial["extent"] = "part" if release.copies.visible_to(request.member).exists() else ""
    if before is not None:
        names = ("reasons", "decided_by", "written_asked", "appeal")
        initial |= {name: getattr(before, name) for name in names} | {"grounds": list(before.grounds.all())}
    form = RefusalForm(request.council, before, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        with saving(form, request) as note:
            in_part = said.pop("extent") == "part"
            refuse_release(release=release, in_part=in_part, by=request.member, on=request.today, **said)
            note(release)
        if not form.errors:
            messages.success(request, _("The decision is entered. Its letter is ready."))
            return redirect("release_detail", request.council.slug, release.pk)
    title = _("Decision on request %(number)s") % {"number": release.label}
    return _step_page(request, release, form, title, _("Enter the decision"))


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(permissions.may_handle_releases)
def release_reopen(request: CouncilRequest, pk: int) -> HttpResponse:
    """Handle a request again that ended by a slip."""
    release = release_for(request.member, pk)
    form = ReopenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            reason = form.cleaned_data["reason"]
            reopen_release(release=release, reason=reason, by=request.member, on=request.today)
            note(release)
        if not form.errors:
            messages.success(request, _("The request is being handled again."))
            return redirect("release_detail", request.council.slug, release.pk)
    title = _("Open request %(number)s again") % {"number": release.label}
    return _step_page(request, release, form, title, _("Open the request again"))


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(permissions.may_set_release_rules)
def release_rules(request: CouncilRequest) -> HttpResponse:
    """Decide when the register warns, and how decisions tell to appeal."""
    rules = ReleaseRules.of(request.council)
    form = RulesForm(request.POST or None, initial=RulesForm.of(rules, appeal_text(request.council)))
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            saved = choose_release_rules(
                council=request.council,
                warn_after=form.cleaned_data["warn_after"],
                appeal=form.cleaned_data["appeal"],
                by=request.member,
                on=request.today,
            )
            note(saved)
        if not form.errors:
            messages.success(request, _("The settings are saved."))
            return redirect("release_rules", request.council.slug)
    title = _("Settings for requests")
    cancel = reverse("release_list", args=[request.council.slug])
    trail = trail_of(request, (title, None))
    return _form_page(request, form, title, _("Save the settings"), cancel, trail)
