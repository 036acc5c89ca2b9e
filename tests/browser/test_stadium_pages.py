"""The pages of live events: whole at every size and in both lights, with hostile names, with nothing, and standing still."""

from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from support.pages import SIZES, Arena, Pages, allow, check_axe, fits
from support.stadium import BILL, EVENT, VOTING, ask, big_night, take_lead

pytestmark = [pytest.mark.long, pytest.mark.timeout(420)]
AT = quote(EVENT, safe="")
LIVE = f"live/{AT}"
JUMBOTRON = f"jumbotron?event={AT}&seconds=0"
PUBLIC = f"/p/arena/jumbotron/{VOTING}?seconds=0"
ROOT = "document.querySelector('coliseum-jumbotron').shadowRoot"
SHOWN = f"() => {ROOT}?.querySelector('.side.front .face') !== null && document.querySelector('coliseum-jumbotron').state === 'live'"
FACE = f"() => {ROOT}.querySelector('.side.front .face').className"


@pytest.fixture(scope="module")
def night(arena: Arena) -> Arena:
    big_night(arena)
    return arena


def ready(page: Page) -> None:
    page.wait_for_function(f"() => !!{ROOT}")
    page.wait_for_function(SHOWN)


def turn(page: Page) -> None:
    page.evaluate("document.querySelector('coliseum-jumbotron').turn(1)")


def turned(page: Page) -> None:
    """The next board is in front, and nothing moves any more."""
    before = page.evaluate(FACE)
    turn(page)
    page.wait_for_function(f"(before) => ({FACE})() !== before", arg=before)
    page.wait_for_function(f"() => {ROOT}.querySelector('.view').dataset.turning === undefined")


