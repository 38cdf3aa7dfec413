"""Rows under a lock."""

from typing import TypeVar

from django.db import models

T = TypeVar("T", bound=models.Model)


def locked(row: T) -> T:
    """Return the row as the database has it now, locked until the transaction ends (SQLite locks the whole file).

    Raises the model's DoesNotExist when somebody deleted it meanwhile. Rows that refer to it may still be written:
    every verb writes history that refers to the council, so a full lock of that would wait for all of them, in a ring.
    """
    return type(row)._base_manager.select_for_update(no_key=True).get(pk=row.pk)
