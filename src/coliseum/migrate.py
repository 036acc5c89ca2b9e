"""Brings a database to this version's schema: numbered files, forward only, each in a transaction of its own."""

import hashlib
from importlib import resources

import msgspec

from coliseum import db
from coliseum.errors import MigrationFailed, ServerTooOld, StoreUnavailable

VERSION_MIN = 150_000
"""PostgreSQL 15: the oldest with security_invoker views."""
LOCK_ID = 0x436F6C69  # any number that nobody else uses: "Coli"
PARTITIONS_AHEAD_MONTHS = 3
PRIVILEGE_HINT = (
    "The role of DATABASE_URL must be able to create tables, and the roles of the service. PostgreSQL 15 leaves roles "
    "with BYPASSRLS to superusers; there, let one do this once: CREATE ROLE coliseum_capture NOLOGIN BYPASSRLS; "
    "CREATE ROLE coliseum_processor NOLOGIN BYPASSRLS; CREATE ROLE coliseum_app NOLOGIN; "
    "GRANT coliseum_capture, coliseum_processor, coliseum_app TO <that role>;"
)


class Migration(msgspec.Struct, frozen=True):
    """A file of the migrations folder."""

    version: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """What shows that a file was changed after it was applied."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations() -> list[Migration]:
    """All migrations of this version, in order."""
    folder = resources.files("coliseum.migrations")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name[:4].isdigit())
    return [Migration(int(name[:4]), name, (folder / name).read_text()) for name in names]


async def migrate(url: str) -> list[str]:
    """Apply what is missing and make the coming months' partitions; returns the names of the files applied.

    Safe to run from several processes at once (an advisory lock lets one at a time through).

    Raises:
        StoreUnavailable: the server cannot be reached.
        ServerTooOld: it is older than PostgreSQL 15.
        MigrationFailed: a file failed, or one that was applied has been changed since.
    """
    try:
        connection = await db.connect(url)
    except (*db.UNREACHABLE, db.PostgresError, ValueError) as error:
        raise StoreUnavailable(f"PostgreSQL could not be reached: {error}") from error
    try:
        await _check_version(connection)
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK_ID)
        applied = await _apply(connection)
        await make_partitions(connection)
        return applied
    finally:
        await connection.close()


async def make_partitions(connection: db.Connection) -> list[str]:
    """Make the log's partitions from this month on, some months ahead; returns the names of the new ones."""
    made = await connection.fetch(
        "SELECT name FROM passport_make_partitions(now(), $1) AS name", PARTITIONS_AHEAD_MONTHS
    )
    return [record["name"] for record in made]


async def _check_version(connection: db.Connection) -> None:
    version = int(await connection.fetchval("SHOW server_version_num"))
    if version < VERSION_MIN:
        raise ServerTooOld(f"PostgreSQL 15 or newer is needed; this server is {version // 10_000}.")


async def _apply(connection: db.Connection) -> list[str]:
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS coliseum_migrations (version int PRIMARY KEY, name text NOT NULL, "
        "sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
    )
    done = {
        record["version"]: record["sha256"]
        for record in await connection.fetch("SELECT version, sha256 FROM coliseum_migrations")
    }
    applied = []
    for migration in migrations():
        if migration.version in done:
            if done[migration.version] != migration.sha256:
                raise MigrationFailed(f"{migration.name} was changed after it had been applied to this database.")
            continue
        await _apply_one(connection, migration)
        applied.append(migration.name)
    return applied


async def _apply_one(connection: db.Connection, migration: Migration) -> None:
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL lock_timeout = '5s'")
            await connection.execute(migration.sql)
            await connection.execute(
                "INSERT INTO coliseum_migrations (version, name, sha256) VALUES ($1, $2, $3)",
                migration.version,
                migration.name,
                migration.sha256,
            )
    except db.InsufficientPrivilege as error:
        raise MigrationFailed(
            f"{migration.name}: {error}",
            hint=PRIVILEGE_HINT,
        ) from error
    except db.PostgresError as error:
        raise MigrationFailed(f"{migration.name}: {error}") from error
