"""Nothing that somebody types or sends comes into the product past the personnummer guard.

A form field, a word taken out of a request by hand or a text of a model that isn't listed fails here, with a sentence
that says what to do about it.
"""

import ast
import logging
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import django_filters
import pytest
from django import forms
from django.apps import apps
from django.db import models
from django.http import HttpRequest, QueryDict
from django.test import RequestFactory
from django.urls import get_resolver
from django.views.debug import get_exception_reporter_filter

from bra.fields import DERIVED
from bra.forms import REASON, GuardedForm, refuse_number
from bra.logs import Formatter
from tests.cast import Cast

ROOT = Path(__file__).resolve().parent.parent
APPS = ("bra", "meetings", "actions", "imports", "finding", "reports", "records", "demo")
NUMBER = "701063-2391"

SECRET, CODE = "a password: hashed, never kept as typed", "a code that is tried and never kept"
# Form fields with words in them that aren't guarded, and why that is right.
UNGUARDED = {
    "MemberForm.email": "an address, checked as one; members' own",
    "PassOnForm.email": "an address, checked as one; a colleague's of the owner",
    "OwnDataForm.email": "an address, checked as one; one's own",
    "CoordinatorForm.email": "an address, checked as one; a coordinator's own",
    "CouncilForm.email": "as CoordinatorForm.email",
    "ConcernForm.link": "an address of a page, checked as one",
    "CaseForm.situation_mark": "the checksum of the text that was shown",
    "AppForm.code": CODE,
    "CodeForm.code": CODE,
    "ConfirmForm.code": CODE,
    "ChangePasswordForm.oldpassword": SECRET,
    "ChangePasswordForm.password1": SECRET,
    "ChangePasswordForm.password2": SECRET,
    "LoginForm.password": SECRET,
    "NewPasswordForm.password1": SECRET,
    "NewPasswordForm.password2": SECRET,
    "ReauthenticateForm.password": SECRET,
    "ForgottenForm.email": "an address, checked as one; it may be nobody's, and goes within minutes",
    "NewPasskeyForm.credential": "what the browser made, read as that",
    "NewPasskeyForm.name": "refused by _clean_name when it holds a number",
    "PasskeyNameForm.name": "as NewPasskeyForm.name",
    "AnswerForm.whose": "the mark of the answer that was shown, compared and never saved",
    "FindForm.text": "refused by refuse_number, as in SearchForm.q",
    "MaskForm.looked_at": "the checksum of the document that was shown",
    "MaskForm.words": "what is to be taken out, numbers too; forgotten when the copy is made",
    "SearchForm.q": "refused by refuse_number: nobody is searched for by a number",
}
# Fields made when the form is made, by the function that makes them; the guard of each is in a test of its own.
MADE_LATER = {
    "bra.forms.full_clean": "the reason itself, which is refused when it holds a number",
    "imports.forms._ask_row": "titles written anew: `guarded` is made with them",
    "bra.second_step_forms._code_field": "a code that is tried and never kept",
    "bra.second_step_forms._name_field": "refused by _clean_name when it holds a number",
    "actions.forms._text": "what several forms call `text`, which each of them guards",
}
# Words that views take out of a request without a form: choices, keys and marks, none of which is saved as text.
CHOICE, KEY, MARK = "one of a few words, compared and never saved", "a number", "the mark of what was shown, compared"
TAKEN_BY_HAND = {
    "_TICKED": CHOICE,
    "action": KEY,
    "again": CHOICE,
    "answer": CHOICE,
    "anyway": KEY,
    "auth_params": "compared with the one thing that may stand there",
    "case": KEY,
    "confirm": CHOICE,
    "day": "a day, by DayField",
    "do": CHOICE,
    "document": "the kind and the key of a document",
    "efter": CHOICE,
    "end": KEY,
    "from": CHOICE,
    "ground": KEY,
    "item": KEY,
    "keep": CHOICE,
    "key": KEY,
    "kind": CHOICE,
    "leave_out": CHOICE,
    "ledamot": KEY,
    "letter": KEY,
    "line": "the line of quick entry: it fills a guarded form that is then sent, and is kept nowhere",
    "make": CHOICE,
    "maskad": CHOICE,
    "mote": KEY,
    "name": CHOICE,
    "open": CHOICE,
    "other": KEY,
    "page": KEY,
    "piece": "as line",
    "place": KEY,
    "punkt": KEY,
    "q": "a part of an address that is sought among log-ins, refused by refuse_number",
    "requester": CHOICE,
    "rest": CHOICE,
    "restricted": CHOICE,
    "round": KEY,
    "seen": MARK,
    "sequence": KEY,
    "sort": CHOICE,
    "state": CHOICE,
    "text": "looked at for an @ after CommentForm has saved it",
    "tillbaka": CHOICE,
    "visa": CHOICE,
    "way": CHOICE,
    "what": CHOICE,
}


