"""A power cut keeps what was acknowledged; and this test would see it if it did not.

PostgreSQL stands on a file system in a file. While events are appended by the real appender, its processes are stopped
at one moment and the file is copied: what is in the copy is what the disk held. The copy is started and compared with
the ledger of what was acknowledged.
"""

import asyncio
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from coliseum import db, wiring
from coliseum.accounts.tenants import create_tenant
from coliseum.local.postgres import EmbeddedPostgres
from coliseum.passport.appender import Appender
from coliseum.passport.entries import Accepted, NewEntry
from coliseum.settings import Settings
from torture.disk import Disk, why_not
from torture.ledger import Attempt, Key, Ledger
from torture.programs import family, signal_all

NO_DISK = why_not()
pytestmark = [
    pytest.mark.skipif(NO_DISK is not None, reason=f"no power can be cut here: {NO_DISK}"),
    pytest.mark.timeout(120),
]
DISK_BYTES = 400 * 1024 * 1024
SENDERS = 8
ACKED_MIN = 300
LOG = 'SELECT id, partition, "offset" FROM passport_entries'


def entry(name: str) -> NewEntry:
    return NewEntry(
        id=name, content_hash=name.encode().ljust(16)[:16], event_type="coliseum.vote_cast", value=1, dna_influence=3,
        occurred_at=datetime.now(UTC), source="api",
    )  # fmt: skip


async def append_until(ledger: Ledger, url: str, cut: Callable[[], frozenset[Key]]) -> frozenset[Key]:
    """Append from several tasks; when enough is acknowledged, call ``cut`` and return what it does."""
    database = await db.Database.open(url, capture=4, owner=1)
    made = await create_tenant(database, slug="dark", time_zone="UTC", currency="eur", partitions=2)
    appender = Appender(
        database, lambda: datetime.now(UTC), queue_events_max=10_000, append_batch_events_max=100,
        on_commit=lambda _: None,
    )  # fmt: skip
    cutting = asyncio.Event()

    async def send(sender: int) -> None:
        for n in range(100_000):
            name = f"{sender}-{n}"
            keys = ledger.send("dark", [{"id": name}])
            [outcome] = await appender.submit(made.tenant.tenant_id, sender % 2, [entry(name)])
            assert isinstance(outcome, Accepted)
            ledger.answered(keys, [Attempt("accepted", (outcome.partition, outcome.offset))])
            if ledger.counts["accepted"] >= ACKED_MIN:
                cutting.set()

    senders = [asyncio.create_task(send(sender)) for sender in range(SENDERS)]
    await cutting.wait()
    acked = cut()
    for task in senders:
        task.cancel()
    await asyncio.gather(*senders, return_exceptions=True)
    database.hang_up()
    await database.close()
    return acked


def lost_by_a_power_cut(folder: Path, fsync: str) -> tuple[int, int]:
    """Cut the power of a PostgreSQL with or without fsync: how many events were acknowledged, and how many are gone."""
    disk = Disk(folder, DISK_BYTES)
    server = EmbeddedPostgres(
        disk.mounted_at, "power", shared_buffers="32MB", max_wal_size="64MB", min_wal_size="32MB", fsync=fsync
    )
    ledger = Ledger(folder / "ledger.jsonl")
    try:
        server.start()
        asyncio.run(wiring.migrate_database(Settings(database_url=server.url)))
        asyncio.run(settle(server.url))

        def cut() -> frozenset[Key]:
            assert server._child is not None
            processes = family(server._child.pid)
            signal_all(processes, signal.SIGSTOP)
            acked = ledger.acked_before()
            copy = disk.copy_as_after_power_cut()
            signal_all(processes, signal.SIGKILL)
            psutil.wait_procs(processes, timeout=10)
            server.stop()
            disk.go_on_with(copy)
            return acked

        acked = asyncio.run(append_until(ledger, server.url, cut))
        server.start()
        found = asyncio.run(stored(server.url))
        return len(acked), sum((key[1], ledger.stories[key].attempts[0].place) not in found for key in acked)
    finally:
        server.stop()
        ledger.close()
        disk.unmount()


async def settle(url: str) -> None:
    """What was made so far reaches the disk, whatever ``fsync`` says: only what comes now is at stake."""
    connection = await db.connect(url)
    await connection.execute("CHECKPOINT")
    await connection.close()
    process = await asyncio.create_subprocess_exec("sync")
    await process.wait()


async def stored(url: str) -> set[tuple[str, tuple[int, int] | None]]:
    """Which ids stand where; nothing when the log itself is gone."""
    assert urlsplit(url).port
    connection = await db.connect(url)
    try:
        return {(row["id"], (row["partition"], row["offset"])) for row in await connection.fetch(LOG)}
    finally:
        await connection.close()


def test_a_power_cut_is_seen_when_nothing_is_flushed(tmp_path: Path) -> None:
    acked, lost = lost_by_a_power_cut(tmp_path, "off")
    assert acked >= ACKED_MIN
    assert lost > 0, "the method sees no loss even without fsync: it proves nothing"


def test_a_power_cut_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    acked, lost = lost_by_a_power_cut(tmp_path, "on")
    assert acked >= ACKED_MIN
    assert lost == 0