@pytest.mark.parametrize("path", ["live", LIVE])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_are_sound_for_screen_readers_and_fit_a_phone(
    pages: Pages, night: Arena, path: str, theme: Any
) -> None:
    assert night
    for size in ("phone", "laptop"):
        with pages.open(path, size=size, theme=theme) as page:
            assert page.evaluate("document.body.dataset.hacked") is None
            fits(page)
            check_axe(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_board_of_the_display_is_sound(pages: Pages, night: Arena, theme: str) -> None:
    assert night
    with pages.open(f"{JUMBOTRON}&theme={theme}", reduced_motion="reduce") as page:
        ready(page)
        seen = []
        for _ in range(4):
            seen.append(page.evaluate(FACE))
            check_axe(page)
            turn(page)
        assert seen == ["face race", "face house", "face counters", "face invite"]
        assert page.evaluate("document.body.dataset.hacked") is None
        names = page.evaluate(
            f"[...{ROOT}.querySelectorAll('.lane:not([hidden]) .name')].map((each) => each.textContent)"
        )
        assert set(names) <= set(BILL.values())


CONTROLS = f"""() => [
    ...document.querySelectorAll(".display-bar :is(a, button):not([hidden])"),
    ...{ROOT}.querySelectorAll(".ribbon button, .ribbon .dots"),
].map((each) => [each.className, each.getBoundingClientRect().toJSON()]).filter(([, box]) => box.width > 0)"""


@pytest.mark.parametrize("size", [*SIZES.values(), (320, 568), (844, 390), (768, 1024)], ids=str)
def test_no_control_of_the_display_covers_another(pages: Pages, night: Arena, size: tuple[int, int]) -> None:
    assert night
    with pages.open(JUMBOTRON, reduced_motion="reduce") as page:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        ready(page)
        found = page.evaluate(CONTROLS)
        assert len(found) >= 4
        for place, (name, one) in enumerate(found):
            for other, two in found[:place]:
                apart = one["left"] >= two["right"] or two["left"] >= one["right"]
                assert apart or one["top"] >= two["bottom"] or two["top"] >= one["bottom"], (name, other, one, two)


def test_who_wants_nothing_to_move_sees_one_board_at_a_time(pages: Pages, night: Arena) -> None:
    assert night
    with pages.open(JUMBOTRON, reduced_motion="reduce") as page:
        ready(page)
        view = f"{ROOT}.querySelector('.view').dataset"
        assert page.evaluate(f"[{view}.mode, {view}.calm]") == ["flat", "true"]
        turn(page)
        moving = f"{ROOT}.getAnimations ? document.getAnimations().length : 0"
        assert page.evaluate(moving) == 0
        assert page.evaluate(FACE) == "face house"
        # The wish may come while the display runs, and go.
        page.emulate_media(reduced_motion="no-preference")
        page.wait_for_function(f"() => {view}.mode === 'cube'")
        page.emulate_media(reduced_motion="reduce")
        page.wait_for_function(f"() => {view}.mode === 'flat'")


def test_the_cube_turns_through_its_boards_by_itself_and_stops_when_it_is_told(pages: Pages, night: Arena) -> None:
    assert night
    with pages.open(JUMBOTRON.replace("seconds=0", "seconds=4")) as page:
        ready(page)
        assert page.evaluate(f"{ROOT}.querySelector('.view').dataset.mode") == "cube"
        first = page.evaluate(FACE)
        page.wait_for_function(f"(first) => ({FACE})() !== first", arg=first)
        page.keyboard.press(" ")
        assert page.locator("coliseum-jumbotron .play").get_attribute("aria-label") == "Turn on"
        page.keyboard.press("ArrowRight")
        page.keyboard.press(" ")
        page.locator("coliseum-jumbotron .pause").wait_for(state="attached")


def test_the_public_display_needs_public_results(pages: Pages, night: Arena) -> None:
    with pages.open(PUBLIC, role=None, reduced_motion="reduce") as page:
        ready(page)
        assert page.evaluate(FACE) == "face race"
        check_axe(page)
    ask(night, "PUT", f"/api/votings/{VOTING}", {"event": EVENT, "results": "private"})
    try:
        with pages.open(PUBLIC, role=None) as page:
            assert "nothing here" in page.locator("h1").inner_text().lower()
            allow(page, "status of 404")
    finally:
        ask(night, "PUT", f"/api/votings/{VOTING}", {"event": EVENT, "results": "public"})


def test_the_page_of_an_event_moves_by_itself_and_every_number_leads_to_its_entries(pages: Pages, night: Arena) -> None:
    with pages.open(LIVE, role="viewer") as page:
        page.wait_for_function("() => document.getElementById('live').dataset.state === 'live'")
        take_lead(night, "mare")
        first = "() => document.querySelector('#race li .race-name').textContent"
        page.wait_for_function(f"(name) => ({first})() === name", arg=BILL["mare"])
        assert "id=mare" in str(page.locator("#race li").first.locator("a").get_attribute("href"))
        assert page.locator(".counted .figure-value a").count() == 5
        page.wait_for_function("() => document.querySelector('#latest .latest-who').textContent === 'Mare Nostrum'")


def test_without_a_script_it_can_be_read(pages: Pages, night: Arena) -> None:
    assert night
    with pages.open(LIVE, java_script_enabled=False) as page:
        assert page.locator("#race li:not([hidden])").count() == len(BILL)
        assert page.locator(".crowd-told b").inner_text().replace(",", "").isdigit()
    with pages.open(JUMBOTRON, java_script_enabled=False) as page:
        assert page.locator("coliseum-jumbotron a").is_visible()


def test_an_event_that_nobody_knows_is_not_there_and_one_with_little_explains_itself(
    pages: Pages, night: Arena
) -> None:
    with pages.open("live/no-such-night") as page:
        assert "nothing here" in page.locator("h1").inner_text().lower()
        allow(page, "status of 404")
    ask(night, "PUT", "/api/votings/nowhere", {"event": "<b>nowhere</b>/%2F?x=1#y"})
    try:
        with pages.open("live/" + quote("<b>nowhere</b>/%2F?x=1#y", safe=""), reduced_motion="reduce") as page:
            assert page.locator("h1").inner_text().lower() == "<b>nowhere</b>/%2f?x=1#y"
            assert page.locator(".race-none").is_visible()
            check_axe(page)
    finally:
        ask(night, "DELETE", "/api/votings/nowhere")


def test_pages_of_live_events_as_they_look(pages: Pages, night: Arena) -> None:
    assert night
    pages.shoot("live", "live")
    pages.shoot("live-event", LIVE)
    pages.shoot("vote", f"/p/arena/vote/{VOTING}", role=None)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_display_as_it_looks(pages: Pages, night: Arena, theme: str) -> None:
    assert night
    for size in ("phone", "laptop", "stadium"):
        with pages.open(f"{JUMBOTRON}&theme={theme}", size=size) as page:
            page.set_default_timeout(60_000)
            ready(page)
            fits(page)
            in_view = f"""() => {{ const box = {ROOT}.querySelector('.side.front').getBoundingClientRect();
                return box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight; }}"""
            assert page.evaluate(in_view)
            pages.keep(page, "jumbotron", size, theme)
            turned(page)
