"""What the load generator can be told to do, and what it answers: the JSON between the two processes."""

import msgspec

from bench.mix import Totals
from bench.streams import Standing


class Where(msgspec.Struct, frozen=True):
    """The server under load, the key to send with, and the seed of the mix."""

    host: str
    port: int
    key: str
    seed: int


class PrepareBatches(msgspec.Struct, frozen=True, tag=True):
    """Build bodies of `size` events ahead, until there are `count`."""

    count: int
    size: int = 1_000


class PrepareSingles(msgspec.Struct, frozen=True, tag=True):
    """Build bodies of one event ahead, until there are `count`."""

    count: int


class PrepareMembers(msgspec.Struct, frozen=True, tag=True):
    """Build votes of fans who have not voted before, from number `first` on, in batches."""

    first: int
    count: int
    size: int = 1_000


class SendCatalogue(msgspec.Struct, frozen=True, tag=True):
    """Send the catalogue behind the mix, or only the first pages of it: venues, artists, events, then tracks."""

    pages: int = 1_000


class Batches(msgspec.Struct, frozen=True, tag=True):
    """Send prepared batches, each connection as fast as it is answered."""

    count: int
    connections: int = 4


class Singles(msgspec.Struct, frozen=True, tag=True):
    """POST prepared events one by one for some seconds: as fast as answers come, or evenly at `per_s`."""

    path: str
    seconds: float
    connections: int = 64
    per_s: float = 0.0


class BatchesWhileKeptUp(msgspec.Struct, frozen=True, tag=True):
    """Send batches as fast as they are answered, but only while the lag is at most `lag_max` entries.

    Meanwhile `board` is looked at for the lag, and each of `watched` is read once in `watch_every_s`.
    """

    seconds: float
    board: str
    watched: list[str] = []
    watch_every_s: float = 2.0
    lag_max: int = 40_000
    look_every_s: float = 0.2
    connections: int = 4
    size: int = 1_000


class Freshness(msgspec.Struct, frozen=True, tag=True):
    """Send evenly in small batches; every so often wait for an acknowledged entry to be counted on `board`."""

    events_per_s: float
    seconds: float
    board: str
    probe_every_s: float = 0.1
    connections: int = 4
    size: int = 10


class Marked(msgspec.Struct, frozen=True, tag=True):
    """Send evenly in small batches to the only partition; every so often note an acknowledged entry."""

    events_per_s: float
    seconds: float
    mark_every_s: float = 0.1
    connections: int = 4
    size: int = 10


class Reads(msgspec.Struct, frozen=True, tag=True):
    """GET paths in turn for some seconds, each connection as fast as it is answered: or evenly at `per_s`."""

    paths: list[str]
    seconds: float
    connections: int = 32
    expect: str = ""
    per_s: float = 0.0


class ValkeyReads(msgspec.Struct, frozen=True, tag=True):
    """Read the first rows of one sorted set for some seconds, by bare connections to Valkey."""

    host: str
    port: int
    password: str
    key_hex: str
    verb: str
    rows: int
    seconds: float
    connections: int = 32


Command = (
    PrepareBatches
    | PrepareSingles
    | PrepareMembers
    | SendCatalogue
    | Batches
    | Singles
    | BatchesWhileKeptUp
    | Freshness
    | Marked
    | Reads
    | ValkeyReads
)


class Outcome(msgspec.Struct, omit_defaults=True):
    """What came of a command. Latencies are from a request's due time to its whole answer."""

    requests: int = 0
    events: int = 0
    """Events acknowledged."""
    seconds: float = 0.0
    """From the first request to the last answer."""
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    max_ms: float = 0.0
    totals: Totals = {}
    wrong: list[str] = []
    """The ends of some answers that were not as they should be."""
    standings: list[Standing] = []
    closed: int = 0
    """How often the lag held a batch back for a few milliseconds."""
    built_late: int = 0
    """Batches that had to be made while the clock ran."""
    reads: int = 0
    reads_live: int = 0
    """Of the boards that were read meanwhile, how often one was live."""
    seen_after_ms: list[float] = []
    never_seen: int = 0
    marks: list[tuple[int, int]] = []
    """Offsets of some entries, and when they were acknowledged, in nanoseconds of the machine's steady clock."""

    @property
    def events_per_s(self) -> float:
        """Acknowledged events a second."""
        return self.events / self.seconds

    @property
    def requests_per_s(self) -> float:
        """Answers a second."""
        return self.requests / self.seconds
