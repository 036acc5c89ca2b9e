"""Interruptions of every kind, of the import and of the server: nothing is lost and nothing doubles."""

import gzip
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coliseum.cli import app
from support.fake_server import KEY, FakeServer, Fault, running
from support.importing import MAPPING, child, command, lines, numbers, rejects, run, state

pytestmark = pytest.mark.long


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with running() as fake:
        yield fake


def test_faults_of_the_server_cost_nothing(server: FakeServer, tmp_path: Path) -> None:
    path = tmp_path / "e.ndjson"
    path.write_text(lines(2000))
    server.faults.extend(
        [Fault(status=503), Fault(lost=True), Fault(lost=True, kept=True), Fault(status=500, kept=True)]
    )
    code, output = run(server, path, "--batch", 100)
    assert code == 0, output
    assert numbers(server) == list(range(2000))


def test_a_reference_to_an_event_that_is_still_on_the_way_is_tried_again_in_its_turn(
    server: FakeServer, tmp_path: Path
) -> None:
    votes = [{"id": f"v-{n}", "type": "coliseum.vote_cast"} for n in range(50)]
    voids = [{"id": f"w-{n}", "type": "coliseum.vote_voided", "voteId": f"v-{n}"} for n in range(50)]
    lost = [{"id": "x", "type": "coliseum.vote_voided", "voteId": "never"}]
    path = tmp_path / "e.ndjson"
    path.write_text("\n".join(json.dumps(event) for event in votes + voids + lost))
    release = threading.Event()
    # The first batch, with the votes, is held up until the one with the voids was refused.
    server.faults.append(Fault(status=503, wait=release))

    def watch() -> None:
        server.wait_for_requests(3)
        release.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    code, _ = run(server, path, "--batch", 50, "--concurrency", 2)
    watcher.join()
    assert code == 2
    assert len(server.events) == 100
    assert [reject["reason"] for reject in rejects(path)] == ["unknown_reference"]


def test_a_server_that_is_away_is_waited_for_or_given_up_on(tmp_path: Path) -> None:
    path = tmp_path / "e.ndjson"
    path.write_text(lines(100))
    done = CliRunner().invoke(
        app, ["import", str(path), "--url", "http://127.0.0.1:9", "--key", KEY, "--patience", "1"]
    )
    assert done.exit_code == 1
    assert "waiting for the server" in done.output
    assert "no answer for 1 s" in done.output


def test_a_torn_file_goes_in_as_far_as_it_can_be_read_and_does_not_count_as_finished(
    server: FakeServer, tmp_path: Path
) -> None:
    path = tmp_path / "e.gz"
    content = "".join(json.dumps({"type": "t", "n": n, "x": os.urandom(60).hex()}) + "\n" for n in range(20_000))
    packed = gzip.compress(content.encode())
    path.write_bytes(packed[: len(packed) // 2])
    code, output = run(server, path)
    assert code == 1
    assert "damaged" in output
    assert state(path)["records"] == len(server.events) > 5000
    assert not state(path)["done"]


def test_a_progress_file_of_another_content_is_not_believed(server: FakeServer, tmp_path: Path) -> None:
    path = tmp_path / "e.ndjson"
    path.write_text(lines(10))
    assert run(server, path)[0] == 0
    path.write_text(lines(11))
    code, output = run(server, path)
    assert code == 1
    assert "another content" in output
    Path(f"{path}.progress").write_text("{")
    assert run(server, path)[0] == 1


def test_rejects_that_a_killed_run_wrote_past_its_mark_are_not_kept_twice(server: FakeServer, tmp_path: Path) -> None:
    path = tmp_path / "e.ndjson"
    path.write_text("{\n" * 3 + lines(10))
    assert run(server, path)[0] == 2
    mark = Path(f"{path}.progress")
    mark.write_text(json.dumps(state(path) | {"records": 1, "rejected": 1, "done": False, "rejectsBytes": 0}))
    before = Path(f"{path}.rejects.ndjson").read_text().splitlines()
    assert run(server, path)[0] == 2
    assert Path(f"{path}.rejects.ndjson").read_text().splitlines() == before[1:]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_import_goes_on_and_neither_loses_nor_doubles(
    server: FakeServer, tmp_path: Path, number: signal.Signals
) -> None:
    path = tmp_path / "e.csv"
    mapping = tmp_path / "m.toml"
    mapping.write_text(MAPPING)
    path.write_text("user,n\n" + "".join(f"u-{n},{n if n % 1000 else 'bad'}\n" for n in range(20_000)))
    arguments = (path, "--mapping", mapping, "--batch", 100)
    for wanted in (20, 50, 80):
        process = child(server, *arguments)
        server.wait_for_requests(wanted, 30)
        process.send_signal(number)
        _, errors = process.communicate(timeout=30)
        assert process.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 1), errors
    code, output = run(server, *arguments)
    assert code == 2, output
    assert numbers(server) == [n for n in range(20_000) if n % 1000]
    assert [reject["line"] for reject in rejects(path)] == list(range(2, 20_002, 1000))
    found = state(path)
    assert (found["records"], found["rejected"]) == (20_000, 20)
    assert found["accepted"] + found["duplicates"] == 19_980
    assert len(server.requests) < 300


def test_a_server_that_restarts_in_the_middle_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "e.ndjson"
    path.write_text(lines(20_000))
    with running() as server:
        port = int(server.url.rsplit(":", 1)[1])
        process = child(server, path, "--batch", 100)
        server.wait_for_requests(30, 30)
    with running(port, server):
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert numbers(server) == list(range(20_000))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_memory_stays_flat_on_a_large_file(server: FakeServer, tmp_path: Path) -> None:
    peaks_kb = []
    for count in (10_000, 60_000):
        path = tmp_path / f"{count}.ndjson"
        with path.open("w") as file:
            file.writelines(json.dumps({"type": "refuse.me", "n": n, "x": "y" * 500}) + "\n" for n in range(count))
        script = (
            "import re\n"
            "from coliseum.cli import app\n"
            f"try: app({command(server, path)!r})\n"
            "except SystemExit: print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])\n"
        )
        done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, timeout=60)
        peaks_kb.append(int(done.stdout))
    assert peaks_kb[1] - peaks_kb[0] < 8_000, peaks_kb
