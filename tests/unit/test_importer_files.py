"""Reading files: what they are by their first bytes, records one by one, damage said by name."""

import gzip
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from coliseum.importer.faults import ImportFailed
from coliseum.importer.formats import LINE_BYTES_MAX, Record, read_records
from coliseum.importer.opening import open_input
from coliseum.importer.spec import CsvOptions

PLAIN = CsvOptions()
LINES = [json.dumps({"type": "t", "n": number}) for number in range(5000)]
NDJSON = "\n".join(LINES).encode()


def read(path: Path, options: CsvOptions = PLAIN, skip: int = 0) -> list[Record]:
    source = open_input(str(path))
    try:
        return list(read_records(source, source.format, options, skip))
    finally:
        source.close()


def written(tmp_path: Path, content: bytes, name: str = "file") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def zstd_frames(content: bytes) -> bytes:
    """Two frames, as ``cat a.zst b.zst`` makes them."""
    half = len(content) // 2
    return b"".join(zstandard.ZstdCompressor().compress(part) for part in (content[:half], content[half:]))


def gzip_members(content: bytes) -> bytes:
    half = len(content) // 2
    return gzip.compress(content[:half]) + gzip.compress(content[half:])


PACKERS = [bytes, gzip.compress, gzip_members, zstd_frames]


