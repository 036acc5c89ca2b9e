"""The driver's side of the load generator: starts the process, gives it commands, reads what came of them."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

import msgspec

import coliseum
from bench.measure import BenchFailed
from bench.mix import Totals, add
from bench.orders import Command, Outcome, Where

ROOT = Path(__file__).parents[1]
PRODUCT = Path(coliseum.__file__).parents[1]
ANSWER_BYTES_MAX = 1 << 28


def python_path() -> str:
    """A PYTHONPATH under which children find this package, and the product where this process has found it."""
    return os.pathsep.join([str(ROOT), str(PRODUCT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)


class Generator:
    """A running generator. What it sent and was acknowledged adds up in ``events`` and ``totals``."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.events = 0
        self.totals: Totals = {}

    @classmethod
    async def start(cls, where: Where) -> Self:
        """Start one."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.load", msgspec.json.encode(where).decode()),
            stdin=PIPE,
            stdout=PIPE,
            limit=ANSWER_BYTES_MAX,
            env={**os.environ, "PYTHONPATH": python_path()},
        )
        return cls(process)

    async def ask(self, command: Command, *, stored: bool = True) -> Outcome:
        """Give a command and wait for what comes of it. ``stored``: what was acknowledged is in the log now.

        Raises:
            BenchFailed: an answer was not as it should be, or the generator broke off.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # noqa: S101 - it was asked for
        assert stdout is not None  # noqa: S101 - it was asked for
        stdin.write(msgspec.json.encode(command) + b"\n")
        await stdin.drain()
        line = await stdout.readline()
        if not line:
            raise BenchFailed(f"the load generator broke off at {type(command).__name__}")
        outcome = msgspec.json.decode(line, type=Outcome)
        if outcome.wrong:
            raise BenchFailed(f"{type(command).__name__} was answered: {outcome.wrong[0]}")
        if stored:
            self.events += outcome.events
            add(self.totals, outcome.totals)
        return outcome

    async def stop(self) -> None:
        """Let the process end."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self._process.returncode is None:
            await self._process.wait()

    def kill(self) -> None:
        """End it in the middle of what it does."""
        if self._process.returncode is None:
            self._process.kill()


@asynccontextmanager
async def generator(where: Where) -> AsyncIterator[Generator]:
    """A generator that is gone afterwards, whatever happens."""
    started = await Generator.start(where)
    try:
        yield started
    except BaseException:
        started.kill()
        raise
    finally:
        await started.stop()
