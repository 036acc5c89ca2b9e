"""Boards on which somebody was forgotten: their row stays, nameless, and nothing can be asked about it."""

import random
from datetime import datetime
from typing import Any

import pytest

from support.happenings import FANS, Happenings, crowd
from support.questions import Questioner
from support.services import World

BEGIN = datetime.fromisoformat("2031-10-25T21:40:00+00:00")
FAN_BOARD = {
    "kind": 0, "window": "all", "ago": 0, "filters": [], "ranking": "competition", "limit": 3, "seed": 7,
}  # fmt: skip


async def settled(world: World) -> Happenings:
    happenings = Happenings(world, await world.platform(partitions=2), BEGIN)
    await happenings.begin()
    await happenings.happen(crowd(3, 120))
    return happenings


def about_fans(happenings: Happenings, metric: str = "votes") -> dict[str, Any]:
    """A question about the fans' own board."""
    for kind in range(4):
        question = {**FAN_BOARD, "metric": metric, "kind": kind}
        if Questioner(happenings).board(question)["entity"] == "fan":
            return question
    raise AssertionError("no board of fans")


async def test_every_read_of_a_board_of_fans_is_right_after_somebody_was_forgotten(world: World) -> None:
    happenings = await settled(world)
    question = about_fans(happenings)
    await Questioner(happenings).ask(question)
    for fan in FANS[:2]:
        await happenings.forget(fan)
        for asked in (question, {**question, "window": "year"}, {**question, "window": "28d", "ranking": "dense"}):
            await Questioner(happenings).ask(asked)
            await Questioner(happenings).ask_as_of(asked, (0.9, 0.9))
        await happenings.happen(crowd(random.Random(fan).randrange(1_000), 40))
        await Questioner(happenings).ask({**question, "metric": "money_spent"})
        await happenings.rebuild()
        await Questioner(happenings).ask(question)
    await happenings.forget(FANS[0])  # who came back under another id, and is forgotten again
    await Questioner(happenings).ask(question)
    await happenings.end()


async def test_a_model_in_which_nobody_is_forgotten_is_seen(world: World) -> None:
    happenings = await settled(world)
    await happenings.forget(FANS[0])
    happenings.model.nameless.clear()
    with pytest.raises(AssertionError):
        await Questioner(happenings).ask(about_fans(happenings))
    await happenings.close()
