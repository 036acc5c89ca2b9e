"""The page of leaderboards in a real browser: what can be chosen, what moves, and what a number is the sum of."""

import gzip
import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from support.boards_seen import LIVE, NUMBERS, answered, query_of, rows, scores, swapped, until
from support.pages import HOSTILE, LONG, RIGHT_TO_LEFT, SIZES, THEMES, Arena, Pages, Theme, allow, check_axe, fits

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]
WEIGHT_MAX = 120_000


def field(page: Page, label: str) -> Locator:
    return page.locator("#ask").get_by_label(label, exact=True)


def more(page: Page) -> None:
    page.locator(".more > summary").first.click()


def chosen(label: str, value: str, *, hidden: bool = False) -> Callable[[Page], None]:
    """Choose a value of a control; ``hidden``: among those that are not always shown."""

    def choose(page: Page) -> None:
        if hidden:
            more(page)
        field(page, label).select_option(value)

    return choose


def typed(label: str, text: str, *, hidden: bool = False) -> Callable[[Page], None]:
    """Type a text into a control, and Enter."""

    def choose(page: Page) -> None:
        if hidden:
            more(page)
        field(page, label).fill(text)
        page.keyboard.press("Enter")

    return choose


CHOICES: list[tuple[str, Callable[[Page], None], dict[str, str]]] = [
    ("metric", chosen("Counted", "plays"), {"metric": "plays"}),
    ("kind", chosen("Of", "event"), {"entity": "event"}),
    ("window", chosen("Window", "7d"), {"window": "7d"}),
    ("range", chosen("Window", "custom"), {"window": "custom"}),
    ("around", typed("Around", "kites"), {"around": "kites"}),
    ("genre", typed("Genre", "noise", hidden=True), {"genre": "noise"}),
    ("members", typed("Only these ids", "hostile,rtl", hidden=True), {"members": "hostile,rtl"}),
    ("ranking", chosen("Ranks of equals", "dense", hidden=True), {"ranking": "dense"}),
    ("rows", chosen("Rows", "10", hidden=True), {"limit": "10"}),
    ("place", typed("From place", "4", hidden=True), {"place": "4"}),
]


@pytest.mark.parametrize(("name", "choose", "said"), CHOICES, ids=[name for name, *_ in CHOICES])
def test_every_control_changes_the_board_and_its_address_and_back_undoes_it(
    pages: Pages, arena: Arena, name: str, choose: Callable[[Page], None], said: dict[str, str]
) -> None:
    with pages.open("boards") as page:
        until(page, "window.htmx !== undefined")
        before = [entity for entity, _ in scores(page)]
        with swapped(page):
            choose(page)
        asked = query_of(page)
        assert said.items() <= asked.items(), (name, asked)
        assert "was" not in asked
        asked.setdefault("metric", "votes")
        if name == "around":
            assert page.locator("tr.mine .name").inner_text() == "Seven Kites East"
        else:
            assert scores(page) == answered(arena.tenant, limit=50, **{n: v for n, v in asked.items() if n != "limit"})[
                : int(asked.get("limit", 50))
            ]  # fmt: skip
        page.go_back()
        until(page, "(before) => JSON.stringify([...document.querySelectorAll('#rows tr')].map((row) => row.dataset.id))"
                    " === JSON.stringify(before)", before)  # fmt: skip
        assert query_of(page) == {}
        until(page, LIVE)


def test_the_modes_are_trending_breaking_and_seasons(pages: Pages, arena: Arena) -> None:
    with pages.open("boards") as page:
        until(page, "window.htmx !== undefined")
        for mode, path in (("trending", "/api/trending"), ("breaking", "/api/breaking")):
            with swapped(page):
                field(page, "Show").select_option(mode)
            told = arena.tenant.get(path, metric="votes", limit=20)
            shown = [entity for entity, _ in rows(page)]
            assert shown[: len(told["rows"])] == [row["id"] for row in told["rows"]]
            assert query_of(page) == {"mode": mode, "metric": "votes"}
        with swapped(page):
            field(page, "Show").select_option("season")
        assert "No season here yet" in page.locator("#boards").inner_text()


