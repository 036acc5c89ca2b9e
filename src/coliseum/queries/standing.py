"""How the system stands as a whole, as far as anybody may know it: no numbers, and nothing of any tenant."""

import time
from datetime import datetime
from typing import Final, Literal

import msgspec

from coliseum import db, kv

SQL = db.statements("coliseum.queries")
BELIEVED_S: Final = 5.0
SLOW_S: Final = 60.0
State = Literal["working", "behind", "away"]


class CountingRow(msgspec.Struct, frozen=True):
    """What waits to be counted, and who counts."""

    waiting: int
    held: int
    units: int
    moved_at: datetime | None


class Standing(msgspec.Struct, frozen=True):
    """How each part stood when it was looked at."""

    at: datetime
    database: State
    valkey: State
    counting: State

    @property
    def well(self) -> bool:
        """Whether everything works."""
        return {self.database, self.valkey, self.counting} == {"working"}


class Watch:
    """Looks at the parts at most once in ``BELIEVED_S``, however many ask. Lives in one event loop."""

    def __init__(self, database: db.Database, store: kv.KeyValue) -> None:
        self._database = database
        self._store = store
        self._last: tuple[float, Standing] | None = None

    async def standing(self, now: datetime) -> Standing:
        """How everything stands, by a look that is at most a few seconds old."""
        if self._last is None or time.monotonic() - self._last[0] >= BELIEVED_S:
            self._last = (time.monotonic(), await self._look(now))
        return self._last[1]

    async def _look(self, now: datetime) -> Standing:
        counting: State = "away"
        try:
            async with self._database.connection("capture") as connection:
                [row] = await db.rows(connection, CountingRow, SQL["counting"])
            database: State = "working"
            counting = _counting(row, now)
        except (*db.UNREACHABLE, db.PostgresError):
            database = "away"
        try:
            await self._store.raw.ping()
            valkey: State = "working"
        except kv.FAILED:
            valkey = "away"
        return Standing(now, database, valkey, counting)


def _counting(row: CountingRow, now: datetime) -> State:
    if row.waiting == 0:
        return "working"
    if row.held == 0:
        return "away"
    moved = row.moved_at is not None and (now - row.moved_at).total_seconds() < SLOW_S
    return "working" if moved else "behind"
