"""The append protocol against a model: gapless offsets, one entry an id, whatever runs at once."""

import asyncio
import random
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import pytest

from coliseum import db
from coliseum.passport.append import append
from coliseum.passport.entries import Accepted, AlreadyVoided, Duplicate, IdReused, NewEntry, Outcome
from coliseum.passport.storing import ClaimConflict
from support.entries import entry
from support.services import Platform, World

PARTITIONS = 3


@pytest.fixture
async def wide(world: World) -> Platform:
    return await world.platform(partitions=PARTITIONS)


async def store(world: World, platform: Platform, partition: int, entries: list[NewEntry]) -> list[Outcome]:
    """Append, and again on a conflict, as the appender does."""
    while True:
        try:
            async with world.database.connection("capture") as connection:
                return await append(connection, platform.tenant_id, partition, entries, datetime.now(UTC))
        except ClaimConflict:
            continue


async def check_log(world: World, platform: Platform) -> dict[str, tuple[int, int, str]]:
    """Offsets are 0, 1, 2 ... up to the head, an id stands once; returns (partition, offset, content) by id."""
    by_partition: dict[int, list[int]] = defaultdict(list)
    found: dict[str, tuple[int, int, str]] = {}
    for row in await world.entries(platform):
        by_partition[row["partition"]].append(row["offset"])
        assert row["id"] not in found
        found[row["id"]] = row["partition"], row["offset"], row["metadata"]["content"]
    heads = await world.fetch("SELECT partition, head FROM passport_heads WHERE tenant_id = $1", platform.tenant_id)
    assert {row["partition"]: row["head"] for row in heads if row["head"]} == {
        partition: len(offsets) for partition, offsets in by_partition.items()
    }
    assert all(offsets == list(range(len(offsets))) for offsets in by_partition.values())
    keys = await world.fetch("SELECT * FROM passport_keys WHERE tenant_id = $1", platform.tenant_id)
    assert {row["id"]: (row["partition"], row["offset"]) for row in keys} == {
        event_id: (partition, offset) for event_id, (partition, offset, _) in found.items()
    }
    return found


def check_outcome(sent: NewEntry, outcome: Outcome, log: dict[str, tuple[int, int, str]]) -> None:
    """An answer agrees with the log as it stands in the end."""
    partition, offset, content = log[sent.id]
    match outcome:
        case Accepted() | Duplicate():
            assert (outcome.partition, outcome.offset, sent.metadata["content"]) == (partition, offset, content)
        case IdReused():
            assert sent.metadata["content"] != content
        case _:
            raise AssertionError(outcome)


async def read_prefixes(world: World, platform: Platform, done: asyncio.Event) -> int:
    """Read the log again and again as a consumer does; what is seen below the head never has a gap."""
    looks = 0
    seen: dict[int, list[str]] = defaultdict(list)
    while not done.is_set():
        async with world.database.transaction("processor", snapshot=True) as connection:
            heads = await connection.fetch(
                "SELECT partition, head FROM passport_heads WHERE tenant_id = $1", platform.tenant_id
            )
            rows = await connection.fetch(
                'SELECT partition, "offset", id FROM passport_entries WHERE tenant_id = $1 ORDER BY 1, 2',
                platform.tenant_id,
            )
        prefix: dict[int, list[str]] = defaultdict(list)
        for row in rows:
            assert row["offset"] == len(prefix[row["partition"]]), "a gap"
            prefix[row["partition"]].append(row["id"])
        for head in heads:
            ids = prefix[head["partition"]]
            assert len(ids) == head["head"]
            assert ids[: len(seen[head["partition"]])] == seen[head["partition"]], "the past changed"
            seen[head["partition"]] = ids
        looks += 1
    return looks


