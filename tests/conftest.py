"""Servers that tests share: one embedded PostgreSQL and one Valkey a session, as durable as in real use."""

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from coliseum import db
from coliseum.local.postgres import EmbeddedPostgres
from coliseum.local.valkey import EmbeddedValkey

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def servers_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder for the session's servers."""
    return tmp_path_factory.mktemp("servers")


@pytest.fixture(scope="session")
def database_url(servers_dir: Path) -> Iterator[str]:
    """The URL of a running, empty PostgreSQL; use `fresh_database` for a database of one's own."""
    server = EmbeddedPostgres(servers_dir, "tests only", shared_buffers="32MB", max_wal_size="256MB")
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


@pytest.fixture(scope="session")
def valkey_url(servers_dir: Path) -> Iterator[str]:
    """The URL of a running Valkey, shared by all tests: keys must carry a name of the test's own."""
    server = EmbeddedValkey(servers_dir, "tests-only")
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


@pytest.fixture(scope="module")
async def fresh_database(database_url: str) -> AsyncIterator[str]:
    """The URL of a new, empty database for one test module; it is dropped afterwards."""
    name = f"test_{next(NUMBERS)}"
    connection = await db.connect(database_url)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
        yield urlsplit(database_url)._replace(path=f"/{name}").geturl()
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()
