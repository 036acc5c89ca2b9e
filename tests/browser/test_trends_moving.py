"""Trending and breaking boards move by themselves in a real browser: as what is counted moves, and not otherwise."""

import itertools
import time

import pytest
from playwright.sync_api import Page, expect

from coliseum.events.fields import WEIGHT_MAX
from support.boards_seen import LIVE, send, until, vote
from support.pages import Arena, Pages

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]
TURNS = itertools.count(1)
WATCHED = """
() => {
  window.moved = 0;
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (...args) { window.moved += 1; return animate.apply(this, args); };
}
"""


def most(artist: str) -> list[dict[str, object]]:
    """More votes for somebody than anybody else of this module has, or had in other modules."""
    return [vote(artist, WEIGHT_MAX) for _ in range(20 * next(TURNS))]


def order(page: Page) -> list[str]:
    """Whose the rows are."""
    found: list[str] = page.evaluate("[...document.querySelectorAll('#rows tr')].map((row) => row.dataset.id)")
    return found


def seen(page: Page) -> dict[str, list[str]]:
    """The texts of each row."""
    found: dict[str, list[str]] = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('#rows tr')].map((row) => [row.dataset.id,"
        " [...row.cells].map((cell) => cell.textContent.trim().replace(/\\s+/g, ' '))]))"
    )
    return found


@pytest.mark.parametrize("mode", ["trending", "breaking"])
def test_votes_move_the_board_in_another_window(pages: Pages, arena: Arena, mode: str) -> None:
    with pages.open(f"boards?mode={mode}&limit=25") as page:
        until(page, LIVE)
        page.evaluate(WATCHED)
        took = []
        for turn in range(5):
            mover = f"{mode}-{turn}-{time.time_ns()}"
            sent = time.perf_counter()
            send(arena.tenant, most(mover))
            until(page, "(id) => document.querySelector('#rows tr')?.dataset.id === id", mover)
            took.append(time.perf_counter() - sent)
        # The figure is what this test is for.
        print(f"a vote moved {mode} in {', '.join(f'{each * 1000:.0f}' for each in took)} ms")  # noqa: T201
        assert page.evaluate("window.moved") > 0
        assert sorted(took)[2] < 2.0  # hours are compared at most twice a second, and after a long reading more rarely
        expect(page.locator("#rows tr").first.locator(".rank")).to_have_text("1")


@pytest.mark.parametrize("mode", ["trending", "breaking"])
def test_what_is_drawn_is_what_the_server_renders(pages: Pages, arena: Arena, mode: str) -> None:
    support = "&min_support=1" if mode == "breaking" else ""
    with pages.open(f"boards?mode={mode}{support}&limit=25") as page:
        until(page, LIVE)
        send(arena.tenant, most(f"drawn-{mode}"))
        until(page, "(id) => document.querySelector('#rows tr')?.dataset.id === id", f"drawn-{mode}")
        drawn, links = seen(page), links_of(page)
        page.reload()
        assert (seen(page), links_of(page)) == (drawn, links)


def links_of(page: Page) -> list[str]:
    """Where the numbers of the first row lead, without the place in the log and the way in which instants are said."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('#rows tr:first-child a[data-why]')].map((link) => {"
        " const asked = new URL(link.href).searchParams;"
        " return ['metric', 'entity', 'id'].map((name) => asked.get(name)).join()"
        "  + ['from', 'to'].map((name) => Date.parse(asked.get(name))).join(); })"
    )
    return found


def test_nothing_is_sent_while_nothing_moves_or_nobody_looks(pages: Pages, arena: Arena) -> None:
    with pages.open("boards?mode=trending") as page:
        frames: list[str] = []
        page.on("websocket", lambda socket: socket.on("framereceived", lambda data: frames.append(str(data))))
        page.reload()
        until(page, LIVE)
        arena.tenant.wait_until_caught_up()
        page.wait_for_timeout(2_500)
        before = len(frames)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.wait_for_timeout(3_000)
        assert (len(frames) - before, asked) == (0, [])
        page.evaluate("() => { Object.defineProperty(document, 'hidden', { value: true, configurable: true });"
                      "document.dispatchEvent(new Event('visibilitychange')); }")  # fmt: skip
        top = order(page)[0]
        send(arena.tenant, most("unseen"))
        arena.tenant.wait_until_caught_up()
        page.wait_for_timeout(1_500)
        assert order(page)[0] == top
        page.evaluate("() => { delete document.hidden; document.dispatchEvent(new Event('visibilitychange')); }")
        until(page, "(id) => document.querySelector('#rows tr')?.dataset.id === id", "unseen")


def test_a_past_hour_stands_still(pages: Pages, arena: Arena) -> None:
    with pages.open("boards?mode=trending&at=2026-01-01T00:00:00Z") as page:
        expect(page.locator("#pause")).to_be_hidden()
