"""What a foreign page can make a browser send changes nothing; and reading changes nothing, whoever reads."""

import itertools
import json
from collections.abc import Mapping

import pytest

from coliseum.web import access_page
from support.people import COOKIE, LogIn, new_person
from support.services import Platform, World

OWN = "http://coliseum.example"
SITES = ("none", "same-origin", "same-site", "cross-site", None)
ORIGINS = (OWN, "https://coliseum.example", "http://evil.example", "http://coliseum.example.evil", "null", None)
TYPES = ("application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
         "application/json; charset=utf-8", None)  # fmt: skip
PAGES = list(itertools.product(SITES, ORIGINS))
HOST = {"host": "coliseum.example"}


def may(site: str | None, origin: str | None) -> bool:
    """What TLS in front of the server hides from it is the scheme; the rest of its own origin must be said."""
    if site is not None:
        return site in ("none", "same-origin")
    return origin in (OWN, "https://coliseum.example")


def shown(site: str | None, origin: str | None, kind: str | None, **more: str) -> dict[str, str]:
    pairs = {"sec-fetch-site": site, "origin": origin, "content-type": kind}
    return {**HOST, **{name: value for name, value in pairs.items() if value is not None}, **more}


@pytest.fixture(scope="module")
async def browser(world: World) -> LogIn:
    return await (await new_person(world, (await world.platform(), "owner"))).log_in()


@pytest.fixture(scope="module")
async def program(browser: LogIn) -> LogIn:
    return await browser.human.log_in("token")


async def declare(log_in: LogIn, headers: Mapping[str, str], name: str = "mine") -> int:
    """Try to change something; the status."""
    body = json.dumps({"metric": "votes", "entity": "artist"}).encode()
    reply = await log_in.human.world.http.send("PUT", f"/api/boards/{name}", body, headers)
    return reply.status


@pytest.mark.parametrize(("site", "origin"), PAGES)
async def test_a_cookie_changes_something_for_own_pages_with_their_token_and_json_only(
    browser: LogIn, site: str | None, origin: str | None
) -> None:
    cookie = {"cookie": f"{COOKIE}={browser.cookie}"}
    for kind in TYPES:
        headers = shown(site, origin, kind, **cookie)
        with_token = await declare(browser, {**headers, "coliseum-csrf": browser.csrf})
        if may(site, origin) and kind == "application/json":
            assert with_token in (200, 201)
        else:
            assert with_token == (415 if may(site, origin) else 403)
        for wrong in ({}, {"coliseum-csrf": ""}, {"coliseum-csrf": browser.csrf[:-1]}, {"coliseum-csrf": "é"}):
            assert await declare(browser, {**headers, **wrong}) == 403


@pytest.mark.parametrize(("site", "origin"), PAGES)
async def test_who_shows_a_token_or_a_key_is_believed_from_anywhere(
    program: LogIn, site: str | None, origin: str | None
) -> None:
    for kind in ("application/json", "text/plain"):
        assert await declare(program, shown(site, origin, kind, **program.headers)) in (200, 201)


async def test_a_key_that_is_wrong_does_not_fall_back_to_the_cookie(browser: LogIn) -> None:
    headers = {"authorization": "Bearer nobody", "cookie": f"{COOKIE}={browser.cookie}", "sec-fetch-site": "cross-site"}
    assert await declare(browser, headers) == 401
    assert (await browser.human.world.http.get("/api/status", headers)).status == 401


async def test_the_token_of_another_session_does_not_count(browser: LogIn) -> None:
    other = await browser.human.log_in()
    headers = shown("same-origin", OWN, "application/json", cookie=f"{COOKIE}={browser.cookie}")
    assert await declare(browser, {**headers, "coliseum-csrf": other.csrf}) == 403
    assert await declare(browser, {**headers, "coliseum-csrf": browser.csrf}) in (200, 201)


@pytest.mark.parametrize("header", ["x-http-method-override", "x-method-override", "x-http-method"])
async def test_a_method_is_the_one_of_the_request(browser: LogIn, header: str) -> None:
    headers = {"cookie": f"{COOKIE}={browser.cookie}", header: "DELETE"}
    http = browser.human.world.http
    assert (await http.get("/api/auth/sessions", headers)).json
    assert (await http.get("/api/auth/sessions?_method=DELETE", headers)).status < 500
    assert await browser.is_open()


@pytest.mark.parametrize(("site", "origin"), PAGES)
async def test_a_foreign_page_logs_nobody_in(browser: LogIn, site: str | None, origin: str | None) -> None:
    human = browser.human
    headers = shown(site, origin, "application/json")
    reply = await human.try_to(headers=headers)
    is_program = site is None and origin is None
    assert reply.status == (200 if may(site, origin) or is_program else 403)
    assert ("set-cookie" in reply.headers) == (reply.status == 200)


@pytest.mark.parametrize("path", ["/api/passport/log", "/api/passport/batch", "/v1/track", "/api/live/tickets"])
async def test_routes_past_the_router_refuse_foreign_pages_too(browser: LogIn, path: str) -> None:
    cookie = {"cookie": f"{COOKIE}={browser.cookie}"}
    http = browser.human.world.http
    for headers in (shown("cross-site", None, "text/plain"), shown("same-origin", OWN, "application/json")):
        reply = await http.post(path, {}, {**headers, **cookie})
        assert (reply.status, reply.code) == (403, "cross_site")
    reply = await http.post(
        path, {}, {**shown("same-origin", OWN, "text/plain"), **cookie, "coliseum-csrf": browser.csrf}
    )
    assert reply.status == 415


async def state(world: World) -> dict[str, str]:
    """A digest of every table, by its name."""
    tables = await world.fetch(
        "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
        "AND NOT relispartition"
    )
    async with world.database.connection("owner") as connection:
        return {
            row["name"]: str(
                await connection.fetchval(
                    f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {row['name']} t"  # noqa: S608 - names of the catalogue
                )
            )
            for row in tables
        }


async def test_reading_changes_nothing(world: World, platform: Platform) -> None:
    human = await new_person(world, (platform, "owner"))
    browser, program = await human.log_in(), await human.log_in("token")
    before = await state(world)
    for method, path, _ in sorted(set(access_page.routes())):
        if method not in ("GET", "HEAD"):
            continue
        for hole, value in (("{name}", "votes-all"), ("{slug}", platform.tenant.slug)):
            path = path.replace(hole, value)  # noqa: PLW2901 - filled in
        path = path if "{" not in path else path.partition("{")[0] + "1"  # noqa: PLW2901 - as above
        for headers in (browser.headers, program.headers, platform.server, {}):
            assert (await world.http.send(method, path, b"", headers)).status < 500
    after = await state(world)
    assert {name for name in before if before[name] != after[name]} == set()


async def test_the_digest_would_see_a_change(world: World) -> None:
    before = await state(world)
    await (await new_person(world)).log_in()
    after = await state(world)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"accounts_people", "accounts_sessions", "trail_entries", "trail_heads"}
