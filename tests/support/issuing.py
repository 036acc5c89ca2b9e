"""Issuers of identities on a real HTTP server: key sets, tokens, and everything that can be wrong with both."""

import base64
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from support.asgi import Reply
from support.festival import vote
from support.services import Platform, World

Signer = ECKey | RSAKey | OKPKey | OctKey
SUPABASE = "/auth/v1"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def packed(content: object) -> str:
    return b64(json.dumps(content).encode())


def signed(key: Signer, header: dict[str, Any], claims: object) -> str:
    """A token with any header and any claims, signed as the header says."""
    content = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    start = f"{packed(header)}.{b64(content)}"
    return f"{start}.{b64(JWSRegistry.algorithms[header['alg']].sign(start.encode(), key))}"


@dataclass
class Issuer:
    """An issuer whose key set is served at its address; what it serves can be changed while it runs."""

    address: str = ""
    keys: dict[str, Signer] = field(default_factory=dict)
    extra: list[dict[str, Any]] = field(default_factory=list)
    """Members of the key set that are no keys of ours."""
    asked: list[str] = field(default_factory=list)
    status: int = 200
    body: bytes | None = None
    description: dict[str, Any] | None = None

    @property
    def supabase(self) -> str:
        """Its name as an issuer of Supabase Auth."""
        return self.address + SUPABASE

    def key_set(self) -> dict[str, Any]:
        """Its public keys."""
        keys = [
            {**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": alg_of(key)}
            for kid, key in self.keys.items()
            if not isinstance(key, OctKey)
        ]
        return {"keys": [*keys, *self.extra]}

    def claims(self, **changes: Any) -> dict[str, Any]:
        """What Supabase Auth puts into a token; a change to None takes a claim out."""
        now = int(time.time())
        claims = {
            "iss": self.supabase, "aud": "authenticated", "exp": now + 3_600, "iat": now, "sub": "fan-1",
            "role": "authenticated", "aal": "aal1", "session_id": "s", "email": "fan@example.org", "phone": "",
            "is_anonymous": False, "amr": [{"method": "password", "timestamp": now}],
            "app_metadata": {"provider": "email"}, "user_metadata": {},
        }  # fmt: skip
        return {name: value for name, value in {**claims, **changes}.items() if value is not None}

    def token(self, kid: str = "es", header: Mapping[str, Any] | None = None, **changes: Any) -> str:
        """A token that is as it should be, but for the changes."""
        key = self.keys[kid]
        return signed(key, {"alg": alg_of(key), "kid": kid, "typ": "JWT", **(header or {})}, self.claims(**changes))

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if self.body is not None or self.status != 200:
            return web.Response(status=self.status, body=self.body or b"")
        if request.path.endswith("/.well-known/openid-configuration"):
            if self.description is None:
                return web.Response(status=404)
            return web.json_response(self.description)
        return web.json_response(self.key_set())


def alg_of(key: Signer) -> str:
    """The algorithm that a key of this type signs with here."""
    return {"EC": "ES256", "RSA": "RS256", "OKP": "EdDSA", "oct": "HS256"}[key.key_type]


def new_keys() -> dict[str, Signer]:
    """A key of each algorithm."""
    return {
        "es": ECKey.generate_key("P-256"), "rs": RSAKey.generate_key(2_048), "ed": OKPKey.generate_key("Ed25519"),
    }  # fmt: skip


@asynccontextmanager
async def issuing() -> AsyncIterator[Issuer]:
    """An issuer that answers on a port of its own."""
    issuer = Issuer(keys=new_keys())
    app = web.Application()
    app.router.add_get("/{path:.*}", issuer.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server: Any = site._server
    issuer.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield issuer
    finally:
        await runner.cleanup()


async def trusting(world: World, issuer: Issuer) -> Platform:
    """A tenant that trusts the issuer, and knows its keys."""
    platform = await world.platform(slug="attacked")
    wish = json.dumps({"supabaseUrl": issuer.address}).encode()
    assert (await world.http.send("PUT", "/api/issuers", wish, platform.server)).status == 200
    assert (await shown(world, platform, issuer.token())).status == 201
    return platform


async def shown(world: World, platform: Platform, token: str | bytes) -> Reply:
    """The answer to a page that shows this token."""
    raw = token if isinstance(token, bytes) else token.encode("latin-1")
    headers = [(b"authorization", f"Bearer {platform.browser_key}".encode()), (b"coliseum-user", raw)]
    return await world.http.post("/api/passport/log", vote(userId=None, deviceId="d-1"), headers)
