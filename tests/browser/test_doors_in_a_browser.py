"""Coming in by the pages in a real browser: with and without a second factor, a script, or an account."""

import asyncio
import re
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Page, expect

import coliseum
from support.databases import new_database
from support.live_people import account
from support.pages import Arena, Pages, allow, check_axe
from support.people import PASSWORD
from support.system import System, Tenant, running_system

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]
OUTSIDE = ["/log-in", "/forgot", "/sign-up"]
INSIDE = ["/account", "/account/second-factor", "/t", "/log-out"]
NEW_PASSWORD = "a sentence that nobody else writes"


def apart(work: Coroutine[Any, Any, Any]) -> Any:
    """Run something asynchronous beside the browser, whose own loop has this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def log_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Log in").click()


@pytest.mark.parametrize("path", OUTSIDE + INSIDE)
def test_the_doors_fit_and_are_sound_at_each_size_and_theme(pages: Pages, path: str) -> None:
    name = "doors-" + path.strip("/").replace("/", "-")
    pages.shoot(name, path, role=None if path in OUTSIDE else "owner", prepare=check_axe)


def test_a_wrong_password_is_said_and_the_focus_stands_where_it_goes_on(pages: Pages) -> None:
    with pages.open("settings/members", role=None) as page:
        assert page.url.endswith("/log-in?next=%2Ft%2Farena%2Fsettings%2Fmembers")
        log_in(page, "owner@arena.example", "not the password at all")
        expect(page.get_by_role("alert").first).to_have_text("E-mail or password is wrong.")
        expect(page.get_by_label("Password", exact=True)).to_be_focused()
        assert page.get_by_label("E-mail").input_value() == "owner@arena.example"
        assert page.get_by_label("Password", exact=True).input_value() == ""
        check_axe(page)
        allow(page, "401")
        log_in(page, "owner@arena.example")
        page.wait_for_url(pages.url("settings/members"))
        page.locator("details.person summary").click()
        page.get_by_role("button", name="Log out").click()
        page.wait_for_url(pages.url("/log-in"))
        page.goto(pages.url("settings/members"))
        assert "/log-in?next=" in page.url


def test_without_a_script_one_logs_in_reads_and_logs_out(pages: Pages) -> None:
    with pages.open("/log-in", role=None, java_script_enabled=False) as page:
        log_in(page, "owner@arena.example")
        page.wait_for_url(pages.url(""))
        allow(page, "404")  # the overview is another part's
        for section, words in (("", "This tenant"), ("/members", "viewer@arena.example"), ("/usage", "By day")):
            page.goto(pages.url("settings" + section))
            assert words in page.locator("main").inner_text()
        page.goto(pages.url("/log-out"))
        page.get_by_role("main").get_by_role("button", name="Log out").click()
        page.wait_for_url(pages.url("/log-in"))


def test_with_a_second_factor_a_code_is_needed_each_once(pages: Pages, arena: Arena) -> None:
    email = "totp@arena.example"
    apart(account(arena.system, email, "arena", role="analyst"))
    with pages.open("/log-in", role=None) as page:
        log_in(page, email)
        page.goto(pages.url("/account/second-factor"))
        page.get_by_label("Your password").fill(PASSWORD)
        page.get_by_role("button", name="Begin").click()
        check_axe(page)
        seed = page.locator("[data-secret]").inner_text().replace(" ", "")
        assert page.locator("svg.qr path").count() >= 1
        first = pyotp.TOTP(seed).at(int(datetime.now(UTC).timestamp()) - 30)
        page.get_by_label("Code", exact=True).fill(first)
        page.get_by_role("button", name="Confirm").click()
        codes = page.locator("#codes code").all_inner_texts()
        assert len(codes) == 10
        check_axe(page)
        allow(page, "404|403")
    with pages.open("/log-in", role=None) as page:
        log_in(page, email)
        expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
        expect(page.get_by_label("Code", exact=True)).to_be_focused()
        check_axe(page)
        for wrong in ("000000", first):  # of which the second has set it up
            page.get_by_label("Code", exact=True).fill(wrong)
            page.get_by_role("main").get_by_role("button", name="Log in").click()
            expect(page.get_by_role("alert").first).to_have_text("This code is wrong, too old, or was used.")
        check_axe(page)
        code = pyotp.TOTP(seed).now()
        page.get_by_label("Code", exact=True).fill(code)
        page.get_by_role("main").get_by_role("button", name="Log in").click()
        page.wait_for_url(pages.url(""))
        page.goto(pages.url("/account"))
        assert page.locator("#sessions tr", has_text="this one").get_by_text("yes").count() == 1
        allow(page, "401|404")
    for number, used, comes_in in ((0, code, False), (1, codes[3].lower(), True), (2, codes[3], False)):
        with pages.open("/log-in", role=None) as page:
            log_in(page, email)
            page.get_by_label("Code", exact=True).fill(used)
            page.get_by_role("main").get_by_role("button", name="Log in").click()
            page.wait_for_load_state()
            assert ("/log-in" not in page.url) is comes_in, number
            allow(page, "401|404")


def test_an_invitation_is_accepted_through_the_outbox(pages: Pages) -> None:
    email = "invited@arena.example"
    with pages.open("settings/members") as page:
        page.get_by_label("E-mail").fill(email)
        page.locator("#invited-role").select_option("analyst")
        page.get_by_role("button", name="Send the invitation").click()
        expect(page.locator("#invitations")).to_contain_text(email)
        with page.expect_navigation():
            page.get_by_role("button", name=f"Send again {email}").click()
        expect(page.locator("#invitations")).to_contain_text(email)
        page.get_by_label("E-mail").fill(email)
        page.get_by_role("button", name="Send the invitation").click()
        expect(page.locator("#email-wrong")).to_contain_text("invited already")
        allow(page, "409")
    with pages.open("/dev/outbox", role=None) as page:
        check_axe(page)
        link = page.locator("article", has_text=email).or_(page.locator("article", has_text="as analyst")).first
        page.goto(link.get_by_role("link").get_attribute("href") or "")
        check_axe(page)
        page.get_by_label("Your name").fill('Zoë <img src=x onerror="document.body.dataset.hacked=1">')
        page.get_by_label("Password").fill(NEW_PASSWORD)
        page.get_by_role("button", name="Accept").click()
        expect(page.get_by_role("heading", name="You are a member")).to_be_visible()
        page.goto(pages.url("/log-in"))
        log_in(page, email, NEW_PASSWORD)
        page.wait_for_url(pages.url(""))
        page.goto(pages.url("settings/members"))
        assert page.evaluate("document.body.dataset.hacked") is None
        assert page.get_by_role("row", name=re.compile("Zoë <img")).get_by_text("analyst").count() == 1
        assert page.get_by_role("button", name=re.compile("Remove")).count() == 0
        allow(page, "404")
    with pages.open("settings/members") as page:
        row = page.get_by_role("row", name=re.compile(email))
        row.get_by_role("combobox").select_option("viewer")
        row.get_by_role("button", name=re.compile("Change")).click()
        expect(page.get_by_role("row", name=re.compile(email)).get_by_role("combobox")).to_have_value("viewer")
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name=f"Remove {email}").click()
        expect(page.get_by_role("row", name=re.compile(email))).to_have_count(0)


@pytest.fixture(scope="module")
def open_house(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system where anybody may make an account; nobody has."""
    with ThreadPoolExecutor(1) as pool:  # in whose thread the database's own loop runs
        runner, made = asyncio.Runner(), new_database(database_url)
        url: str = pool.submit(runner.run, made.__aenter__()).result()
        with running_system(url, tmp_path_factory.mktemp("open"), COLISEUM_SIGNUP="open") as system:
            yield system
        pool.submit(runner.run, made.__aexit__(None, None, None)).result()
        pool.submit(runner.close).result()


