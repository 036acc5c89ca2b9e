"""Whole imports against a real socket: what goes in, what is rejected, and interruptions of every kind."""

import gzip
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from typer.testing import CliRunner

from coliseum.cli import app
from support.fake_server import KEY, FakeServer, Fault, running

MAPPING = """
[[event]]
type = "social.share"
at = "2024-01-01T00:00:00Z"
fields = { userId = "{user}", n = "{n:int}" }
"""

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with running() as fake:
        yield fake


def lines(count: int, *, with_id: bool = True) -> str:
    rows = [
        {"type": "social.share", "userId": f"u-{n}", "n": n} | ({"id": f"e-{n}"} if with_id else {})
        for n in range(count)
    ]
    return "".join(json.dumps(row) + "\n" for row in rows)


def command(server: FakeServer, *arguments: object) -> list[str]:
    return ["import", *(str(argument) for argument in arguments), "--url", server.url, "--key", KEY]


def run(server: FakeServer, *arguments: object, stdin: bytes | None = None) -> tuple[int, str]:
    done = CliRunner().invoke(app, command(server, *arguments), input=stdin)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def child(server: FakeServer, *arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "coliseum.cli", *command(server, *arguments)], stderr=subprocess.PIPE
    )


def state(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(f"{path}.progress").read_bytes())
    return found


def rejects(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(f"{path}.rejects.ndjson").read_text(encoding="utf-8").splitlines()]


def numbers(server: FakeServer) -> list[int]:
    return sorted(event["n"] for event in server.events.values())


def test_a_file_of_events_goes_in_whole(server: FakeServer, tmp_path: Path) -> None:
    path = tmp_path / "e.ndjson"
    path.write_text(lines(5000))
    code, output = run(server, path, "--batch", 400)
    assert code == 0
    assert "5000 events accepted" in output
    assert numbers(server) == list(range(5000))
    assert {request["path"] for request in server.requests} == {"/api/passport/batch"}
    assert state(path)["done"]
    assert not Path(f"{path}.rejects.ndjson").exists()


def test_historical_is_asked_for_in_the_address(server: FakeServer, tmp_path: Path) -> None:
    path = tmp_path / "e.ndjson"
    path.write_text(lines(1))
    assert run(server, path, "--historical")[0] == 0
    assert server.requests[0]["path"] == "/api/passport/batch?historical=true"


def test_a_second_run_has_nothing_to_do(server: FakeServer, tmp_path: Path) -> None:
    path = tmp_path / "e.ndjson"
    path.write_text(lines(10))
    run(server, path)
    requests = len(server.requests)
    code, output = run(server, path)
    assert (code, len(server.requests)) == (0, requests)
    assert "nothing to do" in output


def test_without_its_progress_file_a_second_run_sends_duplicates_and_counts_nothing_twice(
    server: FakeServer, tmp_path: Path
) -> None:
    path = tmp_path / "e.ndjson"
    path.write_text(lines(500, with_id=False))
    run(server, path)
    Path(f"{path}.progress").unlink()
    code, output = run(server, path)
    assert code == 0
    assert "0 events accepted, 500 known before" in output
    assert len(server.events) == 500


@pytest.mark.parametrize(
    ("kind", "packing"),
    [("parquet", "plain"), *((kind, packing) for kind in ("ndjson", "csv") for packing in PACKERS)],
)
def test_every_format_gives_the_same_events(server: FakeServer, tmp_path: Path, kind: str, packing: str) -> None:
    path, mapping = tmp_path / "file", tmp_path / "m.toml"
    mapping.write_text(MAPPING)
    if kind == "parquet":
        table = pa.table({"user": [f"u-{n}" for n in range(2500)], "n": list(range(2500))})
        pq.write_table(table, path, row_group_size=700)
    else:
        rows = [f'{{"user":"u-{n}","n":{n}}}' if kind == "ndjson" else f"u-{n},{n}" for n in range(2500)]
        content = ("" if kind == "ndjson" else "user,n\n") + "\n".join(rows)
        path.write_bytes(PACKERS[packing](content.encode()))
    code, output = run(server, path, "--mapping", mapping)
    assert code == 0, output
    assert numbers(server) == list(range(2500))
    assert {event["userId"] for event in server.events.values()} == {f"u-{n}" for n in range(2500)}


