"""Migrations go forward, once, and are never changed afterwards."""

import pytest

from coliseum import db, migrate
from coliseum.errors import MigrationFailed


async def test_a_second_run_applies_nothing(fresh_database: str) -> None:
    first = await migrate.migrate(fresh_database)
    assert first == [migration.name for migration in migrate.migrations()]
    assert await migrate.migrate(fresh_database) == []


async def test_a_migration_that_was_changed_after_it_was_applied_is_refused(fresh_database: str) -> None:
    await migrate.migrate(fresh_database)
    connection = await db.connect(fresh_database)
    try:
        await connection.execute("UPDATE coliseum_migrations SET sha256 = 'other' WHERE version = 1")
        with pytest.raises(MigrationFailed, match="0001_tenants.sql was changed"):
            await migrate.migrate(fresh_database)
        await connection.execute(
            "UPDATE coliseum_migrations SET sha256 = $1 WHERE version = 1", migrate.migrations()[0].sha256
        )
    finally:
        await connection.close()


async def test_partitions_are_made_for_the_coming_months(fresh_database: str) -> None:
    await migrate.migrate(fresh_database)
    connection = await db.connect(fresh_database)
    try:
        made = await connection.fetchval(
            "SELECT count(*) FROM pg_inherits WHERE inhparent = 'passport_entries'::regclass"
        )
        assert made == migrate.PARTITIONS_AHEAD_MONTHS + 2  # this month, those ahead, and the one for the unforeseen
        assert await migrate.make_partitions(connection) == []
    finally:
        await connection.close()


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [migration.version for migration in migrate.migrations()] == list(range(1, len(migrate.migrations()) + 1))
