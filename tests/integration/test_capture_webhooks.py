"""Signed webhooks: Standard Webhooks signatures and JWTs, right and wrong in every way, and the limit by address."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from coliseum.ids import derived_key
from coliseum.web.auth import webhook_secret
from support.asgi import Reply
from support.festival import NUMBERS, spent, vote
from support.services import SECRET_KEY, Platform, World, opened_world

PATH = "/api/webhooks/passport?tenant="
RawHeaders = list[tuple[bytes, bytes]]


def signature(key: bytes, message_id: str, stamp: str, body: bytes) -> str:
    """As the Standard Webhooks specification says it, without its library."""
    digest = hmac.digest(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(digest).decode()


def test_our_signature_is_the_one_of_the_specification() -> None:
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    assert signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def signed(platform: Platform, body: bytes, **changes: bytes | None) -> RawHeaders:
    """The headers of a good webhook, some of them replaced or (None) left out."""
    stamp, message_id = str(int(time.time())), f"msg_{next(NUMBERS)}"
    key = base64.b64decode(webhook_secret(SECRET_KEY, platform.tenant.slug).removeprefix("whsec_"))
    headers: dict[str, bytes | None] = {
        "id": message_id.encode(), "timestamp": stamp.encode(),
        "signature": signature(key, message_id, stamp, body).encode(), **changes,
    }  # fmt: skip
    return [(f"webhook-{name}".encode(), value) for name, value in headers.items() if value is not None]


def body_of(*events: dict[str, Any]) -> bytes:
    return json.dumps(events[0] if len(events) == 1 else {"events": events}).encode()


async def post(world: World, platform: Platform, body: bytes, headers: RawHeaders, **more: Any) -> Reply:
    return await world.http.post(PATH + platform.tenant.slug, body, headers, **more)


async def test_a_signed_event_and_a_signed_batch_are_stored_and_a_replay_is_a_duplicate(
    world: World, platform: Platform
) -> None:
    one, many = body_of(spent()), body_of(spent(), vote())
    headers = signed(platform, one)
    for status in ("accepted", "duplicate", "duplicate"):
        reply = await post(world, platform, one, headers)
        assert (reply.status, reply.json["status"]) == (201, status)
    reply = await post(world, platform, many, signed(platform, many))
    assert (reply.status, reply.json["accepted"]) == (201, 2)
    assert {row["source"] for row in await world.entries(platform)} == {"webhook"}
    assert await world.count(platform) == 3


async def test_one_of_several_signatures_is_enough(world: World, platform: Platform) -> None:
    body = body_of(vote())
    good = dict(signed(platform, body))
    for odd in (b"v1,AAAA ", b"v1a,zzz v2 ", b", ", b"\xff\xff "):
        headers = [*((n, v) for n, v in good.items() if n != b"webhook-signature"),
                   (b"webhook-signature", odd + good[b"webhook-signature"])]  # fmt: skip
        assert (await post(world, platform, body, headers)).status == 201


def bad(now: int) -> dict[str, tuple[dict[str, bytes | None], str]]:
    """What is wrong with the headers, and the reason that the answer gives; times are around ``now``."""
    return {
        "no id": ({"id": None}, "bad_signature"),
        "no timestamp": ({"timestamp": None}, "bad_signature"),
        "no signature": ({"signature": None}, "bad_signature"),
        "another id": ({"id": b"msg_other"}, "bad_signature"),
        "an id of odd bytes": ({"id": b"\xff\xfe"}, "bad_signature"),
        "another second": ({"timestamp": str(now - 1).encode()}, "bad_signature"),
        "stale": ({"timestamp": str(now - 301).encode()}, "stale_signature"),
        "from the future": ({"timestamp": str(now + 1_000).encode()}, "stale_signature"),
        "the beginning of time": ({"timestamp": b"0"}, "stale_signature"),
        "the end of time": ({"timestamp": b"999999999999"}, "stale_signature"),
        "a time of 400 digits": ({"timestamp": b"9" * 400}, "bad_signature"),
        "a time with a fraction": ({"timestamp": f"{now}.5".encode()}, "bad_signature"),
        "a negative time": ({"timestamp": b"-5"}, "bad_signature"),
        "a time in other digits": ({"timestamp": "\u0661\u0662".encode()}, "bad_signature"),
        "a time of odd bytes": ({"timestamp": b"\xb2\xb3"}, "bad_signature"),
        "bad base64": ({"signature": b"v1,!!!"}, "bad_signature"),
        "another version": ({"signature": b"v2,AAAA"}, "bad_signature"),
        "an empty signature": ({"signature": b""}, "bad_signature"),
        "odd bytes": ({"signature": b"v1,\xff\xfe"}, "bad_signature"),
        "thousands of signatures": ({"signature": b"v1,AAAA " * 5_000}, "bad_signature"),
    }


@pytest.mark.parametrize("case", bad(0))
async def test_a_badly_signed_webhook_is_refused(world: World, platform: Platform, case: str) -> None:
    changes, code = bad(int(time.time()))[case]
    body = body_of(vote())
    reply = await post(world, platform, body, signed(platform, body, **changes))
    assert (reply.status, reply.code) == (401, code)
    assert await world.count(platform) == 0


async def test_the_signature_covers_the_body(world: World, platform: Platform) -> None:
    body = body_of(vote())
    for other in (body + b" ", body.replace(b"abba", b"loreen"), b"", b"\xff" + body):
        reply = await post(world, platform, other, signed(platform, body))
        assert (reply.status, reply.code) == (401, "bad_signature")
    other_tenant = await world.platform()
    reply = await post(world, other_tenant, body, signed(platform, body))
    assert (reply.status, reply.code) == (401, "bad_signature")
    assert await world.count(platform) == await world.count(other_tenant) == 0


@pytest.mark.parametrize("slug", ["", "nobody", "%00", "%ff", "a&tenant=b", "%F0%9F%8E%BA", "x" * 5_000])
async def test_a_tenant_that_is_none_looks_like_a_wrong_signature(world: World, platform: Platform, slug: str) -> None:
    body = body_of(vote())
    reply = await world.http.post(PATH + slug, body, signed(platform, body))
    assert (reply.status, reply.code) == (401, "bad_signature")


@pytest.mark.parametrize("body", [b"{}", b"[]x", b'"events"', b'{"events":[{}]}', b"[{}]", b"[" * 9_000])
async def test_a_signed_body_that_is_wrong_is_refused_as_anywhere(
    world: World, platform: Platform, body: bytes
) -> None:
    reply = await post(world, platform, body, signed(platform, body))
    assert reply.status == 400, reply
    assert await world.count(platform) == 0


def bearer(platform: Platform, **changes: Any) -> RawHeaders:
    slug = platform.tenant.slug
    claims = {"iss": slug, "aud": "coliseum", "exp": int(time.time()) + 60, **changes}
    kept = {name: value for name, value in claims.items() if value is not None}
    token = jwt.encode({"alg": "HS256"}, kept, OctKey.import_key(derived_key(SECRET_KEY, "webhook", slug)))
    return [(b"authorization", f"Bearer {token}".encode())]


async def test_a_jwt_of_the_tenant_is_taken(world: World, platform: Platform) -> None:
    assert (await post(world, platform, body_of(vote()), bearer(platform))).status == 201
    assert await world.count(platform) == 1


WRONG_CLAIMS: list[dict[str, Any]] = [
    {"aud": "another"}, {"aud": None}, {"iss": "another"}, {"iss": None}, {"exp": 1}, {"exp": None}, {"exp": "x"},
    {"nbf": 2**33},
]  # fmt: skip


@pytest.mark.parametrize("changes", WRONG_CLAIMS)
async def test_a_jwt_with_wrong_claims_is_refused(world: World, platform: Platform, changes: dict[str, Any]) -> None:
    reply = await post(world, platform, body_of(vote()), bearer(platform, **changes))
    assert (reply.status, reply.code) == (401, "invalid_token")
    assert await world.count(platform) == 0


async def test_a_jwt_without_algorithm_or_of_another_tenant_is_refused(world: World, platform: Platform) -> None:
    other = await world.platform()
    good = bearer(platform)[0][1].decode().removeprefix("Bearer ")
    _, claims, end = good.split(".")
    heads = [b'{"alg":"none"}', b'{"alg":"None","typ":"JWT"}', b'{"alg":"HS384"}', b"[" * 2_900, b"\xff", b"{}"]
    tokens = [f"{base64.urlsafe_b64encode(head).decode().rstrip('=')}.{claims}.{end}" for head in heads]
    tokens += [
        f"{base64.urlsafe_b64encode(heads[0]).decode().rstrip('=')}.{claims}.",
        "",
        "x",
        good[:-2],
        "\xff.\xff.\xff",
    ]
    for token in tokens:
        headers = [(b"authorization", f"Bearer {token}".encode("latin-1"))]
        reply = await post(world, platform, body_of(vote()), headers)
        assert (reply.status, reply.code) == (401, "invalid_token"), token
    reply = await post(world, platform, body_of(vote()), bearer(other))
    assert (reply.status, reply.code) == (401, "invalid_token")
    assert await world.count(platform) == await world.count(other) == 0


@pytest.fixture
async def strict_world(migrated_database: str, valkey_url: str) -> AsyncIterator[World]:
    async with opened_world(migrated_database, valkey_url, webhook_requests_per_minute=5) as opened:
        yield opened


async def test_an_address_that_calls_too_often_is_told_so_and_others_are_not(strict_world: World) -> None:
    platform = await strict_world.platform()
    body = body_of(vote())
    headers = signed(platform, body)
    address = f"198.51.100.{next(NUMBERS) % 250}"
    # Six calls may straddle the end of a minute, eleven cannot stay under the limit of five in both.
    replies = [await post(strict_world, platform, body, headers, address=address) for _ in range(11)]
    refused = [reply for reply in replies if reply.status == 429]
    assert refused
    assert {reply.code for reply in refused} == {"rate_limited"}
    assert {1 <= int(reply.headers["retry-after"]) <= 60 for reply in refused} == {True}
    assert (await post(strict_world, platform, body, headers, address="192.0.2.1")).status == 201
