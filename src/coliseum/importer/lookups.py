"""Lookups: other CSV files, held in memory and found by key."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from coliseum.importer.casts import as_text
from coliseum.importer.conditions import compile_skip_if
from coliseum.importer.faults import ImportFailed, RecordRejected
from coliseum.importer.formats import Record, Row, read_records
from coliseum.importer.opening import open_input
from coliseum.importer.spec import CsvOptions, Lookup, Rule
from coliseum.importer.templates import Scope, Template, columns_of, compile_template

LOOKUP_ROWS_MAX = 2_000_000
Key = tuple[str, ...]


class Table:
    """One lookup, loaded: rows by key, in the order of the file."""

    def __init__(self, name: str, spec: Lookup) -> None:
        self.name = name
        self._spec = spec
        self._rows: dict[Key, list[Row]] = {}

    def add(self, row: Row) -> None:
        """Take a row in; one with a null in its key can never be found and is left out."""
        values = [row[column] for column in self._spec.key]
        if None not in values:
            self._rows.setdefault(tuple(as_text(value) for value in values), []).append(row)

    def find(self, values: Sequence[object]) -> Row | list[Row] | None:
        """The row with this key, or all of them with ``many``; None when an optional lookup has none.

        Raises:
            RecordRejected: ``no_match`` or ``ambiguous_match``.
        """
        rows = [] if None in values else self._rows.get(tuple(as_text(value) for value in values), [])
        if self._spec.many:
            return rows
        if len(rows) == 1:
            return rows[0]
        shown = ", ".join("null" if value is None else as_text(value) for value in values)
        if rows:
            raise RecordRejected("ambiguous_match", f"{self.name} has {len(rows)} rows for ({shown})")
        if self._spec.optional:
            return None
        raise RecordRejected("no_match", f"{self.name} has no row for ({shown})")


Joins = list[tuple[str, Table, list[Template]]]


def compile_joins(join: dict[str, list[str]], tables: dict[str, Table], zone: ZoneInfo) -> Joins:
    """Bind the joins of a rule or lookup to the tables that they name.

    Raises:
        ImportFailed: there is no such lookup (a lookup may use only those above it).
    """
    unknown = join.keys() - tables.keys()
    if unknown:
        raise ImportFailed(f"join names a lookup that does not exist (yet): {', '.join(sorted(unknown))}")
    return [(name, tables[name], [compile_template(text, zone) for text in key]) for name, key in join.items()]


def joined(row: Row, joins: Joins) -> Scope:
    """The row with what each join found under the join's name; a later join's key may use an earlier one."""
    if not joins:
        return row
    scope: dict[str, Any] = dict(row)
    for name, table, key in joins:
        scope[name] = table.find([template(scope) for template in key])
    return scope


def load_tables(
    specs: dict[str, Lookup], folders: Sequence[Path], options: CsvOptions, zone: ZoneInfo
) -> tuple[dict[str, Table], bytes]:
    """Load every lookup from the first folder that has its file; return them and a digest of their content.

    Raises:
        ImportFailed: a file is missing, too long, or has a row that cannot be read.
    """
    tables: dict[str, Table] = {}
    digest = hashlib.sha256()
    for name, spec in specs.items():
        path = _find(spec.file, folders)
        digest.update(hashlib.sha256(path.read_bytes()).digest())
        tables[name] = _load(name, spec, path, tables, options=options, zone=zone)
    return tables, digest.digest()


def _find(file: str, folders: Sequence[Path]) -> Path:
    for folder in folders:
        if (folder / file).is_file():
            return folder / file
    raise ImportFailed(f"lookup file {file} is neither in {' nor in '.join(str(folder) for folder in folders)}")


def _load(
    name: str, spec: Lookup, path: Path, above: dict[str, Table], *, options: CsvOptions, zone: ZoneInfo
) -> Table:
    table = Table(name, spec)
    joins = compile_joins(spec.join, above, zone)
    skip_if = compile_skip_if(spec.skip_if, zone)
    columns = {column: compile_template(text, zone) for column, text in spec.columns.items()}
    source = open_input(str(path))
    try:
        for record in read_records(source, "csv", options, 0):
            row = _checked(record, spec, path)
            if skip_if(row):
                continue
            scope = joined(row, joins)
            table.add(row | {column: template(scope) for column, template in columns.items()})
    except RecordRejected as error:
        raise ImportFailed(f"lookup {name}: {error.message}") from error
    finally:
        source.close()
    return table


def _checked(record: Record, spec: Lookup, path: Path) -> Row:
    if record.row is None:
        raise ImportFailed(f"{path}, line {record.line}: {record.fault}")
    if record.number == 1:
        check_columns(spec, record.row, str(path))
    if record.number > LOOKUP_ROWS_MAX:
        raise ImportFailed(f"{path}: a lookup has at most {LOOKUP_ROWS_MAX} rows")
    return record.row


def check_columns(spec: Lookup | Rule, row: Row, name: str) -> None:
    """See to it that every column that a rule or a lookup mentions is there, and that no join hides one.

    Raises:
        ImportFailed: it is a slip of the pen; every row would come out wrong.
    """
    joins = spec.join.keys()
    if hidden := joins & row.keys():
        raise ImportFailed(f"a join has the name of a column of {name}: {', '.join(sorted(hidden))}")
    known = joins | row.keys()
    names = {column for text in _texts(msgspec.to_builtins(spec)) for column in columns_of(text)}
    if isinstance(spec, Lookup):
        names |= set(spec.key) - spec.columns.keys()
    missing = {column for column in names if column not in row and column.partition(".")[0] not in known}
    if missing:
        raise ImportFailed(f"{name} has no column {', '.join(sorted(missing))}")


def _texts(value: Any) -> Iterator[str]:
    """Every text inside of plain data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for item in value.values() for text in _texts(item))
    elif isinstance(value, list):
        yield from (text for item in value for text in _texts(item))
