"""A whole running system for acceptance tests: web server and processor as real child processes."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from coliseum.local.valkey import EmbeddedValkey

STARTUP_S = 40.0
SHUTDOWN_S = 30.0
POLL_S = 0.05
PYTHON = [sys.executable, "-m"]


@dataclass
class System:
    """One database, one Valkey, and the processes that were started on them; only those are ever ended."""

    folder: Path
    environ: dict[str, str] = field(repr=False)
    port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the web server answers."""
        return f"http://127.0.0.1:{self.port}"

    def cli(self, *arguments: str, timeout_s: float = 120, expect: int = 0) -> str:
        """Run a command of the command line to its end and return what it printed."""
        done = subprocess.run(
            [*PYTHON, "coliseum.cli", *arguments],
            env=self.environ,
            cwd=self.folder,
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
        output = done.stdout.decode() + done.stderr.decode()
        assert done.returncode == expect, f"coliseum {' '.join(arguments)}: {done.returncode}\n{output}"
        return output

    def create_tenant(self, slug: str) -> "Tenant":
        """Make a tenant and return it with its server key."""
        found = re.search(r"cs_server_[\w-]+", self.cli("tenant", "create", slug))
        assert found
        return Tenant(self, slug, found[0])

    def start(self, name: str) -> None:
        """Start ``web`` or ``processor``; return when it is at work."""
        log = (self.folder / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            [*PYTHON, "coliseum.cli", name], env=self.environ, cwd=self.folder, stdout=log, stderr=log
        )
        log.close()
        if name == "web":
            self.wait_for(self._healthy, "the web server to answer", STARTUP_S)

    def kill(self, name: str) -> None:
        """SIGKILL: no chance to tidy up."""
        process = self.processes.pop(name)
        process.kill()
        process.wait(SHUTDOWN_S)

    def stop(self) -> None:
        """End every process in order, the processor first."""
        for name in sorted(self.processes):
            process = self.processes.pop(name)
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(SHUTDOWN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise

    def wait_for(self, condition: Callable[[], bool], what: str, timeout_s: float = 60) -> None:
        """Ask until it is true; a process that died ends the wait at once."""
        pause = threading.Event()
        deadline_s = time.monotonic() + timeout_s
        while not condition():
            for name, process in self.processes.items():
                assert process.poll() is None, f"{name} ended with {process.returncode}:\n{self.log(name)}"
            assert time.monotonic() < deadline_s, f"waited {timeout_s} s for {what}\n{self.log('processor')}"
            pause.wait(POLL_S)

    def log(self, name: str) -> str:
        """The end of a process's log."""
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""

    def request(self, path: str, key: str = "") -> tuple[int, Any]:
        """GET a path; the status and the JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {key}"} if key else {})
            response = connection.getresponse()
            body = response.read()
            return response.status, json.loads(body) if body else None
        finally:
            connection.close()

    def _healthy(self) -> bool:
        with suppress(OSError, http.client.HTTPException):
            return self.request("/health")[0] == 200
        return False


@dataclass(frozen=True)
class Tenant:
    """A tenant of a running system, seen through its server key."""

    system: System
    slug: str
    key: str

    def get(self, path: str, **query: object) -> Any:
        """GET an answer that must be a 200."""
        status, page = self.system.request(f"{path}?{urlencode(query)}", self.key)
        assert status == 200, (path, query, status, page)
        return page

    def caught_up(self) -> bool:
        """Whether every consumer has come to the end of the log."""
        consumers = self.get("/api/status")
        return bool(consumers) and all(consumer["lag"] == 0 for consumer in consumers)

    def wait_until_caught_up(self, timeout_s: float = 180) -> None:
        """Wait until all that is in the log is counted."""
        self.system.wait_for(self.caught_up, f"{self.slug} to be caught up", timeout_s)


def free_port() -> int:
    """A port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_system(database_url: str, folder: Path, **variables: str) -> Iterator[System]:
    """A migrated database with a web server and a processor on it, and a Valkey of its own; ``variables``: settings."""
    valkey = EmbeddedValkey(folder, "acceptance-only")
    valkey.start()
    port = free_port()
    environ = {
        **os.environ,
        "COLISEUM_DATA_DIR": str(folder),
        "COLISEUM_HOST": "127.0.0.1",
        # A person of a test has two codes at any moment.
        "COLISEUM_CODE_GRACE_S": "30",
        # A killed processor's work is taken over soon.
        "COLISEUM_LEASE_S": "2",
        "COLISEUM_PORT": str(port),
        "COLISEUM_SECRET_KEY": "acceptance tests only, nothing else",
        "DATABASE_URL": database_url,
        "VALKEY_URL": valkey.url,
        **variables,
    }
    system = System(folder, environ, port)
    try:
        system.cli("migrate")
        system.start("web")
        system.start("processor")
        yield system
    finally:
        try:
            system.stop()
        finally:
            valkey.stop()
