"""The pages of cases: the list, one case's timeline, new and changed cases."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from bra.errors import RuleBroken
from bra.forms import saving
from bra.http import CouncilRequest, only_if, status_of
from bra.models import Member
from bra.permissions import may_log, may_read_council
from meetings import lifecycle, permissions
from meetings.case_filters import CaseFilter
from meetings.case_forms import CaseForm, CaseStateForm
from meetings.case_sentences import lines_of
from meetings.case_tables import CaseTable
from meetings.case_timeline import items_of, numbers_of
from meetings.models import Case, CaseState, Meeting

PER_PAGE = 25
# The tabs of the list that aren't a state: everything not closed, which is where the list begins, and all.
LIVE, ALL = "live", "all"


def case_for(member: Member, pk: int) -> Case:
    """Return the case if it exists for the member, else 404."""
    cases = Case.objects.visible_to(member).with_last_treated(member).prefetch_related("topics")
    return get_object_or_404(
        cases.select_related("organisation", "council", "merged_into", "legal_ground", "restricted_by"), pk=pk
    )


@require_safe
@only_if(may_read_council)
def case_list(request: CouncilRequest) -> HttpResponse:
    """List the cases that the member may see, by state in tabs, filtered and sorted by the address."""
    mine = Case.objects.visible_to(request.member)
    chosen = CaseFilter(request.GET, queryset=mine, member=request.member, today=request.today)
    cases = chosen.qs
    counts = dict(cases.order_by().values_list("state").annotate(Count("pk")))
    tab = request.GET.get("state", "")
    if tab in CaseState.values:
        shown = cases.filter(state=tab)
    else:
        tab = tab if tab == ALL else LIVE
        shown = cases if tab == ALL else cases.live()
    rows = shown.with_last_treated(request.member).select_related("organisation", "merged_into")
    rows = rows.prefetch_related("topics")
    table = CaseTable(rows)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    return render(
        request,
        "meetings/case_list.html",
        {
            "filter": chosen,
            "table": table,
            "tab": tab,
            "tabs": _tabs(counts),
            "none_at_all": not counts and not chosen.in_use,
            "may_open": may_log(request.member),
        },
    )


def _tabs(counts: dict[str, int]) -> list[tuple[str, str, int]]:
    """Return (value in the address, word, number of cases) of each tab."""
    total = sum(counts.values())
    states = [(value, str(label), counts.get(value, 0)) for value, label in CaseState.choices]
    return [(LIVE, _("In progress"), total - counts.get(CaseState.CLOSED, 0)), *states, (ALL, _("All"), total)]


@require_safe
@only_if(may_read_council)
def case_detail(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show one case: how it stands, and its items, decisions and actions on one timeline, the newest first."""
    case = case_for(request.member, pk)
    items = list(items_of(case, request.member))
    may_edit = permissions.may_edit_case(request.member, case)
    return render(
        request,
        "meetings/case_detail.html",
        {
            "case": case,
            "items": items,
            "numbers": numbers_of(items),
            "next_meeting": Meeting.objects.visible_to(request.member).upcoming(request.today).first(),
            "lines": lines_of(case, request.member),
            "may_edit": may_edit,
            "some_restricted": not case.restricted and any(item.restricted for item in items),
            "may_unmerge": permissions.may_unmerge_case(request.member, case),
            "watched": case.watches.filter(member=request.member).exists(),
            "related": related_to(case, request.member),
            "state_form": CaseStateForm(initial={"state": case.state}) if may_edit and case.is_live else None,
            "trail": [
                (_("Cases"), reverse("meetings:case_list", args=[request.council.slug])),
                (case.registry_number, ""),
            ],
        },
    )


