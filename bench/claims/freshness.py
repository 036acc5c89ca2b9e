"""At 2,000 events a second, in batches of 10: from the 201 of an entry until GET /api/leaderboards has counted it.

Ten times a second an acknowledged entry is picked, and a board is asked again and again, a millisecond after each
answer, until it is live and its position is past that entry's offset.
"""

from bench.claims.whole_path import BOARDS_LIVE_S
from bench.context import CATALOGUE_PAGES, CATCH_UP_S, TRIAL_BELOW, Bench
from bench.generator import generator
from bench.measure import BenchFailed, Line, quantile
from bench.orders import Freshness, PrepareBatches, SendCatalogue
from bench.servers import PINNED
from bench.watched import make_live

EVENTS_PER_S, BATCH_EVENTS = 2_000, 10
SECONDS, SETTLE_S = 60.0, 5.0
FLOOR_MS, GOAL_MS = 250.0, 100.0


async def measure(bench: Bench) -> list[Line]:
    """Measure it."""
    seconds, settle_s = bench.seconds(SECONDS, 2.0), bench.seconds(SETTLE_S)
    per_s = EVENTS_PER_S if bench.scale >= TRIAL_BELOW else EVENTS_PER_S / 10
    async with bench.stand("freshness") as stand, generator(stand.where(bench.seed)) as load:
        await load.ask(SendCatalogue(bench.many(CATALOGUE_PAGES, 3)))
        stand.start_processor()
        await load.ask(Freshness(per_s, settle_s, PINNED, size=BATCH_EVENTS))
        await stand.wait_until_caught_up(CATCH_UP_S)
        await make_live(stand, bench.watched, BOARDS_LIVE_S)
        await load.ask(PrepareBatches(int(per_s / BATCH_EVENTS * seconds) + 1, BATCH_EVENTS))
        outcome = await load.ask(Freshness(per_s, seconds, PINNED, size=BATCH_EVENTS))
        await bench.check(stand, load)
    seen = outcome.seen_after_ms
    if not seen:
        raise BenchFailed(f"none of {outcome.never_seen} entries became visible")
    return [
        Line(
            claim="freshness",
            what="at 2,000 events/s: 201 to visible in GET /api/leaderboards, p99",
            # An entry that was given up on took longer than any other.
            figure=quantile([*seen, *[float("inf")] * outcome.never_seen], 0.99),
            unit="ms",
            beside=f"{len(seen)} entries, p50 {quantile(seen, 0.5):.0f} ms, p99 {quantile(seen, 0.99):.0f} ms, "
            f"max {max(seen):.0f} ms, {outcome.never_seen} not within 10 s; {outcome.events_per_s:,.0f} events/s; "
            f"the 201 p99 {outcome.p99_ms:.0f} ms; all {len(bench.watched)} watched boards live",
            floor=FLOOR_MS,
            goal=GOAL_MS,
        )
    ]
