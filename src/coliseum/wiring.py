"""The composition root: the only place where parts meet their stores."""

import asyncio
import os
import platform
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib import metadata

from litestar import Litestar

from coliseum import collector, db, kv, telemetry
from coliseum.accounts.foreign import Foreign
from coliseum.accounts.identities import Identities
from coliseum.accounts.keys import KeyRing
from coliseum.accounts.last_used import LastUsed
from coliseum.accounts.opening import open_logins
from coliseum.announce.announcements import Announcements
from coliseum.billing.service import Billing
from coliseum.capture.gates import TimeLimits
from coliseum.capture.pipeline import Pipeline
from coliseum.capture.segment import segment_names
from coliseum.capture.tally import Tally
from coliseum.clock import utc_now
from coliseum.errors import ColiseumError
from coliseum.hooks.delivery import Deliverer
from coliseum.hooks.signing import Secrets
from coliseum.ids import uuid7
from coliseum.mail.server import mail_server
from coliseum.outbound import Outbound
from coliseum.passport.appender import Appender
from coliseum.passport.subjects import Subjects
from coliseum.passport.suppression import Suppression
from coliseum.passport.upkeep import keep_up
from coliseum.privacy.retention import retain_regularly
from coliseum.privacy.sweep import sweep_regularly
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
from coliseum.projections.usage import UsageProjection
from coliseum.queries.declared import Declarations
from coliseum.queries.public import PublicPages
from coliseum.queries.shared import SharedReads
from coliseum.queries.standing import Watch
from coliseum.queries.together import Together
from coliseum.settings import Settings
from coliseum.settings.safety import check_mode
from coliseum.tasks import until_signal
from coliseum.trail.heads import Heads, file_of
from coliseum.trail.record import Trail
from coliseum.upgrade import upgrade
from coliseum.web.address import trusted_proxies
from coliseum.web.allowance import Allowance
from coliseum.web.api.boards import Boards
from coliseum.web.app import build_app
from coliseum.web.limits import Limiter
from coliseum.web.live.admission import origins_of
from coliseum.web.live.hub import Hub
from coliseum.web.live.stopping import stop_held_back
from coliseum.web.live.tail import Tails
from coliseum.web.post import open_post
from coliseum.web.ready import make_ready
from coliseum.web.refusals import Refusals
from coliseum.web.services import Services
from coliseum.web.stadium import open_stadium
from coliseum.web.stripe import into_log
from coliseum.web.ui.front_page import page_router
from coliseum.web.ui.live import Live
from coliseum.web.ui.stopping import told_of_stop

