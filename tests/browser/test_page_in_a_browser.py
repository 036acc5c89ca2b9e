"""The public page in a real browser: it follows the log within a second, runs only its own script, fits a phone."""

import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

pytest.importorskip("selenium", reason="selenium is not installed")

from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver

from support.browser import browser, emulate, missing, resize
from support.system import System, Tenant, running_system

SOON_S = 1.0
pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(240),
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]
HOSTILE = "<img src=x onerror=\"document.body.dataset.hacked='yes'\">"
DOT = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E%3C/svg%3E"
WHEN_TEXT = """
const [text, done] = arguments;
const look = () => document.querySelector("main").innerText.includes(text) && done(Date.now());
const what = {subtree: true, childList: true, characterData: true};
new MutationObserver(look).observe(document.querySelector("main"), what);
look();
"""


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def system(driver: WebDriver, fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system whose page is public; it is not started for nothing where there is no browser."""
    assert driver
    folder = tmp_path_factory.mktemp("page")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLISEUM_PUBLIC_TENANT", "show")
        with running_system(fresh_database, folder) as running:
            yield running


@pytest.fixture(scope="module")
def tenant(system: System) -> Tenant:
    made = system.create_tenant("show")
    log(made, catalog("ada", "Ada Quartet", "https://127.0.0.1:1/ada.png"), vote("ada", 5), catalog("bo", HOSTILE))
    log(made, vote("bo", 3))
    made.wait_until_caught_up()
    return made


def vote(artist_id: str, weight: int) -> dict[str, Any]:
    return {"type": "coliseum.vote_cast", "userId": "a fan", "artistId": artist_id, "eventId": "final",
            "weight": weight, "channel": "web"}  # fmt: skip


def catalog(artist_id: str, name: str, picture: str | None = None) -> dict[str, Any]:
    described = {"type": "catalog.artist", "artistId": artist_id, "name": name}
    return described if picture is None else described | {"picture": picture}


def log(tenant: Tenant, *events: dict[str, Any]) -> float:
    """Log events; when the 201 came, in seconds since 1970."""
    at = datetime.now(UTC).isoformat()
    request = urllib.request.Request(  # noqa: S310 - the server under test
        f"{tenant.system.url}/api/passport/batch",
        json.dumps({"events": [event | {"at": at} for event in events]}).encode(),
        {"Authorization": f"Bearer {tenant.key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310 - as above
        assert response.status == 201
    return time.time()


def open_live(driver: WebDriver, tenant: Tenant, path: str = "/") -> None:
    driver.get(tenant.system.url + path)
    tenant.system.wait_for(lambda: state(driver) == "live", "the page to be live", 20)


def state(driver: WebDriver) -> str | None:
    return driver.find_element(By.TAG_NAME, "body").get_attribute("data-state")


def names(driver: WebDriver) -> list[str]:
    rows = driver.find_elements(By.CSS_SELECTOR, '[data-key="votes-artist"] .row .name')
    return [row.text for row in rows]


def test_an_event_is_seen_within_a_second_of_its_201(driver: WebDriver, tenant: Tenant) -> None:
    open_live(driver, tenant)
    seen_at: list[float] = []
    watching = threading.Thread(
        target=lambda: seen_at.append(driver.execute_async_script(WHEN_TEXT, "cy-the-newcomer") / 1000)
    )
    watching.start()
    logged_at = log(tenant, vote("cy-the-newcomer", 1))
    watching.join()
    assert seen_at[0] - logged_at < SOON_S


def test_a_picture_that_stands_in_its_own_address_is_shown(driver: WebDriver, tenant: Tenant) -> None:
    log(tenant, catalog("pia", "Pia", DOT), vote("pia", 1))
    tenant.wait_until_caught_up()
    open_live(driver, tenant)
    shown = (
        "return [...document.images].filter((each) => each.src.startsWith('data:')).map((each) => each.naturalWidth)"
    )
    tenant.system.wait_for(lambda: min(driver.execute_script(shown), default=0) > 0, "the picture", 10)


def test_a_row_moves_up_and_its_score_counts_up(driver: WebDriver, tenant: Tenant) -> None:
    open_live(driver, tenant)
    assert names(driver)[:2] == ["Ada Quartet", HOSTILE]
    log(tenant, vote("bo", 1000))
    tenant.system.wait_for(lambda: names(driver)[:2] == [HOSTILE, "Ada Quartet"], "the row to move", 10)
    score = driver.find_element(By.CSS_SELECTOR, '[data-key="votes-artist"] .row .score')
    tenant.system.wait_for(lambda: score.text == "1,003", "the score to have counted up", 10)
    assert "id=bo" in str(score.get_attribute("href"))


def test_a_score_opens_the_entries_behind_it(driver: WebDriver, tenant: Tenant) -> None:
    open_live(driver, tenant)
    driver.find_element(By.CSS_SELECTOR, '[data-key="votes-artist"] .row .score').click()
    tenant.system.wait_for(lambda: "/explain" in driver.current_url, "the entries", 10)
    assert "log entries" in driver.find_element(By.TAG_NAME, "main").text


def test_a_page_that_is_paused_stands_still(driver: WebDriver, tenant: Tenant) -> None:
    open_live(driver, tenant)
    driver.find_element(By.ID, "pause").click()
    assert state(driver) == "paused"
    log(tenant, vote("dee-who-waits", 1))
    tenant.wait_until_caught_up()
    assert "dee-who-waits" not in driver.find_element(By.TAG_NAME, "main").text
    driver.find_element(By.ID, "pause").click()
    driver.execute_async_script(WHEN_TEXT, "dee-who-waits")


@pytest.mark.parametrize("path", ["/", "/?window=day", "/explain?metric=votes&entity=artist&id=bo"])
def test_nothing_runs_loads_or_complains_but_the_page_itself(driver: WebDriver, tenant: Tenant, path: str) -> None:
    for kind in ("browser", "performance"):
        driver.get_log(kind)  # type: ignore[attr-defined]
    driver.get(tenant.system.url + path)
    driver.execute_async_script(WHEN_TEXT, HOSTILE)
    if not path.startswith("/explain"):
        tenant.system.wait_for(lambda: state(driver) == "live", "the page to be live", 20)
    assert driver.find_element(By.TAG_NAME, "body").get_attribute("data-hacked") is None
    assert [line for line in driver.get_log("browser") if "/ada.png" not in line["message"]] == []  # type: ignore[attr-defined]
    elsewhere = {url for url in requested(driver) if not url.startswith((tenant.system.url, "data:"))}
    assert elsewhere <= {"https://127.0.0.1:1/ada.png"}


def requested(driver: WebDriver) -> Iterator[str]:
    """The addresses that the browser has asked for since the log was read."""
    for line in driver.get_log("performance"):  # type: ignore[attr-defined]
        message = json.loads(line["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            yield message["params"]["request"]["url"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width_px", [320, 390, 768, 1280])
@pytest.mark.parametrize("path", ["/", "/explain?metric=votes"])
def test_the_page_fits_the_screen(driver: WebDriver, tenant: Tenant, width_px: int, scheme: str, path: str) -> None:
    emulate(driver, prefers_color_scheme=scheme)
    resize(driver, width_px, 800)
    driver.get(tenant.system.url + path)
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width_px
    paper, ink = driver.execute_script(
        "const {backgroundColor, color} = getComputedStyle(document.body); return [backgroundColor, color]"
    )
    assert (brightness(paper) > brightness(ink)) == (scheme == "light")


def brightness(color: str) -> int:
    """The sum of a color's three parts."""
    return sum(int(part) for part in color.strip("rgb()").split(","))


def test_who_wants_no_motion_gets_none(driver: WebDriver, tenant: Tenant) -> None:
    emulate(driver, prefers_reduced_motion="reduce")
    resize(driver, 1280, 900)
    open_live(driver, tenant)
    log(tenant, vote("ada", 1000), vote("ada", 1000))
    driver.execute_async_script(WHEN_TEXT, "2,005")
    assert driver.execute_script("return document.getAnimations().length") == 0
    emulate(driver, prefers_reduced_motion="no-preference")


def test_the_server_stops_soon_though_somebody_watches(driver: WebDriver, tenant: Tenant) -> None:
    open_live(driver, tenant)
    began = time.monotonic()
    tenant.system.stop()
    assert time.monotonic() - began < 5
    tenant.system.wait_for(lambda: state(driver) == "stale", "the page to notice", 20)
    assert "as of" in driver.find_element(By.ID, "said").text
    tenant.system.start("web")
    tenant.system.wait_for(lambda: state(driver) == "live", "the page to come back by itself", 40)
