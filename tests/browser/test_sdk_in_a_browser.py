"""The browser module on a foreign site, in a real browser: what is tracked arrives once, and consent is kept."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("selenium", reason="selenium is not installed")

from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.wait import WebDriverWait

from support.browser import browser, command, missing
from support.sites import site
from support.system import System, Tenant, running_system

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(240),
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]
PAGE = """<!doctype html><meta charset=utf-8><title>a site</title>
<script src="/dist/coliseum.min.js"></script>
<script>
  window.drops = [];
  window.start = (more) => window.passport = new coliseum.Passport({
    key: "KEY", url: "URL", flushAfterMs: 50, onDrop: (drop) => drops.push(drop), ...more,
  });
  window.follow = (artist) => passport.track("social.follow", {targetId: artist, targetType: "artist"});
</script>"""
FRAME = '<!doctype html><title>a frame</title><iframe sandbox="allow-scripts" src="/page"></iframe>'
FLUSHED = "const done = arguments[0]; passport.flush().then(() => done(Object.keys(localStorage).length));"


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def system(driver: WebDriver, fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    assert driver
    with running_system(fresh_database, tmp_path_factory.mktemp("sdk")) as running:
        yield running


@pytest.fixture(scope="module")
def keys(system: System) -> tuple[str, str]:
    found = re.search(r"(cs_server_[\w-]+)\s.*?(cs_browser_[\w-]+)", system.cli("tenant", "create", "shop"), re.DOTALL)
    assert found
    return found[1], found[2]


@pytest.fixture(scope="module")
def tenant(system: System, keys: tuple[str, str]) -> Tenant:
    return Tenant(system, "shop", keys[0])


@pytest.fixture(scope="module")
def origin(system: System, keys: tuple[str, str]) -> Iterator[str]:
    page = PAGE.replace("KEY", keys[1]).replace("URL", system.url)
    with site({"/page": page, "/frame": FRAME, "/elsewhere": "<!doctype html><title>elsewhere</title>"}) as where:
        yield where


@pytest.fixture(autouse=True)
def empty_device(driver: WebDriver, origin: str) -> None:
    """Each test begins with nothing on the device."""
    driver.get(origin + "/elsewhere")
    driver.execute_script("localStorage.clear()")


def opened(driver: WebDriver, origin: str, **options: object) -> None:
    driver.get(origin + "/page")
    begun(driver)
    driver.execute_script("start(arguments[0])", options)


def begun(driver: WebDriver) -> None:
    """Wait until the page's script has run: the driver may come back from a navigation before that."""
    WebDriverWait(driver, 10).until(lambda it: it.execute_script("return typeof start === 'function'"))


def entries(tenant: Tenant, artist: str) -> list[Any]:
    tenant.wait_until_caught_up()
    found = tenant.get("/api/explain", metric="follows", entity="artist", id=artist)["entries"]
    assert isinstance(found, list)
    return found


def arrived(tenant: Tenant, artist: str, times: int) -> None:
    tenant.system.wait_for(lambda: len(entries(tenant, artist)) >= times, f"{times} of {artist}", 20)
    assert len(entries(tenant, artist)) == times


def online(driver: WebDriver, *, yes: bool) -> None:
    command(driver, "Network.enable")
    command(
        driver,
        "Network.emulateNetworkConditions",
        offline=not yes,
        latency=0,
        downloadThroughput=-1,
        uploadThroughput=-1,
    )


def test_what_is_tracked_is_in_the_log_and_nothing_stays_on_the_device(
    driver: WebDriver, tenant: Tenant, origin: str
) -> None:
    opened(driver, origin)
    made = [driver.execute_script("return follow('ada')") for _ in range(3)]
    assert driver.execute_async_script(FLUSHED) == 0
    found = entries(tenant, "ada")
    assert {each["id"] for each in found} == set(made)
    assert driver.execute_script("return document.cookie") == ""
    assert driver.execute_script("return drops") == []


def test_events_of_a_page_without_a_network_survive_a_reload_and_count_once(
    driver: WebDriver, tenant: Tenant, origin: str
) -> None:
    opened(driver, origin)
    online(driver, yes=False)
    try:
        made = driver.execute_script("return [follow('bo'), follow('bo')]")
        driver.execute_async_script(FLUSHED)
        assert driver.execute_script("return Object.keys(localStorage).length") == 1
    finally:
        online(driver, yes=True)
    opened(driver, origin)
    arrived(tenant, "bo", 2)
    assert {each["id"] for each in entries(tenant, "bo")} == set(made)
    tenant.system.wait_for(lambda: not driver.execute_script("return localStorage.length"), "the queue to be empty", 10)