@pytest.fixture
def newcomer(open_house: System, pages: Pages) -> Pages:
    """The browser in front of it."""
    return Pages(pages.browser, Arena(open_house, Tenant(open_house, "first-night-live", "")))


def test_from_sign_up_to_the_first_event_on_a_live_board(newcomer: Pages) -> None:
    system = newcomer.arena.system
    with newcomer.open("/log-in", role=None) as page:
        page.get_by_role("link", name="Make an account").click()
        check_axe(page)
        page.get_by_label("Your name").fill("Ada")
        page.get_by_label("E-mail").fill("ada@newcomer.example")
        page.get_by_label("Password").fill("password")
        page.get_by_role("button", name="Make an account").click()
        expect(page.locator("#password-wrong")).to_contain_text("tried first")
        allow(page, "400")
        page.get_by_label("Password").fill(NEW_PASSWORD)
        page.get_by_role("button", name="Make an account").click()
        expect(page.get_by_role("heading", name="One more step")).to_be_visible()
        page.get_by_role("link", name="the outbox").click()
        page.goto(page.locator("article").first.get_by_role("link").get_attribute("href") or "")
        page.get_by_role("button", name="Begin").click()
        page.get_by_role("link", name="To the log-in").click()
        log_in(page, "ada@newcomer.example", NEW_PASSWORD)
        page.wait_for_url(newcomer.url("/t"))
        check_axe(page)
        page.get_by_label("Name", exact=True).fill("First Night Live!")
        expect(page.get_by_label("Short name")).to_have_value("first-night-live")
        page.get_by_label("Time zone").select_option("Europe/Lisbon")
        page.get_by_role("button", name="Make the tenant").click()
        page.wait_for_url(newcomer.url("settings/keys?first=1"))
        check_axe(page)
        key = make_key(page, "backend")
    client = coliseum.Client(url=system.url, key=key)
    client.track("coliseum.vote_cast", user_id="ada", artist_id="nova", event_id="first-night", weight=7, channel="web")
    assert client.flush(30)
    client.close()
    Tenant(system, "first-night-live", key).wait_until_caught_up()
    with newcomer.context(role=None) as context, newcomer.page(context) as page:
        page.goto(newcomer.url("/log-in"))
        log_in(page, "ada@newcomer.example", NEW_PASSWORD)
        page.wait_for_url(newcomer.url(""))
        page.goto(newcomer.url("settings/usage"))
        expect(page.locator("[data-key=used]")).to_contain_text("1")
        board = page.evaluate("fetch('/api/leaderboards?metric=votes').then((answer) => answer.json())")
        assert [(row["id"], row["score"]) for row in board["rows"]] == [("nova", 7)]
        page.locator("table.days tbody a").first.click()
        expect(page.locator("main")).to_contain_text("coliseum.vote_cast")
        check_axe(page)
        answer = page.goto(newcomer.url("boards?metric=votes&entity=artist"))
        if answer is not None and answer.status == 200:
            expect(page.locator("main")).to_contain_text("nova")
        allow(page, "404")


