"""What growth costs: appends, and the whole path, with 20 million entries in the log against 1 million.

The log grows through the HTTP API with all projections and boards following, so keys, entries, heads, rollups and
boards are all of the size that they have in a system that old. The memory of that run is kept for the claim `memory`.
"""

from statistics import median

import msgspec

from bench.claims.append import append_and_copy
from bench.claims.whole_path import keep_up, warm_up
from bench.context import CATCH_UP_S, Bench
from bench.filling import Memory, fill
from bench.generator import Generator, generator
from bench.measure import Line, rates
from bench.servers import Stand

SMALL, LARGE = 1_000_000, 20_000_000
FILL_SMALL_S, FILL_LARGE_S = 300.0, 1_500.0
ROUND_BATCHES = 50
WINDOW_S = 30.0
VERIFY_S = 120.0
NEARLY = 0.98
FLOOR, GOAL = 0.85, 0.95


class Pace(msgspec.Struct, frozen=True):
    """How fast everything was with so many entries in the log; events a second."""

    entries: int
    appends: list[float]
    copies: list[float]
    whole_path: float


async def measure(bench: Bench) -> list[Line]:
    """Measure it."""
    memory = Memory([])
    async with bench.stand("growth") as stand, generator(stand.where(bench.seed)) as load:
        await warm_up(bench, stand, load)
        await fill(bench, stand, load, bench.many(SMALL), bench.seconds(FILL_SMALL_S, 5.0), Memory([]))
        small = await _paces(bench, stand, load)
        await fill(bench, stand, load, bench.many(LARGE), bench.seconds(FILL_LARGE_S, 10.0), memory)
        bench.known["memory"] = memory
        large = await _paces(bench, stand, load)
        await bench.check(stand, load)
        took_s = await stand.verify(VERIFY_S)
    verified = f"; verified in {took_s:.0f} s" if took_s else f"; not verified within {VERIFY_S:.0f} s"
    short = "" if large.entries >= bench.many(LARGE) * NEARLY else f"{bench.many(LARGE) / 1e6:.2g} M entries"
    sizes = f"{large.entries / 1e6:.2g} M entries in the log, of {small.entries / 1e6:.2g} M"
    return [
        Line(claim="growth", what=f"append with {sizes}", figure=median(large.appends) / median(small.appends),
             unit="x", beside=f"{rates(large.appends)}, before {rates(small.appends)}; "
             f"COPY {rates(large.copies)}, before {rates(small.copies)}{verified}",
             floor=FLOOR, goal=GOAL, short_of=short),
        Line(claim="growth", what=f"whole path with {sizes}", figure=large.whole_path / max(small.whole_path, 1.0),
             unit="x", beside=f"{large.whole_path:,.0f}/s, before {small.whole_path:,.0f}/s",
             floor=FLOOR, goal=GOAL, short_of=short),
    ]  # fmt: skip


async def _paces(bench: Bench, stand: Stand, load: Generator) -> Pace:
    """Measure with what is in the log now; the processor is stopped during the appends, as in the claim `append`."""
    await stand.wait_until_caught_up(CATCH_UP_S)
    entries = load.events
    kept = await keep_up(bench, stand, load, bench.seconds(WINDOW_S, 2.0))
    await stand.wait_until_caught_up(CATCH_UP_S)
    stand.stop_processor()
    appends, copies = await append_and_copy(bench, stand, load, bench.many(ROUND_BATCHES, 2))
    stand.start_processor()
    await stand.wait_until_caught_up(CATCH_UP_S)
    return Pace(entries, appends, copies, kept.per_s)
