"""Log-in and log-out by pages, without a script: the same refusals as the API's, and nothing that leads elsewhere."""

import itertools
import re
from datetime import timedelta

import pytest

from coliseum.accounts.attempts import PasswordShown, shown_by, stub_of
from support.no_script import FORM, OWN, NoScript, stub_in, where
from support.people import COOKIE, Human, deeds, new_person, with_second_factor
from support.post import NEW_PASSWORD, secret_for
from support.services import SECRET_KEY, Platform, World

pytestmark = pytest.mark.long

SITES = ("none", "same-origin", "same-site", "cross-site", None)
ORIGINS = (OWN, "https://coliseum.example", "http://evil.example", "http://coliseum.example.evil", "null", None)
ELSEWHERE = (
    "//evil.example", "/\\evil.example", "\\/evil.example", "https://evil.example", "javascript:alert(1)", "evil",
    "/\t/evil.example", "/\n/evil.example", " //evil.example", "/%0d%0aset-cookie:x=1\r\n", "http:/evil.example",
    "/é", "//", "/" + "a" * 3_000, "data:text/html,x", "///evil.example", "/\x00",
)  # fmt: skip


def may(site: str | None, origin: str | None) -> bool:
    if site is not None:
        return site in ("none", "same-origin")
    return origin in (OWN, "https://coliseum.example")


def shown(site: str | None, origin: str | None) -> dict[str, str]:
    said = {"sec-fetch-site": site, "origin": origin}
    own = {name: value for name, value in FORM.items() if name not in said}
    return {**own, **{name: value for name, value in said.items() if value is not None}}


async def spend(human: Human) -> None:
    await human.world.execute("UPDATE accounts_people SET totp_counter = 0 WHERE person_id = $1", human.person_id)


@pytest.fixture
async def inside(world: World, platform: Platform) -> NoScript:
    """An owner's browser."""
    human = await new_person(world, (platform, "owner"))
    browser = NoScript(world)
    await browser.log_in(human.email, human.password)
    return browser


async def test_the_right_password_leads_to_the_only_tenant_and_sets_the_cookie(
    world: World, platform: Platform
) -> None:
    human, browser = await new_person(world, (platform, "viewer")), NoScript(world)
    page = await browser.get("/log-in")
    assert (page.status, page.headers["cache-control"]) == (200, "no-store")
    reply = await browser.log_in(human.email.upper(), human.password)
    assert where(reply) == f"/t/{platform.tenant.slug}"
    assert reply.headers["cache-control"] == "no-store"
    assert re.fullmatch(
        rf"{COOKIE}=[\w-]{{43}}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=\d+", reply.headers["set-cookie"]
    )
    assert await browser.is_in()
    assert where(await browser.get("/log-in?next=/account")) == "/account"
    assert len(await deeds(world, platform.tenant_id, "session.begin", human.person_id)) == 1


async def test_of_several_tenants_one_is_chosen(world: World, platform: Platform) -> None:
    human = await new_person(world, (platform, "viewer"), (await world.platform(), "owner"))
    browser = NoScript(world)
    assert where(await browser.log_in(human.email, human.password)) == "/t"
    page = (await browser.get("/t")).body.decode()
    assert f'href="/t/{platform.tenant.slug}"' in page


async def test_what_is_wrong_is_said_alike_and_the_password_is_never_said_back(world: World) -> None:
    human = await new_person(world)
    answers = [
        await NoScript(world).log_in(email, "a wrong password, quite long")
        for email in (human.email, "nobody-at-all@example.org")
    ]
    pages = {re.sub(r"value=\"[^\"]*@[^\"]*\"", "", each.body.decode()) for each in answers}
    assert {each.status for each in answers} == {401}
    assert len(pages) == 1
    assert "E-mail or password is wrong." in pages.pop()
    assert all(b"quite long" not in each.body and "set-cookie" not in each.headers for each in answers)
    assert human.email.encode() in answers[0].body
    assert re.search(rb'id="password"[^>]*autofocus', answers[0].body)


async def test_a_second_factor_is_asked_for_on_a_page_of_its_own(world: World, platform: Platform) -> None:
    human = await new_person(world, (platform, "owner"))
    _, codes = await with_second_factor(human)
    browser = NoScript(world)
    asked = await browser.log_in(human.email, human.password, next="/account")
    assert (asked.status, "set-cookie" in asked.headers) == (200, False)
    assert human.password.encode() not in asked.body
    stub = stub_in(asked)
    wrong = await browser.post("/log-in", {"stub": stub, "code": "000000", "next": "/account"})
    assert (wrong.status, b"This code is wrong" in wrong.body) == (401, True)
    assert stub_in(wrong) == stub
    code = human.code()
    assert where(await browser.post("/log-in", {"stub": stub, "code": f" {code[:3]} {code[3:]} ", "next": "/account"}))
    assert await browser.is_in()
    other = NoScript(world)
    again = await other.post("/log-in", {"stub": stub, "code": code})
    assert (again.status, await other.is_in()) == (401, False)
    assert where(await other.post("/log-in", {"stub": stub, "code": codes[0].lower()}))
    third = NoScript(world)
    assert (await third.post("/log-in", {"stub": stub, "code": codes[0]})).status == 401


