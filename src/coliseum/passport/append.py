"""The append protocol: one transaction per batch and partition (see the package's page)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from coliseum import db
from coliseum.passport.entries import Accepted, AlreadyVoided, Duplicate, IdReused, NewEntry, Outcome
from coliseum.passport.storing import ClaimConflict, new_people, store

SQL = db.statements("coliseum.passport")


class Key(msgspec.Struct, frozen=True, gc=False):
    """An id that the log knows: what its content was, and where the entry is."""

    id: str
    content_hash: bytes
    partition: int
    offset: int


async def append(
    connection: db.Connection,
    tenant_id: int,
    partition: int,
    entries: Sequence[NewEntry],
    received_at: datetime,
    *,
    look: bool = True,
) -> list[Outcome]:
    """Append what is new of ``entries``; one outcome each, in their order.

    When this returns, all accepted entries are durable. Must run outside a transaction. Any number of processes may
    append at once; those of one partition wait for each other. Nothing is stored if it raises.

    Without ``look`` it is taken for granted that the log knows none of the ids. That is never wrong, since a known id
    then raises ``ClaimConflict``; it saves asking for them.

    Raises:
        ClaimConflict: another append claimed one of these at the same moment, or nobody looked and an id is known;
            call again, and look.
        PersonTaken: one of the people in them was stored by another process, or forgotten; make the entries anew.
        db.UNREACHABLE: the database is away; whether a commit in flight happened is unknown, and a second try with
            the same ids answers that.
    """
    firsts = _first_of_each_id(entries)
    # A void must not claim its vote when its own id is known, and only looking tells.
    voids = any([entry.voids is not None for entry in entries])  # noqa: C419 - a list is faster than a generator
    known = await _known(connection, tenant_id, firsts) if look or voids else {}
    new = [entry for entry in firsts.values() if entry.id not in known] if known else list(firsts.values())
    if voids:
        first, new = await _insert_with_voids(connection, tenant_id, partition, new, received_at)
    else:
        first = await store(connection, tenant_id, partition, new, received_at)
    for person in new_people(new):  # only now are they durable
        person.stored()
    if len(new) == len(entries):
        return [Accepted(partition, offset) for offset in range(first, first + len(new))]
    places = {entry.id: Accepted(partition, offset) for offset, entry in enumerate(new, first)}
    return [_outcome(entry, firsts[entry.id], known.get(entry.id), places.get(entry.id)) for entry in entries]


def _first_of_each_id(entries: Sequence[NewEntry]) -> dict[str, NewEntry]:
    firsts = {entry.id: entry for entry in entries}
    if len(firsts) < len(entries):
        firsts = {}
        for entry in entries:
            firsts.setdefault(entry.id, entry)
    return firsts


async def _known(connection: db.Connection, tenant_id: int, firsts: Mapping[str, NewEntry]) -> dict[str, Key]:
    """What the log knows of these ids. No lock is needed: what is known stays so, and what is not is claimed later."""
    keys = await db.rows(connection, Key, SQL["find_keys"], tenant_id, list(firsts))
    return {key.id: key for key in keys}


async def _insert_with_voids(
    connection: db.Connection, tenant_id: int, partition: int, entries: Sequence[NewEntry], received_at: datetime
) -> tuple[int, list[NewEntry]]:
    """As ``store``, for entries some of which take votes back; those that came too late are left out."""
    async with connection.transaction():
        await connection.execute(SQL["lock_head"], tenant_id, partition)
        late = await _claim_references(connection, tenant_id, [entry for entry in entries if entry.voids is not None])
        stored = [entry for entry in entries if entry.id not in late]
        return await store(connection, tenant_id, partition, stored, received_at), stored


async def _claim_references(connection: db.Connection, tenant_id: int, voids: Sequence[NewEntry]) -> frozenset[str]:
    """Claim the votes that these entries take back; returns the ids of the entries that came too late."""
    owners = {
        row["ref_id"]: row["id"]
        for row in await connection.fetch(
            SQL["claim_references"],
            tenant_id,
            [entry.voids for entry in voids],
            [entry.id for entry in voids],
        )
    }
    if any(entry.voids not in owners for entry in voids):
        raise ClaimConflict
    return frozenset(entry.id for entry in voids if owners[entry.voids] != entry.id)


def _outcome(entry: NewEntry, first: NewEntry, known: Key | None, stored: Accepted | None) -> Outcome:
    """What became of an entry: its id is known, or the first entry with it was stored, or was a void too late."""
    if known is not None:
        return Duplicate(known.partition, known.offset) if known.content_hash == entry.content_hash else IdReused()
    if stored is None:
        return AlreadyVoided()
    if entry is first:
        return stored
    return Duplicate(stored.partition, stored.offset) if entry.content_hash == first.content_hash else IdReused()
