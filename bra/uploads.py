"""The one rule of files that people choose: how large, of what kind by their own first bytes, under which name.

A file is held in memory, read by a process of its own that has given everything else up (imports.reading), and never
stored or given to anybody: only its cells, its name and its checksum are kept.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from bra.text import without_controls

LARGEST = 5 * 2**20  # bytes
LONGEST_NAME = 200


def clean_name(name: str) -> str:
    r"""Return a file's name without folders, without signs that aren't seen, and no longer than is kept.

    >>> clean_name("C:\\Listor\\..\\åtgärder.xlsx"), clean_name("../../etc/passwd"), clean_name("..")
    ('åtgärder.xlsx', 'passwd', 'fil')
    """
    last = without_controls("".join(name.splitlines())).replace("\\", "/").rpartition("/")[2].strip().lstrip(".")
    return last[-LONGEST_NAME:] or "fil"


class FileField(forms.FileField):
    """A file to be read: its name is cleaned, its size bounded in plain words."""

    default_error_messages = {
        "required": _("Choose a file."),
        "empty": _("There is nothing in the file."),
        "max_length": _("The file's name is too long."),
        "large": _("The file is larger than %(most)d MB. A list of actions is a small file."),
    }

    def __init__(self, *, accept: str, **options: Any) -> None:
        widget = forms.FileInput(attrs={"accept": accept})
        super().__init__(max_length=LONGEST_NAME, widget=widget, **options)

    def to_python(self, data: Any) -> "File[Any] | None":
        """Return the file under a clean name."""
        file = super().to_python(data)
        if file is None:
            return None
        if (file.size or 0) > LARGEST:
            raise ValidationError(self.error_messages["large"], code="large", params={"most": LARGEST // 2**20})
        file.name = clean_name(str(file.name))
        return file
