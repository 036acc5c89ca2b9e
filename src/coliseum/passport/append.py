"""The append protocol: one transaction per batch and partition (see the package's page)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from coliseum import db
from coliseum.errors import ColiseumError
from coliseum.passport.entries import Accepted, AlreadyVoided, Duplicate, IdReused, NewEntry, Outcome

SQL = db.statements("coliseum.passport")
COLUMNS = (
    "tenant_id", "partition", "offset", "id", "subject_id", "session_id", "device_id", "event_type", "entity_type",
    "entity_id", "artist_id", "event_id", "track_id", "city", "currency", "value", "occurred_at", "created_at",
    "source", "dna_influence", "metadata",
)  # fmt: skip
PERSONAL_COLUMNS = ("tenant_id", "partition", "offset", "subject_id", "fields")


class ClaimConflict(ColiseumError):
    """Another partition claimed one of these ids, or a vote taken back, at the same moment; run again."""


class Claim(msgspec.Struct, frozen=True):
    """Who owns an id now: this batch (fresh) or an earlier entry."""

    id: str
    content_hash: bytes
    partition: int
    offset: int
    fresh: bool


async def append(
    connection: db.Connection,
    tenant_id: int,
    partition: int,
    entries: Sequence[NewEntry],
    received_at: datetime,
) -> list[Outcome]:
    """Append what is new of ``entries``; one outcome each, in their order.

    When this returns, all accepted entries are durable. Must run outside a transaction. Any number of processes may
    append at once; those of one partition wait for each other. Nothing is stored if it raises.

    Raises:
        ClaimConflict: lost a race for an id to another partition; call again.
        db.UNREACHABLE: the database is away; whether a commit in flight happened is unknown, and a second try with
            the same ids answers that.
    """
    async with connection.transaction():
        head = await connection.fetchval(SQL["lock_head"], tenant_id, partition)
        voided = await _claim_references(connection, tenant_id, entries)
        first_of = _first_of_each_id(entries, skip=voided)
        claims = await _claim_ids(connection, tenant_id, partition, head, first_of, received_at)
        fresh = sorted((claim for claim in claims.values() if claim.fresh), key=lambda claim: claim.offset)
        if fresh:
            await _copy(connection, tenant_id, partition, fresh, first_of, received_at)
            await connection.execute(SQL["advance_head"], tenant_id, partition, head + len(fresh))
    return [_outcome(entry, claims.get(entry.id), first_of, voided) for entry in entries]


async def _claim_references(connection: db.Connection, tenant_id: int, entries: Sequence[NewEntry]) -> frozenset[str]:
    """Claim the votes that these entries take back; returns the ids of the entries that came too late."""
    # Of entries that share an id only the first can be stored, and so only it may claim.
    firsts = _first_of_each_id(entries, skip=frozenset())
    voids = [entry for entry in firsts.values() if entry.voids is not None]
    if not voids:
        return frozenset()
    # An id that the log knows already is a duplicate or a reused id: it must not claim anything a second time.
    known = {row["id"] for row in await connection.fetch(SQL["known_ids"], tenant_id, [entry.id for entry in voids])}
    voids = [entry for entry in voids if entry.id not in known]
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


def _first_of_each_id(entries: Sequence[NewEntry], skip: frozenset[str]) -> dict[str, NewEntry]:
    first_of: dict[str, NewEntry] = {}
    for entry in entries:
        if entry.id not in skip:
            first_of.setdefault(entry.id, entry)
    return first_of


async def _claim_ids(
    connection: db.Connection,
    tenant_id: int,
    partition: int,
    head: int,
    first_of: Mapping[str, NewEntry],
    received_at: datetime,
) -> dict[str, Claim]:
    claims = await db.rows(
        connection,
        Claim,
        SQL["claim_keys"],
        tenant_id,
        partition,
        head,
        list(first_of),
        [entry.content_hash for entry in first_of.values()],
        received_at,
    )
    if len(claims) != len(first_of):
        raise ClaimConflict
    return {claim.id: claim for claim in claims}


async def _copy(
    connection: db.Connection,
    tenant_id: int,
    partition: int,
    fresh: Sequence[Claim],
    first_of: Mapping[str, NewEntry],
    received_at: datetime,
) -> None:
    records = []
    personal = []
    for claim in fresh:
        e = first_of[claim.id]
        records.append((
            tenant_id, partition, claim.offset, e.id, e.subject_id, e.session_id, e.device_id, e.event_type,
            e.entity_type, e.entity_id, e.artist_id, e.event_id, e.track_id, e.city, e.currency, e.value,
            e.occurred_at, received_at, e.source, e.dna_influence, e.metadata,
        ))  # fmt: skip
        if e.personal:
            personal.append((tenant_id, partition, claim.offset, e.subject_id or 0, e.personal))
    await connection.copy_records_to_table("passport_entries", records=records, columns=COLUMNS)
    if personal:
        await connection.copy_records_to_table("passport_personal", records=personal, columns=PERSONAL_COLUMNS)


def _outcome(entry: NewEntry, claim: Claim | None, first_of: Mapping[str, NewEntry], voided: frozenset[str]) -> Outcome:
    if entry.id in voided or claim is None:
        return AlreadyVoided()
    if claim.content_hash != entry.content_hash:
        return IdReused()
    if claim.fresh and first_of[entry.id] is entry:
        return Accepted(claim.partition, claim.offset)
    return Duplicate(claim.partition, claim.offset)
