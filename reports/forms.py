"""What a report is asked with."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.models import WorkPlan, WorkPlanQuerySet
from bra.errors import RuleBroken
from bra.forms import DayInput, GuardedForm
from bra.models import Council
from reports import lifecycle
from reports.selection import Question


class QuestionForm(GuardedForm):
    """Plan, period and as-of day. A question that can't be answered is refused at its field."""

    plan = forms.ModelChoiceField(WorkPlan.objects.none(), label=_("Plan"), empty_label=None)
    period_from = forms.DateField(label=_("Period from"), widget=DayInput())
    period_to = forms.DateField(label=_("Period to"), widget=DayInput())
    as_of = forms.DateField(label=_("As of"), widget=DayInput())

    def __init__(self, council: Council, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.council = council
        self.today = today
        plans = self.fields["plan"]
        assert isinstance(plans, forms.ModelChoiceField)  # declared above
        plans.queryset = plans_of(council)

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
        return Question(plan, cleaned["period_from"], cleaned["period_to"], cleaned["as_of"])


def plans_of(council: Council) -> WorkPlanQuerySet:
    """The council's plans, the latest first."""
    return WorkPlan.objects.filter(council=council).order_by("-starts", "pk")


def initial(question: Question) -> dict[str, Any]:
    """The form's values for a question."""
    return {
        "plan": question.plan.pk,
        "period_from": question.period_from.isoformat(),
        "period_to": question.period_to.isoformat(),
        "as_of": question.as_of.isoformat(),
    }
