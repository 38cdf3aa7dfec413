"""History is written once: the database lets an entry be sealed, and its text be thrown away, and nothing else.

PostgreSQL refuses to delete entries too. SQLite doesn't: whoever can write to its file can drop a trigger as well, and
tests that commit empty their tables there; `verify_audit` finds what is missing.
"""

from typing import Any

from django.db import migrations

# What an entry says, and what may never differ afterwards.
_FIXED = (
    "id",
    "council_id",
    "at",
    "on",
    "kind",
    "actor_id",
    "user_id",
    "verb",
    "target_type",
    "target_id",
    "content",
)
_SAID = "a history entry is never changed"


def _allowed(differs: str) -> str:
    """The condition under which an update is allowed; `differs` compares a column of OLD and NEW, NULLs too."""
    same = " AND ".join(f"NOT {differs.format(column)}" for column in _FIXED)
    unsealed_or_same = (
        f"((OLD.sequence IS NULL AND OLD.seal = '') "
        f"OR (NOT {differs.format('sequence')} AND NOT {differs.format('seal')}))"
    )
    text_kept = f"(NOT {differs.format('changes')} AND NOT {differs.format('salt')})"
    blanked = "(CAST(NEW.changes AS text) = '{{}}' AND NEW.salt = '')".replace("{{}}", "{}")
    return f"{same} AND {unsealed_or_same} AND ({text_kept} OR {blanked})"


_POSTGRES = _allowed('(OLD."{0}" IS DISTINCT FROM NEW."{0}")')
_SQLITE = _allowed('(OLD."{0}" IS NOT NEW."{0}")')
_MAKE = {
    "sqlite": [
        "CREATE TRIGGER history_never_changes BEFORE UPDATE ON bra_historyentry "
        f"WHEN NOT ({_SQLITE}) BEGIN SELECT RAISE(ABORT, '{_SAID}'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION refuse_history() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_SAID}' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE TRIGGER history_never_changes BEFORE UPDATE ON bra_historyentry "
        f"FOR EACH ROW WHEN (NOT ({_POSTGRES})) EXECUTE FUNCTION refuse_history()",
        "CREATE TRIGGER history_never_deleted BEFORE DELETE ON bra_historyentry "
        "FOR EACH ROW EXECUTE FUNCTION refuse_history()",
    ],
}
_UNMAKE = {
    "sqlite": ["DROP TRIGGER history_never_changes"],
    "postgresql": [
        "DROP TRIGGER history_never_deleted ON bra_historyentry",
        "DROP TRIGGER history_never_changes ON bra_historyentry",
        "DROP FUNCTION refuse_history()",
    ],
}


def _make(_apps: Any, editor: Any) -> None:
    for statement in _MAKE[editor.connection.vendor]:
        editor.execute(statement)


def _unmake(_apps: Any, editor: Any) -> None:
    for statement in _UNMAKE[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    """Triggers on each of the two databases."""

    dependencies = [("bra", "0001_initial")]
    operations = [migrations.RunPython(_make, _unmake)]
