"""The pages of a case's life: each verb has a page of its own with its form, and leads back to the case."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bra.errors import RuleBroken
from bra.forms import GuardedForm, saving
from bra.http import CouncilRequest, only_if, status_of
from bra.permissions import may_coordinate, may_log, may_read_council
from bra.text import key_of
from meetings import lifecycle
from meetings.case_life_forms import CaseRulesForm, CloseForm, LinkForm, MergeForm, ReopenForm, SplitForm
from meetings.case_views import case_for
from meetings.doors import meeting_for
from meetings.models import Case, CaseRules


def _page_of(request: CouncilRequest, case: Case) -> str:
    return reverse("meetings:case_detail", args=[request.council.slug, case.pk])


def _perform(
    request: CouncilRequest, case: Case, form: GuardedForm, verb: Callable[..., Case], words: dict[str, Any]
) -> HttpResponse:
    """Show the form, or do what it says and go on to the case that `verb` returns.

    `verb` takes what the form cleaned. `words` holds title, lead and submit of the page, and `done`, which makes the
    message out of the returned case; `undo`, where there is one, makes the address that takes it back.
    """
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            came_to = verb(by=request.member, on=request.today, **form.cleaned_data)
            note(came_to)
        if not form.errors:
            undo = words["undo"](came_to) if "undo" in words else ""
            messages.success(request, words["done"](came_to), extra_tags=f"undo={undo}" if undo else "")
            return redirect(_page_of(request, came_to))
    page = _page_of(request, case)
    context = words | {
        "form": form,
        "case": case,
        "cancel": page,
        "trail": [
            (_("Cases"), reverse("meetings:case_list", args=[request.council.slug])),
            (case.registry_number, page),
            (words["title"], ""),
        ],
    }
    return render(request, "meetings/case_verb.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_log)
def case_merge(request: CouncilRequest, pk: int) -> HttpResponse:
    """Merge the case into another; the message offers to undo it."""
    case = case_for(request.member, pk)
    words = {
        "title": _("Merge the case"),
        "lead": _(
            "Items, topics, links and watchers go over to the other case. This one is closed and points there, so that "
            "its registry number still leads to the right place."
        ),
        "submit": _("Merge the cases"),
        "done": lambda into: _("The case %(number)s is merged into this one.") % {"number": case.registry_number},
        "undo": lambda into: reverse("meetings:case_unmerge", args=[request.council.slug, case.pk]),
    }
    form = MergeForm(request.POST or None, case=case, member=request.member)
    return _perform(request, case, form, lambda **said: lifecycle.merge_cases(case=case, **said), words)


@require_POST
@only_if(may_log)
def case_unmerge(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take a merge back."""
    case = case_for(request.member, pk)
    try:
        lifecycle.unmerge_case(case=case, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("The merge is undone. The case stands on its own again."))
    return redirect(_page_of(request, case))


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_log)
def case_split(request: CouncilRequest, pk: int) -> HttpResponse:
    """Open a new case with some of the items of this one."""
    case = case_for(request.member, pk)
    words = {
        "title": _("Split the case"),
        "lead": _(
            "Choose the items that are about something else. They go to a new case, which gets the topics and the "
            "watchers of this one and is linked to where it came from."
        ),
        "submit": _("Open the new case"),
        "done": lambda new: _("The case %(number)s is opened.") % {"number": new.registry_number},
    }
    initial = {
        "registry_number": lifecycle.next_registry_number(request.council, request.today),
        "organisation": case.organisation,
    }
    form = SplitForm(request.POST or None, case=case, member=request.member, initial=initial)
    return _perform(request, case, form, lambda **said: lifecycle.split_case(case=case, **said), words)


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_log)
def case_close(request: CouncilRequest, pk: int) -> HttpResponse:
    """Close the case with its outcome."""
    case = case_for(request.member, pk)
    words = {
        "title": _("Close the case"),
        "lead": _("The case leaves the list of cases in progress. It can be opened again at any time."),
        "submit": _("Close the case"),
        "done": lambda closed: _("The case is closed."),
        "closing": True,
    }
    form = CloseForm(request.POST or None, initial={"outcome": case.outcome})
    return _perform(request, case, form, lambda **said: lifecycle.close_case(case=case, **said), words)


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_log)
def case_reopen(request: CouncilRequest, pk: int) -> HttpResponse:
    """Open a closed case again."""
    case = case_for(request.member, pk)
    words = {
        "title": _("Reopen the case"),
        "lead": _("The outcome stays to be read as the earlier one."),
        "submit": _("Reopen the case"),
        "done": lambda opened: _("The case is open again."),
    }
    form = ReopenForm(request.POST or None)
    return _perform(request, case, form, lambda **said: lifecycle.reopen_case(case=case, **said), words)


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_log)
def case_link(request: CouncilRequest, pk: int) -> HttpResponse:
    """Link the case with one that belongs together with it."""
    case = case_for(request.member, pk)

    def link(*, other: Case, **said: Any) -> Case:
        lifecycle.link_cases(case=case, other=other, **said)
        return case

    words = {
        "title": _("Link a related case"),
        "lead": _("Both cases show the link. Nothing else changes."),
        "submit": _("Link the cases"),
        "done": lambda linked: _("The cases are linked."),
    }
    # The undo button of a message sends no fields: the case stands in the address.
    sent = request.POST if "other" in request.POST or not request.GET else request.GET
    return _perform(
        request,
        case,
        LinkForm(sent if request.method == "POST" else None, case=case, member=request.member),
        link,
        words,
    )


