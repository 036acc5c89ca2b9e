"""A question that is asked again is answered past the router, and exactly as the router would answer it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from coliseum import db
from coliseum.accounts.keys import CACHE_FOR, KeyRing
from coliseum.queries.shared import SharedRead, SharedReads
from coliseum.web.api import boards as boards_module
from coliseum.web.api.boards import Boards
from coliseum.web.app import build_app
from coliseum.wiring import open_services
from support.asgi import Http, Reply
from support.festival import vote
from support.live import conducted, send
from support.services import Platform, World

NOON = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)


@dataclass
class Process:
    """A web process of its own, whose time is the test's, and what went past its router."""

    world: World
    monkeypatch: pytest.MonkeyPatch
    now: datetime = NOON
    past: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        world, clock = self.world, lambda: self.now
        self.boards = Boards(SharedReads(world.database, world.store, clock))
        app = build_app(lambda: open_services(world.settings), "test")
        app.state.services = msgspec.structs.replace(
            world.services, clock=clock, keys=KeyRing(world.services.database, clock), boards=self.boards
        )
        self.http = Http(app)
        right = Boards.asked_before

        def noted(boards: Boards, scope: Any) -> SharedRead | None:
            read = right(boards, scope)
            if read is not None:
                self.past.append(scope["query_string"].decode())
            return read

        self.monkeypatch.setattr(Boards, "asked_before", noted)

    async def ask(self, query: str, headers: dict[str, str]) -> Reply:
        return await self.http.get(f"/api/leaderboards?{query}", headers)


@pytest.fixture
def process(world: World, monkeypatch: pytest.MonkeyPatch) -> Process:
    return Process(world, monkeypatch)


QUESTIONS = [
    "metric=votes", "metric=votes&limit=1", "metric=votes&window=day", "metric=votes&window=month&at=2026-05-01",
    "metric=votes&entity=fan", "metric=voters", "metric=votes&genre=pop", "metric=votes&city=Wien&window=week",
    "metric=money_spent&currency=sek", "limit=2&metric=votes",
    "metric=votes&window=7d", "metric=votes&window=year", "metric=votes&genre=pop&city=Wien", "metric=votes&ranking=dense",
    "metric=votes&around=artist-1&limit=3", "metric=votes&ids=artist-1,artist-9", "metric=votes&members=artist-1,artist-2",
]  # fmt: skip
WRONG = [
    "", "metric=nothing", "metric=votes&limit=0", "metric=votes&limit=x", "metric=votes&what=x", "metric=votes&entity=tenant",
    "metric=votes&cursor=x", "metric=votes&city=a&genre=b&event=c", "metric=votes&currency=eur",
    "metric=votes&window=decade", "metric=votes&cursor=WzMsMV0", "metric=votes&ranking=best", "metric=votes&ids=",
    "metric=votes&ids=a&around=b", "metric=votes&from=2026-05-01", "metric=votes&from=2026-05-02&to=2026-05-01",
    "metric=votes&from=2026-05-01&to=2026-05-02T00:30:00Z", "metric=votes&from=2026-05-01&to=2026-05-02&window=day",
    "metric=votes&as_of=2999-01-01", "metric=votes&as_of=99", "metric=votes&as_of=0.0.0.0", "metric=votes&as_of=x",
    "metric=votes&members=" + ",".join(map(str, range(501))), "metric=votes&limit=1000000000",
]  # fmt: skip


async def test_every_question_is_answered_the_same_the_second_time(process: Process, platform: Platform) -> None:
    await send(process.world, platform, [vote(artistId=f"artist-{n % 4}", userId=f"fan-{n}") for n in range(9)])
    conductor = await conducted(process.world, platform)
    for query in QUESTIONS:
        await process.ask(query, platform.server)
    await conductor.quiesce()
    process.now += CACHE_FOR
    for query in QUESTIONS:
        process.past.clear()
        first, second, third = [await process.ask(query, platform.server) for _ in range(3)]
        assert process.past == [query, query]
        assert first.status == 200
        assert first.json["source"] == "live"
        assert (second.status, second.headers, second.body) == (first.status, first.headers, first.body)
        assert third == second


