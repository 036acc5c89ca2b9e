"""Whether the trail is what was written: each chain recomputed with its key, and held against the exported heads.

Of each chain the first bad entry is named: what comes after it is vouched for by nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from coliseum import db
from coliseum.trail.record import GENESIS, SYSTEM, Deed, Outcome, chain_key, entry_hash

SQL = db.statements("coliseum.trail")
PART_ENTRIES: Final = 5_000
LOOKED_AT_MAX: Final = 100_000
"""Entries among which the former place of a bad one is looked for."""
Heads = Mapping[int, Mapping[int, str]]
"""What was exported: by tenant and number of the entry, its hash."""


class BadEntry(msgspec.Struct, frozen=True):
    """The first entry of a chain that is not what was written there."""

    chain: str
    number: int
    what: str


class Chain(msgspec.Struct, frozen=True):
    """A chain, with its head where it has one."""

    tenant_id: int
    slug: str
    number: int | None
    hash: bytes | None

    @property
    def name(self) -> str:
        """The tenant's slug, or what stands for it."""
        return "(system)" if self.tenant_id == SYSTEM else self.slug or f"(tenant {self.tenant_id})"


class Entry(msgspec.Struct, frozen=True):
    """A row of the trail."""

    number: int
    at: datetime
    actor: str
    action: str
    target: str
    outcome: Outcome
    address: str
    detail: dict[str, object]
    hash: bytes

    @property
    def deed(self) -> Deed:
        """What it tells of."""
        return Deed(
            actor=self.actor, action=self.action, target=self.target, outcome=self.outcome, address=self.address,
            detail=self.detail,
        )  # fmt: skip


class Verified(msgspec.Struct, frozen=True):
    """What was found."""

    entries: int
    bad: list[BadEntry]


async def verify(
    database: db.Database, secret_keys: Sequence[str], exported: Heads, tenant_id: int | None = None
) -> Verified:
    """Recompute all chains, or one tenant's; ``exported`` must have been read before this is called.

    ``secret_keys``: the present root secret, after those that were used before it.
    """
    entries, bad = 0, []
    async with database.transaction("processor", snapshot=True) as connection:
        for chain in await db.rows(connection, Chain, SQL["chains"], list(exported)):
            if tenant_id in (None, chain.tenant_id):
                keys = [chain_key(each, chain.tenant_id) for each in secret_keys]
                walk = _Walk(connection, chain, keys, exported.get(chain.tenant_id, {}))
                fault = await walk.fault()
                entries += walk.number
                if fault is not None:
                    bad.append(fault)
    return Verified(entries, bad)


class _Walk:
    """One chain, from its first entry on; owned by one call of `verify`."""

    def __init__(
        self, connection: db.Connection, chain: Chain, keys: Sequence[bytes], exported: Mapping[int, str]
    ) -> None:
        self._connection = connection
        self._chain = chain
        self._keys = list(keys)
        self._exported = exported
        self.number = 0
        self._before = GENESIS

    async def fault(self) -> BadEntry | None:
        """The first bad entry, if there is one."""
        while True:
            part = await db.rows(
                self._connection, Entry, SQL["chain_part"], self._chain.tenant_id, self.number, PART_ENTRIES
            )
            for entry in part:
                what = await self._wrong(entry)
                if what is not None:
                    return BadEntry(self._chain.name, self.number + 1, what)
                self.number, self._before = entry.number, entry.hash
            if len(part) < PART_ENTRIES:
                return self._tail()

    async def _wrong(self, entry: Entry) -> str | None:
        """What is wrong with the entry that comes next."""
        if entry.number != self.number + 1:
            return f"deleted: the next entry is {entry.number}"
        if not self._fits(entry):
            place = await self._former_place(entry)
            return "changed, or put there" if place is None else f"moved: it was written as entry {place}"
        told = self._exported.get(entry.number)
        if told is not None and told != entry.hash.hex():
            return "written anew: another entry was there when the heads were exported"
        return None

    def _fits(self, entry: Entry) -> bool:
        """Whether its hash is that of its content and place. Keys follow each other, and no older one comes back."""
        for place, key in enumerate(self._keys):
            if self._hash(key, entry, entry.number, self._before) == entry.hash:
                del self._keys[:place]
                return True
        return False

    def _hash(self, key: bytes, entry: Entry, number: int, before: bytes) -> bytes:
        return entry_hash(key, self._chain.tenant_id, number, entry.at, entry.deed, before)

    async def _former_place(self, entry: Entry) -> int | None:
        """Where an entry that does not fit would fit, among the hashes that are there."""
        rows = await self._connection.fetch(SQL["chain_hashes"], self._chain.tenant_id, LOOKED_AT_MAX)
        hashes: dict[int, bytes] = {0: GENESIS} | {row["number"]: row["hash"] for row in rows}
        for number in hashes:
            # The hash before its place is where it was, or was moved by one, as when two neighbours change places.
            for before in {hashes.get(number - 1), hashes.get(number)} - {None}:
                for key in self._keys:
                    if before is not None and self._hash(key, entry, number, before) == entry.hash:
                        return number
        return None

    def _tail(self) -> BadEntry | None:
        """What is wrong with the end of a chain all of whose entries are right."""
        ends = max([self._chain.number or 0, *self._exported], default=0)
        if ends > self.number:
            return BadEntry(self._chain.name, self.number + 1, f"cut off: there were entries up to {ends}")
        if (self._chain.number or 0, self._chain.hash or GENESIS) != (self.number, self._before):
            return BadEntry(self._chain.name, self.number, "the chain's head is another one")
        return None
