"""From a row to its events, as a mapping file says, or as the row itself says when there is none."""

import codecs
import hashlib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from coliseum.importer.conditions import Test, compile_skip_if, compile_when
from coliseum.importer.faults import ImportFailed, RecordRejected
from coliseum.importer.formats import Record, Row
from coliseum.importer.lookups import Joins, Table, check_columns, compile_joins, joined, load_tables
from coliseum.importer.opening import Input
from coliseum.importer.spec import CsvOptions, MappingFile, Rule, load_mapping
from coliseum.importer.templates import Template, compile_template, compile_value

ONCE_IDS_MAX = 100_000


@dataclass(slots=True)
class _Rule:
    """One compiled rule; ``seen`` is set when it has ``once`` and holds the ids that it made."""

    spec: Rule
    when: Test
    skip_if: Test
    joins: Joins
    type: Template
    at: Template
    id: Template | None
    fields: dict[str, Template]
    seen: set[str] | None


class Mapper:
    """Makes the events of one file's records.

    Args:
        source: the file; its fingerprint goes into the ids of events that have none.
        rules: what a row becomes; None when rows are events already.
        options: how CSV is written.
        format_name: how to read the file.
        digest: of the mapping and all of its lookups; part of what a progress file belongs to.
    """

    def __init__(
        self, source: Input, rules: list[_Rule] | None, options: CsvOptions, format_name: str, digest: str
    ) -> None:
        self._source = source
        self._rules = rules
        self.options = options
        self.format_name = format_name
        self.digest = digest
        self._checked = format_name == "ndjson"

    def events(self, record: Record) -> list[bytes]:
        """The JSON of each event that the record becomes; none when every rule passes over it.

        Raises:
            RecordRejected: the record could not be read, or a rule cannot make what it must.
        """
        if record.row is None:
            raise record.fault or RecordRejected("unparsable", "not readable")
        if self._rules is None:
            return [self._as_it_is(record)]
        if not self._checked:
            self._check_columns(record.row)
        made = (self._apply(rule, place, record) for place, rule in enumerate(self._rules))
        return [event for event in made if event is not None]

    def _check_columns(self, row: Row) -> None:
        """Once a file: a column that a rule names and the file lacks is a slip, not an empty value."""
        for rule in self._rules or []:
            check_columns(rule.spec, row, self._source.name)
        self._checked = True

    def _as_it_is(self, record: Record) -> bytes:
        row = record.row or {}
        has_id = row.get("id") is not None
        if isinstance(record.raw, str) and (has_id or (row and "id" not in row)):
            # The text goes out as it came in, so that what is wrong with it is the server's to say.
            text = record.raw.encode()
            return text if has_id else b'{"id":"' + self._derived(record, 0).encode() + b'",' + text[1:]
        event = {name: value for name, value in row.items() if value is not None}
        return msgspec.json.encode(event if has_id else {"id": self._derived(record, 0), **event})

    def _apply(self, rule: _Rule, place: int, record: Record) -> bytes | None:
        row = record.row or {}
        if rule.skip_if(row):
            return None
        scope = joined(row, rule.joins)
        if not rule.when(scope):
            return None
        event_id = self._derived(record, place) if rule.id is None else _required("id", rule.id(scope))
        if rule.seen is not None:
            if event_id in rule.seen:
                return None
            if len(rule.seen) >= ONCE_IDS_MAX:
                rule.seen.clear()
            rule.seen.add(event_id)
        event = {
            "id": event_id,
            "type": _required("type", rule.type(scope)),
            "at": _required("at", rule.at(scope)),
        }
        values = {name: template(scope) for name, template in rule.fields.items()}
        return msgspec.json.encode(event | {name: value for name, value in values.items() if value is not None})

    def _derived(self, record: Record, place: int) -> str:
        """An id that depends on the record and not on the run."""
        raw = record.raw if isinstance(record.raw, str) else repr(record.raw)
        text = f"{self._source.fingerprint} {record.number} {place} {raw}"
        return f"import-{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()[:32]}"


def _required(field: str, value: object) -> str:
    if value is None:
        raise RecordRejected("missing_value", f"{field}: a column that it is made of is empty")
    return str(value)


def make_mapper(source: Input, mapping: Path | None) -> Mapper:
    """The mapper of a file; without a mapping its records must be events already.

    Raises:
        ImportFailed: the mapping is wrong, has no rule for this file, or is missing where one is needed.
    """
    if mapping is None:
        if source.format == "csv":
            raise ImportFailed(
                f"{source.name} is CSV (or not text at all) and needs --mapping", hint="see docs/IMPORT.md"
            )
        return Mapper(source, None, CsvOptions(), source.format, "")
    spec, content = load_mapping(mapping)
    zone = _zone(spec, mapping)
    _check_encoding(spec, mapping)
    name = "-" if source.path is None else source.path.name
    chosen = [rule for rule in spec.event if fnmatchcase(name, rule.files)]
    if not chosen:
        raise ImportFailed(f"{mapping}: no rule is for a file named {name}")
    folders = [mapping.parent] if source.path is None else [source.path.parent, mapping.parent]
    tables, digest = load_tables(spec.lookup, folders, spec.csv, zone)
    rules = [_compile(rule, tables, zone) for rule in chosen]
    whole = hashlib.sha256(content + digest).hexdigest()[:32]
    return Mapper(source, rules, spec.csv, spec.format or source.format, whole)


def _compile(rule: Rule, tables: dict[str, Table], zone: ZoneInfo) -> _Rule:
    return _Rule(
        rule,
        compile_when(rule.when, zone),
        compile_skip_if(rule.skip_if, zone),
        compile_joins(rule.join, tables, zone),
        compile_template(rule.type, zone),
        compile_template(rule.at, zone),
        None if rule.id is None else compile_template(rule.id, zone),
        {name: compile_value(value, zone) for name, value in rule.fields.items()},
        set() if rule.once else None,
    )


def _check_encoding(spec: MappingFile, mapping: Path) -> None:
    try:
        codecs.lookup(spec.csv.encoding)
    except LookupError:
        raise ImportFailed(f"{mapping}: no encoding {spec.csv.encoding!r}") from None


def _zone(spec: MappingFile, mapping: Path) -> ZoneInfo:
    try:
        return ZoneInfo(spec.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ImportFailed(f"{mapping}: no time zone {spec.time_zone!r}") from None
