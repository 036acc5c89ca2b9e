"""Real votes with a known answer: 1,582 official totals, through the whole system, whatever happens on the way."""

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from coliseum import db
from support.eurovision import ENTRIES, FOLDER, MAPPING, Entry, needs_eurovision, official_totals, vote_lines
from support.system import System, Tenant, running_system

pytestmark = [needs_eurovision, pytest.mark.timeout(400)]

VERIFIED_AT_ONCE = 2
VOTES = 17_717
GRAINS = 4
TENANTS = "SELECT slug FROM accounts_tenants"
ROLLUPS = """
    SELECT r.grain, event.id AS event, artist.id AS artist, sum(r.value)::bigint AS points
    FROM (
        SELECT tenant_id, metric, kind, grain, event, entity, value FROM coliseum_rollups
        UNION ALL
        SELECT tenant_id, metric, kind, grains.number, event, entity, value
        FROM coliseum_hours CROSS JOIN generate_series(0, 3) AS grains (number)
    ) AS r
    JOIN accounts_tenants t ON t.tenant_id = r.tenant_id AND t.slug = $1
    JOIN coliseum_names metric ON metric.tenant_id = r.tenant_id AND metric.num = r.metric AND metric.id = 'votes'
    JOIN coliseum_names event ON event.tenant_id = r.tenant_id AND event.num = r.event
    JOIN coliseum_names artist ON artist.tenant_id = r.tenant_id AND artist.num = r.entity
    WHERE r.kind = 1
    GROUP BY r.grain, event.id, artist.id
"""


