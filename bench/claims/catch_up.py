"""The processor alone over 2 million waiting entries, until all projections and boards have read them.

The entries come in through HTTP while the processor is stopped. The clock runs from the start of its process.
"""

import asyncio
import time

from bench.claims.whole_path import keep_up, warm_up
from bench.context import CATCH_UP_S, Bench
from bench.generator import Generator, generator
from bench.measure import Line
from bench.orders import Batches, PrepareBatches
from bench.servers import Stand

WAITING_BATCHES, BATCHES_AT_ONCE = 2_000, 200
BUDGET_S = 300.0
WHOLE_PATH_S = 20.0
LOOK_S = 0.2
FLOOR, GOAL = 3.0, 6.0


async def measure(bench: Bench) -> list[Line]:
    """Measure it; against the whole path's rate of this run, or one measured here when that claim was not run."""
    async with bench.stand("catch_up") as stand, generator(stand.where(bench.seed)) as load:
        await warm_up(bench, stand, load)
        whole_path = bench.known.get("whole_path")
        if whole_path is None:
            whole_path = (await keep_up(bench, stand, load, bench.seconds(WHOLE_PATH_S, 2.0))).per_s
            await stand.wait_until_caught_up(CATCH_UP_S)
        stand.stop_processor()
        waiting = await _fill(bench, load, bench.many(WAITING_BATCHES, 4))
        done, took_s = await _catch_up(bench, stand, waiting)
        if done == waiting:
            await bench.check(stand, load)
    return [
        Line(
            claim="catch-up",
            what=f"the processor alone over {waiting / 1e6:.2g} M waiting entries, of the whole path's rate",
            figure=done / took_s / max(whole_path, 1.0),
            unit="x",
            beside=f"{done / took_s:,.0f}/s ({done:,} in {took_s:.1f} s), whole path {whole_path:,.0f}/s",
            floor=FLOOR,
            goal=GOAL,
        )
    ]


async def _fill(bench: Bench, load: Generator, batches: int) -> int:
    before = load.events
    for start in range(0, batches, BATCHES_AT_ONCE):
        count = min(BATCHES_AT_ONCE, batches - start)
        await load.ask(PrepareBatches(count, bench.batch_events))
        await load.ask(Batches(count))
    bench.say(f"{load.events - before:,} entries are waiting")
    return load.events - before


async def _catch_up(bench: Bench, stand: Stand, waiting: int) -> tuple[int, float]:
    """Start the processor; returns how many entries went through everything, in how many seconds.

    Past its budget it is left there: the rate so far is the result.
    """
    began = time.monotonic()
    stand.start_processor()
    while True:
        standing = await stand.standing()
        took_s = time.monotonic() - began
        if standing.lag <= 0 or took_s > BUDGET_S:
            bench.say(f"{waiting - standing.lag:,} of {waiting:,} in {took_s:.1f} s")
            return max(0, waiting - standing.lag), took_s
        stand.require_running()
        await asyncio.sleep(LOOK_S)
