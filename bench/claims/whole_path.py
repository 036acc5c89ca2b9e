"""Batches in, while rollups, treasury, mediaid, the pinned boards and 100 watched ones keep up; against COPY.

The generator sends as fast as it is answered, but only while the lag is below a limit: so it finds the highest rate at
which the lag does not grow, and holds it. What counts is what was stored, went through all projections and reached
the boards within the window. The watched boards are read in turn, each every two seconds.
"""

from collections.abc import Sequence
from functools import partial

import msgspec

from bench.context import CATALOGUE_PAGES, CATCH_UP_S, Bench
from bench.copying import Copying
from bench.generator import Generator, generator
from bench.measure import BenchFailed, Line, rates, ratio
from bench.orders import Batches, BatchesWhileKeptUp, Outcome, PrepareBatches, SendCatalogue
from bench.servers import PINNED, Stand
from bench.streams import Standing
from bench.watched import make_live

WINDOW_S, SETTLE_S, TRIAL_S = 60.0, 10.0, 10.0
WARM_BATCHES, COPY_ROWS = 50, 100_000
BOARDS_LIVE_S = 120.0
LAG_MAX, LAG_MAX_LEAST = 40_000, 500
"""Entries behind at which the generator waits: a second or two of what the goal asks for."""
AHEAD = 1.3
"""How many more batches are prepared than the trial says are needed."""
LIVE_SHARE_MIN = 0.9
"""At the turn of an hour its boards are others, which become live when they are first asked for."""
FLOOR, GOAL = 0.12, 0.25


class Kept(msgspec.Struct, frozen=True):
    """What everything kept up with: entries a second, and the lag in the window's thirds."""

    per_s: float
    lags: tuple[int, int, int]
    told: str


async def measure(bench: Bench) -> list[Line]:
    """Measure it."""
    async with bench.stand("whole_path") as stand, generator(stand.where(bench.seed)) as load:
        await warm_up(bench, stand, load)
        copying = Copying(stand)
        await copying.prepare(0, min(load.events, COPY_ROWS))
        copies = [await copying.rate() for _ in range(bench.rounds)]
        kept = await keep_up(bench, stand, load, bench.seconds(WINDOW_S, 3.0))
        await stand.wait_until_caught_up(CATCH_UP_S)
        copies += [await copying.rate() for _ in range(bench.rounds)]
        await bench.check(stand, load)
    bench.known["whole_path"] = kept.per_s
    return [
        Line(
            claim="whole path",
            what=f"batches in, projections, pinned and {len(bench.watched)} watched boards keeping up, of plain COPY",
            figure=ratio([kept.per_s], copies),
            unit="x",
            beside=f"{kept.told}; COPY {rates(copies)}",
            floor=FLOOR,
            goal=GOAL,
        )
    ]


async def warm_up(bench: Bench, stand: Stand, load: Generator) -> None:
    """Start the processor, and give it the catalogue and the first events, until it has read them."""
    await load.ask(SendCatalogue(bench.many(CATALOGUE_PAGES, 3)))
    stand.start_processor()
    batches = bench.many(WARM_BATCHES, 2)
    await load.ask(PrepareBatches(batches, bench.batch_events))
    await load.ask(Batches(batches))
    await stand.wait_until_caught_up(CATCH_UP_S)


async def keep_up(bench: Bench, stand: Stand, load: Generator, window_s: float) -> Kept:
    """Find and hold the highest rate that everything keeps up with, for a window; the boards are made live first."""
    boards = bench.watched
    took_s = await make_live(stand, boards, BOARDS_LIVE_S)
    bench.say(f"{len(boards)} boards were live after {took_s:.1f} s")
    settle_s = bench.seconds(SETTLE_S)
    lag_max = bench.many(LAG_MAX, LAG_MAX_LEAST)
    load_for = partial(BatchesWhileKeptUp, board=PINNED, watched=boards, lag_max=lag_max, size=bench.batch_events)
    trial = await load.ask(load_for(bench.seconds(TRIAL_S, 1.0)))
    needed = trial.events_per_s * (settle_s + window_s) * AHEAD / bench.batch_events
    await load.ask(PrepareBatches(int(needed) + 1, bench.batch_events))
    outcome = await load.ask(load_for(settle_s + window_s))
    kept = kept_of(outcome, settle_s, window_s)
    bench.say(kept.told)
    if outcome.reads_live < outcome.reads * LIVE_SHARE_MIN:
        raise BenchFailed(f"only {outcome.reads_live} of {outcome.reads} reads of watched boards were live")
    return kept


def kept_of(outcome: Outcome, settle_s: float, window_s: float) -> Kept:
    """What was kept up with after the settling time, from where things stood again and again."""
    start_ns = outcome.standings[0].at_ns + int(settle_s * 1e9)
    window = [each for each in outcome.standings if start_ns <= each.at_ns <= start_ns + int(window_s * 1e9)]
    if len(window) < 2:
        raise BenchFailed("the lag could not be looked at twice within the window")
    first, last = window[0], window[-1]
    seconds = (last.at_ns - first.at_ns) / 1e9
    done = {
        "log": last.head - first.head,
        "projections": last.projections - first.projections,
        "boards": last.boards - first.boards,
    }
    lags = _thirds(window)
    per_s = min(done.values()) / seconds
    each = ", ".join(f"{name} {count / seconds:,.0f}" for name, count in done.items())
    told = (
        f"{per_s:,.0f}/s for {seconds:.0f} s ({each}), lag {lags[0]:,} at the start, {lags[1]:,} in the middle, "
        f"{lags[2]:,} at the end; {outcome.reads_live} of {outcome.reads} reads of boards live; "
        f"201 of a batch p99 {outcome.p99_ms:.0f} ms"
    )
    return Kept(per_s, lags, told)


def _thirds(window: Sequence[Standing]) -> tuple[int, int, int]:
    """The mean lag in each third of the window."""
    third = max(1, len(window) // 3)
    first, middle, last = window[:third], window[third:-third] or window[:third], window[-third:]
    start, between, end = (sum(each.lag for each in part) // len(part) for part in (first, middle, last))
    return start, between, end
