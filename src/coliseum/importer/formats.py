"""From a stream to records, one at a time, flat in memory whatever the file's size."""

import csv
import math
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import msgspec
import zstandard

from coliseum.importer.faults import ImportFailed, RecordRejected
from coliseum.importer.opening import Input
from coliseum.importer.spec import CsvOptions

LINE_BYTES_MAX = 1024 * 1024
PARQUET_ROWS = 1000
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file.

    Attributes:
        number: its place, 1 for the first; what the progress mark counts.
        line: the line (or row) to name to a person.
        raw: the record as it stands in the file, for the rejects file.
        row: its columns; None when it could not be read.
        fault: why it could not be read.
    """

    number: int
    line: int
    raw: str | Row
    row: Row | None = None
    fault: RecordRejected | None = None


def read_records(source: Input, format_name: str, options: CsvOptions, skip: int) -> Iterator[Record]:
    """Yield the records after the first ``skip``.

    Raises:
        ImportFailed: the file is damaged in a way that hides what follows.
    """
    readers = {"ndjson": read_ndjson, "csv": read_csv, "parquet": read_parquet}
    try:
        yield from readers[format_name](source, options, skip)
    except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
        raise ImportFailed(f"{source.name}: damaged: {error}", hint="what was read before is imported") from error


def read_ndjson(source: Input, _options: CsvOptions, skip: int) -> Iterator[Record]:
    """One JSON object a line; blank lines count as lines and are passed over."""
    for number, line in enumerate(_lines(source.stream), start=1):
        if number <= skip:
            continue
        if line is None:
            yield Record(number, number, "", fault=_too_long())
            continue
        text = line.removeprefix(b"\xef\xbb\xbf").strip()
        if text:
            yield _json_record(number, text)


def _json_record(number: int, text: bytes) -> Record:
    raw = text.decode(errors="backslashreplace")
    try:
        row = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Record(number, number, raw, fault=RecordRejected("unparsable", f"not JSON: {error}"))
    if not isinstance(row, dict):
        return Record(number, number, raw, fault=RecordRejected("unparsable", "not a JSON object"))
    return Record(number, number, raw, row)


class _CsvLines:
    """Feeds ``csv.reader`` and remembers the lines of the record that it is reading."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._lines = _lines(stream)
        self._encoding = encoding
        self.read = 0
        self.taken: list[bytes] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.read += 1
            if line is None:
                raise _too_long()
            content = line.removeprefix(b"\xef\xbb\xbf") if self.read == 1 else line
            self.taken.append(content)
            yield content.decode(self._encoding, "surrogateescape")


def read_csv(source: Input, options: CsvOptions, skip: int) -> Iterator[Record]:
    """A header line, then one record a row; quoted fields may hold line ends."""
    lines = _CsvLines(source.stream, options.encoding)
    # The iterator of a generator ends for good when it raises; this one begins anew where it stopped.
    reader = csv.reader(_Resuming(lines), delimiter=options.delimiter, quotechar=options.quote, strict=True)
    header = _header(reader, source.name)
    number = 0
    while True:
        lines.taken.clear()
        first_line = lines.read + 1
        row: Row | None = None
        fault: RecordRejected | None = None
        try:
            row = _named(header, next(reader), options)
        except StopIteration:
            return
        except csv.Error as error:
            fault = RecordRejected("unparsable", f"lines {first_line} to {lines.read}: {error}")
        except RecordRejected as error:
            fault = error
        if row is None and fault is None:
            continue
        number += 1
        if number > skip:
            raw = b"".join(lines.taken).decode(options.encoding, "backslashreplace").rstrip("\r\n")
            yield Record(number, first_line, raw, row, fault)


class _Resuming:
    """Iterates over lines and survives an exception on the way."""

    def __init__(self, lines: _CsvLines) -> None:
        self._source = lines
        self._now = iter(lines)

    def __iter__(self) -> "_Resuming":
        return self

    def __next__(self) -> str:
        try:
            return next(self._now)
        except RecordRejected:
            self._now = iter(self._source)
            raise


def _header(reader: Iterator[list[str]], name: str) -> list[str]:
    try:
        header = [column.strip() for column in next(reader)]
    except StopIteration:
        raise ImportFailed(f"{name}: empty, not even a header line") from None
    except (csv.Error, RecordRejected) as error:
        raise ImportFailed(f"{name}: the header line cannot be read: {error}") from error
    if len(set(header)) != len(header):
        raise ImportFailed(f"{name}: the header names a column twice: {', '.join(header)}")
    return header


def _named(header: list[str], values: list[str], options: CsvOptions) -> Row | None:
    if not values:
        return None
    if len(values) != len(header):
        raise RecordRejected("wrong_columns", f"{len(values)} columns where the header has {len(header)}")
    if any("\udc80" <= char <= "\udcff" for value in values if not value.isascii() for char in value):
        raise RecordRejected("bad_encoding", f"not valid {options.encoding}")
    return {name: None if value in options.null else value for name, value in zip(header, values, strict=True)}


def read_parquet(source: Input, _options: CsvOptions, skip: int) -> Iterator[Record]:
    """One record a row, a row group at a time; row groups before the mark are not read at all."""
    # It takes longer to load than everything else together, and most files are not Parquet.
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    try:
        with parquet.ParquetFile(source.path) as file:
            yield from _parquet_rows(source, file, skip)
    except pa.ArrowException as error:
        raise OSError(str(error)) from error


def _parquet_rows(source: Input, file: Any, skip: int) -> Iterator[Record]:
    number = 0
    for group in range(file.num_row_groups):
        rows = file.metadata.row_group(group).num_rows
        if number + rows <= skip:
            number += rows
            continue
        for batch in file.iter_batches(batch_size=PARQUET_ROWS, row_groups=[group]):
            for values in batch.to_pylist():
                number += 1
                if number > skip:
                    row = {name: plain_value(value) for name, value in values.items()}
                    yield Record(number, number, row, row)
            source.raw.consumed_bytes = (source.size_bytes or 0) * number // max(1, file.metadata.num_rows)


def plain_value(value: Any) -> Any:
    """A Parquet value as JSON has it: times in RFC 3339 (no zone: UTC), NaN as nothing, bytes as text."""
    plain = value
    match value:
        case datetime():
            moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
            plain = moment.isoformat().replace("+00:00", "Z")
        case date():
            plain = value.isoformat()
        case float() if math.isnan(value):
            plain = None
        case Decimal():
            plain = int(value) if value == value.to_integral_value() else str(value)
        case bytes():
            plain = value.decode(errors="backslashreplace")
        case list():
            plain = [plain_value(item) for item in value]
        case dict():
            plain = {name: plain_value(item) for name, item in value.items()}
    return plain


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """The lines of a stream; None in place of one that is longer than any record may be."""
    read: Iterable[bytes] = iter(lambda: stream.readline(LINE_BYTES_MAX), b"")
    for line in read:
        if len(line) < LINE_BYTES_MAX or line.endswith(b"\n"):
            yield line
            continue
        while (rest := stream.readline(LINE_BYTES_MAX)) and not rest.endswith(b"\n"):
            pass
        yield None


def _too_long() -> RecordRejected:
    return RecordRejected("line_too_long", f"a line has at most {LINE_BYTES_MAX} bytes")
