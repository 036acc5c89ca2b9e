"""When each key was used last: kept in memory, and written once a minute."""

import asyncio
from datetime import datetime

from coliseum import db
from coliseum.accounts.callers import Caller
from coliseum.accounts.tenants import SQL
from coliseum.clock import Clock
from coliseum.tasks import end
from coliseum.telemetry import Log, described

WRITE_EVERY_S = 60.0


class LastUsed:
    """What one process has seen of keys since it wrote last. A crash loses at most a minute of it."""

    def __init__(self, database: db.Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._seen: dict[tuple[int, int], datetime] = {}
        self._task = asyncio.create_task(self._write_regularly())

    def note(self, caller: Caller) -> None:
        """This caller's key is being used; returns at once."""
        if caller.key_id is not None:
            self._seen[caller.tenant.tenant_id, caller.key_id] = self._clock()

    async def close(self) -> None:
        """Write what is left and stop."""
        await end(self._task)
        await self.write()

    async def write(self) -> None:
        """Write what was seen; what cannot be written is kept."""
        seen, self._seen = self._seen, {}
        if not seen:
            return
        ordered = sorted(seen.items())  # two processes that write the same rows do so in the same order
        columns = [[key[0] for key, _ in ordered], [key[1] for key, _ in ordered], [at for _, at in ordered]]
        try:
            async with self._database.connection("capture") as connection:
                await connection.execute(SQL["keys_used"], *columns)
        except (*db.UNREACHABLE, db.PostgresError) as error:
            Log().warning("last_used_lost", error=described(error))
            self._seen = {**seen, **self._seen}

    async def _write_regularly(self) -> None:
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            await self.write()
