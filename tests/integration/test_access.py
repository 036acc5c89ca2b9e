"""Each route of the API, asked with each kind of credential: who may do what is what the matrix says."""

import re

import pytest

from coliseum.accounts.permissions import ROLES, SCOPES, Permission, Role, permissions_of
from coliseum.ids import random_secret, secret_digest
from coliseum.web import access_page
from coliseum.web.access import check_every_route, needs
from coliseum.web.app import HANDLERS
from support.people import LogIn, new_person
from support.services import Platform, World

ROUTES = sorted(set(access_page.routes()))
PERMISSIONS = {str(permission) for permission in Permission}


async def key_with(world: World, platform: Platform, *scopes: str) -> dict[str, str]:
    """The headers of a new server key with these scopes."""
    key = f"cs_server_test_{random_secret()}"
    await world.execute(
        "INSERT INTO accounts_keys (tenant_id, kind, secret_digest, prefix, scopes) VALUES ($1, 'server', $2, 'x', $3)",
        platform.tenant_id, secret_digest(key), list(scopes),
    )  # fmt: skip
    return {"authorization": f"Bearer {key}"}


def filled_in(path: str) -> str:
    """A path that names nothing there is."""
    for hole, value in (("{name}", "no-such"), ("{slug}", "nobody")):
        path = path.replace(hole, value)
    return re.sub(r"{(\w+_id|partition|offset)}", "987654321", path)


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_key_may_use_the_routes_of_its_scope_and_no_others(
    world: World, platform: Platform, scope: str
) -> None:
    headers = await key_with(world, platform, scope)
    for method, path, access in ROUTES:
        filled = filled_in(path)
        answer = await world.http.send(method, filled, headers=headers)
        refused = answer.status == 403 and answer.code == "key_not_allowed"
        may = access not in PERMISSIONS or access in permissions_of([scope])
        assert refused != may or access == "person", (method, path, access, answer.status, answer.body)


async def asked_as(log_in: LogIn, method: str, path: str) -> tuple[int, str]:
    """The status, and the reason of a refusal."""
    if path == "/api/auth/logout" or (method, path) == ("DELETE", "/api/auth/sessions"):
        return 200, ""  # would end the log-ins that ask; test_sessions.py asks it
    answer = await log_in.ask(method, filled_in(path), {} if method in ("POST", "PUT", "PATCH") else None)
    problem = answer.headers.get("content-type") == "application/problem+json"
    return answer.status, answer.code if problem else ""


@pytest.mark.parametrize("kind", ["cookie", "token"])
@pytest.mark.parametrize("role", ROLES)
async def test_a_member_may_use_the_routes_of_their_role_and_no_others(
    world: World, platform: Platform, role: Role, kind: str
) -> None:
    log_in = await (await new_person(world, (platform, role))).log_in(kind)
    for method, path, access in ROUTES:
        status, code = await asked_as(log_in, method, path)
        may = access not in PERMISSIONS or access in ROLES[role]
        assert (code == "not_allowed") != may, (method, path, access, status, code)
        assert status < 500 or code == "not_configured", (method, path, access, status, code)
        assert code not in ("login_needed", "missing_key", "unknown_key", "cross_site"), (method, path, code)


async def test_who_is_no_member_may_do_nothing_for_a_tenant(world: World, platform: Platform) -> None:
    mine = await world.platform()
    log_in = await (await new_person(world, (mine, "owner"))).log_in("token")
    elsewhere = {"coliseum-tenant": platform.tenant.slug}
    for method, path, access in ROUTES:
        if access in PERMISSIONS:
            answer = await log_in.ask(method, filled_in(path), None, elsewhere)
            assert (answer.status, answer.code) == (403, "not_allowed"), (method, path)


async def test_no_key_does_what_is_for_people(world: World, platform: Platform) -> None:
    for method, path, access in ROUTES:
        if access == "person":
            for headers in (platform.server, platform.browser):
                answer = await world.http.send(method, filled_in(path), headers=headers)
                assert (answer.status, answer.code) == (401, "login_needed"), (method, path)


async def test_a_suspended_tenants_members_do_nothing_for_it(world: World) -> None:
    platform = await world.platform()
    log_in = await (await new_person(world, (platform, "owner"))).log_in()
    await world.execute("UPDATE accounts_tenants SET suspended_at = now() WHERE tenant_id = $1", platform.tenant_id)
    answer = await log_in.ask("GET", "/api/status")
    assert (answer.status, answer.code) == (403, "tenant_suspended")


async def test_without_a_key_only_what_is_for_anybody_is_answered(world: World) -> None:
    for method, path, access in ROUTES:
        filled = filled_in(path)
        answer = await world.http.send(method, filled)
        assert (answer.status == 401) == (access != "public"), (method, path, answer.status)


async def test_a_browser_key_reads_nothing(world: World, platform: Platform) -> None:
    for method, path, access in ROUTES:
        if access in PERMISSIONS:
            filled = filled_in(path)
            answer = await world.http.send(method, filled, headers=platform.browser)
            assert (answer.status, answer.code) == (403, "key_not_allowed"), (method, path)


async def test_a_suspended_tenants_keys_do_not_work(world: World) -> None:
    platform = await world.platform()
    await world.execute("UPDATE accounts_tenants SET suspended_at = now() WHERE tenant_id = $1", platform.tenant_id)
    answer = await world.http.send("GET", "/api/status", headers=platform.server)
    assert answer.status == 401


def test_roles_grow_from_the_viewer_to_the_owner() -> None:
    assert ROLES["viewer"] < ROLES["analyst"] < ROLES["admin"] < ROLES["owner"]
    assert ROLES["owner"] == frozenset(Permission)


def test_no_key_manages_people_money_or_the_trail() -> None:
    everything = permissions_of(SCOPES)
    assert not everything & {
        Permission.MEMBERS_MANAGE, Permission.OWNERS_MANAGE, Permission.BILLING_MANAGE, Permission.AUDIT_READ,
    }  # fmt: skip
    assert permissions_of(["nothing", "owner"]) == frozenset()


def test_a_route_that_does_not_say_who_may_use_it_does_not_start() -> None:
    check_every_route(HANDLERS)
    handler = HANDLERS[0]
    assert handler.opt == needs(Permission.NUMBERS_READ)
    said = handler.opt.pop("access")
    try:
        with pytest.raises(AssertionError, match="does not say who may use it"):
            check_every_route(HANDLERS)
    finally:
        handler.opt["access"] = said
