"""One child process: started apart from the terminal, logged to a file, stopped with patience."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

LAUNCHER = Path(__file__).with_name("launch.py")
PARTING: Final = "database system is shut down"
"""The last words of PostgreSQL, whatever it has died of: the line before them says that."""
LOG_BYTES_MAX = 16 * 1024 * 1024
LOOK_INTERVAL_S = 0.02
KILL_WAIT_S = 5.0


class Program(Struct, frozen=True, kw_only=True):
    """What to run, and how to ask it to stop.

    ``prefix`` is a program that becomes ``command`` (setpriv). ``stop_signals`` are tried in order, each
    for its number of seconds; SIGKILL comes after the last.
    """

    name: str
    command: list[str]
    log: Path
    stop_signals: list[tuple[signal.Signals, float]]
    environ: Mapping[str, str] | None = None
    prefix: list[str] = []


class Child:
    """A running program; owned by the one who started it, from the main thread.

    The parent-death signal of Linux is tied to the thread that starts a child, hence the main thread.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.started_at = time.monotonic()
        self._code: int | None = None
        _rotate(program.log)
        with program.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    "-S",
                    str(LAUNCHER),
                    str(os.getpid()),
                    str(int(program.stop_signals[0][0])),
                    *program.prefix,
                    *program.command,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=None if program.environ is None else dict(program.environ),
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process id, which is also the id of its group."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """Return how the program ended (below 0: by that signal), or None while it runs."""
        if self._code is None:
            self._code = self._process.poll()
            if self._code is not None:
                self._end_group()  # once, now: later the number may be another's
        return self._code

    def stop(self) -> None:
        """Ask the program to end, wait, insist; on return it and what it had started are gone."""
        for stop_signal, patience_s in self.program.stop_signals:
            if self.exit_code() is not None:
                return
            self._process.send_signal(stop_signal)
            if self._ended_within(patience_s):
                return
        self._end_group()
        self._process.kill()
        self._ended_within(KILL_WAIT_S)

    def _ended_within(self, seconds: float) -> bool:
        give_up = time.monotonic() + seconds
        while self.exit_code() is None:
            if time.monotonic() > give_up:
                return False
            time.sleep(LOOK_INTERVAL_S)
        return True

    def _end_group(self) -> None:
        """End what the program itself had started and left behind, for instance a web server's workers."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return  # nothing is left (macOS answers with the second for a group of dead processes)


def last_line(log: Path) -> str:
    """Return the last line of a log that says why, for the one sentence of an error."""
    if not log.is_file():
        return "it wrote no log"
    lines = [line.strip() for line in log.read_bytes()[-8_192:].decode("utf-8", "replace").splitlines()]
    told = [line for line in lines if line and not line.endswith(PARTING)]
    return told[-1] if told else "its log is empty"


def _rotate(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.is_file() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_suffix(".log.1"))