def test_a_key_is_made_used_rotated_and_revoked(pages: Pages, arena: Arena) -> None:
    def status(key: str) -> int:
        with pages.context(role=None) as context:
            return context.request.get(
                f"{arena.system.url}/api/leaderboards?metric=votes", headers={"authorization": f"Bearer {key}"}
            ).status

    with pages.open("settings/keys") as page:
        page.on("dialog", lambda dialog: dialog.accept())
        key = make_key(page, "used and revoked")
        assert status(key) == 200
        row = page.get_by_role("row", name=re.compile("used and revoked"))
        row.get_by_role("combobox").select_option("0")
        row.get_by_role("button", name=re.compile("Rotate")).click()
        fresh = page.locator("#secret-value").inner_text()
        assert fresh != key
        with page.expect_navigation():
            page.get_by_role("button", name="I have kept it").click()
        expect(page.get_by_role("row", name=re.compile("used and revoked"))).to_have_count(1)
        page.get_by_role("row", name=re.compile("used and revoked")).get_by_role(
            "button", name=re.compile("Revoke")
        ).click()
        expect(page.get_by_role("row", name=re.compile("used and revoked"))).to_have_count(0)
        page.get_by_label("Addresses").fill("not an address")
        page.locator("#server").get_by_role("button", name="Make the key").click()
        expect(page.locator("#addresses-wrong")).to_be_visible()
        expect(page.get_by_label("Addresses")).to_be_focused()
        allow(page, "400")


def make_key(page: Page, name: str) -> str:
    """Make a server key by the page, and copy it from the dialogue."""
    page.locator("#server-name").fill(name)
    page.locator("#server").get_by_role("button", name="Make the key").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    check_axe(page)
    key = page.locator("#secret-value").inner_text()
    assert key.startswith("cs_server_")
    assert key in page.locator("#secret-curl").inner_text()
    with page.expect_navigation():
        page.get_by_role("button", name="I have kept it").click()
    expect(page.get_by_role("row", name=re.compile(name))).to_have_count(1)
    assert key not in page.content()
    return key
