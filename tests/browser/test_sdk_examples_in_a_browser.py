"""The examples of the browser package on a foreign site: each does what it says, and nothing without consent."""

import re
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from support.browser import program
from support.embedding import BOARD, SOON_MS, declare, public, visiting
from support.pages import Arena, Pages, check_axe
from support.sites import SDK, site

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]
NODE = program(("node",))
BUILDS = NODE is not None and (SDK / "node_modules" / "esbuild").exists()


@pytest.fixture(scope="module")
def origin(arena: Arena, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The examples, on a site of their own, with what is different everywhere filled in."""
    declare(arena, BOARD)
    browser_key = arena.system.cli("key", "create", "arena", "--browser").strip().splitlines()[-1]
    built = tmp_path_factory.mktemp("built")
    if BUILDS:
        subprocess.run([NODE or "", "scripts/examples.mjs", str(built)], cwd=SDK, check=True, timeout=60)
    said = {
        "https://coliseum.example": arena.system.url, "cs_browser_KEY": browser_key,
        '"demo"': '"arena"', '"finals"': f'"{BOARD}"',
    }  # fmt: skip
    with site({}, said=said, built=built) as where:
        yield where


def votes(arena: Arena, artist: str) -> int:
    arena.tenant.wait_until_caught_up()
    found = arena.tenant.get("/api/explain", metric="votes", entity="artist", id=artist, event="final")["entries"]
    return len(found)


def test_without_consent_nothing_is_sent_and_with_it_each_vote_once(arena: Arena, pages: Pages, origin: str) -> None:
    with visiting(pages, origin, "/examples/track.html") as visit:
        page = visit.page
        page.get_by_text("Vote for ABBA").click()
        expect(page.locator("#said")).to_have_text("not sent: no consent")
        page.get_by_text("I do not").click()
        page.get_by_text("Vote for ABBA").click()
        page.goto("about:blank")  # nothing on leaving, either
        assert not [request.url for request in visit.asked if "/api/" in request.url]
        page.goto(origin + "/examples/track.html")
        assert page.evaluate("Object.keys(localStorage)") == ["agreed"]
        page.get_by_text("I agree").click()
        page.context.set_offline(True)
        page.get_by_text("Vote for ABBA").click()
        expect(page.locator("#said")).to_have_text(re.compile("sent as"))
        page.context.set_offline(False)
        page.reload()  # what was tracked without a network is sent by the next page
        page.get_by_text("Vote for ABBA").click()
        page.goto("about:blank")
        arena.system.wait_for(lambda: votes(arena, "abba") >= 2, "both votes", 20)
        assert votes(arena, "abba") == 2
        assert page.context.cookies() == []
        check = [line for line in visit.wrong if "ERR_INTERNET_DISCONNECTED" not in line]
        assert not check


@pytest.mark.parametrize("name", ["leaderboard", "counter"])
def test_an_example_of_a_widget_shows_it(arena: Arena, pages: Pages, origin: str, name: str) -> None:
    with visiting(pages, origin, f"/examples/{name}.html") as visit:
        for widget in visit.page.locator(f"coliseum-{name}").all():
            shown = widget.locator("tbody tr").first if name == "leaderboard" else widget.locator(".moving")
            expect(shown).to_be_visible(timeout=SOON_MS)
        check_axe(visit.page)
        assert not visit.wrong


@pytest.mark.skipif(not BUILDS, reason="the packages of sdk/js are not installed: npm ci")
def test_the_react_example_shows_a_board_and_sends_what_is_clicked(arena: Arena, pages: Pages, origin: str) -> None:
    with visiting(pages, origin, "/examples/react.html") as visit:
        page, leader = visit.page, public(arena)["rows"][0]
        expect(page.locator("li").first).to_have_text(f"{leader['name']}: {leader['score']}", timeout=SOON_MS)
        before = votes(arena, "abba")
        page.get_by_text("Vote for abba").click()
        arena.system.wait_for(lambda: votes(arena, "abba") > before, "the vote", 20)
        assert votes(arena, "abba") == before + 1
        views = arena.tenant.get("/api/metrics", metric="views", entity="event", id="final")
        assert views["total"] == 1  # strict mode runs effects twice
        assert not visit.wrong


def test_what_is_packed_is_what_is_described(tmp_path: Path) -> None:
    npm = program(("npm",))
    if npm is None:
        pytest.skip("no npm on this machine")
    done = subprocess.run(
        [npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", str(tmp_path)],
        cwd=SDK, check=True, timeout=60, capture_output=True, text=True,
    )  # fmt: skip
    packed = tmp_path / done.stdout.strip()
    with tarfile.open(packed) as tar:
        names = set(tar.getnames())
    for name in ("dist/coliseum.js", "dist/react.js", "dist/react.d.ts", "dist/coliseum-widgets.min.js",
                 "dist/live.js", "dist/widgets.js", "dist/client.js", "SIZE.txt", "README.md", "examples/react.tsx"):  # fmt: skip
        assert f"package/{name}" in names
    assert not {name for name in names if re.search(r"node_modules|/tests/|^package/src/", name)}
