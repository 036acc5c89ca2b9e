"""The log as its tenant looks at it: the newest entries that a question leaves, page by page, and one entry wholly.

A page looks at no more than ``SCANNED_MAX`` entries of each partition, however few of them it leaves; its cursor says
where the next one goes on. Nothing of a person is in a line unless the caller may read about fans.
"""

import heapq
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid, Refusal, RequestRefused

SQL = db.statements("coliseum.queries")
SCANNED_MAX: Final = 50_000
LIMIT_MAX: Final = 200
DISORDER: Final = timedelta(minutes=2)
"""Entries of a partition are received in the order of their places, but for what waited to be stored."""
OFFSET_MAX: Final = 2**62


class EntryQuestion(msgspec.Struct, frozen=True):
    """What entries must be; None: anything."""

    event_type: str | None = None
    artist: str | None = None
    event: str | None = None
    track: str | None = None
    source: str | None = None
    id: str | None = None
    user: str | None = None
    """Of this platform's user; only for those who may read about fans."""
    since: datetime | None = None
    """Received at this instant or later."""


class EntryLine(msgspec.Struct, frozen=True, rename="camel"):
    """An entry in short. ``counted``: boards and metrics have read it; ``userId``: null for who may not see it."""

    partition: int
    offset: int
    id: str
    type: str
    source: str
    artist_id: str | None
    event_id: str | None
    track_id: str | None
    city: str | None
    currency: str | None
    value: int
    occurred_at: datetime
    received_at: datetime
    counted: bool
    user_id: str | None


class EntryPage(msgspec.Struct, frozen=True, rename="camel"):
    """Entries, the newest first. ``searched``: how many were looked at for them, ``head``: how many there are."""

    entries: list[EntryLine]
    head: int
    searched: int
    next_cursor: str | None


class EntryRow(msgspec.Struct, frozen=True):
    """An entry's columns that stand in a line."""

    partition: int
    offset: int
    id: str
    event_type: str
    source: str
    entity_type: str | None
    entity_id: str | None
    artist_id: str | None
    event_id: str | None
    track_id: str | None
    city: str | None
    currency: str | None
    value: int
    occurred_at: datetime
    created_at: datetime
    subject_id: int | None


class CursorRow(msgspec.Struct, frozen=True):
    """Up to which offset a consumer has read a partition."""

    consumer: str
    partition: int
    offset: int


class SubjectRow(msgspec.Struct, frozen=True):
    """Whose a number is."""

    subject_id: int
    user_id: str


async def entries(
    database: db.Database, tenant: Tenant, question: EntryQuestion, *, limit: int, cursor: str | None, fans: bool
) -> EntryPage:
    """A page of the log, in one snapshot. ``fans``: whether the caller may see whose entries they are.

    Raises:
        QueryInvalid: the limit or the cursor is none.
    """
    if not 1 <= limit <= LIMIT_MAX:
        raise QueryInvalid(f"limit is from 1 to {LIMIT_MAX}.", "limit")
    before = places_of(cursor)
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        heads = {row["partition"]: row["head"] for row in await connection.fetch(SQL["log_heads"], tenant.tenant_id)}
        bounds = {part: min(head, before.get(part, head)) for part, head in heads.items()}
        narrowed = await _narrowed(connection, tenant.tenant_id, question)
        if narrowed is None:
            return EntryPage([], sum(heads.values()), 0, None)
        subject, place = narrowed
        found, following, searched = await _read(connection, tenant.tenant_id, question, subject, place, bounds, limit)
        counted = await cursors_of(connection, tenant.tenant_id, "coliseum")
        users = await users_of(connection, tenant.tenant_id, found) if fans else {}
    lines = [line_of(row, counted, users) for row in found]
    return EntryPage(lines, sum(heads.values()), searched, _cursor(following))


async def _narrowed(
    connection: db.Connection, tenant_id: int, question: EntryQuestion
) -> tuple[int | None, tuple[int, int] | None] | None:
    """The number of the asked user and the place of the asked id; None when nothing can be found."""
    subject: int | None = None
    if question.user is not None:
        subject = await connection.fetchval(SQL["log_subject"], tenant_id, question.user)
        if subject is None:
            return None
    if question.id is None:
        return subject, None
    place = await connection.fetchrow(SQL["log_place"], tenant_id, question.id)
    return subject, None if place is None else (place["partition"], place["offset"])