@require_POST
@only_if(may_log)
def case_unlink(request: CouncilRequest, pk: int) -> HttpResponse:
    """Take the link with another case away; the message offers to undo it."""
    case = case_for(request.member, pk)
    other = _chosen(Case.objects.visible_to(request.member), request.POST.get("other", ""))
    if other is not None:
        lifecycle.unlink_cases(case=case, other=other, by=request.member, on=request.today)
        undo = reverse("meetings:case_link", args=[request.council.slug, case.pk]) + f"?other={other.pk}"
        messages.success(request, _("The link is taken away."), extra_tags=f"undo={undo}")
    return redirect(_page_of(request, case))


@require_POST
@only_if(may_read_council)
def case_watch(request: CouncilRequest, pk: int) -> HttpResponse:
    """Watch the case, or with `end` stop watching it."""
    case = case_for(request.member, pk)
    watched = "end" not in request.POST
    try:
        lifecycle.watch_case(case=case, by=request.member, on=request.today, watched=watched)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        words = _("You watch the case. Your first page tells when it is treated.")
        messages.success(request, words if watched else _("You no longer watch the case."))
    return redirect(_page_of(request, case))


@require_POST
@only_if(may_read_council)
def watched_seen(request: CouncilRequest) -> HttpResponse:
    """Note that the member has seen what the first page told of the watched cases."""
    lifecycle.see_watched(by=request.member)
    return redirect("home", request.council.slug)


@require_POST
@only_if(may_log)
def case_to_agenda(request: CouncilRequest, pk: int) -> HttpResponse:
    """Put a case that was proposed on the agenda of a planned meeting; the message offers to undo it."""
    meeting = meeting_for(request.member, pk)
    case = _chosen(Case.objects.visible_to(request.member), request.POST.get("case", ""))
    if case is not None:
        try:
            item = lifecycle.put_on_agenda(meeting=meeting, case=case, by=request.member, on=request.today)
        except RuleBroken as error:
            messages.error(request, error.sentence)
        else:
            undo = reverse("meetings:item_remove", args=[request.council.slug, item.pk])
            words = _("“%(title)s” is on the agenda.") % {"title": item.title}
            messages.success(request, words, extra_tags=f"undo={undo}")
    return redirect("meetings:detail", request.council.slug, meeting.pk)


def _chosen(cases: "models.QuerySet[Case]", key: str) -> Case | None:
    """The case with that key among those that exist for the member; None when there is none."""
    return cases.filter(pk=key_of(key) or 0).first()


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_coordinate)
def case_rules(request: CouncilRequest) -> HttpResponse:
    """Choose when a case is proposed for the agenda."""
    rules = CaseRules.of(request.council)
    form = CaseRulesForm(request.POST or None, initial={"quiet_weeks": rules.quiet_weeks})
    if request.method == "POST" and form.is_valid():
        with form.refusing():
            lifecycle.choose_case_rules(
                council=request.council, by=request.member, on=request.today, **form.cleaned_data
            )
        if not form.errors:
            messages.success(request, _("The settings are saved."))
            return redirect("meetings:case_rules", request.council.slug)
    context = {"form": form, "cancel": reverse("home", args=[request.council.slug])}
    return render(request, "meetings/case_rules.html", context, status=status_of(form))
