"""Sessions: what a log-in leaves behind, who is logged in by it, and how it ends."""

from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from coliseum import db
from coliseum.accounts.callers import Membership, Person
from coliseum.accounts.remembered import Remembered
from coliseum.accounts.tenants import SQL, Tenant
from coliseum.clock import Clock
from coliseum.ids import secret_digest

Kind = Literal["cookie", "token"]
EndReason = Literal[
    "logout", "revoked", "replaced", "password_changed", "password_reset", "second_factor_removed", "reuse", "disabled"
]
SECRET_MAX: Final = 128
AGENT_MAX: Final = 300
SEEN_EVERY: Final = timedelta(minutes=1)
FORGET_AFTER: Final = timedelta(days=30)
"""What ended so long ago is removed at the next log-in of its person. The audit trail still tells of it."""


class Lifetimes(msgspec.Struct, frozen=True):
    """How long a session lasts without being used, and at most."""

    idle: timedelta = timedelta(hours=12)
    total: timedelta = timedelta(days=30)


class Session(msgspec.Struct, frozen=True, rename="camel"):
    """A log-in, as its person sees it."""

    session_id: int = msgspec.field(name="id")
    kind: Kind
    created_at: datetime
    authenticated_at: datetime
    seen_at: datetime
    expires_at: datetime
    second_factor: bool
    address: str
    agent: str
    current: bool = False


class _Row(msgspec.Struct, frozen=True):
    """A session's row joined with its person and their memberships."""

    session_id: int
    kind: Kind
    authenticated_at: datetime
    second_factor_at: datetime | None
    seen_at: datetime
    expires_at: datetime
    person_id: int
    email: str
    name: str
    email_verified: bool
    has_second_factor: bool
    memberships: list[dict[str, Any]]


class _Standing(msgspec.Struct, frozen=True):
    """Who is logged in by a session, and until when if it is not used."""

    person: Person
    seen_at: datetime
    expires_at: datetime


class _Number(msgspec.Struct, frozen=True):
    session_id: int


class Sessions:
    """Finds out who is logged in, and remembers it for two seconds. Owned by one process."""

    def __init__(self, database: db.Database, clock: Clock, lifetimes: Lifetimes) -> None:
        self._database = database
        self._clock = clock
        self.lifetimes = lifetimes
        self._known = Remembered[int | bytes, _Standing](self._look_up, clock)

    async def by_cookie(self, secret: str) -> Person | None:
        """Who is logged in by a cookie with this secret; the session has been used."""
        return await self._used(secret_digest(secret)) if len(secret) <= SECRET_MAX else None

    async def by_token(self, session_id: int) -> Person | None:
        """Who is logged in by this session, which an access token named; the session has been used."""
        return await self._used(session_id)

    async def still(self, session_id: int) -> Person | None:
        """Who is logged in by this session; to ask does not use it."""
        standing = await self._known.get(session_id)
        return standing.person if standing is not None and self._lasts(standing) else None

    def forget(self) -> None:
        """A session or a person has changed here: whoever asks next is told what is in the database."""
        self._known.forget()

    def idle_before(self, now: datetime) -> datetime:
        """A session that was used last before this has ended by itself."""
        return now - self.lifetimes.idle

    async def _used(self, key: int | bytes) -> Person | None:
        standing = await self._known.get(key)
        if standing is None or not self._lasts(standing):
            return None
        now = self._clock()
        if now - standing.seen_at > SEEN_EVERY:
            async with self._database.connection("capture") as connection:
                await connection.execute(SQL["see_session"], standing.person.session_id, now)
        return standing.person

    def _lasts(self, standing: _Standing) -> bool:
        now = self._clock()
        return now < standing.expires_at and now < standing.seen_at + self.lifetimes.idle

    async def _look_up(self, key: int | bytes) -> _Standing | None:
        session_id, digest = (key, None) if isinstance(key, int) else (None, key)
        async with self._database.connection("capture") as connection:
            found = await db.rows(connection, _Row, SQL["person_of_session"], session_id, digest)
        return _standing(found[0]) if found else None


async def begin_session(
    connection: db.Connection,
    person_id: int,
    kind: Kind,
    secret: str | None,
    *,
    now: datetime,
    expires_at: datetime,
    second_factor: bool,
    address: str,
    agent: str,
) -> int:
    """Store a new session and return its number; what ended long ago is removed."""
    await connection.execute(SQL["forget_sessions"], person_id, now - FORGET_AFTER)
    found = await db.rows(
        connection, _Number, SQL["begin_session"], person_id, kind, None if secret is None else secret_digest(secret),
        now, now if second_factor else None, expires_at, address[:100], agent[:AGENT_MAX],
    )  # fmt: skip
    return found[0].session_id


async def end_sessions(
    connection: db.Connection,
    person_id: int,
    reason: EndReason,
    now: datetime,
    *,
    only: int | None = None,
    but: int | None = None,
) -> list[int]:
    """End a person's sessions, all, ``only`` one, or all ``but`` one; returns which."""
    found = await db.rows(connection, _Number, SQL["end_sessions"], person_id, only, but, now, reason)
    return [each.session_id for each in found]


async def list_sessions(connection: db.Connection, sessions: Sessions, person: Person, now: datetime) -> list[Session]:
    """A person's open sessions, the newest first."""
    found = await db.rows(
        connection, Session, SQL["list_sessions"], person.person_id, now, sessions.idle_before(now)
    )  # fmt: skip
    return [msgspec.structs.replace(each, current=each.session_id == person.session_id) for each in found]


def _standing(row: _Row) -> _Standing:
    person = Person(
        person_id=row.person_id,
        session_id=row.session_id,
        kind=row.kind,
        second_factor=row.has_second_factor and row.second_factor_at is not None,
        authenticated_at=row.authenticated_at,
        memberships=tuple(_membership(each) for each in row.memberships),
        email=row.email,
        name=row.name,
        email_verified=row.email_verified,
        has_second_factor=row.has_second_factor,
    )
    return _Standing(person, row.seen_at, row.expires_at)


def _membership(found: dict[str, Any]) -> Membership:
    tenant = msgspec.convert({name: found[name] for name in Tenant.__struct_fields__}, Tenant)
    return Membership(tenant, found["role"], found["second_factor_required"], found["suspended"])
