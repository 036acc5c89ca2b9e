"""From an event to what the log's typed columns hold of it."""

from typing import Any, Final

import msgspec
from msgspec import Struct

from coliseum.events.catalogue import TYPES, Event, event_type
from coliseum.events.contract import EntityType, ReferenceKind, TargetEvent
from coliseum.events.fields import is_marked
from coliseum.events.times import parse_rfc3339

COLUMNS: Final = ("artist_id", "event_id", "track_id", "city", "currency")
"""Fields that have a typed column of their own name."""

ENVELOPE: Final = frozenset({"id", "at", "sent_at", "session_id", "device_id", "user_id"})
"""Fields common to all types; they never go to metadata."""


class Reference(Struct, frozen=True):
    """The earlier event that this one takes back: its kind, and the name by which the sender knows it."""

    kind: ReferenceKind
    id: str


class Record(Struct, kw_only=True, gc=False):
    """What the log keeps of an event, before capture adds the tenant, the place in the log and the subject.

    ``user_id``, ``session_id``, ``device_id``, ``target_user`` and ``personal`` name a person: capture
    replaces or sets them aside, and none of them enters the log as it stands here. ``value`` is what the
    event adds to its main metric; for ``coliseum.vote_voided`` it is 0 until capture has found the vote.
    """

    event_type: str
    user_id: str | None
    session_id: str | None
    device_id: str | None
    entity_type: EntityType | None = None
    entity_id: str | None = None
    artist_id: str | None = None
    event_id: str | None = None
    track_id: str | None = None
    city: str | None = None
    currency: str | None = None
    value: int
    dna_influence: int
    metadata: dict[str, Any]
    personal: dict[str, str]
    at: str
    sent_at: str | None
    target_user: str | None = None
    reference: Reference | None = None


class _Plan(Struct, frozen=True):
    """Where the fields of one contract go, made once from its declarations: (attribute, name) pairs."""

    event_type: str
    columns: tuple[str, ...]
    entities: tuple[tuple[EntityType, str], ...]
    metadata: tuple[tuple[str, str], ...]
    instants: tuple[str, ...]
    """Names in metadata of instants. They are kept in UTC: RFC 3339 allows offsets that the database does not read."""
    personal: tuple[tuple[str, str], ...]


def to_record(event: Event) -> Record:
    """Return what the log keeps of an event, as its contract declares it."""
    plan = _PLANS[type(event)]
    record = Record(
        event_type=plan.event_type,
        user_id=event.user_id,
        session_id=event.session_id,
        device_id=event.device_id,
        value=event.value(),
        dna_influence=event.dna_influence(),
        metadata=_present(event, plan.metadata),
        personal=_present(event, plan.personal) if plan.personal else {},
        at=event.at,
        sent_at=event.sent_at,
    )
    for name in plan.instants:
        if name in record.metadata:
            record.metadata[name] = parse_rfc3339(record.metadata[name], name).isoformat().replace("+00:00", "Z")
    for column in plan.columns:
        setattr(record, column, getattr(event, column))
    for entity_type, attribute in plan.entities:
        entity_id = getattr(event, attribute)
        if entity_id is not None:
            record.entity_type, record.entity_id = entity_type, entity_id
            break
    if isinstance(event, TargetEvent):
        _aim(record, event)
    if event.REFERENCE is not None:
        kind, attribute = event.REFERENCE
        record.reference = Reference(kind, getattr(event, attribute))
    return record


def _present(event: Event, fields: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    return {name: value for attribute, name in fields if (value := getattr(event, attribute)) is not None}


def _aim(record: Record, event: TargetEvent) -> None:
    """Enter the event's target: a person apart from the rest, anything else also in its own column."""
    record.entity_type = event.target_type
    if event.target_type == "user":
        record.target_user = event.target_id
        return
    record.entity_id = event.target_id
    if (column := f"{event.target_type}_id") in COLUMNS:
        setattr(record, column, event.target_id)


def _plan(contract: type[Event]) -> _Plan:
    fields = {field.name: field for field in msgspec.structs.fields(contract)}
    columns = tuple(name for name in COLUMNS if name in fields and name not in contract.METADATA_ONLY)
    entities = tuple((entity, f"{entity}_id") for entity in contract.ENTITIES)
    personal = tuple(name for name, field in fields.items() if is_marked(field.type, "personal"))
    held = {*ENVELOPE, *columns, *personal, contract.VALUE_FIELD}
    held.update(name for _, name in entities)
    if issubclass(contract, TargetEvent):
        held |= {"target_id", "target_type"}
    return _Plan(
        event_type=event_type(contract),
        columns=columns,
        entities=entities,
        metadata=tuple((name, field.encode_name) for name, field in fields.items() if name not in held),
        instants=tuple(
            field.encode_name for name, field in fields.items() if name not in held and is_marked(field.type, "instant")
        ),
        personal=tuple((name, fields[name].encode_name) for name in personal),
    )


_PLANS: Final = {contract: _plan(contract) for contract in TYPES.values()}
