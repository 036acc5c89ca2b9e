"""Raw bytes at ``/api/live``: whatever they are, the connection ends, and the process serves everybody else."""

import asyncio
import struct
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest

from support.live_system import Watched, watched_tenant
from support.sockets import Socket, connected, frame, handshake
from support.system import System, running_system

pytestmark = pytest.mark.long

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
BAD_FRAME, BAD_MESSAGE, TOO_BIG = 1002, 4400, 1009


@pytest.fixture(scope="module")
def system(fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(fresh_database, tmp_path_factory.mktemp("frames")) as running:
        yield running
        assert "Traceback" not in running.log("web")
        assert "live_failed" not in running.log("web")


@pytest.fixture(scope="module")
async def tenant(system: System) -> Watched:
    made = await watched_tenant(system, "frames")
    await made.votes(ada=1)
    return made


WRONG = {
    "an unmasked text": frame(TEXT, b'{"type":"ping"}', masked=False),
    "a reserved bit": frame(TEXT, b'{"type":"ping"}', rsv=4),
    "all reserved bits": frame(TEXT, b'{"type":"ping"}', rsv=7),
    "a reserved opcode": frame(3, b"x"),
    "a reserved control opcode": frame(11, b"x"),
    "a length of 2^63": bytes([0x81, 0xFF]) + struct.pack(">Q", 1 << 63) + b"mask",
    "a length of 2^63 - 1": bytes([0x81, 0xFF]) + struct.pack(">Q", (1 << 63) - 1) + b"mask",
    "a length of 2^40": bytes([0x82, 0xFF]) + struct.pack(">Q", 1 << 40) + b"mask" + b"x" * 1_000,
    "bad UTF-8": frame(TEXT, b'{"type":"\xff\xfe"}'),
    "half a surrogate pair": frame(TEXT, b'"\xed\xa0\x80"'),
    "UTF-8 that is cut off": frame(TEXT, b'"\xf0\x9f\x8e'),
    "a continuation without a beginning": frame(0, b"x"),
    "a text within a text": frame(TEXT, b"{", fin=False) + frame(TEXT, b"}"),
    "a ping in two parts": frame(PING, b"x", fin=False) + frame(0, b"y"),
    "a close in two parts": frame(CLOSE, b"", fin=False) + frame(0, b""),
    "a ping that is too long": frame(PING, b"x" * 126),
    "a close of one byte": frame(CLOSE, b"\x03"),
    "a close with a reserved code": frame(CLOSE, struct.pack(">H", 1005)),
    "a close with code 0": frame(CLOSE, struct.pack(">H", 0)),
    "a close with bad UTF-8": frame(CLOSE, struct.pack(">H", 1000) + b"\xff"),
    "a binary message": frame(BINARY, b'{"type":"ping"}'),
    "a message that is too big": frame(TEXT, b'"' + b"x" * 65_536 + b'"'),
    "a message that is too big in parts": frame(TEXT, b'"', fin=False)
    + b"".join(frame(0, b"x" * 1_000, fin=False) for _ in range(70))
    + frame(0, b'"'),
    "an empty message": frame(TEXT, b""),
    "no HTTP at all": b"\x00" * 100,
}

OF_THE_PROTOCOL = {
    "a binary message": BAD_MESSAGE, "a message that is too big": TOO_BIG, "a message that is too big in parts": TOO_BIG,
    "an empty message": BAD_MESSAGE,
}  # fmt: skip
"""These are good WebSocket; what is wrong with them is for us to say."""


@pytest.mark.parametrize("greeted", [True, False], ids=["greeted", "stranger"])
@pytest.mark.parametrize("wrong", WRONG)
async def test_wrong_frames_end_the_connection(tenant: Watched, wrong: str, greeted: bool) -> None:
    async with connected(tenant.port, key=tenant.key if greeted else None) as socket:
        socket.raw(WRONG[wrong])
        code = (await socket.closed(4.5)).code
    if wrong in OF_THE_PROTOCOL:
        assert code in (OF_THE_PROTOCOL[wrong], None)  # bytes that nobody read may reset the connection
    else:
        assert code == BAD_FRAME


async def test_a_message_in_many_parts_with_pings_between_is_one_message(tenant: Watched) -> None:
    async with tenant.socket() as socket:
        text = b'{"type":"subscribe","id":"x","board":{"metric":"votes"}}'
        for place in range(len(text)):
            last = place == len(text) - 1
            socket.raw(frame(0 if place else TEXT, text[place : place + 1], fin=last))
            if place % 10 == 0:
                socket.raw(frame(PING, b"are you there"))
        assert (await socket.hear())["type"] == "snapshot"


async def test_a_ping_is_answered_with_its_own_bytes(tenant: Watched) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", tenant.port)
    writer.write(handshake(tenant.port))
    await reader.readuntil(b"\r\n\r\n")
    writer.write(frame(PING, b"x" * 125))
    assert await reader.readexactly(2 + 125) == bytes([0x80 | PONG, 125]) + b"x" * 125
    writer.write(frame(CLOSE, struct.pack(">H", 1000)))
    async with asyncio.timeout(5):
        rest = await reader.read()
    assert rest[:1] == bytes([0x80 | CLOSE])
    writer.close()


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /api/live HTTP/1.1\r\nHost: x\r\n\r\n",
        handshake(1).replace(b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Version: 8"),
        handshake(1).replace(b"Sec-WebSocket-Key", b"Another-Key"),
        handshake(1, "/api/live/events"), handshake(1, "/nowhere"),
    ],
    ids=["no upgrade", "version 8", "no key", "another route", "no route"],
)  # fmt: skip
async def test_what_is_no_handshake_opens_nothing(tenant: Watched, request_: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", tenant.port)
    writer.write(request_)
    async with asyncio.timeout(10):
        status = await reader.readline()
    assert b" 101 " not in status
    writer.transport.abort()


async def test_connections_that_break_off_leave_nothing_behind(system: System, tenant: Watched) -> None:
    process = psutil.Process(system.processes["web"].pid)
    [worker] = process.children()

    async def breaks_off(number: int) -> None:
        with suppress(ConnectionError):
            socket = await Socket.open(tenant.port)
            socket.say(type="auth", key=tenant.key)
            socket.say(type="subscribe", id="x", board={"metric": "votes"})
            if number % 3:
                await socket.hear("ready")
            if number % 2:
                socket.raw(frame(TEXT, b"x" * 5_000)[: number + 3])
            socket.writer.transport.abort()
            socket.writer.close()

    for _ in range(3):
        await asyncio.gather(*(breaks_off(number) for number in range(200)))
    async with asyncio.timeout(30):
        while worker.num_fds() > 100:
            await asyncio.sleep(0.1)
    async with tenant.socket() as socket:
        socket.say(type="subscribe", id="x", board={"metric": "votes"})
        assert (await socket.hear())["type"] == "snapshot"
