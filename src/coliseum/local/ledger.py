"""Which processes a supervisor has running, written down so that the next one can end what a crash left.

A process id alone proves nothing: ids are used again. A leftover is ours when the id, the command line and
the start time all agree with what was written down.
"""

from pathlib import Path

import psutil
from msgspec import Struct

from coliseum.local import secretfile
from coliseum.local.child import Child

FILE = "processes.json"
CLOCK_STEP_S = 60.0
"""How far a wall clock may have been set since; start times are told by it."""


class Record(Struct, frozen=True):
    """One process that was started; ``started_at`` is in seconds since 1970."""

    name: str
    pid: int
    command: list[str]
    started_at: float
    patience_s: float


class Ledger(Struct):
    """The processes of one data folder, in the order in which they started. Owned by the folder's holder."""

    path: Path
    records: list[Record]

    @classmethod
    def open(cls, data_dir: Path) -> "Ledger":
        """Read what the last holder of the folder left; an unreadable file counts as empty."""
        path = data_dir / FILE
        kept = secretfile.read(path, Records) if path.is_file() else None
        return cls(path, kept.processes if kept else [])

    def add(self, child: Child) -> None:
        """Write a new child down, in place of an earlier one of that name."""
        program = child.program
        self.records = [record for record in self.records if record.name != program.name]
        self.records.append(
            Record(
                program.name,
                child.pid,
                program.command,
                _created_at(child.pid),
                program.stop_signals[0][1],
            )
        )
        self._write()

    def end_leftovers(self) -> list[str]:
        """Stop the processes that an earlier supervisor left, last started first; returns their names."""
        ended = []
        for record in reversed(self.records):
            process = _find(record)
            if process is not None:
                _end(process, record.patience_s)
                ended.append(record.name)
        self.clear()
        return ended

    def clear(self) -> None:
        """Forget everything: all has been stopped."""
        self.records = []
        self._write()

    def _write(self) -> None:
        secretfile.write(self.path, Records(self.records))


class Records(Struct, frozen=True):
    """What the file holds."""

    processes: list[Record]


def _created_at(pid: int) -> float:
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:  # it has ended already, and the supervisor is about to see it
        return 0.0


def _find(record: Record) -> psutil.Process | None:
    try:
        process = psutil.Process(record.pid)
        same_start = abs(process.create_time() - record.started_at) < CLOCK_STEP_S
        return process if same_start and process.cmdline() == record.command else None
    except psutil.Error:
        return None


def _end(process: psutil.Process, patience_s: float) -> None:
    try:
        offspring = process.children(recursive=True)
        process.terminate()
        _, stubborn = psutil.wait_procs([process, *offspring], timeout=patience_s)
        for survivor in stubborn:
            survivor.kill()
        psutil.wait_procs(stubborn, timeout=patience_s)
    except psutil.NoSuchProcess:
        return
