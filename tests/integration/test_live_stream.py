"""``/api/live/events`` of a real web process: the same as the WebSocket, as Server-Sent Events."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from support.live_system import Watched, watched_tenant
from support.sockets import Board
from support.system import System, running_system

pytestmark = pytest.mark.long

ORIGIN = "https://shop.example"


@pytest.fixture(scope="module")
def system(fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(fresh_database, tmp_path_factory.mktemp("stream"), COLISEUM_LIVE_ORIGINS=ORIGIN) as running:
        yield running
        assert "Traceback" not in running.log("web")


@pytest.fixture
async def tenant(system: System, request: pytest.FixtureRequest) -> Watched:
    return await watched_tenant(system, f"stream-{abs(hash(request.node.name)) % 10**9}", partitions=2)


class Stream:
    """An open stream of events."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self.status = 0
        self.headers: dict[str, str] = {}
        self.last_id = ""

    async def begin(self) -> None:
        """Read the head."""
        async with asyncio.timeout(10):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        self.status = int(head.split(" ")[1])
        lines = [line.split(": ", 1) for line in head.splitlines()[1:] if line]
        self.headers = {name.lower(): value for name, value in lines}

    async def until_comment(self) -> None:
        """Read until a comment comes."""
        while not (await self._reader.readline()).startswith(b":"):
            pass

    async def event(self) -> tuple[str, dict[str, Any]]:
        """The next event: its type and its data.

        Raises:
            EOFError: there is none any more.
        """
        fields: dict[str, str] = {}
        async with asyncio.timeout(20):
            while True:
                size = int(await self._reader.readline() or b"0", 16)
                chunk = (await self._reader.readexactly(size + 2))[:-2].decode()
                if not size:
                    raise EOFError
                for line in chunk.splitlines():
                    name, _, value = line.partition(": ")
                    fields[name] = value
                if "data" in fields:
                    self.last_id = fields.get("id", self.last_id)
                    return fields["event"], json.loads(fields["data"])
                fields = {}


