"""Who works on which unit. Times are the database's, so that processors' clocks do not matter."""

import math

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.processor.projection import Unit

SQL = db.statements("coliseum.processor")


class UnitRow(msgspec.Struct, frozen=True):
    """A unit this node holds, joined with its tenant."""

    tenant_id: int
    slug: str
    name: str
    time_zone: str
    currency: str
    partitions: int
    consumer: str
    generation: int
    edition: int
    epoch: int


class Leases:
    """The units that one processor holds. A dead processor's units fall to the others when its leases expire."""

    def __init__(self, database: db.Database, node_id: str, lease_s: int) -> None:
        self._database = database
        self.node_id = node_id
        self._lease_s = lease_s

    async def refresh(self) -> list[Unit]:
        """Renew what is held, take a fair share of what is free, give back what is too much; returns what is held.

        Call it at least three times a lease.

        Raises:
            db.UNREACHABLE: it took longer than half a lease.
        """
        async with self._database.transaction("processor", held_max_s=self._lease_s / 2) as connection:
            await connection.execute(SQL["see_node"], self.node_id)
            counts = await connection.fetchrow(SQL["count_nodes_and_units"], self._lease_s)
            share = math.ceil(counts["units"] / max(1, counts["nodes"])) if counts else 0
            await connection.execute(SQL["renew_leases"], self.node_id, self._lease_s)
            await connection.execute(SQL["give_back_leases"], self.node_id, share)
            await connection.execute(SQL["take_leases"], self.node_id, self._lease_s, share)
            held = await db.rows(connection, UnitRow, SQL["held_units"], self.node_id)
        return [_unit(row) for row in held]

    async def release(self) -> None:
        """Give everything back, so that another processor need not wait for the leases to expire."""
        async with self._database.transaction("processor") as connection:
            await connection.execute(SQL["give_back_leases"], self.node_id, 0)
            await connection.execute(SQL["forget_node"], self.node_id)


def _unit(row: UnitRow) -> Unit:
    tenant = Tenant(row.tenant_id, row.slug, row.name, row.time_zone, row.currency, row.partitions)
    return Unit(tenant, row.consumer, row.generation, row.edition, row.epoch)
