"""Scripts share one connection: each caller has its own answer, whatever happens to the others or to the connection."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from coliseum import kv

PACKAGE = "coliseum.projections"


@pytest.fixture
async def store(valkey_url: str) -> AsyncIterator[kv.KeyValue]:
    opened = await kv.KeyValue.open(valkey_url)
    for number in range(100):
        await opened.raw.hset(key(number), "epoch", number)
    yield opened
    await opened.raw.unlink(*map(key, range(100)))
    await opened.close()


def key(number: int) -> str:
    return f"{{wire:{number}}}:state"


async def state(store: kv.KeyValue, number: int) -> list[bytes]:
    answer: list[bytes] = await store.script(PACKAGE, "take_over", [key(number)], [number])
    return answer


async def test_everybody_has_the_answer_to_their_own_question(store: kv.KeyValue) -> None:
    answers = await asyncio.gather(*(state(store, number % 100) for number in range(1_000)))
    assert answers == [[b"epoch", b"%d" % (number % 100)] for number in range(1_000)]


async def test_a_refusal_is_its_askers_alone(store: kv.KeyValue) -> None:
    refused = store.script(PACKAGE, "take_over", [key(9)], [1])
    answers = await asyncio.gather(state(store, 3), refused, state(store, 4), return_exceptions=True)
    assert answers[0] == [b"epoch", b"3"]
    assert isinstance(answers[1], kv.Refused)
    assert str(answers[1]).startswith("FENCED")
    assert answers[2] == [b"epoch", b"4"]


async def test_whoever_stops_waiting_shifts_no_answer(store: kv.KeyValue) -> None:
    await state(store, 0)
    tasks = [asyncio.create_task(state(store, number)) for number in range(100)]
    await asyncio.sleep(0)  # they have asked
    for task in tasks[::3]:
        task.cancel()
    await asyncio.wait(tasks)
    for number, task in enumerate(tasks):
        assert task.cancelled() if number % 3 == 0 else task.result() == [b"epoch", b"%d" % number]


async def test_a_broken_connection_is_made_anew(store: kv.KeyValue) -> None:
    await state(store, 1)
    for _ in range(3):
        await store.raw.client_kill_filter(_type="normal", skipme=True)
        answers = await asyncio.gather(*(state(store, number) for number in range(50)), return_exceptions=True)
        for number, answer in enumerate(answers):
            # In flight when it broke, or asked on the new one.
            assert isinstance(answer, kv.FAILED) or answer == [b"epoch", b"%d" % number]
        assert await state(store, 7) == [b"epoch", b"7"]


async def test_scripts_that_the_server_forgot_are_sent_again(store: kv.KeyValue) -> None:
    assert await state(store, 1) == [b"epoch", b"1"]
    await store.raw.script_flush()
    answers = await asyncio.gather(*(state(store, number) for number in (2, 3)))
    assert answers == [[b"epoch", b"2"], [b"epoch", b"3"]]


async def test_a_server_that_does_not_answer_is_given_up(store: kv.KeyValue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kv, "TIMEOUT_S", 0.2)
    await state(store, 1)
    await store.raw.client_pause(800)
    answers = await asyncio.gather(*(state(store, number) for number in range(5)), return_exceptions=True)
    assert all(isinstance(answer, kv.FAILED) for answer in answers)
    monkeypatch.undo()
    assert await state(store, 2) == [b"epoch", b"2"]


async def test_a_server_that_is_away_is_said_to_be_to_all_at_once() -> None:
    store = kv.KeyValue("redis://127.0.0.1:1")
    answers = await asyncio.gather(*(state(store, number) for number in range(50)), return_exceptions=True)
    assert all(isinstance(answer, kv.FAILED) for answer in answers)
    await store.close()


async def test_what_is_not_valkey_is_not_listened_to(store: kv.KeyValue) -> None:
    await state(store, 1)
    wire = store._wire
    assert wire is not None
    wire.data_received(b"+nobody asked\r\n")
    assert not wire.usable
    assert await state(store, 2) == [b"epoch", b"2"]