def related_to(case: Case, member: Member) -> list[tuple[str, Case, bool]]:
    """What the case belongs together with, as far as it exists for the member: (how, the case, can be unlinked)."""
    visible = Case.objects.visible_to(member)
    kin = visible.filter(Q(split_from=case) | Q(merged_into=case) | Q(pk=case.split_from_id))
    found = []
    for other in kin.order_by("opened_on", "pk"):
        if other.merged_into_id == case.pk:
            found.append((_("Merged into this one"), other, False))
        elif other.split_from_id == case.pk:
            found.append((_("Split off from this one"), other, False))
        else:
            found.append((_("This one was split off from it"), other, False))
    if not case.is_merged:  # the links of one that is went over to the other
        found += [(_("Linked"), other, True) for other in visible.related_to(case)]
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_log)
def case_new(request: CouncilRequest) -> HttpResponse:
    """Open a case."""
    form = CaseForm(
        request.POST or None,
        initial={"registry_number": lifecycle.next_registry_number(request.council, request.today)},
        council=request.council,
        may_restrict=permissions.may_restrict_any(request.member),
    )
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            case = lifecycle.open_case(
                council=request.council, by=request.member, on=request.today, **form.cleaned_data
            )
            note(case)
        if not form.errors:
            messages.success(request, _("The case %(number)s is opened.") % {"number": case.registry_number})
            return redirect("meetings:case_detail", request.council.slug, case.pk)
    return _form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_log)
def case_edit(request: CouncilRequest, pk: int) -> HttpResponse:
    """Change a case."""
    case = case_for(request.member, pk)
    was_restricted = case.restricted
    form = CaseForm(
        request.POST or None,
        initial=CaseForm.initial_of(case),
        council=request.council,
        may_restrict=permissions.may_restrict(request.member, case),
        case=case,
    )
    if request.method == "POST" and form.is_valid():
        with saving(form, request) as note:
            lifecycle.edit_case(
                case=case,
                by=request.member,
                on=request.today,
                state=CaseState(case.state),
                **form.cleaned_data,
            )
            note(case)
        if not form.errors:
            messages.success(request, _("The case is saved."))
            _tell_of_locks_left(request, case, was_restricted=was_restricted)
            return redirect("meetings:case_detail", request.council.slug, case.pk)
    return _form_page(request, form, case)


def _tell_of_locks_left(request: CouncilRequest, case: Case, *, was_restricted: bool) -> None:
    """Say how many items keep the lock that was taken off their case, since each is decided by itself."""
    if not was_restricted or Case.objects.filter(pk=case.pk, restricted=True).exists():
        return
    left = case.items.visible_to(request.member).filter(restricted=True).count()
    if left:
        messages.warning(
            request,
            ngettext(
                "%(n)d item of the case is still restricted. Take the lock off on the item itself.",
                "%(n)d items of the case are still restricted. Take the lock off on each item.",
                left,
            )
            % {"n": left},
        )


def _form_page(request: CouncilRequest, form: CaseForm, case: Case | None) -> HttpResponse:
    slug = request.council.slug
    trail = [(_("Cases"), reverse("meetings:case_list", args=[slug]))]
    if case is None:
        cancel = trail[0][1]
        trail.append((_("New case"), ""))
    else:
        cancel = reverse("meetings:case_detail", args=[slug, case.pk])
        trail += [(case.registry_number, cancel), (_("Edit"), "")]
    context = {"form": form, "case": case, "trail": trail, "cancel": cancel}
    return render(request, "meetings/case_form.html", context, status=status_of(form))


@require_POST
@only_if(may_log)
def case_state(request: CouncilRequest, pk: int) -> HttpResponse:
    """Change where a case stands; the message offers to undo it."""
    case = case_for(request.member, pk)
    # The undo button of a message sends no fields: its state stands in the address.
    form = CaseStateForm(request.POST if "state" in request.POST else request.GET)
    if not form.is_valid():
        raise Http404
    before, after = CaseState(case.state), CaseState(form.cleaned_data["state"])
    if after != before:
        try:
            lifecycle.edit_case(case=case, by=request.member, on=request.today, topics=case.topics.all(), state=after)
        except RuleBroken as error:
            messages.error(request, error.sentence)
        else:
            undo = reverse("meetings:case_state", args=[request.council.slug, case.pk]) + f"?state={before}"
            words = _("The case is now: %(state)s.") % {"state": after.label}
            messages.success(request, words, extra_tags=f"undo={undo}")
    return redirect("meetings:case_detail", request.council.slug, case.pk)
