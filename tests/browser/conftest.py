"""One Chromium and one arena for all tests of pages: both take seconds to start."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from support.arena import an_arena
from support.background import held
from support.browser import BROWSERS, program
from support.databases import new_database
from support.pages import AXE, Arena, Pages, chromium


@pytest.fixture(scope="package")
def arena(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    """A running system with a tenant `arena`. Tests add to it; they do not count on being alone."""
    with held(new_database(database_url)) as url, held(an_arena(url, tmp_path_factory.mktemp("arena"))) as made:
        yield made


@pytest.fixture(scope="module")
def fresh_database(database_url: str) -> Iterator[str]:
    """As everywhere, but made beside the loop of a browser that may be open already."""
    with held(new_database(database_url)) as url:
        yield url


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The Chromium; the test is skipped where there is none."""
    if program(BROWSERS) is None:
        pytest.skip(f"not on this machine: {' or '.join(BROWSERS)}")
    if not AXE.exists():
        pytest.skip("axe-core is not installed: `npm ci` in frontend")
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="package")
def pages(browser: Browser, arena: Arena) -> Pages:
    """Pages of the arena in a browser."""
    return Pages(browser, arena)
