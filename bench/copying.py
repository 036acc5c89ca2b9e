"""The baseline of the log: plain COPY of the same rows into a table with one primary key.

The rows are those that the system has stored: they are read back, all columns of them, into a buffer in COPY's text
format, and the clock runs from COPY to its durable commit on one connection.
"""

import io
import time
from collections.abc import AsyncIterator

from bench.measure import BenchFailed
from bench.servers import Stand

TABLE = "bench_copy"
MAKE = f'CREATE TABLE {TABLE} (LIKE passport_entries, PRIMARY KEY (tenant_id, partition, "offset"))'
READ = 'SELECT * FROM passport_entries WHERE tenant_id = $1 ORDER BY partition, "offset" OFFSET $2 LIMIT $3'
CHUNK_BYTES = 1 << 18


class Copying:
    """Rows of a system's log, held ready to be copied again and again in the same server."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._buffer = b""
        self.rows = 0

    async def prepare(self, skip: int, rows: int) -> None:
        """Read rows of the log back, leaving out the first `skip`; makes the table at the first call."""
        sql = self._stand.sql
        if await sql.fetchval("SELECT to_regclass($1)", TABLE) is None:
            await sql.execute(MAKE)
        buffer = io.BytesIO()
        await sql.copy_from_query(READ, self._stand.tenant_id, skip, rows, output=buffer)
        self._buffer, self.rows = buffer.getvalue(), rows

    async def rate(self) -> float:
        """Copy the rows into the emptied table; returns rows a second."""
        sql = self._stand.sql
        await sql.execute(f"TRUNCATE {TABLE}")
        began = time.perf_counter()
        status = await sql.copy_to_table(TABLE, source=self._chunks())
        took_s = time.perf_counter() - began
        if status != f"COPY {self.rows}":
            raise BenchFailed(f"{status} is not the {self.rows} rows of the log")
        return self.rows / took_s

    async def _chunks(self) -> AsyncIterator[memoryview]:
        view = memoryview(self._buffer)
        for start in range(0, len(view), CHUNK_BYTES):
            yield view[start : start + CHUNK_BYTES]
