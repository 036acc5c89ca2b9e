"""The faults of PostgreSQL's disk and connections, and of Valkey."""

import random
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psutil

from coliseum import db
from torture.disk import Disk
from torture.faults import Fault
from torture.programs import signal_all
from torture.stage import MAX_CONNECTIONS, Stage

REBUILD_S = 100.0
OTHERS_MAX = 8
"""Connections that ours may have won back at the very moment."""
END_OURS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'coliseum-%'"


class DiskFull(Fault):
    """There is no room any more; PostgreSQL may end of it, and comes back when there is room."""

    touches = frozenset({"postgres"})

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.lasts_s = rng.uniform(3, 6)

    def inject(self, stage: Stage) -> None:
        stage.down.add("postgres")
        disk_of(stage).fill()

    def heal(self, stage: Stage) -> None:
        disk_of(stage).make_room()
        child = stage.postgres._child
        if child is None or child.exit_code() is not None:
            stage.postgres.start()
        stage.down.discard("postgres")


class PowerCut(Fault):
    """PostgreSQL's machine goes dark; it comes back with what was on the disk, and nothing else."""

    touches = frozenset({"postgres"})

    def inject(self, stage: Stage) -> None:
        stage.down.add("postgres")
        processes = stage.postgres_processes()
        signal_all(processes, signal.SIGSTOP)
        disk = disk_of(stage)
        copy = disk.copy_as_after_power_cut()
        signal_all(processes, signal.SIGKILL)
        psutil.wait_procs(processes, timeout=10)
        stage.postgres.stop()
        disk.go_on_with(copy)

    def heal(self, stage: Stage) -> None:
        stage.postgres.start()
        stage.down.discard("postgres")


class ConnectionsExhausted(Fault):
    """Strangers hold every connection, after ours were ended."""

    touches = frozenset({"postgres"})

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self._held: list[Any] = []

    def inject(self, stage: Stage) -> None:
        stage.background.call(self._hold(stage.postgres.url))

    def heal(self, stage: Stage) -> None:
        stage.background.call(self._give_back())

    async def _hold(self, url: str) -> None:
        first = await self._stranger(url)
        for _ in range(MAX_CONNECTIONS * 3):
            await first.execute(END_OURS)
            try:
                await self._stranger(url)
            except (*db.UNREACHABLE, db.PostgresError):
                if len(self._held) >= MAX_CONNECTIONS - OTHERS_MAX:
                    return

    async def _stranger(self, url: str) -> Any:
        connection = await db.connect(url)
        self._held.append(connection)
        await connection.execute("SET application_name = 'stranger'")
        return connection

    async def _give_back(self) -> None:
        for connection in self._held:
            connection.terminate()


class ValkeyKilled(Fault):
    """SIGKILL; what comes back is what the append-only file has, an older one, or nothing."""

    touches = frozenset({"valkey"})

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.comes_back = rng.choice(["as it was", "empty", "older"])
        self.older_by_s = rng.uniform(1, 4)

    @property
    def name(self) -> str:
        return f"kill valkey, comes back {self.comes_back}"

    def inject(self, stage: Stage) -> None:
        files = stage.valkey.folder / "appendonlydir"
        aside = stage.folder / "older"
        if self.comes_back == "older":
            copy_settled(files, aside)
            time.sleep(self.older_by_s)
        stage.kill_valkey()
        if self.comes_back != "as it was":
            shutil.rmtree(files)
        if self.comes_back == "older":
            aside.rename(files)

    def heal(self, stage: Stage) -> None:
        stage.valkey.start()


class ValkeyEmptied(Fault):
    """FLUSHALL, a few times, while all goes on."""

    touches = frozenset({"valkey"})

    def inject(self, stage: Stage) -> None:
        for _ in range(self.rng.randint(1, 4)):
            stage.command("FLUSHALL")
            time.sleep(self.rng.uniform(0, 0.5))

    def heal(self, stage: Stage) -> None:
        stage.command("PING")


class EmptiedDuringRebuild(Fault):
    """The projections are remade, and Valkey is emptied again and again meanwhile; some rebuilds are killed."""

    touches = frozenset({"valkey", "postgres", "processor"})

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.killed_after_s = rng.choice([None, None, rng.uniform(0.5, 2)])
        self.lasts_s = 0.0

    @property
    def name(self) -> str:
        return "flush during a rebuild" + (" that is killed" if self.killed_after_s else "")

    def inject(self, stage: Stage) -> None:
        self._flush_while(stage, stage.cli("rebuild"), self.killed_after_s)

    def heal(self, stage: Stage) -> None:
        if self.killed_after_s is not None:
            self._flush_while(stage, stage.cli("rebuild"), None)

    def _flush_while(self, stage: Stage, rebuild: "subprocess.Popen[bytes]", killed_after_s: float | None) -> None:
        begun_s = time.monotonic()
        while rebuild.poll() is None:
            stage.command("FLUSHALL")
            time.sleep(self.rng.uniform(0.1, 0.5))
            passed_s = time.monotonic() - begun_s
            if killed_after_s is not None and passed_s > killed_after_s:
                rebuild.kill()
            if passed_s > REBUILD_S:
                rebuild.kill()
        output, _ = rebuild.communicate()
        assert rebuild.returncode == 0 or killed_after_s is not None, output.decode()


class MemoryFull(Fault):
    """Valkey has reached its limit: it refuses writes, or throws keys away as it likes."""

    touches = frozenset({"valkey"})

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.policy = rng.choice(["noeviction", "noeviction", "noeviction"])
        self.lasts_s = rng.uniform(2, 5)

    @property
    def name(self) -> str:
        return f"maxmemory with {self.policy}"

    def inject(self, stage: Stage) -> None:
        stage.command("CONFIG", "SET", "maxmemory-policy", self.policy)
        used = stage.command("INFO", "memory")
        limit = used["used_memory"] - self.rng.randint(10_000, 400_000)
        stage.command("CONFIG", "SET", "maxmemory", limit)

    def heal(self, stage: Stage) -> None:
        stage.command("CONFIG", "SET", "maxmemory", 0)
        stage.command("CONFIG", "SET", "maxmemory-policy", "noeviction")


def disk_of(stage: Stage) -> Disk:
    """The stage's disk; these faults are chosen only where there is one."""
    assert stage.disk is not None
    return stage.disk


def copy_settled(source: Path, target: Path) -> None:
    """Copy a folder whose files grow: a rewrite may take a file away meanwhile, then all begins again."""
    for _ in range(20):
        shutil.rmtree(target, ignore_errors=True)
        try:
            shutil.copytree(source, target)
        except (shutil.Error, FileNotFoundError):
            continue
        return
    raise AssertionError(f"{source} does not stand still")
