"""What every read of a board must say, in plain Python: the order, the ranks, and the rows that are asked for.

The order inside a tie is that of who reached the score first, by the millisecond of the last entry that added something;
the larger a total, the more coarsely. Then that of the entities' numbers, which are the log's own: they are read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from support.model import Stand
from support.services import Platform, World

LONG_AGO = datetime(1950, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Standing:
    """A member of a board, as every read must tell of it."""

    id: str
    score: int
    rank: int
    dense: int
    place: int
    percentile: float
    to_next: int | None
    name: str | None
    picture: str | None
    overall: int | None = None

    def told(self, ranking: str) -> dict[str, Any]:
        """The row as it is answered."""
        rank = {"competition": self.rank, "dense": self.dense, "ordinal": self.place}[ranking]
        row = {
            "rank": rank, "id": self.id, "name": self.name, "picture": self.picture, "score": self.score,
            "percentile": self.percentile, "toNext": self.to_next,
        }  # fmt: skip
        row = row if self.overall is None else {**row, "overallRank": self.overall}
        return row if self.name is not None else {**row, "forgotten": True}


def reached(total: int, last: datetime | None, window: str, start: datetime | None) -> int:
    """When a member got where it stands, as exactly as is kept beside a total of this size."""
    if last is None:
        return 0
    short = window in {"hour", "day", "week", "month"}
    base, bits = (start or LONG_AGO, 32) if short else (LONG_AGO, 42)
    moment = min(max((last - base) // MILLISECOND, 0), (1 << bits) - 1)
    for level in range(4):
        if abs(total) < 1 << (53 - bits + 8 * level):
            return moment >> (8 * level)
    return 0


Shown = Callable[[str], tuple[str | None, str | None]]
"""Name and picture of an entity; somebody who was forgotten has no name."""


def standing(
    stands: Mapping[str, Stand], numbers: Mapping[str, int], window: str, start: datetime | None, shown: Shown
) -> list[Standing]:
    """The whole board, in order."""

    def place(entity: str) -> tuple[int, int, int]:
        total, last = stands[entity]
        return -total, reached(total, last, window, start), numbers[entity]

    ordered = sorted((entity for entity in stands if stands[entity][0]), key=place)
    return ranked([(entity, stands[entity][0]) for entity in ordered], shown)


def ranked(ordered: Sequence[tuple[str, int]], shown: Shown) -> list[Standing]:
    """Ranks, percentiles and distances of members in their order."""
    scores = [score for _, score in ordered]
    rows = []
    for place, (entity, score) in enumerate(ordered, 1):
        better = [each for each in scores if each > score]
        rank = 1 + len(better)
        percentile = round(100 * (len(scores) - rank) / (len(scores) - 1), 2) if len(scores) > 1 else 100.0
        to_next = min(better) - score if better else None
        rows.append(Standing(entity, score, rank, 1 + len(set(better)), place, percentile, to_next, *shown(entity)))
    return rows


def around(board: Sequence[Standing], entity: str, limit: int) -> list[Standing]:
    """``limit`` rows with this one in their middle, and as many at the ends of the board."""
    middle = next((place for place, row in enumerate(board) if row.id == entity), None)
    if middle is None:
        return []
    first = max(0, min(middle - (limit - 1) // 2, len(board) - limit))
    return list(board[first : first + limit])


def of_ids(board: Sequence[Standing], ids: Sequence[str]) -> list[Standing]:
    """The rows of these, with their ranks on the whole board."""
    return [row for row in board if row.id in ids]


def among(board: Sequence[Standing], ids: Sequence[str]) -> list[Standing]:
    """The board of these alone."""
    some = of_ids(board, ids)
    known = {row.id: (row.name, row.picture) for row in some}
    alone = ranked([(row.id, row.score) for row in some], known.__getitem__)
    return [replace(row, overall=on_all.rank) for row, on_all in zip(alone, some, strict=True)]


async def numbers(world: World, platform: Platform, kind: str) -> dict[str, int]:
    """The numbers of all entities of a kind, by the ids that are shown."""
    if kind == "fan":
        sql = (
            "SELECT user_id AS id, subject_id AS num FROM passport_subjects WHERE tenant_id = $1 UNION ALL"
            " SELECT 'forgotten:' || subject_id, subject_id FROM privacy_erasures"
            " WHERE tenant_id = $1 AND subject_id IS NOT NULL"
        )
        rows = await world.fetch(sql, platform.tenant_id)
    else:
        sql = "SELECT id, num FROM coliseum_names WHERE tenant_id = $1 AND kind = $2"
        rows = await world.fetch(sql, platform.tenant_id, kind)
    return {row["id"]: row["num"] for row in rows}
