"""Adding to the trail: an entry commits with the deed it tells of, in the same transaction."""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import msgspec

from coliseum import db
from coliseum.clock import Clock
from coliseum.ids import derived_key

SQL = db.statements("coliseum.trail")
SYSTEM: Final = 0
"""The tenant number of the system's own chain: what happens before it is known for whom, such as a failed log-in."""
GENESIS: Final = bytes(32)
"""What stands for the hash of the entry before the first."""
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
DETAIL_BYTES_MAX: Final = 16_384
DETAIL_TEXT_MAX: Final = 1_000
INTEGER_MAX: Final = 2**53
Outcome = Literal["done", "refused"]


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did or tried to do.

    ``actor``: ``person:<number>``, ``key:<number>``, ``operator`` (the command line), ``processor``, ``stripe`` or
    ``anonymous``; never a name or an e-mail address, so that forgetting a person need not touch the trail. ``action``:
    a verb on a kind of thing, such as ``key.revoke``. ``target``: which one, such as ``key:12``. ``detail``: what
    changed, without secrets and without personal data.
    """

    actor: str
    action: str
    target: str = ""
    outcome: Outcome = "done"
    address: str = ""
    detail: Mapping[str, object] = {}


class Link(msgspec.Struct, frozen=True):
    """The last entry of a chain."""

    number: int
    hash: bytes


def entry_hash(key: bytes, tenant_id: int, number: int, at: datetime, deed: Deed, before: bytes) -> bytes:
    """HMAC-SHA-256 over an entry in canonical JSON (keys sorted) with the hash of the one before it."""
    content = {
        "tenant": tenant_id, "number": number, "at": (at - EPOCH) // timedelta(microseconds=1), "actor": deed.actor,
        "action": deed.action, "target": deed.target, "outcome": deed.outcome, "address": deed.address,
        "detail": deed.detail, "before": before.hex(),
    }  # fmt: skip
    return hmac.digest(key, msgspec.json.encode(content, order="deterministic"), "sha256")


def chain_key(secret_key: str, tenant_id: int) -> bytes:
    """The key of one tenant's chain; it is nowhere in the database."""
    return derived_key(secret_key, "trail", str(tenant_id))


class Trail:
    """Adds entries; of the key that vouches for them only this and the verifier know."""

    def __init__(self, secret_key: str, clock: Clock) -> None:
        self._secret_key = secret_key
        self._clock = clock

    def key(self, tenant_id: int) -> bytes:
        """The key of one tenant's chain."""
        return chain_key(self._secret_key, tenant_id)

    async def record(self, connection: db.Connection, tenant_id: int, deed: Deed) -> int:
        """Add an entry within the caller's transaction, whose tenant is set to ``tenant_id``; returns its number.

        The chain's head is locked until the transaction ends, so that a chain never forks: do this last. A detail that
        would be too large is replaced by its size.
        """
        deed = _cleaned(deed)
        await connection.execute(SQL["begin_chain"], tenant_id, GENESIS)
        head = (await db.rows(connection, Link, SQL["lock_head"], tenant_id))[0]
        number, at = head.number + 1, self._clock()
        hashed = entry_hash(self.key(tenant_id), tenant_id, number, at, deed, head.hash)
        await connection.execute(
            SQL["add_entry"], tenant_id, number, at, deed.actor, deed.action, deed.target, deed.outcome, deed.address,
            deed.detail, hashed,
        )  # fmt: skip
        return number


def _cleaned(deed: Deed) -> Deed:
    """Texts within their lengths and without control characters, so that no entry looks like two.

    The detail becomes what PostgreSQL gives back of it, so that the verifier sees the very bytes that were hashed.
    """
    return msgspec.structs.replace(
        deed,
        actor=_line(deed.actor, 200),
        action=_line(deed.action, 100),
        target=_line(deed.target, 300),
        address=_line(deed.address, 100),
        detail=_detail(deed.detail),
    )


def _detail(detail: Mapping[str, object]) -> dict[str, object]:
    plain = msgspec.to_builtins(detail, str_keys=True, order="deterministic")
    cleaned = {_line(str(name), DETAIL_TEXT_MAX): _plain(value) for name, value in plain.items()}
    size = len(msgspec.json.encode(cleaned))
    return cleaned if size <= DETAIL_BYTES_MAX else {"too_large_bytes": size}


def _plain(value: object) -> object:
    match value:
        case None | bool():
            return value
        case str():
            return _line(value, DETAIL_TEXT_MAX)
        case int() if -INTEGER_MAX <= value <= INTEGER_MAX:
            return value
        case list() | tuple():
            return [_plain(each) for each in value]
        case dict():
            return {_line(str(name), DETAIL_TEXT_MAX): _plain(each) for name, each in value.items()}
        case _:  # PostgreSQL writes a fraction, or a number past 64 bits, in its own way
            return _line(str(value), DETAIL_TEXT_MAX)


def _line(text: str, length_max: int) -> str:
    return "".join(each if each.isprintable() else "?" for each in text[:length_max])
