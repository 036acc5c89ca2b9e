"""Whole imports against a real socket: what goes in, what is rejected, and what is said about it."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from typer.testing import CliRunner

from coliseum.cli import app
from support.fake_server import FakeServer, running
from support.importing import MAPPING, lines, numbers, rejects, run, state

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with running() as fake:
        yield fake


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


def test_a_wrong_key_ends_the_import_and_marks_nothing(server: FakeServer, tmp_path: Path) -> None:
    path = tmp_path / "e.ndjson"
    path.write_text(lines(100))
    done = CliRunner().invoke(app, ["import", str(path), "--url", server.url, "--key", "cs_server_other"])
    assert done.exit_code == 1
    assert "unknown_key" in done.output
    assert state(path)["records"] == 0
    assert run(server, path)[0] == 0
    assert len(server.events) == 100


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
