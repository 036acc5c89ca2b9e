"""The present state of the public tenant, read once for all who watch it.

One poller a process reads while anybody watches, and stops with the last viewer. It looks when some process says that
it has stored something, and now and then anyway. A viewer owns no queue: it is told that there is a newer state and
takes the newest when it has sent the one before, so a slow one skips states and holds nothing up.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from coliseum import db
from coliseum.accounts.tenants import Tenant, tenant_by_slug
from coliseum.errors import Refusal, RequestRefused, StoreUnavailable
from coliseum.telemetry import Log, described
from coliseum.web.services import Services
from coliseum.web.ui.lines import Directory
from coliseum.web.ui.snapshot import Marks, Reader, Snapshot, marks_of
from coliseum.web.ui.stopping import told_of_stop

VIEWERS_MAX = 500
UPDATE_GAP_S = 0.2
"""The least time between two reads."""
REST_FACTOR = 3
"""A read is followed by so many times its own length of rest, so that the page never takes more than a quarter."""
REST_S_MAX = 0.4
POLL_S = 1.0
FRESH_S = 2 * POLL_S
"""A state that was checked so recently is shown to a new viewer as it is."""
REREAD_S = 10.0
"""Read anew after so long even when the log stands still: names change, and the pace of events drops."""


class Live:
    """Owns the latest snapshot of each window, the viewers' count and the poller. Lives in one event loop."""

    def __init__(self, slug: str | None, viewers_max: int = VIEWERS_MAX) -> None:
        self.slug = slug
        self.directory = Directory()
        self.closing = False
        self.answering = True
        """Whether the last read succeeded."""
        self.turn = asyncio.Event()
        """Set, and replaced by a new one, when there is something new to send."""
        self.idle = asyncio.Event()
        """Set while nothing is read."""
        self.idle.set()
        self._viewers_max = viewers_max
        self._services: Services | None = None
        self._watching: Counter[str] = Counter()
        self._kept: dict[str, tuple[Snapshot, float]] = {}
        self._marks: Marks | None = None
        self._read_at = 0.0
        self._reading = asyncio.Lock()
        self._poller: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def serving(self, services: Services) -> AsyncIterator[None]:
        """While these services are open; a signal to stop ends all viewers' streams at once."""
        self._services = services
        with told_of_stop(self.close):
            try:
                yield
            finally:
                self.close()
                if self._poller is not None:
                    self._poller.cancel()
                    with suppress(asyncio.CancelledError):
                        await self._poller

    def close(self) -> None:
        """End all streams."""
        self.closing = True
        self._tell()

    @property
    def services(self) -> Services:
        """The open services; only while serving."""
        assert self._services is not None  # noqa: S101 - requests come only while the application is up
        return self._services

    async def tenant(self) -> Tenant | None:
        """The public tenant, if one is set and there."""
        return await tenant_by_slug(self.services.database, self.slug) if self.slug else None

    @contextmanager
    def viewing(self, tenant: Tenant, window: str) -> Iterator[None]:
        """Count as a viewer of a window; the first one starts the poller.

        Raises:
            RequestRefused: ``overloaded``, when this process has all the viewers that it serves.
        """
        if self.closing or self._watching.total() >= self._viewers_max:
            raise RequestRefused(Refusal.OVERLOADED, "too many are watching; the page itself can be reloaded")
        self._watching[window] += 1
        if self._poller is None:
            self._start(tenant)
        try:
            yield
        finally:
            self._watching[window] -= 1

    async def now(self, tenant: Tenant, window: str) -> Snapshot:
        """The state of a window: just read, or what the poller has checked within the last two seconds."""
        async with self._reading:
            snapshot, checked_at = self._kept.get(window, (None, 0.0))
            fresh_s = FRESH_S if self.polling else UPDATE_GAP_S
            if snapshot is not None and time.monotonic() - checked_at < fresh_s:
                return snapshot
            read = await Reader(self.services, tenant, self.directory).read([window])
            self._kept[window] = read[window], time.monotonic()
            return read[window]

    def latest(self, window: str) -> Snapshot:
        """The newest state of a window that ``now`` was asked for before."""
        return self._kept[window][0]

    def _start(self, tenant: Tenant) -> None:
        self.idle.clear()
        self._poller = asyncio.create_task(self._poll(tenant))
        self._poller.add_done_callback(lambda poller: self._ended(poller, tenant))

    async def _poll(self, tenant: Tenant) -> None:
        pause_s = UPDATE_GAP_S
        async with self.services.store.wake_ups() as woken:
            while self._watching.total() > 0 and not self.closing:
                woken.take()
                began = time.monotonic()
                moved, settled = await self._look(tenant)
                await asyncio.sleep(max(UPDATE_GAP_S, min(REST_S_MAX, REST_FACTOR * (time.monotonic() - began))))
                # While the processor reads on, look again without being woken, more rarely if it does not move.
                pause_s = UPDATE_GAP_S if moved else min(POLL_S, pause_s * 2)
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_S if settled else pause_s - UPDATE_GAP_S):
                        await woken.wait()

    async def _look(self, tenant: Tenant) -> tuple[bool, bool]:
        """Read what has changed and tell the viewers; whether they were told, and whether all is counted."""
        windows = [window for window, viewers in self._watching.items() if viewers > 0]
        try:
            async with self._reading:
                told, settled = await self._read(tenant, windows)
        except (*db.UNREACHABLE, db.PostgresError, StoreUnavailable):
            told, settled = self.answering, False
            self.answering = False
        if told:
            self._tell()
        return told, settled

    async def _read(self, tenant: Tenant, windows: list[str]) -> tuple[bool, bool]:
        marks, now = await marks_of(self.services, tenant), time.monotonic()
        kept = {window: self._kept[window][0] for window in windows if window in self._kept}
        settled = len(kept) == len(windows) and all(
            snapshot.settled and snapshot.position == list(marks.heads) for snapshot in kept.values()
        )
        if marks == self._marks and settled and self.answering and now - self._read_at < REREAD_S:
            fresh = kept
        else:
            fresh = await Reader(self.services, tenant, self.directory).read(windows)
            self._marks, self._read_at = marks, now
        told = not self.answering or any(
            window not in kept or kept[window].said != snapshot.said for window, snapshot in fresh.items()
        )
        self.answering = True
        self._kept.update({window: (snapshot, now) for window, snapshot in fresh.items()})
        return told, all(snapshot.settled for snapshot in fresh.values())

    def _tell(self) -> None:
        told, self.turn = self.turn, asyncio.Event()
        told.set()

    def _ended(self, poller: asyncio.Task[None], tenant: Tenant) -> None:
        """A poller that failed ends its viewers' streams; they come back, and with them a new poller."""
        self._poller = None
        self.idle.set()
        if poller.cancelled():
            return
        if (error := poller.exception()) is not None:
            Log().error("capture_failed", error=described(error), path="/live")
            self._tell()
        elif self._watching.total() > 0 and not self.closing:
            self._start(tenant)  # somebody came while it was ending

    @property
    def polling(self) -> bool:
        """Whether states are being read; when not, a viewer's stream has nothing more to say."""
        return not self.closing and self._poller is not None
