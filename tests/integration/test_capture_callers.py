"""Who may send what: keys, browsers and their users, methods, and what a body may be packed in."""

import base64
import gzip
import json
import time
import tracemalloc
import zlib
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from coliseum.ids import derived_key
from support.asgi import Body, basic
from support.festival import event, spent, vote
from support.services import SECRET_KEY, Platform, World

LOG, BATCH = "/api/passport/log", "/api/passport/batch"
MIB = 1024 * 1024
CAPTURE_PATHS = (
    LOG, BATCH, "/api/passport/tokens", "/api/webhooks/passport",
    *(f"/v1/{call}" for call in ("track", "identify", "page", "screen", "group", "alias", "batch", "import")),
)  # fmt: skip


@pytest.mark.parametrize("authorization", [
    None, "", "Bearer", "Bearer ", "Basic", "Basic !!!", "Basic Og==", "Digest x", "cs_server_x", "Basic \xe9\xff",
])  # fmt: skip
@pytest.mark.parametrize("path", CAPTURE_PATHS[:3] + CAPTURE_PATHS[4:])
async def test_without_a_key_nothing_is_taken(world: World, path: str, authorization: str | None) -> None:
    before = await world.count()
    headers = {} if authorization is None else {"authorization": authorization}
    reply = await world.http.post(path, vote(), headers)
    assert (reply.status, reply.code) == (401, "missing_key")
    assert reply.headers["www-authenticate"].startswith("Bearer")
    assert await world.count() == before


@pytest.mark.parametrize("key", ["cs_server_nobody_" + "x" * 43, "x" * 100_000, "\xff\xfe", "' OR 1=1 --", "\x01"])
async def test_an_unknown_key_is_refused(world: World, key: str) -> None:
    for headers in ({"authorization": f"Bearer {key}"}, {"authorization": basic(key)}):
        reply = await world.http.post(LOG, vote(), headers)
        assert (reply.status, reply.code) == (401, "unknown_key")


async def test_a_key_writes_and_reads_its_own_tenant_and_no_other(world: World) -> None:
    mine, other = await world.platform(), await world.platform()
    assert (await world.http.post(LOG, vote(id="the same id"), mine.server)).status == 201
    assert (await world.http.post(LOG, vote(id="the same id", weight=9), other.server)).json["status"] == "accepted"
    assert [row["value"] for row in await world.entries(mine)] == [1]
    assert [row["value"] for row in await world.entries(other)] == [9]
    mixed = f"cs_server_{mine.tenant.slug}_{other.server_key.rpartition('_')[2]}"
    assert (await world.http.post(LOG, vote(), {"authorization": f"Bearer {mixed}"})).code == "unknown_key"


async def test_a_vote_of_another_tenant_cannot_be_voided(world: World) -> None:
    mine, other = await world.platform(), await world.platform()
    cast = vote()
    await world.http.post(LOG, cast, other.server)
    void = event("coliseum.vote_voided", voteId=cast["id"], reason="not mine")
    assert (await world.http.post(LOG, void, mine.server)).code == "unknown_reference"
    assert await world.count(mine) == 0


async def test_a_revoked_key_stops_working(world: World, platform: Platform) -> None:
    await world.execute("UPDATE accounts_keys SET revoked_at = now() WHERE tenant_id = $1", platform.tenant_id)
    assert (await world.http.post(LOG, vote(), platform.server)).code == "unknown_key"


FORBIDDEN: dict[str, dict[str, Any]] = {
    "catalog.artist": {"artistId": "abba", "name": "ABBA"},
    "treasury.money_spent": {"amountCents": 1, "currency": "eur", "reason": "bar"},
    "treasury.money_earned": {"amountCents": 1, "currency": "eur", "role": "artist", "source": "bar"},
    "treasury.money_refunded": {"amountCents": 1, "currency": "eur", "reason": "", "refundOf": "x"},
    "concierto.ticket_purchased": {
        "eventId": "final", "quantity": 1, "amountCents": 1, "currency": "eur", "orderId": "o",
    },
    "concierto.event_attended": {"eventId": "final", "city": "Basel"},
    "coliseum.vote_voided": {"voteId": "x", "reason": ""},
}  # fmt: skip


@pytest.mark.parametrize("event_type", FORBIDDEN)
async def test_a_browser_key_may_not_send(world: World, platform: Platform, event_type: str) -> None:
    sent = event(event_type, **FORBIDDEN[event_type], userId="anon:device-1", deviceId="device-1")
    reply = await world.http.post(LOG, sent, platform.browser)
    assert (reply.status, reply.code) == (403, "key_not_allowed")
    assert await world.count(platform) == 0


