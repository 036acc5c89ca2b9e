"""The pages of live events over HTTP: whatever an event is called, for whoever may look."""

from datetime import timedelta

import pytest

from coliseum import wiring
from coliseum.web.app import build_app
from support.asgi import Http
from support.live import conducted
from support.people import COOKIE, LogIn, new_person
from support.services import Platform, World
from support.voting import put_voting, slip, staged

FORM = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}


@pytest.fixture(scope="module")
def http(world: World) -> Http:
    """The application with the pages, on what the world has opened."""
    app = build_app(lambda: wiring.open_services(world.settings), "test")
    app.state.services = world.services
    return Http(app)


@pytest.fixture
async def member(world: World, platform: Platform) -> LogIn:
    await staged(world, platform)
    await conducted(world, platform)
    return await (await new_person(world, (platform, "viewer"))).log_in()


async def looked_at(http: Http, log_in: LogIn, path: str) -> tuple[int, str]:
    reply = await http.get(path, {"cookie": f"{COOKIE}={log_in.cookie}", "host": "coliseum.example"})
    return reply.status, reply.body.decode()


@pytest.mark.parametrize("event", ["final", "2026/final", "<b>nowhere</b>/%2F#y", "a//b", "ünder/", "komma,komma"])
async def test_an_event_has_a_page_whatever_its_id(
    world: World, http: Http, platform: Platform, member: LogIn, event: str
) -> None:
    assert (await put_voting(world, platform, "any", event=event)).status == 201
    status, body = await looked_at(http, member, f"/t/{platform.tenant.slug}/live/{event}")
    assert status == 200
    assert "<b>nowhere" not in body
    status, body = await looked_at(http, member, f"/t/{platform.tenant.slug}/live")
    assert (status, "<b>nowhere" in body) == (200, False)


async def test_a_page_without_a_log_in_leads_to_it_and_another_tenants_is_not_shown(
    world: World, http: Http, platform: Platform, member: LogIn
) -> None:
    slug = platform.tenant.slug
    for path in (f"/t/{slug}/live", f"/t/{slug}/live/final", f"/t/{slug}/jumbotron"):
        assert (await http.get(path)).status == 303
    other = await world.platform()
    for path in ("live", "live/final", "jumbotron?event=final", "live-latest?event=final"):
        status, _ = await looked_at(http, member, f"/t/{other.tenant.slug}/{path}")
        assert status == 403, path
    assert (await looked_at(http, member, f"/t/{slug}/live/nothing-of-that-name"))[0] == 404
    assert (await looked_at(http, member, f"/t/{slug}/jumbotron?event=final&mode=x&theme=y&seconds=0"))[0] == 200


async def test_the_page_to_vote_from_is_for_anybody_and_its_form_counts_once(
    world: World, http: Http, platform: Platform, member: LogIn
) -> None:
    assert member
    await put_voting(world, platform, results="public")
    path = f"/p/{platform.tenant.slug}/vote/final"
    shown = await http.get(path)
    assert shown.status == 200
    assert shown.headers["cache-control"] == "no-store"
    device = slip(world, platform)
    for _ in range(2):
        sent = await http.post(path, f"slip={device}&artist=nemo".encode(), FORM)
        assert (sent.status, b"Your vote for Nemo counts." in sent.body) == (200, True), sent
    other = await http.post(path, f"slip={device}&artist=abba".encode(), FORM)
    assert (other.status, b"this device has voted" in other.body) == (409, True)
    old = slip(world, platform, age=timedelta(days=8))
    assert (await http.post(path, f"slip={old}&artist=nemo".encode(), FORM)).status == 401
    foreign = {**FORM, "sec-fetch-site": "cross-site"}
    assert (await http.post(path, f"slip={slip(world, platform)}&artist=nemo".encode(), foreign)).status == 403
    votes = [row for row in await world.entries(platform) if row["event_type"] == "coliseum.vote_cast"]
    assert [row["artist_id"] for row in votes] == ["nemo"]


async def test_a_code_says_where_to_vote(world: World, http: Http, platform: Platform, member: LogIn) -> None:
    assert member
    await put_voting(world, platform)
    slug = platform.tenant.slug
    code = await http.get(f"/p/{slug}/vote/final/code.svg", {"host": "coliseum.example"})
    assert (code.status, code.headers["content-type"]) == (200, "image/svg+xml")
    assert b"<svg" in code.body
    assert b"<script" not in code.body
    assert (await http.get(f"/p/{slug}/vote/nothing/code.svg")).status == 404
    # What is private has no public display, and looks like what is not there.
    private, nothing = [await http.get(f"/p/{slug}/jumbotron/{name}") for name in ("final", "nothing")]
    assert (private.status, nothing.status) == (404, 404)
    await put_voting(world, platform, results="public")
    assert (await http.get(f"/p/{slug}/jumbotron/final")).status == 200
