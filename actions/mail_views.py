"""The coordinator's pages about mail: what went out, what will, and what needs a decision."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.db.models.functions import Lower
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from actions import reminders
from actions.models import Action, ReminderLine
from bra import post
from bra.errors import RuleBroken
from bra.forms import DayField
from bra.http import CouncilRequest, only_if
from bra.models import Council, Letter, LetterQuerySet, LetterState, LoggedMail, Member, StoppedAddress
from bra.permissions import may_coordinate
from bra.tasks import wake_sender

PER_PAGE = 50
TO_JUDGE = "judge"


def _kinds() -> list[tuple[str, Any]]:
    """The kinds of mail to choose between."""
    return [("", gettext_lazy("All")), *((kind.name, kind.label) for kind in post.KINDS.values())]


class FilterForm(forms.Form):
    """Which mails are listed."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("All")), (TO_JUDGE, gettext_lazy("Needs a decision")), *LetterState.choices],
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False, choices=_kinds)
    day = DayField(label=gettext_lazy("Day"), required=False)

    def narrow(self, found: LetterQuerySet) -> LetterQuerySet:
        """Leave the mails that were asked for; a wrong value leaves all, with a sentence at the field."""
        self.full_clean()
        asked = self.cleaned_data
        if asked.get("state") == TO_JUDGE:
            found = found.to_judge()
        elif asked.get("state"):
            found = found.filter(state=asked["state"])
        if asked.get("kind"):
            found = found.filter(kind=asked["kind"])
        return found.filter(on=asked["day"]) if asked.get("day") else found


class PreviewForm(forms.Form):
    """The day to look ahead to."""

    day = DayField(label=gettext_lazy("Day"), required=False)


def letter_for(member: Member, pk: int) -> Letter:
    """The door: the mail, if it exists for the member; 404 otherwise."""
    found = post.visible_letters(member).select_related("recipient__organisation", "recipient__user", "council")
    letter = found.filter(pk=pk).first()
    if letter is None:
        raise Http404
    return letter


def next_monday(today: date) -> date:
    """The Monday after today."""
    return today + timedelta(days=7 - today.weekday())


def _stopped(council: Council) -> list[tuple[StoppedAddress, list[Member]]]:
    """The addresses that get no mail, the latest first, each with the members on whose pages it can be corrected."""
    rows = list(StoppedAddress.objects.filter(council=council).order_by("-on", "address"))
    members = Member.objects.filter(council=council).annotate(lowered=Lower("email"))
    holders: dict[str, list[Member]] = {}
    for member in members.filter(lowered__in=[row.address.lower() for row in rows]).order_by("pk"):
        holders.setdefault(member.email.lower(), []).append(member)
    return [(row, holders.get(row.address.lower(), [])) for row in rows]


