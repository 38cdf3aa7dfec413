"""The guard in a form: it asks, it can be overridden with a reason, and it never repeats the number."""

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from bra.errors import RuleBroken
from bra.forms import GuardedForm, note_override, saving
from bra.history import entries_of
from bra.http import CouncilRequest
from tests.cast import Cast
from tests.make import TODAY

NUMBER = "701063-2391"
OVERRIDE = "If it is something else, say what in the last field of the form, and save again."
CERTAIN = f"There is a personal identity number in this text. Take it out: no person is recorded here. {OVERRIDE}"
UNCERTAIN = f"Something in this text is written like a personal identity number. Take it out if it is one. {OVERRIDE}"


class NoteForm(GuardedForm):
    guarded = ("text", "file")
    text = forms.CharField(required=False)
    place = forms.CharField(required=False)
    file = forms.FileField(required=False)

    def clean(self) -> dict[str, object]:
        # A form that forgets its parent's clean is guarded nevertheless.
        return self.cleaned_data


def test_text_without_a_number_passes_and_no_reason_is_asked_for() -> None:
    form = NoteForm({"text": "Möte 2017-03-15"})
    assert (form.is_valid(), list(form.fields), form.override_reason) == (True, ["text", "place", "file"], "")


def test_a_number_stops_the_form_and_asks_for_a_reason_without_repeating_it() -> None:
    form = NoteForm({"text": f"Anna {NUMBER}"})
    assert form.errors == {"text": [CERTAIN]}
    assert list(form.fields)[-1] == "not_personnummer_reason"
    assert NUMBER not in str(form.errors)
    assert form["text"].value() == f"Anna {NUMBER}"
    assert "required" not in str(form["not_personnummer_reason"])


def test_a_wrong_check_digit_is_told_more_softly() -> None:
    assert NoteForm({"text": "870704-9996"}).errors == {"text": [UNCERTAIN]}


def test_a_number_in_a_file_name_is_found() -> None:
    form = NoteForm({}, {"file": SimpleUploadedFile(f"anmälan {NUMBER}.pdf", b"x")})
    assert form.errors == {"file": [CERTAIN]}


def test_a_field_that_is_not_guarded_is_not_read() -> None:
    assert NoteForm({"place": NUMBER}).is_valid()


def test_with_a_reason_the_form_is_valid_and_the_reason_stays_out_of_the_data() -> None:
    form = NoteForm({"text": "Larm 20170315-1306", "not_personnummer_reason": " Tidsstämpel "})
    assert form.is_valid()
    assert form.cleaned_data == {"text": "Larm 20170315-1306", "place": "", "file": None}
    assert form.override_reason == "Tidsstämpel"


def test_the_number_is_no_reason() -> None:
    form = NoteForm({"text": NUMBER, "not_personnummer_reason": f"Det är {NUMBER}"})
    assert form.errors == {
        "text": [CERTAIN],
        "not_personnummer_reason": ["Give the reason without the number itself."],
    }
    assert form.override_reason == ""


def test_a_reason_that_is_too_long_is_refused_at_its_field() -> None:
    form = NoteForm({"text": NUMBER, "not_personnummer_reason": "x" * 201})
    assert sorted(form.errors) == ["not_personnummer_reason", "text"]


def test_a_number_that_stood_there_already_is_not_asked_about_again_but_a_new_one_is() -> None:
    before = {"text": "Larm 20170315-1306"}
    assert NoteForm({"text": "Larm 20170315-1306, tack"}, initial=before).is_valid()
    assert NoteForm({"text": f"Larm 20170315-1306 {NUMBER}"}, initial=before).errors == {"text": [CERTAIN]}
    old_and_softer = {"text": f"{NUMBER} 870704-9996"}
    assert NoteForm(old_and_softer, initial={"text": NUMBER}).errors == {"text": [UNCERTAIN]}


def test_a_prefixed_form_reads_its_own_reason() -> None:
    data = {"n-text": NUMBER, "n-not_personnummer_reason": "Provnummer"}
    assert NoteForm(data, prefix="n").override_reason == ""  # nothing is read before the form is cleaned
    form = NoteForm(data, prefix="n")
    assert (form.is_valid(), form.override_reason) == (True, "Provnummer")


def test_a_refusal_stands_at_its_field_or_on_top() -> None:
    form = NoteForm({"text": "x"})
    assert form.is_valid()
    form.refuse(RuleBroken("Not there.", field="place"))
    form.refuse(RuleBroken("Not at all.", field="elsewhere"))
    assert form.errors == {"place": ["Not there."], "__all__": ["Not at all."]}


def test_the_override_is_history_with_its_reason_and_without_the_text(cast: Cast) -> None:
    form = NoteForm({"text": NUMBER, "not_personnummer_reason": "Provnummer"})
    assert form.is_valid()
    note_override(form, council=cast.council, by=cast.secretary, on=TODAY, target=cast.member)
    (entry,) = entries_of(cast.member)
    assert (entry.verb, entry.actor, entry.on) == ("guard.overridden", cast.secretary, TODAY)
    assert entry.changes == {"reason": [None, "Provnummer"], "fields": [None, ["text"]]}


def test_without_an_override_nothing_is_noted(cast: Cast) -> None:
    form = NoteForm({"text": "Larm"})
    assert form.is_valid()
    note_override(form, council=cast.council, by=cast.secretary, on=TODAY, target=cast.member)
    assert not entries_of(cast.member).exists()


def asked_by(cast: Cast) -> CouncilRequest:
    request = CouncilRequest()
    request.council, request.member, request.today = cast.council, cast.secretary, TODAY
    return request


def never() -> None:
    raise RuleBroken("Not there.", field="place")


def test_what_a_form_saves_is_noted_in_the_name_of_who_asked(cast: Cast) -> None:
    form = NoteForm({"text": NUMBER, "not_personnummer_reason": "Provnummer"})
    assert form.is_valid()
    with saving(form, asked_by(cast)) as note:
        note(cast.member)
    assert not form.errors
    (entry,) = entries_of(cast.member)
    assert (entry.council, entry.verb, entry.actor, entry.on) == (
        cast.council,
        "guard.overridden",
        cast.secretary,
        TODAY,
    )


def test_what_a_verb_refuses_is_undone_and_shown_at_its_field(cast: Cast) -> None:
    form = NoteForm({"text": NUMBER, "not_personnummer_reason": "Provnummer"})
    assert form.is_valid()
    with saving(form, asked_by(cast)) as note:
        note(cast.member)
        never()
    assert form.errors == {"place": ["Not there."]}
    assert not entries_of(cast.member).exists()