@pytest.mark.parametrize(
    "who",
    [{"userId": "fan-1"}, {"userId": "anon:device-2", "deviceId": "device-1"}, {"userId": "anon:"}, {"userId": None}],
)
async def test_a_browser_without_a_token_is_nobody_but_its_device(
    world: World, platform: Platform, who: dict[str, Any]
) -> None:
    reply = await world.http.post(LOG, vote(**who), platform.browser)
    assert (reply.status, reply.code) in {(403, "not_yourself"), (400, "invalid_payload")}
    assert await world.count(platform) == 0
    for fine in ({"userId": None}, {"userId": "anon:device-1"}):
        reply = await world.http.post(LOG, vote(**fine, deviceId="device-1", extra="dropped"), platform.browser)
        assert reply.status == 201, reply


@pytest.mark.parametrize("extra", ["1" * 400, "1e400", "-1e-400", '"\\u0061"', "9" * 19, "[" * 900 + "]" * 900])
async def test_a_browser_event_without_user_may_carry_odd_fields_that_are_dropped(
    world: World, platform: Platform, extra: str
) -> None:
    body = json.dumps(vote(userId=None, deviceId="device-1"))[:-1] + f', "extra": {extra}}}'
    reply = await world.http.post(LOG, body.encode(), platform.browser)
    assert reply.status in {201, 400}, reply
    assert await world.count(platform) == (reply.status == 201)


async def test_a_token_lets_a_browser_write_as_one_user(world: World, platform: Platform) -> None:
    made = await world.http.post("/api/passport/tokens", {"userId": "fan-1", "ttlSeconds": 60}, platform.server)
    assert made.status == 201
    headers = platform.browser | {"coliseum-user": made.json["token"]}
    assert (await world.http.post(LOG, vote(), headers)).status == 201
    assert (await world.http.post(LOG, vote(userId=None), headers)).status == 201
    reply = await world.http.post(LOG, vote(userId="fan-2"), headers)
    assert (reply.status, reply.code, reply.json["field"]) == (403, "not_yourself", "userId")
    other = await world.platform()
    reply = await world.http.post(LOG, vote(), other.browser | {"coliseum-user": made.json["token"]})
    assert (reply.status, reply.code) == (401, "invalid_token")
    refused = await world.http.post("/api/passport/tokens", {"userId": "fan-1"}, platform.browser)
    assert (refused.status, refused.code) == (403, "key_not_allowed")
    assert await world.count(platform) == 2


@pytest.mark.parametrize("body", [
    b"", b"[]", b"null", b'{"userId":""}', b'{"userId":1}', b'{"userId":"a","ttlSeconds":0}', b"\xff",
    b'{"userId":"a","ttlSeconds":86401}', b'{"userId":"a","ttlSeconds":1e400}', b'{"userId":"\\ud800"}',
    b'{"userId":"a","more":1}', b'{"userId":"' + b"a" * 129 + b'"}', b"[" * 10_000, b'{"userId":' + b"[" * 9_000,
    b'{"userId":"a","ttlSeconds":' + b"1" * 400 + b"}",
])  # fmt: skip
async def test_a_bad_wish_for_a_token_is_refused(world: World, platform: Platform, body: bytes) -> None:
    reply = await world.http.post("/api/passport/tokens", body, platform.server)
    assert (reply.status, reply.code) == (400, "invalid_payload")


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def forged(platform: Platform, **changes: Any) -> str:
    now = int(time.time())
    claims = {"iss": "coliseum", "aud": platform.tenant.slug, "sub": "fan-1", "iat": now, "exp": now + 60, **changes}
    key = OctKey.import_key(derived_key(SECRET_KEY, "user-token", platform.tenant.slug))
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": "HS256"}, kept, key)


BAD_CLAIMS: list[dict[str, Any]] = [
    {"exp": 1}, {"exp": None}, {"exp": "soon"}, {"exp": [1]}, {"exp": True}, {"aud": "another"}, {"aud": None}, {"iss": "me"},
    {"sub": None}, {"aud": {}}, {"iss": None},
]  # fmt: skip


@pytest.mark.parametrize("changes", BAD_CLAIMS)
async def test_a_token_with_wrong_claims_is_refused(world: World, platform: Platform, changes: dict[str, Any]) -> None:
    reply = await world.http.post(LOG, vote(), platform.browser | {"coliseum-user": forged(platform, **changes)})
    assert (reply.status, reply.code) == (401, "invalid_token"), changes
    assert await world.count(platform) == 0


BAD_HEADS = (
    b'{"alg":"none"}', b'{"alg":"HS512"}', b'{"alg":["HS256"]}', b'{"alg":"HS256","crit":["exp"]}', b"{}", b"[]", b"null",
    b"[" * 2_900, b"1" * 2_900, b'{"alg":"HS256","alg":"none"}', b"\xff", b'{"alg":"HS256","b64":false}',
)  # fmt: skip


