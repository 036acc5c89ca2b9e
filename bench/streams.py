"""The kinds of traffic that a load consists of; `bench.wire.drive` runs them together on one epoll."""

from array import array
from collections import deque
from collections.abc import Iterator, Sequence

import msgspec

from bench.mix import Totals, add
from bench.wire import Line

WRONG_KEPT = 5


class Request(msgspec.Struct, frozen=True, gc=False):
    """A request as it goes over the wire, what must stand in its answer, its events, and what they add up to."""

    wire: bytes
    expect: bytes = b""
    events: int = 0
    totals: Totals = {}


class Tally:
    """What came of a stream's requests."""

    def __init__(self) -> None:
        self.requests = self.events = 0
        self.latencies_ns = array("q")
        self.totals: Totals = {}
        self.wrong: list[str] = []
        self.right = 0
        self.first_ns = self.last_ns = 0

    def add(self, line: Line, request: Request) -> None:
        """Count an answer; one that is not as expected is kept as wrong, and its events count as not stored."""
        self.latencies_ns.append(line.answered_ns - line.began_ns)
        self.last_ns = line.answered_ns
        self.requests += 1
        if line.status not in (200, 201) or request.expect not in line.answer:
            if len(self.wrong) < WRONG_KEPT:
                self.wrong.append(line.answer[-300:].decode("utf-8", "replace"))
            return
        self.right += 1
        self.events += request.events
        add(self.totals, request.totals)


