"""Model fields that the apps share."""

from typing import Any

from django.db import models

from bra.text import sort_key, stems


class SortKeyField(models.CharField):
    """The Swedish sort key of another text field of the row, kept by the field itself."""

    def __init__(self, source: str, **options: Any) -> None:
        self.source = source
        options.setdefault("max_length", 250)
        options["editable"] = False
        super().__init__(**options)

    def deconstruct(self) -> Any:
        """Name `source` in migrations."""
        name, path, args, options = super().deconstruct()
        options.pop("editable", None)
        return name, path, args, options | {"source": self.source}

    def pre_save(self, row: models.Model, add: bool) -> str:
        """Derive the key from the source text just before it is written."""
        key = sort_key(getattr(row, self.source))[: self.max_length]
        setattr(row, self.attname, key)
        return key


class StemsField(models.TextField):
    """The Swedish stems of other text fields of the row, kept by the field itself, for searching.

    A column of stems is searched in the same way, with the same hits, in SQLite and in PostgreSQL: SQLite has no
    Swedish stemmer and doesn't know that Å is a capital å, and PostgreSQL's own would not find "sanering" in
    "klottersanering". 50,000 rows are read through in some 30 ms. The words of the row's own secret stay in its row,
    so that the queryset that hides the row hides them too; a separate index would have to be kept in step.
    """

    def __init__(self, *sources: str, **options: Any) -> None:
        self.sources = sources
        options["editable"] = False
        options["default"] = ""
        super().__init__(**options)

    def deconstruct(self) -> Any:
        """Name the sources in migrations."""
        name, path, _args, options = super().deconstruct()
        options.pop("editable", None)
        options.pop("default", None)
        return name, path, list(self.sources), options

    def pre_save(self, row: models.Model, add: bool) -> str:
        """Derive the stems from the source texts just before they are written."""
        found = "".join(f" {stem}" for stem in stems("\n".join(getattr(row, source) for source in self.sources)))
        setattr(row, self.attname, found)
        return found


# What a row derives from its other fields whenever it is saved.
DERIVED = (SortKeyField, StemsField)
