"""The import of one file: several batches on the way, settled in the order of the file."""

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import msgspec

from coliseum.client.delivery import BATCH_EVENTS_MAX, LATE_REFERENCE, Verdict
from coliseum.importer.batches import Batch, gather
from coliseum.importer.faults import ImportFailed
from coliseum.importer.formats import read_records
from coliseum.importer.mapping import Mapper
from coliseum.importer.opening import Input
from coliseum.importer.progress import Progress, load_progress, save_progress
from coliseum.importer.rejects import Reject, Rejects
from coliseum.importer.sender import Sender, Stopped

SAVE_INTERVAL_S = 0.25

Observer = Callable[[Progress], object]
_Flight = tuple[Batch, "Future[list[Verdict]]"]


@dataclass(frozen=True, slots=True)
class Job:
    """One file to import and where to keep its accounts; ``progress_path`` None: no resuming."""

    source: Input
    mapper: Mapper
    progress_path: Path | None
    rejects_path: Path
    batch_events_max: int = BATCH_EVENTS_MAX
    concurrency: int = 4


class FileImport:
    """Imports one file with one sender. ``progress`` is what is settled so far.

    Args:
        job: what to import.
        sender: how to send; shared by the files of one command.
        observe: told the progress after each settled batch.

    Raises:
        ImportFailed: the progress file is of something else.
    """

    def __init__(self, job: Job, sender: Sender, observe: Observer) -> None:
        self._job = job
        self._sender = sender
        self._observe = observe
        self._flights: deque[_Flight] = deque()
        self.progress = load_progress(job.progress_path, job.source.fingerprint, job.mapper.digest)
        self._rejects = Rejects(job.rejects_path, self.progress.rejects_bytes)
        self._saved_at_s = 0.0

    def run(self) -> Progress:
        """Import what is not settled yet.

        Whatever ends this, the progress file then covers only what is settled; the next run goes on there.

        Raises:
            ImportFailed: the file is damaged, or the server refuses the requests themselves.
            Stopped: the sender was told to stop.
        """
        if self.progress.done:
            return self.progress
        self._rejects.cut()
        pool = ThreadPoolExecutor(self._job.concurrency, thread_name_prefix="coliseum-import")
        try:
            self._send_all(pool)
            self.progress.done = True
        except ImportFailed:
            # What was read before a damaged place is sent and settled; a refusal will only be met again.
            self._drain()
            raise
        finally:
            if not self.progress.done:
                self._sender.stop()
            pool.shutdown(wait=True, cancel_futures=True)
            self._save()
            self._rejects.close()
        return self.progress

    def _send_all(self, pool: ThreadPoolExecutor) -> None:
        mapper = self._job.mapper
        records = read_records(self._job.source, mapper.format_name, mapper.options, self.progress.records)
        for batch in gather(records, mapper, self._job.batch_events_max):
            if self._sender.stopped.is_set():
                raise Stopped
            self._flights.append((batch, pool.submit(self._send, batch)))
            # Twice as many as there are threads, so that a slow first batch does not starve the others.
            while len(self._flights) >= 2 * self._job.concurrency:
                self._land()
        self._drain()

    def _send(self, batch: Batch) -> list[Verdict]:
        return self._send_events([event for event, _ in batch.events])

    def _send_events(self, events: list[bytes]) -> list[Verdict]:
        """In parts that the server takes: a record's several events may carry a batch past the limit."""
        parts = [events[start : start + BATCH_EVENTS_MAX] for start in range(0, len(events), BATCH_EVENTS_MAX)]
        return [verdict for part in parts for verdict in self._sender.send(part)]

    def _drain(self) -> None:
        while self._flights:
            self._land()

    def _land(self) -> None:
        """Settle the batch that was read first: rejects go to their file, then the mark moves."""
        batch, flight = self._flights[0]
        verdicts = self._late_references(batch, flight.result())
        self._flights.popleft()
        rejects = batch.rejects + [
            Reject(record.line, verdict.code, verdict.message, record.raw, _id_of(event))
            for (event, record), verdict in zip(batch.events, verdicts, strict=True)
            if verdict.status == "refused"
        ]
        rejects.sort(key=lambda reject: reject.line)
        self._rejects.write(rejects)
        progress = self.progress
        progress.records = batch.last_record
        progress.accepted += sum(verdict.status == "accepted" for verdict in verdicts)
        progress.duplicates += sum(verdict.status == "duplicate" for verdict in verdicts)
        progress.rejected += len(rejects)
        progress.skipped += batch.skipped
        progress.rejects_bytes = self._rejects.length_bytes
        self._observe(progress)
        if time.monotonic() - self._saved_at_s >= SAVE_INTERVAL_S:
            self._save()

    def _late_references(self, batch: Batch, verdicts: list[Verdict]) -> list[Verdict]:
        """Send again what refers to an event that was on the way: all before this batch has arrived now."""
        late = [place for place, verdict in enumerate(verdicts) if verdict.code == LATE_REFERENCE]
        if late:
            again = self._send_events([batch.events[place][0] for place in late])
            for place, verdict in zip(late, again, strict=True):
                verdicts[place] = verdict
        return verdicts

    def _save(self) -> None:
        save_progress(self._job.progress_path, self.progress)
        self._saved_at_s = time.monotonic()


def _id_of(event: bytes) -> str | None:
    found = msgspec.json.decode(event)
    return str(found.get("id")) if isinstance(found, dict) else None
