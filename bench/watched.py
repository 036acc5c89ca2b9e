"""A hundred boards that somebody is looking at: none of them is pinned, and each is kept for its own reason."""

import asyncio
import time

from bench.measure import BenchFailed
from bench.mix import CITIES, GENRES
from bench.servers import Stand

COUNT = 100
LIVE = "live"
LOOK_S = 0.2
CONTESTS, VOTER_BOARDS = 40, 8
BY_THE_HOUR = ("votes&entity=artist", "votes&entity=event", "plays&entity=artist", "plays&entity=track",
               "listeners&entity=artist", "money_spent&entity=event", "attendance&entity=event",
               "views&entity=event")  # fmt: skip
OTHERS = (
    "plays&entity=track&window=day", "plays&entity=track&window=week", "plays&entity=track&window=all",
    "votes&entity=fan&window=day", "votes&entity=fan&window=all", "plays&entity=fan&window=day",
    "plays&entity=fan&window=all", "money_spent&entity=fan&window=day", "money_spent&entity=fan&window=all",
    "seconds&entity=track&window=day", "favorites&entity=track&window=all", "tickets&entity=fan&window=all",
)  # fmt: skip


def paths(count: int = COUNT) -> list[str]:
    """The boards, as they are asked for: by contest, city, genre, hour, and of tracks and fans; or some of each."""
    metrics = [f"votes&entity=artist&window=all&event=event-{n:03d}" for n in range(CONTESTS)]
    metrics += [f"voters&entity=artist&window=all&event=event-{n:03d}" for n in range(VOTER_BOARDS)]
    metrics += [f"plays&entity=artist&window=day&city={city}" for city in CITIES if city.isascii()]
    metrics += ["plays&entity=artist&window=day&city=malm%C3%B6"]
    metrics += [f"plays&entity=artist&window=week&genre={genre}" for genre in GENRES]
    metrics += [f"votes&entity=artist&window=day&genre={genre}" for genre in GENRES]
    metrics += [f"{metric}&window=hour" for metric in BY_THE_HOUR]
    metrics += OTHERS
    return [f"/api/leaderboards?metric={metric}&limit=10" for metric in metrics[:: COUNT // count]]


async def make_live(stand: Stand, boards: list[str], timeout_s: float) -> float:
    """Ask for boards until all are live; returns the seconds that took.

    Raises:
        BenchFailed: it took longer.
    """
    began = time.monotonic()
    waiting = boards
    while waiting:
        waiting = [path for path in waiting if (await stand.get(path))["source"] != LIVE]
        if time.monotonic() - began > timeout_s:
            raise BenchFailed(f"{len(waiting)} of {len(boards)} boards were not live after {timeout_s:g} s")
        stand.require_running()
        await asyncio.sleep(LOOK_S)
    return time.monotonic() - began
