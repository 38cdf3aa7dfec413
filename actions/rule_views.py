"""The coordinator's pages of when mail goes out, and of rounds of updates."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from actions import reminders
from actions.models import ReminderRules, UpdateRound
from actions.rule_forms import RoundForm, RulesForm
from bra.http import CouncilRequest, only_if, status_of
from bra.permissions import may_coordinate
from bra.tasks import wake_sender


def _log(request: CouncilRequest) -> tuple[str, str]:
    return _("Mail log"), reverse("actions:mail_list", args=[request.council.slug])


@only_if(may_coordinate)
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: CouncilRequest) -> HttpResponse:
    """Choose when the council's mail goes out."""
    row = ReminderRules.of(request.council)
    form = RulesForm(request.POST or None)
    form.initial = {name: getattr(row, name) for name in form.fields}
    if request.method == "POST" and form.is_valid():
        with form.refusing():
            reminders.change_rules(council=request.council, by=request.member, on=request.today, **form.cleaned_data)
        if not form.errors:
            messages.success(request, _("The settings are saved."))
            return redirect("actions:mail_rules", request.council.slug)
    title = _("When mail goes out")
    context = {"form": form, "title": title, "trail": [_log(request), (title, None)], "cancel": _log(request)[1]}
    return render(request, "actions/mail_rules.html", context, status=status_of(form))


@only_if(may_coordinate)
@require_http_methods(["GET", "HEAD", "POST"])
def rounds(request: CouncilRequest) -> HttpResponse:
    """List the rounds of updates, and start one."""
    form = RoundForm(request.POST or None)
    form.initial = {"as_of": request.today, "grace_days": ReminderRules.of(request.council).grace_days}
    if request.method == "POST" and form.is_valid():
        with form.refusing():
            made = reminders.start_update_round(
                council=request.council, by=request.member, on=request.today, **form.cleaned_data
            )
        if not form.errors:
            soon = wake_sender()
            words = _("The owners are asked now.") if soon else _("The owners are asked within ten minutes.")
            messages.success(request, words)
            return redirect("actions:mail_round", request.council.slug, made.pk)
    title = _("Rounds of updates")
    context = {
        "form": form,
        "to_be_asked": reminders.to_be_asked(request.member, request.today),
        "rounds": UpdateRound.objects.filter(council=request.council),
        "title": title,
        "trail": [_log(request), (title, None)],
    }
    return render(request, "actions/mail_rounds.html", context, status=status_of(form))


@only_if(may_coordinate)
@require_safe
def round_detail(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show who was asked in a round, and who has answered since."""
    row = get_object_or_404(UpdateRound.objects.select_related("council"), council=request.council, pk=pk)
    asked = reminders.asked_in(row, request.member)
    all_rounds = (_("Rounds of updates"), reverse("actions:mail_rounds", args=[request.council.slug]))
    context = {
        "round": row,
        "asked": asked,
        "answered": sum(one.answered_on is not None for one in asked),
        "trail": [_log(request), all_rounds, (str(row.as_of), None)],
    }
    return render(request, "actions/mail_round.html", context)
