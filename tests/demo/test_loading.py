"""The demonstration appears whole, with its log-ins kept where asked, or not at all."""

import stat
from pathlib import Path

import pytest
from django.core.management import CommandError

from demo import source
from tests.cast import Cast
from tests.demo.loading import load, rows
from tests.make import make_user

pytestmark = pytest.mark.wide


def left() -> dict[str, list[tuple[object, ...]]]:
    """The tables that hold anything."""
    return {label: table for label, table in rows().items() if table}


@pytest.mark.service
@pytest.mark.django_db
def test_the_log_ins_are_kept_in_a_file_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "demo-logins.txt"
    path.write_text("old")
    path.chmod(0o644)
    said = load(credentials_file=path)
    assert path.read_text(encoding="utf-8") == said
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["folder", "missing/logins.txt"])
def test_a_file_that_cannot_be_written_leaves_no_council(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(CommandError, match=r"^The log-ins can't be written to .+\.$") as refusal:
        load(credentials_file=tmp_path / name)
    assert refusal.value.returncode == 2
    assert left() == {}
    assert list(tmp_path.rglob("*")) == [tmp_path / "folder"]


@pytest.mark.django_db
def test_a_failure_half_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    told = source.meetings()
    told[len(told) // 2]["items"][0]["decisions"] = [{"text": " "}]
    monkeypatch.setattr(source, "meetings", lambda: told)
    with pytest.raises(CommandError, match=r"^Write what was decided\.$"):
        load()
    assert left() == {}


@pytest.mark.django_db
def test_a_user_who_has_one_of_the_addresses_keeps_their_password(cast: Cast) -> None:
    somebody = make_user(email="Samordnare@Lillakra.example.org", password="somebody's own password")
    before = rows()
    with pytest.raises(CommandError, match=r"^There is already a user with the address samordnare@\S+, so the demo"):
        load()
    assert rows() == before
    somebody.refresh_from_db()
    assert somebody.check_password("somebody's own password")
