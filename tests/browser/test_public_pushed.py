"""A public board in a foreign page is pushed; where it cannot be, it is asked for; while nobody looks, nothing happens."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from support.boards_seen import until
from support.embedding import SOON_MS, Visit, declare, visiting, vote
from support.pages import Arena, Pages
from support.sites import site

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]
BOARD = "pushed"
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>a site</title>
<coliseum-leaderboard tenant="arena" board="pushed" limit="5"></coliseum-leaderboard>
<script src="{server}/embed/coliseum-widgets.js" defer></script></html>"""
FIRST = "(name) => document.querySelector('coliseum-leaderboard')?.shadowRoot?.querySelector('tbody .name')?.textContent === name"
STREAM = f"/boards/{BOARD}/events"


@pytest.fixture(scope="module", autouse=True)
def board(arena: Arena) -> None:
    declare(arena, BOARD)


@contextmanager
def shown(arena: Arena, pages: Pages) -> Iterator[tuple[Page, Visit]]:
    """A page of another site that shows it, with its first rows."""
    with site({"/page": PAGE.format(server=arena.system.url)}) as origin, visiting(pages, origin) as visit:
        expect(visit.page.locator("coliseum-leaderboard tbody tr").first).to_be_visible(timeout=SOON_MS)
        yield visit.page, visit


def asked(visit: Visit) -> tuple[int, int]:
    """How often the stream was opened, and how often the board was asked for."""
    urls = [request.url for request in visit.asked if "/api/public/" in request.url]
    streams = sum(STREAM in url for url in urls)
    return streams, len(urls) - streams


def leader(name: str) -> str:
    """A name of this run's own."""
    return f"{name}-{time.time_ns()}"


def test_a_vote_moves_a_public_board_within_a_second(arena: Arena, pages: Pages) -> None:
    with shown(arena, pages) as (page, visit):
        until(page, FIRST, lead(arena, page))  # from here on it is pushed
        before = asked(visit)
        took = []
        for _ in range(5):
            began = time.perf_counter()
            until(page, FIRST, lead(arena, page))
            took.append(time.perf_counter() - began)
        # The figure is what this test is for.
        print(f"a vote moved a public board in {', '.join(f'{each * 1000:.0f}' for each in took)} ms")  # noqa: T201
        assert sorted(took)[2] < 1.0  # what else the machine does may hold one of them up
        assert asked(visit) == before == (1, before[1])  # and nothing was asked for meanwhile
        assert all("cookie" not in request.all_headers() for request in visit.asked)
        assert not visit.wrong


def lead(arena: Arena, page: Page) -> str:
    """Vote for somebody new until they lead; who that is."""
    name = leader("lead")
    best = page.evaluate(
        "Number(document.querySelector('coliseum-leaderboard').shadowRoot.querySelector('tbody .score').textContent.replace(/,/g, ''))"
    )
    vote(arena, name, 1_000, times=best // 1_000 + 1)
    return name


def test_without_a_stream_it_is_asked_for(arena: Arena, pages: Pages) -> None:
    with site({"/page": PAGE.format(server=arena.system.url)}) as origin, visiting(pages, origin) as visit:
        visit.page.route(f"**{STREAM}*", lambda route: route.abort())
        visit.page.reload()
        expect(visit.page.locator("coliseum-leaderboard tbody tr").first).to_be_visible(timeout=SOON_MS)
        until(visit.page, FIRST, lead(arena, visit.page))


def test_a_page_that_nobody_sees_holds_no_stream_and_asks_for_nothing(arena: Arena, pages: Pages) -> None:
    with shown(arena, pages) as (page, visit):
        until(page, FIRST, lead(arena, page))
        page.evaluate("() => { Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });"
                      "document.dispatchEvent(new Event('visibilitychange')); }")  # fmt: skip
        page.wait_for_timeout(300)
        before = asked(visit)
        unseen = lead(arena, page)
        page.wait_for_timeout(7_000)
        assert asked(visit) == before
        assert not page.evaluate(FIRST, unseen)
        page.evaluate(
            "() => { delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange')); }"
        )
        until(page, FIRST, unseen)


def test_a_board_that_is_made_private_is_pushed_no_more(arena: Arena, pages: Pages) -> None:
    with shown(arena, pages) as (page, _visit):
        until(page, FIRST, lead(arena, page))
        declare(arena, BOARD, visibility="private", publicTotal=False)
        try:
            expect(page.locator("coliseum-leaderboard .note")).to_be_visible(timeout=SOON_MS)
        finally:
            declare(arena, BOARD)
