"""Every read of a board against the model, live and cold, whatever was sent and whatever happened in between."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from coliseum.boards.ties import Ties
from coliseum.projections import turns
from coliseum.queries import pages
from support.happenings import MOMENTS, SPECS, Happenings
from support.questions import QUESTIONS, Questioner
from support.services import World

ZONES = ("UTC", "Europe/Vienna", "Asia/Kolkata")
BEGIN = datetime(2031, 10, 25, 21, 40, tzinfo=UTC)
"""Some hours before clocks are set back in Vienna, and later than anything is received: so it has been by then."""
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
EXAMPLES, STEPS = 5, 30


def machine_of(world: World, loop: asyncio.AbstractEventLoop) -> type[RuleBasedStateMachine]:
    """A machine whose steps run in the loop of the tests, while Hypothesis waits in a thread of its own."""

    def run(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    class Machine(RuleBasedStateMachine):
        happenings: Happenings

        @initialize(zone=st.sampled_from(ZONES), partitions=st.integers(1, 2), first=st.lists(SPECS, min_size=8))
        def begin(self, zone: str, partitions: int, first: list[dict[str, Any]]) -> None:
            platform = run(world.platform(zone=zone, partitions=partitions))
            self.happenings = Happenings(world, platform, BEGIN)
            run(self.happenings.begin())
            run(self.happenings.happen(first))

        @rule(specs=st.lists(SPECS, min_size=1, max_size=12))
        def sent(self, specs: list[dict[str, Any]]) -> None:
            run(self.happenings.happen(specs))

        @rule(hours=st.sampled_from([1, 1, 1, 2, 3, 4, 24]), seconds=st.sampled_from([0, 1, 29, 30, 1_800]))
        def time_passes(self, hours: int, seconds: int) -> None:
            run(self.happenings.pass_time(hours, seconds))

        @rule(count=st.integers(1, 3))
        def rounds(self, count: int) -> None:
            run(self.happenings.conductor.rounds(count))

        @rule()
        def hours_are_rolled_up(self) -> None:
            run(self.happenings.tidy())

        @rule()
        def valkey_is_emptied(self) -> None:
            run(world.forget_boards(self.happenings.platform))

        @rule()
        def rebuilt(self) -> None:
            run(self.happenings.rebuild())

        @rule(question=QUESTIONS)
        def asked(self, question: dict[str, Any]) -> None:
            run(Questioner(self.happenings).ask(question))

        @rule(question=QUESTIONS, before=st.lists(SPECS, max_size=4), seconds=st.sampled_from([0, 1, 29, 30, 31]))
        def asked_as_the_hour_turns(self, question: dict[str, Any], before: list[dict[str, Any]], seconds: int) -> None:
            run(Questioner(self.happenings).ask_at_turn(question, before, seconds))

        @precondition(lambda self: bool(self.happenings.moments))
        @rule(question=QUESTIONS, at=MOMENTS)
        def asked_as_of(self, question: dict[str, Any], at: tuple[float, ...]) -> None:
            run(Questioner(self.happenings).ask_as_of(question, at))

        def teardown(self) -> None:
            if hasattr(self, "happenings"):
                run(self.happenings.end())

    return Machine


async def play(world: World, examples: int, **more: Any) -> None:
    machine = machine_of(world, asyncio.get_running_loop())
    chosen = settings(
        max_examples=examples, stateful_step_count=STEPS, deadline=None, suppress_health_check=SLOW, **more
    )  # fmt: skip
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=chosen)


@pytest.mark.timeout(300)
async def test_every_read_is_the_models_whatever_happens(world: World) -> None:
    await play(world, EXAMPLES, print_blob=True)


def in_reverse(self: Ties, score: float) -> tuple[int, int]:
    total, rest = divmod(-int(score), self.scale)
    return total, (rest // self.unit(total)) % self.scale


MUTANTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "a turn that forgets what enters": lambda patch: patch.setattr(turns, "turn", half_a_turn(turns.turn)),
    "a place in time that is read backwards": lambda patch: patch.setattr(Ties, "read", in_reverse),
    "members alone with the ranks of the whole board": lambda patch: patch.setattr(pages, "_alone", list),
}


def half_a_turn(turn: Any) -> Any:
    async def half(*args: Any) -> Any:
        changes = await turn(*args)
        return None if changes is None else changes[:1]

    return half


@pytest.mark.parametrize("mutant", MUTANTS)
async def test_the_model_sees(world: World, monkeypatch: pytest.MonkeyPatch, mutant: str) -> None:
    MUTANTS[mutant](monkeypatch)
    with pytest.raises((AssertionError, ExceptionGroup)):
        await play(world, 30, phases=[Phase.generate], derandomize=True)
