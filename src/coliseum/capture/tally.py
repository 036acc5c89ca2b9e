"""Counts of refusals and dropped fields, for each tenant to see; written once a second, in one statement."""

import asyncio
from datetime import date, datetime

import msgspec

from coliseum import db
from coliseum.clock import Clock
from coliseum.events.catalogue import TYPES
from coliseum.tasks import end
from coliseum.telemetry import Log, described

SQL = db.statements("coliseum.capture")
WRITE_EVERY_S = 1.0
MESSAGE_MAX = 300


class _Count(msgspec.Struct):
    """How often, and the last example."""

    count: int
    message: str
    at: datetime


class Tally:
    """Counts of one process. A crash loses at most the last second's counts: they inform, they are not numbers."""

    def __init__(self, database: db.Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._counts: dict[tuple[int, date, str, str], _Count] = {}
        self._task = asyncio.create_task(self._write_regularly())

    def add(self, tenant_id: int, code: str, event_type: str, message: str) -> None:
        """Count one; returns at once. Types that are not in the catalogue count under no type."""
        now = self._clock()
        known_type = event_type if event_type in TYPES else ""
        key = (tenant_id, now.date(), code, known_type)
        counted = self._counts.setdefault(key, _Count(0, "", now))
        counted.count += 1
        counted.message, counted.at = message[:MESSAGE_MAX].replace("\x00", "\ufffd"), now

    async def close(self) -> None:
        """Write what is left and stop."""
        await end(self._task)
        await self._write()

    async def _write_regularly(self) -> None:
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            await self._write()

    async def _write(self) -> None:
        counts, self._counts = self._counts, {}
        if not counts:
            return
        ordered = sorted(counts.items(), key=lambda item: item[0])
        columns = [
            [key[0] for key, _ in ordered], [key[1] for key, _ in ordered], [key[2] for key, _ in ordered],
            [key[3] for key, _ in ordered], [count.count for _, count in ordered],
            [count.message for _, count in ordered], [count.at for _, count in ordered],
        ]  # fmt: skip
        try:
            async with self._database.connection("capture") as connection:
                await connection.execute(SQL["count_warnings"], *columns)
        except (*db.UNREACHABLE, db.PostgresError) as error:
            Log().warning("warnings_lost", error=described(error))
            for key, count in counts.items():
                kept = self._counts.setdefault(key, _Count(0, count.message, count.at))
                kept.count += count.count
