"""The demonstration's input: tables with a semicolon, and texts in TOML."""

import csv
import tomllib
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of data/<name>.csv as {column: text}."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def texts(name: str) -> dict[str, Any]:
    """Return data/<name>.toml; its dates and times are Python's."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def meetings() -> list[dict[str, Any]]:
    """Return the meetings, the earliest first."""
    return [texts(f"meetings/{path.stem}") for path in sorted((DATA / "meetings").glob("*.toml"))]


def listed(text: str) -> list[str]:
    """Split "a, b" into its parts."""
    return [part.strip() for part in text.split(",")]
