"""Catalogue entries of a range of the log become rows; the newest by (occurred_at, partition, offset) wins."""

from collections.abc import Sequence

from coliseum import db

SQL = db.statements("coliseum.catalog")
STATEMENTS = ("apply_artists", "apply_events", "apply_venues", "apply_tracks", "learn_catalog_names")


async def apply_catalog(
    connection: db.Connection, tenant_id: int, partition: int, start: int, end: int, skip: Sequence[int]
) -> bool:
    """Apply the catalogue entries from ``start`` up to, not including, ``end``; True when there are any. Repeatable."""
    found = bool(await connection.fetchval(SQL["has_catalog_entries"], tenant_id, partition, start, end))
    if found:
        for name in STATEMENTS:
            await connection.execute(SQL[name], tenant_id, partition, start, end, list(skip))
    return found
