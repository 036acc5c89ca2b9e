"""An import that dies at a chosen operation: a request, or any write to its files. Nothing runs after a death."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

from coliseum.client.backoff import Backoff
from coliseum.client.transport import Answer, Transport, TransportError
from coliseum.importer import progress, rejects, sender
from coliseum.importer.mapping import make_mapper
from coliseum.importer.opening import open_input
from coliseum.importer.pipeline import FileImport, Job
from coliseum.importer.progress import Progress
from coliseum.importer.sender import Sender, Target
from support.breaking import Breaking, Way
from support.services import Platform, World

Result = TypeVar("Result")
COUNTED = ("fsync", "truncate")


class Killed(BaseException):
    """The process is gone; whoever still asks for something hears it again."""


class Dying(Breaking):
    """Dies at a point, or loses the answers of some requests."""

    dead = False
    lost: tuple[range, Way] = (range(0), Way.FAILED)
    """Which requests get no answer, counted from 0 over the whole run."""
    requests = 0

    def act(self, name: str, work: Callable[[], Result]) -> Result:
        """Do one thing, unless the process dies before it; it may die right after it."""
        if self.dead:
            raise Killed
        way = self.arrive(name)
        self.dead = way is not None
        if way is Way.FAILED:
            raise Killed
        result = work()
        if way is Way.PERSISTED:
            raise Killed
        return result


class _File:
    """An unbuffered file whose writes are counted; what is written is in it, whatever comes after."""

    def __init__(self, file: Any, dying: Dying) -> None:
        self._file = file
        self._dying = dying

    def write(self, content: bytes) -> int:
        return self._dying.act("write", lambda: int(self._file.write(content)))

    def flush(self) -> None:
        """Nothing is held back."""

    def fileno(self) -> int:
        return int(self._file.fileno())

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


class _Path(type(Path())):  # type: ignore[misc]
    """A path whose changes are counted."""

    dying: Dying
    opened: list[_File]

    def with_name(self, name: str) -> Path:
        return _path(super().with_name(name), self.dying, self.opened)

    def open(self, mode: str = "r", *args: Any, **more: Any) -> Any:
        if "r" in mode:
            return super().open(mode, *args, **more)

        def work() -> _File:
            self.opened.append(_File(open(self, mode, buffering=0), self.dying))  # noqa: PTH123, SIM115
            return self.opened[-1]

        return self.dying.act(f"open {mode}", work)

    def replace(self, target: Any) -> Any:
        return self.dying.act("replace", lambda: os.replace(self, target))  # noqa: PTH105


def _path(path: Path, dying: Dying, opened: list[_File]) -> Path:
    made = _Path(path)
    made.dying, made.opened = dying, opened
    return made


class _Os:
    """The module, with what makes things last counted."""

    def __init__(self, dying: Dying) -> None:
        self._dying = dying

    def __getattr__(self, name: str) -> Any:
        found = getattr(os, name)
        if name not in COUNTED:
            return found
        return lambda *args: self._dying.act(name, lambda: found(*args))


class Importing:
    """Runs the importer in a thread, against the world's own web application in the loop of the test."""

    def __init__(self, world: World, platform: Platform, path: Path, patch: Any) -> None:
        self.world = world
        self.platform = platform
        self.path = path
        self.patch = patch

    async def run(self, dying: Dying) -> Progress:
        """One process: it ends with the import, or dies."""
        for module in (progress, rejects):
            self.patch.setattr(module, "os", _Os(dying))
        self.patch.setattr(sender, "Transport", self._transport(dying))
        return await asyncio.to_thread(self._run, dying)

    def _run(self, dying: Dying) -> Progress:
        opened: list[_File] = []
        sending = Sender(Target("http://test", self.platform.server_key), lambda _reason, _seconds: None)
        sending._backoff = Backoff(base_s=0.001, cap_s=0.001)
        source = open_input(str(self.path))
        job = Job(
            source, make_mapper(source, None), _path(Path(f"{self.path}.progress"), dying, opened),
            _path(Path(f"{self.path}.rejects"), dying, opened), batch_events_max=5, concurrency=1,
        )  # fmt: skip
        try:
            return FileImport(job, sending, lambda _progress: None).run()
        finally:
            source.close()
            sending.close()
            for file in opened:
                file.close()

    def _transport(self, dying: Dying) -> type[Transport]:
        http, headers, loop = self.world.http, self.platform.server, asyncio.get_running_loop()

        def post(_self: Transport, path: str, body: bytes) -> Answer:
            def work() -> Answer:
                reply = asyncio.run_coroutine_threadsafe(http.post(path, body, headers), loop).result(30)
                return Answer(reply.status, reply.body)

            number, (lost, way) = dying.requests, dying.lost
            dying.requests += 1
            if number not in lost:
                return dying.act("post", work)
            if way is Way.PERSISTED:
                work()
            raise TransportError("connection reset")

        return type("ThroughTheWorld", (Transport,), {"post": post})
