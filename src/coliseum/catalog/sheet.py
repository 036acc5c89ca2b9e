"""A table of catalogue entities as CSV: read from any common spreadsheet's file, and written so that none runs it.

Read: UTF-8 with or without a byte order mark, UTF-16 with one, otherwise Windows-1252; commas, semicolons or tabs;
quoted line ends. Cells are text, whatever they look like. Written: a cell that a spreadsheet would take for a formula
gets an apostrophe in front, which reading takes away again.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from coliseum.catalog.kinds import CatalogField, CatalogKind
from coliseum.errors import Refusal, RequestRefused

FILE_BYTES_MAX: Final = 5 * 1024 * 1024
ROWS_MAX: Final = 20_000
COLUMNS_MAX: Final = 64
CELL_MAX: Final = 131_072
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
LIST_SIGN: Final = "|"
NUMBER_MAX: Final = 10**15
SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id", "key", "code", "slug", "externalid"),
    "name": ("name", "title", "artist", "event", "venue", "track", "song"),
    "genres": ("genres", "genre", "style", "styles", "tags"),
    "city": ("city", "town", "homecity", "ort", "stadt"),
    "country": ("country", "land", "nation", "countrycode"),
    "picture": ("picture", "image", "imageurl", "photo", "pictureurl", "artwork"),
    "venueId": ("venueid", "venue", "location"),
    "startsAt": ("startsat", "start", "starts", "date", "datetime", "doors", "begin"),
    "capacity": ("capacity", "cap", "seats"),
    "artistIds": ("artistids", "artists", "bill", "lineup", "artistid"),
    "artistId": ("artistid", "artist", "by"),
    "durationSeconds": ("durationseconds", "duration", "length", "seconds"),
}
"""How columns are called, in small letters without signs."""


class SheetRow(Struct, frozen=True):
    """A row: the line where it begins in the file, and its cells by column."""

    line: int
    cells: dict[str, str]


class Sheet(Struct, frozen=True):
    """A file that was read."""

    columns: list[str]
    rows: list[SheetRow]
    encoding: str
    delimiter: str


class RowFault(ValueError):
    """A cell cannot be what its field takes."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def read_sheet(content: bytes) -> Sheet:
    """A file's columns and rows; rows without any text are left out.

    Raises:
        RequestRefused: ``body_too_large`` or ``invalid_payload``: it is no table, or has too many rows or columns.
    """
    if len(content) > FILE_BYTES_MAX:
        raise RequestRefused(Refusal.BODY_TOO_LARGE, f"a file has at most {FILE_BYTES_MAX} bytes", "file")
    text, encoding = _text(content)
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = _columns(next(reader, []))
        rows = list(_rows(reader, columns))
    except csv.Error as error:
        raise _no_table(f"line {reader.line_num}: {error}") from None
    return Sheet(columns, rows, encoding, delimiter)


def _rows(reader: Any, columns: Sequence[str]) -> Iterator[SheetRow]:
    taken, before = 0, reader.line_num
    for cells in reader:
        line, before = before + 1, reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        taken += 1
        if taken > ROWS_MAX:
            raise _no_table(f"it has more than {ROWS_MAX} rows: split it")
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            raise _no_table(f"line {line} has more cells than there are columns")
        yield SheetRow(line, {column: plain(cell) for column, cell in zip(columns, cells, strict=False)})


def plain(cell: str) -> str:
    """A cell's text, without the apostrophe that keeps it from being a formula."""
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text