async def test_what_is_refused_is_refused_the_same_every_time(process: Process, platform: Platform) -> None:
    right = platform.server
    for query, headers in [
        *((query, right) for query in WRONG),
        ("metric=votes", platform.browser),
        ("metric=votes", {}),
    ]:
        first, second = [await process.ask(query, headers) for _ in range(2)]
        assert first.status in {400, 401, 403}
        assert first == second
    assert process.past == []


async def test_only_the_same_key_asks_the_same(process: Process, platform: Platform, world: World) -> None:
    other = await world.platform()
    await send(world, platform, [vote(artistId="mine")])
    await conducted(world, platform)
    for _ in range(2):
        mine = await process.ask("metric=votes", platform.server)
        assert [row["id"] for row in mine.json["rows"]] == ["mine"]
        assert (await process.ask("metric=votes", other.server)).json["rows"] == []
        assert (await process.ask("metric=votes", {})).code == "missing_key"
        assert (await process.ask("metric=votes", platform.browser)).code == "key_not_allowed"
        assert (await process.http.send("POST", "/api/leaderboards?metric=votes", b"", platform.server)).status == 405
        assert (await process.ask("metric=votes", {**platform.server, "host": "a b"})).status == 400


async def test_a_revoked_key_reads_nothing_after_two_seconds(process: Process, platform: Platform) -> None:
    async def status() -> int:
        return (await process.ask("metric=votes", platform.server)).status

    assert await status() == 200
    process.now += CACHE_FOR / 2
    assert await status() == 200  # believed for as long as the first time, not longer
    await process.world.execute(
        "UPDATE accounts_keys SET revoked_at = now() WHERE tenant_id = $1 AND kind = 'server'", platform.tenant_id
    )
    assert await status() == 200
    process.now = NOON + CACHE_FOR
    assert await status() == 401


async def test_a_key_that_is_remembered_is_asked_about_again_when_the_clock_is_set_back(
    process: Process, platform: Platform
) -> None:
    assert (await process.ask("metric=votes", platform.server)).status == 200
    await process.world.execute(
        "UPDATE accounts_keys SET revoked_at = now() WHERE tenant_id = $1 AND kind = 'server'", platform.tenant_id
    )
    process.now -= timedelta(hours=1)
    assert (await process.ask("metric=votes", platform.server)).status == 401


async def test_the_window_of_now_moves_on_with_the_time(process: Process, platform: Platform) -> None:
    async def start() -> str:
        return str((await process.ask("metric=votes&window=hour", platform.server)).json["windowStart"])

    process.now = NOON.replace(minute=59, second=59)
    starts = [await start(), await start()]
    process.now += timedelta(seconds=1)
    starts.append(await start())
    assert starts == ["2026-05-01T12:00:00Z", "2026-05-01T12:00:00Z", "2026-05-01T13:00:00Z"]
    assert len(process.past) == 1


async def test_a_store_that_is_away_is_said_as_the_router_says_it(
    process: Process, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    await process.ask("metric=votes&window=month", platform.server)  # not live, so PostgreSQL must answer
    monkeypatch.setattr(process.boards.reads, "database", Away())
    again = await process.ask("metric=votes&window=month", platform.server)
    assert process.past
    process.boards._asked.clear()
    routed = await process.ask("metric=votes&window=month", platform.server)
    assert (again.status, again.code) == (503, "overloaded")
    assert again == routed


class Away:
    """PostgreSQL that cannot be reached."""

    def tenant(self, _tenant_id: int, **_how: bool) -> None:
        raise db.UNREACHABLE[0]("nobody is there")


async def test_no_more_questions_are_remembered_than_that(
    process: Process, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards_module, "ASKED_MAX", 3)
    for limit in range(1, 9):
        await process.ask(f"metric=votes&limit={limit}", platform.server)
    assert len(process.boards._asked) == 3
    await process.ask("metric=votes&limit=8", platform.server)
    assert process.past == ["metric=votes&limit=8"]
