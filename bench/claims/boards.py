"""Boards of a million members: that their size costs nothing when read, and what they take; and an hour's turn.

Read by GET /api/leaderboards through the real web process, a board of 1 M fans and one of 10 k of the same tenant in
turns, request by request: the first 100, and 21 around a random member. Before each request the state of the tenant's
boards is touched in Valkey, as it is whenever anything is counted: so every answer is read and none is remembered.

Memory is what MEMORY USAGE with all samples says, of the live board and of a bare sorted set of the same members with
whole numbers as scores.

A turn is the product's own follower, run here with a clock that is set on by an hour. The board of the hour that begins
is live already, which is checked; the work is to make that of the next hour of the one that is over. Two hours of a
window of 24 leave it, 20,000 members in all, half of them for good, and two hours of as many enter it. In real use what
enters has been added to both boards as it came; so it is the work of hours that 20,000 members leave. Meanwhile another
process reads at an even rate around different members of a board as large, for ten seconds with a turn and for ten
without, in turns.
"""

import asyncio
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from statistics import median
from typing import Any

from bench.bulk import Spread, check, member_id, people, write
from bench.context import Bench
from bench.generator import Generator, generator
from bench.measure import BenchFailed, Line, quantile
from bench.orders import Reads
from bench.servers import HOST, Stand
from bench.turning import Turner
from bench.watched import make_live
from coliseum import kv
from coliseum.boards.board import Board, Keys
from coliseum.metrics.registry import Kind

MEMBERS, FEW, MOVING = 1_000_000, 10_000, 10_000
ROWS, AROUND_ROWS = 100, 21
READS = 400
TURNS, HOURS, DAY_HOURS, SPREAD_HOURS = 3, 5, 24, 12
TURN_S, READS_PER_S = 10.0, 100.0
AROUND_IDS = 2_000
"""More than the questions that a web process remembers."""
LIVE_S = 600.0
HOUR = timedelta(hours=1)
LARGE, SMALL = "votes", "plays"
LATER_MAX, MEMORY_MAX, TURN_MS_MAX, BESIDE_MAX = 1.3, 1.15, 1_000.0, 2.0
LIVE = '"source":"live"'


async def measure(bench: Bench) -> list[Line]:
    """Measure it."""
    members, few, moving = bench.many(MEMBERS, 2_000), bench.many(FEW, 200), bench.many(MOVING, 100)
    # All hours are to come: a window that is asked for when it is over is looked back at, and does not turn.
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + (HOURS + 1) * HOUR
    before = now - HOURS * HOUR
    async with bench.stand("boards") as stand, generator(stand.where(bench.seed)) as load:
        oldest = before - (DAY_HOURS - 1) * HOUR
        await _fill(bench, stand, (members, few, moving), oldest, before)
        stand.start_processor()
        await make_live(stand, [_board(LARGE), _board(SMALL)], LIVE_S)
        for metric in (LARGE, SMALL):
            await check(stand, await stand.get(f"{_board(metric)}&limit={ROWS}"), metric, oldest, now + HOUR)
        lines = await _sizes(bench, stand, members, few)
        lines.append(await _memory(bench, stand))
        stand.stop_processor()
        return lines + await _turns(bench, stand, load, members, before)


