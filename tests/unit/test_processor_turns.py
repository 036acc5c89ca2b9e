"""Steps take turns, and a turn is a courtesy: one that hangs holds nobody up for long."""

import asyncio
import time

import pytest

from coliseum.processor.turns import WAIT_S_MAX, Turns


class Steps:
    """Steps that count how many of them are under way."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.now = self.most = self.done = 0

    async def take(self, lasts_s: float) -> None:
        async with self.turns.turn():
            self.now += 1
            self.most = max(self.most, self.now)
            try:
                await asyncio.sleep(lasts_s)
            finally:
                self.now -= 1
        self.done += 1


@pytest.mark.parametrize("at_once", [1, 2, 3])
async def test_so_many_at_a_time(at_once: int) -> None:
    steps = Steps(Turns(at_once))
    await asyncio.gather(*(steps.take(0.005) for _ in range(12)))
    assert (steps.most, steps.done) == (at_once, 12)


async def test_one_that_hangs_is_waited_for_a_quarter_of_a_second_and_no_longer() -> None:
    steps = Steps(Turns())
    hanging = asyncio.create_task(steps.take(3_600))
    await asyncio.sleep(0)
    began_s = time.monotonic()
    await steps.take(0)
    assert WAIT_S_MAX * 0.9 < time.monotonic() - began_s < WAIT_S_MAX + 1
    hanging.cancel()
    await asyncio.wait([hanging])
    began_s = time.monotonic()
    await steps.take(0)
    assert time.monotonic() - began_s < WAIT_S_MAX / 2


async def test_who_gave_up_or_went_without_a_turn_takes_none_away() -> None:
    steps = Steps(Turns())
    first = asyncio.create_task(steps.take(2 * WAIT_S_MAX))
    await asyncio.sleep(0)
    impatient = asyncio.create_task(steps.take(2 * WAIT_S_MAX))
    waiting = asyncio.create_task(steps.take(0))
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.wait([first, impatient, waiting])
    assert steps.most == 2
    steps.most = 0
    await asyncio.gather(*(steps.take(0.001) for _ in range(5)))
    assert steps.most == 1


async def test_what_a_step_raises_gives_its_turn_back() -> None:
    turns = Turns()
    for _ in range(3):
        with pytest.raises(ValueError, match="ill"):
            async with turns.turn():
                raise ValueError("ill")
    began_s = time.monotonic()
    await Steps(turns).take(0)
    assert time.monotonic() - began_s < WAIT_S_MAX / 2