@pytest.mark.parametrize("pack", PACKERS)
def test_compression_is_known_by_its_first_bytes_whatever_the_name(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    records = read(written(tmp_path, pack(NDJSON), "misleading.csv"))
    assert [record.row for record in records] == [json.loads(line) for line in LINES]
    assert [record.number for record in records[:3]] == [1, 2, 3]
    assert [record.raw for record in records] == LINES


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor(write_checksum=True).compress])
def test_a_torn_compressed_file_is_not_taken_for_a_short_one(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(NDJSON)
    with pytest.raises(ImportFailed, match="damaged"):
        read(written(tmp_path, packed[: len(packed) * 2 // 3]))
    with pytest.raises(ImportFailed):
        read(written(tmp_path, packed[:200] + b"\xff" * 200 + packed[400:]))


def test_a_bad_line_is_a_record_with_a_fault_and_the_next_ones_are_read(tmp_path: Path) -> None:
    lines = [
        b'\xef\xbb\xbf{"a":1}',
        b"{",
        b"",
        b"[1]",
        b'{"a":NaN}',
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b"[" * 100_000,
        b'{"a":"' + b"x" * LINE_BYTES_MAX + b'"}',
        b'{"a":2}\r',
    ]
    records = read(written(tmp_path, b"\n".join(lines)))
    assert [record.number for record in records if record.fault is None] == [1, 10]
    assert {record.number: record.fault.code for record in records if record.fault} == {
        2: "unparsable",
        4: "unparsable",
        5: "unparsable",
        6: "unparsable",
        7: "unparsable",
        8: "unparsable",
        9: "line_too_long",
    }


def test_csv_keeps_quoted_line_ends_and_counts_lines(tmp_path: Path) -> None:
    content = b'\xef\xbb\xbfa,b\r\n1,"x\ny, ""z"""\r\n\r\n2,\r\n3\r\n4,\xff\r\n5,"q"r\r\n6,e\r\n'
    records = read(written(tmp_path, content))
    assert [(record.number, record.line) for record in records] == [
        (1, 2),
        (2, 5),
        (3, 6),
        (4, 7),
        (5, 8),
        (6, 9),
    ]
    assert records[0].row == {"a": "1", "b": 'x\ny, "z"'}
    assert records[1].row == {"a": "2", "b": None}
    assert [record.fault.code if record.fault else None for record in records[2:]] == [
        "wrong_columns",
        "bad_encoding",
        "unparsable",
        None,
    ]
    assert (records[0].raw, records[3].raw) == ('1,"x\ny, ""z"""', "4,\\xff")


def test_csv_options_are_honoured(tmp_path: Path) -> None:
    options = CsvOptions(delimiter=";", quote="'", encoding="latin-1", null=("NA",))
    [record] = read(written(tmp_path, b"a;b;c\n'x;y';NA;\xe9\n"), options)
    assert record.row == {"a": "x;y", "b": None, "c": "é"}


def test_a_quote_that_never_ends_costs_one_record_and_says_which_lines(tmp_path: Path) -> None:
    content = b'a,b\n1,"' + b"x\n" * 100_000 + b"2,y\n"
    records = read(written(tmp_path, content))
    faults = [record.fault.message for record in records if record.fault]
    assert "lines 2 to " in faults[0]
    assert records[-1].row == {"a": "2", "b": "y"}


@pytest.mark.parametrize("content", [b"", b"a,a\n1,2\n"])
def test_a_csv_file_without_a_usable_header_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ImportFailed):
        read(written(tmp_path, content))


def parquet_file(tmp_path: Path, rows: list[dict[str, Any]], group: int = 100) -> Path:
    path = tmp_path / "file.bin"
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=group)
    return path


def test_parquet_is_read_by_row_groups_and_goes_on_in_the_middle(tmp_path: Path) -> None:
    path = parquet_file(tmp_path, [{"n": number} for number in range(1000)])
    assert [record.row for record in read(path)] == [{"n": number} for number in range(1000)]
    rest = read(path, skip=555)
    assert [record.number for record in rest] == list(range(556, 1001))
    assert rest[0].row == {"n": 555}


def test_parquet_values_become_json_values(tmp_path: Path) -> None:
    naive = pa.array([0], pa.timestamp("us"))
    zoned = pa.array([0], pa.timestamp("us", "Europe/Berlin"))
    table = pa.table(
        {
            "naive": naive,
            "zoned": zoned,
            "day": pa.array([1], pa.date32()),
            "nan": [float("nan")],
            "whole": pa.array([Decimal("5.00")], pa.decimal128(9, 2)),
            "part": pa.array([Decimal("5.25")], pa.decimal128(9, 2)),
            "bytes": [b"x"],
            "list": [["a"]],
            "inner": [{"x": 1}],
        }
    )
    path = tmp_path / "p"
    pq.write_table(table, path)
    [record] = read(path)
    assert record.row == {
        "naive": "1970-01-01T00:00:00Z",
        "zoned": "1970-01-01T00:00:00Z",
        "day": "1970-01-02",
        "nan": None,
        "whole": 5,
        "part": "5.25",
        "bytes": "x",
        "list": ["a"],
        "inner": {"x": 1},
    }


def test_a_damaged_or_packed_parquet_file_is_refused(tmp_path: Path) -> None:
    path = parquet_file(tmp_path, [{"n": number} for number in range(1000)])
    content = path.read_bytes()
    with pytest.raises(ImportFailed, match="in place"):
        read(written(tmp_path, gzip.compress(content), "packed"))
    with pytest.raises(ImportFailed, match="damaged"):
        read(written(tmp_path, content[:-20], "torn"))


def test_a_file_that_is_not_there_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match="No such file"):
        open_input(str(tmp_path / "nothing"))
    with pytest.raises(ImportFailed, match="directory"):
        open_input(str(tmp_path))


def test_a_fingerprint_is_of_the_content(tmp_path: Path) -> None:
    def fingerprint(content: bytes, name: str) -> str:
        source = open_input(str(written(tmp_path, content, name)))
        source.close()
        return source.fingerprint

    base = b'{"a":1}\n' * 20_000
    assert fingerprint(base, "a") == fingerprint(base, "b")
    assert len({fingerprint(base, "a"), fingerprint(base + b"x", "a"), fingerprint(b"x" + base[1:], "a")}) == 3
    assert fingerprint(base[:-3] + b"2}\n", "a") != fingerprint(base, "a")
