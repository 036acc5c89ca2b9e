"""Removing from the database's files what was deleted: VACUUM leaves bytes of it, a rewritten table leaves none."""

import time
from collections.abc import AsyncIterator
from typing import Final

import msgspec

from coliseum import db

STATEMENTS: Final = {
    "passport_subjects": "VACUUM (FULL, ANALYZE) passport_subjects",
    "passport_personal": "VACUUM (FULL, ANALYZE) passport_personal",
    "capture_warnings": "VACUUM (FULL, ANALYZE) capture_warnings",
    "billing_stripe_events": "VACUUM (FULL, ANALYZE) billing_stripe_events",
    "pg_statistic": "VACUUM (FULL) pg_statistic",
}
"""The tables from which forgetting removes something, and the statistics that may quote them."""


class Compacted(msgspec.Struct, frozen=True):
    """A table that was rewritten, and for how long nobody could use it; ``refused``: why it was not."""

    table: str
    seconds: float
    refused: str = ""


async def compact(url: str) -> AsyncIterator[Compacted]:
    """Rewrite each table and its statistics; whoever needs one meanwhile waits."""
    connection = await db.connect(url)
    try:
        for table, statement in STATEMENTS.items():
            began_s, refused = time.monotonic(), ""
            try:
                await connection.execute(statement)
            except db.InsufficientPrivilege as error:  # the statistics belong to the administrator of the server
                refused = str(error)
            yield Compacted(table, time.monotonic() - began_s, refused)
    finally:
        await connection.close()