def test_what_happens_as_the_page_is_left_arrives(driver: WebDriver, tenant: Tenant, origin: str) -> None:
    opened(driver, origin, flushAfterMs="60000")
    driver.execute_script("follow('cy')")
    driver.get(origin + "/elsewhere")
    arrived(tenant, "cy", 1)
    opened(driver, origin)  # what was handed over on leaving is sent once more, and counts once
    driver.execute_async_script(FLUSHED)
    assert len(entries(tenant, "cy")) == 1


def test_what_is_refused_is_told_to_the_page_and_not_sent_again(driver: WebDriver, origin: str) -> None:
    opened(driver, origin)
    bad = driver.execute_script("return passport.track('coliseum.vote_cast', {artistId: 'a', eventId: 'e', weight: 0})")
    assert driver.execute_async_script(FLUSHED) == 0
    drops = driver.execute_script("return drops")
    assert [(drop["id"], drop["code"]) for drop in drops] == [(bad, "invalid_payload")]


def test_with_consent_the_device_is_known_again_and_without_it_is_not(
    driver: WebDriver, tenant: Tenant, origin: str
) -> None:
    def device(**options: str) -> object:
        opened(driver, origin, **options)
        driver.execute_script("follow('dee')")
        driver.execute_async_script(FLUSHED)
        return driver.execute_script("return localStorage.getItem('coliseum.device')")

    assert device() is None
    first = device(consent="granted")
    assert isinstance(first, str)
    assert device(consent="granted") == first
    driver.execute_script("passport.consent('denied')")
    assert driver.execute_script("return [localStorage.length, follow('dee')]") == [0, None]
    assert len(entries(tenant, "dee")) == 3


def test_global_privacy_control_is_never_taken_for_consent(driver: WebDriver, origin: str) -> None:
    script = {"source": "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})"}
    added = command(driver, "Page.addScriptToEvaluateOnNewDocument", **script)
    try:
        opened(driver, origin, consent="granted")
        driver.execute_script("follow('gil')")
        assert driver.execute_async_script(FLUSHED) == 0
    finally:
        command(driver, "Page.removeScriptToEvaluateOnNewDocument", identifier=added["identifier"])


@pytest.fixture
def opt_in(system: System) -> Iterator[None]:
    """The tenant stores what people have agreed to, and has done so for long enough that its processes know."""
    system.cli("tenant", "settings", "shop", "--consent", "opt_in")
    time.sleep(2.5)
    yield
    system.cli("tenant", "settings", "shop", "--consent", "legitimate_interest")
    time.sleep(2.5)


@pytest.mark.usefixtures("opt_in")
def test_where_consent_is_asked_for_a_yes_is_told_and_then_counted_and_a_no_ends_it(
    driver: WebDriver, tenant: Tenant, origin: str
) -> None:
    opened(driver, origin)
    refused = driver.execute_script("return follow('opt')")
    driver.execute_async_script(FLUSHED)
    assert driver.execute_script("return drops.map(({id, code}) => [id, code])") == [[refused, "no_consent"]]
    driver.execute_script("passport.consent('granted', 'v1'); follow('opt')")
    driver.execute_async_script(FLUSHED)
    arrived(tenant, "opt", 1)
    opened(driver, origin, consent="granted")  # the device is known again, and so is what was said
    driver.execute_script("follow('opt')")
    driver.execute_async_script(FLUSHED)
    arrived(tenant, "opt", 2)
    driver.execute_script("passport.consent('denied', 'v1')")
    assert driver.execute_async_script(FLUSHED) == 0
    assert driver.execute_script("return [follow('opt'), drops.length]") == [None, 0]
    said = tenant.get("/api/entries", type="privacy.consent_changed")["entries"]
    assert len(said) == 2
    arrived(tenant, "opt", 2)


def test_a_sandboxed_frame_without_storage_sends_too(driver: WebDriver, tenant: Tenant, origin: str) -> None:
    driver.get(origin + "/frame")
    driver.switch_to.frame(0)
    begun(driver)
    driver.execute_script("start({}); follow('eve')")
    arrived(tenant, "eve", 1)
    driver.switch_to.default_content()


def test_a_server_that_is_away_is_tried_again_and_the_queue_is_bounded(driver: WebDriver, origin: str) -> None:
    opened(driver, origin, url="http://127.0.0.1:1", queueMax=5)
    driver.execute_script("for (let n = 0; n < 8; n++) follow('far')")
    driver.execute_async_script("const done = arguments[0]; passport.flush().then(done);")
    kept = "return JSON.parse(Object.values(localStorage)[0]).length"
    assert driver.execute_script(kept) == 5
    assert driver.execute_script("return drops.map((drop) => drop.code)") == ["queue_full"] * 3
