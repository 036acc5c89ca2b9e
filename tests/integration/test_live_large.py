"""Messages at ``/api/live`` that are far too large: closed, given back, and no larger than the web server lets them grow."""

import asyncio
import struct
import time
from collections.abc import Iterator

import psutil
import pytest

from support.live_system import Watched, watched_tenant
from support.sockets import Closed, Socket
from support.system import System, running_system

pytestmark = pytest.mark.long

MIB = 1024 * 1024
FRAME_MAX, MESSAGE_MAX = 16 * MIB, 64 * MIB
"""Of the web server, which has no setting for them; as docs/LIVE.md says."""
TOO_BIG, PROTOCOL, NOBODY = 1009, 1002, 4401
PIECE = b"a" * MIB


@pytest.fixture(scope="module")
def system(fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(fresh_database, tmp_path_factory.mktemp("large")) as running:
        yield running
        assert "Traceback" not in running.log("web")


@pytest.fixture(scope="module")
async def tenant(system: System) -> Watched:
    return await watched_tenant(system, "large")


def memory(system: System) -> int:
    """Bytes that the web server's processes have in memory."""
    main = psutil.Process(system.processes["web"].pid)
    return sum(process.memory_info().rss for process in (main, *main.children(recursive=True)))


def head(length: int, *, fin: bool = True, text: bool = True) -> bytes:
    """The head of a frame, masked with nothing."""
    return struct.pack("!BBQ", (0x80 if fin else 0) | text, 0x80 | 127, length) + bytes(4)


async def end_of(socket: Socket) -> int | None:
    """The code with which the server closes; None when it does so without one."""
    try:
        await socket.hear("nothing")
    except Closed as closed:
        return closed.code
    except (ConnectionError, OSError):
        return None
    raise AssertionError("it said something")


@pytest.mark.parametrize("greeted", [True, False], ids=["greeted", "stranger"])
async def test_messages_of_two_megabytes_are_closed_and_leave_nothing_in_memory(
    tenant: Watched, *, greeted: bool
) -> None:
    async def one() -> None:
        socket = await Socket.open(tenant.port)
        if greeted:
            socket.say(type="auth", key=tenant.key)
            await socket.hear("ready")
        socket.raw(head(2 * MIB) + PIECE * 2)
        assert await end_of(socket) == TOO_BIG
        socket.writer.close()

    for _ in range(3):  # what a process takes once and for all
        await one()
    before = memory(tenant.system)
    for _ in range(40):
        await one()
    assert memory(tenant.system) - before < 16 * MIB


async def test_a_frame_beyond_the_servers_own_limit_is_refused_by_its_head(tenant: Watched) -> None:
    socket = await Socket.open(tenant.port)
    socket.raw(head(FRAME_MAX + 1))
    assert await end_of(socket) == PROTOCOL
    socket.writer.close()


async def test_a_message_in_parts_grows_no_further_than_the_servers_own_limit(tenant: Watched) -> None:
    socket = await Socket.open(tenant.port)
    for number in range(MESSAGE_MAX // MIB + 1):
        socket.raw(head(MIB, fin=False, text=number == 0) + PIECE)
        await asyncio.sleep(0)
    assert await end_of(socket) in (PROTOCOL, None)
    socket.writer.close()


async def test_a_stranger_cannot_keep_what_they_have_not_finished(tenant: Watched) -> None:
    socket = await Socket.open(tenant.port)
    began = time.monotonic()
    socket.raw(head(FRAME_MAX) + PIECE * 8)
    await socket.writer.drain()
    assert await end_of(socket) == NOBODY
    assert time.monotonic() - began < 15
    socket.writer.close()
