"""Members and their roles: who may change whom, and a tenant keeps an owner whatever happens at the same moment."""

import asyncio

import pytest

from coliseum.accounts.members import Doer, change_role
from coliseum.errors import RequestRefused
from support.people import LogIn, new_person
from support.services import Platform, World


async def logged_in(world: World, platform: Platform, role: str) -> LogIn:
    return await (await new_person(world, (platform, role))).log_in("token")  # type: ignore[arg-type]


async def role_of(world: World, platform: Platform, log_in: LogIn) -> str | None:
    async with world.database.connection("owner") as connection:
        found: str | None = await connection.fetchval(
            "SELECT role FROM accounts_members WHERE tenant_id = $1 AND person_id = $2",
            platform.tenant_id, log_in.human.person_id,
        )  # fmt: skip
    return found


def path(log_in: LogIn) -> str:
    return f"/api/members/{log_in.human.person_id}"


async def test_two_owners_who_remove_each_other_leave_one(world: World) -> None:
    for _ in range(5):
        platform = await world.platform()
        one, two = await logged_in(world, platform, "owner"), await logged_in(world, platform, "owner")
        of = {"coliseum-tenant": platform.tenant.slug}  # whoever is removed first belongs to no tenant any more
        replies = await asyncio.gather(
            one.ask("DELETE", path(two), headers=of), two.ask("DELETE", path(one), headers=of)
        )
        assert sorted(each.status for each in replies) in ([204, 403], [204, 404]), replies
        left = [await role_of(world, platform, each) for each in (one, two)]
        assert sorted(map(str, left)) == ["None", "owner"]


async def test_owners_who_all_step_down_at_the_same_moment_leave_one(world: World, platform: Platform) -> None:
    owners = [await logged_in(world, platform, "owner") for _ in range(4)]
    replies = await asyncio.gather(*(each.ask("PATCH", path(each), {"role": "viewer"}) for each in owners))
    assert sorted(each.status for each in replies) == [200, 200, 200, 409]
    assert [each.code for each in replies if each.status == 409] == ["last_owner"]
    assert [await role_of(world, platform, each) for each in owners].count("owner") == 1


async def test_the_last_owner_neither_leaves_nor_steps_down(world: World, platform: Platform) -> None:
    owner, disabled = await logged_in(world, platform, "owner"), await logged_in(world, platform, "owner")
    await world.execute("UPDATE accounts_people SET disabled_at = now() WHERE person_id = $1", disabled.human.person_id)
    for method, where, body in (
        ("DELETE", path(owner), None),
        ("PATCH", path(owner), {"role": "admin"}),
        ("POST", f"/api/tenants/{platform.tenant.slug}/leave", None),
    ):
        reply = await owner.ask(method, where, body)
        assert (reply.status, reply.code) == (409, "last_owner"), (method, where)


@pytest.mark.parametrize("role", ["admin", "analyst", "viewer"])
async def test_anybody_else_may_leave(world: World, platform: Platform, role: str) -> None:
    log_in = await logged_in(world, platform, role)
    assert (await log_in.ask("POST", f"/api/tenants/{platform.tenant.slug}/leave")).status == 204
    assert await role_of(world, platform, log_in) is None
    assert (await log_in.ask("GET", "/api/tenants")).json == []
    assert (await log_in.ask("GET", "/api/boards")).status == 400
    assert (await log_in.ask("POST", f"/api/tenants/{platform.tenant.slug}/leave")).code == "not_found"


async def test_an_admin_manages_members_below_owner_only(world: World, platform: Platform) -> None:
    owner, admin = await logged_in(world, platform, "owner"), await logged_in(world, platform, "admin")
    other, viewer = await logged_in(world, platform, "admin"), await logged_in(world, platform, "viewer")
    assert (await admin.ask("PATCH", path(viewer), {"role": "admin"})).status == 200
    assert (await admin.ask("PATCH", path(other), {"role": "analyst"})).status == 200
    for method, where, body in (
        ("PATCH", path(owner), {"role": "viewer"}),
        ("DELETE", path(owner), None),
        ("PATCH", path(viewer), {"role": "owner"}),
        ("PATCH", path(admin), {"role": "owner"}),
    ):
        reply = await admin.ask(method, where, body)
        assert (reply.status, reply.code) == (403, "not_allowed"), (method, where, body)
    assert (await admin.ask("DELETE", path(other))).status == 204
    assert (await owner.ask("PATCH", path(admin), {"role": "owner"})).status == 200


