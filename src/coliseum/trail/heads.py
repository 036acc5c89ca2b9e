"""The heads of all chains, written to a file outside the database, so that a tail that was cut off is missed.

One JSON object a line, only ever added to, on the disk when the writer returns. Keep the file, or copies of it, where
whoever can write to the database cannot write.
"""

import asyncio
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from coliseum import db
from coliseum.clock import Clock
from coliseum.errors import ColiseumError
from coliseum.settings import Settings
from coliseum.telemetry import Log, described

SQL = db.statements("coliseum.trail")
FILE: Final = "audit-heads.ndjson"
"""Its name in the data folder, where no other place is set."""
EVERY_S: Final = 3_600.0
RETRY_S: Final = 60.0


class HeadsUnusable(ColiseumError):
    """The file of exported heads cannot be written or read."""


class Head(msgspec.Struct, frozen=True):
    """The last entry of one chain, as a row of the database; system's chain has no slug."""

    tenant_id: int
    slug: str
    number: int
    hash: bytes


class ExportedHead(msgspec.Struct, frozen=True):
    """One line of the file."""

    at: datetime
    tenant: int
    number: int
    hash: str


class Heads:
    """Adds to one file what is new; several processes may add to the same one."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path = path
        self._clock = clock
        self._written: dict[int, int] = {}

    async def export(self, database: db.Database) -> int:
        """Add the heads that are not those of the last time; how many.

        Raises:
            HeadsUnusable: the file cannot be written.
        """
        async with database.connection("processor") as connection:
            heads = await db.rows(connection, Head, SQL["heads"])
        fresh = [head for head in heads if self._written.get(head.tenant_id) != head.number]
        at = self._clock()
        add(self.path, [ExportedHead(at, head.tenant_id, head.number, head.hash.hex()) for head in fresh])
        self._written.update({head.tenant_id: head.number for head in fresh})
        return len(fresh)

    async def export_regularly(self, database: db.Database) -> None:
        """Export every hour until this is cancelled; what fails is logged and tried again."""
        while True:
            try:
                await self.export(database)
            except (*db.UNREACHABLE, db.PostgresError, HeadsUnusable) as error:
                Log().warning("heads_not_exported", error=described(error))
                await asyncio.sleep(RETRY_S)
                continue
            await asyncio.sleep(EVERY_S)


def file_of(settings: Settings) -> Path:
    """The file to which the heads are exported."""
    return settings.audit_heads_file or settings.data_dir.absolute() / FILE


def add(path: Path, heads: Iterable[ExportedHead]) -> None:
    """Add lines to the file, in one write; they are on the disk when this returns.

    Raises:
        HeadsUnusable: it cannot be written.
    """
    lines = msgspec.json.Encoder().encode_lines(list(heads))
    if not lines:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(file).st_size
            torn = size > 0 and os.pread(file, 1, size - 1) != b"\n"  # a crash broke the last line off
            os.write(file, b"\n" + lines if torn else lines)
            os.fsync(file)
        finally:
            os.close(file)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise HeadsUnusable(f"{path} cannot be written: {error.strerror}.") from error


def read(path: Path) -> dict[int, dict[int, str]]:
    """What the file says, by tenant and number of the entry: its hash; nothing when there is no file.

    A line that was broken off is passed over. Of two lines that contradict each other the first is believed: what was
    exported first cannot have been made up later.

    Raises:
        HeadsUnusable: it is there and cannot be read.
    """
    told: dict[int, dict[int, str]] = {}
    decoder = msgspec.json.Decoder(ExportedHead)
    try:
        with path.open("rb") as file:
            for line in file:
                try:
                    head = decoder.decode(line)
                except msgspec.DecodeError:
                    continue
                told.setdefault(head.tenant, {}).setdefault(head.number, head.hash)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise HeadsUnusable(f"{path} cannot be read: {error.strerror}.") from error
    return told
