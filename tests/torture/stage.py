"""The whole system on stage: PostgreSQL, Valkey, two web servers and two processors, with a proxy in every link."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from coliseum import db, kv, operations, wiring
from coliseum.local.postgres import EmbeddedPostgres
from coliseum.local.valkey import EmbeddedValkey
from coliseum.settings import Settings
from support.background import Background
from support.system import free_port
from torture.disk import Disk, why_not
from torture.programs import Service, family, signal_all
from torture.proxy import Proxy
from torture.sender import Account

SECRET_KEY = "a secret key of the torture chamber only"
POLL_S = 0.1
RESTART_GAP_S = 1.0
MAX_CONNECTIONS = 70
WEBS, PROCESSORS = ("web-1", "web-2"), ("processor-1", "processor-2")
TENANTS = {"alpha": ("Europe/Vienna", 1), "beta": ("UTC", 3), "poisoned": ("America/Sao_Paulo", 2)}


class Stage:
    """Everything that runs; only what was started here is ever ended. Methods belong to the main thread."""

    def __init__(self, folder: Path, background: Background, disk: Disk | None, **postgres: str) -> None:
        self.folder = folder
        self.background = background
        self.disk = disk
        self.postgres_overrides = {
            "shared_buffers": "64MB", "max_wal_size": "128MB", "min_wal_size": "32MB", "wal_compression": "off",
            "max_connections": str(MAX_CONNECTIONS), **postgres,
        }  # fmt: skip
        self.postgres = EmbeddedPostgres(disk.mounted_at if disk else folder, "torture only", **self.postgres_overrides)
        self.valkey = EmbeddedValkey(folder, "torture-only")
        self.postgres.start()
        self.valkey.start()
        self.proxies: dict[str, Proxy] = {}
        self.services: dict[str, Service] = {}
        self.accounts: dict[str, Account] = {}
        self.down: set[str] = set()
        """What a fault keeps down at present; everything else is started again when it ends."""

    @property
    def environ(self) -> dict[str, str]:
        """The settings of a command that goes around the proxies."""
        return {
            **os.environ, "COLISEUM_DATA_DIR": str(self.folder), "COLISEUM_HOST": "127.0.0.1", "COLISEUM_LEASE_S": "2",
            "COLISEUM_SECRET_KEY": SECRET_KEY, "COLISEUM_DEAD_LETTER_ATTEMPTS_MAX": "3",
            "COLISEUM_WEBHOOK_REQUESTS_PER_MINUTE": "1000000", "COLISEUM_BOARD_IDLE_S": "60",
            "DATABASE_URL": self.postgres.url, "VALKEY_URL": self.valkey.url,
        }  # fmt: skip

    @property
    def web_ports(self) -> list[int]:
        """Where clients go in, each behind its proxy."""
        return [self.proxies[f"client-{name}"].port for name in WEBS]

    def open(self) -> None:
        """Migrate, make the tenants, start the programs."""
        self.await_(wiring.migrate_database(self.settings))
        for slug, (zone, partitions) in TENANTS.items():
            made = self.await_(
                operations.create_tenant(self.settings, slug=slug, time_zone=zone, partitions=partitions)
            )
            self.accounts[slug] = Account(slug, made.server_key, zone, partitions, SECRET_KEY)
        for name in (*WEBS, *PROCESSORS):
            self._add(name)
        for name in (*PROCESSORS, *WEBS):
            self.services[name].start()
        self.wait_for(lambda: all(service.ready() for service in self.services.values()), "the web servers", 60)

    @property
    def settings(self) -> Settings:
        """Settings that go around the proxies."""
        return Settings(database_url=self.postgres.url, valkey_url=self.valkey.url, secret_key=SECRET_KEY)

    def _add(self, name: str) -> None:
        kind = name.partition("-")[0]
        urls = {"DATABASE_URL": self.postgres.url, "VALKEY_URL": self.valkey.url}
        for store, (variable, url) in zip(("postgres", "valkey"), urls.items(), strict=True):
            proxy = self.proxies[f"{name}-{store}"] = Proxy(self.background, urlsplit(url).port or 0)
            urls[variable] = with_port(url, proxy.port)
        port = free_port() if kind == "web" else None
        if port is not None:
            self.proxies[f"client-{name}"] = Proxy(self.background, port)
        self.services[name] = Service(name, kind, self.folder, {**self.environ, **urls}, port)

    def await_(self, work: Any, timeout_s: float = 120) -> Any:
        """Run a coroutine to its end on the background's loop."""
        return self.background.call(work, timeout_s)

    def fetch(self, sql: str, *args: object) -> list[Mapping[str, Any]]:
        """Read as the owner, around the proxies."""

        async def read() -> list[Mapping[str, Any]]:
            connection = await db.connect(self.postgres.url)
            try:
                return [dict(row) for row in await connection.fetch(sql, *args)]
            finally:
                await connection.close()

        found: list[Mapping[str, Any]] = self.await_(read())
        return found

    def command(self, *words: object) -> Any:
        """Run one command of Valkey, around the proxies."""

        async def run() -> Any:
            store = kv.KeyValue(self.valkey.url)
            try:
                return await store.raw.execute_command(*words)
            finally:
                await store.close()

        return self.await_(run(), 30)

    def cli(self, *words: str) -> "subprocess.Popen[bytes]":
        """Start a command of the command line; it is waited for by the caller."""
        return subprocess.Popen(
            [sys.executable, "-m", "coliseum.cli", *words], env=self.environ, cwd=self.folder,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    # Ending and starting

    def kill_postgres(self) -> None:
        """SIGKILL the postmaster and every process that it started."""
        child = self.postgres._child
        if child is not None:
            processes = family(child.pid)
            signal_all(processes, signal.SIGKILL)
            psutil.wait_procs(processes, timeout=10)

    def kill_valkey(self) -> None:
        child = self.valkey._child
        if child is not None:
            processes = family(child.pid)
            signal_all(processes, signal.SIGKILL)
            psutil.wait_procs(processes, timeout=10)

    def postgres_processes(self) -> list[psutil.Process]:
        child = self.postgres._child
        return family(child.pid) if child is not None else []

    def look_after(self) -> list[str]:
        """Start again what ended by itself, as a supervisor would; returns their names."""
        ended = [
            name
            for name, service in self.services.items()
            if name not in self.down and service.ended() is not None and service.age_s() > RESTART_GAP_S
        ]
        for name in ended:
            self.services[name].kill()
            self.services[name].start()
        child = self.postgres._child
        if "postgres" not in self.down and child is not None and child.exit_code() is not None:
            ended.append("postgres")
            self.postgres.start()
        return ended

    def wait_for(self, condition: Callable[[], bool], what: str, timeout_s: float) -> float:
        """Ask until it is true; returns after how many seconds that was."""
        begun_s = time.monotonic()
        while not condition():
            assert time.monotonic() - begun_s < timeout_s, f"waited {timeout_s} s for {what}\n{self.logs()}"
            self.look_after()
            time.sleep(POLL_S)
        return time.monotonic() - begun_s

    def logs(self) -> str:
        """The ends of all programs' logs."""
        return "\n".join(f"--- {name}\n{service.end_of_log(1_500)}" for name, service in self.services.items())

    def close(self) -> None:
        for service in self.services.values():
            service.send(signal.SIGCONT)
        for service in self.services.values():
            service.kill()
        self.valkey.stop()
        signal_all(self.postgres_processes(), signal.SIGCONT)
        self.postgres.stop()


def with_port(url: str, port: int) -> str:
    """The same URL with another port."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{port}").geturl()


@contextmanager
def staged(folder: Path, *, disk_wanted: bool = True, **postgres: str) -> Iterator[Stage]:
    """A running stage in an empty folder; nothing of it is left running or mounted."""
    with ExitStack() as stack:
        disk = Disk(folder) if disk_wanted and why_not() is None else None
        if disk is not None:
            stack.callback(disk.unmount)
        background = stack.enter_context(Background())
        stage = Stage(folder, background, disk, **postgres)
        stack.callback(stage.close)
        stage.open()
        yield stage
