"""What a browser keeps: nothing before a yes, nothing after a no or Global Privacy Control, and what was listed after a yes."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from coliseum.web.ui.consent import EVERYTHING, OPTIONAL
from support.pages import Pages, check_axe

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]
LISTED = [re.compile(re.escape(each.name).replace(r"\*", ".*")) for each in EVERYTHING]
WALK = ("/about", "/pricing", "/cookies", "/status", "/privacy")
GPC: dict[str, Any] = {"extra_http_headers": {"sec-gpc": "1"}}
GPC_SCRIPT = "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })"


def stored(page: Page) -> dict[str, Any]:
    """Everything that the browser keeps for this server."""
    found: dict[str, Any] = page.evaluate(
        """async () => ({
            local: Object.keys(localStorage), session: Object.keys(sessionStorage),
            databases: (await indexedDB.databases()).map((each) => each.name), caches: await caches.keys(),
            workers: (await navigator.serviceWorker.getRegistrations()).length,
        })"""
    )
    return {**found, "cookies": sorted(cookie["name"] for cookie in page.context.cookies())}


NOTHING = {"local": [], "session": [], "databases": [], "caches": [], "workers": 0, "cookies": []}


def walk(pages: Pages, page: Page) -> None:
    """Look at the public pages and use what they would like to remember."""
    for path in WALK:
        page.goto(pages.url(path))
        page.locator("#theme").click()


def asked(page: Page) -> Any:
    return page.locator("#consent")


def test_nothing_is_kept_before_a_yes(pages: Pages) -> None:
    with pages.open("/about", role=None) as page:
        expect(asked(page)).to_be_visible()
        walk(pages, page)
        assert stored(page) == NOTHING


def test_a_no_is_as_easy_as_a_yes_and_keeps_nothing_either(pages: Pages) -> None:
    with pages.open("/about", role=None) as page:
        yes, no = page.get_by_role("button", name="Allow"), page.get_by_role("button", name="Refuse")
        boxes = yes.bounding_box(), no.bounding_box()
        assert boxes[0] is not None
        assert boxes[1] is not None
        assert (boxes[0]["width"], boxes[0]["height"]) == (boxes[1]["width"], boxes[1]["height"])
        looks = (
            "each => { const s = getComputedStyle(each); return [s.color, s.backgroundColor, s.borderColor, s.font] }"
        )
        assert yes.evaluate(looks) == no.evaluate(looks)
        no.click()
        expect(asked(page)).to_be_hidden()
        walk(pages, page)
        assert stored(page) == NOTHING


def test_after_a_yes_what_is_kept_is_what_is_listed_and_a_no_removes_all_of_it(pages: Pages) -> None:
    with pages.open("/about", role=None) as page:
        page.locator("#theme").click()
        page.get_by_role("button", name="Allow").click()
        assert stored(page)["cookies"] == sorted(OPTIONAL)  # the choice that was made before is kept now
        page.evaluate("localStorage.setItem('coliseum:rows', '50')")
        page.goto(pages.url("/pricing"))
        assert page.locator("html").get_attribute("data-theme") == "dark"
        expect(asked(page)).to_have_count(0)
        kept = stored(page)
        for name in (*kept["cookies"], *kept["local"]):
            assert any(listed.fullmatch(name) for listed in LISTED), name
        page.goto(pages.url("/cookies"))
        check_axe(page)
        page.get_by_role("button", name="Refuse and remove").click()
        expect(page.get_by_role("status").first).to_contain_text("nothing optional is kept")
        page.wait_for_load_state()
        assert stored(page) == NOTHING
        assert page.locator("html").get_attribute("data-theme") is None


def test_global_privacy_control_is_a_no_that_is_shown_as_honoured(pages: Pages) -> None:
    with pages.context(role=None, **GPC) as context, pages.page(context) as page:
        context.add_init_script(GPC_SCRIPT)
        page.goto(pages.url("/about"))
        expect(asked(page)).to_contain_text("Global Privacy Control is honoured")
        assert page.get_by_role("button", name="Allow").count() == 0
        walk(pages, page)
        page.goto(pages.url("/cookies"))
        expect(page.locator("#gpc")).to_contain_text("Global Privacy Control is honoured")
        check_axe(page)
        assert stored(page) == NOTHING


def test_it_removes_what_an_earlier_yes_had_kept_and_no_yes_is_taken_against_it(pages: Pages) -> None:
    with pages.context(role=None, **GPC) as context, pages.page(context) as page:
        for name, value in zip(OPTIONAL, ("yes", "dark"), strict=True):
            context.add_cookies([{"name": name, "value": value, "url": pages.url("/"), "secure": True}])
        page.goto(pages.url("/about"))
        assert page.locator("html").get_attribute("data-theme") is None
        assert stored(page)["cookies"] == []
        headers = {"sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"}
        answer = context.request.post(pages.url("/cookies"), data="choice=yes", headers=headers, max_redirects=0)
        assert answer.status == 303
        assert stored(page)["cookies"] == []


def test_the_choice_works_without_a_script(pages: Pages) -> None:
    with pages.open("/privacy", role=None, java_script_enabled=False) as page:
        page.get_by_role("button", name="Allow").click()
        assert page.url == pages.url("/privacy")
        assert cookies(page.context) == ["coliseum-consent"]
        page.goto(pages.url("/cookies"))
        page.get_by_role("button", name="Refuse and remove").click()
        assert cookies(page.context) == []


def test_members_keep_their_log_in_and_nothing_else_and_are_asked_when_there_is_something_to_keep(pages: Pages) -> None:
    with pages.open("log") as page:
        expect(asked(page)).to_be_hidden()
        assert cookies(page.context) == ["__Host-coliseum"]
        page.locator("#theme").click()
        expect(asked(page)).to_be_visible()
        page.get_by_role("button", name="Allow").click()
        assert cookies(page.context) == ["__Host-coliseum", *sorted(OPTIONAL)]


def test_another_site_cannot_say_yes_for_somebody(pages: Pages) -> None:
    with pages.context(role=None) as context:
        for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}):
            sent = {**headers, "content-type": "application/x-www-form-urlencoded"}
            answer = context.request.post(pages.url("/cookies"), data="choice=yes", headers=sent, max_redirects=0)
            assert answer.status == 403
        for address in ("//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example"):
            answer = context.request.post(
                pages.url("/cookies"), form={"choice": "no", "next": address}, max_redirects=0,
                headers={"sec-fetch-site": "same-origin"},
            )  # fmt: skip
            assert answer.headers["location"] == "/cookies?changed=no"


def cookies(context: BrowserContext) -> list[str]:
    return sorted(cookie["name"] for cookie in context.cookies())
