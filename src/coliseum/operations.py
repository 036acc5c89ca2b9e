"""What an operator does from the command line: tenants, checks, rebuilds, dead letters."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from coliseum import db, kv
from coliseum.accounts import tenants
from coliseum.audit import verify as audit
from coliseum.audit.difference import Difference
from coliseum.clock import utc_now
from coliseum.errors import ColiseumError
from coliseum.processor import rebuild as rebuilding
from coliseum.processor.dead_letters import DeadLetter, NoSuchDeadLetter, dead_letters, retry
from coliseum.settings import Settings
from coliseum.trail import heads
from coliseum.trail.verify import Verified
from coliseum.trail.verify import verify as verify_chains
from coliseum.web import auth
from coliseum.wiring import PROJECTIONS, opened, valkey_url


class NoSuchTenant(ColiseumError):
    """There is no tenant of that slug."""


async def create_tenant(
    settings: Settings,
    *,
    slug: str,
    name: str | None = None,
    time_zone: str = "UTC",
    currency: str = "eur",
    partitions: int = 1,
) -> tenants.NewTenant:
    """Make a tenant; see ``accounts.tenants.create_tenant``."""
    async with opened(settings, owner=1) as database:
        return await tenants.create_tenant(
            database, slug=slug, name=name, time_zone=time_zone, currency=currency, partitions=partitions
        )


def webhook_secret(settings: Settings, slug: str) -> str | None:
    """The tenant's secret for signed webhooks; None where this process does not know the secret key."""
    return None if settings.secret_key is None else auth.webhook_secret(settings.secret_key, slug)


async def list_tenants(settings: Settings) -> list[tenants.Tenant]:
    """All tenants, by slug."""
    async with opened(settings, processor=1) as database:
        return await tenants.list_tenants(database)


async def verify(settings: Settings, slug: str | None = None) -> list[Difference]:
    """Every difference between a stored number and the log, of one tenant or all."""
    async with opened(settings, processor=2) as database, _valkey(settings) as store:
        return await audit.verify(database, store, await _tenants(database, slug))


async def rebuild(settings: Settings, slug: str | None = None) -> None:
    """Remake every projection of one tenant or all, while reads go on."""
    async with opened(settings, processor=4) as database, _valkey(settings) as store:
        for tenant in await _tenants(database, slug):
            for projection in PROJECTIONS.values():
                await rebuilding.rebuild(database, tenant, projection, settings.step_entries_max)
            await store.wake([tenant.tenant_id])


async def list_dead_letters(settings: Settings, slug: str | None = None) -> list[DeadLetter]:
    """The entries that stand aside, of one tenant or all."""
    async with opened(settings, processor=1) as database:
        await _tenants(database, slug)
        return await dead_letters(database, slug)


async def show_dead_letter(settings: Settings, slug: str, event_id: str) -> list[DeadLetter]:
    """What is known of one entry that stands aside, for each consumer that could not digest it."""
    async with opened(settings, processor=1) as database:
        await _tenants(database, slug)
        found = await dead_letters(database, slug, event_id)
    if not found:
        raise NoSuchDeadLetter
    return found


async def retry_dead_letters(
    settings: Settings, slug: str, event_id: str | None = None
) -> list[tuple[DeadLetter, str | None]]:
    """Hand entries to their projections again; each with what is wrong with it still, or None."""
    async with opened(settings, processor=2) as database, _valkey(settings) as store:
        tenant = (await _tenants(database, slug))[0]
        found = await dead_letters(database, slug, event_id)
        if event_id is not None and not found:
            raise NoSuchDeadLetter
        tried = [(letter, await retry(database, tenant, letter, PROJECTIONS)) for letter in found]
        await store.wake([tenant.tenant_id])
    return tried


async def verify_trail(settings: Settings, slug: str | None = None) -> Verified:
    """Recompute the chains of the audit trail, of one tenant or all, and hold them against the exported heads."""
    exported = heads.read(heads.file_of(settings))
    async with opened(settings, processor=1) as database:
        tenant_id = None if slug is None else (await _tenants(database, slug))[0].tenant_id
        secrets = [key for key in (settings.secret_key_before, settings.secret_key) if key is not None]
        return await verify_chains(database, secrets, exported, tenant_id)


async def export_heads(settings: Settings) -> tuple[int, Path]:
    """Add the heads of all chains to the file of heads: how many, and where."""
    path = heads.file_of(settings)
    async with opened(settings, processor=1) as database:
        return await heads.Heads(path, utc_now).export(database), path


async def _tenants(database: db.Database, slug: str | None) -> list[tenants.Tenant]:
    """The tenant of that slug, or all.

    Raises:
        NoSuchTenant: there is none of that slug.
    """
    found = await tenants.list_tenants(database)
    if slug is None:
        return found
    named = [tenant for tenant in found if tenant.slug == slug]
    if not named:
        raise NoSuchTenant(f"There is no tenant {slug!r}.")
    return named


@asynccontextmanager
async def _valkey(settings: Settings) -> AsyncIterator[kv.KeyValue]:
    store = await kv.KeyValue.open(valkey_url(settings))
    try:
        yield store
    finally:
        await store.close()
