"""The first start on a machine that lacks something, and the locks that make it repeatable."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ops.environment import ROOT, lock_file
from ops.lock import places_named


@pytest.mark.parametrize("name", ["run", "test"])
def test_a_lock_names_no_place_and_has_a_checksum_for_everything(name: str) -> None:
    lock = lock_file(name)
    assert places_named(lock) == []
    entries = re.split(r"^(?=\S+==)", lock.read_text(encoding="ascii"), flags=re.M)[1:]
    assert len(entries) > 20
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_tests_run_on_the_versions_that_the_product_runs_on() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^(\S+==\S+)", lock_file(name).read_text(encoding="ascii"), flags=re.M))

    assert pins("run") - pins("test") == set()


def test_a_machine_without_a_fitting_python_gets_one_sentence(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")  # answers "not 3.11 or later" to every question
    old.chmod(0o755)
    shell = shutil.which("sh")
    assert shell is not None
    done = subprocess.run(
        [shell, ROOT / "ops" / "python.sh"], env={"PATH": str(tmp_path)}, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout.decode(), done.stderr.decode()) == (
        1,
        "",
        "Python 3.11 eller senare behövs men hittades inte. Installera Python 3.11, 3.12 eller 3.13 och försök igen.\n",
    )


def test_python_is_found_under_its_versioned_name(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    # A link would not do: inside a virtual environment Python finds its packages beside the link's own name.
    fitting = tmp_path / f"python3.{sys.version_info[1]}"
    fitting.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    fitting.chmod(0o755)
    shell = shutil.which("sh")
    assert shell is not None
    done = subprocess.run(
        [shell, ROOT / "ops" / "python.sh"], env={"PATH": str(tmp_path)}, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout.decode()) == (0, f"{fitting}\n")


@pytest.mark.service
def test_without_a_network_the_first_start_says_so_in_one_sentence(tmp_path: Path) -> None:
    for folder in ("ops", "requirements"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("PIP_", "BRA_"))}
    # Nothing listens on port 9 of the loopback address, so every download is refused at once.
    environment |= {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_NO_CACHE_DIR": "1",
    }
    environment |= {"BRA_DATA": str(tmp_path / "data"), "PORT": "0", "PYTHONPATH": ""}
    code = "from ops import environment; environment.prepare('run')"
    caught = f"from ops.errors import Refusal\ntry:\n    {code}\nexcept Refusal as refusal:\n    print(refusal)"
    done = subprocess.run(
        [sys.executable, "-c", caught], cwd=tmp_path, env=environment, capture_output=True, timeout=120, check=True
    )
    assert done.stdout.decode().splitlines() == [
        "Skapar Python-miljön i .venv ...",
        "Installerar beroenden (första gången ungefär en halv minut) ...",
        (
            "Paketregistret svarar inte, så beroendena kunde inte hämtas: "
            f"kontrollera nätet och försök igen (se {tmp_path}/.venv/install.log)."
        ),
    ]
    assert not (tmp_path / ".venv" / "installed").exists()