async def test_twenty_appenders_with_overlapping_ids_leave_a_gapless_log(world: World, wide: Platform) -> None:
    rng = random.Random(20)
    sent: list[tuple[NewEntry, Outcome]] = []

    async def appender(number: int) -> None:
        for _ in range(12):
            batch = [
                entry(f"id-{rng.randrange(400)}", content=rng.choice(["a", "a", "a", "b"]))
                for _ in range(rng.randrange(1, 25))
            ]
            outcomes = await store(world, wide, (number + rng.randrange(2)) % PARTITIONS, batch)
            sent.extend(zip(batch, outcomes, strict=True))

    done = asyncio.Event()
    reader = asyncio.create_task(read_prefixes(world, wide, done))
    await asyncio.gather(*(appender(number) for number in range(20)))
    done.set()
    assert await reader > 3
    log = await check_log(world, wide)
    for one, outcome in sent:
        check_outcome(one, outcome, log)
    accepted = [one.id for one, outcome in sent if isinstance(outcome, Accepted)]
    assert sorted(accepted) == sorted(log)


async def test_fifty_sendings_at_once_are_one_entry_and_one_answer(world: World, wide: Platform) -> None:
    batch = [entry(f"same-{n}") for n in range(5)]
    answers = await asyncio.gather(*(store(world, wide, n % PARTITIONS, batch) for n in range(50)))
    log = await check_log(world, wide)
    assert len(log) == 5
    for answer in answers:
        for one, outcome in zip(batch, answer, strict=True):
            check_outcome(one, outcome, log)
    assert sum(isinstance(outcome, Accepted) for answer in answers for outcome in answer) == 5


async def test_a_batch_keeps_the_order_in_which_it_came(world: World, wide: Platform) -> None:
    ids = [f"order-{n}" for n in random.Random(5).sample(range(100), 100)]
    await store(world, wide, 0, [entry(event_id) for event_id in ids])
    assert [row["id"] for row in await world.entries(wide)] == ids


async def test_an_id_within_one_batch_counts_once_and_its_other_content_is_refused(
    world: World, wide: Platform
) -> None:
    outcomes = await store(world, wide, 0, [entry("x", "a"), entry("x", "b"), entry("x", "a"), entry("y", "b")])
    assert outcomes == [Accepted(0, 0), IdReused(), Duplicate(0, 0), Accepted(0, 1)]


async def test_an_id_of_another_partition_is_still_that_id(world: World, wide: Platform) -> None:
    assert await store(world, wide, 2, [entry("x", "a")]) == [Accepted(2, 0)]
    assert await store(world, wide, 0, [entry("x", "a"), entry("x", "b")]) == [Duplicate(2, 0), IdReused()]
    assert await store(world, wide, 0, [entry("y", "a")]) == [Accepted(0, 0)]
    await check_log(world, wide)


async def test_two_partitions_that_meet_on_an_id_conflict_and_the_second_try_decides(
    world: World, wide: Platform
) -> None:
    batch = [entry("both"), entry("also")]
    async with world.database.connection("capture") as first, world.database.connection("capture") as second:
        async with first.transaction():
            # As far as the first append got: its claim is made, and not committed.
            await first.execute(
                'INSERT INTO passport_keys (tenant_id, id, content_hash, partition, "offset", received_at) '
                "VALUES ($1, $2, $3, 0, 0, now())",
                wide.tenant_id, batch[0].id, batch[0].content_hash,
            )  # fmt: skip
            racing = asyncio.create_task(append(second, wide.tenant_id, 1, batch, datetime.now(UTC)))
            await until_waiting(world, 1)
        with pytest.raises(ClaimConflict):
            await racing
        assert await append(second, wide.tenant_id, 1, batch, datetime.now(UTC)) == [Duplicate(0, 0), Accepted(1, 0)]


async def until_waiting(world: World, sessions: int) -> None:
    """Return when so many sessions of this database wait for a lock."""
    sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with asyncio.timeout(10), world.database.connection("owner") as connection:
        while await connection.fetchval(sql) < sessions:
            await asyncio.sleep(0.005)


