"""What every claim is given: where to work, how much of everything, and how to say what it is doing."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import msgspec

from bench.checks import check_counted, check_stored
from bench.generator import Generator
from bench.servers import Stand, running

ROUNDS = 5
ROUNDS_QUICK = 2
CATCH_UP_S = 1_200.0


class Bench(msgspec.Struct, frozen=True):
    """One run of the harness. ``scale`` 1 is the real thing; less is for trying it out and says nothing about speed."""

    data: Path
    say: Callable[[str], None]
    seed: int = 1
    scale: float = 1.0
    partitions: int = 1
    count: bool = True
    """Whether claims about the log alone wait until the processor has counted all of it."""

    @property
    def rounds(self) -> int:
        """How often the baseline and what is measured take turns."""
        return ROUNDS if self.scale >= 1 else ROUNDS_QUICK

    def many(self, count: int, least: int = 1) -> int:
        """A number of events or batches at this scale."""
        return max(least, int(count * self.scale))

    def seconds(self, seconds: float, least: float = 0.5) -> float:
        """A duration at this scale."""
        return max(least, seconds * self.scale)

    async def check(self, stand: Stand, load: Generator) -> None:
        """Check that what was sent is stored and counted, or only stored; see `bench.checks`."""
        if not self.count:
            await check_stored(stand, load)
            return
        if "processor" not in stand.children:
            stand.start_processor()
        took_s = await check_counted(stand, load, CATCH_UP_S)
        self.say(f"{load.events:,} events are stored and counted; the processor took {took_s:.0f} s more")

    def stand(self, name: str, *, with_noop: bool = False) -> AbstractAsyncContextManager[Stand]:
        """A fresh system for a claim; removed when the claim is done."""
        return running(self.data / name, with_noop=with_noop, partitions=self.partitions)
