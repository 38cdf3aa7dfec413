"""What is asked for, as the address of the search page says it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bra.forms import refuse_number
from bra.text import asked_stems
from finding.selection import KINDS
from meetings.models import Topic

MOST_WORDS = 12


def _year(years: Sequence[int]) -> forms.TypedChoiceField:
    choices = [("", _("All")), *((year, str(year)) for year in years)]
    return forms.TypedChoiceField(label=_("Year"), choices=choices, coerce=int, empty_value=None, required=False)


class SearchForm(forms.Form):
    """Words, and what narrows them: kind, year, topic."""

    q = forms.CharField(
        label=_("Words"),
        max_length=200,
        validators=[refuse_number],
        widget=forms.TextInput(attrs={"type": "search", "data-key": "/", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All")), *((kind.name, kind.label) for kind in KINDS)]
    )

    def __init__(self, *args: Any, topics: Sequence[Topic], years: Sequence[int], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["year"] = _year(years)
        known = {str(topic.pk): topic for topic in topics}
        self.fields["topic"] = forms.TypedChoiceField(
            label=_("Topic"),
            choices=[("", _("All")), *((key, topic.name) for key, topic in known.items())],
            coerce=known.__getitem__,
            empty_value=None,
            required=False,
        )

    def clean_q(self) -> str:
        """Words that can be looked for."""
        text = str(self.cleaned_data["q"])
        found = asked_stems(text)
        if not found:
            raise ValidationError(_("Write a word to search for."))
        if len(found) > MOST_WORDS:
            raise ValidationError(_("Search for fewer words, at most %(number)d.") % {"number": MOST_WORDS})
        return text

    @property
    def words(self) -> list[str]:
        """The stems to look for; none when what was typed can't be looked for."""
        return asked_stems(self.cleaned_data["q"]) if self.is_valid() else []


class YearForm(forms.Form):
    """The year of a timeline."""

    def __init__(self, *args: Any, years: Sequence[int], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["year"] = _year(years)
