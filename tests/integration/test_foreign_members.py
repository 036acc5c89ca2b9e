"""Members who come with the token of an issuer that their tenant trusts: linked by themselves, and by nobody else."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import OctKey

from coliseum.accounts.permissions import ROLES, Role
from support.asgi import Reply
from support.issuing import Issuer, issuing, signed
from support.people import Human, LogIn, new_person
from support.services import Platform, World, opened_world

PATH = "/api/auth/identities"


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str) -> AsyncIterator[World]:
    async with opened_world(migrated_database, valkey_url, outbound_private=True) as opened:
        yield opened


@pytest.fixture(scope="module")
async def issuer() -> AsyncIterator[Issuer]:
    async with issuing() as serving:
        yield serving


@pytest.fixture
async def tenant(world: World, issuer: Issuer) -> Platform:
    """A tenant that trusts the issuer."""
    return await trusting(world, issuer)


async def trusting(world: World, issuer: Issuer, **more: str) -> Platform:
    platform = await world.platform()
    wish = json.dumps({"supabaseUrl": issuer.address, **more}).encode()
    assert (await world.http.send("PUT", "/api/issuers", wish, platform.server)).status == 200
    return platform


async def linked(human: Human, tenant: Platform, token: str) -> tuple[Reply, LogIn]:
    session = await human.log_in()
    return await session.ask("POST", PATH, {"tenant": tenant.tenant.slug, "token": token}), session


async def as_member(world: World, platform: Platform | None, token: str, path: str = "/api/status") -> Reply:
    named = {} if platform is None else {"coliseum-tenant": platform.tenant.slug}
    return await world.http.get(path, {"authorization": f"Bearer {token}", **named})


def subject() -> str:
    return f"sub-{time.monotonic_ns()}"


@pytest.mark.parametrize("role", ROLES)
async def test_a_linked_identity_is_as_good_as_a_log_in(
    world: World, tenant: Platform, issuer: Issuer, role: Role
) -> None:
    human, sub = await new_person(world, (tenant, role)), subject()
    assert (await as_member(world, tenant, issuer.token(sub=sub))).code == "not_allowed"
    answer, _ = await linked(human, tenant, issuer.token(sub=sub))
    assert answer.status == 201, answer
    async with asyncio.timeout(2.5):
        while (await as_member(world, tenant, issuer.token(sub=sub))).status != 200:
            await asyncio.sleep(0.02)
    keys = await as_member(world, tenant, issuer.token(sub=sub), "/api/keys")
    assert keys.status == (200 if "keys.manage" in ROLES[role] else 403)


async def test_the_tenant_must_be_named_and_must_trust_the_issuer(
    world: World, tenant: Platform, issuer: Issuer
) -> None:
    other, sub = await world.platform(), subject()
    human = await new_person(world, (tenant, "admin"), (other, "owner"))
    await linked(human, tenant, issuer.token(sub=sub))
    assert (await as_member(world, tenant, issuer.token(sub=sub))).status == 200
    unnamed = await as_member(world, None, issuer.token(sub=sub))
    assert (unnamed.status, unnamed.code) == (400, "tenant_needed")
    for slug in (other.tenant.slug, "no-such-tenant", "", "x" * 200, "\xff"):
        headers = [(b"authorization", f"Bearer {issuer.token(sub=sub)}".encode()),
                   (b"coliseum-tenant", slug.encode("latin-1"))]  # fmt: skip
        answer = await world.http.get("/api/status", headers)
        assert (answer.status, answer.code) == (401, "invalid_token"), slug


async def test_what_a_token_says_of_roles_and_tenants_is_nothing(
    world: World, tenant: Platform, issuer: Issuer
) -> None:
    stranger = await trusting(world, issuer)
    human, sub = await new_person(world, (tenant, "viewer")), subject()
    await linked(human, tenant, issuer.token(sub=sub))
    forged: dict[str, Any] = {
        "user_metadata": {"tenant": stranger.tenant.slug, "role": "owner"},
        "app_metadata": {"role": "owner", "tenants": [stranger.tenant.slug]},
    }
    token = issuer.token(sub=sub, **forged)
    assert (await as_member(world, stranger, token)).code == "not_allowed"
    assert (await as_member(world, tenant, token, "/api/keys")).code == "not_allowed"
    assert (await as_member(world, tenant, token)).status == 200


async def test_a_member_that_is_one_no_more_is_refused_within_two_seconds(
    world: World, tenant: Platform, issuer: Issuer
) -> None:
    for sql in (
        "DELETE FROM accounts_members WHERE person_id = $1",
        "UPDATE accounts_people SET disabled_at = now() WHERE person_id = $1",
        "DELETE FROM accounts_identities WHERE person_id = $1",
    ):
        human, sub = await new_person(world, (tenant, "viewer")), subject()
        await linked(human, tenant, issuer.token(sub=sub))
        assert (await as_member(world, tenant, issuer.token(sub=sub))).status == 200
        await world.execute(sql, human.person_id)
        async with asyncio.timeout(2.5):
            while (await as_member(world, tenant, issuer.token(sub=sub))).status == 200:
                await asyncio.sleep(0.02)


async def test_where_a_second_factor_is_required_the_token_must_say_that_there_was_one(
    world: World, tenant: Platform, issuer: Issuer
) -> None:
    human, sub = await new_person(world, (tenant, "owner")), subject()
    await linked(human, tenant, issuer.token(sub=sub))
    await world.execute(
        "UPDATE accounts_tenants SET second_factor_required = true WHERE tenant_id = $1", tenant.tenant_id
    )
    one = await as_member(world, tenant, issuer.token(sub=sub, aal="aal1", amr=[{"method": "otp", "timestamp": 1}]))
    assert (one.status, one.code) == (403, "second_factor_missing")
    assert (await as_member(world, tenant, issuer.token(sub=sub, aal="aal2"))).status == 200


async def test_a_shared_secret_makes_nobody_a_member(world: World, issuer: Issuer) -> None:
    secret = "the shared secret of a project, which is long"
    tenant = await trusting(world, issuer, hs256Secret=secret)
    human, sub = await new_person(world, (tenant, "owner")), subject()
    token = signed(OctKey.import_key(secret), {"alg": "HS256"}, issuer.claims(sub=sub))
    answer, _ = await linked(human, tenant, token)
    assert (answer.status, answer.code) == (401, "invalid_token")
    async with world.database.transaction("accounts") as connection:
        await connection.execute(
            "INSERT INTO accounts_identities (issuer, foreign_subject, person_id) VALUES ($1, $2, $3)",
            issuer.supabase, sub, human.person_id,
        )  # fmt: skip
    assert (await as_member(world, tenant, token)).code == "invalid_token"


async def test_an_identity_is_one_persons(world: World, tenant: Platform, issuer: Issuer) -> None:
    one, two, sub = await new_person(world, (tenant, "viewer")), await new_person(world, (tenant, "owner")), subject()
    answer, session = await linked(one, tenant, issuer.token(sub=sub))
    assert answer.json["identities"][0]["subject"] == sub
    again = await session.ask("POST", PATH, {"tenant": tenant.tenant.slug, "token": issuer.token(sub=sub)})
    assert again.status == 200
    taken, other = await linked(two, tenant, issuer.token(sub=sub))
    assert (taken.status, taken.code) == (409, "already_exists")
    query = f"?issuer={issuer.supabase}&subject={sub}"
    assert (await other.ask("DELETE", PATH + query)).code == "not_found"
    assert (await other.ask("GET", PATH)).json == {"identities": []}
    assert (await session.ask("DELETE", PATH + query)).status == 204
    assert (await session.ask("GET", PATH)).json == {"identities": []}
    assert (await session.ask("DELETE", f"{PATH}?issuer=%00&subject=x")).code == "not_found"


async def test_linking_needs_a_log_in_of_ours_a_recent_one_and_a_tenant_of_ones_own(
    world: World, tenant: Platform, issuer: Issuer
) -> None:
    human, sub = await new_person(world, (tenant, "owner")), subject()
    body = {"tenant": tenant.tenant.slug, "token": issuer.token(sub=subject())}
    assert (await world.http.post(PATH, body)).code == "login_needed"
    assert (await world.http.post(PATH, body, tenant.server)).status == 401
    await linked(human, tenant, issuer.token(sub=sub))
    by_foreign = await world.http.post(
        PATH, body, {"authorization": f"Bearer {issuer.token(sub=sub)}", "coliseum-tenant": tenant.tenant.slug}
    )
    assert (by_foreign.status, by_foreign.code) == (401, "login_needed")
    stranger = await new_person(world)
    answer, _ = await linked(stranger, tenant, body["token"])
    assert (answer.status, answer.code) == (403, "not_allowed")
    session = await human.log_in()
    await world.execute(
        "UPDATE accounts_sessions SET authenticated_at = $2 WHERE session_id = $1",
        session.session_id, datetime.now(UTC) - timedelta(hours=1),
    )  # fmt: skip
    world.services.logins.sessions.forget()
    late = await session.ask("POST", PATH, body)
    assert (late.status, late.code) == (403, "password_needed")


async def test_linking_stands_in_the_trail_without_saying_as_whom(
    world: World, tenant: Platform, issuer: Issuer
) -> None:
    human, sub = await new_person(world, (tenant, "viewer")), subject()
    _, session = await linked(human, tenant, issuer.token(sub=sub))
    await session.ask("DELETE", f"{PATH}?issuer={issuer.supabase}&subject={sub}")
    actor = f"person:{human.person_id}"
    rows = await world.fetch(
        "SELECT tenant_id, action, outcome, detail FROM trail_entries WHERE actor = $1 AND action LIKE 'identity.%'"
        " ORDER BY at, tenant_id", actor,
    )  # fmt: skip
    assert [(row["tenant_id"], row["action"], row["outcome"]) for row in rows] == [
        (chain, action, "done") for action in ("identity.link", "identity.unlink") for chain in (0, tenant.tenant_id)
    ]
    assert {row["detail"]["issuer"] for row in rows} == {issuer.supabase}
    assert sub not in str([dict(row) for row in rows])


async def test_a_person_has_so_many_identities_and_no_more(world: World, tenant: Platform, issuer: Issuer) -> None:
    human = await new_person(world, (tenant, "viewer"))
    async with world.database.transaction("accounts") as connection:
        for number in range(20):
            await connection.execute(
                "INSERT INTO accounts_identities (issuer, foreign_subject, person_id) VALUES ($1, $2, $3)",
                "https://i.example", f"{human.person_id}-{number}", human.person_id,
            )  # fmt: skip
    answer, _ = await linked(human, tenant, issuer.token(sub=subject()))
    assert (answer.status, answer.code) == (409, "too_many")


async def test_a_foreign_member_writes_as_one_and_watches_by_no_ticket(
    world: World, tenant: Platform, issuer: Issuer
) -> None:
    human, sub = await new_person(world, (tenant, "owner")), subject()
    await linked(human, tenant, issuer.token(sub=sub))
    headers = {"authorization": f"Bearer {issuer.token(sub=sub)}", "coliseum-tenant": tenant.tenant.slug}
    made = await world.http.post("/api/keys", {"scopes": ["read"]}, headers)
    assert made.status == 201, made
    assert made.json["key"]["createdBy"] == f"person:{human.person_id}"
    answer = await world.http.post("/api/live/tickets", b"", headers)
    assert (answer.status, answer.code) == (401, "login_needed")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_a_wrong_token_is_refused_on_the_members_way_too(
    world: World, tenant: Platform, issuer: Issuer, scheme: str
) -> None:
    human, sub = await new_person(world, (tenant, "owner")), subject()
    await linked(human, tenant, issuer.token(sub=sub))
    for changes in ({"exp": 1}, {"aud": "other"}, {"role": "service_role"}, {"iss": issuer.address}):
        token = issuer.token(sub=sub, **changes)
        headers = {"authorization": f"{scheme} {token}", "coliseum-tenant": tenant.tenant.slug}
        answer = await world.http.get("/api/status", headers)
        assert (answer.status, answer.code) == (401, "invalid_token"), changes
