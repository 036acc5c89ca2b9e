"""A run of retention that is broken off says no goodbye to a server that may not answer."""

import asyncio

import pytest

from coliseum import db
from coliseum.privacy.retention import _connected


class Silent:
    """A connection to a server that has stopped answering: it cannot be closed, and can be given up."""

    def __init__(self) -> None:
        self.closed = self.given_up = False

    async def close(self, **_given: float) -> None:
        self.closed = True
        await asyncio.Event().wait()

    def terminate(self) -> None:
        self.given_up = True


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Silent:
    made = Silent()

    async def connect(_url: str, _right: str) -> Silent:
        return made

    monkeypatch.setattr(db, "connect", connect)
    return made


async def hold() -> None:
    async with _connected(db.Database(""), "processor"):
        await asyncio.Event().wait()


async def test_a_run_that_is_cancelled_gives_its_connection_up_at_once(silent: Silent) -> None:
    run = asyncio.create_task(hold())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    run.cancel()
    await asyncio.wait([run], timeout=2)
    assert run.cancelled()
    assert silent.given_up
    assert not silent.closed


async def test_so_does_one_that_takes_too_long(silent: Silent) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await hold()
    assert silent.given_up
