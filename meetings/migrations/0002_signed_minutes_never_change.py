"""Signed minutes are written once: the database refuses to change them, whoever asks."""

from typing import Any

from django.db import migrations

_MAKE = {
    "sqlite": [
        "CREATE TRIGGER signed_minutes_never_change BEFORE UPDATE ON meetings_signedminutes "
        "BEGIN SELECT RAISE(ABORT, 'signed minutes are never changed'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION refuse_signed_minutes() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'signed minutes are never changed' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE TRIGGER signed_minutes_never_change BEFORE UPDATE ON meetings_signedminutes "
        "FOR EACH ROW EXECUTE FUNCTION refuse_signed_minutes()",
    ],
}
_UNMAKE = {
    "sqlite": ["DROP TRIGGER signed_minutes_never_change"],
    "postgresql": [
        "DROP TRIGGER signed_minutes_never_change ON meetings_signedminutes",
        "DROP FUNCTION refuse_signed_minutes()",
    ],
}


def _make(_apps: Any, editor: Any) -> None:
    for statement in _MAKE[editor.connection.vendor]:
        editor.execute(statement)


def _unmake(_apps: Any, editor: Any) -> None:
    for statement in _UNMAKE[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    """A trigger on each of the two databases."""

    dependencies = [("meetings", "0001_initial")]
    operations = [migrations.RunPython(_make, _unmake)]
