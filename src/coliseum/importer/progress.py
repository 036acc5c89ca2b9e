"""The progress file: how far into a file everything is settled."""

import os
from pathlib import Path

import msgspec
from msgspec import Struct

from coliseum.importer.faults import ImportFailed

PROGRESS_VERSION = 1


class Progress(Struct, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What is settled: in the log for good, passed over by the mapping, or in the rejects file.

    Attributes:
        fingerprint: of the file; the numbers below are about no other.
        mapping: digest of the mapping and its lookups.
        records: the first so many records of the file are settled.
        rejects_bytes: the length that the rejects file has then.
        done: the whole file is settled.
    """

    fingerprint: str
    mapping: str
    records: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    skipped: int = 0
    rejects_bytes: int = 0
    done: bool = False
    version: int = PROGRESS_VERSION


def load_progress(path: Path | None, fingerprint: str, mapping: str) -> Progress:
    """Read where an earlier run came to; the beginning, when there is none.

    Raises:
        ImportFailed: the progress file is of another file, another mapping, or not readable.
    """
    fresh = Progress(fingerprint=fingerprint, mapping=mapping)
    if path is None or not path.exists():
        return fresh
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Progress)
    except (OSError, msgspec.MsgspecError) as error:
        raise ImportFailed(f"progress file {path}: {error}") from error
    if (found.version, found.fingerprint, found.mapping) != (PROGRESS_VERSION, fingerprint, mapping):
        raise ImportFailed(
            f"progress file {path} is of another content or mapping of this file",
            hint="remove it to begin anew (events that are in the log already stay single), or name another",
        )
    return found


def save_progress(path: Path | None, progress: Progress) -> None:
    """Replace the progress file; when this returns, the new one is on disk."""
    if path is None:
        return
    draft = path.with_name(path.name + ".new")
    with draft.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(progress)))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
