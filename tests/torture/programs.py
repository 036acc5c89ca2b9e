"""The programs under test as real processes: web servers and processors, each killed, stopped and started by its pid."""

import http.client
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from coliseum.local.child import Child, Program

STARTUP_S = 60.0
POLL_S = 0.05
CLOCKWORK = Path(__file__).parent / "clockwork"
STOP = [(signal.SIGTERM, 20.0)]


class Service:
    """One web server or processor that is started again and again under the same name; owned by the main thread."""

    def __init__(self, name: str, command: str, folder: Path, environ: Mapping[str, str], port: int | None) -> None:
        self.name = name
        self.port = port
        self.log = folder / f"{name}.log"
        self._clock = folder / f"{name}.clock"
        self._child: Child | None = None
        path = os.pathsep.join([str(CLOCKWORK), *filter(None, [environ.get("PYTHONPATH")])])
        more = {"COLISEUM_PORT": str(port)} if port is not None else {}
        self._program = Program(
            name=name,
            command=[sys.executable, "-m", "coliseum.cli", command],
            log=self.log,
            stop_signals=STOP,
            environ={**environ, **more, "PYTHONPATH": path, "TORTURE_CLOCK_FILE": str(self._clock)},
        )
        self.set_clock(0)

    @property
    def pid(self) -> int:
        assert self._child is not None, f"{self.name} does not run"
        return self._child.pid

    def start(self) -> None:
        self._child = Child(self._program)

    def ended(self) -> int | None:
        """The exit code, when it ended without being asked to; None while it runs or is not wanted."""
        return None if self._child is None else self._child.exit_code()

    def age_s(self) -> float:
        """Seconds since it was last started."""
        return 0.0 if self._child is None else time.monotonic() - self._child.started_at

    def kill(self) -> None:
        """SIGKILL it with everything that it started."""
        if self._child is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)
            while self._child.exit_code() is None:
                time.sleep(POLL_S)
            self._child = None

    def send(self, number: signal.Signals) -> None:
        """Send a signal to it and to everything that it started."""
        if self._child is not None and self._child.exit_code() is None:
            os.killpg(self._child.pid, number)

    def stop(self) -> None:
        """Ask it to end, in order."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def set_clock(self, offset_s: float) -> None:
        """Make its clock wrong, from now on."""
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(str(offset_s), encoding="ascii")
        fresh.replace(self._clock)

    def ready(self) -> bool:
        """Whether a web server answers; a processor has no door to knock at."""
        if self.port is None:
            return self.ended() is None
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def processes(self) -> Iterator[psutil.Process]:
        """Itself and its children."""
        if self._child is not None and self._child.exit_code() is None:
            process = psutil.Process(self._child.pid)
            yield process
            yield from process.children(recursive=True)

    def end_of_log(self, chars: int = 3_000) -> str:
        return self.log.read_text(errors="replace")[-chars:] if self.log.exists() else ""


def family(pid: int) -> list[psutil.Process]:
    """A process and all that it started."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


def signal_all(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)