@pytest.mark.parametrize(
    "query", ["metric=votes", "metric=money_spent&window=week", "metric=plays&entity=track&window=7d", "metric=voters"]
)
def test_the_drawer_of_a_row_adds_up_to_its_score(pages: Pages, query: str) -> None:
    with pages.open(f"boards?{query}") as page:
        score = int(page.locator("#rows .figures").nth(1).get_attribute("data-value") or "")
        page.locator("#rows .figures").nth(1).click()
        inside = page.locator("#why-inside .why")
        expect(inside).to_be_visible()
        assert int(inside.get_attribute("data-value") or "") == score
        total, count = 0, 0
        while True:
            total += int(page.locator("#page-sum").get_attribute("data-sum") or "")
            count += page.locator(".entries tbody tr").count()
            following = page.locator("#why-inside a[rel=next]")
            if not following.count():
                break
            first = page.locator(".entries tbody tr code").first.inner_text()
            following.click()
            until(page, "(first) => document.querySelector('.entries tbody tr code')?.textContent !== first", first)
        if "voters" not in query:
            assert total == score
        told = re.search(r"([\d,]+) log entr", inside.inner_text().replace("one log", "1 log"))
        assert told is not None
        assert int(told[1].replace(",", "")) == count
        check_axe(page)
        page.keyboard.press("Escape")
        expect(page.locator("#why")).not_to_be_visible()


def test_without_a_script_the_number_leads_to_a_page_of_its_entries(pages: Pages, arena: Arena) -> None:
    with pages.open("boards?window=week", java_script_enabled=False) as page:
        score = page.locator("#rows .figures").first.inner_text()
        page.locator("#rows .figures").first.click()
        assert page.locator("h1").inner_text().startswith(score)
        assert page.locator(".entries tbody tr").count() > 0
    with pages.open("boards", java_script_enabled=False) as page:
        field(page, "Counted").select_option("plays")
        field(page, "Of").select_option("event")  # plays has no events
        page.get_by_role("button", name="Show").click()
        assert query_of(page) == {"metric": "plays", "entity": "track"}
        shown = page.locator("#rows tr").evaluate_all("(rows) => rows.map((row) => row.dataset.id)")
        assert shown == [entity for entity, _ in answered(arena.tenant, metric="plays", entity="track", limit=50)]


def test_the_page_weighs_little(pages: Pages) -> None:
    with pages.context() as context, pages.page(context) as page:
        sizes: dict[str, int] = {}
        page.on("response", lambda answer: sizes.update(
            {urlsplit(answer.url).path: len(gzip.compress(answer.body(), 6, mtime=0))}
            if re.search(r"html|css|javascript", answer.headers.get("content-type", "")) else {}
        ))  # fmt: skip
        page.goto(pages.url("boards?window=week&limit=100"), wait_until="networkidle")
        until(page, LIVE)
        total = sum(sizes.values())
        print(f"{total:,} B of HTML, CSS and JS compressed, in {len(sizes)} files:", sorted(sizes.items()))  # noqa: T201
        assert any(path.endswith("htmx.min.js") for path in sizes)
        assert total <= WEIGHT_MAX


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_and_everything_fits(pages: Pages, size: str, theme: Theme) -> None:
    queries = ("", "?window=week&around=rtl", "?mode=trending", "?mode=breaking&min_support=1", "/history")
    with pages.context(size=size, theme=theme) as context:
        for query in queries:
            with pages.page(context) as page:
                page.goto(pages.url(f"boards{query}"))
                page.locator(".more > summary").first.click() if page.locator(".more").count() else None
                fits(page)
                check_axe(page)


