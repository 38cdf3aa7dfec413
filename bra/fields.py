"""Model fields that the apps share."""

from typing import Any

from django.db import models

from bra.text import sort_key


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
