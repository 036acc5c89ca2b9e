"""``/api/live`` of a real web process with a real processor: what a client gets, and why it is closed."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from coliseum.web.live.socket import MESSAGES_AT_ONCE_MAX
from support.live_system import Watched, watched_tenant
from support.sockets import Board, Socket, connected
from support.system import System, running_system

pytestmark = pytest.mark.long

TOP = {"metric": "votes"}


@pytest.fixture(scope="module")
def system(fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(fresh_database, tmp_path_factory.mktemp("live")) as running:
        yield running
        assert "Traceback" not in running.log("web")
        assert "live_failed" not in running.log("web")


@pytest.fixture
async def tenant(system: System, request: pytest.FixtureRequest) -> Watched:
    return await watched_tenant(system, f"live-{abs(hash(request.node.name)) % 10**9}", partitions=2)


async def until(socket: Socket, board: Board, **scores: int) -> None:
    """Hear until the board has these scores."""
    while not board.page or not scores.items() <= board.scores().items():
        board.take(await socket.hear("snapshot", "diff"))


async def test_a_board_is_pushed_as_it_moves(tenant: Watched) -> None:
    await tenant.votes(ada=3, bo=2)
    async with tenant.socket() as socket:
        socket.say(type="subscribe", id="top", board=TOP)
        board = Board()
        await until(socket, board, ada=3, bo=2)
        for score in range(4, 12):
            await tenant.votes(bo=2, **{f"new-{score}": 1})
            began_s = time.monotonic()
            await until(socket, board, bo=2 + (score - 3) * 2)
            assert time.monotonic() - began_s < 5
        while (asked := await tenant.board())["source"] != board.page["source"]:
            board.take(await socket.hear("diff"))
        assert board.page == asked
        assert board.snapshots == 1


async def test_metrics_are_pushed_as_they_move(tenant: Watched) -> None:
    async with tenant.socket() as socket:
        socket.say(type="subscribe", id="m", metrics={"metric": "votes", "grain": "hour"})
        series = Board("points", "start")
        series.take(await socket.hear("snapshot"))
        await tenant.votes(ada=5)
        while series.page["total"] != 5:
            series.take(await socket.hear("diff"))
        _, asked = await tenant.request("GET", "/api/metrics?metric=votes&grain=hour")
        assert series.page == asked
        socket.say(type="subscribe", id="none", metrics={"metric": "votes", "entity": "artist"})
        error = await socket.hear("error")
        assert (error["id"], error["code"], error["field"]) == ("none", "invalid_query", "id")
        socket.say(type="subscribe", id="none", metrics={"metric": "votes"})
        assert (await socket.hear("snapshot"))["id"] == "none"


async def test_a_declared_board_is_pushed_by_its_name(tenant: Watched) -> None:
    """Alone, or with what else can be asked of it; replaced it begins anew, and withdrawn it ends."""
    declared = {"metric": "votes", "entity": "artist", "windows": ["day", "week"], "eligibility": {"minScore": 3}}
    assert (await tenant.request("PUT", "/api/boards/finals", declared))[0] == 201
    await tenant.votes(ada=3, bo=2)
    async with tenant.socket() as socket:
        socket.say(type="subscribe", id="day", board="finals")
        board = Board()
        await until(socket, board, ada=3)
        assert (board.page["window"], board.scores()) == ("day", {"ada": 3})
        socket.say(type="unsubscribe", id="day")
        socket.say(type="subscribe", id="week", board={"board": "finals", "window": "week", "limit": "1"})
        week = Board()
        while (message := await socket.hear("snapshot", "diff"))["id"] != "week":
            pass
        week.take(message)
        assert week.page["window"] == "week"
        assert (await tenant.request("PUT", "/api/boards/finals", {**declared, "eligibility": {}}))[0] == 200
        while week.page["members"] != 2:
            week.take(await socket.hear("snapshot", "diff"))
        assert week.snapshots == 2
        assert (await tenant.request("DELETE", "/api/boards/finals"))[0] == 204
        while (message := await socket.hear())["type"] == "diff":
            pass
        assert (message["type"], message["id"], message["code"]) == ("error", "week", "not_found")


async def test_many_subscriptions_of_one_connection(tenant: Watched) -> None:
    async with tenant.socket() as socket:
        boards = {str(number): Board() for number in range(64)}
        for name in boards:
            socket.say(type="subscribe", id=name, board={**TOP, "limit": name if name != "0" else "1000"})
        for _ in boards:
            message = await socket.hear("snapshot")
            boards[message["id"]].take(message)
        await tenant.votes(ada=1)
        for board in boards.values():
            while board.scores() != {"ada": 1}:
                message = await socket.hear("diff")
                boards[message["id"]].take(message)
        socket.say(type="subscribe", id="one too many", board=TOP)
        assert (await socket.closed()).code == 4429


async def test_a_subscription_ends_and_its_name_is_free(tenant: Watched) -> None:
    async with tenant.socket() as socket:
        socket.say(type="subscribe", id="x", board=TOP)
        await socket.hear("snapshot")
        socket.say(type="subscribe", id="x", board=TOP)
        assert (await socket.hear("error"))["field"] == "id"
        socket.say(type="unsubscribe", id="x")
        socket.say(type="unsubscribe", id="unheard of")
        socket.say(type="ping")
        await socket.hear("pong")
        await tenant.votes(ada=1)
        socket.say(type="subscribe", id="x", board=TOP)
        assert (await socket.hear("snapshot", "diff"))["id"] == "x"


async def test_a_reconnect_goes_on_without_a_gap(tenant: Watched) -> None:
    await tenant.votes(ada=1)
    board = Board()
    for round_ in range(2, 10):
        async with tenant.socket() as socket:
            seen = {"position": board.position, "state": board.state} if board.page else {}
            socket.say(type="subscribe", id="x", board=TOP, **seen)
            await until(socket, board, ada=round_ - 1)
            await tenant.votes(ada=1)
            if round_ % 2:
                await until(socket, board, ada=round_)
        await tenant.votes(bo=1)
    assert board.resumptions > 0
    async with tenant.socket() as socket:
        socket.say(type="subscribe", id="x", board=TOP, position=board.position, state=board.state)
        await until(socket, board, ada=9, bo=8)


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "7", '"subscribe"', "{", "{}", '{"type":"nothing"}', '{"type":7}', "[" * 10_000,
        '{"type":"auth","key":"a"}', '{"type":"subscribe"}', '{"type":"subscribe","id":""}',
        json.dumps({"type": "subscribe", "id": "x" * 65, "board": {"metric": "votes"}}),
        '{"type":"subscribe","id":"x","board":{"metric":7}}', '{"type":"subscribe","id":"x","board":[]}',
        '{"type":"subscribe","id":"x","board":{"metric":"votes"},"position":[-1]}',
        '{"type":"subscribe","id":"x","board":{"metric":"votes"},"position":[1e400]}',
        json.dumps({"type": "subscribe", "id": "x", "board": {"metric": "votes"}, "position": [1] * 65}),
        json.dumps({"type": "subscribe", "id": "x", "board": {f"a{number}": "" for number in range(40)}}),
        '{"type":"ping","more":1}', '{"type":"ping"} {"type":"ping"}',
    ],
    ids=lambda text: text[:40],
)  # fmt: skip
async def test_what_is_no_message_ends_the_connection(tenant: Watched, text: str) -> None:
    async with tenant.socket() as socket:
        socket.text(text)
        assert (await socket.hear("error"))["code"] == "invalid_payload"
        assert (await socket.closed()).code == 4400


async def test_a_subscription_that_cannot_be_is_refused_and_the_connection_goes_on(tenant: Watched) -> None:
    async with tenant.socket() as socket:
        for wrong in ({"metric": "nothing"}, {"metric": "votes", "colour": "x"}, {}, {"metric": "votes", "limit": ""}):
            socket.say(type="subscribe", id="x", board=wrong)
            assert (await socket.hear("error"))["code"] == "invalid_query"
        socket.say(type="subscribe", id="x")
        assert (await socket.hear("error"))["id"] == "x"
        socket.say(type="subscribe", id="x", board=TOP, metrics=TOP)
        assert (await socket.hear("error"))["id"] == "x"
        socket.say(type="subscribe", id="x", board=TOP)
        await socket.hear("snapshot")


async def test_who_talks_too_much_is_closed(tenant: Watched) -> None:
    async with tenant.socket() as socket:
        for _ in range(300):
            socket.say(type="ping")
        # A system that has bytes left which nobody read resets the connection, and with it the close frame.
        assert (await socket.closed()).code in (4429, None)
        assert socket.frames <= 1 + MESSAGES_AT_ONCE_MAX + 20


@pytest.mark.long
async def test_a_quiet_connection_is_kept_alive(tenant: Watched) -> None:
    async with tenant.socket() as socket:
        began_s = time.monotonic()
        await socket.hear("heartbeat")
        assert 14 < time.monotonic() - began_s < 18


async def test_a_stop_closes_every_connection_and_the_process_ends(system: System, tenant: Watched) -> None:
    async with AsyncExitStack() as stack:
        sockets = []
        for place in range(40):
            key = tenant.key if place % 4 else None
            sockets.append(await stack.enter_async_context(connected(tenant.port, key=key)))
            if key:
                sockets[-1].say(type="subscribe", id="x", board=TOP)
                await sockets[-1].hear("snapshot")
        process = system.processes["web"]
        began_s = time.monotonic()
        process.terminate()
        closed = await asyncio.gather(*(socket.closed() for socket in sockets))
        assert {each.code for each in closed} == {1012}
        await asyncio.to_thread(process.wait, 10)
        assert time.monotonic() - began_s < 6
    del system.processes["web"]
    await asyncio.to_thread(system.start, "web")
    async with tenant.socket() as socket:
        socket.say(type="subscribe", id="x", board=TOP)
        await socket.hear("snapshot")
