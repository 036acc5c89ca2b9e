"""A disk of its own for PostgreSQL: an ext4 file system in a file, which can fill up and lose its power.

The file holds only what the inner file system has written back: a copy of it, taken while the writers stand still, is
what a power cut would have left.
"""

import os
import shutil
import subprocess
from pathlib import Path

IMAGE_BYTES = 1_400 * 1024 * 1024
LEFT_FREE_BYTES = 256 * 1024
PATIENCE_S = 120
COPIES_MAX = 40


def why_not() -> str | None:
    """Why no such disk can be made here; None when it can."""
    if os.geteuid() != 0:
        return "only root may mount a file"
    for program in ("mkfs.ext4", "mount", "umount", "losetup"):
        if shutil.which(program) is None:
            return f"there is no {program}"
    found = subprocess.run(
        [str(shutil.which("losetup")), "--find"], capture_output=True, check=False, timeout=PATIENCE_S
    )
    return None if found.returncode == 0 else "there is no loop device"


class Disk:
    """An image below ``folder``, mounted at ``folder/disk``; unmount it at the end."""

    def __init__(self, folder: Path, size_bytes: int = IMAGE_BYTES) -> None:
        self.mounted_at = folder / "disk"
        self._folder = folder
        self._number = 0
        self.mounted_at.mkdir()
        with self._image.open("wb") as image:
            image.truncate(size_bytes)
        _run("mkfs.ext4", "-q", "-F", str(self._image))
        self._mount()

    @property
    def _image(self) -> Path:
        return self._folder / f"disk-{self._number}.img"

    @property
    def _ballast(self) -> Path:
        return self.mounted_at / "ballast"

    def fill(self) -> None:
        """Leave almost no room."""
        free = os.statvfs(self.mounted_at)
        size = free.f_bavail * free.f_frsize - LEFT_FREE_BYTES
        with self._ballast.open("wb") as ballast:
            os.posix_fallocate(ballast.fileno(), 0, max(size, 1))

    def make_room(self) -> None:
        """Free what ``fill`` took, for good: a power cut does not bring it back."""
        self._ballast.unlink(missing_ok=True)
        folder = os.open(self.mounted_at, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def copy_as_after_power_cut(self) -> Path:
        """Copy what is on the disk at one moment; the writers must stand still.

        The kernel may go on writing back what they wrote. A copy during which it did is none of any moment, and is made
        again: its early blocks would be older than its late ones, which no disk is after a power cut.
        """
        copy = self._folder / f"disk-{self._number + 1}.img"
        for _ in range(COPIES_MAX):
            before = self._written_at()
            _run("cp", "--sparse=always", str(self._image), str(copy))
            if self._written_at() == before:
                return copy
        raise AssertionError(f"the kernel wrote during each of {COPIES_MAX} copies of the disk")

    def _written_at(self) -> tuple[int, int]:
        found = self._image.stat()
        return found.st_mtime_ns, found.st_blocks

    def go_on_with(self, copy: Path) -> None:
        """Put a copy in the disk's place; its writers must have ended."""
        self.unmount()
        self._image.unlink()
        self._number += 1
        assert copy == self._image
        self._mount()

    def unmount(self) -> None:
        _run("umount", str(self.mounted_at))

    def _mount(self) -> None:
        _run("mount", "-o", "loop,noatime", str(self._image), str(self.mounted_at))


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE_S)
    assert done.returncode == 0, (command, done.stderr)
