"""The data folder: made, proven writable, and held by one supervisor at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coliseum.local.faults import AlreadyRunning, DataFolderUnusable

LOCK = "coliseum.lock"


@contextmanager
def held_folder(data_dir: Path) -> Iterator[Path]:
    """Make the folder if need be and hold it; gives its absolute path.

    The lock belongs to an open file, so it ends with the process however that ends.

    Raises:
        DataFolderUnusable: it cannot be made or written to.
        AlreadyRunning: another process holds it.
    """
    folder = data_dir.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("a+")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError("no permission to write")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DataFolderUnusable(
            f"The data folder {folder} cannot be written to: {reason}.",
            hint="Give yourself the right to it, or name another folder in COLISEUM_DATA_DIR.",
        ) from None
    with lock:
        _take(lock.fileno(), folder)
        yield folder


def _take(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        owner = os.pread(lock, 32, 0).decode("ascii", "replace").strip()
        raise AlreadyRunning(
            f"Another `coliseum up`{f' (process {owner})' if owner else ''} is running in {folder}.",
            hint="Stop it first, or name another folder in COLISEUM_DATA_DIR.",
        ) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
