"""From the parameters of a subscription to what is read for it: the only place here that knows which there are."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, Protocol

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import Kind
from coliseum.metrics.windows import grain_named
from coliseum.queries.ask import instant, subject_of
from coliseum.queries.asked import check_asks_of_declared, question_from
from coliseum.queries.pages import read_position
from coliseum.queries.series import series
from coliseum.queries.trend_asked import TrendKind, check_asks_of_trend, trend_from
from coliseum.web.live.messages import WishKind
from coliseum.web.live.versions import SERIES, Shape

TRENDS: Final[Mapping[str, TrendKind]] = {"trending": "trending", "breaking": "breaking"}
METRIC_PARAMETERS = ("metric", "entity", "id", "grain", "from", "to", "currency")


class Wish(msgspec.Struct, frozen=True):
    """What a tenant wants to be kept up with; equal wishes share a channel. ``parameters``: sorted pairs."""

    tenant: Tenant
    kind: WishKind
    parameters: tuple[tuple[str, str], ...]

    @property
    def of_fans(self) -> bool:
        """Whether it asks for numbers of single people; what a declared board is of, only its declaration says."""
        return ("entity", Kind.FAN.label) in self.parameters


class Source(Protocol):
    """Where a channel's pages come from."""

    shape: Shape
    until: datetime | None
    """When it is to be read again at the latest, because another window begins or what it gave was not the newest."""
    meaning: object
    """What the pages are of. With another one, what was seen before is no beginning for what comes."""
    of_fans: bool
    """Whether the page that was read last is one of single people."""

    async def read(self) -> bytes:
        """The page of now as JSON.

        Raises:
            QueryInvalid: the parameters have no answer.
            RequestRefused: what they name is not there.
            Exception: whatever the stores raise; it may be read again.
        """


def wish_of(tenant: Tenant, kind: WishKind, parameters: Mapping[str, str], now: datetime) -> Wish:
    """What these parameters ask for.

    Raises:
        QueryInvalid: they cannot be answered.
    """
    if kind == "board":
        if "board" in parameters:
            check_asks_of_declared(parameters)  # the rest its declaration decides, when it is read
        else:
            question_from(tenant, parameters, now)
    elif kind in TRENDS:
        check_asks_of_trend(TRENDS[kind], parameters)
        if "board" not in parameters:
            trend_from(tenant, TRENDS[kind], parameters, None, now)
    else:
        _known(parameters, METRIC_PARAMETERS)
        subject_of(tenant, parameters["metric"], parameters.get("entity"), parameters.get("currency"))
    return Wish(tenant, kind, tuple(sorted(parameters.items())))


class SeriesSource:
    """A metric's series. It is read anew when the rollups have moved, or when another bucket has begun."""

    shape = SERIES

    def __init__(
        self, wish: Wish, database: db.Database, clock: Callable[[], datetime], gate: asyncio.Semaphore
    ) -> None:
        """``gate``: is passed to read."""
        self.until: datetime | None = None
        self.meaning: object = None
        self.of_fans = wish.of_fans
        self._gate = gate
        self._tenant = wish.tenant
        self._parameters = dict(wish.parameters)
        self._database = database
        self._clock = clock
        self._last: tuple[list[int], datetime, bytes] | None = None

    async def read(self) -> bytes:
        """See ``Source``."""
        async with self._gate:
            return await self._page()

    async def _page(self) -> bytes:
        tenant, given, now = self._tenant, self._parameters.get, self._clock()
        if self._last is not None:
            async with self._database.tenant(tenant.tenant_id) as connection:
                standing = await read_position(connection, tenant.tenant_id)
            if standing == self._last[0] and now < self._last[1]:
                return self._last[2]
        since, until = given("from"), given("to")
        page = await series(
            self._database,
            tenant,
            subject_of(tenant, self._parameters["metric"], given("entity"), given("currency")),
            given("id"),
            grain_named(given("grain", "day")),
            None if since is None else instant(since, "from"),
            None if until is None else instant(until, "to"),
            now,
        )
        body = msgspec.json.encode(page)
        moves_on = page.until if until is None else datetime.max.replace(tzinfo=page.until.tzinfo)
        self._last = page.position, moves_on, body
        return body


def _known(parameters: Mapping[str, str], names: tuple[str, ...]) -> None:
    unknown = sorted(parameters.keys() - set(names))
    if unknown:
        raise QueryInvalid(f"There is no parameter {unknown[0]!r} here; there are {', '.join(names)}.", unknown[0])
    if "metric" not in parameters:
        raise QueryInvalid("metric says which metric.", "metric")
