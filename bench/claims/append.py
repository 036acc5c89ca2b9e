"""HTTP batches of 1,000 events to their durable 201 over 4 connections, against COPY of the same rows.

The processor is stopped while the clock runs: this is about the log alone. It counts everything afterwards.
"""

from bench.context import CATALOGUE_PAGES, Bench
from bench.copying import Copying
from bench.generator import Generator, generator
from bench.measure import Line, rates, ratio
from bench.orders import Batches, PrepareBatches, SendCatalogue
from bench.servers import Stand

BATCHES = 100
FLOOR, GOAL = 0.30, 0.50


async def measure(bench: Bench) -> list[Line]:
    """Measure it."""
    async with bench.stand("append") as stand, generator(stand.where(bench.seed)) as load:
        await load.ask(SendCatalogue(bench.many(CATALOGUE_PAGES, 3)))
        appends, copies = await append_and_copy(bench, stand, load, bench.many(BATCHES, 2))
        await bench.check(stand, load)
    return [
        Line(
            claim="append",
            what="HTTP batches of 1,000 to durable 201, 4 connections, of plain COPY",
            figure=ratio(appends, copies),
            unit="x",
            beside=f"append {rates(appends)}, COPY {rates(copies)}",
            floor=FLOOR,
            goal=GOAL,
        )
    ]


async def append_and_copy(bench: Bench, stand: Stand, load: Generator, batches: int) -> tuple[list[float], list[float]]:
    """Append and copy in turns, the copy being of the rows just appended; events a second of each round.

    One round more goes first and does not count: it makes the fans known, as they are in a system that runs.
    """
    copying = Copying(stand)
    appends: list[float] = []
    copies: list[float] = []
    for _ in range(bench.rounds + 1):
        await load.ask(PrepareBatches(batches, bench.batch_events))
        before = load.events
        outcome = await load.ask(Batches(batches))
        await copying.prepare(before, load.events - before)
        appends.append(outcome.events_per_s)
        copies.append(await copying.rate())
        bench.say(f"append {appends[-1]:,.0f}/s, COPY {copies[-1]:,.0f}/s")
    return appends[1:], copies[1:]
