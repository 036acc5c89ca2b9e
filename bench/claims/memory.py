"""The resident memory of web server and processor, workers included, over a run of 10 million events.

Sampled every second while the claim `growth` fills the log, or in a run of its own when that was not measured.
"""

from statistics import median

from bench.claims.whole_path import warm_up
from bench.context import Bench
from bench.filling import Memory, Sample, fill
from bench.generator import generator
from bench.measure import BenchFailed, Line, slope

EVENTS = 10_000_000
BUDGET_S = 600.0
NEARLY = 0.98
PARTS = 5
FLOOR_MB, GOAL_MB = 400.0, 200.0
FLAT_FLOOR, FLAT_GOAL = 0.90, 0.95


async def measure(bench: Bench) -> list[Line]:
    """Measure it."""
    memory = bench.known.get("memory") or await _own_run(bench)
    samples = [sample for sample in memory.samples if sample.events <= bench.many(EVENTS)]
    if len(samples) < PARTS:
        raise BenchFailed(f"there are only {len(samples)} samples of memory")
    short = (
        "" if memory.samples[-1].events >= bench.many(EVENTS) * NEARLY else f"{bench.many(EVENTS) / 1e6:.2g} M events"
    )
    return [
        line
        for name in ("web", "processor")
        for line in _lines(name, [(sample.events / 1e6, _of(sample, name)) for sample in samples], short)
    ]


async def _own_run(bench: Bench) -> Memory:
    memory = Memory([])
    async with bench.stand("memory") as stand, generator(stand.where(bench.seed)) as load:
        await warm_up(bench, stand, load)
        await fill(bench, stand, load, load.events + bench.many(EVENTS), bench.seconds(BUDGET_S, 6.0), memory)
        await bench.check(stand, load)
    return memory


def _of(sample: Sample, name: str) -> float:
    return sample.web if name == "web" else sample.processor


def _lines(name: str, points: list[tuple[float, float]], short: str) -> list[Line]:
    """The most, and how flat: the median of the second fifth of the run, of the median of the last fifth."""
    part = len(points) // PARTS
    sizes = [size for _, size in points]
    early, late = median(sizes[part : 2 * part]), median(sizes[-part:])
    run = f"{points[-1][0]:.2g} M events"
    trend = slope(points[part:])
    return [
        Line(claim="memory", what=f"{name}, the most of a run of {run}", figure=max(sizes), unit="MB",
             beside=f"{sizes[0]:.0f} MB at the start, {late:.0f} MB at the end",
             floor=FLOOR_MB, goal=GOAL_MB, short_of=short),
        Line(claim="memory", what=f"{name}, flat: the second fifth of the run, of the last", figure=early / late,
             unit="x", beside=f"{early:.0f} MB, then {late:.0f} MB; {trend:+.2f} MB a million events",
             floor=FLAT_FLOOR, goal=FLAT_GOAL, short_of=short),
    ]  # fmt: skip
