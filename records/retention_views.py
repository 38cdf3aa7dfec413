"""How long records are kept, what is due to be purged, the purging in its two steps, and its log."""

from itertools import chain
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bra import readings
from bra.errors import RuleBroken
from bra.forms import GuardedForm, saving
from bra.http import CouncilRequest, only_if, status_of, to_keep
from bra.permissions import may_audit
from bra.recent import is_sent, recently_authenticated
from records import tasks
from records.drafts import MONTHS, old_drafts
from records.lifecycle import purging, rules
from records.models import OrderState, Purge, PurgeOrder, RetentionRule
from records.permissions import may_open_order, may_purge
from records.proposals import listed, proposals
from records.record_kinds import BIN, KINDS, Kind, rules_of
from records.retention_forms import OrderForm, RuleForm, SuggestedForm
from reports.formats import csv_file

PER_PAGE = 50
ALL = "all"


@require_safe
@only_if(may_purge)
def overview(request: CouncilRequest) -> HttpResponse:
    """Each kind of record: its rule, what is due, and when something will be; and drafts that have waited long."""
    return _overview(request, SuggestedForm(initial={"decided_on": request.today}))


def _overview(request: CouncilRequest, form: SuggestedForm) -> HttpResponse:
    kinds = proposals(request.council, request.member, request.today)
    waiting = [
        order
        for order in PurgeOrder.objects.filter(council=request.council).exclude(state=OrderState.DONE).defer("kept")
        if order.is_waited_for and may_open_order(request.member, order)
    ]
    context = {
        "due": [one for one in kinds if one.number],
        "ruled": [one for one in kinds if one.rule],
        "unruled": [one for one in kinds if not one.rule],
        "drafts": old_drafts(request.council, request.member, request.today),
        "months": MONTHS,
        "waiting": waiting,
        "form": form,
        "cleared": request.member.cleared,
    }
    return render(request, "records/retention.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_purge)
def rule(request: CouncilRequest) -> HttpResponse:
    """Decide how long one kind, named in the address, is kept."""
    kind = _kind(request.GET.get("kind", next(iter(KINDS))))
    known = rules_of(request.council).get(kind.name)
    form = RuleForm(request.POST or None, initial=_initial(kind, known))
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in ("years", "decision", "decided_on", "automatic")}
        with saving(form, request) as note:
            chosen = rules.decide(council=request.council, kind=kind, by=request.member, on=request.today, **fields)
            note(chosen)
        if not form.errors:
            messages.success(request, _("The rule is saved: %(kind)s.") % {"kind": kind.label})
            return redirect("retention", request.council.slug)
    page = reverse("retention", args=[request.council.slug])
    context = {
        "form": form,
        "kind": kind,
        "known": known,
        "cancel": page,
        "trail": [(_("Retention"), page), (kind.label, None)],
    }
    return render(request, "records/retention_rule.html", context, status=status_of(form))


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def _initial(kind: Kind, known: RetentionRule | None) -> dict[str, Any]:
    """What the form begins with: the rule that holds, or the one that we suggest."""
    years = known.years if known else kind.suggested
    initial: dict[str, Any] = {"keep": "keep" if years is None else "purge", "years": years}
    if known:
        initial |= {"decision": known.decision, "decided_on": known.decided_on, "automatic": known.automatic}
    return initial


@require_POST
@only_if(may_purge)
def suggested(request: CouncilRequest) -> HttpResponse:
    """Let the suggested rules hold for all kinds that have none."""
    form = SuggestedForm(request.POST)
    if form.is_valid():
        with saving(form, request) as note:
            number = rules.decide_as_suggested(
                council=request.council, by=request.member, on=request.today, **_decision_in(form)
            )
            note(request.council)
        if not form.errors:
            words = ngettext("%(n)d rule is saved.", "%(n)d rules are saved.", number)
            messages.success(request, words % {"n": number})
            return redirect("retention", request.council.slug)
    return _overview(request, form)


def _decision_in(form: SuggestedForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("decision", "decided_on")}


