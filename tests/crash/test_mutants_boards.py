"""Scripts of Valkey without their guards are seen: each mutant fails the check that the right one passes."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import pytest

from coliseum import kv
from coliseum.boards.board import Board
from coliseum.clock import utc_now
from coliseum.errors import LeaseLost
from coliseum.metrics.registry import Kind
from coliseum.projections.boards import BoardsFollower
from coliseum.projections.boardstore import BoardsMoved, BoardStore
from support import mutants
from support.boarding import IDLE_S, Boarding, Following
from support.judging import right_or_seen
from support.services import World

SCRIPTS = ("take_over", "reset_boards", "apply_deltas", "install_board", "drop_boards")


@pytest.fixture
async def store(world: World) -> AsyncIterator[kv.KeyValue]:
    """A store whose scripts may be spoilt without anybody else noticing."""
    made = kv.KeyValue(world.store.url)
    yield made
    await made.close()


async def fences(store: kv.KeyValue, tenant_id: int) -> None:
    """Whatever an earlier holder tries after a later one has come is refused."""
    old, new = (BoardStore(store, tenant_id, epoch) for epoch in (5, 6))
    await old.take_over()
    await old.reset(0, {0: 10})
    await new.take_over()
    board = Board("votes", "", Kind.ARTIST, "all", 0)
    tries: tuple[Callable[[], Awaitable[object]], ...] = (
        old.take_over,
        lambda: old.reset(0, {0: 0}),
        lambda: old.apply(0, 10, 11, {}, []),
        lambda: old.install(board, {0: 10}, 0),
        lambda: old.drop([board]),
    )
    for attempt in tries:
        await new.reset(0, {0: 10})
        await new.begin(board)
        try:
            await attempt()
        except (LeaseLost, BoardsMoved):
            continue
        raise AssertionError("an earlier holder was let in")


@pytest.mark.parametrize("script", [None, *SCRIPTS])
async def test_a_script_without_its_fence_is_seen(world: World, store: kv.KeyValue, script: str | None) -> None:
    if script is not None:
        mutants.swap_lua(store, script, mutants.FENCED)
    tenant_id = (await world.platform()).tenant_id
    await right_or_seen(lambda: fences(store, tenant_id), right=script is None)


class Twice(kv.KeyValue):
    """The network repeats what changes boards, and only the second answer arrives."""

    async def script(self, package: str, name: str, keys: Sequence[str], args: Sequence[object]) -> Any:
        first = await super().script(package, name, keys, args)
        return await super().script(package, name, keys, args) if name == "apply_deltas" else first


class Older(kv.KeyValue):
    """Valkey goes back to what it was, once, just before a board is installed."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.kept: dict[bytes, bytes] | None = None
        self.tag = ""

    async def keep(self, tag: str) -> None:
        self.tag = tag
        self.kept = {key: await self.raw.dump(key) for key in await self.keys()}

    async def keys(self) -> list[bytes]:
        return [key async for key in self.raw.scan_iter(match=f"{self.tag}*", count=1_000)]

    async def script(self, package: str, name: str, keys: Sequence[str], args: Sequence[object]) -> Any:
        if name == "install_board" and self.kept is not None:
            kept, self.kept = self.kept, None
            # All but what is being filled, which is what makes the moment dangerous.
            await self.raw.unlink(*[key for key in await self.keys() if not key.endswith(b":filling")])
            for key, content in kept.items():
                if key.endswith(b":filling"):
                    continue
                await self.raw.restore(key, 0, content)
        return await super().script(package, name, keys, args)


async def followed(trial: Following, store: kv.KeyValue) -> None:
    """The boards follow over this store, and are right afterwards."""
    await trial.follow(BoardsFollower(trial.world.database, store, trial.clock, IDLE_S))
    await trial.check()


@pytest.mark.parametrize("right", [True, False])
async def test_adding_without_looking_at_the_cursor_is_seen(world: World, right: bool) -> None:
    trial = Following(world, await world.platform())
    await trial.prepare()
    store = Twice(world.store.url)
    if not right:
        mutants.swap_lua(store, "apply_deltas", mutants.MOVED)
    try:
        await right_or_seen(lambda: followed(trial, store), right=right)
    finally:
        await store.close()


class Going(Following):
    """Boards that follow, and a Valkey that remembers how they stood before."""

    async def prepare(self) -> None:
        await Boarding.prepare(self)

    async def check(self) -> None:
        # What was asked for since then is forgotten; what is live is right.
        await Boarding.check(self)

    async def follow_and_keep(self, store: Older) -> None:
        """They are live at the first entries; then there are more, and a board that is to be filled."""
        await self.follow(BoardsFollower(self.world.database, store, utc_now, IDLE_S))
        await store.keep(f"{{coliseum:{self.platform.tenant_id}}}")
        await self.more()


@pytest.mark.parametrize("right", [True, False])
async def test_installing_a_board_of_another_moment_is_seen(world: World, right: bool) -> None:
    trial = Going(world, await world.platform())
    await trial.prepare()
    store = Older(world.store.url)
    if not right:
        mutants.swap_lua(store, "install_board", mutants.MOVED)
    await trial.follow_and_keep(store)
    try:
        await right_or_seen(lambda: followed(trial, store), right=right)
    finally:
        await store.close()
