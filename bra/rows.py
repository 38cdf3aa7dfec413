"""Rows under a lock."""

from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import models

from bra.errors import Removed

T = TypeVar("T", bound=models.Model)


def locked(row: T) -> T:
    """Return the row as the database has it now, locked until the transaction ends (SQLite locks the whole file).

    Raises Removed when somebody deleted it meanwhile. Rows that refer to it may still be written:
    every verb writes history that refers to the council, so a full lock of that would wait for all of them, in a ring.
    """
    return fetched(type(row)._base_manager.select_for_update(no_key=True), row.pk)


def fetched(rows: models.QuerySet[T], pk: int) -> T:
    """Return the row with that key. Raises Removed when there is none any longer."""
    try:
        return rows.get(pk=pk)
    except ObjectDoesNotExist:
        raise Removed from None
