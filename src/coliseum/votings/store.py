"""A tenant's votings in PostgreSQL, and what stands on their ballots by the catalogue."""

import asyncio
from datetime import datetime, timedelta

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant, tenant_by_slug
from coliseum.clock import Clock
from coliseum.errors import Refusal, RequestRefused
from coliseum.votings.voting import NAME, Voting, VotingWish, check

SQL = db.statements("coliseum.votings")
VOTINGS_MAX = 500
"""Votings that one tenant may have."""
KNOWN_FOR = timedelta(seconds=1)
"""How long a ballot is believed: a voting that is closed by hand takes votes for so long in other processes."""
KNOWN_MAX = 1_000


class Option(msgspec.Struct, frozen=True, rename="camel"):
    """Somebody who may be voted for."""

    id: str
    name: str
    picture: str | None


class Place(msgspec.Struct, frozen=True, rename="camel"):
    """What the catalogue knows of an event; its id in place of a name that it does not know."""

    id: str
    name: str
    venue: str | None
    city: str | None
    starts_at: datetime | None
    capacity: int | None


class Ballot(msgspec.Struct, frozen=True):
    """A voting with its event and those who may be voted for, in their order."""

    tenant: Tenant
    voting: Voting
    event: Place
    options: list[Option]

    @property
    def title(self) -> str:
        """What it is called."""
        return self.voting.title or self.event.name


async def list_votings(connection: db.Connection, tenant_id: int) -> list[Voting]:
    """A tenant's votings, those that open last first."""
    return await db.rows(connection, Voting, SQL["list_votings"], tenant_id)


async def voting_named(connection: db.Connection, tenant_id: int, name: str) -> Voting | None:
    """The voting of that name; ``name`` may be any text."""
    if not NAME.fullmatch(name):
        return None
    found = await db.rows(connection, Voting, SQL["voting_named"], tenant_id, name)
    return found[0] if found else None


async def voting_of(connection: db.Connection, tenant_id: int, event_id: str) -> Voting | None:
    """The voting at an event, if it has one."""
    found = await db.rows(connection, Voting, SQL["voting_of"], tenant_id, event_id)
    return found[0] if found else None


async def put_voting(
    connection: db.Connection, tenant: Tenant, name: str, wish: VotingWish, actor: str, now: datetime
) -> tuple[Voting, bool]:
    """Make a voting, or put this in the place of the one of its name; and whether it was made.

    Needs a transaction of ``accounts``. Votes that were cast stay as they are.

    Raises:
        QueryInvalid: as ``check``.
        RequestRefused: ``already_exists``: the event has a voting of another name; or ``too_many``.
    """
    wish = check(wish, name, now)
    await connection.execute(SQL["lock_votings"], tenant.tenant_id)
    present = {each.name: each for each in await list_votings(connection, tenant.tenant_id)}
    other = next((each.name for each in present.values() if each.event == wish.event and each.name != name), None)
    if other is not None:
        raise RequestRefused(Refusal.ALREADY_EXISTS, f"this event has a voting already: {other}", "event")
    if name not in present and len(present) >= VOTINGS_MAX:
        raise RequestRefused(Refusal.TOO_MANY, f"a tenant has at most {VOTINGS_MAX} votings")
    found = await db.rows(
        connection, Voting, SQL["put_voting"], tenant.tenant_id, name, wish.event, wish.title, wish.artists,
        wish.opens_at, wish.closes_at, wish.results, wish.votes_per_address, actor, now,
    )  # fmt: skip
    return found[0], name not in present


async def remove_voting(connection: db.Connection, tenant_id: int, name: str) -> Voting:
    """Remove a voting; its votes stay in the log.

    Raises:
        RequestRefused: ``not_found``.
    """
    voting = await voting_named(connection, tenant_id, name)
    if voting is None:
        raise RequestRefused(Refusal.NOT_FOUND, "there is no such voting of yours")
    await connection.execute(SQL["remove_voting"], tenant_id, name)
    return voting


async def place_of(connection: db.Connection, tenant_id: int, event_id: str) -> Place:
    """What the catalogue knows of an event."""
    found = await db.rows(connection, Place, SQL["place_of"], tenant_id, event_id)
    return found[0] if found else Place(event_id, event_id, None, None, None, None)


async def options_of(
    connection: db.Connection, tenant_id: int, event_id: str, artists: list[str] | None
) -> list[Option]:
    """These artists, or those on the event's bill, with their names by the catalogue, in their order."""
    return await db.rows(connection, Option, SQL["options_of"], tenant_id, event_id, artists)


async def artist_voted_for(connection: db.Connection, tenant_id: int, vote_id: str) -> str | None:
    """For whom the vote of this id is, when there is one."""
    found: str | None = await connection.fetchval(SQL["artist_voted_for"], tenant_id, vote_id)
    return found


class Ballots:
    """The ballots that one process remembers for ``KNOWN_FOR``. Owned by one event loop."""

    def __init__(self, database: db.Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[datetime, Ballot | None]] = {}
        self._reading: dict[tuple[str, str], asyncio.Task[Ballot | None]] = {}

    async def of(self, slug: str, name: str) -> Ballot:
        """The ballot of a tenant's voting; a hall that asks at once is answered by one reading.

        Raises:
            RequestRefused: ``not_found``.
        """
        now, key = self._clock(), (slug, name)
        since, ballot = self._known.get(key, (None, None))
        if since is None or not since <= now < since + KNOWN_FOR:
            reading = self._reading.get(key)
            if reading is None:
                reading = self._reading[key] = asyncio.create_task(self._read(slug, name))
                reading.add_done_callback(lambda _: self._reading.pop(key, None))
            ballot = await asyncio.shield(reading)  # whoever gives up waiting takes nothing from the others
            if len(self._known) >= KNOWN_MAX:
                self._known.clear()
            self._known[key] = now, ballot
        if ballot is None:
            raise RequestRefused(Refusal.NOT_FOUND, "there is no such voting here")
        return ballot

    def forget(self, tenant: Tenant, name: str) -> None:
        """Believe no longer what was remembered of this voting: it has been changed here."""
        self._known.pop((tenant.slug, name), None)

    async def _read(self, slug: str, name: str) -> Ballot | None:
        if not NAME.fullmatch(name):
            return None
        tenant = await tenant_by_slug(self._database, slug)
        if tenant is None:
            return None
        async with self._database.tenant(tenant.tenant_id, snapshot=True) as connection:
            voting = await voting_named(connection, tenant.tenant_id, name)
            if voting is None:
                return None
            place = await place_of(connection, tenant.tenant_id, voting.event)
            options = await options_of(connection, tenant.tenant_id, voting.event, voting.artists)
        return Ballot(tenant, voting, place, options)
