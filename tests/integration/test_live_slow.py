"""Viewers that take nothing, and crowds: what is kept for them stays small, and nobody waits for them.

``CROWD=5000`` in the environment makes the crowd so large.
"""

import asyncio
import itertools
import os
import socket as sockets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import psutil
import pytest

from support.live_system import Watched, watched_tenant
from support.sockets import Board, Closed, Socket, connected
from support.system import System, running_system

pytestmark = pytest.mark.long

MIB = 1024 * 1024
CROWD = int(os.environ.get("CROWD", "300"))
VIEWER_BYTES = 300_000
"""What a connection may cost: the web server's own buffer of a WebSocket is 128 KiB."""
TOP = {"metric": "votes"}
WHOLE = {"metric": "votes", "limit": "1000"}


@pytest.fixture(scope="module")
def system(fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(fresh_database, tmp_path_factory.mktemp("slow"), COLISEUM_WEB_WORKERS="2") as running:
        yield running
        assert "Traceback" not in running.log("web")
        assert "live_failed" not in running.log("web")


def memory_bytes(system: System) -> int:
    process = psutil.Process(system.processes["web"].pid)
    return sum(each.memory_info().rss for each in [process, *process.children(recursive=True)])


async def stalled(tenant: Watched) -> Socket:
    """A client that subscribes to all it may and then takes nothing."""
    raw = sockets.socket()
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4_096)
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", tenant.port))
    socket = await Socket.open(tenant.port, sock=raw, limit=2_048)
    socket.say(type="auth", key=tenant.key)
    for name in range(64):
        socket.say(type="subscribe", id=str(name), board=WHOLE)
    return socket


async def test_who_takes_nothing_is_closed_and_holds_nobody_up(system: System) -> None:
    tenant = await watched_tenant(system, "stalled")
    await tenant.votes(**{f"artist-{number:04}-{'x' * 60}": number + 1 for number in range(999)})
    board = Board()
    async with tenant.socket() as quick:
        quick.say(type="subscribe", id="x", board=TOP)
        while not board.page or board.page["members"] < 999:
            board.take(await quick.hear("snapshot", "diff"))
        before = memory_bytes(system)
        began_s = time.monotonic()
        crowd = [await stalled(tenant) for _ in range(20)]
        slowest_s = 0.0
        for round_ in range(1, 40):
            sent_s = time.monotonic()
            await tenant.votes(zed=1_000)
            while board.scores().get("zed") != 1_000 * round_:
                board.take(await quick.hear("diff"))
            slowest_s = max(slowest_s, time.monotonic() - sent_s)
            await asyncio.sleep(max(0.0, 0.4 - (time.monotonic() - sent_s)))
        assert slowest_s < 3
        assert memory_bytes(system) - before < 120 * MIB
    for socket in crowd:
        with pytest.raises((Closed, ConnectionError)):
            await socket.discard()
        socket.writer.transport.abort()
    assert time.monotonic() - began_s < 60


@asynccontextmanager
async def entered(tenant: Watched, doors: asyncio.Semaphore) -> AsyncIterator[Socket]:
    """An open WebSocket, when there is room at the doors: not all come at the same moment."""
    async with AsyncExitStack() as stack:
        async with doors:
            socket = await stack.enter_async_context(connected(tenant.port, key=tenant.key))
        yield socket


async def test_a_crowd_that_comes_goes_and_resumes_sees_no_gap(system: System) -> None:
    tenant = await watched_tenant(system, "crowd", partitions=2)
    await tenant.votes(ada=1)
    ended = asyncio.Event()
    told = {"cuts": 0, "resumed": 0, "snapshots": 0}

    doors = asyncio.Semaphore(200)

    async def member(number: int) -> Board:
        board = Board()
        while True:
            async with entered(tenant, doors) as socket:
                seen = {"position": board.position, "state": board.state} if board.page else {}
                socket.say(type="subscribe", id="x", board=TOP, **seen)
                heard = 0
                while ended.is_set() or heard < 3 + number % 7:
                    message = await socket.hear("snapshot", "diff")
                    told["resumed"] += message.get("resumed", False)
                    told["snapshots"] += message["type"] == "snapshot"
                    board.take(message)
                    heard += 1
                    if ended.is_set() and board.scores().get("last") == 1:
                        return board
                    if number % 5 == 0:
                        await asyncio.sleep(0.3)  # slow: it is owed more than one difference
            told["cuts"] += 1

    async def writer() -> None:
        for round_ in itertools.count():
            await tenant.votes(**{f"artist-{round_ % 9}": 1, "ada": 1})
            if told["cuts"] >= 2 * CROWD:
                break
        await tenant.votes(last=1)
        ended.set()
        await tenant.votes(after=1)

    before = memory_bytes(system)
    members = [asyncio.create_task(member(number)) for number in range(CROWD)]
    writing = asyncio.create_task(writer())
    boards = await asyncio.gather(*members)
    await writing
    asked = await tenant.board()
    for board in boards:
        assert board.scores() | {"after": 1} == {row["id"]: row["score"] for row in asked["rows"]}
    assert told["resumed"] > 0
    assert memory_bytes(system) - before < 40 * MIB + CROWD * VIEWER_BYTES
