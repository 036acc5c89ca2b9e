"""The system under load: the embedded servers, web server and processor of `coliseum up`, in a folder of their own."""

import asyncio
import http.client
import os
import shutil
import sys
import time
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import psutil

from bench.generator import python_path
from bench.measure import BenchFailed
from bench.orders import Where
from bench.streams import Standing
from coliseum import db
from coliseum.accounts.tenants import NewTenant, create_tenant
from coliseum.local import programs
from coliseum.local.child import Child
from coliseum.local.credentials import load_credentials
from coliseum.local.health import wait_until_healthy
from coliseum.local.interrupt import Interrupt
from coliseum.local.ports import free_port
from coliseum.local.postgres import EmbeddedPostgres
from coliseum.local.valkey import EmbeddedValkey
from coliseum.upgrade import upgrade

HOST = "127.0.0.1"
SLUG = "bench"
LOOK_S = 0.1
PINNED = "/api/leaderboards?metric=votes&entity=artist&window=all&limit=10"
"""A board that is always kept live; all live boards stand at the same place of the log."""
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
"""Settings without which nothing here would be worth measuring."""
TOLD = ("wal_level", "wal_sync_method", "wal_compression", "shared_buffers", "max_wal_size", "checkpoint_timeout",
        "commit_delay", "server_version")  # fmt: skip
"""Other settings that results name."""


class Consumer(msgspec.Struct):
    """How far one consumer of one partition has come."""

    consumer: str
    partition: int
    offset: int
    head: int
    lag: int


