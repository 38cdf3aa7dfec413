"""Actions at an agenda item: logging one, removing it and bringing it back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from actions import lifecycle, permissions
from actions.doors import action_for
from actions.forms import AgreeForm
from actions.models import Action
from actions.templatetags.item_actions import item_context
from bra.errors import RuleBroken
from bra.forms import saving
from bra.http import REFUSED, CouncilRequest
from meetings.doors import item_for
from meetings.models import AgendaItem


def live_page(request: CouncilRequest, item: AgendaItem) -> str:
    """The address of the live page with the item open."""
    return f"{reverse('meetings:live', args=[request.council.slug, item.meeting_id])}?punkt={item.pk}"


def _undo(request: CouncilRequest, action: Action, url_name: str) -> str:
    return f"undo={reverse(url_name, args=[request.council.slug, action.pk])}"


def _item_partial(request: CouncilRequest, item: AgendaItem, **how: Any) -> HttpResponse:
    """The item's container for htmx, with what has just been said of it."""
    status = REFUSED if how.get("form") else 200
    answer = render(request, "actions/_item_answer.html", item_context(request, item, **how), status=status)
    # The page around it may count actions by item.
    answer["HX-Trigger"] = "actions-changed"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: CouncilRequest, item_pk: int) -> HttpResponse:
    """Log an action at the item, or show the form for it on a page of its own."""
    item = item_for(request.member, item_pk)
    if not permissions.may_agree_at(request.member, item):
        raise Http404
    posted = request.method == "POST"
    form = AgreeForm(request.POST if posted else None, item=item, on=request.today)
    if posted and form.is_valid():
        with saving(form, request) as note:
            action = lifecycle.agree(agenda_item=item, by=request.member, on=request.today, **form.cleaned_data)
            note(action)
        if not form.errors:
            messages.success(request, _("The action is logged."), extra_tags=_undo(request, action, "actions:remove"))
            if request.htmx:
                return _item_partial(request, item, focus=True)
            return redirect(live_page(request, item))
    if posted and request.htmx:
        return _item_partial(request, item, form=form)
    back = live_page(request, item)
    context = {"form": form, "item": item, "back": back, "trail": [(item.title, back), (_("New action"), None)]}
    return render(request, "actions/agree.html", context, status=REFUSED if posted else 200)


def _after_removal(request: CouncilRequest, action: Action) -> HttpResponse:
    """Where one was: the item on the live page, or what is left."""
    item = action.agenda_item
    if request.htmx and request.htmx.target == f"item-actions-{item.pk}":
        return _item_partial(request, item)
    if permissions.may_agree_at(request.member, item):
        return redirect(live_page(request, item))
    if action.removed:
        return redirect("actions:list", request.council.slug)
    return redirect("actions:detail", request.council.slug, action.pk)


@require_POST
def remove(request: CouncilRequest, pk: int) -> HttpResponse:
    """Remove an action that was logged by mistake."""
    action = action_for(request, pk)
    if not permissions.may_amend(request.member, action):
        raise Http404
    action = lifecycle.remove(action=action, by=request.member, on=request.today)
    messages.success(request, _("The action is removed."), extra_tags=_undo(request, action, "actions:restore"))
    return _after_removal(request, action)


@require_POST
def restore(request: CouncilRequest, pk: int) -> HttpResponse:
    """Bring a removed action back."""
    action = get_object_or_404(
        Action.objects.visible_to(request.member).select_related("council", "agenda_item__meeting"), pk=pk
    )
    if not permissions.may_restore(request.member, action):
        raise Http404
    try:
        action = lifecycle.remove(action=action, by=request.member, on=request.today, removed=False)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("The action is back."))
    return _after_removal(request, action)