@require_POST
@only_if(may_purge)
def show(request: CouncilRequest) -> HttpResponse:
    """Write down what would be purged of a kind, or of all, and lead to the page that shows it."""
    chosen = request.POST.get("kind", ALL)
    kinds = list(KINDS) if chosen == ALL else [_kind(chosen).name]
    try:
        made = purging.show(council=request.council, kinds=kinds, by=request.member, at=timezone.now())
    except RuleBroken as refused:
        messages.info(request, refused.sentence)
        return redirect("retention", request.council.slug)
    return redirect("purge_order", request.council.slug, made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@only_if(may_purge)
@recently_authenticated(is_sent)
def order(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show exactly what goes, ask for the decision, then purge it; afterwards, what became of it."""
    found = get_object_or_404(PurgeOrder.objects.select_related("by"), pk=pk, council=request.council)
    if not may_open_order(request.member, found):
        raise Http404
    if request.method == "POST" and found.state != OrderState.SHOWN:
        messages.info(request, _("It has been ordered already."))
        return redirect("purge_order", request.council.slug, pk)
    form = _order_form(request, found)
    if request.method == "POST" and form.is_valid() and _ordered(request, found, form):
        return redirect("purge_order", request.council.slug, pk)
    page = reverse("retention", args=[request.council.slug])
    context = {
        "order": found,
        "kinds": listed(found, request.council) if found.state == OrderState.SHOWN else [],
        "number": len(found.rows),
        "full": len(found.rows) >= purging.MOST_AT_ONCE,
        "form": form,
        "purges": [(_kind_label(one.kind), one) for one in found.purges.all()],
        "cancel": page,
        "trail": [(_("Retention"), page), (_("Purging"), None)],
    }
    return render(request, "records/purge_order.html", context, status=status_of(form))


def _ordered(request: CouncilRequest, found: PurgeOrder, form: GuardedForm) -> bool:
    """Order the purging, and do it at once when it is small; False when a rule said no."""
    with saving(form, request) as note:
        decision = form.cleaned_data["decision"]
        confirmed = purging.confirm(order=found, decision=decision, by=request.member, on=request.today)
        note(confirmed)
        if len(found.rows) > purging.AT_ONCE:
            tasks.wake_after_commit(confirmed)
    if form.errors:
        return False
    if len(found.rows) <= purging.AT_ONCE:
        purging.run(found.pk, timezone.now)
    return True


def _order_form(request: CouncilRequest, found: PurgeOrder) -> OrderForm:
    """The form, with the decision of the rules where they name the same one."""
    kinds = {name for name, _key, _mark in found.rows}
    named = {rule.decision for name, rule in rules_of(request.council).items() if name in kinds}
    return OrderForm(request.POST or None, initial={"decision": named.pop() if len(named) == 1 else ""})


@require_safe
@only_if(may_audit)
def log(request: CouncilRequest) -> HttpResponse:
    """Everything that has been purged, the latest first."""
    page = Paginator(_purges(request), PER_PAGE).get_page(request.GET.get("page"))
    trail: list[tuple[str, str | None]] = [(_("Purge log"), None)]
    if may_purge(request.member):
        trail.insert(0, (_("Retention"), reverse("retention", args=[request.council.slug])))
    context = {
        "page_obj": page,
        "lines": [(_kind_label(one.kind), _decision_of(one), one) for one in page.object_list],
        "trail": trail,
    }
    return render(request, "records/purge_log.html", context)


@require_safe
@only_if(may_audit)
def log_csv(request: CouncilRequest) -> HttpResponse:
    """The purge log as a file for a spreadsheet."""
    heads = (_("Day"), _("Kind"), _("Number"), _("Oldest"), _("Newest"), _("Decision"), _("By"), _("First"), _("Last"))
    rows = (
        (
            one.on,
            str(_kind_label(one.kind)),
            one.number,
            one.oldest,
            one.newest,
            _decision_of(one),
            one.by.label if one.by else _("By itself"),
            one.first_key,
            one.last_key,
        )
        for one in _purges(request).iterator(chunk_size=500)
    )
    answer = HttpResponse(csv_file.lines(chain([heads], rows)), content_type=csv_file.TYPE)
    readings.fetched(request, "retention.exported", request.council, "csv")
    return to_keep(answer, f"gallringslogg-{request.council.slug}.csv")


def _purges(request: CouncilRequest) -> Any:
    return Purge.objects.filter(council=request.council).select_related("by")


def _kind_label(name: str) -> str:
    if name == BIN:
        return _("Recycle bin")
    return str(KINDS[name].label) if name in KINDS else name


def _decision_of(purge: Purge) -> str:
    return _(purge.decision) if purge.kind == BIN else purge.decision
