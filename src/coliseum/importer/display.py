"""What a person sees of an import: a bar while it runs, a line for each file at its end."""

import time

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import (
    Progress as Bars,
)

from coliseum.importer.opening import Input
from coliseum.importer.progress import Progress

WAIT_NOTICE_INTERVAL_S = 10.0


class Display:
    """Draws on standard error, so that standard output stays free. Safe to call from the sending threads."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, highlight=False)
        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TextColumn("{task.fields[settled]} records"),
            TimeRemainingColumn(),
            console=self.console,
        )
        self._task: TaskID | None = None
        self._source: Input | None = None
        self._wait_said_at_s = 0.0

    def start(self) -> None:
        """Begin to draw."""
        self._bars.start()

    def stop(self) -> None:
        """Draw for the last time."""
        self._bars.stop()

    def begin(self, source: Input, progress: Progress) -> None:
        """A file begins, or goes on after ``progress.records`` records."""
        self._source = source
        if progress.done:
            self.say(f"{source.name}: was imported before, nothing to do")
        elif progress.records:
            self.say(f"{source.name}: goes on after record {progress.records}")
        self._task = self._bars.add_task(source.name, total=source.size_bytes, settled=progress.records)

    def update(self, progress: Progress) -> None:
        """A batch is settled."""
        if self._task is not None and self._source is not None:
            self._bars.update(self._task, completed=self._source.consumed_bytes, settled=progress.records)

    def waiting(self, reason: str, wait_s: float) -> None:
        """The server is away; said now and then, not at each try."""
        now_s = time.monotonic()
        if now_s - self._wait_said_at_s >= WAIT_NOTICE_INTERVAL_S:
            self._wait_said_at_s = now_s
            self.say(f"waiting for the server ({reason}); next try in {wait_s:.1f} s")

    def finish(self, name: str, progress: Progress, rejects: str) -> None:
        """A file ended, well or not: what is settled, in numbers."""
        line = (
            f"{name}: {progress.records} records: {progress.accepted} events accepted, "
            f"{progress.duplicates} known before, {progress.rejected} rejected, "
            f"{progress.skipped} records without an event"
        )
        self.say(line + (f"; rejects are in {rejects}" if progress.rejected else ""))

    def say(self, text: str) -> None:
        """One plain line above the bar."""
        self.console.print(text, markup=False, soft_wrap=True)
