"""The rejects file: one line of JSON for each thing that did not go in, and why."""

import os
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from coliseum.importer.formats import Row


class Reject(Struct, frozen=True, omit_defaults=True):
    """One line of the file: where it stood, what was wrong, and the record as it stood."""

    line: int
    reason: str
    message: str
    raw: str | Row
    id: str | None = None


class Rejects:
    """Appends to the rejects file, which comes into being with the first reject.

    Args:
        path: where it is.
        length_bytes: what the progress mark knows of it; what is beyond that is from a run that was killed.
    """

    def __init__(self, path: Path, length_bytes: int) -> None:
        self.path = path
        self.length_bytes = length_bytes
        self._file: BinaryIO | None = None

    def cut(self) -> None:
        """Throw away what an earlier run wrote past the mark."""
        if self.path.exists() and self.path.stat().st_size > self.length_bytes:
            os.truncate(self.path, self.length_bytes)

    def write(self, rejects: list[Reject]) -> None:
        """Append; when this returns, the lines are on disk."""
        if not rejects:
            return
        if self._file is None:
            self._file = self.path.open("ab")
        content = b"".join(msgspec.json.encode(reject) + b"\n" for reject in rejects)
        self._file.write(content)
        self._file.flush()
        os.fsync(self._file.fileno())
        self.length_bytes += len(content)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
