"""The character U+0000, which no text of PostgreSQL can hold, is refused by name wherever it comes in."""

import json
from typing import Any

import pytest

from support.people import PAGE
from support.services import Platform, World

BODIES: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/api/auth/login", {"email": "a\0b@x.example", "password": "a long sentence", "kind": "cookie"}),
    ("POST", "/api/auth/reset", {"email": "a\0b@x.example"}),
    ("POST", "/api/keys", {"kind": "server", "name": "a\0b", "scopes": ["read"]}),
    ("PATCH", "/api/tenant", {"name": "a\0b"}),
    ("POST", "/api/dead-letters/retry", {"id": "a\0b"}),
    ("POST", "/api/dead-letters/retry", {"reason": "a\0b"}),
    ("PUT", "/api/boards/charts", {"metric": "votes", "entity": "artist", "title": "a\0b"}),
    (
        "POST",
        "/api/webhooks/endpoints",
        {"url": "https://example.org/", "topics": ["test.ping"], "description": "a\0b"},
    ),
]


@pytest.mark.parametrize(("method", "path", "body"), BODIES, ids=[path for _, path, _ in BODIES])
async def test_it_is_refused_by_name(
    world: World, platform: Platform, method: str, path: str, body: dict[str, Any]
) -> None:
    who = {} if path.startswith("/api/auth/") else platform.server
    reply = await world.http.send(method, path, json.dumps(body).encode(), {**PAGE, **who})
    assert (reply.status, reply.json["ok"]) == (400, False), reply
    assert reply.code in ("invalid_payload", "invalid_query", "invalid_json")


async def test_a_password_may_hold_it(world: World) -> None:
    body = {"email": "nobody@x.example", "password": "a long\0sentence", "kind": "cookie"}
    reply = await world.http.send("POST", "/api/auth/login", json.dumps(body).encode(), PAGE)
    assert (reply.status, reply.code) == (401, "wrong_credentials")
