"""Boards that move in a real browser: with what is counted now, and through what was counted before."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from support.boards_seen import LIVE, answered, query_of, scores, send, until, vote
from support.live_people import account
from support.pages import Arena, Pages, check_axe, fits

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]
CROWD = 10_000


def test_a_vote_moves_the_board_in_another_window_within_a_second(pages: Pages, arena: Arena) -> None:
    with pages.open("boards?limit=25") as page:
        until(page, LIVE)
        took = []
        for _ in range(5):
            (leader, most), *_ = scores(page)
            mover, score = scores(page)[3]
            sent = time.perf_counter()
            send(arena.tenant, [vote(mover, most - score + 1)])
            until(page, "(id) => document.querySelector('#rows tr').dataset.id === id", mover)
            took.append(time.perf_counter() - sent)
            assert scores(page)[1][0] == leader
            expect(page.locator("#rows tr").first.locator(".rank")).to_have_text("1")
        # The figure is what this test is for.
        print(f"a vote moved the board in {', '.join(f'{each * 1000:.0f}' for each in took)} ms")  # noqa: T201
        assert sorted(took)[2] < 1.0  # what else the machine does may hold one of them up
        until(page, "document.querySelector('#rows .figures').textContent === document.querySelector('#rows .figures')"
                    ".dataset.value.replace(/\\B(?=(\\d{3})+(?!\\d))/g, ',')")  # fmt: skip


def test_rows_are_led_to_their_new_places_unless_nothing_should_move(pages: Pages, arena: Arena) -> None:
    for calm in ("no-preference", "reduce"):
        with pages.open("boards?window=week", reduced_motion=calm) as page:
            until(page, LIVE)
            page.evaluate(
                "() => { window.moved = 0; const animate = Element.prototype.animate;"
                "Element.prototype.animate = function (...args) { window.moved += 1; return animate.apply(this, args); }; }"
            )
            (_, most), _, (third, score), *_ = scores(page)
            send(arena.tenant, [vote(third, most - score + 1)])
            until(page, "(id) => document.querySelector('#rows tr').dataset.id === id", third)
            assert (page.evaluate("window.moved") > 0) is (calm == "no-preference")


def test_a_paused_board_stands_still_and_goes_on(pages: Pages, arena: Arena) -> None:
    with pages.open("boards?window=month") as page:
        until(page, LIVE)
        page.get_by_role("button", name="Pause").click()
        before = scores(page)
        send(arena.tenant, [vote(before[-1][0], 1)])
        arena.tenant.wait_until_caught_up()
        until(page, "document.getElementById('state-said').textContent.startsWith('Paused')")
        assert scores(page) == before
        page.get_by_role("button", name="Pause").click()
        until(page, "(score) => Number(document.querySelector('#rows tr:last-child .figures').dataset.value) === score",
              before[-1][1] + 1)  # fmt: skip


def test_the_slider_shows_what_the_api_shows_as_of_that_moment(pages: Pages, arena: Arena) -> None:
    with pages.open("boards?entity=event") as page:
        until(page, LIVE)
        slider = page.get_by_role("slider", name="As of")
        slider.focus()
        page.keyboard.press("ArrowLeft")
        until(page, "document.getElementById('time').dataset.state === 'asof'")
        until(page, "new URLSearchParams(location.search).has('as_of')")
        as_of = query_of(page)["as_of"]
        assert scores(page) == answered(arena.tenant, metric="votes", entity="event", as_of=as_of, limit=50)
        told = arena.tenant.get("/api/leaderboards", metric="votes", entity="event", as_of=as_of)
        assert page.locator("#position").inner_text() == ".".join(map(str, told["position"]))
        page.reload()
        assert scores(page) == answered(arena.tenant, metric="votes", entity="event", as_of=as_of, limit=50)
        assert "As of" in page.locator("#state-said").inner_text()
        assert page.locator("#moment").input_value() != page.locator("#moment").get_attribute("max")
        page.locator("#to-now").click()
        until(page, LIVE)
        assert "as_of" not in query_of(page)


def test_history_is_played_step_by_step_up_to_now(pages: Pages, arena: Arena) -> None:
    with pages.open("boards?metric=plays") as page:
        until(page, LIVE)
        page.evaluate("document.getElementById('moment').value = 0")
        page.get_by_role("button", name="Play history").click()
        until(page, "document.getElementById('time').dataset.state === 'asof'")
        until(page, LIVE)
        until(page, "document.getElementById('play').textContent === 'Play history'")
        assert scores(page) == answered(arena.tenant, metric="plays", limit=50)


def test_a_typed_moment_is_the_tenants_local_time_and_works_without_a_script(pages: Pages, arena: Arena) -> None:
    moment = (datetime.now(UTC) + timedelta(minutes=-1)).strftime("%Y-%m-%dT%H:%M")
    with pages.open("boards", java_script_enabled=False) as page:
        page.locator("#f-asof").fill(moment)
        page.get_by_role("button", name="Go").click()
        as_of = query_of(page)["as_of"]
        assert as_of == f"{moment}:00Z"
        told = arena.tenant.get("/api/leaderboards", metric="votes", as_of=as_of, limit=50)
        shown = page.locator("#rows tr").evaluate_all("(rows) => rows.map((row) => row.dataset.id)")
        assert shown == [row["id"] for row in told["rows"]]


@pytest.fixture(scope="module")
def crowd(arena: Arena) -> Arena:
    """A tenant with ten thousand artists, each with votes."""
    slug = f"crowd-{time.time_ns()}"
    tenant = arena.system.create_tenant(slug)
    send(tenant, [vote(f"artist-{number:05}", 1 + number * 7919 % 1_000) for number in range(CROWD)])
    with ThreadPoolExecutor(1) as aside:  # the browser's own loop runs in this thread
        aside.submit(asyncio.run, account(arena.system, f"owner@{slug}.example", slug, role="owner")).result()
    tenant.wait_until_caught_up()
    return Arena(arena.system, tenant, {"owner": f"owner@{slug}.example"})


def test_ten_thousand_rows_are_no_burden(pages: Pages, crowd: Arena) -> None:
    with Pages(pages.browser, crowd).open("boards?limit=100") as page:
        until(page, LIVE)
        assert page.locator("#members").inner_text() == "10,000"
        first = scores(page)
        assert len(first) == 100
        page.get_by_role("link", name="Next 100").click()
        until(page, "document.querySelector('#rows .rank').textContent !== '1'")
        assert len({entity for entity, _ in [*first, *scores(page)]}) == 200
        page.goto(page.url.partition("?")[0] + "?limit=100&place=9951")
        until(page, LIVE)
        last = scores(page)
        assert (len(last), last[-1][1]) == (50, 1)
        send(crowd.tenant, [vote(last[-1][0], 1_000)])  # from the last place to the first
        until(page, "(id) => !document.querySelector(`tr[data-id='${id}']`)", last[-1][0])
        assert page.evaluate("document.querySelectorAll('*').length") < 2_500
        page.goto(page.url.partition("?")[0] + "?around=artist-05000")
        assert page.locator("#rows tr").count() == 11
        assert page.locator("tr.mine").get_attribute("data-id") == "artist-05000"
        fits(page)
        check_axe(page)