def forms_of_ours() -> list[type[forms.BaseForm]]:
    """Every form class of the product."""
    assert get_resolver().url_patterns  # imports all views, and with them most forms
    for app in APPS:
        # Those that settings name by their path are imported when they are first used.
        for path in (ROOT / app).rglob("*forms.py"):
            import_module(path.relative_to(ROOT).with_suffix("").as_posix().replace("/", "."))

    def below(kind: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    found = {form for form in below(forms.BaseForm) if form.__module__.split(".")[0] in APPS}
    return sorted(found, key=lambda form: (form.__module__, form.__name__))


def has_words(field: forms.Field) -> bool:
    """Whether somebody's own words, or a file, come in through the field."""
    return isinstance(field, forms.CharField | forms.FileField | forms.JSONField) and not isinstance(
        field, forms.GenericIPAddressField
    )


def test_every_field_with_words_is_guarded_or_says_why_not() -> None:
    open_fields = {
        f"{form.__name__}.{name}"
        for form in forms_of_ours()
        for name, field in form.base_fields.items()  # type: ignore[attr-defined]  # the metaclass puts them there
        if has_words(field) and name not in getattr(form, "guarded", ())
    }
    unknown = sorted(open_fields - set(UNGUARDED))
    assert unknown == [], f"put {unknown} in `guarded` of the form, or in UNGUARDED with the reason"
    assert sorted(set(UNGUARDED) - open_fields) == [], "UNGUARDED names fields that there are no longer"


def test_what_is_guarded_exists() -> None:
    """A guarded field that is called otherwise would be read by nobody."""
    missing = [
        f"{form.__name__}.{name}"
        for form in forms_of_ours()
        if form.base_fields and form.__name__ not in {"OutcomeForm"}  # type: ignore[attr-defined]
        for name in getattr(form, "guarded", ())
        if name not in form.base_fields  # type: ignore[attr-defined]
    ]
    assert missing == []


def test_every_set_of_filters_refuses_a_number() -> None:
    """What is filtered by stands in the address, which servers in between may log."""
    assert get_resolver().url_patterns
    open_filters = [
        f"{kind.__name__}.{name}"
        for kind in django_filters.FilterSet.__subclasses__()
        if kind.__module__.split(".")[0] in APPS
        for name, one in kind.base_filters.items()
        if isinstance(one.field, forms.CharField) and refuse_number not in one.field.validators
    ]
    assert open_filters == []


@pytest.mark.parametrize(
    "address",
    [
        "sok/?q={}",
        "atgarder/?q={}",
        "atgarder/?person={}",
        "atgarder/mina/?q={}",
        "arenden/?text={}",
        "utlamnande/?text={}",
    ],
)
def test_nobody_is_searched_for_by_a_number(cast: Cast, address: str) -> None:
    answer = cast.browse(cast.coordinator).get("/granby/" + address.format(NUMBER))
    assert "No person is searched for here" in answer.content.decode()


def calls_of_fields() -> Iterator[str]:
    """Where in the code a field for words is made inside a function: "module.function"."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            module = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
            for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(function, ast.FunctionDef):
                    continue
                for node in ast.walk(function):
                    if isinstance(node, ast.Call):
                        name = ast.unparse(node.func).split(".")[-1]
                        if name in {"CharField", "LongText", "FileField", "RegexField"} and "models" not in ast.unparse(
                            node.func
                        ):
                            yield f"{module}.{function.name}"


def test_fields_made_in_functions_are_known() -> None:
    found = set(calls_of_fields())
    unknown = sorted(found - set(MADE_LATER))
    assert unknown == [], f"guard the field that {unknown} makes, and list it in MADE_LATER with how"


def taken_by_hand() -> Iterator[str]:
    """The names that code takes out of request.POST or request.GET itself."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                    f"request.{method}.{how}" for method in ("POST", "GET") for how in ("get", "getlist")
                }:
                    yield ast.unparse(node.args[0]).strip("'")