async def test_a_stub_is_of_this_server_for_five_minutes_and_for_this_password(world: World) -> None:
    human = await new_person(world)
    await with_second_factor(human)
    await spend(human)
    browser = NoScript(world)
    stub = stub_in(await browser.log_in(human.email, human.password))
    now = world.services.clock()
    said = shown_by(SECRET_KEY, stub, now)
    assert said is not None
    assert shown_by(SECRET_KEY, stub, now + timedelta(minutes=6)) is None
    forged = [
        "", "x", stub[:-2], "A" + stub[1:], stub * 9, "é", stub_of("another secret key", said, now),
        stub_of(SECRET_KEY, said, now - timedelta(minutes=6)),
        stub_of(SECRET_KEY, PasswordShown(said.person_id, now), now),
        stub_of(SECRET_KEY, PasswordShown(2**40, None), now),
    ]  # fmt: skip
    for each in forged:
        reply = await browser.post("/log-in", {"stub": each, "code": human.code()})
        assert (reply.status, b"Begin again" in reply.body) == (401, True), each
    assert not await browser.is_in()


async def test_codes_and_passwords_are_tried_as_seldom_as_by_the_api(world: World) -> None:
    human = await new_person(world)
    await with_second_factor(human)
    browser = NoScript(world)
    stub = stub_in(await browser.log_in(human.email, human.password))
    statuses = [(await browser.post("/log-in", {"stub": stub, "code": "000000"})).status for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    limited = await browser.post("/log-in", {"stub": stub, "code": human.code()})
    assert (limited.status, int(limited.headers["retry-after"]) > 0) == (429, True)
    assert (await human.try_to("token", human.code())).code == "rate_limited"
    other = await new_person(world)
    tried = [(await NoScript(world).log_in(other.email, "a wrong password, long")).status for _ in range(11)]
    assert tried == [401] * 10 + [429]
    assert (await other.try_to("token")).code == "rate_limited"


async def test_a_log_in_takes_the_place_of_the_one_before_in_the_same_browser(world: World) -> None:
    human, other = await new_person(world), await new_person(world)
    browser = NoScript(world)
    await browser.log_in(human.email, human.password)
    first = browser.cookie
    await browser.log_in(other.email, other.password)
    assert browser.cookie != first
    assert not await NoScript(world, first).is_in()
    planted = NoScript(world, "a" * 43)  # a cookie that somebody else has chosen
    await planted.log_in(human.email, human.password)
    assert planted.cookie != "a" * 43
    assert not await NoScript(world, "a" * 43).is_in()


@pytest.mark.parametrize("way", ELSEWHERE)
async def test_nobody_is_led_elsewhere(world: World, way: str) -> None:
    human, browser = await new_person(world), NoScript(world)
    assert where(await browser.log_in(human.email, human.password, next=way)) == "/t"
    if way.isascii() and way.isprintable() and " " not in way:
        assert where(await browser.get(f"/log-in?next={way}")) == "/t"


@pytest.mark.parametrize("way", ["/account", "/t/x/boards?metric=votes&window=day", "/a%2Fb", "/t/%C3%A9", "/.//x"])
async def test_one_comes_back_to_where_one_was_going(world: World, way: str) -> None:
    human, browser = await new_person(world), NoScript(world)
    assert where(await browser.log_in(human.email, human.password, next=way)) == way


async def test_who_comes_by_a_link_of_another_site_comes_again_by_a_page_of_this_one(inside: NoScript) -> None:
    page = await NoScript(inside.world).get("/log-in?next=/t/x", sec_fetch_site="cross-site")
    assert '<meta http-equiv="refresh" content="0; url=/log-in?next=%2Ft%2Fx&amp;here=1">' in page.body.decode()
    again = await NoScript(inside.world).get("/log-in?next=/t/x&here=1", sec_fetch_site="cross-site")
    assert b"http-equiv" not in again.body
    assert where(await inside.get("/log-in?next=/t/x&here=1")) == "/t/x"


@pytest.mark.parametrize(("site", "origin"), list(itertools.product(SITES, ORIGINS)))
async def test_a_foreign_page_logs_nobody_in_and_nobody_out(
    world: World, inside: NoScript, site: str | None, origin: str | None
) -> None:
    human, headers = await new_person(world), shown(site, origin)
    stranger = NoScript(world)
    reply = await stranger.post("/log-in", {"email": human.email, "password": human.password}, headers)
    is_program = site is None and origin is None
    assert reply.status == (303 if may(site, origin) or is_program else 403)
    for path in ("/forgot", "/sign-up"):
        asked = await stranger.post(path, {"email": "x"}, headers)
        assert (asked.status == 403) is (not (may(site, origin) or is_program) or path == "/sign-up"), path
    fields = {"csrf": await inside.token()}
    assert (await inside.post("/log-out", {}, headers)).status == 403
    out = await inside.post("/log-out", fields, headers)
    assert out.status == (303 if may(site, origin) else 403)
    assert await inside.is_in() is not may(site, origin)


FORMS = [
    "/log-out", "/account/name", "/account/email", "/account/verify", "/account/password", "/account/session",
    "/account/sessions", "/account/identity", "/account/leave", "/account/second-factor",
    "/account/second-factor/confirm", "/account/second-factor/codes", "/account/second-factor/remove", "/t",
]  # fmt: skip


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_needs_the_token_of_its_own_session_from_an_own_page(
    world: World, inside: NoScript, path: str
) -> None:
    human = await new_person(world)
    other = NoScript(world)
    await other.log_in(human.email, human.password)
    own, foreign = await inside.token(), await other.token()
    for fields in ({}, {"csrf": ""}, {"csrf": own[:-4]}, {"csrf": foreign}, {"csrf": "é"}, {"csrf": "A" * 86}):
        assert (await inside.post(path, fields)).status == 403, fields
    for headers in (shown("cross-site", OWN), shown(None, "http://evil.example"), shown(None, None)):
        assert (await inside.post(path, {"csrf": own}, headers)).status == 403, headers
    assert (await inside.post(path, {"csrf": own}, {**FORM, "content-type": "text/plain"})).status == 415
    assert (await inside.post(path, {"csrf": own}, {**FORM, "content-type": "application/json"})).status == 415
    stranger = await NoScript(world).post(path, {"csrf": own})
    assert where(stranger) == "/log-in"
    assert await inside.is_in()


async def test_log_out_ends_the_session_and_makes_the_browser_forget(inside: NoScript) -> None:
    world, before = inside.world, inside.cookie
    assert (await inside.get("/log-out")).status == 200
    assert await inside.is_in()
    out = await inside.send("/log-out", {}, "/log-out")
    assert where(out) == "/log-in"
    assert out.headers["set-cookie"].startswith(f"{COOKIE}=; ")
    assert "cookies" in out.headers["clear-site-data"]
    assert not await NoScript(world, before).is_in()


async def test_a_forgotten_password_is_asked_for_and_chosen(world: World) -> None:
    human, browser = await new_person(world), NoScript(world)
    known = await browser.post("/forgot", {"email": human.email})
    unknown = await browser.post("/forgot", {"email": "nobody-either@example.org"})
    assert known.status == unknown.status == 200
    assert known.body.replace(human.email.encode(), b"") == unknown.body.replace(b"nobody-either@example.org", b"")
    secret = await secret_for(world, human.email, "reset")
    weak = await browser.post(f"/reset/{secret}", {"password": "short"})
    assert (weak.status, b"8 to 1024 characters" in weak.body) == (400, True)
    done = await browser.post(f"/reset/{secret}", {"password": NEW_PASSWORD})
    assert (done.status, b'href="/log-in"' in done.body) == (200, True)
    assert not await browser.is_in()
    assert where(await browser.log_in(human.email, NEW_PASSWORD)) == "/t"
    wrong = await browser.post("/forgot", {"email": "<script>"})
    assert (wrong.status, b"&lt;script&gt;" in wrong.body, b"<script>" in wrong.body) == (400, True, False)


async def test_where_accounts_are_by_invitation_the_page_says_so(world: World) -> None:
    browser = NoScript(world)
    page = await browser.get("/sign-up")
    said = page.body.partition(b"<main")[2].partition(b"</main>")[0]
    assert (page.status, b"by invitation" in said, b"<form" in said) == (200, True, False)
    assert (
        await browser.post("/sign-up", {"email": "a@example.org", "name": "A", "password": NEW_PASSWORD})
    ).status == 403
    assert b"/sign-up" not in (await browser.get("/log-in")).body


async def test_the_outbox_and_the_welcome_are_for_this_machine_alone(world: World) -> None:
    browser = NoScript(world)
    for path in ("/dev/outbox", "/welcome/" + "a" * 43):
        assert (await browser.get(path)).status == 404
    assert b"coliseum up" not in (await browser.get("/log-in")).body
