"""What was sold for a show, tier by tier, and who came."""

from datetime import datetime

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.queries.ask import check_text
from coliseum.queries.insights.shows import SQL, percent, read_to, show_of


class Amount(msgspec.Struct, frozen=True):
    """Minor units of a currency."""

    currency: str
    amount: int


class Tier(msgspec.Struct, frozen=True, rename="camel"):
    """One ticket tier; ``tier`` is empty for tickets and scans that say none.

    ``sold``: tickets, in ``orders`` by ``buyers``; ``amounts``: what the orders came to. ``visits``: scans, of ``fans``
    different fans. ``no_shows``: buyers whom nobody scanned at the show at all; None before it has begun.
    """

    tier: str
    sold: int
    orders: int
    buyers: int
    visits: int
    fans: int
    no_shows: int | None
    no_show_percent: float | None
    amounts: list[Amount]


class Tiers(msgspec.Struct, frozen=True, rename="camel"):
    """The tiers of an event, most tickets first; ``begun``: the show has, so that whoever is not there is missing."""

    event: str
    capacity: int | None
    begun: bool
    sold: int
    visits: int
    amounts: list[Amount]
    tiers: list[Tier]
    position: list[int]


class _Tier(msgspec.Struct, frozen=True):
    tier: str
    sold: int
    orders: int
    buyers: int
    visits: int
    fans: int
    no_shows: int


class _Money(msgspec.Struct, frozen=True):
    tier: str
    currency: str
    amount: str


async def tiers(database: db.Database, tenant: Tenant, event: str, now: datetime) -> Tiers:
    """What purchases and scans of an event say. Refunds name no tier: they lower ``money_spent``, not what was sold."""
    check_text(event, "event")
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        show = await show_of(connection, tenant, event)
        found = await db.rows(connection, _Tier, SQL["tiers"], tenant.tenant_id, event)
        money = await db.rows(connection, _Money, SQL["tiers_money"], tenant.tenant_id, event)
        position = await read_to(connection, tenant)
    visits = sum(row.visits for row in found)
    begun = show.starts_at <= now if show.starts_at is not None else visits > 0
    amounts: dict[str, int] = {}
    for row in money:
        amounts[row.currency] = amounts.get(row.currency, 0) + int(row.amount)
    return Tiers(
        event, show.capacity, begun, sum(row.sold for row in found), visits, _amounts(amounts),
        [_tier(row, money, begun=begun) for row in found], position,
    )  # fmt: skip


def _tier(row: _Tier, money: list[_Money], *, begun: bool) -> Tier:
    of_tier = {each.currency: int(each.amount) for each in money if each.tier == row.tier}
    told = begun and row.buyers > 0
    return Tier(
        row.tier, row.sold, row.orders, row.buyers, row.visits, row.fans, row.no_shows if told else None,
        percent(row.no_shows, row.buyers) if told else None, _amounts(of_tier),
    )  # fmt: skip


def _amounts(by_currency: dict[str, int]) -> list[Amount]:
    return [Amount(currency, amount) for currency, amount in sorted(by_currency.items())]
