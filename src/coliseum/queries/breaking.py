"""Breaking: who counted lately far more than they used to. Integers decide; fractions are for display."""

from datetime import datetime

import msgspec

from coliseum import db
from coliseum.metrics.registry import SCORE_MAX
from coliseum.queries.decay import hour_instant, rounded
from coliseum.queries.hourly import SQL, Asked, check_number, reading
from coliseum.queries.names import NOBODY, Named, names_of
from coliseum.queries.pages import read_position

HOURS_MAX = 168
BASELINE_HOURS = 28 * 24
DECIMALS = 2


class BreakingRow(msgspec.Struct, frozen=True, rename="camel"):
    """A member: what it counted lately, what it used to count in as many hours, and how often that fits.

    ``baseline_total`` is what it counted in the 28 days before. ``newcomer``: that is nothing.
    """

    rank: int
    id: str
    name: str | None
    picture: str | None
    recent: int
    baseline: float
    baseline_total: int
    ratio: float
    newcomer: bool
    forgotten: bool | msgspec.UnsetType = msgspec.UNSET


class BreakingBoard(msgspec.Struct, frozen=True, rename="camel"):
    """The members with the highest ratios. The baseline is from ``baseline_start`` to ``window_start``."""

    metric: str
    unit: str
    currency: str | None
    entity: str
    hours: int
    min_support: int
    min_baseline: int
    baseline_start: datetime
    window_start: datetime
    window_end: datetime
    filters: dict[str, str]
    members: int
    position: list[int]
    rows: list[BreakingRow]


class Breaking(msgspec.Struct, frozen=True):
    """A question for a breaking board: how many hours are lately, and what a member must have counted at least."""

    asked: Asked
    hours: int
    min_support: int
    min_baseline: int

    def row(self, compared: "_Compared", known: Named) -> BreakingRow:
        """A member in words. The ratio is to at least one unit, so that hardly anything is no baseline."""
        recent, before = compared.recent, compared.before
        denominator = max(before * self.hours, BASELINE_HOURS)
        return BreakingRow(
            compared.rank, known.id, known.name, known.picture, recent,
            rounded(before * self.hours, BASELINE_HOURS, DECIMALS), before,
            rounded(recent * BASELINE_HOURS, denominator, DECIMALS), before == 0, known.mark,
        )  # fmt: skip


class _Compared(msgspec.Struct, frozen=True):
    entity: int
    recent: int
    before: int
    rank: int
    members: int


def breaking_of(asked: Asked, hours: int, min_support: int, min_baseline: int) -> Breaking:
    """What is asked.

    Raises:
        QueryInvalid: one of the numbers is out of its bounds.
    """
    check_number(hours, "hours", 1, HOURS_MAX)
    check_number(min_support, "min_support", 1, SCORE_MAX)
    check_number(min_baseline, "min_baseline", 0, SCORE_MAX)
    return Breaking(asked, hours, min_support, min_baseline)


async def breaking(database: db.Database, question: Breaking) -> BreakingBoard:
    """Members with enough support: highest ratio first, then who counted more, then the entity known longest.

    Raises:
        StoreUnavailable: PostgreSQL is away.
    """
    asked = question.asked
    first = asked.number - question.hours + 1
    baseline = first - BASELINE_HOURS
    tenant_id = asked.tenant.tenant_id
    async with reading(database, asked) as connection:
        compared = await db.rows(
            connection, _Compared, SQL["breaking"], *asked.facts(baseline), hour_instant(first), question.hours,
            BASELINE_HOURS, question.min_support, question.min_baseline, asked.limit,
        )  # fmt: skip
        at = await read_position(connection, tenant_id)
        await connection.execute(SQL["plan_rows"])
        names = await names_of(connection, tenant_id, asked.subject.kind, [row.entity for row in compared])
    return BreakingBoard(
        metric=asked.subject.metric.name,
        unit=asked.subject.metric.unit,
        currency=asked.subject.currency or None,
        entity=asked.subject.kind.label,
        hours=question.hours,
        min_support=question.min_support,
        min_baseline=question.min_baseline,
        baseline_start=asked.start(baseline),
        window_start=asked.start(first),
        window_end=asked.end,
        filters=asked.narrowed,
        members=compared[0].members if compared else 0,
        position=at,
        rows=[question.row(row, names.get(row.entity, NOBODY)) for row in compared],
    )
