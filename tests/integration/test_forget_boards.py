"""Boards on which somebody was forgotten: their row stays, nameless, and nothing can be asked about it."""

import random
import time
from datetime import datetime
from typing import Any

import pytest

from coliseum.passport.subjects import BELIEVED_S
from support.chance import FANS
from support.festival import vote
from support.forgetting import forget, number_of
from support.happenings import Happenings, crowd
from support.live import conducted
from support.questions import Questioner
from support.services import Platform, World
from support.watching_boards import opened_hub, watcher

LIMIT = 10

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


async def test_whoever_watches_sees_the_name_go_within_two_seconds(world: World, platform: Platform) -> None:
    await world.http.post("/api/passport/batch", [vote(userId="ada", weight=5), vote(userId="ben")], platform.server)
    conductor = await conducted(world, platform)
    question = f"/api/leaderboards?metric=votes&entity=fan&limit={LIMIT}"
    await world.http.get(question, platform.server)
    await conductor.quiesce()
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        board = one.watch(entity="fan", limit=str(LIMIT))
        await one.hear()
        number = await number_of(world, platform, "ada")
        assert (await forget(world, platform, "ada")).status == 200
        began_s = time.monotonic()
        while "ada" in board.scores():
            await one.hear()
        assert time.monotonic() - began_s < BELIEVED_S + 1.5  # and what a busy machine takes
        assert board.scores() == {f"forgotten:{number}": 5, "ben": 1}
        [first, _] = board.page["rows"]
        assert (first["name"], first["forgotten"]) == (None, True)
        one.leave()


@pytest.mark.parametrize(
    "query",
    ["trending?metric=votes&entity=fan", "breaking?metric=votes&entity=fan&min_support=1",
     "leaderboards?metric=votes&entity=fan&movement=true&window=day", "query?metric=votes&split=fan"],
)  # fmt: skip
async def test_every_other_list_of_fans_has_a_nameless_row(world: World, platform: Platform, query: str) -> None:
    await world.http.post("/api/passport/batch", [vote(userId="ada", weight=5), vote(userId="ben")], platform.server)
    await conducted(world, platform)
    number = await number_of(world, platform, "ada")
    await forget(world, platform, "ada")
    reply = await world.http.get(f"/api/{query}", platform.server)
    assert reply.status == 200, reply
    rows = reply.json.get("rows") or reply.json["parts"]
    told = {row["id"]: (row["name"], row.get("forgotten")) for row in rows}
    assert told == {f"forgotten:{number}": (None, True), "ben": ("ben", None)}
    exported = await world.http.get("/api/leaderboards/export?metric=votes&entity=fan", platform.server)
    assert [line.split(",")[1:4] for line in exported.body.decode().split()[1:]] == [
        [f"forgotten:{number}", "", "5"], ["ben", "ben", "1"],
    ]  # fmt: skip
