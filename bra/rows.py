"""Rows under a lock."""

from typing import TypeVar

from django.db import models

T = TypeVar("T", bound=models.Model)


def locked(row: T) -> T:
    """Return the row as the database has it now, locked until the transaction ends (SQLite locks the whole file).

    Raises the model's DoesNotExist when somebody deleted it meanwhile.
    """
    return type(row)._base_manager.select_for_update().get(pk=row.pk)
