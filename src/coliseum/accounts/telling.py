"""Telling the audit trail what a person did: the system's chain, and those of the tenants they are a member of."""

from collections.abc import Sequence
from typing import Final

import msgspec

from coliseum import db
from coliseum.accounts.tenants import SQL
from coliseum.trail.record import SYSTEM, Deed, Trail

SET_TENANT: Final = "SELECT set_config('coliseum.tenant', $1, true)"


class _Tenant(msgspec.Struct, frozen=True):
    tenant_id: int


async def tenants_of(database: db.Database, person_id: int) -> list[int]:
    """The tenants that somebody is a member of, in their order."""
    async with database.connection("capture") as connection:
        found = await db.rows(connection, _Tenant, SQL["tenants_of_person"], person_id)
    return [each.tenant_id for each in found]


async def tell(connection: db.Connection, trail: Trail, deed: Deed, tenant_ids: Sequence[int] = ()) -> None:
    """Add a deed to the system's chain and to these tenants', within the caller's transaction; do this last.

    Chains are locked from the lowest number on, so that nobody waits for somebody who waits for them.
    """
    for tenant_id in (SYSTEM, *sorted(tenant_ids)):
        await connection.execute(SET_TENANT, str(tenant_id))
        await trail.record(connection, tenant_id, deed)