UPKEEP_EVERY_S = 3_600
PROJECTIONS: dict[str, Projection] = {
    projection.name: projection
    for projection in (ColiseumProjection(), TreasuryProjection(), MediaidProjection(), UsageProjection())
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
            with stop_held_back(services.live), told_of_stop(services.tails.close):
                await make_ready(services)
                collector.settle()
                yield services

    return build_app(opened, metadata.version("coliseum"), pages=(page_router(live),))


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Everything that a web process works with; at the end all accepted events are stored first."""
    if settings.secret_key is None:
        raise NotConfigured("COLISEUM_SECRET_KEY is not set.", hint="It is the same in every process of one system.")
    server = mail_server(settings.smtp_url, settings.mail_from)
    addresses, outbound = trusted_proxies(settings.trusted_proxies), Outbound(allow_private=settings.outbound_private)
    database = await db.Database.open(database_url(settings), capture=8, app=8, accounts=4)
    store = kv.KeyValue(valkey_url(settings))
    suppression = Suppression(settings.suppression_key or settings.secret_key)
    waker, tally, reads = kv.Waker(store), Tally(database, utc_now), SharedReads(database, store, utc_now)
    appender = _appender(settings, database, waker)
    pipeline = Pipeline(database, Subjects(database, suppression), appender, tally, _time_limits(settings))
    keys, trail = KeyRing(database, utc_now), Trail(settings.secret_key, utc_now)
    logins = open_logins(settings, settings.secret_key, database, store, trail, utc_now)
    limiter, declarations = Limiter(store, utc_now, fail="open"), Declarations(database, utc_now)
    allowance = Allowance(database, limiter, utc_now, billing=settings.stripe_secret_key is not None)
    public = PublicPages(database, reads)
    live = Hub(database, store, keys, reads, declarations, utc_now, origins_of(settings.live_origins),
               addresses=addresses, sessions=logins.sessions, allowance=allowance, public=public)  # fmt: skip
    billing = Billing(database, settings, settings.secret_key, trail, utc_now, into_log(pipeline, utc_now))
    services = Services(
        settings, settings.secret_key, utc_now, database, store, keys, trail, Refusals(database, trail, utc_now),
        appender, pipeline, tally, Boards(reads), Together(), limiter, allowance,
        segment_names(settings.segment_events), declarations, public, live,
        Tails(database, store), Watch(database, store), addresses, LastUsed(database, utc_now), outbound,
        Foreign(database, outbound, settings.secret_key, utc_now), Identities(database, utc_now), logins,
        Secrets(settings.secret_key), billing, open_post(settings, settings.secret_key, database, server, utc_now),
        open_stadium(database, settings.secret_key, utc_now), suppression,
    )  # fmt: skip
    async with _serving(services, waker):
        yield services


def _appender(settings: Settings, database: db.Database, waker: kv.Waker) -> Appender:
    return Appender(
        database, utc_now, queue_events_max=settings.queue_events_max,
        append_batch_events_max=settings.append_batch_events_max, on_commit=waker.wake,
    )  # fmt: skip


@asynccontextmanager
async def _serving(services: Services, waker: kv.Waker) -> AsyncIterator[None]:
    """End what works for others first, and the stores last."""
    services.billing.start()
    try:
        yield
    finally:
        await services.billing.close()
        await services.live.close()
        await services.tails.stop()
        await services.appender.drain()
        await services.boards.reads.drain()
        await services.together.drain()
        await services.tally.close()
        await services.last_used.close()
        await services.post.close()
        await services.outbound.close()
        services.logins.passwords.close()
        await waker.close()
        await services.store.close()
        await services.database.close()


def _time_limits(settings: Settings) -> TimeLimits:
    return TimeLimits(timedelta(days=settings.too_old_days), timedelta(seconds=settings.future_s))


async def run_processor(settings: Settings) -> None:
    """Run a processor until SIGTERM or SIGINT.

    Raises:
        UnsafeSettings: the mode is production, and they are not safe for it.
    """
    check_mode(settings, os.environ)
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
        Limits(
            settings.step_entries_max,
            settings.dead_letter_attempts_max,
            settings.poll_interval_s,
            settings.steps_at_once or max(1, (os.cpu_count() or 2) // 2),
        ),
        settings.lease_s,
        {coliseum.name: SeasonCloser(utc_now)},
        {coliseum.name: Announcements(utc_now)},
    )
    outbound = Outbound(allow_private=settings.outbound_private)
    try:
        async with store.wake_ups() as woken:
            collector.settle()
            await until_signal(
                processor.run(woken),
                _keep_up_regularly(database, settings),
                _deliver(database, outbound, settings),
                Heads(file_of(settings), utc_now).export_regularly(database),
                sweep_regularly(database, utc_now),
                _retain(database, settings),
            )
    finally:
        await outbound.close()
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
            telemetry.Log().warning("upkeep_failed", error=telemetry.described(error))
            await asyncio.sleep(60)
            continue
        await asyncio.sleep(UPKEEP_EVERY_S)


async def _retain(database: db.Database, settings: Settings) -> None:
    """Let go of people who were not heard of; without the root secret it could not be told, and is not done."""
    if settings.secret_key is None:
        telemetry.Log().warning("retention_off")
        await asyncio.Event().wait()
        return
    await retain_regularly(database, Trail(settings.secret_key, utc_now), utc_now)


async def _deliver(database: db.Database, outbound: Outbound, settings: Settings) -> None:
    """Send the tenants' webhooks; without the root secret their secrets cannot be read, and nothing is sent."""
    if settings.secret_key is None:
        telemetry.Log().warning("webhooks_off")
        await asyncio.Event().wait()
        return
    trail, rng = Trail(settings.secret_key, utc_now), random.SystemRandom()
    secrets = Secrets(settings.secret_key)
    await Deliverer(database, outbound, secrets, trail, utc_now, rng, settings.webhook_timeout_s).run()