@pytest.fixture(scope="module")
def system(fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(fresh_database, tmp_path_factory.mktemp("eurovision")) as running:
        yield running


def files(folder: Path, lines: Sequence[str]) -> list[str]:
    """The data in a folder of its own, with these votes: contestants first."""
    folder.mkdir()
    for name in ("contestants.csv", "countries.csv"):
        shutil.copy(FOLDER / name, folder)
    votes = folder / "votes.csv"
    votes.write_text(vote_lines()[0] + "".join(lines), encoding="utf-8")
    return [str(folder / "contestants.csv"), str(votes)]


def import_files(tenant: Tenant, names: Sequence[str]) -> str:
    arguments = ["--mapping", str(MAPPING), "--historical", "--url", tenant.system.url, "--key", tenant.key]
    return tenant.system.cli("import", *names, *arguments, timeout_s=300)


def board(tenant: Tenant, event: str) -> tuple[str, dict[Entry, int]]:
    """Where an event's board came from, and its scores."""
    page = tenant.get("/api/leaderboards", metric="votes", entity="artist", window="all", event=event, limit=1000)
    assert page["nextCursor"] is None
    return page["source"], {(event, row["id"]): row["score"] for row in page["rows"]}


def boards(tenant: Tenant) -> dict[Entry, int]:
    """The scores of every entry, an artist that is on no board having none."""
    scores = dict.fromkeys(official_totals(), 0)
    for event in sorted({event for event, _ in scores}):
        scores |= board(tenant, event)[1]
    return scores


def live_boards(tenant: Tenant) -> dict[Entry, int]:
    """The same, once all of them are kept live."""
    events = sorted({event for event, _ in official_totals()})
    scores = dict.fromkeys(official_totals(), 0)
    for event in events:
        tenant.system.wait_for(partial(is_live, tenant, event), f"the board of {event}")
        scores |= board(tenant, event)[1]
    return scores


def is_live(tenant: Tenant, event: str) -> bool:
    return board(tenant, event)[0] == "live"


async def rollups(database_url: str, tenant: Tenant) -> list[dict[Entry, int]]:
    """The stored sums of every entry by hour, day, week and month."""
    connection = await db.connect(database_url)
    try:
        rows = await connection.fetch(ROLLUPS, tenant.slug)
    finally:
        await connection.close()
    sums = [dict.fromkeys(official_totals(), 0) for _ in range(GRAINS)]
    for row in rows:
        sums[row["grain"]][row["event"], row["artist"]] = row["points"]
    return sums


async def check(database_url: str, tenant: Tenant) -> None:
    """Everything that can be asked says what the contest's own lists say."""
    official = official_totals()
    assert len(official) == ENTRIES
    assert boards(tenant) == official
    assert live_boards(tenant) == official
    assert await rollups(database_url, tenant) == [official] * GRAINS


async def test_in_file_order(system: System, fresh_database: str, tmp_path: Path) -> None:
    tenant = system.create_tenant("in-order")
    output = import_files(tenant, files(tmp_path / "in", vote_lines()[1]))
    assert f"{VOTES} events accepted, 0 known before, 0 rejected" in output
    tenant.wait_until_caught_up()
    await check(fresh_database, tenant)
    page = tenant.get("/api/leaderboards", metric="votes", entity="artist", event="2001/final", limit=1000)
    names = {row["id"]: row["name"] for row in page["rows"]}
    assert names["Michelle (DE)"] == names["Michelle (NL)"] == "Michelle"
    assert names["Tanel Padar, Dave Benton & 2XL"] == "Tanel Padar, Dave Benton & 2XL"


async def test_in_random_order_and_before_the_catalog(system: System, fresh_database: str, tmp_path: Path) -> None:
    tenant = system.create_tenant("random")
    lines = list(vote_lines()[1])
    random.Random(1956).shuffle(lines)
    import_files(tenant, files(tmp_path / "in", lines)[::-1])
    tenant.wait_until_caught_up()
    await check(fresh_database, tenant)


async def test_with_every_fifth_vote_sent_twice(system: System, fresh_database: str, tmp_path: Path) -> None:
    tenant = system.create_tenant("twice")
    lines = list(vote_lines()[1])
    luck = random.Random(5)
    again = [line for line in lines if not line.rstrip().endswith(",0")][::5]
    for line in again:
        lines.insert(luck.randrange(len(lines)), line)
    output = import_files(tenant, files(tmp_path / "in", lines))
    assert f"{VOTES} events accepted, {len(again)} known before, 0 rejected" in output
    tenant.wait_until_caught_up()
    await check(fresh_database, tenant)


async def test_with_the_processor_killed_and_restarted_on_the_way(
    system: System, fresh_database: str, tmp_path: Path
) -> None:
    tenant = system.create_tenant("killed")
    lines = vote_lines()[1]
    contestants, votes = files(tmp_path / "in", lines)
    parts = [files(tmp_path / f"part-{start}", lines[start::3])[1] for start in range(3)]
    import_files(tenant, [contestants])

    def counted(least: int) -> Callable[[], bool]:
        return lambda: min(each["offset"] for each in tenant.get("/api/status")) >= least

    for number, part in enumerate(parts):
        # It dies while there is work, the votes go in without it, and its successor finds them all.
        system.wait_for(counted(1 + number * VOTES // 4), "the processor to be at work")
        system.kill("processor")
        import_files(tenant, [part])
        system.start("processor")
    system.wait_for(counted(VOTES // 2), "the successor to be at work")
    system.kill("processor")
    system.start("processor")
    tenant.wait_until_caught_up()
    await check(fresh_database, tenant)
    assert "0 events accepted" in import_files(tenant, [votes])
    tenant.wait_until_caught_up()
    assert boards(tenant) == official_totals()


async def test_after_all_that_every_stored_number_is_what_the_log_says(system: System, fresh_database: str) -> None:
    connection = await db.connect(fresh_database)
    try:
        slugs = [row["slug"] for row in await connection.fetch(TENANTS)]
    finally:
        await connection.close()
    assert slugs
    with ThreadPoolExecutor(VERIFIED_AT_ONCE) as threads:
        for done in [threads.submit(system.cli, "verify", "--tenant", slug) for slug in slugs]:
            done.result()
