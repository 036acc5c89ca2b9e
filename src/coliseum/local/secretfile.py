"""Small JSON files that only their owner may read: whole or not there, also after a crash."""

import os
from pathlib import Path
from typing import TypeVar

import msgspec

from coliseum.local.faults import DataFolderUnusable

Content = TypeVar("Content", bound=msgspec.Struct)


def read(path: Path, kind: type[Content]) -> Content | None:
    """Return what the file holds, or None when there is no file.

    Raises:
        DataFolderUnusable: the file cannot be read or understood.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise DataFolderUnusable(
            f"{path} cannot be read: {error}.", hint="Restore it from a copy, or move the data folder away."
        ) from None


def write(path: Path, content: msgspec.Struct) -> None:
    """Replace the file in one step; it is on the disk when this returns."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(content)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