@pytest.mark.parametrize("role", ["analyst", "viewer"])
async def test_others_change_nobody_and_a_viewer_sees_nobody(world: World, platform: Platform, role: str) -> None:
    log_in, other = await logged_in(world, platform, role), await logged_in(world, platform, "viewer")
    for method, body in (("PATCH", {"role": "viewer"}), ("DELETE", None)):
        assert (await log_in.ask(method, path(other), body)).code == "not_allowed"
        assert (await log_in.ask(method, path(log_in), body)).code == "not_allowed"
    assert (await log_in.ask("GET", "/api/members")).status == (403 if role == "viewer" else 200)


async def test_a_role_that_was_taken_away_is_not_used_again(world: World, platform: Platform) -> None:
    owner, admin = await logged_in(world, platform, "owner"), await logged_in(world, platform, "admin")
    assert (await admin.ask("GET", "/api/members")).status == 200
    assert (await owner.ask("PATCH", path(admin), {"role": "viewer"})).status == 200
    assert (await admin.ask("GET", "/api/members")).code == "not_allowed"
    # Also of another process, which still believes that they are an admin, nothing is changed.
    async with world.database.tenant(platform.tenant_id, "accounts") as connection:
        with pytest.raises(RequestRefused, match=r"members\.manage"):
            await change_role(
                connection, platform.tenant_id, Doer(admin.human.person_id), admin.human.person_id, "admin"
            )


async def test_members_are_listed_with_what_others_may_know_of_them(world: World, platform: Platform) -> None:
    owner = await logged_in(world, platform, "owner")
    await logged_in(world, platform, "viewer")
    listed = (await owner.ask("GET", "/api/members")).json
    assert [each["role"] for each in sorted(listed, key=lambda each: each["id"])] == ["owner", "viewer"]
    assert all(set(each) == {"id", "email", "name", "role", "joinedAt", "secondFactor"} for each in listed)


async def test_a_key_reads_members_and_manages_none(world: World, platform: Platform) -> None:
    viewer = await logged_in(world, platform, "viewer")
    assert (await world.http.get("/api/members", platform.server)).status == 200
    for method in ("PATCH", "DELETE"):
        reply = await world.http.send(method, path(viewer), b'{"role":"owner"}', platform.server)
        assert reply.code == "key_not_allowed"


async def test_nobody_sees_or_changes_members_of_another_tenant(world: World, platform: Platform) -> None:
    theirs = await logged_in(world, platform, "viewer")
    stranger = await logged_in(world, await world.platform(), "owner")
    for method, body in (("PATCH", {"role": "viewer"}), ("DELETE", None)):
        assert (await stranger.ask(method, path(theirs), body)).code == "not_found"
        named = await stranger.ask(method, path(theirs), body, {"coliseum-tenant": platform.tenant.slug})
        assert named.code == "not_allowed"
    assert [each["id"] for each in (await stranger.ask("GET", "/api/members")).json] == [stranger.human.person_id]
    assert (await stranger.ask("POST", f"/api/tenants/{platform.tenant.slug}/leave")).code == "not_found"
    for number in ("0", "-1", str(2**63), "9" * 30):
        assert (await stranger.ask("DELETE", f"/api/members/{number}")).status == 404
    assert await role_of(world, platform, theirs) == "viewer"


async def test_every_change_is_in_the_trail_without_names(world: World, platform: Platform) -> None:
    owner, admin = await logged_in(world, platform, "owner"), await logged_in(world, platform, "admin")
    await owner.ask("PATCH", path(admin), {"role": "viewer"})
    await owner.ask("POST", "/api/invitations", {"email": "trail@example.org", "role": "viewer"})
    await owner.ask("DELETE", path(admin))
    rows = await world.fetch("SELECT * FROM trail_entries WHERE tenant_id = $1 ORDER BY number", platform.tenant_id)
    told = [
        (row["action"], row["actor"], row["target"], row["detail"]) for row in rows if "session" not in row["action"]
    ]
    actor, target = f"person:{owner.human.person_id}", f"person:{admin.human.person_id}"
    assert told[0] == ("member.change", actor, target, {"before": "admin", "after": "viewer"})
    assert told[1][:2] == ("invitation.create", actor)
    assert told[2] == ("member.remove", actor, target, {"before": "viewer"})
    assert "@" not in str(told)
