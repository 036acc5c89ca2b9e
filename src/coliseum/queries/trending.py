"""Trending: what members counted, each hour's by its weight of ``decay``. A rebuild gives the very same answer."""

from collections import defaultdict
from datetime import datetime

import msgspec

from coliseum import db
from coliseum.errors import QueryInvalid
from coliseum.queries.decay import HALF_LIFE_HOURS_MAX, Decay, hour_number, rounded
from coliseum.queries.hourly import SQL, Asked, check_number, reading
from coliseum.queries.names import NOBODY, names_of
from coliseum.queries.pages import read_position

EXPLAINED_ROWS_MAX = 20
EXPLAINED_HOURS_MAX = 100_000
"""Hours that an answer may list, all its rows together."""
SCORE_DECIMALS = 6


class TrendingHour(msgspec.Struct, frozen=True, gc=False):
    """What a member counted in an hour, by where it begins, and what a unit of that hour weighs."""

    start: datetime
    value: int
    weight: str


class TrendingRow(msgspec.Struct, frozen=True):
    """A member: ``weighted`` is the exact sum that the order is that of, ``score`` how many units of now that is."""

    rank: int
    id: str
    name: str | None
    picture: str | None
    score: float
    weighted: str
    hours: list[TrendingHour] | None
    forgotten: bool | msgspec.UnsetType = msgspec.UNSET


class TrendingBoard(msgspec.Struct, frozen=True, rename="camel"):
    """The members with the highest decayed sums. ``unit_weight``: what a unit of the current hour weighs."""

    metric: str
    unit: str
    currency: str | None
    entity: str
    half_life_hours: int
    window_start: datetime
    window_end: datetime
    filters: dict[str, str]
    members: int
    position: list[int]
    unit_weight: str
    rows: list[TrendingRow]


class Trending(msgspec.Struct, frozen=True):
    """A question for a trending board."""

    asked: Asked
    half_life_hours: int
    explain: bool

    @property
    def decay(self) -> Decay:
        """The weights of its hours."""
        return Decay(self.half_life_hours, self.asked.number)


class _Scored(msgspec.Struct, frozen=True):
    entity: int
    weighted: str
    rank: int
    members: int


class _Counted(msgspec.Struct, frozen=True):
    entity: int
    bucket: datetime
    value: int


def trending_of(asked: Asked, half_life_hours: int, *, explain: bool) -> Trending:
    """What is asked.

    Raises:
        QueryInvalid: the half-life is none, or the hours that it explains itself with are too many for one answer.
    """
    check_number(half_life_hours, "half_life_hours", 1, HALF_LIFE_HOURS_MAX)
    question = Trending(asked, half_life_hours, explain)
    if explain:
        most = min(EXPLAINED_ROWS_MAX, EXPLAINED_HOURS_MAX // question.decay.hours)
        if asked.limit > most:
            raise QueryInvalid(f"With explain and this half-life, limit is from 1 to {most}.", "limit")
    return question


async def trending(database: db.Database, question: Trending) -> TrendingBoard:
    """Members whose decayed sum is above zero: highest first, inside a tie the entity that is known longest.

    Raises:
        StoreUnavailable: PostgreSQL is away.
    """
    asked, decay = question.asked, question.decay
    tenant_id, facts = asked.tenant.tenant_id, asked.facts(decay.first_hour)
    async with reading(database, asked) as connection:
        scored = await db.rows(connection, _Scored, SQL["trending"], *facts, decay.weights, asked.limit)
        entities = [row.entity for row in scored]
        hours: dict[int, list[TrendingHour]] = defaultdict(list)
        if question.explain:
            for each in await db.rows(connection, _Counted, SQL["trending_hours"], *facts, entities):
                weight = decay.weight(hour_number(each.bucket))
                hours[each.entity].append(TrendingHour(each.bucket, each.value, str(weight)))
        at = await read_position(connection, tenant_id)
        await connection.execute(SQL["plan_rows"])
        names = await names_of(connection, tenant_id, asked.subject.kind, entities)
    rows = []
    for row in scored:
        known, score = names.get(row.entity, NOBODY), rounded(int(row.weighted), decay.unit, SCORE_DECIMALS)
        explained = hours[row.entity] if question.explain else None
        said = (row.rank, known.id, known.name, known.picture, score, row.weighted, explained, known.mark)
        rows.append(TrendingRow(*said))
    return TrendingBoard(
        metric=asked.subject.metric.name,
        unit=asked.subject.metric.unit,
        currency=asked.subject.currency or None,
        entity=asked.subject.kind.label,
        half_life_hours=decay.half_life_hours,
        window_start=asked.start(decay.first_hour),
        window_end=asked.end,
        filters=asked.narrowed,
        members=scored[0].members if scored else 0,
        position=at,
        unit_weight=str(decay.unit),
        rows=rows,
    )
