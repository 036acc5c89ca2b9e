"""The queue before the log: batches, cancelled requests, what cannot be stored, a full queue, a database that is away."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from coliseum.clock import utc_now
from coliseum.errors import Refusal, RequestRefused, StoreUnavailable
from coliseum.passport.appender import SECOND_APPEND_EVENTS_MIN, Appender
from coliseum.passport.entries import Accepted, Duplicate, IdReused, Outcome, Unstorable
from coliseum.passport.upkeep import keep_up
from support.entries import entry
from support.festival import vote
from support.services import Platform, World


class Committed:
    """Counts commits that stored something."""

    def __init__(self) -> None:
        self.tenants: list[int] = []

    def __call__(self, tenant_id: int) -> None:
        self.tenants.append(tenant_id)


@pytest.fixture
def committed() -> Committed:
    return Committed()


@pytest.fixture
async def appender(world: World, committed: Committed) -> AsyncIterator[Appender]:
    made = Appender(world.database, utc_now, queue_events_max=100, append_batch_events_max=30, on_commit=committed)
    yield made
    await made.drain()
    assert made.queued_events == 0


class Held:
    """The head of a partition, locked: appends wait until it is released."""

    def __init__(self, world: World, platform: Platform) -> None:
        self._world = world
        self._platform = platform

    async def __aenter__(self) -> None:
        self._context = self._world.database.transaction("owner")
        connection = await self._context.__aenter__()
        await connection.execute("SELECT FROM passport_heads WHERE tenant_id = $1 FOR UPDATE", self._platform.tenant_id)

    async def __aexit__(self, *exception: object) -> None:
        await self._context.__aexit__(None, None, None)


async def test_while_one_commit_is_in_flight_the_others_gather(
    world: World, platform: Platform, appender: Appender, committed: Committed
) -> None:
    async with Held(world, platform):
        waiting = [
            asyncio.create_task(appender.submit(platform.tenant_id, 0, [entry(f"{n}-{part}") for part in "ab"]))
            for n in range(20)
        ]
        while appender.queued_events < 40:
            await asyncio.sleep(0)
    answers = await asyncio.gather(*waiting)
    assert [outcome for answer in answers for outcome in answer] == [Accepted(0, offset) for offset in range(40)]
    assert 2 <= len(committed.tenants) <= 3  # at most 30 events each, and perhaps the first request alone


async def waiting_appends(world: World) -> int:
    """How many sessions of this database stand before a lock."""
    return int(
        await world.value("""
        SELECT count(DISTINCT pid) FROM pg_locks
        WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())
    """)
    )


@pytest.mark.parametrize(("queued", "appends"), [(SECOND_APPEND_EVENTS_MIN - 1, 1), (SECOND_APPEND_EVENTS_MIN, 2)])
async def test_when_much_is_queued_a_second_append_waits_in_the_database(
    world: World, platform: Platform, committed: Committed, queued: int, appends: int
) -> None:
    appender = Appender(
        world.database, utc_now, queue_events_max=5_000, append_batch_events_max=5_000, on_commit=committed
    )
    requests = [[entry("first")], *([entry(f"{n}-{part}") for part in range(50)] for n in range((queued - 1) // 50))]
    requests.append([*(entry(f"rest-{n}") for n in range((queued - 1) % 50)), entry("first")])
    async with Held(world, platform):
        sent = [asyncio.create_task(appender.submit(platform.tenant_id, 0, requests[0]))]
        while await waiting_appends(world) < 1:
            await asyncio.sleep(0.005)
        sent += [asyncio.create_task(appender.submit(platform.tenant_id, 0, request)) for request in requests[1:]]
        while await waiting_appends(world) < appends:
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)
        assert await waiting_appends(world) == appends
        assert committed.tenants == []
    told = [outcome for answer in await asyncio.gather(*sent) for outcome in answer]
    assert told == [*(Accepted(0, offset) for offset in range(queued)), Duplicate(0, 0)]
    await appender.drain()
    assert appender.queued_events == 0


@pytest.mark.parametrize("seed", range(6))
async def test_every_request_is_answered_whatever_its_size_and_moment(
    world: World, platform: Platform, committed: Committed, seed: int
) -> None:
    appender = Appender(
        world.database, utc_now, queue_events_max=100_000, append_batch_events_max=1_000, on_commit=committed
    )
    rng = random.Random(seed)

    async def sender(number: int) -> list[Outcome]:
        told = []
        for request in range(8):
            size = rng.choice([1, 1, 10, SECOND_APPEND_EVENTS_MIN // 2, SECOND_APPEND_EVENTS_MIN])
            # Some ids are another sender's, so that an append now and then meets a known one and is done again.
            owners = [rng.choice([number] * 9 + [number - 1]) if rng.random() < 0.01 else number for _ in range(size)]
            batch = [entry(f"{owner}-{request}-{part}") for part, owner in enumerate(owners)]
            told += await appender.submit(platform.tenant_id, 0, batch)
            await asyncio.sleep(rng.choice([0, 0, 0.001, 0.01]))
        return told

    async with asyncio.timeout(30):
        told = [outcome for answer in await asyncio.gather(*map(sender, range(6))) for outcome in answer]
        await appender.drain()
    accepted = sorted(outcome.offset for outcome in told if isinstance(outcome, Accepted))
    assert accepted == list(range(len(accepted)))
    assert await world.count(platform) == len(accepted)
    assert all(isinstance(outcome, Accepted | Duplicate) for outcome in told)
    assert appender.queued_events == 0


async def test_a_full_queue_refuses_and_what_was_taken_is_stored(
    world: World, platform: Platform, appender: Appender
) -> None:
    async with Held(world, platform):
        taken = asyncio.create_task(appender.submit(platform.tenant_id, 0, [entry(f"in-{n}") for n in range(98)]))
        while appender.queued_events < 98:
            await asyncio.sleep(0)
        with pytest.raises(RequestRefused) as refused:
            await appender.submit(platform.tenant_id, 0, [entry(f"out-{n}") for n in range(3)])
        assert refused.value.code is Refusal.OVERLOADED
        fits = asyncio.create_task(appender.submit(platform.tenant_id, 0, [entry("fits")]))
        while appender.queued_events < 99:
            await asyncio.sleep(0)
    assert len(await taken) == 98
    assert await fits == [Accepted(0, 98)]
    assert await world.count(platform) == 99


async def test_over_http_a_full_queue_is_a_503_that_says_when_to_come_back(world: World, platform: Platform) -> None:
    limit = world.settings.queue_events_max
    batches = [[vote() for _ in range(1_000)] for _ in range(3)]
    async with Held(world, platform):
        filling = asyncio.create_task(
            world.services.appender.submit(platform.tenant_id, 0, [entry(f"fill-{n}") for n in range(limit - 500)])
        )
        while world.services.appender.queued_events < limit - 500:
            await asyncio.sleep(0)
        for batch in batches:
            reply = await world.http.post("/api/passport/batch", batch, platform.server)
            assert (reply.status, reply.code, reply.headers["retry-after"]) == (503, "overloaded", "1")
    assert len(await filling) == limit - 500
    assert await world.count(platform) == limit - 500
    reply = await world.http.post("/api/passport/batch", batches[0], platform.server)
    assert (reply.status, reply.json["accepted"]) == (201, 1_000)


async def test_a_cancelled_request_leaves_neighbours_alone_and_a_second_try_tells_the_truth(
    world: World, platform: Platform, appender: Appender
) -> None:
    async with Held(world, platform):
        tasks = [
            asyncio.create_task(appender.submit(platform.tenant_id, 0, [entry(f"request-{n}")])) for n in range(10)
        ]
        while appender.queued_events < 10:
            await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        results = asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)
    for number, result in enumerate(await results):
        assert isinstance(result, asyncio.CancelledError) if number % 2 == 0 else result == [Accepted(0, number)]
    await appender.drain()
    again = await appender.submit(platform.tenant_id, 0, [entry(f"request-{n}") for n in range(10)])
    assert again == [Duplicate(0, offset) for offset in range(10)]
    assert await world.count(platform) == 10


async def test_an_entry_that_cannot_be_stored_does_not_take_its_neighbours_down(
    world: World, platform: Platform, appender: Appender
) -> None:
    bad = [
        entry("a nul in a column", artist_id="a\0"), entry("a nul in the metadata", metadata={"a": "\0"}),
        entry("a value past a bigint", value=2**63), entry("an id with a nul\0"),
        entry("half a pair", city="\ud800"),
    ]  # fmt: skip
    batch = [one for n, odd in enumerate(bad) for one in (entry(f"good-{n}"), odd)]
    outcomes = await appender.submit(platform.tenant_id, 0, batch)
    assert outcomes[::2] == [Accepted(0, offset) for offset in range(5)]
    for outcome in outcomes[1::2]:
        assert isinstance(outcome, Unstorable)
        assert outcome.reason
    assert [row["id"] for row in await world.entries(platform)] == [f"good-{n}" for n in range(5)]
    assert await appender.submit(platform.tenant_id, 0, [entry("good-0", "other")]) == [IdReused()]


async def test_a_database_that_went_away_is_said_and_a_second_try_works(
    world: World, platform: Platform, appender: Appender, committed: Committed
) -> None:
    async with Held(world, platform):
        lost = asyncio.create_task(appender.submit(platform.tenant_id, 0, [entry("lost")]))
        sql = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'coliseum-capture' AND wait_event_type = 'Lock'"
        )
        async with asyncio.timeout(10):
            while not await world_value(world, sql):
                await asyncio.sleep(0.005)
        with pytest.raises(StoreUnavailable):
            await lost
    assert not committed.tenants
    assert await appender.submit(platform.tenant_id, 0, [entry("lost")]) == [Accepted(0, 0)]


async def world_value(world: World, sql: str) -> object:
    async with world.database.connection("owner") as connection:
        return await connection.fetchval(sql)


async def test_an_append_that_stands_still_gives_up_by_itself(world: World, platform: Platform) -> None:
    async with world.database.connection("capture") as connection:
        assert await connection.fetchval("SHOW lock_timeout") == "11s"
        assert await connection.fetchval("SHOW statement_timeout") == "12s"
        assert await connection.fetchval("SHOW idle_in_transaction_session_timeout") == "10s"
        assert await connection.fetchval("SHOW synchronous_commit") == "on"


async def test_ids_are_forgotten_after_the_window_and_not_before(
    world: World, platform: Platform, appender: Appender
) -> None:
    now = datetime.now(UTC)
    await appender.submit(platform.tenant_id, 0, [entry(f"old-{n}") for n in range(50)])
    await appender.submit(platform.tenant_id, 0, [entry("young")])
    shift = "UPDATE passport_keys SET received_at = received_at - $2::interval WHERE tenant_id = $1 AND id LIKE $3"
    await world.execute(shift, platform.tenant_id, timedelta(days=41), "old-%")
    await world.execute(shift, platform.tenant_id, timedelta(days=39), "young")
    await keep_up(world.database, now, dedupe_days=40)
    kept = await world.fetch("SELECT id FROM passport_keys WHERE tenant_id = $1", platform.tenant_id)
    assert [row["id"] for row in kept] == ["young"]
    assert await appender.submit(platform.tenant_id, 0, [entry("young")]) == [Duplicate(0, 50)]
    assert await appender.submit(platform.tenant_id, 0, [entry("old-1")]) == [Accepted(0, 51)]


PARTITIONS = """
    SELECT c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bounds FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'passport_entries'::regclass ORDER BY 1
