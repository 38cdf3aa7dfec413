"""What the forms of all floors share: no personnummer slips in, and a verb's refusal finds its field."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from bra import history, personnummer
from bra.errors import RuleBroken
from bra.http import CouncilRequest
from bra.models import Council, LegalGround, Member, User
from bra.text import one_line, without_controls

REASON = "not_personnummer_reason"

# Neither sentence repeats the number: what a form says ends up in pages, logs and screenshots.
_CERTAIN = _("There is a personal identity number in this text. Take it out: no person is recorded here.")
_UNCERTAIN = _("Something in this text is written like a personal identity number. Take it out if it is one.")
_OVERRIDE = _("If it is something else, say what in the last field of the form, and save again.")


FIRST_YEAR, LAST_YEAR = 1900, 2199


def refuse_number(text: str) -> None:
    """Refuse words to look for that hold a personnummer for certain: nobody is searched for by it.

    Elsewhere the guard asks and never refuses for good; here nothing is lost, the text has other words to find. What
    is searched for stands in the page's address, which servers in between may log.
    """
    if any(found.certain for found in personnummer.find(text)):
        raise ValidationError(
            _("That looks like a personal identity number. No person is searched for here. Search for other words."),
            code="personnummer",
        )


class DayInput(forms.DateInput):
    """A date as the browser's own calendar wants it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day, with the browser's own calendar; what can't be read as one is told in the same sentence everywhere.

    So is a year that no council meets in: a day close to the end of the calendar can't be counted from.
    """

    def __init__(self, **options: Any) -> None:
        invalid = {"invalid": _("Write the day as 2017-05-15.")}
        super().__init__(widget=DayInput(), error_messages=invalid | options.pop("error_messages", {}), **options)

    def to_python(self, value: Any) -> date | None:
        """Return the day."""
        day: date | None = super().to_python(value)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class SeveralField(forms.ModelMultipleChoiceField):
    """Several rows of those offered. A number that no row can have is a choice that isn't offered."""

    def clean(self, value: Any) -> Any:
        """Return the rows chosen."""
        for key in value or ():
            text = str(key)
            if not (text.isascii() and text.isdigit() and len(text) < len(str(2**63))):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": text[:20]}
                )
        return super().clean(value)


def row_choice(form: forms.BaseForm, name: str) -> "forms.ModelChoiceField[Any]":
    """Return the form's field of that name, which chooses one or several rows, typed as such."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    return field


class LongText(forms.CharField):
    """Free text of several lines, kept as typed. Too much of it is said in a sentence, never cut by the browser.

    A browser counts a line break as one character and sends two; `longest` counts it as one.
    """

    widget = forms.Textarea

    def __init__(self, *, longest: int | None, **options: Any) -> None:
        super().__init__(**{"strip": False} | options)
        if longest is not None:
            self.validators.append(
                MaxLengthValidator(
                    longest, _("The text is too long: %(show_value)d characters. At most %(limit_value)d can be saved.")
                )
            )

    def to_python(self, value: Any) -> str:
        """Count a line break as one character, however the browser sent it."""
        return (super().to_python(value) or "").replace("\r\n", "\n")


class GroundField(forms.ModelChoiceField):
    """Whether something is restricted and by which legal ground: one choice."""

    def __init__(self, **options: Any) -> None:
        usual: dict[str, Any] = {"label": _("Secrecy"), "empty_label": _("Not restricted"), "required": False}
        super().__init__(queryset=LegalGround.objects.none(), **usual | options)

    def offer(self, council: Council, *, but: LegalGround | None = None) -> None:
        """Offer the council's grounds, and the one that is on already though it was removed since."""
        own = LegalGround.objects.filter(council=council)
        self.queryset = own.live() | own.filter(pk=but.pk) if but else own.live()

    def label_from_instance(self, obj: LegalGround) -> str:
        """The provision, and what it protects."""
        return f"{obj.reference} – {obj.summary}" if obj.summary else obj.reference


class ReasonInput(forms.TextInput):
    """Without the browser's own `required`: once the number is taken out of the text, no reason is needed."""

    def use_required_attribute(self, initial: Any) -> bool:
        """Never."""
        return False


