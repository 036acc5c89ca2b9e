"""The Eurovision data: where it is, and what its official totals say."""

import csv
import os
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("COLISEUM_EUROVISION_DIR", ROOT.parent / "shared" / "data" / "eurovision"))
MAPPING = ROOT / "examples" / "eurovision" / "mapping.toml"
ENTRIES = 1582

needs_eurovision = pytest.mark.skipif(
    not (FOLDER / "votes.csv").is_file(),
    reason=f"the Eurovision data is not in {FOLDER} (COLISEUM_EUROVISION_DIR names the folder)",
)

Entry = tuple[str, str]
"""An event's id and an artist's id."""


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def official_totals() -> dict[Entry, int]:
    """Points by event and artist, from the official columns alone."""
    known = {(row["performer"], row["country"]): row["artist"] for row in _rows(MAPPING.parent / "performers.csv")}
    rounds = {"0": "semi-final", "1": "semi-final-1", "2": "semi-final-2"}
    totals: dict[Entry, int] = {}
    for row in _rows(FOLDER / "contestants.csv"):
        artist = known.get((row["performer"], row["country"]), row["performer"])
        for name, points in (
            ("final", row["final_total_points"]),
            (rounds.get(row["semifinal_number"], ""), row["semifinal_total_points"]),
        ):
            if points not in {"", "NA"}:
                # Two entries that fall on one artist in one round would hide each other.
                assert (f"{row['year']}/{name}", artist) not in totals
                totals[f"{row['year']}/{name}", artist] = int(points)
    return totals


@cache
def vote_lines() -> tuple[str, list[str]]:
    """The header and the lines of ``votes.csv``."""
    header, *lines = (FOLDER / "votes.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    return header, lines
