"""One Chromium and one arena for all tests of pages: both take seconds to start."""

from collections.abc import AsyncIterator, Iterator

import pytest

from support.arena import an_arena
from support.browser import BROWSERS, program
from support.databases import new_database
from support.pages import Arena, Pages, chromium


@pytest.fixture(scope="package")
async def arena(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Arena]:
    """A running system with a tenant `arena`. Tests add to it; they do not count on being alone."""
    async with new_database(database_url) as url, an_arena(url, tmp_path_factory.mktemp("arena")) as made:
        yield made


@pytest.fixture(scope="package")
def pages(arena: Arena) -> Iterator[Pages]:
    """Pages of the arena in a browser."""
    if program(BROWSERS) is None:
        pytest.skip(f"not on this machine: {' or '.join(BROWSERS)}")
    with chromium() as browser:
        yield Pages(browser, arena)