def _text(content: bytes) -> tuple[str, str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text, encoding = content.decode("utf-16", "replace"), "UTF-16"
    else:
        try:
            text, encoding = content.decode("utf-8-sig"), "UTF-8"
        except UnicodeDecodeError:
            text, encoding = content.decode("cp1252", "replace"), "Windows-1252"
    if "\x00" in text:
        raise _no_table("it holds the character U+0000: is it a spreadsheet of another kind? Save it as CSV")
    return text, encoding


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    if head.lower().startswith("sep=") and len(head.strip()) == len("sep=;"):
        return head.strip()[-1]
    return max((",", ";", "\t"), key=head.count)


def _columns(cells: Sequence[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise _no_table("its first line names no columns")
    if len(names) > COLUMNS_MAX:
        raise _no_table(f"it has more than {COLUMNS_MAX} columns")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise _no_table(f"two columns are called {twice[:60]!r}")
    if not all(names):
        raise _no_table("one of its columns has no name")
    return names


def guessed(kind: CatalogKind, columns: Sequence[str]) -> dict[str, str]:
    """Which column most likely holds which field: by the field's own name first, then by what such are called."""
    words = {_word(column): column for column in reversed(columns)}
    fields = ("id", *(field.name for field in kind.fields))
    found: dict[str, str] = {}
    for field in fields:
        own = (kind.id_field if field == "id" else field).lower()
        if own in words:
            found[field] = words[own]
    for field in fields:
        for word in () if field in found else SYNONYMS.get(field, ()):
            if word in words and words[word] not in found.values():
                found[field] = words[word]
                break
    return found


def _word(column: str) -> str:
    return "".join(sign for sign in column.lower() if sign.isalnum())


def fields_of(
    kind: CatalogKind, row: SheetRow, mapping: Mapping[str, str], zone: ZoneInfo
) -> tuple[str, dict[str, Any]]:
    """The id and the fields that a row states.

    Raises:
        RowFault: a cell is not what its field takes.
    """
    entity_id = row.cells.get(mapping.get("id", ""), "")
    if not entity_id:
        raise RowFault("id", "the id is empty")
    stated: dict[str, Any] = {}
    for field in kind.fields:
        cell = row.cells.get(mapping.get(field.name, ""), "")
        if cell:
            stated[field.name] = _value(field, cell, zone)
        elif field.required:
            raise RowFault(field.name, f"{field.name} is empty")
    return entity_id, stated


def _value(field: CatalogField, cell: str, zone: ZoneInfo) -> Any:
    match field.takes:
        case "number":
            return _number(field.name, cell)
        case "list":
            sign = LIST_SIGN if LIST_SIGN in cell else ";" if ";" in cell else ","
            return [part.strip() for part in cell.split(sign) if part.strip()]
        case "instant":
            return instant_in(field.name, cell, zone)
        case _:
            return cell


def _number(name: str, cell: str) -> int:
    digits = cell.replace("\u00a0", "").replace(" ", "").replace("'", "")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(NUMBER_MAX)):
        raise RowFault(name, f"{name}: {cell[:60]!r} is no whole number")
    return int(digits)


def instant_in(name: str, cell: str, zone: ZoneInfo) -> str:
    """An instant as ISO 8601 writes it; a time without an offset, or a day alone, is in the tenant's zone.

    Raises:
        RowFault: it is none.
    """
    try:
        moment = datetime.fromisoformat(cell)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return moment.isoformat()
    except (ValueError, OverflowError):
        raise RowFault(
            name, f"{name}: {cell[:60]!r} is no time such as 2026-06-21 20:15 or 2026-06-21T20:15:00+02:00"
        ) from None


def write_sheet(kind: CatalogKind, entities: Iterable[Mapping[str, Any]]) -> bytes:
    """Entities as CSV, with a byte order mark so that spreadsheets know it for UTF-8."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    names = ["id", *(field.name for field in kind.fields)]
    writer.writerow(names)
    for entity in entities:
        writer.writerow([_cell(entity.get(name)) for name in names])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = f" {LIST_SIGN} ".join(map(str, value)) if isinstance(value, list) else str(value)
    if isinstance(value, list) and len(value) == 1 and any(sign in text for sign in ",;"):
        text = f"{text} {LIST_SIGN}"
    return f"'{text}" if text.startswith(FORMULA) and isinstance(value, (str, list)) else text


def _no_table(message: str) -> RequestRefused:
    return RequestRefused(Refusal.INVALID_PAYLOAD, f"the file is no table that can be read: {message}", "file")
