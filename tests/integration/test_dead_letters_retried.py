"""Dead letters that a tenant wants to be tried again: the processor does it, and who has asked is told what came of it."""

import asyncio
import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from coliseum import wiring
from coliseum.audit.verify import verify
from coliseum.processor.retrying import Retrying
from coliseum.processor.runner import Limits, Runner
from coliseum.tasks import end
from coliseum.web import retrying
from coliseum.web.app import build_app
from support.asgi import Http, Reply
from support.conductor import ATTEMPTS_MAX, Conductor, NoWaiting
from support.festival import vote
from support.live import send
from support.people import new_person
from support.poison import Spoilt
from support.services import Platform, World
from support.trail import entries_of

PATH = "/api/dead-letters/retry"
NOTHING = {"asked": 0, "digested": 0, "failed": 0, "waiting": 0}


class Ill:
    """A tenant with three dead letters of the same illness, and its processor by hand."""

    def __init__(self, world: World, platform: Platform) -> None:
        self.world, self.platform = world, platform
        self.votes = [vote(artistId=f"artist-{number}") for number in range(6)]
        self.ids = [self.votes[place]["id"] for place in (1, 3, 4)]
        self.projection = Spoilt(wiring.PROJECTIONS["coliseum"], set(self.ids), ValueError("ill"))
        projections = {**wiring.PROJECTIONS, "coliseum": self.projection}
        self.conductor = Conductor(world, platform, random.Random(1), projections=projections)

    async def begin(self) -> "Ill":
        await self.conductor.take()
        await send(self.world, self.platform, self.votes)
        await self.conductor.quiesce()
        assert len(await self.letters()) == 3
        return self

    async def letters(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.world.http.get("/api/dead-letters", self.platform.server)).json[
            "deadLetters"
        ]
        return found

    async def ask(self, **said: Any) -> Reply:
        return await self.world.http.post(PATH, said, self.platform.server)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The unit's runner at work, as a processor has it."""
        await self.conductor.take()
        unit = self.conductor.units["coliseum"]
        runner = Runner(
            self.world.database, self.conductor.node, unit, self.projection, None, Limits(50, ATTEMPTS_MAX, 0.05),
            NoWaiting(), retrying=Retrying(self.world.database, unit, self.projection, NoWaiting()),
        )  # fmt: skip
        task = asyncio.create_task(runner.run())
        try:
            yield
        finally:
            await end(task)


@pytest.fixture
async def ill(world: World, platform: Platform) -> Ill:
    return await Ill(world, platform).begin()


async def test_one_is_tried_and_fails_again_and_then_all_are_digested(world: World, ill: Ill) -> None:
    async with ill.running():
        reply = await ill.ask(id=ill.ids[0])
        assert (reply.status, reply.json) == (200, {**NOTHING, "asked": 1, "failed": 1})
        tried = {letter["id"]: letter["attempts"] for letter in await ill.letters()}
        assert tried == {ill.ids[0]: ATTEMPTS_MAX + 1, ill.ids[1]: ATTEMPTS_MAX, ill.ids[2]: ATTEMPTS_MAX}
        ill.projection.poison = {ill.ids[2]}
        reply = await ill.ask(all=True)
        assert reply.json == {"asked": 3, "digested": 2, "failed": 1, "waiting": 0}
        [left] = await ill.letters()
        assert (left["id"], left["askedAt"]) == (ill.ids[2], None)
        ill.projection.poison = set()
        assert (await ill.ask(reason=left["error"])).json == {**NOTHING, "asked": 1, "digested": 1}
        assert (await ill.ask(all=True)).json == NOTHING
    await ill.conductor.take()
    await ill.conductor.quiesce()
    board = (await world.http.get("/api/leaderboards?metric=votes", ill.platform.server)).json
    assert len(board["rows"]) == 6
    assert await verify(world.database, world.store, [ill.platform.tenant]) == []
    told = [(each["action"], each["target"], each["detail"]) for each in await entries_of(world, ill.platform)]
    assert told == [
        ("dead-letter.retry", f"entry:{ill.ids[0]}", {"asked": 1}), ("dead-letter.retry", "dead-letters", {"asked": 3}),
        ("dead-letter.retry", "dead-letters", {"asked": 1}),
    ]  # fmt: skip


