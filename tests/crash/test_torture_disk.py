"""The disk that torture fills and cuts the power of is one that could be."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from torture.disk import Disk, why_not

NO_DISK = why_not()
pytestmark = pytest.mark.skipif(NO_DISK is not None, reason=f"no disk can be made here: {NO_DISK}")
DISK_BYTES = 64 * 1024 * 1024


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path, DISK_BYTES)
    yield made
    made.unmount()


def room(disk: Disk) -> int:
    """Bytes that anybody but root has left."""
    free = os.statvfs(disk.mounted_at)
    return free.f_bavail * free.f_frsize


def test_room_that_was_made_is_there_after_a_power_cut(disk: Disk) -> None:
    before = room(disk)
    disk.fill()
    os.sync()
    assert room(disk) < before // 10
    disk.make_room()
    disk.go_on_with(disk.copy_as_after_power_cut())
    assert room(disk) > before * 0.9


def test_a_copy_is_of_one_moment(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([1, 2, 2, 3, 4, 4])  # before and after each of three copies: the last is the first that is whole
    monkeypatch.setattr(Disk, "_written_at", lambda _: next(moments))
    disk.go_on_with(disk.copy_as_after_power_cut())
    assert list(moments) == []
