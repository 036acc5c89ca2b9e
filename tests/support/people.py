"""People of the tests: made by SQL, logged in over HTTP."""

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyotp

from coliseum.accounts.argon import Question, answered
from coliseum.accounts.permissions import Role
from support.asgi import Reply
from support.services import Platform, World

PASSWORD = "a password that only tests have ever used"
COOKIE = "__Host-coliseum"
PAGE = {"sec-fetch-site": "same-origin", "content-type": "application/json"}
"""What a browser adds to what a page of this server sends."""
NUMBERS = itertools.count(1)
HASHES: dict[str, str] = {}


@dataclass
class Human:
    """Somebody with an account."""

    world: World
    person_id: int
    email: str
    password: str
    seed: str = ""

    async def log_in(self, kind: str = "cookie", code: str | None = None, **more: Any) -> "LogIn":
        """Log in; it must succeed."""
        reply = await self.try_to(kind, code, **more)
        assert reply.status == 200, reply
        return LogIn(self, kind, reply)

    async def try_to(self, kind: str = "cookie", code: str | None = None, **more: Any) -> Reply:
        """Try to log in. ``more``: ``password``, ``address``, ``headers``."""
        return await try_to_log_in(self.world, self.email, more.pop("password", self.password), kind, code, **more)

    def code(self, shift_s: int = 0) -> str:
        """The code that their application shows at this moment."""
        return pyotp.TOTP(self.seed).at(datetime.now(UTC).timestamp().__int__() + shift_s)


class LogIn:
    """An open session, and requests by it."""

    def __init__(self, human: Human, kind: str, reply: Reply) -> None:
        self.human = human
        self.kind = kind
        self.session_id = int(reply.json["sessionId"])
        self.csrf = reply.json["csrfToken"]
        self.cookie = cookie_in(reply) or ""
        self.tokens: dict[str, Any] = reply.json["tokens"] or {}

    @property
    def headers(self) -> dict[str, str]:
        """What shows who it is."""
        if self.kind == "token":
            return {"authorization": f"Bearer {self.tokens['accessToken']}"}
        return {"cookie": f"theme=dark; {COOKIE}={self.cookie}"}

    async def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Reply:
        """One request, as a page of this server, or a program, would send it."""
        sent = {**self.headers, **({} if headers is None else headers)}
        if method != "GET":
            sent = {"content-type": "application/json"} | sent
            if self.kind == "cookie":
                sent = {"sec-fetch-site": "same-origin", "coliseum-csrf": self.csrf} | sent
        raw = b"" if body is None else json.dumps(body).encode()
        reply = await self.human.world.http.send(method, path, raw, sent)
        if cookie_in(reply):
            self.cookie = cookie_in(reply) or ""
        return reply

    async def is_open(self) -> bool:
        """Whether it shows who somebody is."""
        return (await self.ask("GET", "/api/auth/session")).status == 200


async def try_to_log_in(
    world: World,
    email: str,
    password: str,
    kind: str = "cookie",
    code: str | None = None,
    *,
    address: str | None = None,
    headers: Mapping[str, str] = PAGE,
) -> Reply:
    """One try; from an address of its own, so that tries of other tests do not count."""
    body = {"email": email, "password": password, "kind": kind, **({} if code is None else {"code": code})}
    return await world.http.post("/api/auth/login", body, headers, address=address or an_address())


async def new_person(
    world: World, *memberships: tuple[Platform, Role], password: str = PASSWORD, email: str | None = None
) -> Human:
    """Somebody who can log in, with roles for these tenants."""
    address = email or f"person-{next(NUMBERS)}@example.org"
    if password not in HASHES:
        HASHES[password] = str(answered(Question(password.encode())))
    async with world.database.connection("owner") as connection:
        person_id = await connection.fetchval(
            "INSERT INTO accounts_people (email, name, password_hash) VALUES ($1, 'Somebody', $2) RETURNING person_id",
            address, HASHES[password],
        )  # fmt: skip
    for platform, role in memberships:
        await world.execute(
            "INSERT INTO accounts_members (tenant_id, person_id, role) VALUES ($1, $2, $3)",
            platform.tenant_id, person_id, role,
        )  # fmt: skip
    return Human(world, int(person_id), address, password)


async def with_second_factor(human: Human) -> tuple[LogIn, list[str]]:
    """Set one up for somebody; the log-in that did it, and the recovery codes."""
    log_in = await human.log_in()
    begun = await log_in.ask("POST", "/api/auth/totp")
    assert begun.status == 201, begun
    human.seed = begun.json["secret"]
    done = await log_in.ask("POST", "/api/auth/totp/confirm", {"code": human.code(-30)})
    assert done.status == 200, done
    return log_in, done.json["recoveryCodes"]


def cookie_in(reply: Reply) -> str | None:
    """The secret of the cookie that an answer sets."""
    name, _, rest = reply.headers.get("set-cookie", "").partition("=")
    return rest.partition(";")[0] if name == COOKIE else None


def an_address() -> str:
    """An address that nobody has used."""
    number = next(NUMBERS)
    return f"198.18.{number // 250}.{number % 250}"


async def deeds(world: World, tenant_id: int, action: str, person_id: int) -> list[Mapping[str, Any]]:
    """What a chain of the trail tells of somebody."""
    return await world.fetch(
        "SELECT * FROM trail_entries WHERE tenant_id = $1 AND action = $2 AND actor = $3 ORDER BY number",
        tenant_id, action, f"person:{person_id}",
    )  # fmt: skip
