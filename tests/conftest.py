"""Servers that tests share: one embedded PostgreSQL and one Valkey a session, as durable as in real use."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from coliseum import upgrade
from coliseum.local.postgres import EmbeddedPostgres
from coliseum.local.valkey import EmbeddedValkey
from support.databases import new_database


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


@pytest.fixture(scope="session")
async def template(database_url: str) -> AsyncIterator[str]:
    """The name of a database of this version without a tenant, to which nobody is connected."""
    async with new_database(database_url) as url:
        await upgrade.upgrade(url)
        yield urlsplit(url).path.removeprefix("/")


@pytest.fixture(scope="module")
async def fresh_database(database_url: str) -> AsyncIterator[str]:
    """The URL of a new, empty database for one test module; it is dropped afterwards."""
    async with new_database(database_url) as url:
        yield url


@pytest.fixture(scope="module")
async def migrated_database(database_url: str, template: str) -> AsyncIterator[str]:
    """As `fresh_database`, but brought up to this version."""
    async with new_database(database_url, template) as url:
        yield url


LONG = ("acceptance", "crash")
"""Folders of which everything takes long: whole systems that run, and every step that is broken."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what takes long (`make test-long`); modules elsewhere say it themselves."""
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).parts[0] in LONG:
            item.add_marker(pytest.mark.long)
