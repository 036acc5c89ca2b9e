"""Putting messages, in the transaction of what they tell of."""

from collections.abc import Sequence
from typing import Final

import msgspec

from coliseum import db
from coliseum.hooks.topics import DATA, KeyRevoked, PlanChanged, Told

SQL = db.statements("coliseum.hooks")
DATA_BYTES_MAX: Final = 18_000
"""So that the whole body, envelope included, stays below the 20 kB that receivers take."""
TOPIC_OF: Final = {data: topic for topic, data in DATA.items()}
BY_DATABASE: Final = (PlanChanged, KeyRevoked)
"""What triggers put, whoever changes a plan or revokes a key: putting it here as well would tell it twice."""


async def put(connection: db.Connection, tenant_id: int, data: Told, only: Sequence[int] | None = None) -> str | None:
    """Tell the tenant's endpoints that want to know of it; ``only`` these, when they are named.

    The caller's transaction has the right ``accounts`` (with the tenant set) or ``processor``. When it commits, the
    message is as certain as what it tells of; when there is no endpoint for it, nothing is stored. Returns its id.

    Raises:
        ValueError: it is larger than a message may be, or nothing that is put here.
    """
    if type(data) in BY_DATABASE:
        raise ValueError(f"the database puts {TOPIC_OF[type(data)]} itself")
    raw = encoded(data)
    if len(raw) > DATA_BYTES_MAX:
        raise ValueError(f"a message has at most {DATA_BYTES_MAX} bytes")
    found: str | None = await connection.fetchval(
        SQL["put"], tenant_id, TOPIC_OF[type(data)], raw, None if only is None else list(only)
    )
    return found


def encoded(data: Told) -> bytes:
    """The data as JSON."""
    return msgspec.json.encode(data)