def void(event_id: str, vote_id: str) -> NewEntry:
    return entry(event_id, event_id, event_type="coliseum.vote_voided", value=-1, voids=vote_id)


async def test_a_vote_is_taken_back_once_however_many_try_at_once(world: World, wide: Platform) -> None:
    votes = [f"vote-{n}" for n in range(10)]
    await store(world, wide, 0, [entry(vote_id) for vote_id in votes])

    async def take_back(number: int) -> list[tuple[str, Outcome]]:
        chosen = random.Random(number).sample(votes, 4)
        batch = [void(f"void-{number}-{vote_id}", vote_id) for vote_id in chosen]
        return list(zip(chosen, await store_single_or_all(world, wide, number, batch), strict=True))

    outcomes = [pair for found in await asyncio.gather(*map(take_back, range(20))) for pair in found]
    accepted = [vote_id for vote_id, outcome in outcomes if isinstance(outcome, Accepted)]
    assert sorted(accepted) == sorted({vote_id for vote_id, _ in outcomes})
    assert {type(outcome) for _, outcome in outcomes} == {Accepted, AlreadyVoided}
    await check_log(world, wide)


async def store_single_or_all(world: World, platform: Platform, number: int, batch: list[NewEntry]) -> list[Outcome]:
    """Half of the senders send one by one."""
    partition = number % PARTITIONS
    if number % 2:
        return await store(world, platform, partition, batch)
    return [(await store(world, platform, partition, [one]))[0] for one in batch]


async def test_a_void_that_is_sent_again_is_a_duplicate_and_claims_nothing_more(world: World, wide: Platform) -> None:
    await store(world, wide, 0, [entry("v1"), entry("v2")])
    first = void("void", "v1")
    assert await store(world, wide, 1, [first]) == [Accepted(1, 0)]
    assert await store(world, wide, 1, [first]) == [Duplicate(1, 0)]
    assert await store(world, wide, 1, [entry("void", "other", voids="v2")]) == [IdReused()]
    assert await store(world, wide, 1, [void("late", "v1")]) == [AlreadyVoided()]
    assert await store(world, wide, 1, [void("fine", "v2")]) == [Accepted(1, 1)]


async def test_an_entry_that_is_refused_claims_no_vote(world: World, wide: Platform) -> None:
    await store(world, wide, 0, [entry("v1"), entry("v2"), entry("v3")])
    batch = [entry("void", "one", voids="v1"), entry("void", "two", voids="v2"), entry("v1", "x", voids="v3")]
    assert await store(world, wide, 1, batch) == [Accepted(1, 0), IdReused(), IdReused()]
    assert await store(world, wide, 1, [void("fine", "v2"), void("fine too", "v3")]) == [Accepted(1, 1), Accepted(1, 2)]


ROLES = ("capture", "app", "processor")
LOG_TABLES = ("passport_entries", "passport_keys", "passport_personal", "passport_references", "passport_subjects")
CHANGES = ("UPDATE {} SET tenant_id = tenant_id", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}",
           "ALTER TABLE {} DISABLE ROW LEVEL SECURITY")  # fmt: skip


@pytest.mark.parametrize("table", [*LOG_TABLES, "passport_entries_default"])
@pytest.mark.parametrize("role", ROLES)
async def test_no_runtime_role_may_change_or_delete_what_is_in_the_log(world: World, role: Any, table: str) -> None:
    for change in CHANGES:
        async with world.database.connection(role) as connection:
            with pytest.raises(db.InsufficientPrivilege):
                await connection.execute(change.format(table))


@pytest.mark.parametrize("role", ["app", "processor"])
async def test_only_capture_may_add_to_the_log(world: World, role: Any) -> None:
    for table in LOG_TABLES:
        async with world.database.connection(role) as connection:
            with pytest.raises(db.InsufficientPrivilege):
                await connection.execute(f"INSERT INTO {table} DEFAULT VALUES")
