"""What goes into the log, and what becomes of it."""

import uuid
from datetime import datetime
from typing import Any

import msgspec

from coliseum.passport.subjects import Subject


class NewEntry(msgspec.Struct, gc=False):
    """An event that passed every gate, as the log's columns hold it. Owned by the request that made it."""

    id: str
    content_hash: bytes
    event_type: str
    value: int
    dna_influence: int
    occurred_at: datetime
    source: str
    subject_id: int | None = None
    session_id: uuid.UUID | None = None
    device_id: uuid.UUID | None = None
    entity_type: str | None = None
    entity_id: str | None = None
    artist_id: str | None = None
    event_id: str | None = None
    track_id: str | None = None
    city: str | None = None
    currency: str | None = None
    metadata: dict[str, Any] = {}
    personal: dict[str, Any] | None = None
    voids: str | None = None
    """The id of the vote that this entry takes back; a vote can be taken back once."""
    people: tuple[Subject, ...] = ()
    """Those whom this entry names and who were not stored when it was made: they are stored with it."""


class Accepted(msgspec.Struct, frozen=True, gc=False):
    """Stored durably at this place."""

    partition: int
    offset: int


class Duplicate(msgspec.Struct, frozen=True, gc=False):
    """Stored before, at this place, with the same content."""

    partition: int
    offset: int


class IdReused(msgspec.Struct, frozen=True, gc=False):
    """Not stored: the id belongs to an entry with other content."""


class AlreadyVoided(msgspec.Struct, frozen=True, gc=False):
    """Not stored: the vote was taken back before."""


class Unstorable(msgspec.Struct, frozen=True, gc=False):
    """Not stored: the database cannot hold it."""

    reason: str


Outcome = Accepted | Duplicate | IdReused | AlreadyVoided | Unstorable