@asynccontextmanager
async def opened(
    tenant: Watched, path: str, key: str | None = None, method: str = "GET", **headers: str
) -> AsyncIterator[Stream]:
    """A stream; ``headers`` with underscores."""
    reader, writer = await asyncio.open_connection("127.0.0.1", tenant.port, limit=1 << 22)
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{tenant.port}"]
    if key != "":
        lines.append(f"Authorization: Bearer {tenant.key if key is None else key}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    stream = Stream(reader)
    await stream.begin()
    try:
        yield stream
    finally:
        writer.transport.abort()


async def test_a_board_is_streamed_and_a_reconnect_resumes(tenant: Watched) -> None:
    await tenant.votes(ada=1)
    board = Board()
    async with opened(tenant, "/api/live/events?metric=votes&limit=5") as stream:
        assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        while not board.page or board.scores() != {"ada": 1}:
            board.take((await stream.event())[1])
        await tenant.votes(bo=2)
        while board.scores() != {"ada": 1, "bo": 2}:
            kind, message = await stream.event()
            assert kind == message["type"] == "diff"
            board.take(message)
        last_id = stream.last_id
        assert last_id == f"{'.'.join(map(str, board.position))}-{board.state}"
    await tenant.votes(bo=3)
    async with opened(tenant, "/api/live/events?metric=votes&limit=5", Last_Event_ID=last_id) as stream:
        while board.scores() != {"ada": 1, "bo": 5}:
            _, message = await stream.event()
            board.take(message)
        assert board.snapshots == 1
    async with opened(tenant, "/api/live/events?metric=votes&limit=5", Last_Event_ID="1.2-nonsense") as stream:
        assert (await stream.event())[0] == "snapshot"


async def test_a_metric_is_streamed(tenant: Watched) -> None:
    series = Board("points", "start")
    async with opened(tenant, "/api/live/events/metrics?metric=votes&grain=hour") as stream:
        series.take((await stream.event())[1])
        await tenant.votes(ada=7)
        while series.page["total"] != 7:
            series.take((await stream.event())[1])


async def test_a_declared_board_is_streamed_until_it_is_withdrawn(tenant: Watched) -> None:
    declared = {"metric": "votes", "entity": "artist", "windows": ["week"]}
    assert (await tenant.request("PUT", "/api/boards/finals", declared))[0] == 201
    await tenant.votes(ada=1)
    board = Board()
    async with opened(tenant, "/api/live/events?board=finals&limit=5") as stream:
        while not board.page or board.scores() != {"ada": 1}:
            board.take((await stream.event())[1])
        assert board.page["window"] == "week"
        assert (await tenant.request("DELETE", "/api/boards/finals"))[0] == 204
        while (told := await stream.event())[0] == "diff":
            pass
        assert (told[0], told[1]["code"], told[1]["field"]) == ("error", "not_found", "board")
        with pytest.raises(EOFError):
            await stream.event()


async def test_a_ticket_opens_a_stream_once(tenant: Watched) -> None:
    ticket = await tenant.ticket()
    async with opened(tenant, "/api/live/events?metric=votes", ticket) as stream:
        assert (await stream.event())[0] == "snapshot"
    async with opened(tenant, "/api/live/events?metric=votes", ticket) as stream:
        assert stream.status == 401


async def test_a_revoked_key_ends_the_stream(tenant: Watched) -> None:
    async with opened(tenant, "/api/live/events?metric=votes") as stream:
        await stream.event()
        await tenant.revoke(tenant.key)
        kind, error = await stream.event()
        while kind == "diff":
            kind, error = await stream.event()
        assert (kind, error["code"]) == ("error", "unknown_key")
        with pytest.raises(EOFError):
            await stream.event()


@pytest.mark.parametrize(
    ("path", "key", "headers", "status"),
    [
        ("/api/live/events?metric=nothing", None, {}, 400), ("/api/live/events", None, {}, 400),
        ("/api/live/events?board=finals&metric=votes", None, {}, 400),
        ("/api/live/events?metric=votes&metric=votes", None, {}, 400),
        ("/api/live/events?metric=votes&" + "&".join(f"a{n}=1" for n in range(40)), None, {}, 400),
        ("/api/live/events?metric=votes", "", {}, 401), ("/api/live/events?metric=votes", "wrong", {}, 401),
        ("/api/live/events?metric=votes", "browser", {}, 403),
        ("/api/live/events?metric=votes", None, {"Origin": "https://evil.example"}, 403),
        ("/api/live/events?metric=votes", None, {"Origin": "null"}, 403),
        ("/api/live/events?metric=votes", None, {"Origin": ORIGIN}, 200),
    ],
)  # fmt: skip
async def test_what_cannot_be_streamed_is_answered_with_its_reason(
    tenant: Watched, path: str, key: str | None, headers: dict[str, str], status: int
) -> None:
    async with opened(tenant, path, tenant.browser_key if key == "browser" else key, **headers) as stream:
        assert stream.status == status
        allowed = stream.headers.get("access-control-allow-origin")
        assert allowed == (ORIGIN if headers.get("Origin") == ORIGIN else None)


async def test_a_page_of_an_allowed_origin_may_ask_first(tenant: Watched) -> None:
    async with opened(tenant, "/api/live/events", "", "OPTIONS", Origin=ORIGIN) as stream:
        assert stream.status == 204
        assert "authorization" in stream.headers["access-control-allow-headers"]
    async with opened(tenant, "/api/live/events", "", "OPTIONS", Origin="https://evil.example") as stream:
        assert "access-control-allow-origin" not in stream.headers
    async with opened(tenant, "/api/live/events?metric=votes", None, "DELETE") as stream:
        assert stream.status == 405


@pytest.mark.long
async def test_a_quiet_stream_is_kept_alive(tenant: Watched) -> None:
    async with opened(tenant, "/api/live/events?metric=votes") as stream:
        async with asyncio.timeout(25):
            await stream.until_comment()


async def test_a_stop_ends_every_stream_and_the_process(system: System, tenant: Watched) -> None:
    async with opened(tenant, "/api/live/events?metric=votes") as stream:
        kind, error = await stream.event()
        process = system.processes["web"]
        process.terminate()
        while kind != "error":
            kind, error = await stream.event()
        assert error["code"] == "overloaded"
        with pytest.raises(EOFError):
            await stream.event()
    await asyncio.to_thread(process.wait, 6)
    del system.processes["web"]
    await asyncio.to_thread(system.start, "web")


async def test_a_metric_of_nobody_ends_the_stream(tenant: Watched) -> None:
    async with opened(tenant, "/api/live/events/metrics?metric=votes&entity=artist") as stream:
        kind, error = await stream.event()
        assert (kind, error["field"]) == ("error", "id")
        with pytest.raises(EOFError):
            await stream.event()