def test_words_taken_out_of_a_request_by_hand_are_known() -> None:
    unknown = sorted(set(taken_by_hand()) - set(TAKEN_BY_HAND))
    assert unknown == [], f"{unknown}: read it through a GuardedForm, or list it in TAKEN_BY_HAND with what it is"


# Texts of models and what writes them: "Form.field" (which must be guarded), or in words why no guard is needed.
OURS, SUM, MADE = (
    "written by the code",
    "a checksum or a secret",
    "made of texts that were guarded when they were written",
)
ADDRESS, MASKED = "an address, checked as one", "masked before it is kept: imports.reading.masked"
WRITTEN_BY = {
    "actions.Action.effect": "DoneForm.effect",
    "actions.Action.title": "AgreeForm.title",
    "actions.Activity.indicator": "ActivityForm.indicator",
    "actions.Activity.responsible_role": "ActivityForm.responsible_role",
    "actions.Activity.title": "ActivityForm.title",
    "actions.Comment.text": "CommentForm.text",
    "actions.DeadlineRequest.answer": "AnswerForm.answer",
    "actions.DeadlineRequest.reason": "MoreTimeForm.text",
    "actions.Goal.title": "GoalForm.title",
    "actions.Indicator.name": "IndicatorForm.name",
    "actions.Indicator.unit": "IndicatorForm.unit",
    "actions.IndicatorOutcome.note": "OutcomeForm.note",
    "actions.WorkPlan.name": "PlanForm.name",
    "bra.ChainHead.seal": SUM,
    "bra.Council.concern_contact": "ConcernForm.contact",
    "bra.Council.concern_link": "ConcernForm.link",
    "bra.Council.name": "CouncilForm.name",
    "bra.Council.slug": "CouncilForm.slug",
    "bra.HistoryEntry.changes": MADE,
    "bra.HistoryEntry.content": SUM,
    "bra.HistoryEntry.salt": SUM,
    "bra.HistoryEntry.seal": SUM,
    "bra.HistoryEntry.target_type": OURS,
    "bra.HistoryEntry.verb": OURS,
    "bra.LegalGround.reference": "LegalGroundForm.reference",
    "bra.LegalGround.summary": "LegalGroundForm.summary",
    "bra.Letter.address": ADDRESS,
    "bra.Letter.cause": OURS,
    "bra.Letter.failure": OURS,
    "bra.Letter.kind": OURS,
    "bra.LoggedMail.html": MADE,
    "bra.LoggedMail.message_id": OURS,
    "bra.LoggedMail.recipient": ADDRESS,
    "bra.LoggedMail.subject": MADE,
    "bra.LoggedMail.text": MADE,
    "bra.MailLink.address": ADDRESS,
    "bra.MailLink.digest": SUM,
    "bra.MailLink.purpose": OURS,
    "bra.Member.email": "MemberForm.email",
    "bra.Member.name": "MemberForm.name",
    "bra.Member.title": "MemberForm.title",
    "bra.Organisation.name": "MemberForm.new_organisation",
    "bra.RecoveryRequest.email": ADDRESS,
    "bra.StoppedAddress.address": ADDRESS,
    "bra.Unsubscription.kind": OURS,
    "bra.User.email": ADDRESS,
    "bra.User.password": SUM,
    "finding.CalendarAddress.digest": SUM,
    "imports.ImportBatch.file_name": "UploadForm.file",
    "imports.ImportBatch.mapping": "titles of ChoicesForm, which are guarded as they are made; else keys",
    "imports.ImportBatch.rows": MASKED,
    "imports.ImportBatch.sha256": SUM,
    "imports.ImportedAction.fingerprint": SUM,
    "meetings.Addendum.text": "AddendumForm.text",
    "meetings.AgendaItem.notes": "NotesForm.notes",
    "meetings.AgendaItem.presenter": "ItemForm.presenter",
    "meetings.AgendaItem.title": "ItemForm.title",
    "meetings.Case.outcome": "CloseForm.outcome",
    "meetings.Case.registry_number": "CaseForm.registry_number",
    "meetings.Case.situation": "CaseForm.situation",
    "meetings.Case.title": "CaseForm.title",
    "meetings.Decision.text": "DecisionForm.text",
    "meetings.Guest.name": "GuestForm.name",
    "meetings.Guest.organisation": "GuestForm.organisation",
    "meetings.ItemComment.text": "CommentForm.text",
    "meetings.ItemProposal.answer": "DeclineForm.answer",
    "meetings.ItemProposal.reason": "ProposalForm.reason",
    "meetings.ItemProposal.title": "ProposalForm.title",
    "meetings.Meeting.cancelled_because": "CancelForm.reason",
    "meetings.Meeting.place": "MeetingForm.place",
    "meetings.Meeting.registry_number": "RegisterForm.registry_number",
    "meetings.Meeting.summoned_agenda": SUM,
    "meetings.Meeting.title": "MeetingForm.title",
    "meetings.MinutesLayout.footer": "LayoutForm.footer",
    "meetings.MinutesLayout.heading": "LayoutForm.heading",
    "meetings.MinutesLayout.signatures": "LayoutForm.signatures",
    "meetings.SignOff.digest": SUM,
    "meetings.SignedMinutes.masked": MADE,
    "meetings.SignedMinutes.masked_sha256": SUM,
    "meetings.SignedMinutes.sha256": SUM,
    "meetings.SignedMinutes.whole": MADE,
    "meetings.Signer.reason": "ReasonForm.reason",
    "meetings.StandingItem.presenter": "StandingForm.presenter",
    "meetings.StandingItem.title": "StandingForm.title",
    "meetings.SummonsReply.substitute_name": "AnswerForm.substitute_name",
    "meetings.Topic.name": "written by the code; topics have no form yet, which must guard it",
    "meetings.Unlocking.reason": "ReasonForm.reason",
    "records.Purge.decision": "OrderForm.decision",
    "records.Purge.kind": OURS,
    "records.PurgeOrder.decision": "OrderForm.decision",
    "records.PurgeOrder.kept": "kinds, keys and the names of what keeps a row, written by the code",
    "records.PurgeOrder.rows": "as its kept",
    "records.Refusal.appeal": "RefusalForm.appeal",
    "records.Refusal.decided_by": "RefusalForm.decided_by",
    "records.Refusal.reasons": "RefusalForm.reasons",
    "records.Release.asked": "ReleaseForm.asked",
    "records.Release.notes": "ReleaseForm.notes",
    "records.Release.requester": "ReleaseForm.requester",
    "records.ReleaseRules.appeal": "RulesForm.appeal",
    "records.ReleasedCopy.file_name": OURS,
    "records.ReleasedCopy.format": OURS,
    "records.ReleasedCopy.reference": "numbers of meetings and days, written by the code",
    "records.ReleasedCopy.sha256": SUM,
    "records.RetentionRule.decision": "RuleForm.decision",
    "records.RetentionRule.kind": OURS,
    "reports.Report.audit_seal": SUM,
    "reports.Report.failure": OURS,
    "reports.Report.file_name": OURS,
    "reports.Report.sha256": SUM,
    "reports.ReturnedAction.before": MADE,
    "reports.ReturnedFile.file_name": "ReturnForm.file",
    "reports.ReturnedFile.rows": MASKED,
    "reports.ReturnedFile.sha256": SUM,
    "reports.ReturnedFile.taken": KEY,
}


