"""What is kept of one person: the treasury's statement and the mediaid profile."""

from datetime import datetime

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import Kind
from coliseum.queries.names import number_of

SQL = db.statements("coliseum.queries")
TRANSFERS_MAX = 1_000
HALF_LIFE_DAYS = 90
"""After this many days, what somebody did weighs half in their profile."""
AFFINITIES_MAX = 20


class Transfer(msgspec.Struct, frozen=True, rename="camel"):
    """One movement of money, and the entry of the log that it stands for."""

    partition: int
    offset: int
    kind: str
    amount: int
    occurred_at: datetime


class Statement(msgspec.Struct, frozen=True, rename="camel"):
    """A person's account in one currency, in minor units; balance = earned + refunded - spent."""

    user_id: str
    currency: str
    spent: int
    earned: int
    refunded: int
    balance: int
    transfers: list[Transfer]


class Affinity(msgspec.Struct, frozen=True):
    """How much somebody is drawn to something: the decayed sum of weights."""

    id: str
    weight: float


class Profile(msgspec.Struct, frozen=True, rename="camel"):
    """A person's strongest affinities, strongest first."""

    user_id: str
    half_life_days: int
    artists: list[Affinity]
    genres: list[Affinity]
    cities: list[Affinity]


class _Balance(msgspec.Struct, frozen=True):
    spent: int
    earned: int
    refunded: int


class _KindAffinity(msgspec.Struct, frozen=True):
    kind: str
    id: str
    weight: float


async def statement(database: db.Database, tenant: Tenant, user_id: str, currency: str) -> Statement:
    """A person's account: balances and the latest transfers, newest first.

    Raises:
        QueryInvalid: nobody of that id is known.
    """
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        subject = await _subject(connection, tenant, user_id)
        balances = await db.rows(connection, _Balance, SQL["balance"], tenant.tenant_id, subject, currency)
        transfers = await db.rows(
            connection, Transfer, SQL["transfers"], tenant.tenant_id, subject, currency, TRANSFERS_MAX
        )
    held = balances[0] if balances else _Balance(0, 0, 0)
    balance = held.earned + held.refunded - held.spent
    return Statement(user_id, currency, held.spent, held.earned, held.refunded, balance, transfers)


async def profile(database: db.Database, tenant: Tenant, user_id: str, now: datetime) -> Profile:
    """What a person is drawn to, as of now: weights halve every ``HALF_LIFE_DAYS``.

    Raises:
        QueryInvalid: nobody of that id is known.
    """
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        subject = await _subject(connection, tenant, user_id)
        found = await db.rows(
            connection, _KindAffinity, SQL["affinities"], tenant.tenant_id, subject, now, HALF_LIFE_DAYS
        )
    by_kind = {
        kind: [Affinity(row.id, round(row.weight, 6)) for row in found if row.kind == kind][:AFFINITIES_MAX]
        for kind in ("artist", "genre", "city")
    }
    return Profile(user_id, HALF_LIFE_DAYS, by_kind["artist"], by_kind["genre"], by_kind["city"])


async def _subject(connection: db.Connection, tenant: Tenant, user_id: str) -> int:
    number = await number_of(connection, tenant.tenant_id, Kind.FAN, user_id)
    if number is None:
        raise QueryInvalid("Nobody of that userId is known.", "userId")
    return number
