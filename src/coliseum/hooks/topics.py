"""What tenants can be told of, and what each message holds. The structs are what docs/WEBHOOKS.md shows."""

from datetime import datetime
from typing import Final, Literal, get_args

import msgspec

Topic = Literal[
    "board.leader_changed",
    "season.ended",
    "threshold.reached",
    "dead_letter.added",
    "plan.changed",
    "key.revoked",
    "endpoint.disabled",
]
TOPICS: Final[tuple[Topic, ...]] = get_args(Topic)
PING: Final = "test.ping"
"""Sent to one endpoint when it is asked for, whatever it wants to be told of."""


class Told(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The ``data`` of a message."""


class Leader(Told, frozen=True):
    """A row of a board."""

    rank: int
    id: str
    name: str
    score: int


class LeaderChanged(Told, frozen=True, kw_only=True):
    """The first members of a board, or their order, are others than before.

    ``before``: their ids, first place first; null when there is no room for them. ``position``: up to which offset of
    each partition the rows count.
    """

    board: str
    title: str
    metric: str
    unit: str
    currency: str | None
    entity: str
    window: str
    window_start: datetime | None
    window_end: datetime | None
    top: int
    rows: list[Leader]
    before: list[str] | None
    position: list[int]


class SeasonBoardEnded(Told, frozen=True):
    """One board of a window that has closed; ``link`` reads it from this server."""

    metric: str
    currency: str | None
    entity: str
    members: int
    link: str


class SeasonEnded(Told, frozen=True):
    """A window has closed, and these boards are kept as they stood."""

    window: str
    starts_at: datetime
    ends_at: datetime
    closed_at: datetime
    seasons: list[SeasonBoardEnded]


class ThresholdReached(Told, frozen=True, kw_only=True):
    """A number has come to the value of a threshold, for the first time in this window."""

    name: str
    metric: str
    unit: str
    currency: str | None
    entity: str
    id: str | None
    window: str
    window_start: datetime | None
    window_end: datetime | None
    threshold: int
    value: int
    position: list[int]


class DeadLetterAdded(Told, frozen=True):
    """An entry of the log could not be digested by a consumer, whose numbers are without it."""

    consumer: str
    partition: int
    offset: int
    id: str
    type: str


class PlanChanged(Told, frozen=True, rename={"before": "from", "after": "to"}):
    """The tenant has another plan."""

    before: str
    after: str


class KeyRevoked(Told, frozen=True):
    """A key does not work any more."""

    key_id: int
    name: str
    kind: str
    prefix: str
    revoked_at: datetime


class EndpointDisabled(Told, frozen=True):
    """An endpoint is sent nothing any more, because it failed for days or said that it is gone."""

    endpoint_id: int
    reason: Literal["gone", "failing"]
    failing_since: datetime | None


class Ping(Told, frozen=True):
    """A test."""

    endpoint_id: int


DATA: Final[dict[str, type[Told]]] = {
    "board.leader_changed": LeaderChanged,
    "season.ended": SeasonEnded,
    "threshold.reached": ThresholdReached,
    "dead_letter.added": DeadLetterAdded,
    "plan.changed": PlanChanged,
    "key.revoked": KeyRevoked,
    "endpoint.disabled": EndpointDisabled,
    PING: Ping,
}


class Message(msgspec.Struct, frozen=True):
    """The body of a webhook, but for ``data``, which is as it was put."""

    type: str
    timestamp: datetime
    data: msgspec.Raw
