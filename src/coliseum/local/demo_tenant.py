"""The demo tenant and its keys, which are kept so that every start prints the same ones."""

from pathlib import Path

from msgspec import Struct

from coliseum import db
from coliseum.accounts.keys import KeyRing
from coliseum.accounts.tenants import create_key, create_tenant, tenant_by_slug
from coliseum.clock import utc_now
from coliseum.local import secretfile

FILE = "demo.json"
SLUG = "demo"
NAME = "Coliseum demo festival"


class DemoKeys(Struct, frozen=True):
    """The demo tenant's keys in clear."""

    server_key: str
    browser_key: str


async def demo_keys(database: db.Database, data_dir: Path) -> DemoKeys:
    """Return keys of the demo tenant that work, making tenant or keys when there are none.

    The file may be older or younger than the database (another DATABASE_URL, a restored copy), so its keys
    are tried before they are believed.

    Raises:
        StoreUnavailable: PostgreSQL does not answer.
        DataFolderUnusable: data/demo.json cannot be read.
    """
    path = data_dir / FILE
    kept = secretfile.read(path, DemoKeys)
    keys = kept if kept and await _works(database, kept) else await _make(database)
    if keys != kept:
        secretfile.write(path, keys)
    return keys


async def _works(database: db.Database, keys: DemoKeys) -> bool:
    ring = KeyRing(database, utc_now)
    callers = [await ring.caller(keys.server_key), await ring.caller(keys.browser_key)]
    return all(caller is not None and caller.tenant.slug == SLUG for caller in callers)


async def _make(database: db.Database) -> DemoKeys:
    tenant = await tenant_by_slug(database, SLUG)
    if tenant is None:
        new = await create_tenant(database, slug=SLUG, name=NAME)
        return DemoKeys(new.server_key, new.browser_key)
    async with database.transaction("owner") as connection:
        await connection.execute("SELECT set_config('coliseum.tenant', $1, true)", str(tenant.tenant_id))
        return DemoKeys(await create_key(connection, tenant, "server"), await create_key(connection, tenant, "browser"))
