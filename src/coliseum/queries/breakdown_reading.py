"""Reading a breakdown's numbers of one period: parts, their buckets, and the total, whatever is counted."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any, Final, Self

import msgspec

from coliseum import db
from coliseum.metrics.registry import Kind, Unique, stored_name
from coliseum.metrics.windows import Grain, Window, bucket_end, bucket_start, buckets_of, pieces, spans
from coliseum.queries.breakdown_asked import PLACES, Asked, carrier_of

SQL = db.statements("coliseum.queries")
POINTS_MAX: Final = 2_000
FAN_POINTS_MAX: Final = 400
"""Different fans are counted anew for each bucket."""
Numbers = tuple[int, list[int]]
"""A value, and what of it is in each bucket."""


class Values(msgspec.Struct, frozen=True):
    """Everything that was read of one period."""

    total: Numbers
    parts: dict[str, Numbers]
    others: Numbers
    rest: Numbers


class Ranked(msgspec.Struct, frozen=True):
    """A part with its value; how many parts there are, and the sum of all of them."""

    part: str
    value: int
    members: int
    whole: int


class _Row(msgspec.Struct, frozen=True):
    part: str | None
    bucket: datetime | None
    value: int


class Reading:
    """One question in one period, on a connection that holds a snapshot."""

    def __init__(self, connection: db.Connection, asked: Asked, window: Window, buckets: list[datetime]) -> None:
        self._connection = connection
        self._asked = asked
        self._window = window
        self._fans = isinstance(asked.subject.metric, Unique)
        self.buckets = buckets

    @classmethod
    async def of(cls, connection: db.Connection, asked: Asked, window: Window) -> Self:
        """Find the buckets of the period; of all time, those from the first number to the last.

        Raises:
            QueryInvalid: they are too many.
        """
        if asked.grain is None:
            return cls(connection, asked, window, [])
        if window.start is None:
            window = await _reach(connection, asked)
        most = FAN_POINTS_MAX if isinstance(asked.subject.metric, Unique) else POINTS_MAX
        return cls(connection, asked, window, buckets_of(window, asked.grain, asked.tenant.zone, most))

    async def ranked(self) -> list[Ranked]:
        """The largest parts."""
        if self._fans:
            where = (*self._counted(self._by), *self._whole)
            return await db.rows(self._connection, Ranked, SQL["breakdown_fans_ranked"], *where, self._asked.limit)
        where = self._summed(self._by, None)
        return await db.rows(self._connection, Ranked, SQL["breakdown_ranked"], *where, self._asked.limit)

    async def values(self, keys: list[str], known: dict[str | None, int] | None = None, whole: int = 0) -> Values:
        """What these parts come to; ``known`` and ``whole`` when it has been read already without buckets."""
        total = await self._numbers("all", [])
        if not keys:
            nothing = (0, [0] * len(self.buckets))
            return Values(total[""], {}, nothing, total[""])
        parts = await self._numbers(self._by, keys, known)
        others = parts.pop(None, (0, [0] * len(self.buckets)))
        if known is not None:
            others = (whole - sum(known.values()), others[1])
        shown = {key: parts.get(key, (0, [0] * len(self.buckets))) for key in keys}
        return Values(total[""], shown, others, _less(total[""], [*shown.values(), others]))

    async def _numbers(
        self, by: str, keys: list[str], known: dict[str | None, int] | None = None
    ) -> dict[str | None, Numbers]:
        """Values by part, None for all others; the whole, by the empty name, when it is by 'all'."""
        keys = [""] if by == "all" else keys
        found: dict[str | None, dict[datetime, int]] = defaultdict(dict)
        if self.buckets:
            for row in await self._read(by, keys, in_buckets=True):
                if row.bucket is not None:
                    found[row.part][row.bucket] = row.value
        sums = dict(known or {})
        if known is None and self.buckets and not self._fans:
            sums = {part: sum(values.values()) for part, values in found.items()}
        elif known is None:
            sums = {row.part: row.value for row in await self._read(by, keys, in_buckets=False)}
        if by == "all":
            sums.setdefault("", 0)
        return {
            part: (sums.get(part, 0), [found[part].get(bucket, 0) for bucket in self.buckets])
            for part in sums.keys() | found.keys()
        }

    async def _read(self, by: str, keys: list[str], *, in_buckets: bool) -> list[_Row]:
        if self._fans:
            looks = self._looks if in_buckets else self._whole
            where = (*self._counted(by), *looks, keys)
            return await db.rows(self._connection, _Row, SQL["breakdown_fans_values"], *where)
        where = (*self._summed(by, self._asked.grain if in_buckets else None), keys)
        return await db.rows(self._connection, _Row, SQL["breakdown_values"], *where)

    @property
    def _by(self) -> str:
        """What the parts are, in the word of the statements."""
        split = self._asked.split
        return split if split in PLACES or self._fans else "entity"

    def _summed(self, by: str, grain: Grain | None) -> tuple[Any, ...]:
        """What coliseum_breakdown takes."""
        asked = self._asked
        zone, window = asked.tenant.zone, self._window
        if grain is None or window.start is None or window.end is None:
            parts = spans(window, zone)
        else:
            parts = pieces(window.start, window.end, zone, grain)
        if by == "entity":
            kind, bill = asked.subject.kind, asked.bill
        else:  # the tenant's own numbers cannot be narrowed down
            carrier = Kind.TENANT if by == "all" and not asked.filters.given else carrier_of(asked.subject.metric)  # type: ignore[arg-type]
            kind, bill = carrier, False
        return (
            asked.tenant.tenant_id, self._stored, int(kind), [int(each.grain) for each in parts],
            [each.since for each in parts], [each.until for each in parts], bill, *self._filters,
            None if grain is None else grain.label, asked.tenant.time_zone, by,
        )  # fmt: skip

    def _counted(self, by: str) -> tuple[Any, ...]:
        """What coliseum_breakdown_fans takes, before its buckets."""
        return self._asked.tenant.tenant_id, self._stored, by, *self._filters

    @property
    def _whole(self) -> tuple[Any, ...]:
        """The period as one bucket."""
        return [None], [self._window.start], [self._window.end]

    @property
    def _looks(self) -> tuple[Any, ...]:
        """From when to when each bucket looks: over itself, as far as the period has it, or so many days back."""
        grain, metric, window = self._asked.grain, self._asked.subject.metric, self._window
        assert grain is not None and window.start is not None and window.end is not None  # noqa: S101, PT018 - it has buckets
        ends = [min(bucket_end(each, grain, self._asked.tenant.zone), window.end) for each in self.buckets]
        rolling = metric.rolling_days if isinstance(metric, Unique) else None
        if rolling is None:
            return self.buckets, [max(each, window.start) for each in self.buckets], ends
        return self.buckets, [end - timedelta(days=rolling) for end in ends], ends

    @property
    def _stored(self) -> str:
        return stored_name(self._asked.subject.metric, self._asked.subject.currency or None)

    @property
    def _filters(self) -> tuple[str | None, str | None, str | None]:
        filters = self._asked.filters
        return filters.city, filters.genre, filters.event


async def _reach(connection: db.Connection, asked: Asked) -> Window:
    """From the first month with a number to the last; the present one when there are none."""
    stored, zone = stored_name(asked.subject.metric, asked.subject.currency or None), asked.tenant.zone
    row = await connection.fetchrow(SQL["breakdown_reach"], asked.tenant.tenant_id, stored)
    if row is None or row["first"] is None:
        return Window("all", None, None)
    # An hour that is still open stands beside the months.
    first, last = (bucket_start(row[name], Grain.MONTH, zone) for name in ("first", "last"))
    return Window("all", first, bucket_end(last, Grain.MONTH, zone))


def _less(total: Numbers, parts: list[Numbers]) -> Numbers:
    """What a total has beside these."""
    return (
        total[0] - sum(value for value, _ in parts),
        [whole - sum(values[place] for _, values in parts) for place, whole in enumerate(total[1])],
    )
