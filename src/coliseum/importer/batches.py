"""Records gathered into batches that the server takes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from coliseum.client.delivery import BATCH_BYTES_MAX
from coliseum.importer.faults import RecordRejected
from coliseum.importer.formats import Record
from coliseum.importer.mapping import Mapper
from coliseum.importer.rejects import Reject

BATCH_RECORDS_MAX = 20_000
"""A batch ends here although few of its records became events, so that the mark moves on."""


@dataclass(slots=True)
class Batch:
    """Consecutive records and what became of them.

    Attributes:
        last_record: the mark may stand here once the batch is settled.
        events: the JSON of each event, and the record that it is made of.
        rejects: what was wrong before anything was sent.
        skipped: records for which the mapping makes no event.
    """

    last_record: int = 0
    records: int = 0
    events: list[tuple[bytes, Record]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    skipped: int = 0
    size_bytes: int = 0


def gather(records: Iterator[Record], mapper: Mapper, batch_events_max: int) -> Iterator[Batch]:
    """Yield batches in the order of the records; together they hold every record once."""
    batch = Batch()
    for record in records:
        _take(record, mapper, batch)
        # A record's events stay together, so that a mark between two records says everything.
        if (
            len(batch.events) >= batch_events_max
            or batch.size_bytes >= BATCH_BYTES_MAX // 2
            or batch.records >= BATCH_RECORDS_MAX
        ):
            yield batch
            batch = Batch()
    if batch.records:
        yield batch


def _take(record: Record, mapper: Mapper, batch: Batch) -> None:
    batch.records += 1
    batch.last_record = record.number
    try:
        events = mapper.events(record)
    except RecordRejected as error:
        batch.rejects.append(Reject(record.line, error.code, error.message, record.raw))
        return
    batch.skipped += not events
    batch.events.extend((event, record) for event in events)
    batch.size_bytes += sum(len(event) + 1 for event in events)
