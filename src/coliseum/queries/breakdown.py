"""Breakdowns: a metric's total in a period, the parts it is made of, over time, beside another period.

Everything of an answer is read in one snapshot, from the rollups. The total is always the parts that are shown, the
others, and the rest: what no part has, or, where something counts for several parts, what counts more than once.
"""

from datetime import datetime
from typing import Final

import msgspec

from coliseum import db
from coliseum.metrics.registry import Kind
from coliseum.metrics.windows import Window
from coliseum.queries.breakdown_asked import PLACES, Asked
from coliseum.queries.breakdown_reading import SQL, Reading, Values
from coliseum.queries.names import NOBODY, Named, names_of
from coliseum.queries.pages import read_position

CHOICES_MAX: Final = 100


class Line(msgspec.Struct, frozen=True, rename="camel"):
    """A value in the period, in the one it is compared with (null without one), and in the buckets of both."""

    value: int
    before: int | None
    values: list[int]
    before_values: list[int]


class Part(Line, frozen=True):
    """A part of the total. ``id`` and ``name`` of a city or a genre are its name; a forgotten fan has no name."""

    id: str
    name: str | None
    picture: str | None
    forgotten: bool | msgspec.UnsetType = msgspec.UNSET


class Stretch(msgspec.Struct, frozen=True, rename={"since": "from", "until": "to"}):
    """A period: ``from`` included, ``to`` not; null for all time. ``buckets``: where they begin."""

    since: datetime | None
    until: datetime | None
    buckets: list[datetime]


class Breakdown(msgspec.Struct, frozen=True, rename="camel"):
    """The answer. ``members``: how many parts there are, ``others`` those that are not shown, taken together.

    ``total`` is the sum of ``parts``, ``others`` and ``rest``, in every bucket and in both periods. ``additive``: the
    rest belongs to no part; otherwise it is what counts for several parts, with a minus.
    """

    metric: str
    unit: str
    currency: str | None
    split: str
    filters: dict[str, str]
    window: str
    grain: str | None
    time_zone: str
    period: Stretch
    compare: str | None
    compared: Stretch | None
    additive: bool
    members: int
    total: Line
    parts: list[Part]
    others: Line
    rest: Line
    position: list[int]


async def breakdown(database: db.Database, asked: Asked) -> Breakdown:
    """The answer to a question.

    Raises:
        QueryInvalid: the period has too many buckets.
        StoreUnavailable: PostgreSQL is away.
    """
    tenant_id = asked.tenant.tenant_id
    async with database.tenant(tenant_id, snapshot=True) as connection:
        await connection.execute(SQL["plan_hours"])
        now = await Reading.of(connection, asked, asked.window)
        before = None if asked.compared is None else await Reading.of(connection, asked, asked.compared)
        ranked = await now.ranked() if asked.split != "none" else []
        keys = [row.part for row in ranked]
        members, whole = (ranked[0].members, ranked[0].whole) if ranked else (0, 0)
        mine = await now.values(keys, {row.part: row.value for row in ranked}, whole)
        others = None if before is None else await before.values(keys)
        position = await read_position(connection, tenant_id)
        await connection.execute(SQL["plan_rows"])
        names = await _names(connection, asked, keys)
    return _answer(asked, (now, before), keys, members, (mine, others), names, position)


def _answer(
    asked: Asked,
    readings: tuple[Reading, Reading | None],
    keys: list[str],
    members: int,
    values: tuple[Values, Values | None],
    names: dict[str, Named],
    position: list[int],
) -> Breakdown:
    mine, before = values
    subject = asked.subject

    def line(name: str) -> Line:
        here, there = getattr(mine, name), None if before is None else getattr(before, name)
        return Line(here[0], None if there is None else there[0], here[1], [] if there is None else there[1])

    parts = []
    for key in keys:
        known, here = names.get(key, NOBODY), mine.parts[key]
        there = None if before is None else before.parts[key]
        parts.append(Part(here[0], None if there is None else there[0], here[1], [] if there is None else there[1],
                          known.id, known.name, known.picture, known.mark))  # fmt: skip
    split = asked.split != "none"
    return Breakdown(
        subject.metric.name, subject.metric.unit, subject.currency or None, asked.split, asked.filters.given,
        asked.window.name, None if asked.grain is None else asked.grain.label, asked.tenant.time_zone,
        _stretch(asked.window, readings[0]), asked.compare,
        None if asked.compared is None or readings[1] is None else _stretch(asked.compared, readings[1]),
        asked.additive, members, line("total"), parts,
        line("others") if split else _nothing(line("total"), keep=False),
        line("rest") if split else _nothing(line("total"), keep=True), position,
    )  # fmt: skip


def _nothing(total: Line, *, keep: bool) -> Line:
    """Of a total that is not split, all is the rest, and nothing the others."""
    if keep:
        return total
    zeros = ([0] * len(total.values), [0] * len(total.before_values))
    return Line(0, None if total.before is None else 0, *zeros)


def _stretch(window: Window, reading: Reading) -> Stretch:
    return Stretch(window.start, window.end, reading.buckets)


async def _names(connection: db.Connection, asked: Asked, keys: list[str]) -> dict[str, Named]:
    """What the parts are called."""
    if asked.split in PLACES or asked.subject.kind is Kind.TENANT:
        return {key: Named(0, key, key, None) for key in keys}
    numbers = [int(key) for key in keys]
    found = await names_of(connection, asked.tenant.tenant_id, asked.subject.kind, numbers)
    return {str(number): named for number, named in found.items()}


class Choice(msgspec.Struct, frozen=True):
    """What a filter can be set to, and what it is called."""

    filter: str
    id: str
    name: str


async def choices(database: db.Database, tenant_id: int) -> list[Choice]:
    """What filters can be set to, by the catalogue: the first hundred of each."""
    async with database.tenant(tenant_id) as connection:
        return await db.rows(connection, Choice, SQL["breakdown_choices"], tenant_id, CHOICES_MAX)
