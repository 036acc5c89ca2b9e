"""The origins that a tenant allows: what its browser keys may be bound to, where they work, whose pages read its boards."""

import asyncio
import json
from typing import Any

import pytest

from support.asgi import Reply
from support.festival import vote
from support.keys import bearer, made, make, trail
from support.people import LogIn, new_person
from support.services import Platform, World

SHOP, STAGE, FOREIGN = "https://shop.example", "https://stage.example", "https://foreign.example"
SOON_S = 2.5
"""A change holds within two seconds."""


@pytest.fixture
async def owner(world: World, platform: Platform) -> LogIn:
    return await (await new_person(world, (platform, "owner"))).log_in("token")


async def allow(owner: LogIn, *origins: str) -> None:
    reply = await owner.ask("PATCH", "/api/tenant", {"allowedOrigins": list(origins)})
    assert reply.status == 200, reply


async def patched(world: World, platform: Platform, key_id: int, **change: Any) -> Reply:
    return await world.http.send("PATCH", f"/api/keys/{key_id}", json.dumps(change).encode(), platform.server)


async def sent(world: World, key: dict[str, str], origin: str | None) -> Reply:
    headers = key if origin is None else {**key, "origin": origin}
    return await world.http.post("/api/passport/log", vote(userId=None, deviceId="device-1"), headers)


async def soon(world: World, key: dict[str, str], origin: str, status: int) -> Reply:
    """The first answer of this status; it must come within two seconds."""
    async with asyncio.timeout(SOON_S):
        while (reply := await sent(world, key, origin)).status != status:
            await asyncio.sleep(0.02)
    return reply


async def test_a_key_is_bound_to_origins_of_the_list_only(world: World, platform: Platform, owner: LogIn) -> None:
    await allow(owner, SHOP, STAGE)
    for origins in ([FOREIGN], [SHOP, FOREIGN], ["http://shop.example"]):
        reply = await make(world, platform.server, kind="browser", scopes=["write"], origins=origins)
        assert (reply.status, reply.code, reply.json["field"]) == (403, "origin_not_allowed", "origins")
        assert origins[-1] in reply.json["detail"]
    _, key = await made(world, platform, kind="browser", scopes=["write"], origins=[STAGE])
    assert key["origins"] == [STAGE]
    reply = await patched(world, platform, key["id"], origins=[FOREIGN])
    assert (reply.status, reply.code, reply.json["field"]) == (403, "origin_not_allowed", "origins")
    assert (await patched(world, platform, key["id"], origins=[SHOP])).json["origins"] == [SHOP]
    refused = [each for each in await trail(world, platform) if each["outcome"] == "refused"]
    assert {each["detail"]["code"] for each in refused} == {"origin_not_allowed"}


async def test_without_a_list_a_key_is_bound_to_whatever_it_is(world: World, platform: Platform) -> None:
    key, _ = await made(world, platform, kind="browser", scopes=["write"], origins=[FOREIGN])
    assert (await sent(world, key, FOREIGN)).status == 201
    assert (await sent(world, key, SHOP)).code == "origin_not_allowed"


async def test_a_key_works_where_both_say_so_as_the_list_changes(
    world: World, platform: Platform, owner: LogIn
) -> None:
    key, described = await made(world, platform, kind="browser", scopes=["write"], origins=[SHOP, FOREIGN])
    for origin in (SHOP, FOREIGN):
        assert (await sent(world, key, origin)).status == 201
    await allow(owner, SHOP, STAGE)
    refused = await soon(world, key, FOREIGN, 403)
    assert refused.code == "origin_not_allowed"
    assert "access-control-allow-origin" not in refused.headers
    taken = await sent(world, key, SHOP)
    assert (taken.status, taken.headers["access-control-allow-origin"], taken.headers["vary"]) == (201, SHOP, "origin")
    assert (await sent(world, key, STAGE)).code == "origin_not_allowed"
    assert (await sent(world, key, None)).code == "origin_not_allowed"

    await allow(owner, STAGE)  # nothing in common: nowhere, and not everywhere
    for origin in (SHOP, FOREIGN, STAGE):
        assert (await soon(world, key, origin, 403)).code == "origin_not_allowed"
    # What is not about its origins can be changed still, and it can be rotated: its origins are kept as they are.
    assert (await patched(world, platform, described["id"], name="of the shop")).status == 200
    rotated = await world.http.post(f"/api/keys/{described['id']}/rotate", {"overlapSeconds": 0}, platform.server)
    assert rotated.status == 201, rotated
    assert rotated.json["key"]["origins"] == [SHOP, FOREIGN]
    new = bearer(rotated.json["secret"])
    assert (await sent(world, new, SHOP)).code == "origin_not_allowed"

    await allow(owner)
    for origin in (SHOP, FOREIGN):
        await soon(world, new, origin, 201)


