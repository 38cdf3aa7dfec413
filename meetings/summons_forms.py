"""Forms of the summons: what somebody answers, and why a meeting is cancelled. They clean; the verbs decide."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bra.forms import GuardedForm, note_override, row_choice
from bra.models import Member
from meetings import lifecycle
from meetings.models import Answer, Meeting, SummonsReply

# An answer as a session keeps it: the answer, the substitute's key and name; None for no answer.
Kept = list[Any] | None


def kept(reply: SummonsReply | None) -> Kept:
    """Return an answer as a session keeps it."""
    return [reply.answer, reply.substitute_id, reply.substitute_name] if reply else None


def put_back(meeting: Meeting, member: Member, before: Kept, *, at: datetime) -> None:
    """Let the answer stand that stood before. Raises RuleBroken."""
    answer, substitute, name = before or [None, None, ""]
    lifecycle.answer_summons(
        meeting=meeting,
        member=member,
        answer=Answer(answer) if answer else None,
        substitute=Member.objects.filter(pk=substitute, council_id=meeting.council_id).first() if substitute else None,
        substitute_name=name,
        at=at,
    )


class AnswerForm(GuardedForm):
    """What a member answers. Nothing is chosen beforehand but the answer that stands.

    The form tells whose answer it is and to which meeting: a page that was left open in another tab answers nothing
    for somebody else.
    """

    guarded = ("substitute_name",)

    answer = forms.ChoiceField(
        label=_("Are you coming?"),
        choices=Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer. Nothing has been changed.")},
    )
    substitute = forms.ModelChoiceField(
        label=_("If a substitute comes: who"),
        queryset=Member.objects.none(),
        required=False,
        error_messages={"invalid_choice": _("Choose a member who sits on this council.")},
    )
    substitute_name = forms.CharField(
        label=_("Or the name of somebody else"), max_length=120, required=False, strip=True
    )
    whose = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        meeting: Meeting,
        member: Member,
        reply: SummonsReply | None,
        substitutes: Sequence[Member],
    ) -> None:
        self.meeting, self.member = meeting, member
        initial: dict[str, Any] = {"whose": f"{meeting.pk}-{member.pk}"}
        if reply is not None:
            initial |= {
                "answer": reply.answer,
                "substitute": reply.substitute_id,
                "substitute_name": reply.substitute_name,
            }
        super().__init__(data, initial=initial)
        field = row_choice(self, "substitute")
        field.queryset = Member.objects.filter(pk__in=[other.pk for other in substitutes])
        field.choices = [("", _("Nobody chosen")), *((other.pk, other.label) for other in substitutes)]

    def clean(self) -> dict[str, Any]:
        """The form must be of this member and meeting; a substitute is one person."""
        cleaned = super().clean()
        if cleaned.get("whose") != self.initial["whose"]:
            self.add_error(
                None,
                _("This page was of another summons. Nothing has been changed: look again, and send."),
            )
        both = cleaned.get("substitute") and cleaned.get("substitute_name")
        if cleaned.get("answer") == Answer.SUBSTITUTE and both:
            self.add_error("substitute_name", _("Choose a member or write a name, not both."))
        return cleaned

    def save(self, *, at: datetime) -> Kept:
        """Record the answer; return the one that stood before. Raises RuleBroken."""
        said = self.cleaned_data
        with transaction.atomic():
            before = kept(SummonsReply.objects.filter(meeting=self.meeting, member=self.member).first())
            lifecycle.answer_summons(
                meeting=self.meeting,
                member=self.member,
                answer=Answer(said["answer"]),
                substitute=said["substitute"],
                substitute_name=said["substitute_name"],
                at=at,
            )
            if said["answer"] == Answer.SUBSTITUTE:
                council = self.meeting.council
                note_override(self, council=council, by=self.member, on=at.date(), target=self.meeting)
        return before


class CancelForm(GuardedForm):
    """Why a meeting is cancelled."""

    guarded = ("reason",)

    reason = forms.CharField(
        label=_("Why is the meeting cancelled?"),
        help_text=_("It stands in the mail to all and on the meeting's page. Write nothing that belongs under a lock."),
        max_length=300,
        error_messages={"required": _("Write why the meeting is cancelled.")},
    )