@only_if(may_coordinate)
@require_safe
def mail_list(request: CouncilRequest) -> HttpResponse:
    """List the mails, the latest day first, with what needs a decision on top."""
    visible = post.visible_letters(request.member)
    form = FilterForm(request.GET)
    found = form.narrow(visible).select_related("recipient__organisation").order_by("-on", "-pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    today = visible.filter(on=request.today).order_by()
    counts = dict(today.values_list("state").annotate(number=Count("pk")))
    preview = reverse("actions:reminder_preview", args=[request.council.slug])
    context = {
        "form": form,
        "page_obj": page,
        "rows": [(row, post.KINDS[row.kind].label, post.failure_words(row.failure)) for row in page],
        "filtered": any(request.GET.get(name) for name in form.fields),
        "to_judge": visible.to_judge().count(),
        "counts": [(state.value, counts[state], state.label) for state in LetterState if state in counts],
        "stopped": _stopped(request.council),
        "rules": reminders.rules_of(request.council),
        "previews": [
            (words, f"{preview}?day={day:%Y-%m-%d}", day)
            for words, day in (
                (_("Tomorrow"), request.today + timedelta(days=1)),
                (_("Next Monday"), next_monday(request.today)),
            )
        ],
    }
    return render(request, "actions/mail_list.html", context)


@only_if(may_coordinate)
@require_safe
def reminder_preview(request: CouncilRequest) -> HttpResponse:
    """Show who would get what on a day, by default tomorrow, and who wouldn't, and why."""
    form = PreviewForm(request.GET or None)
    asked = form.cleaned_data.get("day") if form.is_bound and form.is_valid() else None
    on = asked or request.today + timedelta(days=1)
    if not form.is_bound:
        form = PreviewForm(initial={"day": on})
    trail = [(_("Mail log"), reverse("actions:mail_list", args=[request.council.slug])), (_("Preview"), None)]
    shown = reminders.preview(request.council, on, today=request.today, member=request.member)
    return render(request, "actions/reminder_preview.html", {"form": form, "shown": shown, "trail": trail})


@only_if(may_coordinate)
@never_cache
@require_safe
def mail_detail(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show one mail: what it reminds of and, where the installation keeps a mail log, the mail itself."""
    letter = letter_for(request.member, pk)
    related = ReminderLine.objects.filter(reminder=letter.pk).select_related("action__agenda_item__meeting")
    lines = list(related.filter(action__in=Action.objects.visible_to(request.member)))
    # Even a neutral title tells that an action exists, so the mail is for those who may see all that it names.
    whole = len(lines) == related.count() and post.KINDS[letter.kind].readable(request.member, letter)
    mails = LoggedMail.objects.filter(council=request.council, message_id=post.message_id(letter))
    kind = post.KINDS[letter.kind].label
    context = {
        "letter": letter,
        "kind": kind,
        "failure": post.failure_words(letter.failure),
        "to_judge": letter.state in (LetterState.FAILED, LetterState.UNKNOWN),
        "may_resend": post.may_resend(letter),
        "lines": [
            (
                line,
                reminders.neutral_title(line.action),
                reminders.step_words(line.step, (line.deadline - letter.on).days),
            )
            for line in lines
        ],
        "mail": mails.first() if whole else None,
        "stopped": (letter.address or letter.recipient.address).lower() in post.stopped_addresses(request.council),
        "trail": [(_("Mail log"), reverse("actions:mail_list", args=[request.council.slug])), (kind, None)],
    }
    return render(request, "actions/mail_detail.html", context)


@only_if(may_coordinate)
@require_POST
def reminder_send(request: CouncilRequest) -> HttpResponse:
    """Plan today's reminders now and wake whoever sends; when the broker is away they go out a little later."""
    try:
        waiting = reminders.send_now(council=request.council, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        if waiting:
            _tell_when(request, waiting)
        else:
            messages.success(request, _("Nobody is to be reminded of anything new today."))
    return redirect("actions:mail_list", request.council.slug)


@only_if(may_coordinate)
@require_POST
def mail_resend(request: CouncilRequest, pk: int) -> HttpResponse:
    """Send a mail again that failed, of which nobody knows, or that missed its recipient."""
    letter = letter_for(request.member, pk)
    try:
        post.resend(letter=letter, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        _tell_when(request, 1)
    return redirect("actions:mail_detail", request.council.slug, pk)


@only_if(may_coordinate)
@require_POST
def mail_dismiss(request: CouncilRequest, pk: int) -> HttpResponse:
    """Settle that a mail isn't to be sent again."""
    letter = letter_for(request.member, pk)
    try:
        post.dismiss(letter=letter, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("The mail is not sent again."))
    return redirect("actions:mail_detail", request.council.slug, pk)


@only_if(may_coordinate)
@require_POST
def address_stop(request: CouncilRequest, pk: int) -> HttpResponse:
    """Stop the address of a mail's recipient: the mail came back."""
    letter = letter_for(request.member, pk)
    address = letter.address or letter.recipient.address
    if address:
        post.stop_address(council=request.council, address=address, by=request.member, on=request.today)
        messages.success(request, _("Nothing more is sent to %(address)s.") % {"address": address})
    return redirect("actions:mail_detail", request.council.slug, pk)


@only_if(may_coordinate)
@require_POST
def address_lift(request: CouncilRequest, pk: int) -> HttpResponse:
    """Send to an address again that had refused mail."""
    row = get_object_or_404(StoppedAddress, council=request.council, pk=pk)
    try:
        post.lift_address(address=row, by=request.member, on=request.today)
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("Mail goes to %(address)s again.") % {"address": row.address})
    return redirect("actions:mail_list", request.council.slug)


def _tell_when(request: CouncilRequest, waiting: int) -> None:
    if wake_sender():
        words = ngettext("%(n)d mail is going out now.", "%(n)d mails are going out now.", waiting)
    else:
        words = ngettext("%(n)d mail goes out within ten minutes.", "%(n)d mails go out within ten minutes.", waiting)
    messages.success(request, words % {"n": waiting})
