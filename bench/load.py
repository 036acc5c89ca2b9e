"""The load generator: a process of its own, told what to do by lines of JSON, answering each with one.

``python -m bench.load '{"host":"127.0.0.1","port":8000,"key":"…","seed":1}'`` then reads commands from standard input.
"""

import gc
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import cycle

import msgspec

from bench.mix import Body, Mix, catalogue, member_bodies, stamp
from bench.orders import (
    Batches,
    BatchesWhileKeptUp,
    Command,
    Freshness,
    Marked,
    Outcome,
    PrepareBatches,
    PrepareMembers,
    PrepareSingles,
    Reads,
    SendCatalogue,
    Singles,
    ValkeyReads,
    Where,
)
from bench.streams import Acknowledged, Gate, Marks, Pace, Probe, Request, Requests, Steady, Tally, Watch
from bench.wire import Line, Stream, ValkeyLine, drive

BATCH, LOG = "/api/passport/batch", "/api/passport/log"
FOR_EVER_S = 3_600.0


class Load:
    """What the process has prepared, and the commands that use it up."""

    def __init__(self, where: Where) -> None:
        self._where = where
        self._mix = Mix(where.seed)
        self._batches: deque[Body] = deque()
        self._singles: deque[Body] = deque()
        self._late = 0

    def obey(self, command: Command) -> Outcome:
        """Carry a command out."""
        match command:
            case PrepareBatches() | PrepareSingles() | PrepareMembers():
                self._prepare(command)
                return Outcome()
            case SendCatalogue(pages):
                return self._send(BATCH, catalogue(self._where.seed)[:pages], 1)
            case Batches(count, connections):
                return self._send(BATCH, [self._batches.popleft() for _ in range(count)], connections)
            case Singles():
                return self._single_events(command)
            case BatchesWhileKeptUp():
                return self._while_kept_up(command)
            case Freshness():
                return self._freshness(command)
            case Marked():
                return self._marked(command)
            case Reads():
                return self._reads(command)
            case ValkeyReads():
                return self._valkey_reads(command)

    def _prepare(self, command: PrepareBatches | PrepareSingles | PrepareMembers) -> None:
        match command:
            case PrepareBatches(count, size):
                self._batches.extend(self._mix.batch(size) for _ in range(count - len(self._batches)))
            case PrepareSingles(count):
                self._singles.extend(self._mix.singles(count - len(self._singles)))
            case PrepareMembers(first, count, size):
                self._batches.extend(member_bodies(start, size) for start in range(first, first + count, size))

    def _send(self, path: str, bodies: Iterable[Body], connections: int) -> Outcome:
        """Send bodies that are stamped before the clock starts, each connection as fast as it is answered."""
        requests = [self._post(path, body) for body in bodies]
        return self._run(Requests(self._lines(connections), iter(requests), Pace(FOR_EVER_S)))

    def _single_events(self, command: Singles) -> Outcome:
        requests = [self._post(command.path, body) for body in self._singles]
        pace = Steady(command.seconds, command.per_s) if command.per_s else Pace(command.seconds)
        outcome = self._run(Requests(self._lines(command.connections), iter(requests), pace))
        if command.path == LOG:
            for _ in range(outcome.requests):
                self._singles.popleft()
        return outcome

    def _while_kept_up(self, command: BatchesWhileKeptUp) -> Outcome:
        gate = Gate(command.seconds, command.lag_max)
        posts = Requests(self._lines(command.connections), self._fresh_posts(command.size), gate)
        watch = Watch(self._line(), self._get("/api/status"), self._get(command.board), command.look_every_s, gate)
        streams: list[Stream] = [posts, watch]
        reads = None
        if command.watched:
            readers = Steady(command.seconds, len(command.watched) / command.watch_every_s)
            wires = cycle([Request(self._get(path), b'"source":"live"') for path in command.watched])
            reads = Requests(self._lines(2), wires, readers)
            streams.append(reads)
        outcome = self._run(posts, *streams[1:])
        outcome.standings, outcome.closed, outcome.built_late = watch.standings, gate.closed, self._late
        if reads is not None:
            outcome.reads, outcome.reads_live = reads.tally.requests, reads.tally.right
        return outcome

    def _freshness(self, command: Freshness) -> Outcome:
        probe = Probe(self._line(), self._get(command.board), command.probe_every_s)
        pace = Steady(command.seconds, command.events_per_s / command.size)
        requests = self._fresh_posts(command.size)
        posts = Acknowledged(self._lines(command.connections), requests, pace, probe)
        outcome = self._run(posts, probe)
        outcome.seen_after_ms = [ns / 1e6 for ns in probe.seen_after_ns]
        outcome.never_seen, outcome.reads = probe.never, probe.asked
        return outcome

    def _marked(self, command: Marked) -> Outcome:
        marks = Marks(command.mark_every_s)
        pace = Steady(command.seconds, command.events_per_s / command.size)
        lines = self._lines(command.connections)
        outcome = self._run(Acknowledged(lines, self._fresh_posts(command.size), pace, marks))
        outcome.marks = marks.marks
        return outcome

    def _reads(self, command: Reads) -> Outcome:
        requests = cycle([Request(self._get(path), command.expect.encode()) for path in command.paths])
        pace = Steady(command.seconds, command.per_s) if command.per_s else Pace(command.seconds)
        return self._run(Requests(self._lines(command.connections), requests, pace))

    def _valkey_reads(self, command: ValkeyReads) -> Outcome:
        hello = _resp(["AUTH", command.password]) if command.password else b""
        lines = [ValkeyLine(command.host, command.port, hello) for _ in range(command.connections)]
        key = bytes.fromhex(command.key_hex)
        request = Request(_resp([command.verb, key, "0", str(command.rows - 1), "WITHSCORES"]))
        return self._run(Requests(lines, cycle([request]), Pace(command.seconds)))

    def _fresh_posts(self, size: int) -> Iterator[Request]:
        """What is prepared, stamped as it is sent (0.3 ms for 1,000 events), then events made on the spot."""
        self._late = 0
        while self._batches:
            yield self._post(BATCH, self._batches.popleft())
        while True:
            self._late += 1
            yield self._post(BATCH, self._mix.batch(size))

    def _run(self, measured: Requests, *others: Stream) -> Outcome:
        gc.collect()
        gc.disable()  # a collection walks through every prepared body
        now_ns = time.perf_counter_ns()
        for stream in (measured, *others):
            if isinstance(stream, Requests):
                stream.pace.start(now_ns)
        try:
            drive([measured, *others])
        finally:
            gc.enable()
            for stream in (measured, *others):
                for line in stream.idle:
                    line.close()
        return _outcome(measured.tally)

    def _line(self) -> Line:
        return Line(self._where.host, self._where.port)

    def _lines(self, count: int) -> list[Line]:
        return [self._line() for _ in range(count)]

    def _post(self, path: str, body: Body) -> Request:
        text = stamp(body.text, time.time_ns())
        expect = {BATCH: b'"accepted":%d,' % body.events, LOG: b'"status":"accepted"'}.get(path, b"")
        return Request(self._head("POST", path, len(text)) + text, expect, body.events, body.totals)

    def _get(self, path: str) -> bytes:
        return self._head("GET", path, None)

    def _head(self, verb: str, path: str, length: int | None) -> bytes:
        where = self._where
        body = "" if length is None else f"Content-Type: application/json\r\nContent-Length: {length}\r\n"
        host = f"Host: {where.host}:{where.port}\r\nAuthorization: Bearer {where.key}\r\n"
        return f"{verb} {path} HTTP/1.1\r\n{host}{body}\r\n".encode()


def _resp(words: list[str | bytes]) -> bytes:
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        text = word.encode() if isinstance(word, str) else word
        parts.append(b"$%d\r\n%s\r\n" % (len(text), text))
    return b"".join(parts)


def _outcome(tally: Tally) -> Outcome:
    ordered = sorted(tally.latencies_ns)
    return Outcome(
        requests=tally.requests,
        events=tally.events,
        seconds=(tally.last_ns - tally.first_ns) / 1e9,
        p50_ms=_at(ordered, 0.50),
        p99_ms=_at(ordered, 0.99),
        max_ms=_at(ordered, 1.0),
        totals=tally.totals,
        wrong=tally.wrong,
    )


def _at(ordered: list[int], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] / 1e6 if ordered else 0.0


def main() -> None:
    """Obey commands until standard input ends."""
    load = Load(msgspec.json.decode(sys.argv[1], type=Where))
    commands = msgspec.json.Decoder(Command)
    for line in sys.stdin.buffer:
        outcome = load.obey(commands.decode(line))
        sys.stdout.buffer.write(msgspec.json.encode(outcome) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