def texts() -> Iterator[str]:
    """The texts of our models: "app.Model.field", without what is chosen from a list or derived."""
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in APPS:
            continue
        for field in model._meta.concrete_fields:
            words = isinstance(field, models.CharField | models.TextField | models.JSONField | models.FileField)
            if words and not isinstance(field, DERIVED) and not field.choices:
                yield f"{model._meta.label}.{field.name}"


def test_every_text_of_a_model_says_what_writes_it() -> None:
    unknown = sorted(set(texts()) - set(WRITTEN_BY))
    assert unknown == [], f"say in WRITTEN_BY which guarded form field writes {unknown}, or why no guard is needed"
    assert sorted(set(WRITTEN_BY) - set(texts())) == []


def test_what_writes_a_text_is_guarded() -> None:
    guarded = {f"{form.__name__}.{name}" for form in forms_of_ours() for name in getattr(form, "guarded", ())}
    wrong = {text: by for text, by in WRITTEN_BY.items() if " " not in by and by not in guarded | set(UNGUARDED)}
    assert wrong == {}


class Words(GuardedForm):
    """A form as any other."""

    guarded = ("text",)
    text = forms.CharField()


def test_a_reason_with_a_number_is_refused_and_kept_nowhere() -> None:
    form = Words({"text": NUMBER, REASON: f"det är {NUMBER}"})
    assert not form.is_valid()
    assert (list(form.errors), form.override_reason) == ([REASON, "text"], "")


