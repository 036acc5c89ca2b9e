"""The composition root: the only place where parts meet their stores."""

import asyncio
import os
import platform
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib import metadata
from typing import Any

from litestar import Litestar

from coliseum import collector, db, kv, telemetry
from coliseum.accounts.keys import KeyRing
from coliseum.capture.gates import TimeLimits
from coliseum.capture.pipeline import Pipeline
from coliseum.capture.segment import segment_names
from coliseum.capture.tally import Tally
from coliseum.clock import utc_now
from coliseum.errors import ColiseumError
from coliseum.ids import uuid7
from coliseum.passport.appender import Appender
from coliseum.passport.subjects import Subjects
from coliseum.passport.upkeep import keep_up
from coliseum.processor.leases import Leases
from coliseum.processor.processor import Processor
from coliseum.processor.projection import Projection
from coliseum.processor.runner import Limits
from coliseum.projections.boards import BoardsFollower
from coliseum.projections.coliseum import ColiseumProjection
from coliseum.projections.mediaid import MediaidProjection
from coliseum.projections.prepared import Prepared
from coliseum.projections.seasons import SeasonCloser
from coliseum.projections.treasury import TreasuryProjection
from coliseum.queries.declared import Declarations
from coliseum.queries.public import PublicPages
from coliseum.queries.shared import SharedReads
from coliseum.queries.together import Together
from coliseum.settings import Settings
from coliseum.tasks import end
from coliseum.upgrade import upgrade
from coliseum.web.api.boards import Boards
from coliseum.web.app import build_app
from coliseum.web.limits import AddressLimit
from coliseum.web.live.admission import origins_of
from coliseum.web.live.hub import Hub
from coliseum.web.live.stopping import stop_held_back
from coliseum.web.services import Services
from coliseum.web.ui.live import Live
from coliseum.web.ui.pages import page_router

UPKEEP_EVERY_S = 3_600
PROJECTIONS: dict[str, Projection] = {
    projection.name: projection for projection in (ColiseumProjection(), TreasuryProjection(), MediaidProjection())
}


class NotConfigured(ColiseumError):
    """A setting that this command needs is missing."""


async def migrate_database(settings: Settings) -> list[str]:
    """Bring the database to this version: schema, coming partitions, registry of metrics."""
    return await upgrade(database_url(settings))


def create_app() -> Litestar:
    """The web application of one process, from the environment's settings; what granian runs."""
    settings = Settings.from_env(os.environ)
    telemetry.configure(settings.log_level)
    live = Live(settings.public_tenant)

    @asynccontextmanager
    async def opened() -> AsyncIterator[Services]:
        async with open_services(settings) as services, live.serving(services):
            with stop_held_back(services.live):
                collector.settle()
                yield services

    return build_app(opened, metadata.version("coliseum"), pages=(page_router(live),))


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Everything that a web process works with; at the end all accepted events are stored first."""
    if settings.secret_key is None:
        raise NotConfigured("COLISEUM_SECRET_KEY is not set.", hint="It is the same in every process of one system.")
    store = kv.KeyValue(valkey_url(settings))
    database = await db.Database.open(database_url(settings), capture=8, app=8)
    waker = kv.Waker(store)
    appender = Appender(
        database,
        utc_now,
        queue_events_max=settings.queue_events_max,
        append_batch_events_max=settings.append_batch_events_max,
        on_commit=waker.wake,
    )
    tally = Tally(database, utc_now)
    reads, together = SharedReads(database, store, utc_now), Together()
    keys = KeyRing(database, utc_now)
    declarations = Declarations(database, utc_now)
    live = Hub(database, store, keys, reads, declarations, utc_now, origins_of(settings.live_origins))
    limits = TimeLimits(timedelta(days=settings.too_old_days), timedelta(seconds=settings.future_s))
    services = Services(
        settings,
        settings.secret_key,
        utc_now,
        database,
        store,
        keys,
        appender,
        Pipeline(database, Subjects(database), appender, tally, limits),
        tally,
        Boards(reads),
        together,
        AddressLimit(store, settings.webhook_requests_per_minute),
        segment_names(settings.segment_events),
        declarations,
        PublicPages(database, reads),
        live,
    )
    try:
        yield services
    finally:
        await live.close()
        await appender.drain()
        await reads.drain()
        await together.drain()
        await tally.close()
        await waker.close()
        await store.close()
        await database.close()


async def run_processor(settings: Settings) -> None:
    """Run a processor until SIGTERM or SIGINT."""
    telemetry.configure(settings.log_level)
    database = await db.Database.open(database_url(settings), processor=12, owner=1)
    store = await kv.KeyValue.open(valkey_url(settings))
    node_id = f"{platform.node()}-{os.getpid()}-{uuid7()}"
    prepared = Prepared()
    teller = kv.Waker(store, kv.COUNTED_CHANNEL)
    coliseum = ColiseumProjection(prepared)
    processor = Processor(
        database,
        Leases(database, node_id, settings.lease_s),
        {**PROJECTIONS, coliseum.name: coliseum},
        {coliseum.name: BoardsFollower(database, store, utc_now, settings.board_idle_s, prepared, teller.wake)},
        {coliseum.name: coliseum},
        Limits(settings.step_entries_max, settings.dead_letter_attempts_max, settings.poll_interval_s),
        settings.lease_s,
        {coliseum.name: SeasonCloser(utc_now)},
    )
    try:
        async with store.wake_ups() as woken:
            collector.settle()
            await _until_signal(processor.run(woken), _keep_up_regularly(database, settings))
    finally:
        await teller.close()
        await store.close()
        await database.close()


@asynccontextmanager
async def opened(settings: Settings, **sizes: int) -> AsyncIterator[db.Database]:
    """The database with the named pools, for one command."""
    database = await db.Database.open(database_url(settings), **sizes)
    try:
        yield database
    finally:
        await database.close()


def database_url(settings: Settings) -> str:
    """The URL of PostgreSQL.

    Raises:
        NotConfigured: there is none.
    """
    if settings.database_url is None:
        raise NotConfigured("DATABASE_URL is not set.", hint="`coliseum up` runs a server of its own without it.")
    return settings.database_url


def valkey_url(settings: Settings) -> str:
    """The URL of Valkey.

    Raises:
        NotConfigured: there is none.
    """
    if settings.valkey_url is None:
        raise NotConfigured("VALKEY_URL is not set.", hint="`coliseum up` runs a server of its own without it.")
    return settings.valkey_url


async def _keep_up_regularly(database: db.Database, settings: Settings) -> None:
    while True:
        try:
            await keep_up(database, utc_now(), settings.dedupe_days)
        except (*db.UNREACHABLE, db.PostgresError) as error:
            telemetry.Log().warning("upkeep_failed", error=repr(error))
            await asyncio.sleep(60)
            continue
        await asyncio.sleep(UPKEEP_EVERY_S)


async def _until_signal(*work: Coroutine[Any, Any, None]) -> None:
    """Run these until the first ends or a signal asks to stop; then cancel them all and let them finish."""
    loop = asyncio.get_running_loop()
    tasks = [asyncio.create_task(each) for each in work]

    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    signalled = asyncio.create_task(stopping.wait())
    done, _ = await asyncio.wait([*tasks, signalled], return_when=asyncio.FIRST_COMPLETED)
    await end(signalled, *tasks)
    for task in tasks:
        if task in done and not task.cancelled():
            task.result()
