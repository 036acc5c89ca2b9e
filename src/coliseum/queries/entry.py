"""One entry of the log wholly: as it is stored, as it was sent, what it counts for, and who has read it."""

from datetime import datetime
from typing import Any, Final

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.events.catalogue import TYPES
from coliseum.events.shapes import Field, shapes
from coliseum.queries.entries import (
    OFFSET_MAX,
    SQL,
    CursorRow,
    EntryLine,
    EntryRow,
    SubjectRow,
    cursors_of,
    line_of,
    unknown_entry,
)

SHAPES: Final = {shape.event_type: shape for shape in shapes()}
KEPT_AS_DIGEST: Final = ("sessionId", "deviceId")
"""Fields of which the log keeps what nobody can turn back."""
TARGET: Final = ("targetId", "targetType")


class Counted(msgspec.Struct, frozen=True, rename="camel"):
    """What an entry adds to a metric of one kind of entity; ``entityId`` is null for a person who is hidden."""

    metric: str
    kind: str
    entity_id: str | None
    value: int


class Reading(msgspec.Struct, frozen=True, rename="camel"):
    """How far a consumer is with an entry: waiting, counted, or parked (a dead letter), and then why."""

    consumer: str
    state: str
    position: int
    error: str | None = None
    attempts: int = 0


class EntryView(msgspec.Struct, frozen=True, rename="camel"):
    """An entry of the log, as far as the caller may see it.

    ``sent``: the event in its contract's words, made from what is stored; the bytes that came are not kept.
    ``stored``: the columns that a line does not show. Both are null for a caller who may not read about fans.
    """

    line: EntryLine
    title: str
    meaning: str
    counts: list[Counted]
    readings: list[Reading]
    sent: dict[str, Any] | None
    stored: dict[str, Any] | None


class WholeRow(EntryRow, frozen=True):
    """All columns of an entry, and what is kept beside it."""

    dna_influence: int
    session: str | None
    device: str | None
    metadata: dict[str, Any]
    user_id: str | None
    personal: dict[str, Any] | None


class ParkedRow(msgspec.Struct, frozen=True):
    """For whom an entry is a dead letter."""

    consumer: str
    error: str
    attempts: int


class CountRow(msgspec.Struct, frozen=True):
    """What an entry adds, as the log's view has it."""

    metric: str
    kind: str
    entity_id: str
    value: int


async def entry(database: db.Database, tenant: Tenant, partition: int, offset: int, *, fans: bool) -> EntryView:
    """One entry. ``fans``: whether the caller may see whose it is, and all that it holds.

    Raises:
        RequestRefused: ``not_found``.
    """
    if not (0 <= partition < 2**15 and 0 <= offset < OFFSET_MAX):
        raise unknown_entry()
    tenant_id = tenant.tenant_id
    async with database.tenant(tenant_id, snapshot=True) as connection:
        found = await db.rows(connection, WholeRow, SQL["log_entry"], tenant_id, partition, offset)
        if not found:
            raise unknown_entry()
        counts = await db.rows(connection, CountRow, SQL["log_counts"], tenant_id, partition, offset)
        read = await db.rows(connection, CursorRow, SQL["log_cursors"], tenant_id)
        parked = await db.rows(connection, ParkedRow, SQL["log_parked"], tenant_id, partition, offset)
        counted = await cursors_of(connection, tenant_id, "coliseum")
        row = found[0]
        if row.entity_type == "user":
            row = msgspec.structs.replace(row, entity_id=await _target(connection, tenant_id, row))
    users = {row.subject_id: row.user_id} if fans and row.subject_id is not None and row.user_id is not None else {}
    shape = SHAPES.get(row.event_type)
    return EntryView(
        line_of(row, counted, users),
        shape.title if shape else row.event_type,
        shape.meaning if shape else "",
        [_counted(each, fans=fans) for each in counts],
        _readings(row, read, {letter.consumer: letter for letter in parked}, fans=fans),
        sent_of(row) if fans else None,
        _stored(row) if fans else None,
    )


async def _target(connection: db.Connection, tenant_id: int, row: EntryRow) -> str | None:
    """The platform's id of a person whom an entry is about; None when they are forgotten."""
    found = await db.rows(connection, SubjectRow, SQL["log_subjects"], tenant_id, [int(row.entity_id or 0)])
    return found[0].user_id if found else None


def _counted(row: CountRow, *, fans: bool) -> Counted:
    shown = row.entity_id if fans or row.kind != "fan" else None
    return Counted(row.metric, row.kind, shown, row.value)


def _readings(row: EntryRow, read: list[CursorRow], parked: dict[str, ParkedRow], *, fans: bool) -> list[Reading]:
    readings = []
    for cursor in read:
        if cursor.partition != row.partition:
            continue
        letter = parked.get(cursor.consumer)
        if letter is not None:  # what a database says of a row may quote the row
            error = letter.error if fans else None
            readings.append(Reading(cursor.consumer, "parked", cursor.offset, error, letter.attempts))
        else:
            state = "counted" if row.offset < cursor.offset else "waiting"
            readings.append(Reading(cursor.consumer, state, cursor.offset))
    return readings


def sent_of(row: WholeRow) -> dict[str, Any]:
    """The event that an entry was made of, as far as the log can say it."""
    told: dict[str, Any] = {"type": row.event_type, "id": row.id, "at": instant_text(row.occurred_at)}
    held = {**row.metadata, **(row.personal or {})}
    columns = {
        "userId": row.user_id, "artistId": row.artist_id, "eventId": row.event_id, "trackId": row.track_id,
        "city": row.city, "currency": row.currency,
    }  # fmt: skip
    contract = TYPES.get(row.event_type)
    value_field = None if contract is None else contract.VALUE_FIELD
    if contract is not None and row.entity_type and contract.ENTITIES:
        columns.setdefault(f"{row.entity_type}Id", row.entity_id)
    for field in SHAPES[row.event_type].fields if contract is not None else ():
        value = _value_of(row, field, held, columns, value_field)
        if value is not None and field.name not in told:
            told[field.name] = value
    return told


def _value_of(
    row: WholeRow, field: Field, held: dict[str, Any], columns: dict[str, str | None], value_field: str | None
) -> Any:
    if field.name in held:
        return held[field.name]
    if field.name in TARGET:
        return row.entity_id if field.name == "targetId" else row.entity_type
    if value_field is not None and field.name == _camel(value_field):
        return abs(row.value)
    return columns.get(field.name)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _stored(row: WholeRow) -> dict[str, Any]:
    return {
        "entity": None if row.entity_type is None else {"type": row.entity_type, "id": row.entity_id},
        "subjectId": row.subject_id, "session": row.session, "device": row.device,
        "dnaInfluence": row.dna_influence, "metadata": row.metadata, "personal": row.personal,
    }  # fmt: skip


def instant_text(moment: datetime) -> str:
    """An instant as the API writes it."""
    return moment.isoformat().replace("+00:00", "Z")
