"""``GET /api/leaderboards/export``: a whole board as a file of CSV, NDJSON or Parquet."""

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from typing import IO, Annotated, Any, Literal, cast

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Stream

from coliseum.accounts.callers import Caller
from coliseum.accounts.permissions import Permission
from coliseum.boards.declaration import Declaration
from coliseum.errors import QueryInvalid
from coliseum.queries.exports import export
from coliseum.queries.leaderboards import BoardPage, BoardRow
from coliseum.queries.question import Question
from coliseum.web.access import caller_in, needs
from coliseum.web.api.asking import asked_for
from coliseum.web.services import Services

Format = Literal["csv", "ndjson", "parquet"]
MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}
IN_MEMORY_BYTES_MAX = 4 * 1024 * 1024
"""A larger file waits on disk while it is sent."""
CHUNK_BYTES = 65_536
EXPORTS_MAX = 2
"""Files that one process makes at a time; others wait."""
COLUMNS = ("rank", "id", "name", "score", "percentile", "toNext")
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_making = asyncio.Semaphore(EXPORTS_MAX)

Writer = Callable[[list[BoardRow]], None]


@get("/api/leaderboards/export", opt=needs(Permission.EXPORTS_READ), summary="A whole board as a file")
async def get_export(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    format_: Annotated[str, QueryParameter(name="format", description="csv, ndjson or parquet.")] = "csv",
) -> Stream:
    """The best 1,000,000 rows of the board that the parameters of /api/leaderboards ask for, `board` among them."""
    given = {name: value for name, value in request.query_params.items() if name != "format"}
    return await export_reply(services, caller_in(request.scope), given, format_)


async def export_reply(services: Services, caller: Caller, given: Mapping[str, str], format_: str) -> Stream:
    """The file of the board that ``given`` asks for.

    Raises:
        QueryInvalid: a parameter is wrong, or there is no such format.
        RequestRefused: the caller, or their plan, may not ask this.
    """
    services.allowance.check_feature(caller, "exports")
    if format_ not in MEDIA_TYPES:
        raise QueryInvalid(f"format is one of {', '.join(MEDIA_TYPES)}.", "format")
    question, declaration = await asked_for(services, caller, given)
    made: Format = format_
    async with _making:
        file, page = await _made(services, question, declaration, made)
    headers = {
        "content-disposition": f'attachment; filename="{_name(page, declaration)}.{made}"',
        "coliseum-source": page.source,
        "coliseum-position": ".".join(map(str, page.position)),
        "coliseum-members": str(page.members),
        "cache-control": "private, no-store",
    }
    return Stream(_sent(file), media_type=MEDIA_TYPES[made], headers=headers)


async def _made(
    services: Services, question: Question, declaration: Declaration | None, made: Format
) -> tuple[IO[bytes], BoardPage]:
    """The file, read from its begin, and what is common to its rows."""
    file = cast("IO[bytes]", tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES_MAX))  # noqa: SIM115 - closed when it is sent
    last: BoardPage | None = None
    try:
        write, finish = WRITERS[made](file)
        async for page in export(services.database, question, declaration):
            last = page
            await asyncio.to_thread(write, page.rows)
        await asyncio.to_thread(finish)
    except BaseException:
        file.close()
        raise
    assert last is not None  # noqa: S101 - an export has one page at least
    file.seek(0)
    return file, last


async def _sent(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk


def _name(page: BoardPage, declaration: Declaration | None) -> str:
    start = "" if page.window_start is None else f"-{page.window_start:%Y-%m-%dT%H%MZ}"
    board = f"{page.metric}-{page.entity}" if declaration is None else declaration.name
    return f"{board}-{page.window}{start}"


def _csv(file: IO[bytes]) -> tuple[Writer, Callable[[], None]]:
    def encode(rows: list[tuple[object, ...]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        file.write(text.getvalue().encode())

    encode([COLUMNS])
    return lambda rows: encode([tuple(map(cell, _values(row))) for row in rows]), lambda: None


def cell(value: object) -> object:
    """Text that a spreadsheet would take for a formula is marked as text (OWASP, CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(DANGEROUS) else value


def _ndjson(file: IO[bytes]) -> tuple[Writer, Callable[[], None]]:
    encoder = msgspec.json.Encoder()
    return lambda rows: cast("None", file.write(encoder.encode_lines(rows))), lambda: None


def _parquet(file: IO[bytes]) -> tuple[Writer, Callable[[], None]]:
    import pyarrow as pa  # noqa: PLC0415 - 60 MB that only this needs
    import pyarrow.parquet as pq  # noqa: PLC0415 - as above

    types = (pa.int64(), pa.string(), pa.string(), pa.int64(), pa.float64(), pa.int64())
    schema = pa.schema(list(zip(COLUMNS, types, strict=True)))
    writer = pq.ParquetWriter(file, schema)

    def write(rows: list[BoardRow]) -> None:
        columns = list(zip(*map(_values, rows), strict=True)) or [()] * len(COLUMNS)
        arrays = [pa.array(column, type_) for column, type_ in zip(columns, types, strict=True)]
        writer.write_table(pa.Table.from_arrays(arrays, schema=schema))

    return write, writer.close


def _values(row: BoardRow) -> tuple[object, ...]:
    return row.rank, row.id, row.name, row.score, row.percentile, row.to_next


WRITERS: dict[Format, Callable[[IO[bytes]], tuple[Writer, Callable[[], None]]]] = {
    "csv": _csv, "ndjson": _ndjson, "parquet": _parquet,
}  # fmt: skip
HANDLERS = (get_export,)
