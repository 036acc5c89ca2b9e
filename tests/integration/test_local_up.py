"""`coliseum up` as a whole: what it prints works, it stops without a trace, it comes back after a crash."""

import http.client
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from coliseum.local.ports import free_port

pytestmark = pytest.mark.long

READY = "Ctrl-C stops everything."
START_TIMEOUT_S = 60.0
SECOND_START_S_MAX = 5.0
STARTS_MAX = 3  # the machine may be busy with something else for a while


class Up:
    """A running `coliseum up`, and what it has printed."""

    def __init__(self, data_dir: Path, port: int, **environ: str) -> None:
        self.output = data_dir.with_suffix(".output")
        self.data_dir = data_dir
        self.port = port
        began = time.monotonic()
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "coliseum.cli", "up", "--no-demo"],
                env={
                    **os.environ,
                    "COLISEUM_DATA_DIR": str(data_dir),
                    "COLISEUM_PORT": str(port),
                    **environ,
                },
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_for(lambda: READY in self.printed() or self.process.poll() is not None)
        assert self.process.poll() is None, self.printed()
        self.seconds_to_start = time.monotonic() - began

    def printed(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def line_after(self, title: str) -> str:
        lines = self.printed().splitlines()
        return lines[lines.index(title) + 1].strip()

    def children(self) -> dict[str, int]:
        records = json.loads((self.data_dir / "processes.json").read_text())["processes"]
        return {record["name"]: record["pid"] for record in records}


@contextmanager
def running(data_dir: Path, port: int, **environ: str) -> Iterator[Up]:
    up = Up(data_dir, port, **environ)
    try:
        yield up
    finally:
        if up.process.poll() is None:
            up.process.terminate()
            up.process.wait(60)


def wait_for(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + START_TIMEOUT_S
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.05)


def is_gone(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def family_of(up: Up) -> list[psutil.Process]:
    return psutil.Process(up.process.pid).children(recursive=True)


def send_the_printed_event(up: Up) -> tuple[int, dict[str, object]]:
    """Do what the printed curl line does, from its own words; curl itself may not be on the machine."""
    words = shlex.split(up.line_after("Send an event"))
    headers = dict(word.split(": ", 1) for before, word in pairwise(words) if before == "-H")
    connection = http.client.HTTPConnection("127.0.0.1", up.port, timeout=10)
    try:
        connection.request("POST", "/api/passport/log", words[words.index("-d") + 1], headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_what_it_prints_works_and_it_stops_without_a_trace(data_dir: Path) -> None:
    with running(data_dir, free_port()) as up:
        status, answer = send_the_printed_event(up)
        assert (status, answer["offset"]) == (201, 0)
        keys = (up.line_after("Server key"), up.line_after("Browser key"))
        family = family_of(up)
        up.process.send_signal(signal.SIGINT)
        assert up.process.wait(60) == 0
        assert all(is_gone(process) for process in family)
    assert all((data_dir / name).stat().st_mode & 0o077 == 0 for name in ("credentials.json", "demo.json"))
    with running(data_dir, up.port) as again:
        assert (again.line_after("Server key"), again.line_after("Browser key")) == keys
        status, answer = send_the_printed_event(again)
        assert (status, answer["offset"]) == (201, 1)
        family = family_of(again)
        again.process.send_signal(signal.SIGTERM)
        assert again.process.wait(60) == 0
        assert all(is_gone(process) for process in family)


def test_the_printed_link_logs_the_demos_owner_in_and_is_not_printed_again(data_dir: Path) -> None:
    with running(data_dir, free_port()) as up:
        link = up.line_after("Log in")
        path = link.removeprefix(f"http://127.0.0.1:{up.port}")
        assert path.startswith("/welcome/")
        connection = http.client.HTTPConnection("127.0.0.1", up.port, timeout=30)
        connection.request("GET", path)
        page = connection.getresponse()
        assert (page.status, b"owner@demo.example" in page.read()) == (200, True)
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{up.port}"}
        connection.request("POST", path, "password=a+sentence+that+only+tests+use", form)
        done = connection.getresponse()
        done.read()
        assert (done.status, done.getheader("location")) == (303, "/t/demo")
        assert "__Host-coliseum=" in (done.getheader("set-cookie") or "")
        connection.close()
    with running(data_dir, up.port) as again:
        assert again.line_after("Log in") == f"http://127.0.0.1:{up.port}/log-in"


def test_a_second_start_is_quick(data_dir: Path) -> None:
    port = free_port()
    with running(data_dir, port):
        pass
    took: list[float] = []
    while len(took) < STARTS_MAX and min(took, default=SECOND_START_S_MAX) >= SECOND_START_S_MAX:
        with running(data_dir, port) as again:
            took.append(again.seconds_to_start)
    assert min(took) < SECOND_START_S_MAX


def test_it_comes_back_after_it_was_killed(data_dir: Path) -> None:
    with running(data_dir, free_port()) as up:
        family = family_of(up)
        assert send_the_printed_event(up)[0] == 201
        up.process.kill()
        up.process.wait(60)
    with running(data_dir, up.port) as again:
        assert all(is_gone(process) for process in family)
        status, answer = send_the_printed_event(again)
        assert (status, answer["offset"]) == (201, 1)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One that goes on while its parts die, one after the other."""
    with running(tmp_path_factory.mktemp("lasting") / "data", free_port()) as up:
        yield up


@pytest.mark.parametrize(
    ("name", "title"),
    [("web", "web server"), ("processor", "processor"), ("valkey", "Valkey"), ("postgresql", "PostgreSQL")],
)
def test_a_part_that_dies_is_started_again(lasting: Up, name: str, title: str) -> None:
    wait_for(lambda: psutil.pid_exists(lasting.children()[name]))  # another's death may have taken it down
    killed = lasting.children()[name]
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: lasting.children()[name] != killed)
    assert re.search(rf"The {title} ended by signal 9 .*; it is started again in [0-9.]+ s\.", lasting.printed())
    wait_for(lambda: _event_is_accepted(lasting))


def _event_is_accepted(up: Up) -> bool:
    try:
        return send_the_printed_event(up)[0] == 201
    except (OSError, http.client.HTTPException):
        return False


async def test_servers_that_are_set_are_used(data_dir: Path, fresh_database: str, valkey_url: str) -> None:
    with running(data_dir, free_port(), DATABASE_URL=fresh_database, VALKEY_URL=valkey_url) as up:
        assert set(up.children()) == {"processor", "web"}
        assert send_the_printed_event(up)[0] == 201
    assert not (data_dir / "postgres").exists()
