"""Limits that are counted in Valkey: shared by processes, begun anew each window, and what happens without Valkey."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coliseum import kv
from coliseum.errors import Refusal, RequestRefused, StoreUnavailable
from coliseum.ids import random_secret
from coliseum.local.valkey import EmbeddedValkey
from coliseum.web.limits import PATIENCE_S, Limiter

NOON = datetime(2026, 5, 1, 12, 0, 20, tzinfo=UTC)


class Hands:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def store(valkey_url: str) -> AsyncIterator[kv.KeyValue]:
    opened = kv.KeyValue(valkey_url)
    yield opened
    await opened.close()


async def test_two_processes_count_together_and_a_window_ends_where_the_clock_says(valkey_url: str) -> None:
    hands, who = Hands(), random_secret()
    stores = [kv.KeyValue(valkey_url) for _ in range(2)]
    one, other = [Limiter(store, hands, fail="open") for store in stores]
    rates = [await limiter.hit("reads", who, 3) for limiter in (one, other, one, other)]
    assert [rate.allowed for rate in rates] == [True, True, True, False]
    assert [rate.remaining for rate in rates] == [2, 1, 0, 0]
    assert {rate.reset_s for rate in rates} == {40}
    hands.now += timedelta(seconds=40)
    assert (await other.hit("reads", who, 3)).remaining == 2
    assert (await other.hit("reads", random_secret(), 3)).remaining == 2
    for store in stores:
        await store.close()


async def test_one_too_many_is_refused_with_the_seconds_to_wait(store: kv.KeyValue) -> None:
    limiter, who = Limiter(store, Hands(), fail="closed"), random_secret()
    await limiter.check("log-in", who, 1, window_s=900)
    with pytest.raises(RequestRefused) as refused:
        await limiter.check("log-in", who, 1, window_s=900)
    assert (refused.value.code, refused.value.retry_after_s) == (Refusal.RATE_LIMITED, 880)
    await limiter.forget("log-in", who, 1, window_s=900)
    assert (await limiter.check("log-in", who, 1, window_s=900)).allowed


async def test_without_valkey_an_open_limiter_counts_for_itself_and_a_closed_one_refuses() -> None:
    away = kv.KeyValue("valkey://127.0.0.1:1")
    opened, closed = Limiter(away, Hands(), fail="open"), Limiter(away, Hands(), fail="closed")
    assert [(await opened.hit("reads", "a", 2)).allowed for _ in range(3)] == [True, True, False]
    with pytest.raises(StoreUnavailable):
        await closed.hit("log-in", "a", 2)
    await away.close()


async def test_a_valkey_that_hangs_costs_one_short_wait_and_counts_again_when_it_is_back(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path, "tests-only")
    child = server.start()
    store = kv.KeyValue(server.url)
    limiter = Limiter(store, Hands(), fail="open")
    try:
        assert (await limiter.hit("reads", "a", 5)).used == 1
        os.kill(child.pid, signal.SIGSTOP)
        began_s = time.monotonic()
        assert [(await limiter.hit("reads", "a", 5)).used for _ in range(3)] == [1, 2, 3]
        assert time.monotonic() - began_s < 2 * PATIENCE_S
        os.kill(child.pid, signal.SIGCONT)
        async with asyncio.timeout(10):
            while (await limiter.hit("reads", "b", 1_000_000)).used and not await store.raw.keys("*reads/b*"):
                await asyncio.sleep(0.05)
    finally:
        await store.close()
        os.kill(child.pid, signal.SIGCONT)
        server.stop()