def test_a_log_line_holds_no_number_nor_does_the_text_of_an_error() -> None:
    line = Formatter("%(levelname)s %(message)s")
    try:
        raise ValueError(f"Failing row contains ({NUMBER})")
    except ValueError as error:
        record = logging.LogRecord(
            "x", 40, __file__, 1, "tried %s", (NUMBER,), (type(error), error, error.__traceback__)
        )
    said = line.format(record)
    assert (NUMBER in said, said.count("[number masked]")) == (False, 1)


@pytest.mark.parametrize("debug", [False, True])
def test_a_report_of_an_error_shows_nothing_that_was_typed(settings: object, debug: bool) -> None:
    settings.DEBUG = debug  # type: ignore[attr-defined]
    request: HttpRequest = RequestFactory().post("/", {"text": NUMBER})
    assert isinstance(request.POST, QueryDict)
    quiet = get_exception_reporter_filter(request)
    typed = NUMBER
    with pytest.raises(ValueError, match=typed) as raised:
        raise ValueError(typed)
    shown = quiet.get_traceback_frame_variables(request, raised.tb.tb_frame)
    assert NUMBER not in f"{dict(shown)} {quiet.get_post_parameters(request)}"


def test_the_server_keeps_no_log_of_addresses() -> None:
    assert "--access-log" not in (ROOT / "ops" / "run.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("module", ["actions.owner_forms", "meetings.summons_forms"])
def test_what_is_answered_by_a_link_in_a_mail_is_guarded_too(module: str) -> None:
    plain = [one.__name__ for one in forms_of_ours() if one.__module__ == module and not issubclass(one, GuardedForm)]
    assert plain == []
