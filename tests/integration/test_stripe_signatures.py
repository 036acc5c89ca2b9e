"""Stripe's signatures: what the official library signs is taken, and every trap around its own check is closed."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from stripe import WebhookSignature

from coliseum.billing.stripe_client import verify
from coliseum.clock import utc_now
from coliseum.errors import RequestRefused
from support.asgi import Body
from support.services import World, opened_world
from support.stripes import SECRET, event, owned, settings, signed, told

VECTOR = b'{"id":"evt_1","object":"event"}'
VECTOR_AT = datetime.fromtimestamp(1_700_000_000, UTC)
VECTOR_V1 = "0c8670ed117751cc551a20e35839447075c42800ea3cf3e8a2fbda99cd1e6edd"
PATH = "/api/webhooks/stripe"


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str) -> AsyncIterator[World]:
    async with opened_world(migrated_database, valkey_url, **settings("http://127.0.0.1:9")) as opened:
        yield opened


def refusal(body: bytes, header: bytes, now: datetime = VECTOR_AT, secrets: tuple[str, ...] = (SECRET,)) -> str:
    """The name of the reason; empty when there is none."""
    try:
        verify(body, header, secrets, now)
    except RequestRefused as refused:
        return refused.code
    return ""


def test_the_vector_is_what_the_library_signs_and_what_is_taken() -> None:
    header = f"t=1700000000,v1={VECTOR_V1}"
    assert WebhookSignature.generate_signature_header(VECTOR.decode(), SECRET, 1_700_000_000) == header
    assert refusal(VECTOR, header.encode()) == ""


def test_one_byte_more_or_a_body_written_anew_does_not_fit() -> None:
    header = f"t=1700000000,v1={VECTOR_V1}".encode()
    assert refusal(VECTOR + b" ", header) == "bad_signature"
    assert refusal(json.dumps(json.loads(VECTOR)).encode(), header) == "bad_signature"
    assert refusal(b"", header) == "bad_signature"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(-301, "stale_signature"), (-300, ""), (-299, ""), (0, ""), (299, ""), (300, ""), (301, "stale_signature")],
)
def test_a_signature_is_good_for_five_minutes_before_and_after(seconds: int, code: str) -> None:
    stamp = 1_700_000_000 + seconds
    header = WebhookSignature.generate_signature_header(VECTOR.decode(), SECRET, stamp)
    assert refusal(VECTOR, header.encode()) == code


def test_a_signature_that_is_old_and_wrong_is_wrong() -> None:
    assert refusal(VECTOR, f"t=1600000000,v1={'0' * 64}".encode()) == "bad_signature"


@pytest.mark.parametrize(
    "offset", [timedelta(seconds=-300), timedelta(), timedelta(seconds=300), timedelta(days=3_650)]
)
def test_the_librarys_own_check_of_the_age_is_never_off(offset: timedelta) -> None:
    # A tolerance of 0 would switch it off; ours moves with what lies between the two clocks.
    now = utc_now() + offset
    old = WebhookSignature.generate_signature_header("{}", SECRET, int(now.timestamp()) - 302)
    good = WebhookSignature.generate_signature_header("{}", SECRET, int(now.timestamp()))
    assert refusal(b"{}", old.encode(), now) == "stale_signature"
    assert refusal(b"{}", good.encode(), now) == ""


@pytest.mark.parametrize(
    "header",
    [
        "", "t=1700000000", f"v1={VECTOR_V1}", f"t=1700000000,v0={VECTOR_V1}", f"t=+1700000000,v1={VECTOR_V1}",
        f"t= 1700000000,v1={VECTOR_V1}", f"t=1_700_000_000,v1={VECTOR_V1}", f"t=01700000000000,v1={VECTOR_V1}",
        f"t=-1,v1={VECTOR_V1}", f"t=,v1={VECTOR_V1}", f"t=1700000000.0,v1={VECTOR_V1}", f"t=x,v1={VECTOR_V1}",
        f"t=1700000000,t=1700000000,v1={VECTOR_V1}", f"t=1700000000,v1={VECTOR_V1.upper()}", "t=1700000000,v1=",
        f"t=1700000000,v1={VECTOR_V1}x", f"t=1700000000;v1={VECTOR_V1}", ",,,", "=", "t=1700000000,v1",
        "t=1700000000," + ",".join([f"v1={'0' * 64}"] * 200),
        f"t=\u0661700000000,v1={VECTOR_V1}",
    ],
)  # fmt: skip
def test_a_header_of_another_form_is_refused(header: str) -> None:
    assert refusal(VECTOR, header.encode()) == "bad_signature"


def test_a_signature_that_is_no_ascii_is_refused() -> None:
    assert refusal(VECTOR, b"t=1700000000,v1=" + b"\xe9" * 64) == "bad_signature"


def test_any_of_several_signatures_and_secrets_may_fit() -> None:
    header = f"t=1700000000,v1={'0' * 64},v1={VECTOR_V1},v0={'1' * 64}".encode()
    assert refusal(VECTOR, header) == ""
    assert refusal(VECTOR, header, secrets=("whsec_other", SECRET)) == ""
    assert refusal(VECTOR, header, secrets=("whsec_other",)) == "bad_signature"
    # The whole text is the key, its beginning too, and nothing of it is base64.
    assert refusal(VECTOR, header, secrets=("test_secret",)) == "bad_signature"


def test_a_body_that_is_no_utf8_is_refused() -> None:
    header = f"t=1700000000,v1={VECTOR_V1}".encode()
    assert refusal(b'{"id":"\xff"}', header) == "bad_signature"


async def test_the_route_stores_what_is_signed_and_says_when_it_was_there(world: World) -> None:
    sent = event("charge.updated", {"id": "ch_1"})
    first, second = await told(world, sent), await told(world, sent)
    assert (first.status, first.json) == (200, {"ok": True, "status": "stored"})
    assert (second.status, second.json) == (200, {"ok": True, "status": "duplicate"})


async def test_the_route_answers_400_to_what_is_not_signed_now(world: World) -> None:
    sent = event("charge.updated", {"id": "ch_2"})
    for headers in ({}, {"stripe-signature": ""}, {"stripe-signature": "x" * 10_240}):
        reply = await world.http.post(PATH, sent, headers)
        assert (reply.status, reply.code) == (400, "bad_signature")
        assert "www-authenticate" not in reply.headers
    for seconds in (-301, 302):
        reply = await told(world, sent, at=utc_now() + timedelta(seconds=seconds))
        assert (reply.status, reply.code) == (400, "stale_signature")
    assert not await owned(world, "SELECT count(*) FROM billing_stripe_events WHERE event_id = $1", sent["id"])


@pytest.mark.parametrize(
    "body",
    ["", "[]", "null", "{}", '{"id":7}', '{"id":""}', '{"id":"evt\\u0000"}', '{"id":"' + "e" * 256 + '"}', "{", "NaN",
     '{"id":"evt_big","created":1e300}', '{"id":"evt_neg","created":-1}', '{"id":"evt_t","type":"a\\u0000"}',
     "[" * 100_000],
)  # fmt: skip
async def test_what_is_signed_and_no_event_is_refused(world: World, body: str) -> None:
    raw, headers = signed(body)
    reply = await world.http.post(PATH, raw, headers)
    assert (reply.status, reply.code) == (400, "invalid_payload")


@pytest.mark.parametrize(
    "content",
    [json.loads(VECTOR), {"id": "evt_thin", "object": "v2.core.event", "type": "v1.billing.meter.no_meter_found"},
     {"id": "evt_odd", "type": "x.y", "data": {"object": {"id": 5, "status": ["\u0000"]}}}, {"id": "evt_nothing"}],
)  # fmt: skip
async def test_an_event_of_an_unknown_kind_is_stored_and_ignored(world: World, content: dict[str, Any]) -> None:
    assert (await told(world, content)).status == 200
    sql = "SELECT state || ' ' || reason FROM billing_stripe_events WHERE event_id = $1"
    assert str(await owned(world, sql, content["id"])).startswith("ignored type")


async def test_a_body_larger_than_stripes_is_refused_before_it_is_read(world: World) -> None:
    body = Body([b" " * 65_536] * 8)
    reply = await world.http.post(PATH, body, {"content-type": "application/json"})
    assert (reply.status, reply.code) == (413, "body_too_large")
    assert body.taken_bytes <= 5 * 65_536
    largest = signed(json.dumps(event("charge.updated", {"id": "ch", "pad": "x" * 250_000})))
    assert (await world.http.post(PATH, *largest)).status == 200


async def test_an_event_told_fifty_times_at_once_is_stored_once(world: World) -> None:
    sent = event("charge.updated", {"id": "ch_50"})
    replies = await asyncio.gather(*[told(world, sent) for _ in range(50)])
    assert {reply.status for reply in replies} == {200}
    assert sorted(reply.json["status"] for reply in replies) == ["duplicate"] * 49 + ["stored"]


async def test_only_post_is_served(world: World) -> None:
    reply = await world.http.get(PATH)
    assert (reply.status, reply.code, reply.headers["allow"]) == (405, "method_not_allowed", "POST")


@pytest.mark.parametrize("missing", ["stripe_secret_key", "stripe_webhook_secret"])
async def test_without_settings_it_is_not_configured(fresh_world: Callable[..., Any], missing: str) -> None:
    async with fresh_world(**settings(**dict[str, Any]({missing: None}))) as other:
        reply = await told(other, event("charge.updated", {"id": "ch"}))
        assert (reply.status, reply.code) == (501, "not_configured")


@pytest.fixture
def fresh_world(world: World) -> Callable[..., Any]:
    """Opens another process's parts on the same stores."""

    def opened(**changes: Any) -> Any:
        return opened_world(str(world.settings.database_url), str(world.settings.valkey_url), **changes)

    return opened
