"""The registry of metrics: one line each says what counts, in which unit, and for whom.

A ``Metric`` sums a measure over events of some types; a ``Unique`` counts the different fans behind a metric. Add a
line here and the rollups, boards, series, explanations and checks follow.
"""

from enum import IntEnum
from typing import Literal

import msgspec

from coliseum.errors import QueryInvalid

SCORE_MAX = 2**53
"""The largest total that is kept: every consumer, JavaScript and sorted sets included, holds it exactly."""


class Kind(IntEnum):
    """The kinds of entity that numbers are kept for; the value is what derived tables store."""

    TENANT = 0
    ARTIST = 1
    EVENT = 2
    FAN = 3
    TRACK = 4
    CITY = 5
    VENUE = 6
    LEADERBOARD = 7
    REPORT = 8

    @property
    def label(self) -> str:
        """The name used on the wire."""
        return self.name.lower()


KINDS = {kind.label: kind for kind in Kind}
TARGETS = ("artist", "event", "venue", "fan", "track", "leaderboard", "report")
"""What can be shared; only the first four can be followed."""


class Metric(msgspec.Struct, frozen=True):
    """A sum over events. ``bill``: what counts for an event counts for the artists on its bill, as it stands now."""

    name: str
    unit: str
    types: tuple[str, ...]
    kinds: tuple[str, ...]
    measure: Literal["value", "seconds"] = "value"
    money: bool = False
    bill: bool = False

    @property
    def boards(self) -> tuple[str, ...]:
        """The kinds of entity that have a board of this metric."""
        kinds = tuple(kind for each in self.kinds for kind in (TARGETS if each == "target" else (each,)))
        return (*kinds, "artist") if self.bill and "artist" not in kinds else kinds


class Unique(msgspec.Struct, frozen=True):
    """The number of different fans whose sum of the metric ``of`` is above zero."""

    name: str
    unit: str
    of: str
    kinds: tuple[str, ...]
    rolling_days: int | None = None
    """Series points look back this many days; None: each point covers its own bucket."""

    @property
    def boards(self) -> tuple[str, ...]:
        """The kinds of entity that have a board of this metric."""
        return self.kinds

    @property
    def money(self) -> bool:
        """Fans are not money."""
        return False


# fmt: off
METRICS: tuple[Metric, ...] = (
    Metric("views", "views", ("concierto.event_viewed",), ("event",), bill=True),
    Metric("interests", "interests", ("concierto.event_interested",), ("event",)),
    Metric("tickets", "tickets", ("concierto.ticket_purchased",), ("event", "fan")),
    Metric("attendance", "visits", ("concierto.event_attended",), ("event", "fan", "city"), bill=True),
    Metric("money_spent", "minor units", ("treasury.money_spent", "treasury.money_refunded"), ("fan", "event", "artist"), money=True),  # noqa: E501
    Metric("money_earned", "minor units", ("treasury.money_earned",), ("fan", "event", "artist"), money=True),
    Metric("votes", "points", ("coliseum.vote_cast", "coliseum.vote_voided"), ("artist", "event", "fan")),
    Metric("plays", "plays", ("player.track_played",), ("track", "artist", "fan")),
    Metric("seconds", "seconds", ("player.track_played",), ("track", "artist", "fan"), measure="seconds"),
    Metric("favorites", "favorites", ("player.track_favorited", "player.track_unfavorited"), ("track", "artist")),
    Metric("follows", "follows", ("social.follow", "social.unfollow"), ("target",)),
    Metric("shares", "shares", ("social.share",), ("target",)),
)
UNIQUES: tuple[Unique, ...] = (
    Unique("voters", "fans", "votes", ("artist", "event")),
    Unique("listeners", "fans", "plays", ("track", "artist"), rolling_days=28),
)
# fmt: on

_ALL: tuple[Metric | Unique, ...] = (*METRICS, *UNIQUES)
BY_NAME: dict[str, Metric | Unique] = {metric.name: metric for metric in _ALL}


class Rule(msgspec.Struct, frozen=True):
    """One event type counts for one metric and kind: a row of coliseum_rules."""

    event_type: str
    metric: str
    kind: str
    measure: str
    money: bool


def rules() -> list[Rule]:
    """The registry as rows; every metric also counts for the tenant as a whole."""
    return [
        Rule(event_type, metric.name, kind, metric.measure, metric.money)
        for metric in METRICS
        for event_type in metric.types
        for kind in ("tenant", *metric.kinds)
    ]


def base_of(metric: Metric | Unique) -> Metric:
    """The summed metric whose rollups answer for this one."""
    base = BY_NAME[metric.of] if isinstance(metric, Unique) else metric
    assert isinstance(base, Metric)  # noqa: S101 - uniques are declared over sums; a test holds it
    return base


def metric_named(name: str) -> Metric | Unique:
    """The metric of that name.

    Raises:
        QueryInvalid: there is none; the message lists those there are.
    """
    metric = BY_NAME.get(name)
    if metric is None:
        raise QueryInvalid(f"There is no metric {name!r}; there are {', '.join(sorted(BY_NAME))}.", "metric")
    return metric


def kind_of(metric: Metric | Unique, entity: str) -> Kind:
    """The kind of entity, if this metric has boards for it.

    Raises:
        QueryInvalid: it has none.
    """
    if entity not in metric.boards:
        raise QueryInvalid(f"{metric.name} is kept for {', '.join(metric.boards)}, not for {entity!r}.", "entity")
    return KINDS[entity]


def stored_name(metric: Metric | Unique, currency: str | None) -> str:
    """The name under which derived tables keep the sum behind a metric: with its currency when it is money."""
    base = base_of(metric)
    return f"{base.name}:{currency}" if base.money else base.name
