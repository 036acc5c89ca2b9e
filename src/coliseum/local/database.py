"""The database of `coliseum up` made ready: this version's schema, and a demo tenant with keys that work."""

from pathlib import Path

from coliseum import db
from coliseum.local.demo_tenant import DemoKeys, demo_keys
from coliseum.upgrade import upgrade


async def ready_database(url: str, data_dir: Path) -> tuple[list[str], DemoKeys]:
    """Do what `coliseum migrate` does, and find or make the demo keys; returns the applied migrations and the keys.

    It does not go through `coliseum.wiring`, whose web framework takes a second to import: a start waits for this.

    Raises:
        StoreUnavailable, ServerTooOld, MigrationFailed: see `coliseum.migrate.migrate`.
        DataFolderUnusable: data/demo.json cannot be read.
    """
    applied = await upgrade(url)
    database = await db.Database.open(url, owner=1, capture=1)
    try:
        return applied, await demo_keys(database, data_dir)
    finally:
        await database.close()
