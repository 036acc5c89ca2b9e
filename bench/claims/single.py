"""Single events over 64 connections: against a route of the same server that does nothing, and their latency.

The processor is stopped while the two routes are compared. For the latency at half the rate it runs; a side figure
says what it is without.
"""

from statistics import median

from bench.context import CATALOGUE_PAGES, Bench
from bench.generator import Generator, generator
from bench.measure import Line, rates, ratio
from bench.orders import Outcome, PrepareSingles, SendCatalogue, Singles
from bench.server import NOOP

LOG = "/api/passport/log"
ROUND_S = 4.0
READY_PER_S = 30_000
PACED_S = 20.0
CATCH_UP_S = 600.0
FLOOR, GOAL = 0.40, 0.60
P99_FLOOR_MS, P99_GOAL_MS = 25.0, 10.0


async def measure(bench: Bench) -> list[Line]:
    """Measure it."""
    seconds = bench.seconds(ROUND_S)
    async with bench.stand("single", with_noop=True) as stand, generator(stand.where(bench.seed)) as load:
        await load.ask(SendCatalogue(bench.many(CATALOGUE_PAGES, 3)))
        singles: list[float] = []
        noops: list[float] = []
        for _ in range(bench.rounds + 1):
            await load.ask(PrepareSingles(int(READY_PER_S * seconds)))
            noops.append((await load.ask(Singles(NOOP, seconds), stored=False)).requests_per_s)
            singles.append((await load.ask(Singles(LOG, seconds))).requests_per_s)
            bench.say(f"single events {singles[-1]:,.0f}/s, no-op {noops[-1]:,.0f}/s")
        half = median(singles[1:]) / 2
        alone = await _paced(bench, load, half)
        stand.start_processor()
        await stand.wait_until_caught_up(CATCH_UP_S)
        paced = await _paced(bench, load, half)
        await bench.check(stand, load)
    return [
        Line(
            claim="single",
            what="POST /api/passport/log, 64 connections, of a POST route that does nothing",
            figure=ratio(singles[1:], noops[1:]),
            unit="x",
            beside=f"single events {rates(singles[1:])}, no-op {rates(noops[1:])}",
            floor=FLOOR,
            goal=GOAL,
        ),
        Line(
            claim="single",
            what="single events at half that rate, p99",
            figure=paced.p99_ms,
            unit="ms",
            beside=f"{half:,.0f}/s offered, {_latencies(paced)}; without the processor {_latencies(alone)}",
            floor=P99_FLOOR_MS,
            goal=P99_GOAL_MS,
        ),
    ]


async def _paced(bench: Bench, load: Generator, per_s: float) -> Outcome:
    seconds = bench.seconds(PACED_S)
    await load.ask(PrepareSingles(int(per_s * seconds) + 1))
    outcome = await load.ask(Singles(LOG, seconds, per_s=per_s))
    bench.say(f"{per_s:,.0f}/s: {_latencies(outcome)}")
    return outcome


def _latencies(outcome: Outcome) -> str:
    return f"p50 {outcome.p50_ms:.1f} ms, p99 {outcome.p99_ms:.1f} ms, max {outcome.max_ms:.0f} ms"
