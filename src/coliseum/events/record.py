"""From an event to what the log's typed columns hold of it."""

from collections.abc import Callable
from operator import itemgetter
from typing import Any, Final, cast

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

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


class Record(Struct, gc=False):
    """What the log keeps of an event, before capture adds the tenant, the place in the log and the subject.

    ``user_id``, ``session_id``, ``device_id``, ``target_user`` and ``personal`` name a person: capture
    replaces or sets them aside, and none of them enters the log as it stands here. ``value`` is what the
    event adds to its main metric; for ``coliseum.vote_voided`` it is 0 until capture has found the vote.
    """

    event_type: str
    value: int
    dna_influence: int
    metadata: dict[str, Any]
    personal: dict[str, str]
    entity_type: EntityType | None = None
    entity_id: str | None = None
    artist_id: str | None = None
    event_id: str | None = None
    track_id: str | None = None
    city: str | None = None
    currency: str | None = None
    user_id: str | None = None
    session_id: str | None = None
    device_id: str | None = None
    target_user: str | None = None
    reference: Reference | None = None


class _Plan(Struct, frozen=True):
    """Where the fields of one contract go, made once from its declarations.

    Fields are taken by their places in the struct; the place after the last one holds None, for what a contract has
    not.
    """

    event_type: str
    pick: Callable[[tuple[Any, ...]], tuple[Any, ...]]
    """Takes the first of ``entities``, each of ``COLUMNS``, the user, the visit and the device, as a record does."""
    entities: tuple[tuple[EntityType, int], ...]
    entity: EntityType | None
    """The type of the first of them."""
    metadata: tuple[tuple[str, int], ...]
    instants: tuple[str, ...]
    """Names in metadata of instants. They are kept in UTC: RFC 3339 allows offsets that the database does not read."""
    personal: tuple[tuple[str, int], ...]
    targets: bool
    refers: tuple[ReferenceKind, int] | None


def to_record(event: Event) -> Record:
    """Return what the log keeps of an event, as its contract declares it."""
    plan = _PLANS[type(event)]
    fields = (*astuple(event), None)
    record = Record(
        plan.event_type,
        event.value(),
        event.dna_influence(),
        {name: value for name, place in plan.metadata if (value := fields[place]) is not None},
        {name: value for name, place in plan.personal if (value := fields[place]) is not None} if plan.personal else {},
        plan.entity,
        *plan.pick(fields),
    )
    if record.entity_id is None:
        record.entity_type, record.entity_id = _entity(plan, fields)
    if plan.targets:
        _aim(record, cast("TargetEvent", event))
    for name in plan.instants:
        if name in record.metadata:
            record.metadata[name] = parse_rfc3339(record.metadata[name], name).isoformat().replace("+00:00", "Z")
    if plan.refers is not None:
        kind, place = plan.refers
        record.reference = Reference(kind, fields[place])
    return record


def _entity(plan: _Plan, fields: tuple[Any, ...]) -> tuple[EntityType | None, str | None]:
    """Return the first that is present of the entities that the event may be about."""
    for entity_type, place in plan.entities:
        if fields[place] is not None:
            return entity_type, fields[place]
    return None, None


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
    places = {name: place for place, name in enumerate(fields)}
    columns = [name for name in COLUMNS if name in fields and name not in contract.METADATA_ONLY]
    entities = tuple((entity, places[f"{entity}_id"]) for entity in contract.ENTITIES)
    personal = [name for name, field in fields.items() if is_marked(field.type, "personal")]
    targets = issubclass(contract, TargetEvent)
    held = {*ENVELOPE, *columns, *personal, contract.VALUE_FIELD, *(f"{entity}_id" for entity, _ in entities)}
    if targets:
        held |= {"target_id", "target_type"}
    metadata = [name for name in fields if name not in held]
    nowhere = len(fields)
    entity, entity_place = entities[0] if entities else (None, nowhere)
    taken = [entity_place, *(places[name] if name in columns else nowhere for name in COLUMNS)]
    taken += [places["user_id"], places["session_id"], places["device_id"]]
    return _Plan(
        event_type=event_type(contract),
        pick=itemgetter(*taken),
        entities=entities,
        entity=entity,
        metadata=tuple((fields[name].encode_name, places[name]) for name in metadata),
        instants=tuple(fields[name].encode_name for name in metadata if is_marked(fields[name].type, "instant")),
        personal=tuple((fields[name].encode_name, places[name]) for name in personal),
        targets=targets,
        refers=None if contract.REFERENCE is None else (contract.REFERENCE[0], places[contract.REFERENCE[1]]),
    )


_PLANS: Final = {contract: _plan(contract) for contract in TYPES.values()}