async def test_a_key_bound_to_nothing_works_on_the_pages_of_the_list(
    world: World, platform: Platform, owner: LogIn
) -> None:
    anywhere = await sent(world, platform.browser, FOREIGN)
    assert (anywhere.status, anywhere.headers["access-control-allow-origin"]) == (201, "*")
    await allow(owner, SHOP)
    refused = await soon(world, platform.browser, FOREIGN, 403)
    assert refused.code == "origin_not_allowed"
    taken = await sent(world, platform.browser, SHOP)
    assert (taken.status, taken.headers["access-control-allow-origin"]) == (201, SHOP)
    assert (await sent(world, platform.browser, None)).code == "origin_not_allowed"


async def test_a_server_key_is_no_page_and_the_list_is_not_about_it(
    world: World, platform: Platform, owner: LogIn
) -> None:
    await allow(owner, SHOP)
    await soon(world, platform.browser, FOREIGN, 403)
    assert (await world.http.post("/api/passport/log", vote(), platform.server)).status == 201


async def test_of_a_new_list_and_a_new_key_at_once_none_slips_past_the_other(
    world: World, platform: Platform, owner: LogIn
) -> None:
    wish = {"kind": "browser", "scopes": ["write"], "origins": [FOREIGN]}
    replies = await asyncio.gather(
        *(make(world, platform.server, **wish) for _ in range(6)), allow(owner, SHOP),
        *(make(world, platform.server, **wish) for _ in range(6)),
    )  # fmt: skip
    assert {reply.status for reply in replies if reply is not None} <= {201, 403}
    for reply in replies:
        if reply is not None and reply.status == 201:
            assert (await soon(world, bearer(reply.json["secret"]), FOREIGN, 403)).code == "origin_not_allowed"


async def public_board(world: World, platform: Platform) -> str:
    declaration = {
        "metric": "votes", "entity": "artist", "title": "T", "visibility": "public", "publicTotal": True,
        "windows": ["all"],
    }  # fmt: skip
    body = json.dumps(declaration).encode()
    assert (await world.http.send("PUT", "/api/boards/finals", body, platform.server)).status == 201
    return f"/api/public/{platform.tenant.slug}/boards/finals"


@pytest.mark.parametrize("what", ["", "/total"])
async def test_pages_of_the_list_read_public_boards_and_no_others(
    world: World, platform: Platform, owner: LogIn, what: str
) -> None:
    path = await public_board(world, platform) + what
    shown = await world.http.get(path, {"origin": FOREIGN})
    assert (shown.status, shown.headers["access-control-allow-origin"]) == (200, "*")
    assert shown.headers["cross-origin-resource-policy"] == "cross-origin"
    await allow(owner, SHOP)
    async with asyncio.timeout(SOON_S):
        while "access-control-allow-origin" in (shown := await world.http.get(path, {"origin": FOREIGN})).headers:
            await asyncio.sleep(0.02)
    for headers in ({"origin": FOREIGN}, {"origin": "null"}, {"origin": f"{SHOP}.evil.example"}, {}):
        shown = await world.http.get(path, headers)
        assert (shown.status, shown.headers["vary"]) == (200, "origin")
        assert "access-control-allow-origin" not in shown.headers, headers
        assert shown.headers["cross-origin-resource-policy"] == "same-origin"
    shown = await world.http.get(path, {"origin": SHOP})
    assert (shown.headers["access-control-allow-origin"], shown.headers["vary"]) == (SHOP, "origin")
    again = await world.http.get(path, {"origin": SHOP, "if-none-match": shown.headers["etag"]})
    assert (again.status, again.headers["access-control-allow-origin"], again.headers["vary"]) == (304, SHOP, "origin")