async def test_without_a_processor_they_wait_and_are_tried_when_one_is_there(
    ill: Ill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrying, "WAIT_S", 0.3)
    ill.projection.poison = set()
    reply = await ill.ask(id=ill.ids[1])
    assert reply.json == {**NOTHING, "asked": 1, "waiting": 1}
    waiting = {letter["id"]: letter["askedAt"] is not None for letter in await ill.letters()}
    assert waiting == {ill.ids[0]: False, ill.ids[1]: True, ill.ids[2]: False}
    async with ill.running(), asyncio.timeout(10):
        while len(letters := await ill.letters()) == 3:
            await asyncio.sleep(0.02)
    assert {letter["id"] for letter in letters} == {ill.ids[0], ill.ids[2]}


async def test_nobody_else_s_are_touched_and_only_who_manages_settings_may_ask(
    world: World, ill: Ill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrying, "WAIT_S", 0.1)
    other = await Ill(world, await world.platform()).begin()
    assert (await other.ask(all=True)).json["asked"] == 3
    assert not [letter for letter in await ill.letters() if letter["askedAt"]]
    assert (await other.ask(id=ill.ids[0])).code == "not_found"
    for role, status in (("viewer", 403), ("analyst", 403), ("admin", 200)):
        log_in = await (await new_person(world, (ill.platform, role))).log_in()  # type: ignore[arg-type]
        reply = await log_in.ask("POST", PATH, {"id": ill.ids[0]})
        assert reply.status == status, (role, reply)


@pytest.mark.parametrize(
    "said", [{}, {"id": "a", "all": True}, {"id": "a", "reason": "b"}, {"all": False}, {"id": ""}, {"more": 1}]
)
async def test_exactly_one_of_three_says_which(ill: Ill, said: dict[str, Any]) -> None:
    assert (await ill.ask(**said)).status == 400
    assert not [letter for letter in await ill.letters() if letter["askedAt"]]


async def test_the_page_has_buttons_that_are_forms_and_tells_what_came_of_them(world: World, ill: Ill) -> None:
    app = build_app(lambda: wiring.open_services(world.settings), "test")
    app.state.services = world.services
    log_in = await (await new_person(world, (ill.platform, "admin"))).log_in()
    log_in.human.world = replace(world, http=Http(app))
    path = f"/t/{ill.platform.tenant.slug}/log/dead-letters"
    shown = (await log_in.ask("GET", path)).body.decode()
    assert (shown.count(">Try again<"), shown.count(">All 3 of this reason<"), shown.count(">Try all again<")) == (
        3 + 1,
        3,
        1,
    )

    async def press(field: str, value: str, token: str = shown) -> Reply:
        csrf = re.search(r'action="[^"]*dead-letters"[^>]*><input type="hidden" name="csrf" value="([^"]*)"', token)
        body = urlencode({"csrf": csrf[1] if csrf else "", field: value}).encode()
        headers = {
            **log_in.headers,
            "content-type": "application/x-www-form-urlencoded",
            "sec-fetch-site": "same-origin",
        }
        return await log_in.human.world.http.send("POST", path, body, headers)

    assert (await press("all", "true", "")).status == 403
    ill.projection.poison = {ill.ids[2]}
    async with ill.running():
        assert (await press("id", ill.ids[0])).headers["location"] == f"{path}?asked=1&digested=1&failed=0&waiting=0"
        answer = await press("all", "true")
        told = (await log_in.ask("GET", answer.headers["location"])).body.decode()
        assert "One entry was digested and is counted now." in told
        assert "One entry failed again: what is wrong with it stands below." in told
        gone = await press("id", ill.ids[0])
    assert "somebody else was quicker" in (await log_in.ask("GET", gone.headers["location"])).body.decode()
    assert (
        'id="outcome"' not in (await log_in.ask("GET", f"{path}?asked=1&digested=x&failed=0&waiting=0")).body.decode()
    )
