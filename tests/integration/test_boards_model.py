"""Every read of a board against the model, live and cold, whatever was sent and whatever happened in between."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from coliseum.boards.ties import Ties
from coliseum.projections import boards
from coliseum.projections.turns import turn
from coliseum.queries import pages
from support.chance import ARTISTS, CITIES, EVENTS, FANS, GENRES
from support.happenings import MOMENTS, SPECS, Happenings, crowd
from support.model import Model
from support.questions import METRICS, QUESTIONS, RANKINGS, WINDOWS, Questioner
from support.services import World

pytestmark = pytest.mark.long

ZONES = ("UTC", "Europe/Vienna", "Asia/Kolkata")
BEGIN = datetime(2031, 10, 25, 21, 40, tzinfo=UTC)
"""Some hours before clocks are set back in Vienna, and later than anything is received: so it has been by then."""
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
EXAMPLES, STEPS = 5, 30


class Machine(RuleBasedStateMachine):
    """Its steps run in the loop of the tests, while Hypothesis waits in a thread of its own."""

    world: ClassVar[World]
    loop: ClassVar[asyncio.AbstractEventLoop]
    happenings: Happenings

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    @initialize(zone=st.sampled_from(ZONES), partitions=st.integers(1, 2), seed=st.integers(0, 999))
    def begin(self, zone: str, partitions: int, seed: int) -> None:
        platform = self.run(self.world.platform(zone=zone, partitions=partitions))
        self.happenings = Happenings(self.world, platform, BEGIN)
        self.run(self.happenings.begin())
        self.run(self.happenings.happen(crowd(seed, 80)))

    @rule(specs=st.lists(SPECS, min_size=1, max_size=12))
    def sent(self, specs: list[dict[str, Any]]) -> None:
        self.run(self.happenings.happen(specs))

    @rule(seed=st.integers(0, 999), count=st.integers(1, 30))
    def many_sent(self, seed: int, count: int) -> None:
        self.run(self.happenings.happen(crowd(seed, count)))

    @rule(hours=st.sampled_from([1, 1, 1, 2, 3, 4, 24]), seconds=st.sampled_from([0, 1, 29, 30, 1_800]))
    def time_passes(self, hours: int, seconds: int) -> None:
        self.run(self.happenings.pass_time(hours, seconds))

    @rule(count=st.integers(1, 3))
    def rounds(self, count: int) -> None:
        self.run(self.happenings.conductor.rounds(count))

    @rule()
    def hours_are_rolled_up(self) -> None:
        self.run(self.happenings.tidy())

    @rule()
    def valkey_is_emptied(self) -> None:
        self.run(self.world.forget_boards(self.happenings.platform))

    @rule()
    def rebuilt(self) -> None:
        self.run(self.happenings.rebuild())

    @rule(fan=st.sampled_from(FANS))
    def forgotten(self, fan: str) -> None:
        self.run(self.happenings.forget(fan))

    @rule(question=QUESTIONS)
    def asked(self, question: dict[str, Any]) -> None:
        self.run(Questioner(self.happenings).ask(question))

    @rule(question=QUESTIONS, before=st.lists(SPECS, max_size=4), seconds=st.sampled_from([0, 1, 29, 30, 31]))
    def asked_as_the_hour_turns(self, question: dict[str, Any], before: list[dict[str, Any]], seconds: int) -> None:
        self.run(Questioner(self.happenings).ask_at_turn(question, before, seconds))

    @precondition(lambda self: bool(self.happenings.moments))
    @rule(question=QUESTIONS, at=MOMENTS)
    def asked_as_of(self, question: dict[str, Any], at: tuple[float, ...]) -> None:
        self.run(Questioner(self.happenings).ask_as_of(question, at))

    def teardown(self) -> None:
        if hasattr(self, "happenings"):
            self.run(self.happenings.end())


@pytest.mark.timeout(600)  # a failure is made smaller for up to five minutes
async def test_every_read_is_the_models_whatever_happens(world: World) -> None:
    machine = type("Playing", (Machine,), {"world": world, "loop": asyncio.get_running_loop()})
    chosen = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=SLOW, report_multiple_bugs=False
    )  # fmt: skip
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=chosen)


def in_reverse(self: Ties, score: float) -> tuple[int, int]:
    total, rest = divmod(-int(score), self.scale)
    return total, (rest // self.unit(total)) % self.scale


VOTES = {"metric": "votes", "window": "all"}
MUTANTS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], dict[str, Any]]] = {
    "a turn that changes nothing": (
        lambda patch: patch.setattr(boards, "turn", half_a_turn(turn)), {"metric": "votes", "window": "24h"}
    ),
    "a place in time that is read backwards": (lambda patch: patch.setattr(Ties, "read", in_reverse), VOTES),
    "asked-for rows that are taken for neighbours": (
        lambda patch: patch.setattr(pages, "_ranked", neighbours(pages._ranked)), {**VOTES, "ranking": "dense"}
    ),
    "members alone with the ranks of the whole board": (lambda patch: patch.setattr(pages, "_alone", list), VOTES),
}  # fmt: skip
"""What is spoilt, and questions that show it."""


def neighbours(right: Any) -> Any:
    return lambda board, flat, members, **_: right(board, flat, members, following=True)


def half_a_turn(right: Any) -> Any:
    async def half(*args: Any) -> Any:
        turned = await right(*args)
        return None if turned is None else msgspec.structs.replace(turned, scores={})

    return half


async def asked_often(world: World, question: dict[str, Any]) -> None:
    """A few questions of each of many crowds: without Hypothesis, which would first try what is small."""
    for seed in range(30):
        rng = random.Random(seed)
        happenings = Happenings(world, await world.platform(), BEGIN)
        await happenings.begin()
        try:
            for _ in range(3):
                await happenings.happen(crowd(rng.randrange(1_000), 80))
                await Questioner(happenings).ask({**at_random(rng), **question})
            for _ in range(2):  # after the first hour, what was the present board becomes that of the third
                await Questioner(happenings).ask_at_turn(
                    {**at_random(rng), **question}, crowd(rng.randrange(1_000), 40), 1
                )
        finally:
            await happenings.close()


def corrections(rng: random.Random) -> list[dict[str, Any]]:
    """Every artist and bill said anew."""
    artists = [
        {"type": "catalog.artist", "artistId": who, "genres": rng.sample(GENRES, 1), "city": rng.choice(CITIES)}
        for who in ARTISTS
    ]
    events = [{"type": "catalog.event", "eventId": each, "artistIds": rng.sample(ARTISTS, 2)} for each in EVENTS]
    return [{**each, "userId": "ana", "ago": (0, 0)} for each in (*artists, *events)]


OF_NOW: list[tuple[str, dict[str, Any]]] = [
    ("name", {"metric": "votes"}), ("genres", {"metric": "votes", "filters": [("genre", 0)]}),
    ("city", {"metric": "votes", "filters": [("city", 0)]}), ("artistIds", {"metric": "attendance"}),
    ("genres", {"metric": "voters", "filters": [("event", 0), ("genre", 0)]}),
]  # fmt: skip
"""What of the catalogue is taken from now, and a question that shows it."""


def with_now(then: Model, now: Model, field: str) -> Model:
    catalog = {key: {**said, field: now.catalog[key].get(field)} for key, said in then.catalog.items()}
    return replace(then, catalog=catalog)


async def asked_as_of(happenings: Happenings, question: dict[str, Any]) -> None:
    for part in (0.75, 0.8, 0.85, 0.9, 0.95):
        await Questioner(happenings).ask_as_of(question, (part, part))


@pytest.mark.parametrize(("field", "question"), OF_NOW, ids=str)
async def test_the_model_sees_a_catalogue_of_now_as_of_then(
    world: World, monkeypatch: pytest.MonkeyPatch, field: str, question: dict[str, Any]
) -> None:
    """Seen from the other side: a model with one thing of now in its catalogue of then is not what is read."""
    happenings = Happenings(world, await world.platform(), BEGIN)
    await happenings.begin()
    try:
        await happenings.happen([*corrections(random.Random(1)), *crowd(1, 80)])
        for seed in range(2, 6):
            await happenings.happen(corrections(random.Random(seed)))
        asked = {**at_random(random.Random(1)), "window": "all", **question}
        await asked_as_of(happenings, asked)
        right = Model.as_of
        monkeypatch.setattr(Model, "as_of", lambda self, read: with_now(right(self, read), self, field))
        with pytest.raises(AssertionError):
            await asked_as_of(happenings, asked)
    finally:
        await happenings.close()


def at_random(rng: random.Random) -> dict[str, Any]:
    return {
        "metric": rng.choice(METRICS), "kind": 0, "window": rng.choice(WINDOWS), "ago": 0, "filters": [],
        "ranking": rng.choice(RANKINGS), "limit": rng.randint(1, 5), "seed": rng.randrange(1_000),
    }  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
async def test_the_model_sees(world: World, monkeypatch: pytest.MonkeyPatch, mutant: str) -> None:
    spoil, question = MUTANTS[mutant]
    spoil(monkeypatch)
    with pytest.raises(AssertionError):
        await asked_often(world, question)
