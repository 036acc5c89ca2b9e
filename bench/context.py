"""What every claim is given: where to work, how much of everything, and how to say what it is doing."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from bench.checks import check_counted, check_stored
from bench.generator import Generator
from bench.servers import Stand, running
from bench.watched import COUNT, paths

ROUNDS = 5
ROUNDS_QUICK = 2
CATCH_UP_S = 1_200.0
CATALOGUE_PAGES = 23
BATCH_EVENTS = 1_000
TRIAL_BELOW = 0.1


class Bench(msgspec.Struct, frozen=True):
    """One run of the harness. ``scale`` 1 is the real thing; less is for trying it out and says nothing about speed."""

    data: Path
    say: Callable[[str], None]
    seed: int = 1
    scale: float = 1.0
    partitions: int = 1
    count: bool = True
    """Whether claims about the log alone wait until the processor has counted all of it."""
    shared: Stand | None = None
    """One system for all claims, for trying things out: a start takes longer than a small measurement."""
    known: dict[str, Any] = {}
    """What one claim has found and a later one of the same run needs, by name."""

    @property
    def rounds(self) -> int:
        """How often the baseline and what is measured take turns."""
        return ROUNDS if self.scale >= 1 else ROUNDS_QUICK

    @property
    def batch_events(self) -> int:
        """Events of a batch: as the claims say, unless this is only a trial."""
        return BATCH_EVENTS if self.scale >= TRIAL_BELOW else BATCH_EVENTS // 10

    @property
    def watched(self) -> list[str]:
        """The boards that are being watched: a hundred, unless this is only a trial."""
        return paths(COUNT if self.scale >= TRIAL_BELOW else COUNT // 20)

    def many(self, count: int, least: int = 1) -> int:
        """A number of events or batches at this scale."""
        return max(least, int(count * self.scale))

    def seconds(self, seconds: float, least: float = 0.3) -> float:
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

    @asynccontextmanager
    async def stand(self, name: str, *, with_noop: bool = False) -> AsyncIterator[Stand]:
        """A fresh system for a claim, removed when the claim is done; only a fresh tenant where one is shared."""
        async with AsyncExitStack() as stack:
            shared = self.shared
            stand = (
                shared
                if shared is not None
                else await stack.enter_async_context(running(self.data / name, with_noop=with_noop))
            )
            stack.callback(stand.stop_processor)
            await stand.make_tenant(self.partitions)
            yield stand
