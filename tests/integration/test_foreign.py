"""Issuers that a tenant trusts, and what their tokens are good for."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc.jwk import OctKey

from coliseum.accounts.foreign import Foreign
from coliseum.errors import RequestRefused
from support.asgi import Reply
from support.festival import vote
from support.issuing import Issuer, issuing, signed
from support.services import Platform, World, opened_world

LOG = "/api/passport/log"
SECRET = "a shared secret of an old project, long enough"


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str) -> AsyncIterator[World]:
    async with opened_world(migrated_database, valkey_url, outbound_private=True) as opened:
        yield opened


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    async with issuing() as serving:
        yield serving


async def trusts(world: World, platform: Platform, **wish: Any) -> Reply:
    return await world.http.send("PUT", "/api/issuers", json.dumps(wish).encode(), platform.server)


async def as_user(world: World, platform: Platform, token: str, **event: Any) -> Reply:
    return await world.http.post(LOG, vote(userId=None, **event), {**platform.browser, "coliseum-user": token})


async def test_supabase_is_trusted_by_its_address_alone(world: World, platform: Platform, issuer: Issuer) -> None:
    answer = await trusts(world, platform, supabaseUrl=issuer.address + "/")
    assert answer.status == 200, answer
    assert answer.json == {
        "issuer": issuer.supabase, "kind": "supabase", "audience": "authenticated",
        "jwksUrl": f"{issuer.supabase}/.well-known/jwks.json", "algorithms": ["ES256", "RS256", "EdDSA"],
        "createdAt": answer.json["createdAt"],
    }  # fmt: skip
    assert (await world.http.get("/api/issuers", platform.server)).json == {"issuers": [answer.json]}


@pytest.mark.parametrize("kid", ["es", "rs", "ed"])
async def test_a_foreign_token_lets_a_browser_write_as_its_user(
    world: World, platform: Platform, issuer: Issuer, kid: str
) -> None:
    await trusts(world, platform, supabaseUrl=issuer.address)
    answer = await as_user(world, platform, issuer.token(kid, sub="fan-7"))
    assert answer.status == 201, answer
    entry = (await world.entries(platform))[0]
    known = await world.value("SELECT user_id FROM passport_subjects WHERE subject_id = $1 AND tenant_id = $2",
                              entry["subject_id"], platform.tenant_id)  # fmt: skip
    assert known == "fan-7"
    wrong = await world.http.post(
        LOG, vote(userId="fan-8"), {**platform.browser, "coliseum-user": issuer.token(kid, sub="fan-7")}
    )
    assert (wrong.status, wrong.code) == (403, "not_yourself")


async def test_an_audience_may_be_one_of_several(world: World, platform: Platform, issuer: Issuer) -> None:
    await trusts(world, platform, supabaseUrl=issuer.address)
    assert (await as_user(world, platform, issuer.token(aud=["other", "authenticated"]))).status == 201


async def test_an_issuer_is_trusted_by_the_tenant_that_says_so_and_no_other(
    world: World, platform: Platform, issuer: Issuer
) -> None:
    other = await world.platform()
    await trusts(world, other, supabaseUrl=issuer.address)
    assert (await as_user(world, other, issuer.token())).status == 201
    assert (await as_user(world, platform, issuer.token())).code == "invalid_token"


async def test_our_own_tokens_work_beside(world: World, platform: Platform, issuer: Issuer) -> None:
    await trusts(world, platform, supabaseUrl=issuer.address)
    made = await world.http.post("/api/passport/tokens", {"userId": "fan-1"}, platform.server)
    assert (await as_user(world, platform, made.json["token"])).status == 201


async def test_an_issuer_that_is_trusted_no_more_vouches_for_nobody(
    world: World, platform: Platform, issuer: Issuer
) -> None:
    await trusts(world, platform, supabaseUrl=issuer.address)
    assert (await as_user(world, platform, issuer.token())).status == 201
    path = f"/api/issuers?issuer={issuer.supabase}"
    assert (await world.http.send("DELETE", path, headers=platform.server)).status == 204
    async with asyncio.timeout(2.5):
        while (await as_user(world, platform, issuer.token())).status == 201:
            await asyncio.sleep(0.02)
    assert (await world.http.send("DELETE", path, headers=platform.server)).code == "not_found"
    deeds = await world.fetch("SELECT * FROM trail_entries WHERE tenant_id = $1 ORDER BY number", platform.tenant_id)
    assert [(row["actor"][:4], row["action"], row["target"], row["outcome"]) for row in deeds] == [
        ("key:", action, issuer.supabase, "done") for action in ("issuer.trust", "issuer.distrust")
    ]


async def test_any_issuer_of_openid_connect_is_asked_where_its_keys_are(
    world: World, platform: Platform, issuer: Issuer
) -> None:
    name = f"{issuer.address}/realm/"
    issuer.description = {"issuer": name, "jwks_uri": f"{issuer.address}/elsewhere/keys", "more": []}
    answer = await trusts(world, platform, issuer=name, audience="app-1", algorithms=["RS256"])
    assert answer.status == 200, answer
    assert answer.json["jwksUrl"] == f"{issuer.address}/elsewhere/keys"
    assert issuer.asked == ["/realm/.well-known/openid-configuration", "/elsewhere/keys"]
    told: dict[str, Any] = {"iss": name, "aud": "app-1", "role": None}
    assert (await as_user(world, platform, issuer.token("rs", **told))).status == 201
    assert (await as_user(world, platform, issuer.token("es", **told))).code == "invalid_token"


async def test_an_issuer_that_calls_itself_otherwise_is_not_trusted(
    world: World, platform: Platform, issuer: Issuer
) -> None:
    for calls in (f"{issuer.address}/realm/", issuer.address.upper(), "https://accounts.example", f"{issuer.address}/"):
        issuer.description = {"issuer": calls, "jwks_uri": f"{issuer.address}/keys"}
        answer = await trusts(world, platform, issuer=f"{issuer.address}/realm", audience="x")
        assert (answer.status, answer.code, answer.json["field"]) == (400, "invalid_payload", "issuer")
    issuer.description = None
    assert (await trusts(world, platform, issuer=f"{issuer.address}/realm", audience="x")).code == "invalid_payload"


async def test_a_shared_secret_is_set_explicitly_sealed_and_never_beside_keys(
    world: World, platform: Platform, issuer: Issuer
) -> None:
    answer = await trusts(world, platform, supabaseUrl=issuer.address, hs256Secret=SECRET)
    assert answer.status == 200, answer
    assert (answer.json["algorithms"], answer.json["jwksUrl"]) == (["HS256"], None)
    assert SECRET not in answer.body.decode()
    async with world.database.connection("capture") as connection:
        sql = "SELECT hs256_key FROM accounts_issuers WHERE tenant_id = $1"
        kept = await connection.fetchval(sql, platform.tenant_id)
    assert SECRET.encode() not in kept
    token = signed(OctKey.import_key(SECRET), {"alg": "HS256", "typ": "JWT"}, issuer.claims())
    assert (await as_user(world, platform, token)).status == 201
    assert issuer.asked == []
    other = await world.platform()
    await world.execute(
        "INSERT INTO accounts_issuers (tenant_id, issuer, audience, algorithms, hs256_key, kind) "
        "SELECT $2, issuer, audience, algorithms, hs256_key, kind FROM accounts_issuers WHERE tenant_id = $1",
        platform.tenant_id, other.tenant_id,
    )  # fmt: skip
    assert (await as_user(world, other, token)).code == "invalid_token"  # a seal opens for its own tenant only


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({}, "issuer"), ({"issuer": "{a}/x"}, "issuer"), ({"audience": "x"}, "issuer"),
        ({"supabaseUrl": "{a}", "issuer": "{a}/x", "audience": "x"}, "supabaseUrl"),
        ({"supabaseUrl": "{a}", "jwksUrl": "{a}/keys"}, "supabaseUrl"),
        ({"supabaseUrl": "{a}", "algorithms": ["HS256"]}, "algorithms"),
        ({"supabaseUrl": "{a}", "algorithms": ["none"]}, "algorithms[0]"),
        ({"supabaseUrl": "{a}", "algorithms": []}, "algorithms"),
        ({"supabaseUrl": "{a}", "hs256Secret": SECRET, "algorithms": ["ES256"]}, "hs256Secret"),
        ({"issuer": "{a}/x", "audience": "x", "jwksUrl": "{a}/x/keys", "hs256Secret": SECRET}, "hs256Secret"),
        ({"supabaseUrl": "{a}", "hs256Secret": "short"}, "hs256Secret"),
        ({"issuer": "{a}/x", "audience": "x", "jwksUrl": "{a}/y/keys"}, "jwksUrl"),
        ({"issuer": "{a}/x", "audience": "x", "jwksUrl": "{a}/x/../y/keys"}, "jwksUrl"),
        ({"issuer": "{a}/x", "audience": "x", "jwksUrl": "{a}/x/%2e%2e/y"}, "jwksUrl"),
        ({"issuer": "{a}/x", "audience": "x", "jwksUrl": "{a}/xy/keys"}, "jwksUrl"),
        ({"issuer": "{a}/x", "audience": "x", "jwksUrl": "{a}/x//evil"}, "jwksUrl"),
        ({"issuer": "{a}/x", "audience": "x", "jwksUrl": "https://evil.example/keys"}, "jwksUrl"),
        ({"issuer": "{a}/x?y", "audience": "x", "jwksUrl": "{a}/x/keys"}, "issuer"),
        ({"issuer": "{a}/x", "audience": "x", "claims": {"user": "email"}}, "data"),
    ],
    ids=str,
)  # fmt: skip
async def test_an_issuer_is_described_whole_or_refused(
    world: World, sender: Platform, issuer: Issuer, wish: dict[str, Any], field: str
) -> None:
    filled = {
        name: value.replace("{a}", issuer.address) if isinstance(value, str) else value for name, value in wish.items()
    }
    answer = await trusts(world, sender, **filled)
    assert (answer.status, answer.code, answer.json["field"]) == (400, "invalid_payload", field)


@pytest.mark.parametrize("change", ["empty", "broken", "404", "huge", "redirect", "gone"])
async def test_an_issuer_without_usable_keys_is_not_trusted(
    world: World, platform: Platform, issuer: Issuer, change: str
) -> None:
    address = issuer.address
    match change:
        case "empty":
            issuer.keys = {}
        case "broken":
            issuer.body = b'{"keys": [1]}'
        case "404":
            issuer.status = 404
        case "huge":
            issuer.body = b'{"keys": []' + b" " * 70_000 + b"}"
        case "redirect":
            issuer.status = 302
        case "gone":
            address = "http://127.0.0.1:9"
    answer = await trusts(world, platform, supabaseUrl=address)
    assert answer.status == 400, answer
    assert answer.code in ("invalid_payload", "target_not_allowed")
    assert (await world.http.get("/api/issuers", platform.server)).json == {"issuers": []}


async def test_a_private_address_is_none_to_be_asked(migrated_database: str, valkey_url: str) -> None:
    async with opened_world(migrated_database, valkey_url) as strict:
        platform = await strict.platform(slug="strict")
        for address in ("http://accounts.example", "https://127.0.0.1", "https://169.254.169.254", "https://[::1]"):
            answer = await trusts(strict, platform, supabaseUrl=address)
            assert (answer.status, answer.code) == (400, "target_not_allowed"), address


async def test_a_tenant_trusts_at_most_so_many(world: World, platform: Platform, issuer: Issuer) -> None:
    for number in range(10):
        answer = await trusts(world, platform, issuer=f"{issuer.address}/{number}", audience="x", hs256Secret=SECRET)
        assert answer.status == 200
    again = await trusts(world, platform, issuer=f"{issuer.address}/9", audience="y", hs256Secret=SECRET)
    assert (again.status, again.json["audience"]) == (200, "y")
    more = await trusts(world, platform, issuer=f"{issuer.address}/10", audience="x", hs256Secret=SECRET)
    assert (more.status, more.code) == (409, "too_many")


async def good(foreign: Foreign, platform: Platform, token: str, **more: Any) -> bool:
    try:
        await foreign.vouched(platform.tenant_id, token.encode(), **more)
    except RequestRefused:
        return False
    return True


async def test_an_issuer_that_is_away_from_the_start_is_no_reason_to_refuse_for_good(
    world: World, platform: Platform, issuer: Issuer
) -> None:
    await trusts(world, platform, supabaseUrl=issuer.address)
    issuer.status = 500
    answer = await as_user(world, platform, issuer.token())
    assert (answer.status, answer.code) == (503, "overloaded")
    assert "retry-after" in answer.headers


@pytest.mark.parametrize(
    ("said", "second"),
    [
        ({"aal": "aal1"}, False), ({"aal": "aal2"}, True), ({"aal": ["aal2"]}, False), ({"aal": None}, False),
        ({"amr": [{"method": "otp", "timestamp": 5}]}, False), ({"amr": "mfa"}, False), ({"aal": 2}, False),
    ],
)  # fmt: skip
async def test_supabase_says_by_aal_whether_there_was_a_second_factor(
    world: World, platform: Platform, issuer: Issuer, said: dict[str, Any], second: bool
) -> None:
    await trusts(world, platform, supabaseUrl=issuer.address)
    found = await world.services.foreign.vouched(platform.tenant_id, issuer.token(**said).encode(), as_member=True)
    assert found.second_factor is second


@pytest.mark.parametrize(
    ("amr", "second"),
    [
        (["pwd", "otp"], True), (["mfa"], True), (["pwd", "webauthn"], True), (["pwd"], False), (["otp"], False),
        (["otp", "otp"], False), ("mfa", False), (None, False), ([["mfa"]], False), (["pwd", "mail"], False),
    ],
)  # fmt: skip
async def test_openid_connect_says_by_amr_whether_there_was_a_second_factor(
    world: World, platform: Platform, issuer: Issuer, amr: object, second: bool
) -> None:
    name = f"{issuer.address}/realm"
    await trusts(world, platform, issuer=name, audience="x", jwksUrl=f"{name}/keys")
    token = issuer.token(iss=name, aud="x", role=None, aal=None, amr=amr).encode()
    found = await world.services.foreign.vouched(platform.tenant_id, token, as_member=True)
    assert found.second_factor is second


async def test_when_somebody_showed_who_they_are_is_not_when_the_token_was_renewed(
    world: World, platform: Platform, issuer: Issuer
) -> None:
    await trusts(world, platform, supabaseUrl=issuer.address)
    for amr, at in (
        ([{"method": "password", "timestamp": 1_700_000_000}, {"method": "token_refresh", "timestamp": 1_800_000_000}],
         datetime.fromtimestamp(1_700_000_000, UTC)),
        ([{"method": "password"}], None), ([], None), ([{"method": "password", "timestamp": 10**30}], None),
    ):  # fmt: skip
        found = await world.services.foreign.vouched(platform.tenant_id, issuer.token(amr=amr).encode())
        assert found.authenticated_at == at


async def test_a_shared_secret_vouches_for_users_and_never_for_members(
    world: World, platform: Platform, issuer: Issuer
) -> None:
    await trusts(world, platform, supabaseUrl=issuer.address, hs256Secret=SECRET)
    token = signed(OctKey.import_key(SECRET), {"alg": "HS256"}, issuer.claims())
    assert await good(world.services.foreign, platform, token)
    assert not await good(world.services.foreign, platform, token, as_member=True)