async def test_a_token_that_is_none_is_refused(world: World, platform: Platform) -> None:
    good = forged(platform)
    head, claims, signature = good.split(".")
    bad = [
        "", ".", "..", "x", "\xff", good[:-3], f"{head}.{claims}.", f"{head}.{claims}", good + "A", "a" * 100_000,
        *(f"{encoded(other)}.{claims}.{end}" for other in BAD_HEADS for end in ("", signature)),
    ]  # fmt: skip
    assert (await world.http.post(LOG, vote(), platform.browser | {"coliseum-user": good})).status == 201
    for token in bad:
        reply = await world.http.post(LOG, vote(), platform.browser | {"coliseum-user": token})
        assert (reply.status, reply.code) == (401, "invalid_token"), token[:80]
    assert await world.count(platform) == 1


@pytest.mark.parametrize("path", CAPTURE_PATHS)
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "TRACE", "BREW"])
async def test_only_post_carries_events(world: World, platform: Platform, path: str, method: str) -> None:
    reply = await world.http.send(method, path, json.dumps(vote()).encode(), platform.server)
    assert (reply.status, reply.code, reply.headers["allow"]) == (405, "method_not_allowed", "POST")
    assert await world.count(platform) == 0


async def test_a_page_may_ask_whether_it_may_send(world: World) -> None:
    for path in CAPTURE_PATHS:
        reply = await world.http.send("OPTIONS", path)
        assert (reply.status, reply.headers["access-control-allow-origin"]) == (204, "*")


async def test_packed_bodies_are_unpacked(world: World, platform: Platform) -> None:
    for packing, pack in (("gzip", gzip.compress), ("GZIP ", gzip.compress), ("deflate", zlib.compress)):
        body = pack(json.dumps(vote()).encode())
        assert (await world.http.post(LOG, body, platform.server | {"content-encoding": packing})).status == 201


WHOLE = gzip.compress(json.dumps(vote(id="packed")).encode())
PACKED = {
    "not gzip": (b"{}", "gzip", 400, "bad_encoding"),
    "nothing": (b"", "gzip", 400, "bad_encoding"),
    "cut off": (WHOLE[:-9], "gzip", 400, "bad_encoding"),
    "without its checksum": (WHOLE[:-1], "gzip", 400, "bad_encoding"),
    "a wrong checksum": (WHOLE[:-8] + b"\0" * 8, "gzip", 400, "bad_encoding"),
    "two members": (WHOLE * 2, "gzip", 400, "bad_encoding"),
    "something behind it": (WHOLE + b"x", "gzip", 400, "bad_encoding"),
    "packed twice": (WHOLE, "gzip, gzip", 415, "unsupported_media_type"),
    "brotli": (WHOLE, "br", 415, "unsupported_media_type"),
    "not unpacked": (WHOLE, "identity", 400, "invalid_json"),
}


@pytest.mark.parametrize("case", PACKED)
async def test_a_badly_packed_body_is_refused(world: World, platform: Platform, case: str) -> None:
    body, packing, status, code = PACKED[case]
    reply = await world.http.post(LOG, body, platform.server | {"content-encoding": packing})
    assert (reply.status, reply.code) == (status, code)
    assert await world.count(platform) == 0


async def test_a_gzip_bomb_is_refused_without_being_unpacked(world: World, platform: Platform) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b" " * MIB) for _ in range(256)) + packer.flush()
    assert len(bomb) < 2 * MIB
    tracemalloc.start()
    try:
        reply = await world.http.post(LOG, bomb, platform.server | {"content-encoding": "gzip"})
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (reply.status, reply.code) == (413, "body_too_large")
    assert peak < 16 * MIB


async def test_a_body_past_the_limit_is_refused_before_it_is_read(world: World, platform: Platform) -> None:
    announced = Body(b" " * MIB for _ in range(100))
    reply = await world.http.post(LOG, announced, platform.server | {"content-length": str(100 * MIB)})
    assert (reply.status, reply.code, announced.taken_bytes) == (413, "body_too_large", 0)
    in_chunks = Body(b" " * MIB for _ in range(100))
    reply = await world.http.post(LOG, in_chunks, platform.server)
    assert (reply.status, reply.code) == (413, "body_too_large")
    assert in_chunks.taken_bytes <= 5 * MIB


async def test_a_form_is_refused(world: World, platform: Platform) -> None:
    headers = platform.server | {"content-type": "multipart/form-data; boundary=x"}
    reply = await world.http.post(LOG, vote(), headers)
    assert (reply.status, reply.code) == (415, "unsupported_media_type")


async def test_headers_may_be_any_bytes(world: World, platform: Platform) -> None:
    odd = [(b"x-odd", b"\xff\xfe"), (b"content-length", b"-1"), (b"content-type", b"\xff"), (b"\xff", b"")]
    key = (b"authorization", f"Bearer {platform.server_key}".encode())
    assert (await world.http.post(LOG, spent(), [*odd, key])).status == 201
    for name, code in ((b"coliseum-user", 201), (b"content-encoding", 415), (b"authorization", 401)):
        reply = await world.http.post(LOG, spent(), [key, *odd, (name, b"\xff\xfe")])
        assert reply.status == code, name
