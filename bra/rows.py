"""Rows under a lock."""

from typing import TypeVar

from django.db import models

from bra.models import Council

T = TypeVar("T", bound=models.Model)


def locked(row: T) -> T:
    """Return the row as the database has it now, locked until the transaction ends (SQLite locks the whole file).

    A council may be referred to while it is locked. Every verb's history does so: one that holds a case, say, would
    else wait for one that holds the council and waits for the case. Raises the model's DoesNotExist when somebody
    deleted the row meanwhile.
    """
    return type(row)._base_manager.select_for_update(no_key=isinstance(row, Council)).get(pk=row.pk)
