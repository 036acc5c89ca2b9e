"""What the overview costs with a million entries in the log, told beside its budget of 150 ms of server time.

Server time is what the web process and its connections of PostgreSQL work for a request. On two shared cores it was 134 to
219 ms: the budget is not always kept (docs/PAGES.md says so), so it is told, and what is held is that it gets no worse.
"""

import os
import time
from collections.abc import Iterable
from statistics import median

import msgspec
import psutil
import pytest

from support.million import count, fill
from support.people import LogIn, new_person
from support.seen import with_pages
from support.services import Platform, World

pytestmark = [pytest.mark.long, pytest.mark.timeout(1_800)]
ENTRIES = int(os.environ.get("OVERVIEW_ENTRIES", "1000000"))
BUDGET_S = 0.150
CEILING_S = 0.450
"""A page that works longer has become another one, whatever else the machine does."""
METRICS = ("votes", "plays", "attendance", "money_spent", "money_earned", "follows")


class Took(msgspec.Struct, frozen=True):
    """What some answers took: work of both servers for one of them on average, and the median of how long each took."""

    worked_s: float
    waited_s: float


@pytest.fixture(scope="module")
async def large(world: World) -> Platform:
    """A tenant with a million entries, counted; no board of it is live."""
    platform = await world.platform(zone="Europe/Vienna")
    await fill(world, platform, ENTRIES)
    await count(world, platform)
    return platform


async def worked(world: World) -> float:
    """The seconds that this process, and all that serves this database, have worked until now."""
    async with world.database.connection("owner") as connection:  # who may see what the others are
        rows = await connection.fetch(  # not who sweeps up behind a million entries
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
        )
    assert len(rows) > 3
    times = [psutil.Process(row["pid"]).cpu_times() for row in rows]
    return time.process_time() + sum(each.user + each.system for each in times)


async def took(world: World, member: LogIn, paths: Iterable[str]) -> Took:
    waited, before = [], await worked(world)
    for path in paths:
        began = time.perf_counter()
        reply = await member.ask("GET", path)
        waited.append(time.perf_counter() - began)
        assert reply.status == 200, reply
        assert b"overview-card" in reply.body
    return Took((await worked(world) - before) / len(waited), median(waited))


async def test_what_a_render_costs_is_told_and_gets_no_worse(world: World, large: Platform) -> None:
    member = await (await new_person(with_pages(world), (large, "viewer"))).log_in()
    here = f"/t/{large.tenant.slug}"
    # Each shows another chart and other boards, none of which was made or read before; the first compiles the templates.
    answers = {
        "the very first": await took(world, member, [here]),
        "first renders of 24 hours": await took(world, member, [f"{here}?metric={each}" for each in METRICS[1:]]),
        "first renders of 7 days": await took(world, member, [f"{here}?metric={each}&period=7d" for each in METRICS]),
        "first renders of all time": await took(
            world, member, [f"{here}?metric={each}&period=all" for each in METRICS]
        ),
        "the same again": await took(world, member, [here] * 10),
    }
    idle = os.getloadavg()[0] < (os.cpu_count() or 1)
    for name, each in answers.items():
        print(f"{ENTRIES:,} entries, {name}: worked {each.worked_s * 1e3:.0f} ms, "  # noqa: T201 - the figures
              f"took {each.waited_s * 1e3:.0f} ms{'' if idle else ' on a busy machine'}")  # fmt: skip
        print(f"  {'within' if each.worked_s <= BUDGET_S else 'over'} the budget of {BUDGET_S * 1e3:.0f} ms")  # noqa: T201 - as above
    for name in ("first renders of 24 hours", "the same again"):
        assert answers[name].worked_s <= CEILING_S, name
