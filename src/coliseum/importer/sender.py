"""Sending batches until each has its verdicts, however long the server is away."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from coliseum.client.backoff import Backoff
from coliseum.client.delivery import BATCH_PATH, Problem, TryAgain, Verdict, frame, settle
from coliseum.client.transport import Answer, Transport, TransportError
from coliseum.importer.faults import ImportFailed


class Stopped(Exception):
    """The import was told to stop; nothing is known about this batch."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to send, with which key, and how long to be patient (None: without end)."""

    url: str
    key: str
    historical: bool = False
    timeout_s: float = 60.0
    patience_s: float | None = None


class Sender:
    """Sends for several threads, each over a connection of its own.

    Args:
        target: where to.
        on_wait: told what is wrong and the seconds until the next try; called in the sending thread.
        backoff: how long to wait between tries.
    """

    def __init__(self, target: Target, on_wait: Callable[[str, float], object], backoff: Backoff | None = None) -> None:
        self._target = target
        self._on_wait = on_wait
        self._backoff = backoff or Backoff(base_s=0.5, cap_s=5.0)
        self._path = BATCH_PATH + ("?historical=true" if target.historical else "")
        self._own = threading.local()
        self._lock = threading.RLock()
        self._transports: list[Transport] = []
        self.stopped = threading.Event()
        self._transport()

    def send(self, events: Sequence[bytes]) -> list[Verdict]:
        """Send one batch as often as it takes; one verdict for each event, in order.

        Raises:
            ImportFailed: the server refuses the request itself, or patience ran out.
            Stopped: ``stop`` was called.
        """
        failures = 0
        first_failure_s = 0.0
        while not self.stopped.is_set():
            try:
                return settle(self._post, events)
            except Problem as problem:
                raise ImportFailed(f"the server refuses: {problem.message} ({problem.code})") from problem
            except (TryAgain, TransportError) as error:
                failures += 1
                now_s = time.monotonic()
                first_failure_s = first_failure_s or now_s
                patience_s = self._target.patience_s
                if patience_s is not None and now_s - first_failure_s > patience_s:
                    raise ImportFailed(f"no answer for {patience_s:.0f} s: {error}") from error
                wait_s = self._backoff.wait_s(failures, getattr(error, "retry_after_s", None))
                if not self.stopped.is_set():
                    self._on_wait(str(error), wait_s)
                self.stopped.wait(wait_s)
        raise Stopped

    def stop(self) -> None:
        """End every wait and every request that is on the way."""
        self.stopped.set()
        with self._lock:
            for transport in self._transports:
                transport.abort()

    def close(self) -> None:
        """Close the connections; no thread sends any more."""
        for transport in self._transports:
            transport.close()

    def _post(self, events: Sequence[bytes]) -> Answer:
        if self.stopped.is_set():
            raise Stopped
        return self._transport().post(self._path, frame(events))

    def _transport(self) -> Transport:
        transport: Transport | None = getattr(self._own, "transport", None)
        if transport is None:
            headers = {"Authorization": f"Bearer {self._target.key}", "User-Agent": "coliseum-import"}
            try:
                transport = Transport(self._target.url, headers, self._target.timeout_s)
            except ValueError as error:
                raise ImportFailed(str(error)) from error
            self._own.transport = transport
            with self._lock:
                self._transports.append(transport)
        return transport
