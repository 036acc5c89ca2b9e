"""Bad input against a real ``coliseum web`` process: what only a socket and a process can show."""

import gzip
import json
import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from coliseum import operations
from coliseum.settings import Settings
from support.festival import event, vote
from support.services import SECRET_KEY
from support.system import System, free_port

MIB = 1024 * 1024
LOG, BATCH = "/api/passport/log", "/api/passport/batch"


@pytest.fixture(scope="module")
def environ(migrated_database: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {
        **os.environ, "DATABASE_URL": migrated_database, "VALKEY_URL": valkey_url, "COLISEUM_SECRET_KEY": SECRET_KEY,
        "COLISEUM_PORT": str(free_port()), "COLISEUM_DATA_DIR": str(tmp_path_factory.mktemp("data")),
    }  # fmt: skip


@pytest.fixture(scope="module")
def system(environ: dict[str, str]) -> Iterator[System]:
    running = System(Path(environ["COLISEUM_DATA_DIR"]), environ, int(environ["COLISEUM_PORT"]))
    running.start("web")
    try:
        yield running
        assert "Traceback" not in running.log("web")
    finally:
        running.stop()


@pytest.fixture(scope="module")
async def key(environ: dict[str, str]) -> str:
    made = await operations.create_tenant(Settings(database_url=environ["DATABASE_URL"]), slug="trickle")
    return made.server_key


def request(system: System, head: str, *pieces: bytes) -> bytes:
    """Send a head and pieces of a body until an answer comes or all is sent; return what came."""
    with socket.create_connection(("127.0.0.1", system.port), 20) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode("latin-1"))
        # A server that has answered may close while more is being sent: its answer is what counts.
        with suppress(ConnectionError):
            for piece in pieces:
                connection.sendall(piece)
        answer = b""
        with suppress(ConnectionError):
            while b"\r\n\r\n" not in answer and (part := connection.recv(65_536)):
                answer += part
    return answer


def head(key: str, path: str = LOG, *more: str) -> str:
    lines = [f"POST {path} HTTP/1.1", "Host: test", f"Authorization: Bearer {key}", "Connection: close", *more]
    return "\n".join(lines) + "\n\n"


def memory_bytes(system: System) -> int:
    process = psutil.Process(system.processes["web"].pid)
    return sum(each.memory_info().rss for each in [process, *process.children(recursive=True)])


def entries(system: System, key: str) -> int:
    status, consumers = system.request("/api/status", key)
    assert status == 200
    return sum(each["head"] for each in consumers if each["consumer"] == "coliseum")


def test_a_body_of_100_mb_is_refused_by_its_announcement(system: System, key: str) -> None:
    answer = request(system, head(key, LOG, f"Content-Length: {100 * MIB}"), b"{")
    assert answer.startswith(b"HTTP/1.1 413"), answer


def test_a_body_of_100_mb_in_chunks_is_refused_on_the_way(system: System, key: str) -> None:
    piece = b"100000\r\n" + b" " * MIB + b"\r\n"
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += MIB
            yield piece

    before = memory_bytes(system)
    answer = request(system, head(key, BATCH, "Transfer-Encoding: chunked"), *[piece] * 6)
    assert answer.startswith(b"HTTP/1.1 413"), answer
    request(system, head(key, BATCH, "Transfer-Encoding: chunked"), *pieces())
    assert memory_bytes(system) - before < 40 * MIB


def test_memory_stays_flat_under_bombs_and_giants(system: System, key: str) -> None:
    bomb = gzip.compress(b" " * (200 * MIB), 9)
    packed = head(key, BATCH, "Content-Encoding: gzip", f"Content-Length: {len(bomb)}")
    deep = b"[" * (4 * MIB - 10)
    nested = head(key, BATCH, f"Content-Length: {len(deep)}")
    many = b"[" + b"0," * (2 * MIB - 20) + b"0]"
    zeros = head(key, BATCH, f"Content-Length: {len(many)}")
    for _ in range(2):  # what a first time allocates for ever is no leak
        for each in ((packed, bomb), (nested, deep), (zeros, many)):
            request(system, *each)
    before = memory_bytes(system)
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(lambda each: request(system, *each), [(packed, bomb), (nested, deep), (zeros, many)] * 8)
        )
    assert {answer[9:12] for answer in answers} <= {b"413", b"400"}, answers
    assert memory_bytes(system) - before < 60 * MIB
    assert entries(system, key) == 0


@pytest.mark.parametrize("text", [
    "GET\n\n", "POST / HTTP/9.9\n\n", "\x00\x01\x02\n\n", "POST /api/passport/log HTTP/1.1\nHost: x\nContent-Length: -1\n\n",
    f"POST /api/passport/log HTTP/1.1\nHost: x\nContent-Length: {'9' * 5_000}\n\n",
    "POST /api/passport/log HTTP/1.1\nHost: x\nContent-Length: 5\nTransfer-Encoding: chunked\n\nzz\n",
])  # fmt: skip
def test_what_is_no_http_is_refused_and_the_server_lives(system: System, text: str) -> None:
    answer = request(system, text)
    assert answer == b"" or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")), answer
    assert system.request("/health")[0] == 200


def test_a_client_that_goes_away_in_the_middle_stores_nothing(system: System, key: str) -> None:
    before = entries(system, key)
    body = json.dumps(vote()).encode()
    for cut in (0, 1, len(body) - 1):
        with socket.create_connection(("127.0.0.1", system.port), 20) as connection:
            announced = head(key, LOG, f"Content-Length: {len(body)}").replace("\n", "\r\n").encode()
            connection.sendall(announced + body[:cut])
    assert entries(system, key) == before


def test_what_is_right_is_taken_after_all_that(system: System, key: str) -> None:
    before = entries(system, key)
    body = json.dumps([vote(), event("coliseum.vote_cast"), vote()]).encode()
    answer = request(system, head(key, BATCH, f"Content-Length: {len(body)}"), body)
    assert answer.startswith(b"HTTP/1.1 207"), answer
    assert entries(system, key) == before + 2
