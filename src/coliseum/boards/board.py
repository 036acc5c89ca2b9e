"""How a board is named, in words and in Valkey.

A member is the entity's number as 8 bytes, most significant first; its score in the sorted set is made of the total
and of when it was reached (``coliseum.boards.ties``). So ascending order is the order of display: best first, inside a
tie who got there first, and at the same moment the entity known longest.

A member whose total has come to nothing stays, between those above and those below nothing, because the moment of its
last entry still counts should more come. It is no member of the board: readers and counts leave it out.

The last member is ``WHOLE``, with the score ``inf``; also a field of the pairs hash of a board of unique fans. It is
put there when filling begins and never again: a Valkey that may evict keys (``maxmemory-policy allkeys-*``) takes it
away with the rest, so an empty board and a lost one differ, and one that was lost and then added to is seen, too.
"""

from datetime import UTC, datetime

import msgspec

from coliseum.boards.ties import LASTING, NONE, Ties, calendar
from coliseum.metrics.registry import BY_NAME, Kind, Metric, Unique
from coliseum.metrics.windows import GRAINS

FILTERS = ("city", "genre", "event")
WHOLE = b""
"""The mark of a board of which nothing was evicted."""


class Board(msgspec.Struct, frozen=True, order=True):
    """One board of one tenant. ``start``: Unix seconds at which its window begins (0 for ``all``).

    Up to two filters, in the order of ``FILTERS``.
    """

    metric: str
    currency: str
    kind: Kind
    window: str
    start: int
    filter: str = ""
    filter_value: str = ""
    second: str = ""
    second_value: str = ""

    @property
    def name(self) -> str:
        """The board's field in the tenant's list of boards, and the end of its key; reversible."""
        parts = [self.metric, self.currency, int(self.kind), self.window, self.start, self.filter, self.filter_value]
        return msgspec.json.encode([*parts, self.second, self.second_value] if self.second else parts).decode()

    @property
    def filters(self) -> dict[str, str]:
        """What it is narrowed down to."""
        pairs = ((self.filter, self.filter_value), (self.second, self.second_value))
        return {name: value for name, value in pairs if name}

    @property
    def ties(self) -> Ties:
        """The order among equal members."""
        if isinstance(self.declared, Unique):
            return NONE
        return calendar(self.start) if self.window in GRAINS else LASTING

    @property
    def bill(self) -> bool:
        """Whether what counts for an event counts for the artists on its bill."""
        metric = self.declared
        return isinstance(metric, Metric) and metric.bill and self.kind is Kind.ARTIST

    @property
    def declared(self) -> Metric | Unique:
        """The registry's line for this board's metric."""
        return BY_NAME[self.metric]

    @property
    def follows_catalog(self) -> bool:
        """Whether a change of the catalogue can move members in, out, up or down."""
        return self.bill or not self.filters.keys().isdisjoint(("city", "genre"))


def board_named(name: str) -> Board:
    """The board behind a name made by ``Board.name``."""
    metric, currency, kind, *rest = msgspec.json.decode(name)
    return Board(metric, currency, Kind(kind), *rest)


def epoch_seconds(instant: datetime | None) -> int:
    """Unix seconds of a window's start; 0 for all time."""
    return 0 if instant is None else int(instant.timestamp())


def start_instant(board: Board) -> datetime | None:
    """The instant at which the board's window begins; None for all time."""
    return None if board.window == "all" else datetime.fromtimestamp(board.start, UTC)


class Keys:
    """The Valkey keys of one tenant: one hash tag, so that one cluster slot holds them all."""

    def __init__(self, tenant_id: int) -> None:
        self.tag = f"{{coliseum:{tenant_id}}}"
        self.state = f"{self.tag}:state"
        """Hash: ``epoch`` (fence), ``edition``, ``p<partition>``, the next offset to read, and ``catalog``, a text
        that changes whenever the catalogue of these offsets does."""
        self.boards = f"{self.tag}:boards"
        """Hash: name of each live board -> Unix seconds when it was last asked for."""
        self.wanted = f"{self.tag}:wanted"
        """Set: names of boards that were asked for and are not live."""

    def board(self, name: str) -> str:
        """The sorted set of a board."""
        return f"{self.tag}:b:{name}"

    def fans(self, name: str) -> str:
        """Of a board that counts fans: the hash of each (member, fan) pair's own total."""
        return f"{self.tag}:f:{name}"


def member(number: int) -> bytes:
    """An entity's number as a member of a sorted set."""
    return number.to_bytes(8, "big")


def number(member_bytes: bytes) -> int:
    """The entity's number behind a member."""
    return int.from_bytes(member_bytes, "big")
