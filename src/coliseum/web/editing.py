"""Saving a catalogue entity: an edit is a catalog event, captured like any other, by somebody who saw what it replaces.

An entity is held (an advisory lock of the database) from looking at its newest entry until the edit is durable, so that
of two editors who saw the same one only the first saves. Whoever sends catalog events past the editor is not held up.
"""

from datetime import datetime
from typing import Any, Final

import msgspec

from coliseum.accounts.callers import Caller
from coliseum.capture.draft import Request, Result
from coliseum.catalog.kinds import CatalogKind, event_of
from coliseum.errors import EventRefused, Refusal, RequestRefused
from coliseum.events.decode import decode_event
from coliseum.events.record import to_record
from coliseum.ids import uuid7
from coliseum.queries.catalog import Statement, hold, newest
from coliseum.queries.entry import instant_text
from coliseum.trail.record import Deed
from coliseum.web.services import Services

ANY: Final = "*"
SOME_TIME: Final = "2000-01-01T00:00:00Z"
"""Stands for the time of an event that is only checked."""


class Saved(msgspec.Struct, frozen=True, rename="camel"):
    """An entity after it was saved; ``outcome``: created, changed, or unchanged when nothing was to be done."""

    id: str
    version: str
    outcome: str
    fields: dict[str, Any]


def checked(kind: CatalogKind, entity_id: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields as the log will hold them.

    Raises:
        EventRefused: as the event would be.
    """
    unknown = next((name for name in fields if kind.field(name) is None), None)
    if unknown is not None:
        raise EventRefused(Refusal.UNKNOWN_FIELD, f"{kind.name} have no field {unknown[:60]!r}", unknown[:60])
    raw = msgspec.json.encode({**event_of(kind, entity_id, fields), "at": SOME_TIME})
    record = to_record(decode_event(raw, strict=True).event)
    held = {**record.metadata, "artistId": record.artist_id, "city": record.city}
    return {field.name: held[field.name] for field in kind.fields if held.get(field.name) is not None}


async def save(
    services: Services, caller: Caller, address: str, kind: CatalogKind, entity_id: str, fields: dict[str, Any],
    match: str | None,
) -> Saved:  # fmt: skip
    """State an entity anew. ``match``: the version that is replaced; ``*`` for any, None when there must be none.

    Raises:
        RequestRefused: ``changed_meanwhile``, or as the event would be.
    """
    try:
        stated = checked(kind, entity_id, fields)
    except EventRefused as error:
        raise RequestRefused(error.code, error.message, error.field) from None
    tenant_id = caller.tenant.tenant_id
    async with services.database.tenant(tenant_id) as connection:
        if await hold(connection, tenant_id, kind, [entity_id]):
            raise _meanwhile("somebody else is saving this at this very moment")
        current = (await newest(connection, tenant_id, kind, [entity_id])).get(entity_id)
        _check(current, match)
        if current is not None and current.fields == stated:
            return Saved(entity_id, current.version, "unchanged", stated)
        now = services.clock()
        event = edit_of(kind, entity_id, stated, current, now, f"editor/{caller.actor}/{uuid7()}")
        [result] = await services.pipeline.capture([event], request_of(services, caller, "editor", now))
        if result.status == "refused":
            raise refusal_of(result)
        version = f"{result.partition}.{result.offset}"
        detail = {"entry": version, "replaces": None if current is None else current.version}
        deed = Deed(
            actor=caller.actor, action="catalog.change", target=f"{kind.entity}:{entity_id}", address=address,
            detail=detail,
        )  # fmt: skip
        await services.trail.record(connection, tenant_id, deed)
    return Saved(entity_id, version, "created" if current is None else "changed", stated)


def edit_of(
    kind: CatalogKind, entity_id: str, stated: dict[str, Any], current: Statement | None, now: datetime, event_id: str
) -> bytes:
    """The event of an edit: later than what it replaces, even when that was sent by a clock that is ahead."""
    at = now if current is None else max(now, current.changed_at)
    return msgspec.json.encode({**event_of(kind, entity_id, stated), "id": event_id, "at": instant_text(at)})


def request_of(services: Services, caller: Caller, source: str, now: datetime) -> Request:
    """How edits of a caller are captured: counted and limited as any other event."""
    return Request(
        caller.tenant, trusted=True, strict=True, source=source, received_at=now,
        included=services.allowance.included(caller.tenant),
    )  # fmt: skip


def refusal_of(result: Result) -> RequestRefused:
    """The refusal of an edit, as that of its request."""
    return RequestRefused(
        Refusal(str(result.code)), str(result.message), result.field,
        limit=result.limit, plan=result.plan, reset_at=result.reset_at,
    )  # fmt: skip


def _check(current: Statement | None, match: str | None) -> None:
    if match == ANY:
        return
    if current is None:
        if match is not None:
            raise _meanwhile("there is nothing of this id any more that could be replaced")
        return
    if match is None:
        raise _meanwhile("there is one of this id: name the version that you replace in If-Match")
    if match != current.version:
        by = f" by {current.by}" if current.by else ""
        raise _meanwhile(f"it was changed{by} at {instant_text(current.received_at)}, after you looked at it")


def _meanwhile(message: str) -> RequestRefused:
    return RequestRefused(Refusal.CHANGED_MEANWHILE, message)