def test_parquet_rows_can_be_events_as_they_are(server: FakeServer, tmp_path: Path) -> None:
    path = tmp_path / "p"
    rows = [
        {"id": "a", "type": "social.share", "n": 1, "city": None},
        {"id": None, "type": "t", "n": 2, "city": "x"},
    ]
    pq.write_table(pa.Table.from_pylist(rows), path)
    assert run(server, path)[0] == 0
    assert server.events["a"] == {"id": "a", "type": "social.share", "n": 1}
    assert len(server.events) == 2


def test_standard_input_is_read_and_needs_no_progress_file(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _ = run(server, "-", stdin=gzip.compress(lines(300, with_id=False).encode()))
    assert code == 0
    assert numbers(server) == list(range(300))
    assert list(tmp_path.iterdir()) == []


def test_what_is_bad_is_rejected_by_line_and_reason_and_the_rest_goes_in(server: FakeServer, tmp_path: Path) -> None:
    path = tmp_path / "e.ndjson"
    bad = {10: "{", 500: '{"id":"r","type":"refuse.me"}', 777: '{"id":"p","type":"poison"}', 1500: "[]"}
    good = lines(2000).splitlines()
    path.write_text("\n".join(bad.get(number, line) for number, line in enumerate(good, start=1)))
    code, output = run(server, path, "--batch", 300)
    assert code == 2
    assert "1996 events accepted" in output
    assert [(reject["line"], reject["reason"]) for reject in rejects(path)] == [
        (10, "unparsable"),
        (500, "unknown_type"),
        (777, "unknown_type"),
        (1500, "unparsable"),
    ]
    assert [reject["raw"] for reject in rejects(path)] == list(bad.values())
    assert rejects(path)[1]["id"] == "r"
    assert run(server, path)[0] == 2


def test_mapping_mistakes_and_ambiguity_are_rejected_with_their_row(server: FakeServer, tmp_path: Path) -> None:
    path, mapping = tmp_path / "e.csv", tmp_path / "m.toml"
    mapping.write_text(MAPPING)
    path.write_text("user,n\na,1\nb,two\nc,3\nd\n")
    code, _ = run(server, path, "--mapping", mapping)
    assert code == 2
    assert [(reject["line"], reject["reason"], reject["raw"]) for reject in rejects(path)] == [
        (3, "bad_value", "b,two"),
        (5, "wrong_columns", "d"),
    ]
    assert numbers(server) == [1, 3]


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


def test_a_wrong_key_ends_the_import_and_marks_nothing(server: FakeServer, tmp_path: Path) -> None:
    path = tmp_path / "e.ndjson"
    path.write_text(lines(100))
    done = CliRunner().invoke(app, ["import", str(path), "--url", server.url, "--key", "cs_server_other"])
    assert done.exit_code == 1
    assert "unknown_key" in done.output
    assert state(path)["records"] == 0
    assert run(server, path)[0] == 0
    assert len(server.events) == 100


def test_a_server_that_is_away_is_waited_for_or_given_up_on(tmp_path: Path) -> None:
    path = tmp_path / "e.ndjson"
    path.write_text(lines(100))
    done = CliRunner().invoke(
        app, ["import", str(path), "--url", "http://127.0.0.1:9", "--key", KEY, "--patience", "1"]
    )
    assert done.exit_code == 1
    assert "waiting for the server" in done.output
    assert "no answer for 1 s" in done.output


@pytest.mark.parametrize(
    "arguments",
    [["a", "b", "--progress", "p"], ["a", "b", "--rejects", "r"], ["nothing"], ["a", "--batch", "1001"], []],
    ids=str,
)
def test_a_command_that_cannot_work_says_so_and_sends_nothing(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in "ab":
        (tmp_path / name).write_text(lines(1))
    code, output = run(server, *arguments)
    assert code != 0
    assert output
    assert server.requests == []


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
