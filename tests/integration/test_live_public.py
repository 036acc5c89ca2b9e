"""Public boards that are pushed: to anybody, from any origin, as long as they are public, and within bounds."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from coliseum.errors import Refusal, RequestRefused
from coliseum.queries.declared import Declarations
from coliseum.web.allowance import Allowance
from coliseum.web.live.hub import Hub
from coliseum.web.live.public import serve_public
from coliseum.web.live.public_boards import PublicBoards
from support.declaring import VOTES, put, remove
from support.live import conducted
from support.people import new_person
from support.services import Platform, World
from support.sockets import Board
from support.watching_boards import counted_votes, opened_hub, watcher

pytestmark = pytest.mark.long
PATIENCE_S = 10.0
SHOP, FOREIGN = "https://shop.example", "https://foreign.example"
SOON_S = 2.5
"""A change of origins holds within two seconds."""


class Opened:
    """A request for a stream as the web server would hand it on."""

    def __init__(self, hub: Hub, path: str, method: str = "GET", **headers: str) -> None:
        path, _, query = path.partition("?")
        self.scope = {
            "type": "http", "method": method, "path": path, "query_string": query.encode(), "scheme": "http",
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
            "client": ("198.51.100.7", 40_000),
        }  # fmt: skip
        self.sent: asyncio.Queue[Any] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.board = Board()
        self.serving = asyncio.create_task(serve_public(hub, self.scope, self._receive, self._send))
        self.status = 0
        self.headers: dict[str, str] = {}

    async def _receive(self) -> Any:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.sent.put_nowait(message)

    async def begun(self) -> int:
        """The status."""
        async with asyncio.timeout(PATIENCE_S):
            head = await self.sent.get()
        self.headers = {name.decode(): value.decode() for name, value in head["headers"]}
        self.status = head["status"]
        return self.status

    async def hear(self) -> dict[str, Any]:
        """The next message, applied to the board."""
        while True:
            async with asyncio.timeout(PATIENCE_S):
                body = (await self.sent.get())["body"].decode()
            data = [line for line in body.splitlines() if line.startswith("data: ")]
            if data:
                message: dict[str, Any] = json.loads(data[0][6:])
                if message.get("type") in ("snapshot", "diff"):
                    self.board.take(message)
                return message

    async def until(self, artist_id: str, score: int) -> None:
        """Hear until an artist has that score."""
        while not self.board.page or self.board.scores().get(artist_id) != score:
            await self.hear()

    async def leave(self) -> None:
        """Go."""
        self.gone.set()
        async with asyncio.timeout(PATIENCE_S):
            await self.serving


@asynccontextmanager
async def opened(hub: Hub, path: str, method: str = "GET", **headers: str) -> AsyncIterator[Opened]:
    stream = Opened(hub, path, method, **headers)
    try:
        yield stream
    finally:
        await stream.leave()


def address_of(platform: Platform, query: str = "") -> str:
    return f"/api/public/{platform.tenant.slug}/boards/finals/events{query}"


async def declare(world: World, platform: Platform, **fields: Any) -> None:
    declaration = {**VOTES, "visibility": "public", "title": "The finals", **fields}
    assert (await put(world, platform, "finals", declaration)).status in (200, 201)


async def test_what_is_pushed_is_what_anybody_is_answered(world: World, platform: Platform) -> None:
    conductor = await conducted(world, platform)
    await declare(world, platform)
    await counted_votes(world, platform, conductor, ada=3)
    async with opened_hub(world) as hub, opened(
        hub, address_of(platform, "?limit=5&movement=true"), origin="https://anywhere.example", cookie="x=y"
    ) as stream:  # fmt: skip
        assert await stream.begun() == 200
        assert stream.headers["access-control-allow-origin"] == "*"
        assert stream.headers["cache-control"] == "no-store"
        assert "set-cookie" not in stream.headers
        await stream.until("ada", 3)
        await counted_votes(world, platform, conductor, bo=7)
        await stream.until("bo", 7)
        assert stream.board.snapshots == 1  # and then differences
        reply = await world.http.get(f"{address_of(platform).removesuffix('/events')}?limit=5&movement=true")
        assert stream.board.page == reply.json
        assert stream.board.page["title"] == "The finals"


async def test_only_pages_of_the_origins_that_the_tenant_allows_watch(world: World, platform: Platform) -> None:
    owner = await (await new_person(world, (platform, "owner"))).log_in("token")
    await conducted(world, platform)
    await declare(world, platform)
    async with opened_hub(world) as hub, opened(hub, address_of(platform), origin=FOREIGN) as early:
        assert await early.begun() == 200
        await early.hear()
        assert (await owner.ask("PATCH", "/api/tenant", {"allowedOrigins": [SHOP]})).status == 200
        async with asyncio.timeout(SOON_S):
            while (await early.hear()).get("code") != "origin_not_allowed":
                pass
            await early.serving
        async with opened(hub, address_of(platform), origin=FOREIGN) as late:
            assert await late.begun() == 403
            assert "access-control-allow-origin" not in late.headers
            assert "origin" in late.headers["vary"]
        async with opened(hub, address_of(platform), origin=SHOP) as shop:
            assert await shop.begun() == 200
            assert shop.headers["access-control-allow-origin"] == SHOP
            assert (await shop.hear())["type"] == "snapshot"
        async with opened(hub, address_of(platform)) as program:
            assert await program.begun() == 200


async def test_it_ends_when_the_board_is_public_no_more(world: World, platform: Platform) -> None:
    await conducted(world, platform)
    for change in ("private", "withdrawn"):
        await declare(world, platform)
        async with opened_hub(world) as hub, opened(hub, address_of(platform)) as stream:
            assert await stream.begun() == 200
            await stream.hear()
            if change == "private":
                await declare(world, platform, visibility="private")
            else:
                await remove(world, platform, "finals")
            while (message := await stream.hear())["type"] != "error":
                pass
            assert message["code"] == "not_found"
            async with asyncio.timeout(PATIENCE_S):
                await stream.serving
            assert not hub.seats.viewers


async def test_what_is_not_public_or_asked_wrongly_is_refused_readably(world: World, platform: Platform) -> None:
    await declare(world, platform)
    wrong = {
        address_of(platform).replace("finals", "nothing"): 404, address_of(platform, "?limit=0"): 400,
        address_of(platform, "?limit=101"): 400, address_of(platform, "?metric=votes"): 400,
        address_of(platform, "?window=fortnight"): 400, address_of(platform, "?movement=maybe"): 400,
        address_of(platform, "?limit=5&limit=6"): 400, "/api/public/nobody/boards/finals/events": 404,
    }  # fmt: skip
    async with opened_hub(world) as hub:
        for path, status in wrong.items():
            async with opened(hub, path) as stream:
                assert await stream.begun() == status, path
                assert stream.headers["access-control-allow-origin"] == "*"
        async with opened(hub, address_of(platform), "POST") as stream:
            assert await stream.begun() == 405
        async with opened(hub, address_of(platform), "OPTIONS") as stream:
            assert (await stream.begun(), stream.headers["access-control-allow-methods"]) == (204, "GET")
        await declare(world, platform, visibility="private")
        world.services.declarations.forget(platform.tenant, "finals")
        async with opened(hub, address_of(platform)) as stream:
            assert await stream.begun() == 404
        assert not hub.seats.viewers


async def test_a_plan_without_live_boards_pushes_none(world: World, platform: Platform) -> None:
    await declare(world, platform, windows=["all"])
    services, slug = world.services, platform.tenant.slug
    allowance = Allowance(services.database, services.limiter, services.clock, billing=True)
    for plan, pushed in (("pro", False), ("enterprise", True)):
        await world.execute("UPDATE accounts_tenants SET plan = $2 WHERE tenant_id = $1", platform.tenant_id, plan)
        declarations = Declarations(services.database, services.clock)  # which remember nothing
        boards = PublicBoards(declarations, services.public, allowance, services.clock)
        if pushed:
            assert (await boards.named(slug, "finals"))[0].tenant_id == platform.tenant_id
        else:
            with pytest.raises(RequestRefused) as refused:
                await boards.named(slug, "finals")
            assert (refused.value.code, refused.value.limit) == (Refusal.PLAN_LIMIT, "live")


async def test_the_public_has_places_of_its_own(world: World, platform: Platform) -> None:
    await declare(world, platform)
    nowhere: Any = lambda message: None  # noqa: ARG005, E731 - nothing is sent
    async with opened_hub(world, public_max=2, public_of_address_max=1, viewers_of_tenant_max=3) as hub:
        first = hub.admit_public(nowhere, platform.tenant, "198.51.100.1")
        for address in ("198.51.100.1", "198.51.100.3"):
            if address == "198.51.100.3":
                hub.admit_public(nowhere, platform.tenant, "198.51.100.2")
            with pytest.raises(RequestRefused) as refused:
                hub.admit_public(nowhere, platform.tenant, address)
            assert refused.value.code is Refusal.OVERLOADED
        assert len(hub.seats.viewers) == 2  # who was refused holds no place
        member = await watcher(hub, platform)
        with pytest.raises(RequestRefused):  # the tenant has all its places
            await watcher(hub, platform)
        hub.dismiss(first)
        member.leave()
        hub.admit_public(nowhere, platform.tenant, "198.51.100.1")
