"""An import of a small file by importers that die, and what must hold after each death."""

import json
from contextlib import suppress
from pathlib import Path

import pytest

from coliseum.importer.progress import Progress
from support.breaking import Point, Way
from support.dying import Dying, Importing, Killed
from support.festival import event, vote
from support.services import Platform, World
from support.told import Event
from support.trial import Trial

BAD_LINES = (4, 9)
REFUSED = 1


def content() -> tuple[list[Event], list[str]]:
    """Events, and the lines of a file with them, with two lines that are none and an event that is refused."""
    votes = [vote(userId=f"fan-{n % 3}", artistId=f"artist-{n % 2}") for n in range(9)]
    events = [
        *votes, votes[0], event("coliseum.vote_voided", userId="steward", voteId=votes[7]["id"], reason=""),
        event("unheard.of"),
    ]  # fmt: skip
    lines = [json.dumps(one) for one in events]
    for number in BAD_LINES:
        lines.insert(number, "{")
    return events, lines


class Death(Trial):
    """A file of three batches, and importers that die over it."""

    def __init__(self, world: World, platform: Platform, folder: Path, patch: pytest.MonkeyPatch) -> None:
        super().__init__(world, platform)
        self.events, self.lines = content()
        self.told.sending(self.events)
        self.path = folder / f"{platform.tenant.slug}.ndjson"
        self.path.write_text("\n".join(self.lines))
        self.importing = Importing(world, platform, self.path, patch)

    async def die(self, point: Point | None, way: Way) -> Dying:
        """One run, killed at the point; afterwards the mark is not ahead of the log."""
        dying = Dying()
        dying.begin(point, way)
        await self.live_until_killed(dying)
        return dying

    async def live_until_killed(self, dying: Dying) -> None:
        with suppress(Killed):
            await self.importing.run(dying)
        await self.check_mark()

    def settled(self) -> int:
        """How many records are settled, as the mark says."""
        mark = Path(f"{self.path}.progress")
        return int(json.loads(mark.read_bytes())["records"]) if mark.exists() else 0

    def rejected_lines(self) -> list[int]:
        return [json.loads(line)["line"] for line in Path(f"{self.path}.rejects").read_text().splitlines()]

    async def check_mark(self) -> None:
        """What the mark says is settled is in the log, or never comes into it."""
        stored = {row["id"] for row in await self.world.entries(self.platform)}
        for line in self.lines[: self.settled()]:
            if line != "{" and "unheard.of" not in line:
                assert json.loads(line)["id"] in stored, f"lost: {line}"

    async def finish(self) -> Progress:
        dying = Dying()
        dying.begin()
        return await self.importing.run(dying)

    async def check(self) -> None:
        progress = await self.finish()
        assert (progress.records, progress.done) == (len(self.lines), True)
        assert progress.rejected == len(BAD_LINES) + REFUSED
        assert progress.accepted + progress.duplicates == len(self.events) - REFUSED
        assert self.rejected_lines() == [*(number + 1 for number in BAD_LINES), len(self.lines)]
        assert await self.world.count(self.platform) == len({one["id"] for one in self.events}) - REFUSED
        await self.check_world()
        await self.leave()