class GuardedForm(forms.Form):
    """A form whose `guarded` fields are read for personnummer before anything is saved.

    On a finding the form isn't valid: a sentence stands at the field, and the form has grown a field for the reason
    why it is no personnummer. Sent again with a reason, it is valid; the view notes that (`saving`). A number that
    stood in the form's `initial` text already isn't asked about again. The names of files are read too.

    A verb's refusal goes to the field it belongs to (`refusing`).
    """

    guarded: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.overridden: list[str] = []
        self._reason = ""

    @property
    def override_reason(self) -> str:
        """Why what was found is no personnummer; empty when nothing was found."""
        return self._reason

    def refuse(self, error: RuleBroken) -> None:
        """Show a verb's sentence at its field, or on top of the form when it belongs to none."""
        self.add_error(error.field if error.field in self.fields else None, error)

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Show the refusal of a verb at the form instead of letting it out; `errors` tells afterwards."""
        try:
            yield
        except RuleBroken as error:
            self.refuse(error)

    def clean(self) -> dict[str, Any]:
        """Clean all fields; signs that aren't seen, but change how the rest is read, are left out of every text.

        A browser sends no line break from a field of one line; whoever does gets a space.
        """
        for name, value in self.cleaned_data.items():
            if isinstance(value, str):
                clean = without_controls(value)
                in_one_line = isinstance(self.fields[name].widget, forms.TextInput)
                self.cleaned_data[name] = one_line(clean) if in_one_line else clean
        return super().clean() or self.cleaned_data

    def full_clean(self) -> None:
        """Clean, then read the guarded fields, whatever a subclass does in its own `clean`."""
        self.fields.pop(REASON, None)
        self.overridden, self._reason = [], ""
        super().full_clean()
        if not self.is_bound:
            return
        found = {name: certain for name in self.guarded if (certain := self._new_finding(name)) is not None}
        if not found:
            return
        self.fields[REASON] = forms.CharField(
            label=_("Why it is not a personal identity number"),
            help_text=_(
                "For instance: a time stamp, or an office telephone number. The reason is kept in the history."
            ),
            max_length=200,
            widget=ReasonInput,
        )
        reason = self._cleaned_reason()
        if reason:
            self._reason, self.overridden = reason, sorted(found)
            return
        for name, certain in found.items():
            words = format_lazy("{} {}", _CERTAIN if certain else _UNCERTAIN, _OVERRIDE)
            self.add_error(name, ValidationError(words, code="personnummer"))

    def _new_finding(self, name: str) -> bool | None:
        """Return whether a number that wasn't in the field before is certain; None when there is no new one."""
        before = personnummer.numbers(_text_of(self.get_initial_for_field(self.fields[name], name)))
        found = personnummer.numbers(_text_of(self.cleaned_data.get(name)))
        new = [certain for number, certain in found.items() if number not in before]
        return any(new) if new else None

    def _cleaned_reason(self) -> str:
        """Return the reason that was sent; empty when there is none, or one that can't be kept."""
        sent = str(self[REASON].data or "")
        if not sent.strip():
            return ""
        try:
            reason = str(self.fields[REASON].clean(sent))
        except ValidationError as error:
            self.add_error(REASON, error)
            return ""
        if personnummer.find(reason):
            self.add_error(REASON, _("Give the reason without the number itself."))
            return ""
        return reason


def note_override(
    form: GuardedForm, *, council: Council, by: Member | None, on: date, target: models.Model, user: User | None = None
) -> None:
    """Write in the history of `target` that the guard was overridden, in which fields and why; nothing if it wasn't.

    Call it after the verb, in the same transaction. `user` is who did it where that is no member of the council.
    """
    if form.override_reason:
        history.record(
            council=council,
            by=by,
            on=on,
            verb="guard.overridden",
            target=target,
            changes={"reason": (None, form.override_reason), "fields": (None, form.overridden)},
            user=user,
        )


@contextmanager
def saving(form: GuardedForm, request: CouncilRequest) -> Iterator[Callable[[models.Model], None]]:
    """Do in one transaction what a valid form asks for, and tell what it was done to: `note(target)` (note_override).

    What a verb refuses is undone and shown at the form; `form.errors` tells afterwards.
    """

    def note(target: models.Model) -> None:
        note_override(form, council=request.council, by=request.member, on=request.today, target=target)

    with form.refusing(), transaction.atomic():
        yield note


def _text_of(value: Any) -> str:
    """Return the text of a field's value: a string as it is, an uploaded file's name, nothing for the rest."""
    if isinstance(value, str | Promise):
        return str(value)
    name = getattr(value, "name", "")
    return name if isinstance(name, str) else ""
