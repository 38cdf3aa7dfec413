"""Forms of the register of requests for records."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bra.forms import DayField, GuardedForm, LongText, SeveralField, refuse_number, row_choice
from bra.models import Council, LegalGround, Member, Role
from records.lifecycle import Masks
from records.masking import Part, part_of
from records.models import Refusal, Release, ReleaseRules, ReleaseState, Way
from records.release_documents import Source

_ENDS = (ReleaseState.RELEASED, ReleaseState.WITHDRAWN, ReleaseState.NO_RECORD)
_FILES = {
    "pdf": _("PDF"),
    "docx": _("Word (DOCX)"),
    "xlsx": _("Excel"),
    "ods": "OpenDocument",
    "csv": "CSV",
    "json": "JSON",
}


class ReleaseForm(GuardedForm):
    """What is known of a request."""

    guarded = ("asked", "requester", "notes")

    received_on = DayField(label=_("Came on"))
    way = forms.ChoiceField(label=_("Came by"), choices=Way.choices)
    asked = LongText(
        label=_("What was asked for"),
        longest=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Which records, in their words. Leave out what is secret: everybody who reads the register sees this."
        ),
    )
    requester = forms.CharField(
        label=_("Who asked, and how to reach them"),
        max_length=200,
        required=False,
        help_text=_(
            "Only what is needed to send the copies. Nobody may be asked who they are or why they ask, unless that is "
            "needed to judge whether something is secret."
        ),
    )
    handler = forms.ModelChoiceField(
        label=_("Handled by"), queryset=Member.objects.none(), required=False, empty_label=_("Nobody yet")
    )
    notes = LongText(label=_("Notes"), longest=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, council: Council, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readers = council.members.active(today).filter(role__in=(Role.COORDINATOR, Role.SECRETARY, Role.CHAIR))
        handler = row_choice(self, "handler")
        # Who handled it stays, also when the mandate has ended since.
        kept = self.get_initial_for_field(handler, "handler")
        own = council.members.filter(pk=kept) if kept else Member.objects.none()
        handler.queryset = readers | own


class EndForm(GuardedForm):
    """What became of a request in which nothing was kept back."""

    state = forms.ChoiceField(
        label=_("What became of it"), choices=[(state.value, state.label) for state in _ENDS], widget=forms.RadioSelect
    )


class RefusalForm(GuardedForm):
    """A decision to keep the whole or a part back."""

    guarded = ("reasons", "decided_by", "appeal")

    extent = forms.ChoiceField(
        label=_("What is kept back"),
        choices=[("part", pgettext_lazy("kept back", "A part")), ("whole", pgettext_lazy("kept back", "The whole"))],
        widget=forms.RadioSelect,
    )
    grounds = SeveralField(
        label=_("Legal grounds"),
        queryset=LegalGround.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one legal ground.")},
    )
    reasons = LongText(
        label=_("Reasons"),
        longest=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Why the ground applies, without telling what is secret."),
    )
    decided_by = forms.CharField(
        label=_("Decided by"), max_length=160, help_text=_("Name and role of who decides this on delegation.")
    )
    written_asked = forms.BooleanField(
        label=_("A written decision was asked for"),
        required=False,
        help_text=_(
            "Tell whoever asks that the authority can try the matter, and that a written decision is needed to appeal."
        ),
    )
    appeal = LongText(label=_("How to appeal"), longest=4000, widget=forms.Textarea(attrs={"rows": 6}))

    def __init__(self, council: Council, refusal: Refusal | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grounds = row_choice(self, "grounds")
        chosen = LegalGround.objects.filter(council=council)
        grounds.queryset = chosen.live() | chosen.filter(pk__in=refusal.grounds.all()) if refusal else chosen.live()


class ReopenForm(GuardedForm):
    """Why a request is handled again."""

    guarded = ("reason",)

    reason = forms.CharField(label=_("Reason"), max_length=200)


class RulesForm(GuardedForm):
    """When the register warns, and how decisions tell to appeal."""

    guarded = ("appeal",)

    warn_after = forms.IntegerField(
        label=_("Warn after so many working days"),
        min_value=1,
        max_value=30,
        help_text=_("A request is to be answered promptly. How many days that is, no law says."),
    )
    appeal = LongText(
        label=_("How to appeal"),
        longest=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Stands in every decision. Let the council's lawyer read it. Empty: the text that comes with the product."
        ),
    )

    @staticmethod
    def of(rules: ReleaseRules, appeal: str) -> dict[str, Any]:
        """Return the initial values."""
        return {"warn_after": rules.warn_after, "appeal": appeal}


class FindForm(forms.Form):
    """What the register is filtered by."""

    text = forms.CharField(
        label=_("Text in what was asked for"), max_length=200, required=False, validators=[refuse_number]
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *ReleaseState.choices])
    year = forms.ChoiceField(label=_("Year"), required=False)
    ground = forms.ModelChoiceField(
        label=_("Legal ground"), queryset=LegalGround.objects.none(), required=False, empty_label=_("All")
    )

    def __init__(self, council: Council, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = Release.objects.of(council).order_by("-year").values_list("year", flat=True).distinct()
        year, ground = self.fields["year"], self.fields["ground"]
        assert isinstance(year, forms.ChoiceField)
        assert isinstance(ground, forms.ModelChoiceField)
        year.choices = [("", _("All years")), *((str(one), str(one)) for one in years)]
        ground.queryset = LegalGround.objects.filter(council=council)

    @property
    def in_use(self) -> bool:
        """Whether anything is chosen."""
        return any(self.data.get(name) for name in self.fields)


class MaskForm(forms.Form):
    """What is to be masked in one document: ticked sentences, typed words, and the grounds.

    Not read for personal identity numbers: they are masked anyway, and nothing that is typed here is kept.
    """

    looked_at = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    ground = forms.ModelChoiceField(
        label=_("Legal ground for what is masked"),
        queryset=LegalGround.objects.none(),
        required=False,
        empty_label=_("Choose"),
    )
    words = LongText(
        label=_("Words to mask wherever they stand"),
        longest=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text=_("One name or phrase per line. They are forgotten when the copy is made."),
    )
    file_format = forms.ChoiceField(label=_("File"))

    def __init__(self, council: Council, source: Source, parts: Sequence[Part], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = parts
        self._grounds = LegalGround.objects.filter(council=council).live()
        self.fields["file_format"].choices = [(name, _FILES[name]) for name in source.formats]  # type: ignore[attr-defined]  # a ChoiceField
        self._offer("ground")
        for place in range(len(parts)):
            self.fields[f"ground_{place}"] = forms.ModelChoiceField(
                label=_("Legal ground in this part"),
                queryset=LegalGround.objects.none(),
                required=False,
                empty_label=_("As chosen below"),
            )
            self._offer(f"ground_{place}")
        if not source.can_be_masked:
            for name in ("ground", "words"):
                del self.fields[name]

    def _offer(self, name: str) -> None:
        field = row_choice(self, name)
        field.queryset = self._grounds

    @property
    def ticked(self) -> dict[str, set[int]]:
        """The sentences that were ticked, {path: places}; what the document doesn't have is left out."""
        sent = set(self.data.getlist("mask")) if hasattr(self.data, "getlist") else set()
        found: dict[str, set[int]] = {}
        for part in self.parts:
            for piece in part.pieces:
                places = {place for place in range(len(piece.sentences)) if f"{piece.path}:{place}" in sent}
                if places:
                    found[piece.path] = places
        return found

    def rows(self) -> list[tuple[Part, Any, list[tuple[str, list[tuple[str, str, bool]]]]]]:
        """Each part with its ground field and its lines: (what it is called, [(value, sentence, ticked)])."""
        ticked = self.ticked
        found = []
        for place, part in enumerate(self.parts):
            lines: dict[str, tuple[str, list[tuple[str, str, bool]]]] = {}
            for piece in part.pieces:
                _label, shown = lines.setdefault(piece.line, (piece.label, []))
                for index, words in enumerate(piece.sentences):
                    shown.append((f"{piece.path}:{index}", words, index in ticked.get(piece.path, ())))
            found.append((part, self[f"ground_{place}"], list(lines.values())))
        return found

    def masks(self) -> Masks:
        """Return what is to be masked (of a valid form)."""
        ticked = self.ticked
        words = [line.strip() for line in self.cleaned_data.get("words", "").split("\n") if line.strip()]
        return Masks(ticked, words, self._chosen_grounds(ticked, words=bool(words)))

    def _chosen_grounds(self, ticked: Collection[str], *, words: bool) -> Collection[LegalGround]:
        """The grounds of what is masked; none when one is missing."""
        common = self.cleaned_data.get("ground")
        touched = {part_of(path) for path in ticked}
        own = [self.cleaned_data[f"ground_{place}"] for place, part in enumerate(self.parts) if part.key in touched]
        grounds = [one or common for one in own] + ([common] if words else [])
        return {ground for ground in grounds if ground} if all(grounds) else ()