class Pace:
    """As fast as answers come, until a number of nanoseconds have passed; also the base of slower paces."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.start_ns = self.end_ns = 0

    def start(self, now_ns: int) -> None:
        """The clock starts; called once, when everything is prepared and connected."""
        self.start_ns = now_ns
        self.end_ns = now_ns + int(self._seconds * 1e9)

    def due(self, now_ns: int) -> int | None:
        """When the next request is to be sent: now, until the end."""
        return now_ns if now_ns < self.end_ns else None

    def sent(self) -> None:
        """A request has been sent."""


class Steady(Pace):
    """An even rate, whatever the answers do (open loop): latencies count from when a request was due."""

    def __init__(self, seconds: float, per_s: float) -> None:
        super().__init__(seconds)
        self._interval_ns = 1e9 / per_s
        self._count = 0

    def due(self, now_ns: int) -> int | None:  # noqa: ARG002 - an even rate does not look at the clock
        """The next place on the even grid, also when it has passed."""
        at = self.start_ns + int(self._count * self._interval_ns)
        return at if at < self.end_ns else None

    def sent(self) -> None:
        """On to the next place."""
        self._count += 1


class Gate(Pace):
    """As fast as answers come, but only while the lag is below a limit."""

    LOOK_AGAIN_NS = 5_000_000

    def __init__(self, seconds: float, lag_max: int) -> None:
        super().__init__(seconds)
        self._lag_max = lag_max
        self.lag = 0
        self.closed = 0
        """How many looks found it closed."""

    def due(self, now_ns: int) -> int | None:
        """Now, or a little later while the lag is at its limit."""
        if now_ns >= self.end_ns:
            return None
        if self.lag <= self._lag_max:
            return now_ns
        self.closed += 1
        return now_ns + self.LOOK_AGAIN_NS


class Requests:
    """Sends what an iterator gives, at a pace, and tallies the answers."""

    def __init__(self, lines: Sequence[Line], requests: Iterator[Request], pace: Pace) -> None:
        self.idle = deque(lines)
        self.tally = Tally()
        self.pace = pace
        self._requests = requests
        self._next = next(requests, None)

    def due(self, now_ns: int) -> int | None:
        """As the pace says, while there are requests."""
        return None if self._next is None else self.pace.due(now_ns)

    def take(self, line: Line, now_ns: int) -> bytes:
        """The next request."""
        request = self._next
        assert request is not None  # noqa: S101 - due() has said so
        if self.tally.first_ns == 0:
            self.tally.first_ns = now_ns
        line.tag = request
        self._next = next(self._requests, None)
        self.pace.sent()
        return request.wire

    def answered(self, line: Line) -> None:
        """Tally it."""
        assert isinstance(line.tag, Request)  # noqa: S101 - take() has set it
        self.tally.add(line, line.tag)


class Standing(msgspec.Struct, frozen=True):
    """How far everything had come at a moment: entries in the log, in all projections, and on the live boards."""

    at_ns: int
    head: int
    projections: int
    boards: int

    @property
    def lag(self) -> int:
        """Entries that are in the log and not everywhere."""
        return self.head - min(self.projections, self.boards)


class _Consumer(msgspec.Struct):
    consumer: str
    offset: int
    head: int


class _Page(msgspec.Struct):
    source: str
    position: list[int]


_CONSUMERS = msgspec.json.Decoder(list[_Consumer])
_PAGE = msgspec.json.Decoder(_Page)


def body_of(answer: bytes) -> bytes:
    """The body of an answer that came whole."""
    return answer[answer.find(b"\r\n\r\n") + 4 :]


def page_of(answer: bytes) -> _Page:
    """Where a page of a board stands, and where it comes from."""
    return _PAGE.decode(body_of(answer))


class Watch:
    """Looks at the lag every so often: at the consumers, then at a board."""

    def __init__(self, line: Line, status: bytes, board: bytes, every_s: float, gate: Gate) -> None:
        self.idle = deque([line])
        self.standings: list[Standing] = []
        self._wires = {"status": status, "board": board}
        self._every_ns = int(every_s * 1e9)
        self._gate = gate
        self._next_ns = 0
        self._consumers: list[_Consumer] = []

    def due(self, now_ns: int) -> int | None:
        """The status at its time, the board right after it; both until the traffic has ended."""
        if self._consumers:
            return now_ns
        return self._next_ns if now_ns < self._gate.end_ns else None

    def take(self, line: Line, now_ns: int) -> bytes:
        """A question."""
        line.tag = "board" if self._consumers else "status"
        if line.tag == "status":
            self._next_ns = now_ns + self._every_ns
        return self._wires[str(line.tag)]

    def answered(self, line: Line) -> None:
        """Note where things stand; the gate hears of it."""
        if line.tag == "status":
            self._consumers = _CONSUMERS.decode(body_of(line.answer))
            return
        page = page_of(line.answer)
        done: dict[str, int] = {}
        for consumer in self._consumers:
            done[consumer.consumer] = done.get(consumer.consumer, 0) + consumer.offset
        head = sum(consumer.head for consumer in self._consumers) // len(done)
        projections = min(done.values())
        boards = min(head, sum(page.position)) if page.source == "live" else 0
        standing = Standing(line.answered_ns, head, projections, boards)
        self.standings.append(standing)
        self._gate.lag = standing.lag
        self._consumers = []


class Probe:
    """After an acknowledged entry, asks a board again and again until it has counted that entry."""

    AGAIN_NS = 1_000_000
    GIVE_UP_NS = 10_000_000_000

    def __init__(self, line: Line, board: bytes, every_s: float) -> None:
        self.idle = deque([line])
        self.seen_after_ns = array("q")
        self.asked = self.never = 0
        self._board = board
        self._every_ns = int(every_s * 1e9)
        self._wanted: tuple[int, int, int] | None = None
        self._ask_ns = self._quiet_until_ns = 0

    def acknowledged(self, line: Line) -> None:
        """Take this answer to a write as the next one to wait for, if it is time for one."""
        if self._wanted is not None or line.answered_ns < self._quiet_until_ns:
            return
        answer = line.answer
        partition = answer.rfind(b'"partition":') + 12
        offset = answer.rfind(b'"offset":') + 9
        self._wanted = (
            int(answer[partition : answer.find(b",", partition)]),
            int(answer[offset : answer.find(b"}", offset)]),
            line.answered_ns,
        )
        self._ask_ns = line.answered_ns
        self._quiet_until_ns = line.answered_ns + self._every_ns

    def due(self, now_ns: int) -> int | None:
        """A little after the last look, while an entry is waited for."""
        return None if self._wanted is None else max(self._ask_ns, now_ns)

    def take(self, line: Line, now_ns: int) -> bytes:  # noqa: ARG002 - every look is the same
        """A look at the board."""
        self.asked += 1
        return self._board

    def answered(self, line: Line) -> None:
        """It is visible when the live board's position is past its offset."""
        assert self._wanted is not None  # noqa: S101 - due() has said so
        partition, offset, since_ns = self._wanted
        page = page_of(line.answer)
        if page.source == "live" and page.position[partition] > offset:
            self.seen_after_ns.append(line.answered_ns - since_ns)
            self._wanted = None
        elif line.answered_ns - since_ns > self.GIVE_UP_NS:
            self.never += 1
            self._wanted = None
        self._ask_ns = line.answered_ns + self.AGAIN_NS


class Marks:
    """Notes an acknowledged entry every so often."""

    def __init__(self, every_s: float) -> None:
        self.marks: list[tuple[int, int]] = []
        self._every_ns = int(every_s * 1e9)

    def acknowledged(self, line: Line) -> None:
        """Note the last entry of this answer to a write, if it is time for one."""
        if not self.marks or line.answered_ns >= self.marks[-1][1] + self._every_ns:
            answer = line.answer
            offset = answer.rfind(b'"offset":') + 9
            self.marks.append((int(answer[offset : answer.find(b"}", offset)]), line.answered_ns))


class Acknowledged(Requests):
    """Requests whose answers a probe is told of."""

    def __init__(self, lines: Sequence[Line], requests: Iterator[Request], pace: Pace, probe: Probe | Marks) -> None:
        super().__init__(lines, requests, pace)
        self._probe = probe

    def answered(self, line: Line) -> None:
        """Tally it, and tell the probe."""
        super().answered(line)
        self._probe.acknowledged(line)
