"""Argon2id with the parameters of today, and a process of its own that does nothing else.

A hash takes about 25 ms of a core. In a thread of a web process that gives way to others it would now and then be put
aside while it holds the interpreter's lock, and with it everything that the process serves; so it is computed by a
child with a low priority, one at a time: ``python -m coliseum.accounts.argon``. The child holds no secret but the
password that it is asked about, ends when its parent does, and inherits nothing of the environment but where its code
is.
"""

import os
import signal
import struct
import subprocess
import sys
from typing import IO, Any, Final

import msgspec
from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

MEMORY_KIB: Final = 19 * 1024
PASSES: Final = 2
LANES: Final = 1
NICENESS: Final = 10
"""A busy machine makes log-ins slow before it makes events slow, and still lets people in."""
END_S_MAX: Final = 5.0
INHERITED: Final = ("PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LANG", "SYSTEMROOT", "COVERAGE_PROCESS_START")
LENGTH: Final = struct.Struct(">I")
HASHER: Final = PasswordHasher(
    time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, hash_len=32, salt_len=16, type=Type.ID
)


class Question(msgspec.Struct, frozen=True, array_like=True):
    """A password to be hashed; with a ``stored`` hash: whether it is that one's."""

    password: bytes
    stored: str | None = None


def answered(question: Question) -> str | bool:
    """The PHC string of a password, or whether it fits."""
    if question.stored is None:
        return HASHER.hash(question.password)
    try:
        return HASHER.verify(question.stored, question.password)
    except (VerificationError, InvalidHashError):
        return False


class Child:
    """The process, started when it is first asked, and again when it has died. Used by one thread at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, question: Question) -> Any:
        """Its answer.

        Raises:
            OSError: it cannot be started, or has died twice over this question.
        """
        for last in (False, True):
            process = self._started()
            try:
                assert process.stdin is not None  # noqa: S101 - it was started with pipes
                assert process.stdout is not None  # noqa: S101 - as above
                _write(process.stdin, msgspec.msgpack.encode(question))
                return msgspec.msgpack.decode(_read(process.stdout))
            except (OSError, EOFError) as error:
                self.end()
                if last:
                    raise OSError("the process that hashes passwords has died") from error
        raise AssertionError  # pragma: no cover - the second turn answers or raises

    def end(self) -> None:
        """End it; it may be asked again."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None  # noqa: S101 - it was started with pipes
        assert process.stdout is not None  # noqa: S101 - as above
        try:
            process.stdin.close()  # what it still has to read is nothing, and by that it ends
        except OSError:
            process.kill()
        try:
            process.wait(END_S_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.end()
            environ = {name: os.environ[name] for name in INHERITED if name in os.environ}
            self._process = subprocess.Popen(
                [sys.executable, "-m", "coliseum.accounts.argon"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ,
            )  # fmt: skip
        return self._process


def serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until there are no more questions."""
    while True:
        try:
            question = msgspec.msgpack.decode(_read(questions), type=Question)
        except EOFError:
            return
        _write(answers, msgspec.msgpack.encode(answered(question)))


def _write(pipe: IO[bytes], body: bytes) -> None:
    pipe.write(LENGTH.pack(len(body)) + body)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes:
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    [length] = LENGTH.unpack(head)
    body = pipe.read(length)
    if len(body) < length:
        raise EOFError
    return body


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal, it is its parent's to decide
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    serve(sys.stdin.buffer, sys.stdout.buffer)
