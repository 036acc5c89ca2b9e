"""What people do by the routes for themselves, their tenant and its keys, and the entry of the trail that tells of it."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from coliseum.trail.record import SYSTEM
from support.asgi import Reply
from support.people import Human, LogIn, new_person, with_second_factor
from support.post import NEW_PASSWORD, secret_for, send
from support.services import Platform, World


class Trace(msgspec.Struct, frozen=True):
    """An entry that a deed must have left in these chains, once in each, and in no other."""

    action: str
    actor: str
    target: str
    chains: list[int]


class Stage(msgspec.Struct, frozen=True):
    """A tenant, and an owner of it who has logged in with a browser."""

    world: World
    platform: Platform
    human: Human
    log_in: LogIn

    @property
    def actor(self) -> str:
        return f"person:{self.human.person_id}"

    @property
    def both(self) -> list[int]:
        """The system's chain and the tenant's."""
        return [SYSTEM, self.platform.tenant_id]

    async def done(self, method: str, path: str, body: Any = None) -> Any:
        """A request of the owner that succeeds; what it is answered with."""
        return succeeded(await self.log_in.ask(method, path, body))

    def of_session(self, action: str, log_in: LogIn | None = None) -> Trace:
        """What the owner did with their log-in."""
        return Trace(action, self.actor, f"session:{(log_in or self.log_in).session_id}", self.both)

    def of_person(self, action: str) -> Trace:
        """What the owner did with their account."""
        return Trace(action, self.actor, self.actor, self.both)

    def of_tenant(self, action: str, target: str) -> Trace:
        """What the owner did for the tenant."""
        return Trace(action, self.actor, target, [self.platform.tenant_id])


async def staged(world: World) -> Stage:
    """A tenant and an owner of its own for one test."""
    platform = await world.platform()
    human = await new_person(world, (platform, "owner"))
    return Stage(world, platform, human, await human.log_in())


def succeeded(reply: Reply) -> Any:
    assert reply.status < 300, reply
    return reply.json if reply.body else None


async def log_in(at: Stage) -> Trace:
    return at.of_session("session.begin", await at.human.log_in("token"))


async def log_out(at: Stage) -> Trace:
    await at.done("POST", "/api/auth/logout")
    return at.of_session("session.end")


async def end_one(at: Stage) -> Trace:
    other = await at.human.log_in("token")
    await at.done("DELETE", f"/api/auth/sessions/{other.session_id}")
    return at.of_session("session.end")


async def end_others(at: Stage) -> Trace:
    await at.human.log_in("token")
    assert (await at.done("DELETE", "/api/auth/sessions"))["ended"] == 1
    return at.of_session("session.end")


async def confirm(at: Stage) -> Trace:
    await at.done("POST", "/api/auth/confirm", {"password": at.human.password})
    return at.of_session("session.confirm")


async def change_password(at: Stage) -> Trace:
    await at.done("POST", "/api/auth/password", {"current": at.human.password, "new": NEW_PASSWORD})
    return at.of_session("password.change")


async def rename(at: Stage) -> Trace:
    await at.done("PATCH", "/api/auth/person", {"name": "Another Name"})
    return at.of_session("person.rename")


async def begin_factor(at: Stage) -> Trace:
    await at.done("POST", "/api/auth/totp")
    return at.of_session("totp.begin")


async def confirm_factor(at: Stage) -> Trace:
    own, _ = await with_second_factor(at.human)
    return at.of_session("totp.confirm", own)


async def remove_factor(at: Stage) -> Trace:
    own, _ = await with_second_factor(at.human)
    succeeded(await own.ask("DELETE", "/api/auth/totp"))
    return at.of_session("totp.remove", own)


async def new_codes(at: Stage) -> Trace:
    own, _ = await with_second_factor(at.human)
    succeeded(await own.ask("POST", "/api/auth/recovery-codes"))
    return at.of_session("totp.codes", own)


async def ask_for_reset(at: Stage) -> Trace:
    succeeded(await send(at.world, "/api/auth/reset", {"email": at.human.email}))
    await at.world.services.post.settled()
    return Trace("password.ask", "anonymous", at.actor, [SYSTEM])


async def reset(at: Stage) -> Trace:
    await ask_for_reset(at)
    secret = await secret_for(at.world, at.human.email, "reset")
    succeeded(await send(at.world, "/api/auth/reset/accept", {"token": secret, "password": NEW_PASSWORD}))
    return at.of_person("password.reset")


async def ask_to_verify(at: Stage) -> Trace:
    await at.done("POST", "/api/auth/verify")
    return at.of_person("email.ask")


async def ask_for_address(at: Stage) -> Trace:
    await at.done("POST", "/api/auth/email", {"email": f"new-{at.human.email}"})
    return at.of_person("email.ask")


async def verify(at: Stage) -> Trace:
    await ask_to_verify(at)
    secret = await secret_for(at.world, at.human.email, "verify")
    succeeded(await send(at.world, "/api/auth/verify/accept", {"token": secret}))
    return at.of_person("email.verify")


async def invited(at: Stage) -> tuple[str, str]:
    """Somebody who was invited by mail, and the invitation as the trail calls it."""
    email = f"invited-{at.human.email}"
    made = await at.done("POST", "/api/invitations", {"email": email, "role": "viewer"})
    return email, f"invitation:{made['id']}"


async def invite(at: Stage) -> Trace:
    _, target = await invited(at)
    return at.of_tenant("invitation.create", target)


async def invite_again(at: Stage) -> Trace:
    _, target = await invited(at)
    await at.done("POST", f"/api/invitations/{target.partition(':')[2]}/resend")
    return at.of_tenant("invitation.resend", target)


async def withdraw(at: Stage) -> Trace:
    _, target = await invited(at)
    await at.done("DELETE", f"/api/invitations/{target.partition(':')[2]}")
    return at.of_tenant("invitation.revoke", target)


async def accept(at: Stage) -> Trace:
    email, _ = await invited(at)
    wish = {"token": await secret_for(at.world, email, "invitations"), "name": "Ada", "password": NEW_PASSWORD}
    person = f"person:{succeeded(await send(at.world, '/api/invitations/accept', wish))['personId']}"
    return Trace("invitation.accept", person, person, at.both)


async def change_member(at: Stage) -> Trace:
    other = await new_person(at.world, (at.platform, "viewer"))
    await at.done("PATCH", f"/api/members/{other.person_id}", {"role": "analyst"})
    return at.of_tenant("member.change", f"person:{other.person_id}")


async def remove_member(at: Stage) -> Trace:
    other = await new_person(at.world, (at.platform, "viewer"))
    await at.done("DELETE", f"/api/members/{other.person_id}")
    return at.of_tenant("member.remove", f"person:{other.person_id}")


async def leave(at: Stage) -> Trace:
    await new_person(at.world, (at.platform, "owner"))
    await at.done("POST", f"/api/tenants/{at.platform.tenant.slug}/leave")
    return at.of_tenant("member.leave", at.actor)


async def make_tenant(at: Stage) -> Trace:
    await at.world.execute(
        "UPDATE accounts_people SET email_verified_at = now() WHERE person_id = $1", at.human.person_id
    )
    at.world.services.logins.sessions.forget()
    slug = f"made-by-{at.human.person_id}"
    await at.done("POST", "/api/tenants", {"slug": slug, "name": "Made by hand"})
    tenant_id = await at.world.value("SELECT tenant_id FROM accounts_tenants WHERE slug = $1", slug)
    return Trace("tenant.create", at.actor, f"tenant:{tenant_id}", [SYSTEM, tenant_id])


async def change_tenant(at: Stage) -> Trace:
    await at.done("PATCH", "/api/tenant", {"name": "Another name"})
    return at.of_tenant("tenant.change", f"tenant:{at.platform.tenant_id}")


async def key_made(at: Stage) -> str:
    """A key, as the trail calls it."""
    made = await at.done("POST", "/api/keys", {"kind": "server", "scopes": ["write"]})
    return f"key:{made['key']['id']}"


async def make_key(at: Stage) -> Trace:
    return at.of_tenant("key.create", await key_made(at))


async def rotate_key(at: Stage) -> Trace:
    target = await key_made(at)
    await at.done("POST", f"/api/keys/{target.partition(':')[2]}/rotate")
    return at.of_tenant("key.rotate", target)


async def change_key(at: Stage) -> Trace:
    target = await key_made(at)
    await at.done("PATCH", f"/api/keys/{target.partition(':')[2]}", {"name": "another"})
    return at.of_tenant("key.change", target)


async def revoke_key(at: Stage) -> Trace:
    target = await key_made(at)
    await at.done("DELETE", f"/api/keys/{target.partition(':')[2]}")
    return at.of_tenant("key.revoke", target)


BY_PEOPLE: dict[str, Callable[[Stage], Awaitable[Trace]]] = {
    "POST /api/auth/login": log_in, "POST /api/auth/logout": log_out, "DELETE /api/auth/sessions": end_others,
    "DELETE /api/auth/sessions/{session_id}": end_one, "POST /api/auth/confirm": confirm,
    "POST /api/auth/password": change_password, "POST /api/auth/totp": begin_factor,
    "POST /api/auth/totp/confirm": confirm_factor, "DELETE /api/auth/totp": remove_factor,
    "POST /api/auth/recovery-codes": new_codes, "POST /api/auth/reset": ask_for_reset,
    "POST /api/auth/reset/accept": reset, "POST /api/auth/verify": ask_to_verify,
    "PATCH /api/auth/person": rename, "POST /api/auth/email": ask_for_address, "POST /api/auth/verify/accept": verify,
    "POST /api/invitations": invite, "POST /api/invitations/{invitation_id}/resend": invite_again,
    "DELETE /api/invitations/{invitation_id}": withdraw, "POST /api/invitations/accept": accept,
    "PATCH /api/members/{person_id}": change_member, "DELETE /api/members/{person_id}": remove_member,
    "POST /api/tenants": make_tenant, "POST /api/tenants/{slug}/leave": leave, "PATCH /api/tenant": change_tenant,
    "POST /api/keys": make_key, "POST /api/keys/{key_id}/rotate": rotate_key, "PATCH /api/keys/{key_id}": change_key,
    "DELETE /api/keys/{key_id}": revoke_key,
}  # fmt: skip
"""For each route what it is to use it."""
