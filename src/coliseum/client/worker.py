"""The thread that takes batches from the buffer and sees each through to its end."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from coliseum.client.backoff import Backoff
from coliseum.client.buffer import Buffer, Item
from coliseum.client.delivery import BATCH_PATH, Problem, Refused, TryAgain, Verdict, frame, settle
from coliseum.client.event import rfc3339
from coliseum.client.notices import Notices
from coliseum.client.stats import Stats
from coliseum.client.transport import Answer, Transport, TransportError

ErrorHandler = Callable[[list[Refused]], object]


class Worker:
    """Delivers until the buffer is closed and empty, or until ``halt``.

    One daemon thread, started with the first event. It alone uses the transport; the counts are guarded by a
    lock.
    """

    def __init__(
        self,
        buffer: Buffer,
        transport: Transport,
        notices: Notices,
        *,
        backoff: Backoff,
        retries_max: int,
        on_error: ErrorHandler | None,
    ) -> None:
        self._buffer = buffer
        self._transport = transport
        self._notices = notices
        self._backoff = backoff
        self._retries_max = retries_max
        self._on_error = on_error
        self._halted = threading.Event()
        self._lock = threading.RLock()
        self._stats = Stats()
        self._thread: threading.Thread | None = None

    @property
    def stats(self) -> Stats:
        """The counts so far."""
        with self._lock:
            return replace(self._stats, queued=self._buffer.queued)

    def start(self) -> None:
        """Start the thread if it does not run yet.

        Raises:
            RuntimeError: the interpreter is shutting down or has no room for a thread.
        """
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    thread = threading.Thread(target=self._run, name="coliseum-client", daemon=True)
                    thread.start()
                    self._thread = thread

    def halt(self) -> None:
        """Give up: end waits, drop what is not delivered. Returns at once."""
        self._halted.set()
        self._transport.abort()
        self.drop("given up", "the client was closed before they could be delivered", self._buffer.clear())

    def drop(self, kind: str, detail: str, count: int = 1) -> None:
        """Count events that will never be delivered, and say so."""
        if count:
            self.add(dropped=count)
            self._notices.note(kind, detail, count)

    def add(
        self, *, accepted: int = 0, duplicates: int = 0, refused: int = 0, dropped: int = 0, retried: int = 0
    ) -> None:
        """Add to the counts."""
        with self._lock:
            now = self._stats
            self._stats = Stats(
                accepted=now.accepted + accepted,
                duplicates=now.duplicates + duplicates,
                refused=now.refused + refused,
                dropped=now.dropped + dropped,
                retried=now.retried + retried,
            )

    def _run(self) -> None:
        while batch := self._buffer.take():
            try:
                self._deliver(batch)
            except Exception as error:  # noqa: BLE001 - this thread must outlive any surprise; the loss is counted
                self.drop("not delivered", f"{type(error).__name__}: {error}", len(batch))
            finally:
                self._buffer.settle(len(batch))
        self._transport.close()

    def _deliver(self, batch: list[Item]) -> None:
        failures = 0
        while not self._halted.is_set():
            try:
                verdicts = settle(self._post, [item.body for item in batch])
            except Problem as problem:
                verdicts = [Verdict("refused", problem.code, problem.message)] * len(batch)
            except (TryAgain, TransportError) as error:
                failures += 1
                if failures > self._retries_max:
                    self.drop("not delivered", str(error), len(batch))
                    return
                self.add(retried=1)
                retry_after_s = error.retry_after_s if isinstance(error, TryAgain) else None
                self._halted.wait(self._backoff.wait_s(failures, retry_after_s))
                continue
            self._count(batch, verdicts)
            return
        self.drop("given up", "the client was closed before they could be delivered", len(batch))

    def _post(self, events: Sequence[bytes]) -> Answer:
        return self._transport.post(BATCH_PATH, frame(events, rfc3339(datetime.now(UTC))))

    def _count(self, batch: list[Item], verdicts: list[Verdict]) -> None:
        refused = [
            Refused(item.id, verdict.code, verdict.message, verdict.field, item.body)
            for item, verdict in zip(batch, verdicts, strict=True)
            if verdict.status == "refused"
        ]
        accepted = sum(verdict.status == "accepted" for verdict in verdicts)
        self.add(accepted=accepted, duplicates=len(batch) - accepted - len(refused), refused=len(refused))
        if not refused:
            return
        self._notices.note("refused", f"{refused[0].code}: {refused[0].message}", len(refused))
        if self._on_error is not None:
            try:
                self._on_error(refused)
            except Exception as error:  # noqa: BLE001 - a handler's own mistake must not stop delivery
                self._notices.note("on_error failed", f"{type(error).__name__}: {error}", len(refused))
