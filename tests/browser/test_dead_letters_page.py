"""Dead letters in a real browser: tried again one by one or all, with and without a script, and what came of it."""

import asyncio
import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from support.live_people import account
from support.pages import Arena, Pages, check_axe, fits
from support.sending import send_events

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]
SAFE = 2**53 - 1
NUMBERS = itertools.count(1)


def money(**fields: Any) -> dict[str, Any]:
    """An amount of which two are more than a total may be."""
    return {
        "id": f"letter-{time.monotonic_ns()}", "type": "treasury.money_spent", "userId": "fan-1", "amountCents": SAFE,
        "currency": "eur", "artistId": "abba", "reason": "bar", "at": datetime.now(UTC).isoformat(), **fields,
    }  # fmt: skip


@pytest.fixture
def sick(arena: Arena) -> Arena:
    """A tenant with two entries that stand aside, because a total would be too large with them."""
    slug = f"stage-{next(NUMBERS)}"
    tenant = arena.system.create_tenant(slug)
    people = {"owner": f"owner@{slug}.example", "viewer": f"viewer@{slug}.example"}
    with ThreadPoolExecutor(1) as aside:  # the browser's own loop runs in this thread
        for role, email in people.items():
            aside.submit(asyncio.run, account(arena.system, email, slug, role=role)).result()
    send_events(tenant, money(), money(), money(amountCents=SAFE - 1))
    arena.system.wait_for(lambda: len(letters(tenant)) == 2, "two dead letters")
    return Arena(arena.system, tenant, people)


def letters(tenant: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tenant.get("/api/dead-letters")["deadLetters"]
    return found


def rows(page: Page) -> Any:
    return page.locator("table").first.locator("tbody tr")


@pytest.mark.parametrize("script", [True, False])
def test_they_are_tried_again_and_the_page_says_what_came_of_it(pages: Pages, sick: Arena, script: bool) -> None:
    with Pages(pages.browser, sick).open("log/dead-letters", java_script_enabled=script) as page:
        assert rows(page).count() == 2
        before = sorted(each["attempts"] for each in letters(sick.tenant))
        rows(page).first.get_by_role("button", name="Try again", exact=True).click()
        expect(page.locator("#outcome")).to_have_text("One entry failed again: what is wrong with it stands below.")
        assert rows(page).count() == 2
        assert sorted(each["attempts"] for each in letters(sick.tenant)) == [before[0], before[1] + 1]
        page.get_by_role("button", name="Try all again").click()
        expect(page.locator("#outcome")).to_have_text("2 entries failed again: what is wrong with them stands below.")
        assert sorted(each["attempts"] for each in letters(sick.tenant)) == [before[0] + 1, before[1] + 2]
        if script:
            check_axe(page)
            fits(page)
    with Pages(pages.browser, sick).open("log/dead-letters", role="viewer") as page:
        assert rows(page).count() == 2
        assert page.get_by_role("button", name="Try").count() == 0


def test_the_page_of_dead_letters_at_all_sizes(pages: Pages, sick: Arena) -> None:
    Pages(pages.browser, sick).shoot("log-dead-letters", "log/dead-letters", prepare=check_axe)
