"""GET /api/leaderboards, top 100 of a board of a million members, 32 connections.

Against a GET route of the same server that does nothing, and against a bare client of Valkey that reads the same 100
rows with their scores (ZRANGE: the scores stand negated, so that ascending is the order of display). All three take
turns. The members are fans who have voted, each once: a million events that went through the whole system.

Every connection asks for the same page, as a crowd does. The side figure has each asking for a page of its own.
"""

from bench.context import CATALOGUE_PAGES, CATCH_UP_S, Bench
from bench.generator import Generator, generator
from bench.measure import BenchFailed, Line, rates, ratio
from bench.mix import member_weight
from bench.orders import Batches, PrepareMembers, Reads, SendCatalogue, ValkeyReads
from bench.server import NOOP
from bench.servers import HOST, Stand
from bench.watched import make_live
from coliseum import kv
from coliseum.boards.board import Board, Keys
from coliseum.metrics.registry import Kind

MEMBERS, BATCHES_AT_ONCE = 1_000_000, 200
ROWS, PAGES, CONNECTIONS = 100, 32, 32
ROUND_S = 3.0
LIVE_S = 300.0
BOARD = f"/api/leaderboards?metric=votes&entity=fan&window=all&limit={ROWS}"
LIVE = '"source":"live"'
FLOOR, GOAL = 0.40, 0.60


async def measure(bench: Bench) -> list[Line]:
    """Measure it."""
    async with bench.stand("leaderboards", with_noop=True) as stand, generator(stand.where(bench.seed)) as load:
        members = await _fill(bench, stand, load)
        await make_live(stand, [BOARD], LIVE_S)
        pages = await _pages(stand, members)
        bare = await _bare(bench, stand, members)
        seconds = bench.seconds(ROUND_S)
        reads: list[float] = []
        noops: list[float] = []
        bares: list[float] = []
        others: list[float] = []
        for _ in range(bench.rounds + 1):
            noops.append((await load.ask(Reads([NOOP], seconds))).requests_per_s)
            reads.append((await load.ask(Reads([BOARD], seconds, expect=LIVE))).requests_per_s)
            bares.append((await load.ask(bare)).requests_per_s)
            others.append((await load.ask(Reads(pages, seconds, expect=LIVE))).requests_per_s)
            bench.say(f"board {reads[-1]:,.0f}/s, {PAGES} pages {others[-1]:,.0f}/s, no-op {noops[-1]:,.0f}/s, "
                      f"bare client {bares[-1]:,.0f}/s")  # fmt: skip
    del reads[0], noops[0], bares[0], others[0]
    what = f"top {ROWS} of {members / 1e6:.2g} M members, {CONNECTIONS} connections"
    beside = f"board {rates(reads)}"
    return [
        Line(claim="leaderboards", what=f"{what}, of a GET route that does nothing", figure=ratio(reads, noops),
             unit="x", beside=f"{beside}, no-op {rates(noops)}", floor=FLOOR, goal=GOAL),
        Line(claim="leaderboards", what=f"{what}, of a bare client of Valkey", figure=ratio(reads, bares),
             unit="x", beside=f"{beside}, bare client {rates(bares)}", floor=FLOOR, goal=GOAL),
        Line(claim="leaderboards", what=f"{PAGES} different pages of it, of a GET route that does nothing",
             figure=ratio(others, noops), unit="x", beside=f"pages {rates(others)}"),
    ]  # fmt: skip


async def _fill(bench: Bench, stand: Stand, load: Generator) -> int:
    await load.ask(SendCatalogue(bench.many(CATALOGUE_PAGES, 3)))
    stand.start_processor()
    size = bench.batch_events
    batches = bench.many(MEMBERS, PAGES * ROWS + size) // size
    for start in range(0, batches, BATCHES_AT_ONCE):
        count = min(BATCHES_AT_ONCE, batches - start)
        await load.ask(PrepareMembers(start * size, count * size, size))
        await load.ask(Batches(count))
    await bench.check(stand, load)
    await stand.wait_until_caught_up(CATCH_UP_S)
    return batches * size


async def _pages(stand: Stand, members: int) -> list[str]:
    """The first pages of the board; the first is checked to be what it must be."""
    first = await stand.get(BOARD)
    rows = first["rows"]
    best = sorted(map(member_weight, range(members)), reverse=True)[:ROWS]
    if first["members"] != members or [row["score"] for row in rows] != best:
        raise BenchFailed(f"the board of {members} members is not right: {first['members']} members, {rows[:3]}")
    pages, cursor = [BOARD], first["nextCursor"]
    while len(pages) < PAGES:
        pages.append(f"{BOARD}&cursor={cursor}")
        cursor = (await stand.get(pages[-1]))["nextCursor"]
    return pages


async def _bare(bench: Bench, stand: Stand, members: int) -> ValkeyReads:
    """How a bare client reads the same rows; that there are as many members is checked."""
    key = Keys(stand.tenant_id).board(Board("votes", "", Kind.FAN, "all", 0).name)
    store = await kv.KeyValue.open(stand.valkey.url)
    try:
        found = await store.raw.zcount(key, "-inf", "(inf")  # the mark of a whole board stands at infinity
    finally:
        await store.close()
    if found != members:
        raise BenchFailed(f"the sorted set of the board has {found} members and not {members}")
    return ValkeyReads(HOST, stand.valkey.port, stand.valkey_password, key.encode().hex(), "ZRANGE", ROWS,
                       bench.seconds(ROUND_S), CONNECTIONS)  # fmt: skip
