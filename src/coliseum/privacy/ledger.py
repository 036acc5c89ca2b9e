"""The ledger of who was forgotten: digests in a file outside of the database, for who restores an older one.

A line is one JSON object: tenant, digest and day. It says nobody's name; whose a digest is shows only beside the people
themselves, who are in the restored database once more.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import date, datetime
from typing import Annotated, Final

import msgspec

from coliseum import db
from coliseum.errors import ColiseumError
from coliseum.passport.suppression import Suppression
from coliseum.privacy.forget import Asking, forget
from coliseum.trail.record import Trail

SQL: Final = db.statements("coliseum.privacy")
ROWS: Final = 10_000
_Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64)]


class LedgerBroken(ColiseumError):
    """A line of the ledger is none; nothing of the file was applied."""


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who is not to be met again; ``digest`` in hexadecimal."""

    tenant: int
    digest: _Digest
    day: date


class Reapplied(msgspec.Struct, frozen=True):
    """How many people were in the database and are forgotten again, and how many marks it did not have."""

    forgotten: int
    marked: int


class _Row(msgspec.Struct, frozen=True):
    tenant_id: int
    digest: bytes
    day: date


class _Person(msgspec.Struct, frozen=True):
    subject_id: int
    user_id: str


async def marks(database: db.Database) -> AsyncIterator[Mark]:
    """All marks of all tenants. Needs the pool ``capture``."""
    behind: tuple[int, bytes] = (0, b"")
    async with database.connection("capture") as connection:
        while rows := await db.rows(connection, _Row, SQL["suppressed"], *behind, ROWS):
            for row in rows:
                yield Mark(row.tenant_id, row.digest.hex(), row.day)
            behind = (rows[-1].tenant_id, rows[-1].digest)


def read(lines: Iterable[bytes]) -> Iterator[Mark]:
    """The marks of a file.

    Raises:
        LedgerBroken: a line is none.
    """
    for number, line in enumerate(lines, 1):
        try:
            yield msgspec.json.decode(line, type=Mark)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise LedgerBroken(f"Line {number} is no line of a ledger; nothing of the file was applied.") from None


async def reapply(
    database: db.Database, trail: Trail, suppression: Suppression, given: Iterable[Mark], now: datetime
) -> Reapplied:
    """Forget again whoever is marked, and mark whoever is not there yet. Needs the pool ``accounts``.

    Each person is forgotten in a transaction of their own: what broke is done by running it again.
    """
    by_tenant: dict[int, dict[bytes, date]] = defaultdict(dict)
    for mark in given:
        by_tenant[mark.tenant][bytes.fromhex(mark.digest)] = mark.day
    forgotten = marked = 0
    for tenant_id, days in by_tenant.items():
        async with database.tenant(tenant_id, "accounts") as connection:
            for digest, day in days.items():
                done = await connection.execute(SQL["suppress"], tenant_id, digest, day)
                marked += done.endswith(" 1")
        async for user_id in _people(database, tenant_id):
            if suppression.digest(tenant_id, user_id) in days:
                async with database.tenant(tenant_id, "accounts") as connection:
                    await forget(connection, trail, suppression, tenant_id, user_id, Asking("operator"), now)
                forgotten += 1
    return Reapplied(forgotten, marked)


async def _people(database: db.Database, tenant_id: int) -> AsyncIterator[str]:
    """The user ids of all who are stored, some at a time."""
    behind = 0
    while True:
        async with database.tenant(tenant_id, "accounts") as connection:
            found = await db.rows(connection, _Person, SQL["people"], tenant_id, behind, ROWS)
        if not found:
            return
        for person in found:
            yield person.user_id
        behind = found[-1].subject_id
