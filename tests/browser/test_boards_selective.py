"""Boards with eligibility or count-back in a real browser: their way through time, and their files."""

import time

import pytest
from playwright.sync_api import Page

from support.boards_seen import query_of, scores, send, until, vote
from support.embedding import declare
from support.pages import Arena, Pages, check_axe, fits

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]
RULES = {"tieRule": "countback", "eligibility": {"minFans": 2}}


@pytest.fixture(scope="module")
def board(arena: Arena) -> str:
    """A board on which somebody stands only since a moment ago, because a second fan has come."""
    event = f"night-{time.time_ns()}"
    declare(arena, "fair", windows=["all"], filters={"event": event}, publicTotal=False, visibility="private", **RULES)
    send(arena.tenant, [vote("hostile", 3, userId=fan, eventId=event) for fan in ("p", "q")])
    send(arena.tenant, [vote("rtl", 9, userId="p", eventId=event)])
    arena.tenant.wait_until_caught_up()
    told = arena.tenant.get("/api/leaderboards", board="fair")
    assert [row["id"] for row in told["rows"]] == ["hostile"]
    send(arena.tenant, [vote("rtl", 1, userId="q", eventId=event)])
    arena.tenant.wait_until_caught_up()
    return ".".join(map(str, told["position"]))


def test_a_board_with_rules_is_shown_as_it_stood_with_and_without_a_script(
    pages: Pages, arena: Arena, board: str
) -> None:
    for script in (True, False):
        with pages.open("boards/fair", java_script_enabled=script) as page:
            assert shown(page) == ["rtl", "hostile"]
        with pages.open(f"boards/fair?as_of={board}", java_script_enabled=script) as page:
            assert shown(page) == ["hostile"]
            if script:
                score = page.locator("#rows .figures").first
                score.click()
                page.locator("#why-inside .why").wait_for()
                assert page.locator("#why-inside .why").get_attribute("data-value") == "6"


def test_its_slider_shows_what_the_api_shows_as_of_that_moment(pages: Pages, arena: Arena, board: str) -> None:
    with pages.open("boards/fair") as page:
        until(page, "!document.getElementById('moment').hidden")
        slider = page.get_by_role("slider", name="As of")
        slider.focus()
        page.keyboard.press("ArrowLeft")
        until(page, "new URLSearchParams(location.search).has('as_of')")
        as_of = query_of(page)["as_of"]
        told = arena.tenant.get("/api/leaderboards", board="fair", as_of=as_of)
        until(page, "document.getElementById('time').dataset.state === 'asof'")
        assert scores(page) == [(row["id"], row["score"]) for row in told["rows"]]
        page.reload()
        assert scores(page) == [(row["id"], row["score"]) for row in told["rows"]]
        fits(page)
        check_axe(page)


def test_its_file_is_its_rows_now_and_then(pages: Pages, arena: Arena, board: str) -> None:
    for query, rows in (("", ["rtl", "hostile"]), (f"?as_of={board}", ["hostile"])):
        with pages.open(f"boards/fair{query}") as page:
            with page.expect_download() as waiting:
                page.get_by_role("link", name="CSV", exact=True).click()
            assert waiting.value.suggested_filename == "fair-all.csv"
            lines = waiting.value.path().read_text("utf-8").splitlines()
            assert [line.split(",")[1] for line in lines[1:]] == rows


def shown(page: Page) -> list[str]:
    found: list[str] = page.locator("#rows tr").evaluate_all("(rows) => rows.map((row) => row.dataset.id)")
    return found