class Stand:
    """A running system with one tenant; what it has started, it alone stops."""

    def __init__(self, folder: Path, *, with_noop: bool) -> None:
        self.folder = folder
        self.port = free_port()
        self._with_noop = with_noop
        credentials = load_credentials(folder)
        self._secret_key = credentials.secret_key
        self.postgres = EmbeddedPostgres(folder, credentials.postgres_password)
        self.valkey = EmbeddedValkey(folder, credentials.valkey_password)
        self.valkey_password = credentials.valkey_password
        self.children: dict[str, Child] = {}
        self.sql: Any = None
        self._tenant: NewTenant | None = None
        self._tenants = 0

    async def start(self) -> None:
        """Start both stores and the web server; the processor waits to be asked for."""
        self.postgres.start()
        self.valkey.start()
        await upgrade(self.postgres.url)
        self.sql = await db.connect(self.postgres.url)
        self.start_web()

    async def make_tenant(self, partitions: int) -> None:
        """Make a tenant: from now on this is its system."""
        self._tenants += 1
        database = await db.Database.open(self.postgres.url, owner=1)
        try:
            self._tenant = await create_tenant(database, slug=f"{SLUG}-{self._tenants}", partitions=partitions)
        finally:
            await database.close()

    def start_web(self) -> None:
        """Start the web server and wait until it answers; with the route that does nothing, if that is wanted."""
        program = programs.web(self._environ(), self.folder / "logs")
        if self._with_noop:
            program = msgspec.structs.replace(program, command=[sys.executable, "-m", "bench.server"])
        self.children["web"] = Child(program)
        with Interrupt() as interrupt:
            wait_until_healthy(self.children["web"], HOST, self.port, interrupt)

    def start_processor(self) -> None:
        """Start the processor."""
        self.children["processor"] = Child(programs.processor(self._environ(), self.folder / "logs"))

    def stop_processor(self) -> None:
        """Stop the processor if it runs, and wait until it has ended."""
        if "processor" in self.children:
            self.children.pop("processor").stop()

    async def stop(self) -> None:
        """Stop everything, last started first."""
        for name in reversed(list(self.children)):
            self.children.pop(name).stop()
        if self.sql is not None:
            await self.sql.close()
        self.valkey.stop()
        self.postgres.stop()

    @property
    def tenant_id(self) -> int:
        """The tenant's number."""
        assert self._tenant is not None  # noqa: S101 - start() has made it
        return self._tenant.tenant.tenant_id

    def where(self, seed: int) -> Where:
        """What a generator must know."""
        assert self._tenant is not None  # noqa: S101 - start() has made it
        return Where(HOST, self.port, self._tenant.server_key, seed)

    async def get(self, path: str) -> Any:
        """GET an answer that must be a 200."""
        return await asyncio.to_thread(self._get, path)

    async def consumers(self) -> list[Consumer]:
        """How far each consumer has come."""
        return msgspec.convert(await self.get("/api/status"), list[Consumer])

    async def standing(self) -> Standing:
        """How far everything has come: the log, the slowest projection, and the boards."""
        consumers = await self.consumers()
        page = await self.get(PINNED)
        done: dict[str, int] = {}
        for consumer in consumers:
            done[consumer.consumer] = done.get(consumer.consumer, 0) + consumer.offset
        head = sum(consumer.head for consumer in consumers) // len(done)
        boards = sum(page["position"]) if page["source"] == "live" else 0
        return Standing(time.perf_counter_ns(), head, min(done.values()), boards)

    async def wait_until_caught_up(self, timeout_s: float) -> float:
        """Wait until no consumer and no board has anything left to read; returns the seconds that took.

        Raises:
            BenchFailed: it took longer.
        """
        began = time.monotonic()
        while True:
            lag = (await self.standing()).lag
            if lag <= 0:
                return time.monotonic() - began
            self.require_running()
            if time.monotonic() - began > timeout_s:
                raise BenchFailed(f"the processor was still {lag} entries behind after {timeout_s:g} s")
            await asyncio.sleep(LOOK_S)

    def require_running(self) -> None:
        """Raise BenchFailed when a child has ended."""
        for name, child in self.children.items():
            if child.exit_code() is not None:
                raise BenchFailed(f"the {name} ended with {child.exit_code()}; its log is {child.program.log}")

    def memory_mb(self, name: str) -> float:
        """The resident memory of a child with all that it has started, in millions of bytes."""
        try:
            process = psutil.Process(self.children[name].pid)
            family = [process, *process.children(recursive=True)]
            return sum(each.memory_info().rss for each in family) / 1e6
        except psutil.NoSuchProcess:
            raise BenchFailed(f"the {name} has ended") from None

    async def verify(self, timeout_s: float) -> float | None:
        """Run `coliseum verify`; returns the seconds it took, None when it took longer than it may.

        Raises:
            BenchFailed: a stored number is not what the log says.
        """
        began = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "coliseum.cli", "verify"), env=self._environ(), stdout=PIPE, stderr=STDOUT
        )
        try:
            said, _ = await asyncio.wait_for(process.communicate(), timeout_s)
        except TimeoutError:
            process.kill()
            await process.wait()
            return None
        if process.returncode != 0:
            raise BenchFailed(f"coliseum verify: {said.decode(errors='replace')[-2_000:]}")
        return time.monotonic() - began

    async def settings(self) -> dict[str, str]:
        """The server's settings, as a session that appends sees them.

        Raises:
            BenchFailed: one of them is not durable.
        """
        session = await db.connect(self.postgres.url, "capture")
        try:
            found = {name: str(await session.fetchval(f"SHOW {name}")) for name in (*DURABLE, *TOLD)}
        finally:
            await session.close()
        wrong = {name: found[name] for name, value in DURABLE.items() if found[name] != value}
        if wrong:
            raise BenchFailed(f"not durable: {wrong}")
        return found

    def _environ(self) -> dict[str, str]:
        environ = programs.children_environ(
            os.environ,
            data_dir=self.folder,
            database_url=self.postgres.url,
            valkey_url=self.valkey.url,
            secret_key=self._secret_key,
        )
        return {
            **environ,
            "COLISEUM_HOST": HOST,
            "COLISEUM_PORT": str(self.port),
            "PYTHONPATH": python_path(),
        }

    def _get(self, path: str) -> Any:
        where = self.where(0)
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {where.key}"})
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.status != http.HTTPStatus.OK:
            raise BenchFailed(f"GET {path} was answered {response.status}: {body[:300]!r}")
        return msgspec.json.decode(body)


@asynccontextmanager
async def running(folder: Path, *, with_noop: bool = False) -> AsyncIterator[Stand]:
    """A system in a new folder, durable as in real use; stopped and removed afterwards.

    When it ends by an error, its logs stay in a folder beside it.
    """
    stand = Stand(_emptied(folder), with_noop=with_noop)
    try:
        await stand.start()
        await stand.settings()
        yield stand
    except BaseException:
        shutil.copytree(folder / "logs", folder.with_suffix(".logs"), dirs_exist_ok=True)
        raise
    finally:
        await stand.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
