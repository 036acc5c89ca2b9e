"""What a projection is to the processor."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant

POISON = (*db.DATA_ERRORS, ValueError, TypeError, LookupError, ArithmeticError)
"""What says that the entries themselves cannot be digested; anything else is the world's fault, and passes."""


class Batch(msgspec.Struct, frozen=True):
    """A range of one partition of a tenant's log: from ``start`` up to, not including, ``end``."""

    tenant: Tenant
    generation: int
    partition: int
    start: int
    end: int
    skip: Sequence[int] = ()
    """Offsets in the range that stand in the dead letters and do not count."""


class Unit(msgspec.Struct, frozen=True):
    """A consumer of a tenant, as this processor holds it."""

    tenant: Tenant
    consumer: str
    generation: int
    edition: int
    epoch: int


class Projection(Protocol):
    """Turns entries into numbers, in PostgreSQL."""

    name: str
    pace_s: float
    """Seconds from one round to the next while all that comes is read at once. A step costs several milliseconds
    however little there is to read, and this is how much more there is to read after it."""

    async def forget(self, connection: db.Connection, tenant_id: int, generation: int) -> None:
        """Delete everything of one generation of a tenant, in the caller's transaction."""

    async def apply(self, connection: db.Connection, batch: Batch) -> None:
        """Add the batch's entries to this projection's tables, in the caller's transaction.

        Called with consecutive ranges of each partition, by one holder at a time; must depend on nothing but the
        log and its own tables, and must leave the transaction open. Raises whatever the database raises.
        """


class Tidier(Protocol):
    """A projection whose steps leave something to be brought into better shape."""

    async def tidy(self, connection: db.Connection, tenant: Tenant, generation: int) -> bool:
        """Store the same numbers so that they are quicker to read, in the caller's transaction, beside the steps.

        Changes no answer. True when there is more to do.
        """


class Closer(Protocol):
    """Makes final what the passing of time ends, whether entries come or not."""

    async def close_next(self, database: db.Database, tenant: Tenant) -> bool:
        """Close what ended first and is due, once and for ever, in one transaction of its own, beside the steps.

        True when there may be more to close. Any number of processors may call it at once. Raises whatever the database
        raises; nothing of it is kept then.
        """


class Announcer(Protocol):
    """Tells tenants what their numbers have come to."""

    async def announce(self, database: db.Database, tenant: Tenant) -> None:
        """Look at a tenant's numbers, and put a message for each thing that there is to tell, beside the steps.

        In one transaction, with what was told last: any number of processors may call it at once, and a message is put
        once. Raises whatever the database raises; nothing of it is kept then.
        """


class Follower(Protocol):
    """Keeps something outside PostgreSQL up with a projection."""

    async def catch_up(self, unit: Unit, cursors: Mapping[int, int]) -> bool:
        """Catch up to these cursors (partition -> next offset), which are committed; safe to call again.

        The next step may run beside it; no other call does. True when ``settle`` has something to do.

        Raises:
            LeaseLost: a later holder has written there.
        """

    async def leave(self, unit: Unit, cursors: Mapping[int, int]) -> bool:
        """Keep nothing until the next ``catch_up``: steps have so much to read that what is kept would only grow old.

        True when that is done.

        Raises:
            LeaseLost: a later holder has written there.
        """

    async def settle(self, unit: Unit, cursors: Mapping[int, int]) -> bool:
        """Do what needs both sides to stand still at these cursors, to which it has caught up; no step runs beside it.

        True when there is more to do that needs no new entries.

        Raises:
            LeaseLost: a later holder has written there.
        """
