"""Behind PgBouncer that pools by transaction: the roles cannot be taken on, which is refused; the tenant never leaks."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import asyncpg
import pytest

from coliseum import db
from coliseum.db.database import RoleNotTaken
from coliseum.errors import StoreUnavailable
from support.festival import vote
from support.pooler import PGBOUNCER, STARTUP, pooler
from support.services import Platform, World

pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="pgbouncer is not installed")
READER, PASSWORD = "isolation_reader", "only for tests of the pooler"
CLIENTS = 200


def through(url: str, place: str, user: str, password: str) -> str:
    return urlsplit(url)._replace(netloc=f"{user}:{quote(password)}@{place}").geturl()


def owner_of(world: World) -> tuple[str, str]:
    url = urlsplit(world.database.url)
    assert url.username
    return url.username, unquote(url.password or "")


@pytest.fixture
async def reader(world: World) -> AsyncIterator[None]:
    """A role that logs in with the rights of the app: what an operator could give each kind of work instead."""
    await world.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}' NOBYPASSRLS INHERIT IN ROLE coliseum_app")
    yield
    await world.execute(f"DROP ROLE {READER}")


async def test_a_pooler_that_takes_no_start_up_parameters_is_named_as_the_reason(world: World, tmp_path: Path) -> None:
    user = owner_of(world)
    async with pooler(world.database.url, tmp_path, user) as place:
        with pytest.raises(StoreUnavailable, match="unsupported startup parameter"):
            await db.Database.open(through(world.database.url, place, *user), app=1)


@pytest.mark.parametrize("right", ["app", "capture", "accounts", "processor"])
async def test_a_pooler_that_swallows_the_role_is_refused_before_anything_is_read(
    world: World, tmp_path: Path, right: db.Right
) -> None:
    user = owner_of(world)
    async with pooler(world.database.url, tmp_path, user, ignored=STARTUP) as place:
        url = through(world.database.url, place, *user)
        with pytest.raises(RoleNotTaken, match=f"asked for the role coliseum_{right} has the role {user[0]}"):
            await db.Database.open(url, **{right: 1})
        with pytest.raises(RoleNotTaken):
            await db.connect(url, right)


async def disturb(connection: Any, how: str) -> None:
    if how == "error":
        await connection.execute("SELECT 1/0")
    if how == "rollback":
        raise ZeroDivisionError
    if how == "timeout":
        await connection.execute("SELECT pg_sleep(1)")


async def test_a_tenant_set_for_a_transaction_never_leaks_to_the_next_client_of_the_same_session(
    world: World, reader: None, tmp_path: Path
) -> None:
    pair = (await world.platform(slug="pooled-a"), await world.platform(slug="pooled-b"))
    for each in pair:
        sent = [vote(artistId=each.tenant.slug, userId=each.tenant.slug)]
        assert (await world.http.post("/api/passport/batch", sent, each.server)).status == 201
    rng, looks, sessions = random.Random(23), 0, set()

    async def read(url: str, platform: Platform | None, how: str) -> None:
        nonlocal looks
        connection = await asyncpg.connect(url, statement_cache_size=0)
        try:
            async with asyncio.timeout(0.05 if how == "timeout" else None), connection.transaction():
                sessions.add(await connection.fetchval("SELECT pg_backend_pid()"))
                if platform is not None:
                    await connection.execute("SELECT set_config('coliseum.tenant', $1, true)", str(platform.tenant_id))
                for _ in range(3):
                    rows = await connection.fetch("SELECT tenant_id, artist_id FROM passport_entries")
                    seen = {(row["tenant_id"], row["artist_id"]) for row in rows}
                    assert seen == (set() if platform is None else {(platform.tenant_id, platform.tenant.slug)})
                    looks += 1
                    await disturb(connection, how)
        except (ZeroDivisionError, TimeoutError, db.PostgresError):
            pass
        finally:
            with suppress(*db.UNREACHABLE):
                await connection.close(timeout=2)

    async with pooler(world.database.url, tmp_path, (READER, PASSWORD)) as place:
        url = through(world.database.url, place, READER, PASSWORD)
        tasks = []
        for _ in range(CLIENTS):
            how = rng.choice(["plain", "plain", "error", "rollback", "timeout", "cancel"])
            task = asyncio.create_task(read(url, rng.choice([*pair, None]), how))
            if how == "cancel":
                asyncio.get_running_loop().call_later(rng.random() / 2, task.cancel)
            tasks.append(task)
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert not [result for result in results if isinstance(result, Exception)]
    assert looks > CLIENTS
    assert len(sessions) < CLIENTS / 4  # sessions were shared
