"""How entries whose ids are new, and the people in them who are new, go into the database."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec.structs import astuple

from coliseum import db
from coliseum.errors import ColiseumError
from coliseum.passport.entries import NewEntry
from coliseum.passport.subjects import Subject

SQL = db.statements("coliseum.passport")
METADATA = NewEntry.__struct_fields__.index("metadata")
"""The fields before this one are those of the database's type passport_new_entry, in its order; its last is this."""
_encode = msgspec.json.Encoder().encode


class ClaimConflict(ColiseumError):
    """One of these ids, or a vote taken back, was claimed before or at the same moment; look, and run again."""


class PersonTaken(ColiseumError):
    """One of the people in these entries was stored meanwhile with another number, or forgotten: make them anew."""


async def store(
    connection: db.Connection, tenant_id: int, partition: int, entries: Sequence[NewEntry], received_at: datetime
) -> int:
    """Store entries at the head, and the people whom nobody has met before; returns the offset of the first.

    Nothing is stored if it raises. In a transaction it is part of that one.

    Raises:
        ClaimConflict: an id is in the log already.
        PersonTaken: see there.
    """
    if not entries:
        return 0
    people = [person.row for person in new_people(entries)]
    rows = [(*astuple(entry)[:METADATA], _encode(entry.metadata).decode()) for entry in entries]
    personal = [
        (place, entry.subject_id or 0, _encode(entry.personal).decode())
        for place, entry in enumerate(entries, 1)
        if entry.personal
    ]
    try:
        first: int = await connection.fetchval(
            SQL["append_entries"], tenant_id, partition, received_at, people, rows, personal
        )
    except db.UniqueViolation as error:
        if error.table_name == "passport_keys":
            raise ClaimConflict from None
        if error.table_name == "passport_subjects":
            raise PersonTaken from None
        raise
    return first


def new_people(entries: Sequence[NewEntry]) -> list[Subject]:
    """Those in these entries who are not known to be stored, each once."""
    people = {person.user_id: person for entry in entries if entry.people for person in entry.people if person.is_new}
    return list(people.values())