async def _read(
    connection: db.Connection,
    tenant_id: int,
    question: EntryQuestion,
    subject: int | None,
    place: tuple[int, int] | None,
    bounds: Mapping[int, int],
    limit: int,
) -> tuple[list[EntryRow], dict[int, int], int]:
    """Rows of all partitions, where each is to be gone on from, and how many entries were looked at."""
    lists: list[list[EntryRow]] = []
    lows: dict[int, int] = {}
    searched = 0
    for partition, bound in bounds.items():
        low, high = max(0, bound - SCANNED_MAX), bound
        if place is not None:  # an id that is remembered has one place
            low, high = (place[1], min(bound, place[1] + 1)) if partition == place[0] else (0, 0)
        lists.append(
            await db.rows(
                connection, EntryRow, SQL["log_entries"], tenant_id, partition, low, high, question.event_type,
                question.artist, question.event, question.track, question.source, question.id, subject,
                question.since, limit,
            )
        )  # fmt: skip
        lows[partition] = 0 if place is not None else low
        searched += max(0, high - (lists[-1][-1].offset if len(lists[-1]) == limit else low))
    merged = list(heapq.merge(*lists, key=lambda row: row.created_at, reverse=True))[:limit]
    following: dict[int, int] = {}
    for (partition, bound), rows in zip(bounds.items(), lists, strict=True):
        shown = [row.offset for row in merged if row.partition == partition]
        whole = len(shown) == len(rows) < limit
        following[partition] = lows[partition] if whole else shown[-1] if shown else bound
    if question.since is not None:
        following = await _cut_off(connection, tenant_id, following, question.since)
    return merged, following, searched


async def _cut_off(
    connection: db.Connection, tenant_id: int, following: Mapping[int, int], since: datetime
) -> dict[int, int]:
    """Nothing is looked for where everything was received before ``since``."""
    left = {}
    for partition, upto in following.items():
        received = await connection.fetchval(SQL["log_received"], tenant_id, partition, upto - 1) if upto > 0 else None
        left[partition] = 0 if received is None or received < since - DISORDER else upto
    return left


async def cursors_of(connection: db.Connection, tenant_id: int, consumer: str) -> dict[int, int]:
    """Up to where a consumer has read each partition."""
    rows = await db.rows(connection, CursorRow, SQL["log_cursors"], tenant_id)
    return {row.partition: row.offset for row in rows if row.consumer == consumer}


async def users_of(connection: db.Connection, tenant_id: int, rows: Sequence[EntryRow]) -> dict[int, str]:
    """Whose entries they are, of those who are not forgotten."""
    numbers = sorted({row.subject_id for row in rows if row.subject_id is not None})
    found = await db.rows(connection, SubjectRow, SQL["log_subjects"], tenant_id, numbers) if numbers else []
    return {row.subject_id: row.user_id for row in found}


def line_of(row: EntryRow, counted: Mapping[int, int], users: Mapping[int, str]) -> EntryLine:
    """A row as a line; whose it is, only when ``users`` tells."""
    return EntryLine(
        row.partition, row.offset, row.id, row.event_type, row.source, row.artist_id, row.event_id, row.track_id,
        row.city, row.currency, row.value, row.occurred_at, row.created_at, row.offset < counted.get(row.partition, 0),
        None if row.subject_id is None else users.get(row.subject_id),
    )  # fmt: skip


def _cursor(following: Mapping[int, int]) -> str | None:
    if not any(following.values()):
        return None
    return ".".join(f"{partition}-{upto}" for partition, upto in sorted(following.items()))


def places_of(cursor: str | None) -> dict[int, int]:
    """Up to which offset of each partition a page begins.

    Raises:
        QueryInvalid: the cursor is none.
    """
    if cursor is None:
        return {}
    found: dict[int, int] = {}
    for part in cursor.split("."):
        partition, _, upto = part.partition("-")
        if not all(text.isascii() and text.isdigit() and len(text) < 19 for text in (partition, upto)):
            raise QueryInvalid("The cursor is not one that this server gave.", "cursor")
        found[int(partition)] = int(upto)
    return found


def unknown_entry() -> RequestRefused:
    """There is no entry at such a place."""
    return RequestRefused(Refusal.NOT_FOUND, "there is no entry of yours at this place")
