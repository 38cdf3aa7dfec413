"""The one rule of files that people choose."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from bra.uploads import LARGEST, FileField, clean_name


class FileForm(forms.Form):
    """A form that takes a file."""

    file = FileField(label="File", accept=".xlsx")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("lista.xlsx", "lista.xlsx"),
        ("Åtgärder 2017 (2).xlsx", "Åtgärder 2017 (2).xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\karin\\lista.xlsx", "lista.xlsx"),
        ("..\\..\\lista.xlsx", "lista.xlsx"),
        ("lista\u202exslx.exe", "listaxslx.exe"),
        ("lista\x00.xlsx\r\nX-Evil: 1", "lista.xlsx\r\nX-Evil: 1".replace("\r\n", "")),
        (".htaccess", "htaccess"),
        ("..", "fil"),
        ("", "fil"),
        ("å" * 300 + ".xlsx", "å" * 195 + ".xlsx"),
    ],
)
def test_a_name_keeps_what_a_person_called_it_and_nothing_else(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept


def test_a_file_that_is_too_large_is_told_so() -> None:
    form = FileForm({}, {"file": SimpleUploadedFile("lista.xlsx", b"a" * (LARGEST + 1))})
    assert form.errors == {"file": ["The file is larger than 5 MB. A list of actions is a small file."]}


def test_no_file_and_an_empty_one_are_told_apart() -> None:
    assert FileForm({}, {}).errors == {"file": ["Choose a file."]}
    assert FileForm({}, {"file": SimpleUploadedFile("a.csv", b"")}).errors == {
        "file": ["There is nothing in the file."]
    }
