"""The debugger in a browser: what is sent shows at once, a refusal shows its fix, and nobody sees more than they may."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from support.pages import HOSTILE, SIZES, THEMES, Arena, Pages, Theme, allow, check_axe, fits
from support.sending import send_events

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]


def vote(**fields: Any) -> dict[str, Any]:
    return {
        "type": "coliseum.vote_cast", "userId": "fan-browser", "artistId": "velda-moor", "eventId": "odd-night",
        "weight": 7, "channel": "app", "at": datetime.now(UTC).isoformat(), **fields,
    }  # fmt: skip


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["log", "log/warnings", "log/dead-letters", "log/entries/0/3"])
def test_each_part_fits_and_is_sound(pages: Pages, path: str, size: str, theme: Theme) -> None:
    with pages.open(path, size=size, theme=theme) as page:
        expect(page.locator("h1")).to_have_text("Log")
        fits(page)
        check_axe(page)


def live(page: Page) -> None:
    """Wait until the page is told what arrives."""
    expect(page.locator("#pace")).to_have_attribute("data-state", "live")


def test_an_event_shows_within_a_second_and_then_that_it_is_counted(pages: Pages, arena: Arena) -> None:
    with pages.open("log") as page:
        live(page)
        send_events(arena.tenant, vote(artistId=(artist := f"new-{time.time_ns()}")))
        began = time.monotonic()
        row = page.locator("#entries tbody tr", has_text=artist)
        expect(row).to_have_count(1, timeout=1_000)
        assert time.monotonic() - began < 1
        expect(row).to_contain_text("+7")
        expect(row.locator(".counted")).to_have_text("counted")


def test_an_entry_opens_with_what_was_sent_and_what_it_counts_for(pages: Pages, arena: Arena) -> None:
    with pages.open("log") as page:
        live(page)
        send_events(arena.tenant, vote(artistId=(artist := f"opened-{time.time_ns()}")))
        page.locator("#entries tbody tr", has_text=artist).locator("a.open").click()
        drawer = page.get_by_role("dialog")
        expect(drawer).to_contain_text("As it was sent")
        expect(drawer).to_contain_text("fan-browser")
        check_axe(page)
        page.keyboard.press("Escape")
        expect(drawer).to_be_hidden()


def test_a_pause_keeps_the_page_still_and_going_on_shows_what_came(pages: Pages, arena: Arena) -> None:
    with pages.open("log") as page:
        live(page)
        page.get_by_role("button", name="Pause").click()
        send_events(arena.tenant, vote(artistId=(artist := f"paused-{time.time_ns()}")))
        expect(page.locator("#pace-words")).to_contain_text("new")
        expect(page.locator("#pace-words")).not_to_contain_text("paused, 0 new")
        expect(page.locator("#entries", has_text=artist)).to_have_count(0)
        page.get_by_role("button", name="Go on").click()
        expect(page.locator("#entries tbody tr", has_text=artist)).to_have_count(1)


def test_a_flood_says_that_it_is_a_sample_and_how_much_has_come(pages: Pages, arena: Arena) -> None:
    with pages.open("log") as page:
        live(page)
        send_events(arena.tenant, *[vote(userId=f"fan-{number}") for number in range(900)])
        expect(page.locator("#sampled")).to_contain_text("900 entries came at once")


def test_filters_are_in_the_address_and_hold_for_what_arrives(pages: Pages, arena: Arena) -> None:
    with pages.open("log?type=social.follow") as page:
        live(page)
        follow = {
            "type": "social.follow",
            "userId": "fan-f",
            "targetType": "artist",
            "at": datetime.now(UTC).isoformat(),
        }
        mark = f"mark-{time.time_ns()}"
        send_events(arena.tenant, vote(artistId=mark), follow | {"targetId": mark})
        expect(page.locator("#entries tbody tr", has_text=mark)).to_have_count(1)
        assert set(page.locator("#entries tbody tr code:first-child").all_inner_texts()) >= {"social.follow"}
        assert page.locator("#entries", has_text="coliseum.vote_cast").count() == 0


def test_a_refused_event_shows_its_reason_and_the_fix(pages: Pages, arena: Arena) -> None:
    send_events(
        arena.tenant, {"type": "coliseum.vote_cats"}, vote(at="2019-01-01T00:00:00Z"), vote(artistId=HOSTILE * 9)
    )
    with pages.open("log/warnings") as page:
        deadline = time.monotonic() + 5  # counts are written once a second
        while page.locator("#warning-too_old").count() == 0 and time.monotonic() < deadline:
            page.reload()
        expect(page.locator("#warning-unknown_type")).to_contain_text("coliseum.vote_cats")
        expect(page.locator("#warning-too_old .fix")).to_contain_text("?historical=true")
        assert page.locator("body").get_attribute("data-hacked") is None


def test_a_viewer_sees_no_people(pages: Pages, arena: Arena) -> None:
    send_events(arena.tenant, vote(userId="fan-unseen"))
    with pages.open("log", role="viewer") as page:
        assert page.locator("#entries tbody tr").count() > 0
        assert page.get_by_text("fan-unseen").count() == 0
        assert page.locator("#userId").count() == 0
        page.locator("#entries tbody a.open").first.click()
        expect(page.get_by_role("dialog")).to_contain_text("your role does not read about fans")
    with pages.open("log?userId=fan-unseen", role="viewer") as page:
        expect(page.locator("h1")).to_have_text("This is not yours to see")
        allow(page, "403")


def test_it_is_read_without_a_script(pages: Pages) -> None:
    with pages.open("log", java_script_enabled=False, size="phone") as page:
        assert page.locator("#entries tbody tr").count() == 50
        page.get_by_role("link", name="Older").click()
        assert page.locator("#entries tbody tr").count() == 50
        page.locator("#entries tbody a.open").first.click()
        expect(page.get_by_role("heading", name="As it was sent")).to_be_visible()


def test_pictures(pages: Pages) -> None:
    pages.shoot("log", "log", prepare=live)
    pages.shoot("log-warnings", "log/warnings")
