"""Words of pages: none stands outside the catalogue, not even one that a script wrote; and other languages fit, too."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from babel import Locale
from playwright.sync_api import Browser, expect

from coliseum.accounts.plans import PLANS
from coliseum.demo.world import catalog
from coliseum.web.ui.text import MARKED
from support.arena import SEED, an_arena
from support.background import held
from support.databases import new_database
from support.marked import unmarked
from support.pages import HOSTILE, LONG, Arena, Pages, allow, fits
from support.season import CITIES, SHOWS, send_season
from support.stadium import BILL, EVENT, VOTING, big_night

pytestmark = [pytest.mark.long, pytest.mark.timeout(420)]
SHOW = EVENT.replace("/", "%2F")
INSIDE = (
    "", "?metric=votes", "boards?window=week", "boards?window=week&around=rtl", "boards?mode=trending",
    "boards?mode=breaking&min_support=1", "boards/history", "boards?metric=voters&window=all",
    "boards?metric=money_spent&window=all", "live", f"live/{SHOW}", f"jumbotron?event={SHOW}&seconds=0",
    "artists", "artists?q=zzzz", "artists/velda-moor", "events", "events/autumn", "tracks", "tracks/velda-moor%2F1",
    "cities", "cities/Lyon", "fans", "fans/season-3", "query",
    "query?metric=plays&split=artist&window=7d&grain=day&compare=previous", "dashboards", "log", "log?type=social.follow",
    "log/warnings", "log/dead-letters", "catalog/artists", "catalog/events", "catalog/venues", "catalog/tracks",
    "catalog/artists/edit?id=velda-moor", "catalog/events/edit", "catalog/artists/import", "settings",
    "settings/identity", "settings/keys", "settings/members", "settings/usage", "settings/webhooks", "settings/audit",
    "settings/privacy", "explain?metric=votes&entity=artist&id=velda-moor", "events/nobody", "/account",
    "/account/second-factor", "/t", "/log-out",
)  # fmt: skip
OUTSIDE = (
    "/about", "/pricing", "/status", "/privacy", "/cookies", "/log-in", "/forgot", "/sign-up", "/no/such/thing",
    f"/p/arena/vote/{VOTING}", f"/p/arena/jumbotron/{VOTING}?seconds=0", "/dev/outbox",
)  # fmt: skip
WHOLE = """() => document.documentElement.getHTML({
    shadowRoots: [...document.querySelectorAll("*")].map((each) => each.shadowRoot).filter(Boolean),
})"""

SEND = """async ([path, body, tenant]) => {
    const { csrfToken } = await (await fetch("/api/auth/session")).json();
    const headers = { "content-type": "application/json", "coliseum-csrf": csrfToken, "coliseum-tenant": tenant };
    return (await fetch(path, { method: "POST", headers, body: JSON.stringify(body) })).status;
}"""


def words_in(value: Any) -> Iterator[str]:
    """All words of what was told of the catalogue."""
    if isinstance(value, str):
        yield from re.findall(r"[^\W\d_]{2,}", value)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from words_in(each)


def names_in(arena: Arena) -> frozenset[str]:
    """What the tenant's own names are made of; and currencies, which the locale calls by their names."""
    told = [list(event.values()) for event in catalog(SEED, datetime.now(UTC).date())]
    ours = [arena.slug, list(BILL.values()), list(CITIES.values()), list(SHOWS), HOSTILE, LONG, "noise", VOTING, "Roma",
            "The Grand Final", "Circus Maximus", "Autumn Night Spring Summer", "floor balcony vip", "fans",
            "season guest", [plan.title for plan in PLANS.values()]]  # fmt: skip
    return frozenset({*words_in(told), *words_in(ours), *words_in(list(Locale.parse("en_US").currencies.values()))})


@pytest.fixture(scope="module")
def arena(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    """One of its own: names that other tests give are words of no catalogue either."""
    with held(new_database(database_url)) as url, held(an_arena(url, tmp_path_factory.mktemp("words"))) as made:
        yield made


@pytest.fixture(scope="module")
def pages(browser: Browser, arena: Arena) -> Pages:
    return Pages(browser, arena)


@pytest.fixture(scope="module")
def known(arena: Arena, pages: Pages) -> frozenset[str]:
    send_season(arena)
    big_night(arena)
    panel = {"title": "Zebra", "question": {"metric": "votes"}, "chart": "table"}
    with pages.open() as page:
        for path, body in (
            ("dashboards", {"name": "Wombat", "panels": [panel]}),
            ("invitations", {"email": "somebody@arena.example", "role": "viewer"}),
        ):
            assert page.evaluate(SEND, [f"/api/{path}", body, arena.slug]) in (200, 201)
    return names_in(arena)


EVERY = pytest.mark.parametrize(
    ("role", "path"),
    [*[("owner", path) for path in INSIDE], *[(None, path) for path in OUTSIDE]],
    ids=lambda value: str(value) or "overview",
)


@EVERY
def test_no_word_of_a_page_is_missing_in_the_catalogue(
    pages: Pages, known: frozenset[str], role: str | None, path: str
) -> None:
    with pages.open(path, role=role, locale=MARKED) as page:
        allow(page, "404")
        page.wait_for_load_state("networkidle" if "live" not in path and "jumbotron" not in path else "load")
        assert page.locator("html").get_attribute("lang") == MARKED
        assert unmarked(f"<html>{page.evaluate(WHOLE)}</html>", known) == []


@EVERY
def test_a_page_in_longer_words_fits_a_phone(pages: Pages, known: frozenset[str], role: str | None, path: str) -> None:
    assert known
    with pages.open(path, role=role, locale="de-DE", size="phone") as page:
        allow(page, "404")
        page.wait_for_load_state("load")
        assert page.locator("html").get_attribute("lang") == "de"
        fits(page)


def test_a_page_is_told_in_the_language_that_the_browser_asks_for(pages: Pages, known: frozenset[str]) -> None:
    assert known
    with pages.open("boards?window=week", locale="de-AT") as page:
        expect(page.get_by_role("heading", level=1)).to_have_text("Künstler nach Stimmen")
        expect(page.locator("#state-said")).to_contain_text("Live")
        page.get_by_role("link", name="Einstellungen").click()
        page.get_by_role("link", name="Mitglieder").click()
        expect(page.get_by_text("Plätze sind belegt; der Tarif setzt keine Grenze.")).to_be_visible()
        expect(page.locator("select[name=role]").first.locator("option").first).to_have_text("Betrachter")
    with pages.open("settings", locale="fr-FR") as page:  # no such words yet: English, with the figures of there
        assert page.locator("html").get_attribute("lang") == "en"
        assert page.locator("body").get_attribute("data-locale") == "fr-FR"
