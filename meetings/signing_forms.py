"""Forms of signing off. They clean; the verbs decide."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bra.forms import DayInput, GroundField, GuardedForm, LongText, SeveralField, row_choice
from bra.models import Council, Member
from meetings import lifecycle
from meetings.models import Addendum, Adjuster, ItemComment, Meeting, MeetingRules, PaperKind, layout_of
from meetings.permissions import may_restrict_any

_READ_BY_ALL = _("Everybody on the council reads it: write nothing here of restricted items.")


class _Members(SeveralField):
    """A list of members to tick."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Member.objects.none(), widget=forms.CheckboxSelectMultiple, **options)

    def offer(self, members: list[Member]) -> None:
        """Offer these."""
        self.queryset = Member.objects.filter(pk__in=[member.pk for member in members])
        self.choices = [(member.pk, member.label) for member in members]


class AdjustersForm(GuardedForm):
    """Who signs the minutes beside the chair."""

    adjusters = _Members(
        label=_("Adjusters"),
        required=False,
        help_text=_("Those who sit on the council and can log in, the chair left out."),
    )

    def __init__(self, *args: Any, meeting: Meeting, on: date, **options: Any) -> None:
        named = list(Adjuster.objects.filter(meeting=meeting).values_list("member", flat=True))
        super().__init__(*args, **{"initial": {"adjusters": named}} | options)
        field = self.fields["adjusters"]
        assert isinstance(field, _Members)
        field.offer(lifecycle.may_adjust(meeting, on))


class SendForm(AdjustersForm):
    """To whom the minutes go, and until when they may be commented on."""

    chair = forms.ModelChoiceField(
        label=_("Who was in the chair"),
        queryset=Member.objects.none(),
        help_text=_("No chair who can sign here is noted as present, so say who presided."),
    )
    comments_until = forms.DateField(label=_("Last day for comments"), widget=DayInput())

    def __init__(self, *args: Any, meeting: Meeting, on: date, **options: Any) -> None:
        super().__init__(*args, meeting=meeting, on=on, **options)
        self.initial["comments_until"] = on + timedelta(days=MeetingRules.of(meeting.council).comment_days)
        if layout_of(meeting.council).kind == PaperKind.NOTES:
            del self.fields["adjusters"]
        if lifecycle.presiding(meeting, on) is not None:
            del self.fields["chair"]
            return
        field = row_choice(self, "chair")
        able = lifecycle.attended(meeting, on)
        field.queryset = Member.objects.filter(pk__in=[member.pk for member in able])
        field.choices = [("", "–"), *((member.pk, member.label) for member in able)]

    def sent(self) -> dict[str, Any]:
        """Return what the verb takes (of a valid form)."""
        cleaned = self.cleaned_data
        return {
            "comments_until": cleaned["comments_until"],
            "chair": cleaned.get("chair"),
            "adjusters": list(cleaned["adjusters"]) if "adjusters" in cleaned else None,
        }


class CommentForm(GuardedForm):
    """A comment on one item."""

    guarded = ("text",)

    text = LongText(
        label=_("Comment"),
        longest=ItemComment._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 3, "class": "short"}),
    )


class ReasonForm(GuardedForm):
    """Why a signer declines, or why signed minutes must be opened again."""

    guarded = ("reason",)

    reason = LongText(
        label=_("Reason"),
        longest=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "short"}),
        help_text=_READ_BY_ALL,
    )


class AddendumForm(GuardedForm):
    """A correction that stands beside signed minutes."""

    guarded = ("text",)

    text = LongText(
        label=_("Addendum"),
        longest=Addendum._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 5, "class": "short"}),
        help_text=_("Say which item is meant, and what is right."),
    )
    ground = GroundField(
        help_text=_(
            "With a legal ground, only those who may see restricted items read it. Others read that there is one."
        ),
    )

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        if not may_restrict_any(member):
            del self.fields["ground"]
            return
        ground = self.fields["ground"]
        assert isinstance(ground, GroundField)
        ground.offer(member.council)


class MeetingRulesForm(GuardedForm):
    """What a council has chosen about its meetings."""

    summons_days = forms.IntegerField(
        label=_("Days before a meeting that its summons is to be out"), min_value=0, max_value=MeetingRules.MOST_DAYS
    )
    comment_days = forms.IntegerField(
        label=_("Days for comments on the minutes"), min_value=1, max_value=MeetingRules.MOST_DAYS
    )
    sign_days = forms.IntegerField(
        label=_("Days after a meeting that its minutes are to be signed off"),
        min_value=1,
        max_value=MeetingRules.MOST_DAYS,
        help_text=_("14 is what the Local Government Act says of a board. Meeting notes have no such day."),
    )

    @staticmethod
    def of(council: Council) -> dict[str, int]:
        """Return what holds now."""
        rules = MeetingRules.of(council)
        return {name: getattr(rules, name) for name in ("summons_days", "comment_days", "sign_days")}
