"""People of a running system: made by SQL, logged in over HTTP."""

import json
from dataclasses import dataclass
from typing import Any

import aiohttp

from coliseum import db
from coliseum.accounts.argon import Question, answered
from support.people import COOKIE, PAGE, PASSWORD
from support.system import System


@dataclass
class Visitor:
    """Somebody who has logged in to a running system."""

    system: System
    person_id: int
    session_id: int
    headers: dict[str, str]
    csrf: str
    tokens: dict[str, Any]

    async def ask(self, method: str, path: str) -> tuple[int, Any]:
        """One request, as a page of the server would send it."""
        return await asked(self.system, method, path, None, {**PAGE, **self.headers, "coliseum-csrf": self.csrf})


async def asked(system: System, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
    """One request; the status and the JSON."""
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client,
        client.request(
            method, system.url + path, data=None if body is None else json.dumps(body), headers=headers
        ) as got,
    ):
        text = await got.read()
        answer = json.loads(text) if text else None
        return got.status, answer if got.cookies.get(COOKIE) is None else (answer, got.cookies[COOKIE].value)


async def account(system: System, email: str, *slugs: str, role: str = "viewer") -> int:
    """Somebody with a password and a role for these tenants."""
    hashed = answered(Question(PASSWORD.encode()))
    connection = await db.connect(system.environ["DATABASE_URL"])
    try:
        person_id = await connection.fetchval(
            "INSERT INTO accounts_people (email, name, password_hash) VALUES ($1, '', $2) RETURNING person_id",
            email, hashed,
        )  # fmt: skip
        for slug in slugs:
            await connection.execute(
                "INSERT INTO accounts_members (tenant_id, person_id, role) "
                "SELECT tenant_id, $2, $3 FROM accounts_tenants WHERE slug = $1",
                slug, person_id, role,
            )  # fmt: skip
    finally:
        await connection.close()
    return int(person_id)


async def visitor(system: System, email: str, *slugs: str, kind: str = "cookie", role: str = "viewer") -> Visitor:
    """Somebody with an account who has logged in."""
    person_id = await account(system, email, *slugs, role=role)
    status, answer = await asked(
        system, "POST", "/api/auth/login", {"email": email, "password": PASSWORD, "kind": kind}, PAGE
    )
    assert status == 200, answer
    told, secret = answer if isinstance(answer, tuple) else (answer, "")
    tokens = told["tokens"] or {}
    headers = {"authorization": f"Bearer {tokens['accessToken']}"} if tokens else {"cookie": f"{COOKIE}={secret}"}
    return Visitor(system, person_id, told["sessionId"], headers, told["csrfToken"] or "", tokens)