"""


async def test_partitions_stand_ahead_and_a_wild_clock_costs_nothing(
    world: World, platform: Platform, appender: Appender
) -> None:
    names = [row["name"] for row in await world.fetch(PARTITIONS)]
    this_month = datetime.now(UTC)
    months = [(this_month.year * 12 + this_month.month - 1 + n) for n in range(4)]
    assert [f"passport_entries_{month // 12}{month % 12 + 1:02}" for month in months] == names[:-1]
    assert names[-1] == "passport_entries_default"
    ahead = Appender(
        world.database, lambda: this_month + timedelta(days=150), queue_events_max=100, append_batch_events_max=30,
        on_commit=Committed(),
    )  # fmt: skip
    assert await ahead.submit(platform.tenant_id, 0, [entry("from the future")]) == [Accepted(0, 0)]
    assert [row["id"] for row in await world.entries(platform)] == ["from the future"]
    # When that month comes near, the entry in the default partition must not keep the coming ones from being made.
    async with world.database.connection("owner") as connection:
        await connection.execute("SELECT passport_make_partitions($1, 3)", this_month + timedelta(days=120))
    after = [row["name"] for row in await world.fetch(PARTITIONS)]
    assert len(after) == len(names) + 3  # four months, and the one that the default partition keeps
    assert await appender.submit(platform.tenant_id, 0, [entry("now")]) == [Accepted(0, 1)]
    assert await world.count(platform) == 2