async def _fill(bench: Bench, stand: Stand, sizes: tuple[int, int, int], oldest: datetime, before: datetime) -> None:
    """All members within the hours that stay in the window; then those of each hour that leaves, and that enters."""
    members, few, moving = sizes
    await people(stand, members + HOURS * moving)
    middle = oldest + HOURS * HOUR
    await write(stand, Spread(LARGE, 0, members, middle, SPREAD_HOURS), Spread(SMALL, 0, few, middle, SPREAD_HOURS))
    for hour in range(HOURS):
        half, others = moving // 2, hour * moving
        gone = Spread(LARGE, members + hour * half, half, oldest + hour * HOUR)
        less = Spread(LARGE, others, half, oldest + hour * HOUR)
        await write(stand, gone, less, Spread(LARGE, others // 2, moving, before + (hour + 1) * HOUR))
    bench.say(f"{members:,} members and {few:,} are written, {moving:,} for each hour that leaves and that enters")


async def _sizes(bench: Bench, stand: Stand, members: int, few: int) -> list[Line]:
    """How long reading takes, of the large board and of the small one."""
    luck = random.Random(bench.seed)

    def top(_size: int) -> str:
        return f"&limit={ROWS}"

    def around(size: int) -> str:
        return f"&around={member_id(luck.randrange(size))}&limit={AROUND_ROWS}"

    asked = {f"top {ROWS}": top, f"{AROUND_ROWS} around a random member": around}
    reader = await Reader.opened(stand)
    try:
        return [await _size(bench, reader, what, part, (members, few)) for what, part in asked.items()]
    finally:
        await reader.close()


async def _size(bench: Bench, reader: "Reader", what: str, part: Callable[[int], str], sizes: tuple[int, int]) -> Line:
    large: list[float] = []
    small: list[float] = []
    for _ in range(bench.many(READS, 20)):
        large.append(await reader.ms(_board(LARGE) + part(sizes[0])))
        small.append(await reader.ms(_board(SMALL) + part(sizes[1])))
    bench.say(f"{what}: {median(large):.2f} ms, {median(small):.2f} ms")
    return Line(
        claim="boards",
        what=f"{what} of {sizes[0]:,} members, of the time at {sizes[1]:,}",
        figure=median(large) / median(small),
        unit="times",
        beside=f"p50 {median(large):.2f} ms and {median(small):.2f} ms, "
        f"p99 {quantile(large, 0.99):.1f} ms and {quantile(small, 0.99):.1f} ms, {len(large)} reads each",
        floor=LATER_MAX,
        goal=LATER_MAX,
    )


class Reader:
    """One connection to the web server and one to Valkey: each read is one of a state that has just changed."""

    def __init__(self, stand: Stand, store: kv.KeyValue) -> None:
        self._connection = HTTPConnection(HOST, stand.port, timeout=60)
        self._headers = {"Authorization": f"Bearer {stand.where(0).key}"}
        self._store = store
        self._state = Keys(stand.tenant_id).state
        self._reads = 0

    @classmethod
    async def opened(cls, stand: Stand) -> "Reader":
        """Connect."""
        return cls(stand, await kv.KeyValue.open(stand.valkey.url))

    async def close(self) -> None:
        """Close both, and leave the state as it was."""
        await self._store.raw.hdel(self._state, "bench")
        await self._store.close()
        self._connection.close()

    async def ms(self, path: str) -> float:
        """How long an answer takes, in milliseconds; it must come from the live board and have rows.

        Raises:
            BenchFailed: it does not.
        """
        self._reads += 1
        await self._store.raw.hset(self._state, "bench", self._reads)
        began_ns = time.perf_counter_ns()
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse().read()
        took_ns = time.perf_counter_ns() - began_ns
        if LIVE.encode() not in answer or b'"rows":[{' not in answer:
            raise BenchFailed(f"GET {path} was answered {answer[:300]!r}")
        return took_ns / 1e6


async def _memory(bench: Bench, stand: Stand) -> Line:
    """What a member takes, and what it takes in a bare sorted set; both have the same members."""
    store = await kv.KeyValue.open(stand.valkey.url)
    board = Board(LARGE, "", Kind.FAN, "all", 0)
    key, bare = Keys(stand.tenant_id).board(board.name), "bench:bare"
    try:
        at, size = 0, await store.raw.zcard(key) - 1  # without the mark of a whole board
        while at < size:
            rows = await store.raw.zrange(key, at, min(at + 5_000, size) - 1, withscores=True)
            await store.raw.zadd(bare, {member: -board.ties.read(score)[0] for member, score in rows})
            at += len(rows)
        used, least = [await store.raw.memory_usage(each, samples=0) for each in (key, bare)]
        if await store.raw.zcard(bare) != size:
            raise BenchFailed(f"the bare sorted set does not have the {size} members of the board")
    finally:
        await store.raw.unlink(bare)
        await store.close()
    bench.say(f"memory: {used / size:.1f} bytes a member, bare {least / size:.1f}")
    return Line(claim="boards", what=f"memory of a member of {size:,}, of a bare sorted set's", figure=used / least,
                unit="times", beside=f"{used / size:.1f} and {least / size:.1f} bytes", floor=MEMORY_MAX,
                goal=MEMORY_MAX)  # fmt: skip


async def _turns(bench: Bench, stand: Stand, load: Generator, members: int, before: datetime) -> list[Line]:
    luck = random.Random(bench.seed)
    paths = [f"{_board(LARGE)}&around={member_id(luck.randrange(members))}&limit={AROUND_ROWS}"
             for _ in range(AROUND_IDS)]  # fmt: skip
    reads = Reads(paths, bench.seconds(TURN_S, 2.0), expect=LIVE, per_s=READS_PER_S)
    took_ms: list[float] = []
    held_ms: list[float] = []
    quiet: list[float] = []
    beside: list[float] = []
    async with Turner.over(stand) as turner:
        size = await _made_live(stand, turner, before)
        for hour in range(1, TURNS + 1):
            luck.shuffle(paths)
            quiet.append((await load.ask(reads)).p99_ms)
            asked = asyncio.create_task(load.ask(reads))
            await asyncio.sleep(reads.seconds / 2)
            if (await stand.get(_day(before + hour * HOUR)))["source"] != "live":
                raise BenchFailed("the board of the hour that begins is not live yet")
            took, held = await turner.turn(before + hour * HOUR)
            beside.append((await asked).p99_ms)
            took_ms.append(took)
            held_ms.append(held)
            bench.say(f"turn: {took:.0f} ms, the longest call {held:.0f} ms; reads p99 {beside[-1]:.1f} ms, "
                      f"{quiet[-1]:.1f} ms without")  # fmt: skip
            await _check_turned(stand, before + hour * HOUR)
    moving = f"{2 * bench.many(MOVING, 100):,} leave and {2 * bench.many(MOVING, 100):,} enter"
    return [
        Line(claim="boards", what=f"24h board of {size:,} members turns, {moving}", figure=median(took_ms), unit="ms",
             beside=f"{_ms(took_ms)}, the longest call to Valkey {_ms(held_ms)}",
             floor=TURN_MS_MAX, goal=TURN_MS_MAX),
        Line(claim="boards", what=f"p99 of reads within {reads.seconds:.0f} s of such a turn, of that without",
             figure=median(beside) / median(quiet), unit="times",
             beside=f"{_ms(beside)}, without {_ms(quiet)}; {READS_PER_S:.0f} reads/s", floor=BESIDE_MAX,
             goal=BESIDE_MAX),
    ]  # fmt: skip


async def _made_live(stand: Stand, turner: Turner, now: datetime) -> int:
    """Make the board of the window that holds this hour live; how many members it has."""
    await stand.get(_day(now))
    await turner.settle(now)
    return int((await _check_turned(stand, now))["members"])


async def _check_turned(stand: Stand, now: datetime) -> Any:
    page = await stand.get(_day(now))
    if page["source"] != "live":
        raise BenchFailed(f"the board of the window that holds {now} is not live")
    await check(stand, page, LARGE, now - (DAY_HOURS - 1) * HOUR, now + HOUR)
    return page


def _board(metric: str) -> str:
    return f"/api/leaderboards?metric={metric}&entity=fan&window=all"


def _day(now: datetime) -> str:
    return f"/api/leaderboards?metric={LARGE}&entity=fan&window=24h&at={now:%Y-%m-%dT%H:%M:%SZ}&limit={ROWS}"


def _ms(values: list[float]) -> str:
    return f"{median(values):.1f} ms ({min(values):.1f} to {max(values):.1f})"