def test_hostile_names_are_shown_as_they_are(pages: Pages) -> None:
    with pages.open("boards?window=week&members=hostile,rtl,long") as page:
        until(page, LIVE)
        names = page.locator("#rows .name").all_inner_texts()
        assert sorted(names) == sorted([HOSTILE, RIGHT_TO_LEFT, LONG[:256].strip()])
        assert page.evaluate("document.body.dataset.hacked") is None
        page.locator('tr[data-id="hostile"] .figures').click()
        expect(page.locator("#why-inside strong")).to_have_text(HOSTILE)
        assert page.evaluate("document.body.dataset.hacked") is None
        fits(page)


def test_what_is_wrong_in_an_address_is_said_with_what_is_allowed(pages: Pages) -> None:
    for query, field in (("metric=applause", "metric"), ("metric=votes&entity=track", "entity"), ("window=era", "window"),
                         ("colour=red", "colour"), ("limit=500", "limit"), ("place=1&around=abba", "around")):  # fmt: skip
        with pages.open(f"boards?{query}") as page:
            allow(page, "400")
            problem = page.locator("#problem")
            assert problem.get_attribute("data-field") == field
            assert problem.inner_text()
            assert page.locator("#ask").is_visible()
            check_axe(page)


def test_a_viewer_sees_no_fans_and_takes_nothing_away(pages: Pages) -> None:
    with pages.open("boards?metric=votes", role="viewer") as page:
        assert "fan" not in page.locator("#f-entity option").evaluate_all("(all) => all.map((each) => each.value)")
        assert page.get_by_role("link", name="CSV").count() == 0
        assert page.locator("#declare").count() == 0
        page.locator("#rows .figures").first.click()
        expect(page.locator(".entries tbody tr").first).to_contain_text("a fan")
        assert page.locator(".entries tbody a").count() == 0
        for path in ("boards?metric=votes&entity=fan", "boards/export?metric=votes&format=csv",
                     "explain?metric=votes&entity=fan&id=fan-1", "boards/votes-fan"):  # fmt: skip
            assert page.context.request.get(pages.url(path)).status in (403, 404), path


def test_a_board_is_taken_away_as_a_file(pages: Pages, arena: Arena) -> None:
    with pages.open("boards?metric=votes&limit=10") as page:
        for kind in ("CSV", "NDJSON", "PARQUET"):
            with page.expect_download() as waiting:
                page.get_by_role("link", name=kind, exact=True).click()
            content = waiting.value.path().read_bytes()
            assert content
            if kind == "NDJSON":
                assert content.count(b"\n") == arena.tenant.get("/api/leaderboards", metric="votes")["members"]


def test_a_board_is_saved_and_made_public_and_private_again(pages: Pages, arena: Arena) -> None:
    name = f"saved-{next(NUMBERS)}-{time.time_ns()}"
    with pages.open("boards?window=week&genre=noise") as page:
        page.get_by_text("Save this board, or make it public").click()
        page.get_by_label("Title").fill(HOSTILE)
        page.get_by_label("Name in addresses").fill(name)
        page.get_by_label("Anybody may read it").check()
        page.get_by_role("button", name="Save").click()
        page.wait_for_url(f"**/boards/{name}")
        assert page.locator("h1").inner_text().upper() == HOSTILE.upper()
        address = page.get_by_label("Public address").input_value()
        public = page.context.request.get(address)
        assert [row["id"] for row in public.json()["rows"]] == [entity for entity, _ in scores(page)]
        assert f'board="{name}"' in page.get_by_label("To put it into a page of yours").input_value()
        check_axe(page)
        with page.expect_navigation():
            page.get_by_role("button", name="Make it private again").click()
        until(page, "document.getElementById('public-address') === null")
        assert page.locator(".tabs a[aria-current]").inner_text() == HOSTILE
    assert arena.tenant.get(f"/api/boards/{name}")["declaration"]["visibility"] == "private"


def test_pages_of_boards_at_all_sizes(pages: Pages) -> None:
    pages.shoot("boards", "boards?window=week", prepare=lambda page: until(page, LIVE))
