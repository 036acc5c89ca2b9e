"""Every answer carries the same headers for browsers: of every route, of refusals, of failures."""

import http.client
import re
from collections.abc import Iterator

import pytest

from coliseum.web import access_page, headers
from coliseum.web.capture import ROUTES
from support.asgi import Reply
from support.services import Platform, World
from support.system import System, Tenant, running_system

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; font-src 'self'; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
API_POLICY = "default-src 'none'; frame-ancestors 'none'"


def check(status: int, found: dict[str, list[str]], policy: str = API_POLICY) -> None:
    """Whether an answer has each header, once."""
    assert all(len(values) == 1 for name, values in found.items() if name in ALWAYS), (status, found)
    assert found["strict-transport-security"] == ["max-age=31536000; includeSubDomains"]
    assert found["content-security-policy"] == [policy]
    assert found["x-content-type-options"] == ["nosniff"]
    assert found["referrer-policy"] == ["no-referrer"]
    assert found["cross-origin-opener-policy"] == ["same-origin"]
    readable = "access-control-allow-origin" in found
    assert found["cross-origin-resource-policy"] == ["cross-origin" if readable else "same-origin"]
    assert re.fullmatch(r"(\w[\w-]*=\(\)(, )?)+", found["permissions-policy"][0])
    if status >= 400:
        assert found["cache-control"] == ["no-store"], (status, found)
    else:
        assert found["cache-control"]
    assert not re.search(r"\d", found.get("server", [""])[0])


ALWAYS = {
    "strict-transport-security", "content-security-policy", "x-content-type-options", "referrer-policy",
    "cross-origin-opener-policy", "cross-origin-resource-policy", "permissions-policy", "cache-control", "server",
}  # fmt: skip


def of(reply: Reply) -> dict[str, list[str]]:
    return {name: [value] for name, value in reply.headers.items()}


@pytest.mark.parametrize(("method", "path", "access"), sorted(set(access_page.routes())))
async def test_every_route_of_the_api_has_them_whoever_asks(
    world: World, sender: Platform, method: str, path: str, access: str
) -> None:
    filled = re.sub(r"\{\w+\}", "no-such", path)
    for credentials in ({}, sender.server, sender.browser):
        reply = await world.http.send(method, filled, b"", credentials)
        check(reply.status, of(reply))
    for other in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "HEAD"} - {method}:
        reply = await world.http.send(other, filled, b"", sender.server)
        check(reply.status, of(reply))


async def test_a_board_that_is_asked_for_again_has_them(world: World, sender: Platform) -> None:
    path = "/api/leaderboards?metric=votes&entity=artist"
    for _ in range(2):
        reply = await world.http.get(path, sender.server)
        check(reply.status, of(reply))
        assert reply.headers["cache-control"] == "private, no-cache"
    same = await world.http.get(path, {**sender.server, "if-none-match": reply.headers["etag"]})
    assert same.status == 304
    check(same.status, of(same))


@pytest.mark.parametrize("path", [path for paths, _ in ROUTES for path in paths])
async def test_capture_has_them(world: World, sender: Platform, path: str) -> None:
    for method in ("POST", "OPTIONS", "GET"):
        reply = await world.http.send(method, path, b"{", sender.server)
        check(reply.status, of(reply))
        assert reply.headers["cross-origin-resource-policy"] == "cross-origin"


async def test_a_failure_inside_has_them(world: World, sender: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr(type(world.services.pipeline), "capture", broken)
    monkeypatch.setattr(type(world.services.database), "tenant", broken)
    for method, path in (("POST", "/api/passport/log"), ("GET", "/api/boards")):
        reply = await world.http.send(method, path, b"{}", sender.server)
        assert reply.status == 500
        assert b"inside" not in reply.body
        check(500, of(reply))


def test_what_a_route_says_itself_is_left_and_said_once() -> None:
    given = [(b"Cache-Control", b"public, max-age=5"), (b"content-security-policy", b"default-src 'self'")]
    for _ in range(2):
        completed = headers.Headers().completed(given)
        names = [name.lower() for name, _ in completed]
        assert len(names) == len(set(names)) == 8
        assert completed[:2] == given


def test_the_memory_of_shapes_is_bounded() -> None:
    known = headers.Headers()
    for number in range(headers.SHAPES_MAX + 50):
        assert len(known.completed([(b"x-%d" % number, b"")])) == 9
    assert len(known._missing) == headers.SHAPES_MAX


@pytest.fixture(scope="module")
def tenant(fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenant]:
    folder = tmp_path_factory.mktemp("headers")
    with running_system(fresh_database, folder, COLISEUM_PUBLIC_TENANT="headers") as system:
        yield system.create_tenant("headers")


PAGES = {"/", "/?window=nonsense", "/explain?metric=votes", "/explain", "/static/page.css", "/static/live.js"}
OTHERS = {
    "GET /static/no-such", "GET /nowhere", "DELETE /", "POST /explain", "TRACE /health", "GET /schema/openapi.json",
    "GET /schema/events.json", "GET /schema", "GET /live?window=nonsense", "GET /api/live", "GET /api/live/events",
    "POST /api/live/events", "OPTIONS /api/live/events", "POST /api/live/tickets", "GET /api/public/x/boards/y",
    "PUT /api/boards/x",
}  # fmt: skip


def asked(system: System, route: str, body: bytes = b"", **sent: str) -> tuple[int, dict[str, list[str]]]:
    method, path = route.split(" ")
    connection = http.client.HTTPConnection("127.0.0.1", system.port, timeout=30)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in sent.items()})
        response = connection.getresponse()
        found: dict[str, list[str]] = {}
        for name, value in response.getheaders():
            found.setdefault(name.lower(), []).append(value)
        if "event-stream" not in found.get("content-type", [""])[0]:
            response.read()
        return response.status, found
    finally:
        connection.close()


@pytest.mark.parametrize("path", sorted(PAGES))
def test_pages_of_a_real_server_have_them(tenant: Tenant, path: str) -> None:
    status, found = asked(tenant.system, f"GET {path}")
    check(status, found, PAGE_POLICY)


@pytest.mark.parametrize("route", sorted(OTHERS))
def test_refusals_and_the_rest_of_a_real_server_have_them(tenant: Tenant, route: str) -> None:
    check(*asked(tenant.system, route))


def test_streams_of_a_real_server_have_them(tenant: Tenant) -> None:
    status, found = asked(tenant.system, "GET /live")
    assert (status, found["cache-control"]) == (200, ["no-store"])
    check(status, found)
    key = f"Bearer {tenant.key}"
    status, found = asked(tenant.system, "GET /api/live/events?metric=votes&entity=artist", authorization=key)
    assert (status, found["cache-control"]) == (200, ["no-store"])
    check(status, found)


def test_a_body_that_is_too_large_is_answered_with_them(tenant: Tenant) -> None:
    sent = {"authorization": f"Bearer {tenant.key}", "content_length": "50000000"}
    status, found = asked(tenant.system, "POST /api/passport/log", b"{", **sent)
    assert status == 413
    check(status, found)
