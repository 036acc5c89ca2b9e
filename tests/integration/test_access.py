"""Each route of the API, asked with each kind of credential: who may do what is what the matrix says."""

import re

import pytest

from coliseum.accounts.permissions import ROLES, SCOPES, Permission, permissions_of
from coliseum.ids import random_secret, secret_digest
from coliseum.web import access_page
from coliseum.web.access import check_every_route, needs
from coliseum.web.app import HANDLERS
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
    return re.sub(r"{\w+_id}", "987654321", path)


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
