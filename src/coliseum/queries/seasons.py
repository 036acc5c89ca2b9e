"""Reading seasons: which there are, what stood on one, and one entity's run through them."""

import base64
import binascii
from datetime import UTC, datetime

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.boards.seasons import season_grain, season_kind
from coliseum.errors import QueryInvalid, SeasonMissing
from coliseum.metrics.registry import Kind, Metric, Unique, metric_named
from coliseum.metrics.windows import Grain, window_at
from coliseum.queries.ask import check_text
from coliseum.queries.names import NOBODY, names_of, number_of

SQL = db.statements("coliseum.queries")
LIMIT_MAX = 1_000
CURSOR_MAX = 2**53


class Chart(msgspec.Struct, frozen=True):
    """The seasons of one board, one after another: what all questions about seasons are about."""

    tenant: Tenant
    metric: Metric | Unique
    kind: Kind
    grain: Grain

    @property
    def currency(self) -> str | None:
        """Of money, the tenant's: there are no seasons in others."""
        return self.tenant.currency if self.metric.money else None

    @property
    def where(self) -> tuple[int, str, int, int]:
        """The parameters that all statements begin with."""
        metric = f"{self.metric.name}:{self.currency}" if self.currency else self.metric.name
        return self.tenant.tenant_id, metric, int(self.kind), int(self.grain)


class Season(msgspec.Struct, frozen=True, rename="camel"):
    """A closed window of one board. ``position``: up to which offset of each partition the log was counted for it.

    ``kept``: how many of its members, the first ones, have a row.
    """

    window_start: datetime
    window_end: datetime
    closed_at: datetime
    position: list[int]
    members: int
    kept: int


class SeasonList(msgspec.Struct, frozen=True, rename="camel"):
    """The seasons of one board, newest first."""

    metric: str
    unit: str
    currency: str | None
    entity: str
    window: str
    seasons: list[Season]
    next_cursor: str | None


class SeasonRow(msgspec.Struct, frozen=True):
    """A row as it stood when the window closed; name and picture are today's."""

    place: int
    rank: int
    id: str
    name: str | None
    picture: str | None
    score: int
    forgotten: bool | msgspec.UnsetType = msgspec.UNSET


class SeasonBoard(msgspec.Struct, frozen=True, rename="camel"):
    """What stood on a board when its window closed, in the order of display."""

    metric: str
    unit: str
    currency: str | None
    entity: str
    window: str
    season: Season
    rows: list[SeasonRow]
    next_cursor: str | None


class RunSeason(msgspec.Struct, frozen=True, rename="camel"):
    """One season that an entity was on."""

    window_start: datetime
    window_end: datetime
    rank: int
    score: int
    members: int


class ChartRun(msgspec.Struct, frozen=True, rename="camel"):
    """An entity's run through the seasons of one board, newest first.

    ``peak``: its best rank, None when it was on no season. ``longestStreak``: windows one after another.
    """

    metric: str
    unit: str
    currency: str | None
    entity: str
    id: str
    window: str
    peak: int | None
    periods_at_peak: int
    periods: int
    longest_streak: int
    seasons: list[RunSeason]
    next_cursor: str | None


class _Placed(msgspec.Struct, frozen=True):
    place: int
    rank: int
    entity: int
    score: int


class _Summary(msgspec.Struct, frozen=True):
    peak: int | None
    periods_at_peak: int
    periods: int
    longest_streak: int


def chart_of(tenant: Tenant, metric: str, entity: str, window: str) -> Chart:
    """What a question is about.

    Raises:
        QueryInvalid: there is no such metric, or it has no seasons for that kind or window.
    """
    found = metric_named(metric)
    return Chart(tenant, found, season_kind(found, entity), season_grain(window))


async def season_list(database: db.Database, chart: Chart, *, limit: int, cursor: str | None) -> SeasonList:
    """The seasons of a board, newest first.

    Raises:
        QueryInvalid: the limit or the cursor is none.
    """
    _check_limit(limit)
    before = _instant(cursor)
    async with database.tenant(chart.tenant.tenant_id) as connection:
        found = await db.rows(connection, Season, SQL["season_list"], *chart.where, before, limit)
    more = _cursor(int(found[-1].window_start.timestamp())) if len(found) == limit else None
    return SeasonList(*_about(chart), found, more)


