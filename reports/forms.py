"""What a report is asked with."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.models import WorkPlan, WorkPlanQuerySet
from bra.errors import RuleBroken
from bra.forms import DayInput, GuardedForm, row_choice
from bra.models import Council
from reports import lifecycle
from reports.models import Format, Language, ReportKind, Variant
from reports.questions import Question

# What is chosen besides the plan and the days.
CHOICES = ("kind", "variant", "language", "file_format")


class QuestionForm(GuardedForm):
    """What is asked, about which plan, period and as-of day, and the file it is answered in.

    A question that can't be answered is refused at its field. What isn't chosen is what most ask for: the status of
    the plan, a working copy in Swedish, an Excel file.
    """

    kind = forms.TypedChoiceField(
        choices=ReportKind.choices, label=_("Report"), required=False, empty_value=ReportKind.STATUS
    )
    plan = forms.ModelChoiceField(WorkPlan.objects.none(), label=_("Plan"), empty_label=None)
    period_from = forms.DateField(label=_("Period from"), widget=DayInput())
    period_to = forms.DateField(label=_("Period to"), widget=DayInput())
    as_of = forms.DateField(label=_("As of"), widget=DayInput())
    variant = forms.TypedChoiceField(
        choices=Variant.choices, label=_("Copy"), required=False, empty_value=Variant.WORKING
    )
    language = forms.TypedChoiceField(
        choices=Language.choices, label=_("Language"), required=False, empty_value=Language.SWEDISH
    )
    file_format = forms.TypedChoiceField(
        choices=Format.choices, label=_("File"), required=False, empty_value=Format.XLSX
    )

    def __init__(self, council: Council, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.council = council
        self.today = today
        plans = row_choice(self, "plan")
        plans.queryset = plans_of(council)

    def of_figures(self) -> list[forms.BoundField]:
        """The fields that the figures go by; the others are about the file."""
        return [field for field in self if field.name not in ("variant", "language", "file_format")]

    def clean(self) -> dict[str, Any]:
        """Refuse what the figures can't answer."""
        cleaned = super().clean()
        if not self.errors:
            try:
                lifecycle.refuse_bad_question(self.question_of(cleaned), self.today)
            except RuleBroken as refused:
                self.refuse(refused)
        return cleaned

    def question_of(self, cleaned: dict[str, Any]) -> Question:
        """The question in the cleaned data."""
        plan = cleaned["plan"]
        plan.council = self.council
        return Question(
            plan,
            cleaned["period_from"],
            cleaned["period_to"],
            cleaned["as_of"],
            kind=cleaned["kind"],
            variant=cleaned["variant"],
            language=cleaned["language"],
        )


def plans_of(council: Council) -> WorkPlanQuerySet:
    """The council's plans, the latest first."""
    return WorkPlan.objects.filter(council=council).order_by("-starts", "pk")


def initial(question: Question, file_format: str = Format.XLSX) -> dict[str, Any]:
    """The form's values for a question, and the file to answer it in."""
    return {
        "kind": question.kind,
        "plan": question.plan.pk,
        "period_from": question.period_from.isoformat(),
        "period_to": question.period_to.isoformat(),
        "as_of": question.as_of.isoformat(),
        "variant": question.variant,
        "language": question.language,
        "file_format": file_format,
    }
