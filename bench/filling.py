"""Lets the log grow by the path that events take anyway, while everything keeps up, and samples memory meanwhile."""

import asyncio
import time
from contextlib import suppress

import msgspec
import psutil

from bench.context import Bench
from bench.generator import Generator
from bench.orders import BatchesWhileKeptUp
from bench.servers import PINNED, Stand

LAG_MAX, LAG_MAX_LEAST = 100_000, 500
STRETCH_S = 30.0
SAMPLE_S, SAMPLE_TRIAL_S = 1.0, 0.05
DISK_LEFT_BYTES_MIN = 8e9


class Sample(msgspec.Struct, frozen=True):
    """Resident memory of both processes in millions of bytes, when so many events of the run had been sent."""

    events: int
    web: float
    processor: float


class Memory(msgspec.Struct):
    """The samples of one run."""

    samples: list[Sample]


async def fill(bench: Bench, stand: Stand, load: Generator, events: int, budget_s: float, memory: Memory) -> float:
    """Send until `events` are in the log, with all projections and the pinned boards following.

    Ends early when the time is over or the disk is nearly full: `load.events` says how far it came. Returns seconds.
    """
    began = time.monotonic()
    sampling = asyncio.create_task(_sample(stand, memory, load.events, bench.seconds(SAMPLE_S, SAMPLE_TRIAL_S)))
    per_s = 0.0
    try:
        while (missing := events - load.events) > 0:
            left_s = began + budget_s - time.monotonic()
            if left_s <= 0 or psutil.disk_usage(str(bench.data)).free < DISK_LEFT_BYTES_MIN:
                break
            seconds = min(STRETCH_S, left_s, missing / per_s if per_s else 2.0)
            outcome = await load.ask(
                BatchesWhileKeptUp(
                    max(seconds, 0.2), PINNED, lag_max=bench.many(LAG_MAX, LAG_MAX_LEAST), size=bench.batch_events
                )
            )
            per_s = max(outcome.events_per_s, 1.0)
    finally:
        sampling.cancel()
        with suppress(asyncio.CancelledError):
            await sampling
    took_s = time.monotonic() - began
    bench.say(f"the log has {load.events:,} entries after {took_s:.0f} s of filling")
    return took_s


async def _sample(stand: Stand, memory: Memory, before: int, gap_s: float) -> None:
    while True:
        head = sum(consumer.head for consumer in await stand.consumers() if consumer.consumer == "coliseum")
        web, processor = stand.memory_mb("web"), stand.memory_mb("processor")
        memory.samples.append(Sample(head - before, web, processor))
        await asyncio.sleep(gap_s)
