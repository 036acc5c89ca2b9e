"""What stays within bounds: lag falls to nothing while the load goes on (I10), and nothing leaks (I12)."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

import psutil

from torture.answers import get
from torture.oracle import Verdict
from torture.programs import Service
from torture.sender import BROKEN, Line
from torture.stage import Stage

LAG_GONE_S = 60.0
KEEPS_UP_S = 15.0
LOOK_GAP_S = 0.2
MEMORY_GROWTH_BYTES = 160 * 1024 * 1024
FDS_MORE = 40
"""Pools grow to their limits and stay there: 16 connections of a web server, 13 of a processor, some to Valkey."""
CONNECTIONS_MAX = 2 * 16 + 2 * 13 + 4

Place = tuple[str, str, int]
"""Tenant, consumer, partition."""


@dataclass(frozen=True)
class Footprint:
    """What a program holds, with its children."""

    memory_bytes: int
    fds: int


def wait_until_lag_is_gone(stage: Stage, line: Line, within_s: float = LAG_GONE_S) -> float:
    """Wait until all that was waiting has been read, and what came meanwhile too; after how many seconds that was.

    The load may go on: every consumer has to pass the heads of now within ``within_s``, and then the heads of then
    within ``KEEPS_UP_S``.

    Raises:
        AssertionError: it took too long.
    """
    took_s = _wait_until_passed(stage, line, within_s)
    _wait_until_passed(stage, line, KEEPS_UP_S)
    return took_s


def _wait_until_passed(stage: Stage, line: Line, within_s: float) -> float:
    begun_s = time.monotonic()
    heads: dict[Place, int] = {}
    waiting: set[Place] = set()
    told: dict[Place, tuple[int, int]] = {}
    while not heads or waiting:
        stage.look_after()
        told = {where: offsets for slug in stage.accounts for where, offsets in _status(stage, line, slug)}
        if not heads and len({where[0] for where in told}) == len(stage.accounts):
            heads = {where: head for where, (_, head) in told.items()}
            waiting = set(heads)
        waiting -= {where for where, (offset, _) in told.items() if offset >= heads.get(where, 2**63)}
        passed_s = time.monotonic() - begun_s
        behind = {where: told.get(where) for where in waiting}
        assert passed_s < within_s, f"after {passed_s:.0f} s these are behind: {behind or told}\n{stage.logs()}"
        time.sleep(LOOK_GAP_S)
    return time.monotonic() - begun_s


def _status(stage: Stage, line: Line, slug: str) -> Iterable[tuple[Place, tuple[int, int]]]:
    try:
        told = get(line, stage.accounts[slug], "/api/status")
    except (*BROKEN, AssertionError):
        return
    for each in told:
        yield (slug, each["consumer"], each["partition"]), (each["offset"], each["head"])


def footprint(service: Service) -> Footprint:
    """What a program holds now."""
    memory = fds = 0
    for process in service.processes():
        try:
            memory += process.memory_info().rss
            fds += process.num_fds()
        except psutil.NoSuchProcess:
            continue
    return Footprint(memory, fds)


def check_footprints(stage: Stage, before: dict[str, Footprint]) -> Verdict:
    """Memory, open files and connections against what they were when all was new."""
    differences = []
    for name, service in stage.services.items():
        now, then = footprint(service), before[name]
        if now.memory_bytes - then.memory_bytes > MEMORY_GROWTH_BYTES:
            differences.append(f"{name} grew from {then.memory_bytes >> 20} to {now.memory_bytes >> 20} MiB")
        if now.fds - then.fds > FDS_MORE:
            differences.append(f"{name} held {then.fds} files and holds {now.fds}")
    [row] = stage.fetch("SELECT count(*) AS n FROM pg_stat_activity WHERE application_name LIKE 'coliseum-%'")
    if row["n"] > CONNECTIONS_MAX:
        differences.append(f"PostgreSQL has {row['n']} of our connections")
    return Verdict([], [], differences)
