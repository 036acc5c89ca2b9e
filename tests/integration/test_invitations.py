"""Invitations: a link by mail makes one member, once, and only of whom it was sent to."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from coliseum.accounts.plans import PLANS
from coliseum.ids import random_secret, secret_digest
from coliseum.web import accepting
from coliseum.web.api import members
from support.asgi import Reply
from support.people import LogIn, new_person
from support.post import NEW_PASSWORD, mails, secret_for, send, send_form
from support.services import Platform, World

ACCEPT = "/api/invitations/accept"


@pytest.fixture
async def owner(world: World, platform: Platform) -> LogIn:
    return await (await new_person(world, (platform, "owner"))).log_in("token")


async def invite(log_in: LogIn, email: str, role: str = "analyst") -> Any:
    reply = await log_in.ask("POST", "/api/invitations", {"email": email, "role": role})
    assert reply.status == 201, reply
    return reply.json


async def accept(world: World, secret: str, name: str | None = "Ada", password: str | None = NEW_PASSWORD) -> Reply:
    return await send(world, ACCEPT, {"token": secret, "name": name, "password": password})


async def roles(world: World, platform: Platform) -> dict[str, str]:
    async with world.database.connection("owner") as connection:
        rows = await connection.fetch(
            "SELECT p.email, m.role FROM accounts_members m JOIN accounts_people p USING (person_id) WHERE m.tenant_id = $1",
            platform.tenant_id,
        )
    return {row["email"]: row["role"] for row in rows}


async def test_somebody_new_accepts_with_name_and_password_and_can_log_in(
    world: World, platform: Platform, owner: LogIn
) -> None:
    await invite(owner, " New.Person@Example.ORG ")
    secret = await secret_for(world, "new.person@example.org", "invitations")
    reply = await accept(world, secret)
    assert (reply.status, reply.json["tenant"], reply.json["role"]) == (200, platform.tenant.slug, "analyst")
    assert (await roles(world, platform))["new.person@example.org"] == "analyst"
    body = {"email": "New.Person@example.org", "password": NEW_PASSWORD, "kind": "token"}
    begun = await send(world, "/api/auth/login", body)
    headers = {"authorization": f"Bearer {begun.json['tokens']['accessToken']}"}
    session = (await world.http.get("/api/auth/session", headers)).json
    assert session["emailVerified"] is True
    assert [each["slug"] for each in session["memberships"]] == [platform.tenant.slug]


async def test_of_fifty_who_accept_at_the_same_moment_one_does(world: World, platform: Platform, owner: LogIn) -> None:
    email = "fifty@example.org"
    await invite(owner, email)
    secret = await secret_for(world, email, "invitations")
    replies = await asyncio.gather(*(accept(world, secret) for _ in range(50)))
    assert [each.status for each in replies].count(200) == 1
    assert {each.status for each in replies} <= {200, 404, 429}  # 429: hashes of passwords wait for one another
    assert list(await roles(world, platform)).count(email) == 1
    assert (await accept(world, secret)).code == "link_invalid"


async def test_looking_at_a_link_a_hundred_times_uses_nothing(world: World, owner: LogIn) -> None:
    email = "scanned@example.org"
    await invite(owner, email)
    path = f"/invitations/{await secret_for(world, email, 'invitations')}"
    for _ in range(50):
        page = await world.http.get(path)
        assert page.status == 200
        assert (await world.http.send("HEAD", path)).status == 200
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in page.headers["x-robots-tag"]
    assert b"<script" not in page.body
    shown = (await world.http.get(path, {"accept": "application/json"})).json
    assert shown["email"] == email
    assert shown["known"] is False
    done = await send_form(world, path, "name=Eve&password=" + NEW_PASSWORD.replace(" ", "+"))
    assert done.status == 200, done.body
    assert (await world.http.get(path)).status == 404


async def test_every_link_that_does_not_work_is_answered_alike(world: World, platform: Platform, owner: LogIn) -> None:
    used, withdrawn, old, again = [f"{kind}-link@example.org" for kind in ("used", "withdrawn", "old", "again")]
    made = {email: await invite(owner, email) for email in (used, withdrawn, old, again)}
    secrets = {email: await secret_for(world, email, "invitations") for email in made}
    assert (await accept(world, secrets[used])).status == 200
    assert (await owner.ask("DELETE", f"/api/invitations/{made[withdrawn]['id']}")).status == 204
    await world.execute(
        "UPDATE accounts_invitations SET created_at = created_at - interval '8 days', expires_at = now() WHERE email = $1",
        old,
    )
    assert (await owner.ask("POST", f"/api/invitations/{made[again]['id']}/resend")).status == 200
    good = await secret_for(world, again, "invitations")
    assert good != secrets[again]
    flipped = [good[:at] + ("A" if good[at] != "A" else "B") + good[at + 1 :] for at in (0, 20, len(good) - 2)]
    wrong = [*secrets.values(), random_secret(), "x", "é" * 9, "a" * 150, *flipped, good.swapcase()]
    answers = [await accept(world, secret) for secret in wrong]
    assert {(each.status, each.code, each.json["detail"]) for each in answers} == {
        (404, "link_invalid", answers[0].json["detail"])
    }
    pages = [await world.http.get(f"/invitations/{secret}") for secret in (*secrets.values(), random_secret())]
    assert {(page.status, page.body) for page in pages} == {(404, pages[0].body)}
    await world.execute("UPDATE accounts_tenants SET suspended_at = now() WHERE tenant_id = $1", platform.tenant_id)
    assert (await accept(world, good)).code == "link_invalid"
    await world.execute("UPDATE accounts_tenants SET suspended_at = NULL WHERE tenant_id = $1", platform.tenant_id)
    assert (await accept(world, good)).status == 200


async def test_somebody_with_an_account_accepts_when_logged_in_with_that_address(
    world: World, platform: Platform, owner: LogIn
) -> None:
    human, other = await new_person(world), await new_person(world)
    await world.execute("UPDATE accounts_people SET email_verified_at = now() WHERE person_id = $1", human.person_id)
    await invite(owner, human.email, "viewer")
    secret = await secret_for(world, human.email, "invitations")
    assert (await accept(world, secret)).code == "login_needed"
    theirs = await (await other.log_in("token")).ask("POST", ACCEPT, {"token": secret})
    assert (theirs.status, theirs.code) == (403, "not_allowed")
    cookie = await human.log_in("cookie")
    forged = await send(world, ACCEPT, {"token": secret}, {**cookie.headers, "sec-fetch-site": "cross-site"})
    assert forged.code == "cross_site"
    assert (await cookie.ask("POST", ACCEPT, {"token": secret})).status == 200
    assert (await roles(world, platform))[human.email] == "viewer"


async def test_a_form_of_another_site_is_not_taken(world: World, owner: LogIn) -> None:
    email = "form@example.org"
    await invite(owner, email)
    path = f"/invitations/{await secret_for(world, email, 'invitations')}"
    answer = await send_form(world, path, "name=a&password=b", {"sec-fetch-site": "cross-site"})
    assert answer.status == 403
    weak = await send_form(world, path, "name=Eve&password=12345678")
    assert weak.status == 400
    assert b'role="alert"' in weak.body
    assert b"<form" in weak.body


async def test_an_account_whose_address_was_never_verified_is_taken_over_by_who_reads_its_mail(
    world: World, owner: LogIn
) -> None:
    squatter = await new_person(world, password="the password of a squatter")
    log_in = await squatter.log_in("token")
    await invite(owner, squatter.email)
    secret = await secret_for(world, squatter.email, "invitations")
    assert (await accept(world, secret, None, None)).code == "invalid_payload"
    assert (await accept(world, secret)).status == 200
    assert not await log_in.is_open()
    assert (await squatter.try_to("token")).code == "wrong_credentials"
    assert (await squatter.try_to("token", password=NEW_PASSWORD)).status == 200


async def test_nobody_is_invited_twice_or_above_the_role_of_who_invites(
    world: World, platform: Platform, owner: LogIn
) -> None:
    admin = await (await new_person(world, (platform, "admin"))).log_in("token")
    viewer = await (await new_person(world, (platform, "viewer"))).log_in("token")
    await invite(admin, "once@example.org", "admin")
    again = await owner.ask("POST", "/api/invitations", {"email": "ONCE@example.org", "role": "viewer"})
    assert (again.status, again.code) == (409, "already_exists")
    member = await owner.ask("POST", "/api/invitations", {"email": admin.human.email, "role": "viewer"})
    assert member.code == "already_exists"
    above = await admin.ask("POST", "/api/invitations", {"email": "above@example.org", "role": "owner"})
    assert (above.status, above.code) == (403, "not_allowed")
    assert (
        await viewer.ask("POST", "/api/invitations", {"email": "v@example.org", "role": "viewer"})
    ).code == "not_allowed"
    made = await invite(owner, "owner-to-be@example.org", "owner")
    for method, path in (
        ("DELETE", f"/api/invitations/{made['id']}"),
        ("POST", f"/api/invitations/{made['id']}/resend"),
    ):
        assert (await admin.ask(method, path)).code == "not_allowed"


@pytest.mark.parametrize("email", ["", "a", "a@b", "a b@example.org", "a@example.org\r\nBcc: x@y.zz", "a@@b.org", "a@b..org",
                                   "é@example.org", "a" * 65 + "@example.org", "a@" + "b" * 250 + ".org", "<a@b.org>", 7])  # fmt: skip
async def test_what_is_no_address_is_not_invited(owner: LogIn, email: Any) -> None:
    reply = await owner.ask("POST", "/api/invitations", {"email": email, "role": "viewer"})
    assert (reply.status, reply.code) == (400, "invalid_payload")


async def test_only_the_digest_of_a_secret_is_stored_and_the_mail_is_sealed(world: World, owner: LogIn) -> None:
    email = "sealed@example.org"
    made = await invite(owner, email)
    secret = await secret_for(world, email, "invitations")
    assert secret not in str(made)
    assert len(secret) >= 43
    async with world.database.connection("owner") as connection:
        row = await connection.fetchrow("SELECT * FROM accounts_invitations WHERE email = $1", email)
        bodies = await connection.fetch("SELECT body FROM accounts_outbox WHERE recipient = $1", email)
    assert row is not None
    assert row["secret_digest"] == secret_digest(secret)
    assert row["expires_at"] - row["created_at"] == timedelta(days=7)
    assert secret not in str(list(bodies))
    assert secret in (await mails(world, email))[0].body


async def test_nobody_reaches_the_invitations_of_another_tenant(world: World, owner: LogIn) -> None:
    made = await invite(owner, "theirs@example.org")
    stranger = await (await new_person(world, (await world.platform(), "owner"))).log_in("token")
    for method, path in (
        ("DELETE", f"/api/invitations/{made['id']}"),
        ("POST", f"/api/invitations/{made['id']}/resend"),
    ):
        assert (await stranger.ask(method, path)).code == "not_found"
    assert (await stranger.ask("GET", "/api/invitations")).json == []
    assert len((await owner.ask("GET", "/api/invitations")).json) == 1


async def test_seats_are_members_and_open_invitations(
    world: World, platform: Platform, owner: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (accepting, members):
        monkeypatch.setattr(module, "plan_of", lambda tenant, **_: PLANS[tenant.plan])
    first = await invite(owner, "seat-2@example.org")
    await invite(owner, "seat-3@example.org")
    full = await owner.ask("POST", "/api/invitations", {"email": "seat-4@example.org", "role": "viewer"})
    assert (full.status, full.code) == (402, "plan_limit")
    assert (full.json["limit"], full.json["plan"]) == ("seats", "pro")
    assert (await accept(world, await secret_for(world, "seat-2@example.org", "invitations"))).status == 200
    wishes = [{"email": f"race-{each}@example.org", "role": "viewer"} for each in range(10)]
    await owner.ask("DELETE", f"/api/invitations/{first['id']}")
    third = (await owner.ask("GET", "/api/invitations")).json[0]
    assert (await owner.ask("DELETE", f"/api/invitations/{third['id']}")).status == 204
    replies = await asyncio.gather(*(owner.ask("POST", "/api/invitations", wish) for wish in wishes))
    assert sorted(each.status for each in replies) == [201] + [402] * 9
