"""Importing catalogue entities from a CSV file: what a file would do, and doing it when that was confirmed.

Nothing is kept between the two: whoever confirms sends the file again, with the digest of what was shown. A row that
states what is known already is no change, so the same file twice changes nothing twice.
"""

import asyncio
import base64
import binascii
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from coliseum import db
from coliseum.accounts.callers import Caller
from coliseum.accounts.tenants import Tenant
from coliseum.catalog.kinds import CatalogKind
from coliseum.catalog.sheet import FILE_BYTES_MAX, RowFault, Sheet, fields_of, guessed, read_sheet
from coliseum.errors import EventRefused, QueryInvalid, Refusal, RequestRefused, StoreUnavailable
from coliseum.queries.catalog import Statement, hold, newest
from coliseum.trail.record import Deed
from coliseum.web.editing import checked, edit_of, request_of
from coliseum.web.services import Services

BATCH: Final = 500
FAULTS_SHOWN_MAX: Final = 500
SAMPLE_ROWS: Final = 20


class ImportWish(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """``file``: the CSV file, in base64. ``mapping``: which column holds which field; guessed when left out.

    To have it applied: ``confirm``, the digest of the preview, and ``seenAt`` as the preview has it; ``partial``: the
    rows without faults, although there are others.
    """

    file: str
    mapping: dict[str, str] | None = None
    confirm: str | None = None
    seen_at: datetime | None = None
    partial: bool = False


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a row: the line where it begins, the field, and the name of the reason."""

    line: int
    field: str | None
    code: str
    message: str


class SampleRow(msgspec.Struct, frozen=True):
    """A row as it would be understood; ``outcome``: created, changed or unchanged."""

    line: int
    id: str
    outcome: str
    fields: dict[str, Any]


class ImportResult(msgspec.Struct, frozen=True, rename="camel"):
    """What a file would do, or has done when ``applied``.

    ``faultCount``: all faults, of which the first are listed. ``stopped``: why not everything was done; sending the
    same again goes on where it stopped.
    """

    applied: bool
    digest: str
    seen_at: datetime
    encoding: str
    delimiter: str
    columns: list[str]
    mapping: dict[str, str]
    rows: int
    created: int
    changed: int
    unchanged: int
    fault_count: int
    faults: list[Fault]
    sample: list[SampleRow]
    stopped: str | None = None


class Row(msgspec.Struct, frozen=True):
    """A row without faults."""

    line: int
    id: str
    fields: dict[str, Any]


class _Read(msgspec.Struct, frozen=True):
    """A file as it was understood."""

    sheet: Sheet
    mapping: dict[str, str]
    digest: str
    rows: list[Row]
    faults: list[Fault]


async def look(services: Services, tenant: Tenant, kind: CatalogKind, wish: ImportWish) -> ImportResult:
    """What a file would do; nothing is changed.

    Raises:
        RequestRefused, QueryInvalid: the file is no table, or the mapping names what is not there.
    """
    read = await asyncio.to_thread(_read, kind, wish, tenant.zone)
    outcomes: dict[str, str] = {}
    async with services.database.tenant(tenant.tenant_id) as connection:
        for part in _parts(read.rows):
            known = await newest(connection, tenant.tenant_id, kind, [row.id for row in part])
            outcomes.update({row.id: _outcome(row, known.get(row.id)) for row in part})
    return _result(read, services.clock(), list(outcomes.values()), read.faults, outcomes)


async def apply(services: Services, caller: Caller, address: str, kind: CatalogKind, wish: ImportWish) -> ImportResult:
    """Do what a preview has shown.

    Raises:
        RequestRefused: the file or the mapping is not what was shown, or there are faults and ``partial`` is not set.
    """
    read = await asyncio.to_thread(_read, kind, wish, caller.tenant.zone)
    if wish.confirm != read.digest or wish.seen_at is None:
        raise RequestRefused(Refusal.CHANGED_MEANWHILE, "the file or the mapping is not what the preview was of")
    if read.faults and not wish.partial:
        first = read.faults[0]
        raise RequestRefused(
            Refusal.INVALID_PAYLOAD, f"{len(read.faults)} rows have faults, the first in line {first.line}", first.field
        )
    done = _Done()
    try:
        for part in _parts(read.rows):
            await _apply_part(services, caller, kind, part, wish.seen_at, done)
    except (StoreUnavailable, RequestRefused, *db.UNREACHABLE) as error:
        if not done.outcomes:
            raise
        done.stopped = str(error) or "the database did not answer"
    await _record(services, caller, address, kind, read, done)
    faults = sorted([*read.faults, *done.faults], key=lambda fault: fault.line)
    result = _result(read, wish.seen_at, list(done.outcomes.values()), faults, done.outcomes)
    return msgspec.structs.replace(result, applied=True, stopped=done.stopped)


class _Done(msgspec.Struct):
    """What an import has done so far."""

    outcomes: dict[str, str] = {}
    faults: list[Fault] = []
    stopped: str | None = None


async def _apply_part(
    services: Services, caller: Caller, kind: CatalogKind, part: Sequence[Row], seen_at: datetime, done: _Done
) -> None:
    """Apply some rows while their entities are held; what is durable when this is interrupted stays."""
    tenant_id = caller.tenant.tenant_id
    async with services.database.tenant(tenant_id) as connection:
        ids = [row.id for row in part]
        busy = await hold(connection, tenant_id, kind, ids)
        known = await newest(connection, tenant_id, kind, ids)
        now = services.clock()
        sent: list[tuple[Row, bytes]] = []
        for row in part:
            current = known.get(row.id)
            outcome = _outcome(row, current)
            if outcome == "unchanged":
                done.outcomes[row.id] = outcome
            elif row.id in busy or (current is not None and current.received_at > seen_at):
                done.faults.append(_fault(row, Refusal.CHANGED_MEANWHILE, "changed after the preview; look again"))
            else:
                event_id = f"csv/{caller.actor}/{_mark(kind, row, current)}"
                sent.append((row, edit_of(kind, row.id, row.fields, current, now, event_id)))
        if not sent:
            return
        results = await services.pipeline.capture(
            [event for _, event in sent], request_of(services, caller, "csv", now)
        )
        for (row, _), result in zip(sent, results, strict=True):
            if result.status == "refused":
                done.faults.append(_fault(row, str(result.code), str(result.message), result.field))
            else:
                done.outcomes[row.id] = _outcome(row, known.get(row.id))


async def _record(
    services: Services, caller: Caller, address: str, kind: CatalogKind, read: _Read, done: _Done
) -> None:
    counts = list(done.outcomes.values())
    detail = {
        "digest": read.digest[:16], "created": counts.count("created"), "changed": counts.count("changed"),
        "refused": len(done.faults), "complete": done.stopped is None,
    }  # fmt: skip
    deed = Deed(
        actor=caller.actor, action="catalog.import", target=f"catalog:{kind.name}", address=address, detail=detail
    )
    async with services.database.tenant(caller.tenant.tenant_id) as connection:
        await services.trail.record(connection, caller.tenant.tenant_id, deed)


def _read(kind: CatalogKind, wish: ImportWish, zone: ZoneInfo) -> _Read:
    """Everything that a file says, without looking at what is known."""
    if len(wish.file) > FILE_BYTES_MAX * 4 // 3 + 8:
        raise RequestRefused(Refusal.BODY_TOO_LARGE, f"a file has at most {FILE_BYTES_MAX} bytes", "file")
    try:
        content = base64.b64decode(wish.file, validate=True)
    except (binascii.Error, ValueError):
        raise QueryInvalid("file is not base64.", "file") from None
    sheet = read_sheet(content)
    mapping = guessed(kind, sheet.columns) if wish.mapping is None else wish.mapping
    _check_mapping(kind, sheet, mapping)
    digest = hashlib.sha256(content + msgspec.json.encode([kind.name, sorted(mapping.items())])).hexdigest()
    rows: list[Row] = []
    faults: list[Fault] = []
    lines: dict[str, int] = {}
    for each in sheet.rows if "id" in mapping else ():
        try:
            entity_id, stated = fields_of(kind, each, mapping, zone)
            row = Row(each.line, entity_id, checked(kind, entity_id, stated))
        except RowFault as error:
            faults.append(Fault(each.line, error.field, Refusal.INVALID_PAYLOAD, error.message))
            continue
        except EventRefused as error:
            field = "id" if error.field == kind.id_field else error.field
            faults.append(Fault(each.line, field, error.code, error.message))
            continue
        if row.id in lines:
            faults.append(_fault(row, Refusal.INVALID_PAYLOAD, f"the id stands in line {lines[row.id]}, too", "id"))
            continue
        lines[row.id] = row.line
        rows.append(row)
    return _Read(sheet, dict(mapping), digest, rows, faults)


def _check_mapping(kind: CatalogKind, sheet: Sheet, mapping: Mapping[str, str]) -> None:
    for field, column in mapping.items():
        if field != "id" and kind.field(field) is None:
            raise QueryInvalid(f"{kind.name} have no field {field[:60]!r}.", "mapping")
        if column not in sheet.columns:
            raise QueryInvalid(f"The file has no column {column[:60]!r}.", "mapping")


def _outcome(row: Row, current: Statement | None) -> str:
    if current is None:
        return "created"
    return "unchanged" if current.fields == row.fields else "changed"


def _mark(kind: CatalogKind, row: Row, current: Statement | None) -> str:
    """Of what replaces what: the same change has the same id."""
    words = [kind.name, row.id, row.fields, None if current is None else current.version]
    return hashlib.sha256(msgspec.json.encode(words)).hexdigest()[:32]


def _fault(row: Row, code: str, message: str, field: str | None = None) -> Fault:
    return Fault(row.line, field, code, message)


def _result(
    read: _Read, seen_at: datetime, counts: list[str], faults: list[Fault], outcomes: Mapping[str, str]
) -> ImportResult:
    sample = [
        SampleRow(row.line, row.id, outcomes[row.id], row.fields) for row in read.rows if row.id in outcomes
    ]  # fmt: skip
    return ImportResult(
        False, read.digest, seen_at, read.sheet.encoding, read.sheet.delimiter, read.sheet.columns, read.mapping,
        len(read.sheet.rows), counts.count("created"), counts.count("changed"), counts.count("unchanged"),
        len(faults), faults[:FAULTS_SHOWN_MAX], sample[:SAMPLE_ROWS],
    )  # fmt: skip


def _parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]
