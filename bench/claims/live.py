"""At 2,000 events a second, in batches of 10, with 1,000 who watch a board: from the 201 of an entry to their frames.

Ten times a second an acknowledged entry is picked. Of each who watches over a WebSocket of its own, it is noted when
the first frame came whose position is past that entry's offset; the figure is over all pairs of entry and watcher.
Those who watch are one process, which shares the machine with the system, as the load generator does.
"""

import asyncio

from bench.claims.whole_path import BOARDS_LIVE_S
from bench.context import CATALOGUE_PAGES, CATCH_UP_S, TRIAL_BELOW, Bench
from bench.crowd import watching
from bench.generator import generator
from bench.measure import Line
from bench.orders import Marked, PrepareBatches, SendCatalogue
from bench.servers import PINNED
from bench.watched import make_live

WATCHERS = 1_000
EVENTS_PER_S, BATCH_EVENTS = 2_000, 10
SECONDS, SETTLE_S = 60.0, 5.0
LAST_FRAMES_S = 2.0
FLOOR_MS, GOAL_MS = 250.0, 100.0


async def measure(bench: Bench) -> list[Line]:
    """Measure it."""
    seconds, settle_s = bench.seconds(SECONDS, 2.0), bench.seconds(SETTLE_S)
    trial = bench.scale < TRIAL_BELOW
    per_s = EVENTS_PER_S / 10 if trial else EVENTS_PER_S
    count = WATCHERS // 20 if trial else WATCHERS
    async with bench.stand("live") as stand, generator(stand.where(bench.seed)) as load:
        await load.ask(SendCatalogue(bench.many(CATALOGUE_PAGES, 3)))
        stand.start_processor()
        await stand.wait_until_caught_up(CATCH_UP_S)
        await make_live(stand, [PINNED], BOARDS_LIVE_S)
        await load.ask(PrepareBatches(int(per_s / BATCH_EVENTS * (seconds + settle_s)) + 1, BATCH_EVENTS))
        async with watching(stand.where(bench.seed), count, PINNED) as crowd:
            await crowd.ready()
            await load.ask(Marked(per_s, settle_s, size=BATCH_EVENTS))
            outcome = await load.ask(Marked(per_s, seconds, size=BATCH_EVENTS))
            await stand.wait_until_caught_up(CATCH_UP_S)
            await asyncio.sleep(LAST_FRAMES_S)
            heard = await crowd.waited(outcome.marks)
        web_mb = stand.memory_mb("web")
        await bench.check(stand, load)
    return [
        Line(
            claim="live",
            what=f"{per_s:,.0f} events/s, {count:,} watching: 201 to the frame of the WebSocket, p99",
            figure=heard.p99_ms,
            unit="ms",
            beside=f"{len(outcome.marks)} entries, {heard.waits:,} waits, p50 {heard.p50_ms:.0f} ms, max "
            f"{heard.max_ms:.0f} ms, {heard.never} never; {heard.frames / seconds:,.0f} frames/s of "
            f"{heard.frame_bytes} bytes; {outcome.events_per_s:,.0f} events/s, the 201 p99 {outcome.p99_ms:.0f} ms; "
            f"the web server has {web_mb:.0f} MB",
            floor=FLOOR_MS,
            goal=GOAL_MS,
        )
    ]