async def season_board(
    database: db.Database, chart: Chart, at: datetime | None, *, limit: int, cursor: str | None
) -> SeasonBoard:
    """The season of the window that holds ``at``, or the newest one.

    Raises:
        QueryInvalid: the limit or the cursor is none.
        SeasonMissing: that window has no season of this board.
    """
    _check_limit(limit)
    after = _number(cursor)
    async with database.tenant(chart.tenant.tenant_id, snapshot=True) as connection:
        season = await _find(connection, chart, at)
        placed = await db.rows(
            connection, _Placed, SQL["season_rows"], *chart.where, season.window_start, after or 0, limit
        )
        names = await names_of(connection, chart.tenant.tenant_id, chart.kind, [row.entity for row in placed])
    rows = [
        SeasonRow(row.place, row.rank, known.id, known.name, known.picture, row.score, known.mark)
        for row in placed
        for known in (names.get(row.entity, NOBODY),)
    ]
    more = _cursor(placed[-1].place) if placed and placed[-1].place < season.kept and len(placed) == limit else None
    return SeasonBoard(*_about(chart), season, rows, more)


async def chart_run(database: db.Database, chart: Chart, entity_id: str, *, limit: int, cursor: str | None) -> ChartRun:
    """One entity's seasons, newest first, and what they come to; one that was on none has an empty run.

    Raises:
        QueryInvalid: the id, the limit or the cursor is none.
    """
    _check_limit(limit)
    check_text(entity_id, "id")
    before = _instant(cursor)
    tenant_id = chart.tenant.tenant_id
    async with database.tenant(tenant_id, snapshot=True) as connection:
        number = await number_of(connection, tenant_id, chart.kind, entity_id) or 0  # nobody's number is 0
        [summary] = await db.rows(connection, _Summary, SQL["season_summary"], *chart.where, number)
        found = await db.rows(connection, RunSeason, SQL["season_run"], *chart.where, number, before, limit)
    metric, unit, currency, entity, window = _about(chart)
    return ChartRun(
        metric, unit, currency, entity, entity_id, window,
        summary.peak, summary.periods_at_peak, summary.periods, summary.longest_streak,
        found,
        _cursor(int(found[-1].window_start.timestamp())) if len(found) == limit else None,
    )  # fmt: skip


async def _find(connection: db.Connection, chart: Chart, at: datetime | None) -> Season:
    window = None if at is None else window_at(chart.grain.label, at, chart.tenant.zone)
    before = None if window is None else window.end
    newest = await db.rows(connection, Season, SQL["season_list"], *chart.where, before, 1)
    if newest and (window is None or newest[0].window_start == window.start):
        return newest[0]
    what = f"There is no season of {chart.metric.name} by {chart.kind.label}"
    if at is None or window is None:
        raise SeasonMissing(f"{what} yet: no {chart.grain.label} with members has closed.", "window")
    near = await connection.fetch(SQL["season_nearest"], *chart.where, window.start)
    starts = " and ".join(row["starts_at"].isoformat() for row in near)
    told = f"the nearest begin at {starts}." if starts else "there is none yet."
    raise SeasonMissing(f"{what} for the {chart.grain.label} that holds {at.isoformat()}; {told}", "at")


def _about(chart: Chart) -> tuple[str, str, str | None, str, str]:
    """What every answer begins with."""
    return chart.metric.name, chart.metric.unit, chart.currency, chart.kind.label, chart.grain.label


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= LIMIT_MAX:
        raise QueryInvalid(f"limit is from 1 to {LIMIT_MAX}.", "limit")


def _cursor(number: int) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(number)).decode().rstrip("=")


def _number(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    try:
        number = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=int)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        raise QueryInvalid("The cursor is not one that this server gave.", "cursor") from None
    if abs(number) > CURSOR_MAX:
        raise QueryInvalid("The cursor is not one that this server gave.", "cursor")
    return number


def _instant(cursor: str | None) -> datetime | None:
    number = _number(cursor)
    try:
        return None if number is None else datetime.fromtimestamp(number, UTC)
    except (ValueError, OverflowError, OSError):
        raise QueryInvalid("The cursor is not one that this server gave.", "cursor") from None
