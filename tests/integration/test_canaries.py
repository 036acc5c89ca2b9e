"""No secret and nobody's data is in any log: both are sent through real processes that fail, and every log is read."""

import base64
import http.client
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest

from coliseum import db
from coliseum.ids import random_secret
from coliseum.web import access_page
from coliseum.web.auth import webhook_secret
from coliseum.web.refusals import SAFE
from support.festival import event, spent, vote
from support.system import System, running_system

pytestmark = pytest.mark.long

SECRET_KEY = "canary root secret " + random_secret()
NAMES = (
    "email", "password", "newPassword", "currentPassword", "token", "refreshToken", "code", "secret", "key", "name",
    "url", "recipient", "userId", "sessionId", "deviceId",
)  # fmt: skip
"""Fields of bodies that may hold what nobody else is to know."""


@dataclass
class Planted:
    """Everything that must be in no log, by what it is."""

    known: dict[str, str] = field(default_factory=dict)

    def plant(self, what: str, text: str = "") -> str:
        self.known[what] = text or f"canary-{what}-{random_secret()[:16]}"
        return self.known[what]

    def found_in(self, text: str) -> list[str]:
        return [
            what for what, secret in self.known.items()
            for form in {secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode()}
            if form in text
        ]  # fmt: skip


@dataclass
class Caller:
    """Sends whatever it is told to a running system."""

    system: System

    def send(self, method: str, path: str, body: object = b"", headers: Mapping[str, str] | None = None) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.system.port, timeout=30)
        try:
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            connection.request(method, path, raw, dict(headers or {}))
            response = connection.getresponse()
            if "event-stream" not in (response.getheader("content-type") or ""):
                response.read()
            return response.status
        finally:
            connection.close()


def flows(caller: Caller, planted: Planted) -> None:
    """What platforms, browsers and strangers send, rightly and wrongly."""
    key = planted.known["server key"]
    bearer = {"authorization": f"Bearer {key}"}
    user, mail = planted.plant("user"), planted.plant("mail") + "@example.org"
    person = {"userId": user, "sessionId": planted.plant("session"), "deviceId": planted.plant("device")}
    intent = planted.plant("payment")
    assert (
        caller.send(
            "POST", "/api/passport/batch", [vote(**person), spent(**person, stripePaymentIntentId=intent)], bearer
        )
        == 201
    )
    for body in (b"{" + user.encode(), {**vote(**person), "weight": mail}, {**vote(**person), mail: 1}, [user]):
        assert caller.send("POST", "/api/passport/log", body, bearer) == 400
    assert caller.send("POST", "/api/passport/tokens", {"userId": user}, bearer) == 201
    assert caller.send("POST", "/v1/identify", {"userId": user, "traits": {"email": mail}}, bearer) in (200, 400)
    assert caller.send("GET", "/api/status", headers={"authorization": "Bearer " + planted.plant("wrong key")}) == 401
    assert caller.send("GET", "/api/status", headers={"authorization": "Basic " + planted.plant("wrong basic")}) == 401
    planted.plant("webhook secret", webhook_secret(SECRET_KEY, "canary").removeprefix("whsec_"))
    signed = {"webhook-id": "x", "webhook-timestamp": "1", "webhook-signature": planted.plant("signature")}
    assert caller.send("POST", "/api/webhooks/passport?tenant=canary", vote(**person), signed) == 401
    assert caller.send("POST", "/api/live/tickets", b"", bearer) == 201
    forged = {"authorization": f"Bearer {planted.plant('ticket')}", "last-event-id": planted.plant("last id")}
    assert caller.send("GET", "/api/live/events?metric=votes&entity=fan", headers=forged) == 401
    assert caller.send("GET", f"/api/treasury/statement?user={user}", headers=bearer) in (200, 400, 404)
    assert (
        caller.send(
            "GET", f"/nowhere/{user}?email={mail}", headers={"cookie": "__Host-coliseum=" + planted.plant("cookie")}
        )
        == 404
    )


def every_route(caller: Caller, planted: Planted) -> None:
    """Each route that changes something, with bodies of secrets, by callers of every kind."""
    body = {name: planted.plant(name) for name in NAMES}
    cookie = {"cookie": "__Host-coliseum=" + planted.plant("session cookie"), "x-csrf-token": planted.plant("csrf")}
    for method, path, _ in sorted(set(access_page.routes())):
        filled = re.sub(r"\{\w+\}", planted.known["token"], path)
        for headers in ({"authorization": "Bearer " + planted.known["server key"]}, cookie, {}):
            sent = {**headers, "content-type": "application/json", "user-agent": planted.plant("agent")}
            status = caller.send(method, filled, b"" if method in SAFE else body, sent)
            assert status < 500 or status == 501, (method, path, status)


async def break_inside(caller: Caller, planted: Planted, database_url: str) -> None:
    """Failures of the database that quote what they failed on."""
    bearer = {"authorization": "Bearer " + planted.known["server key"]}
    connection = await db.connect(database_url)
    try:
        for table in ("coliseum_boards", "mediaid_affinities"):
            await connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS canary")
            await connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT canary CHECK (false) NOT VALID")
    finally:
        await connection.close()
    board = {"metric": "votes", "entity": "artist", "title": planted.plant("title")}
    statuses = {caller.send("PUT", f"/api/boards/{name}", board, bearer) for name in ("one", "two")}
    assert statuses <= {400, 500}
    assert caller.send("PUT", "/api/boards/three", {"metric": "votes", "entity": "artist"}, bearer) == 500
    followed = event(
        "social.follow", userId=planted.known["user"], targetId=planted.plant("followed"), targetType="artist"
    )
    assert caller.send("POST", "/api/passport/batch", [vote(userId=planted.known["user"]), followed], bearer) == 201
    caller.system.wait_for(lambda: "entry_parked" in whole_log(caller.system, "processor"), "an entry to be parked")


def whole_log(system: System, name: str) -> str:
    return (system.folder / f"{name}.log").read_text(errors="replace")


def logs(*folders: Path) -> dict[Path, str]:
    return {path: path.read_text(errors="replace") for folder in folders for path in folder.rglob("*.log*")}


@pytest.fixture(params=["info", "debug"])
def system(fresh_database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[System]:
    with running_system(
        fresh_database,
        tmp_path,
        COLISEUM_LOG_LEVEL=request.param,
        COLISEUM_SECRET_KEY=SECRET_KEY,
        COLISEUM_DEAD_LETTER_ATTEMPTS_MAX="1",
        COLISEUM_POLL_INTERVAL_S="0.1",
    ) as running:
        yield running


async def test_no_log_holds_a_secret_or_a_person(system: System, fresh_database: str, servers_dir: Path) -> None:
    planted, caller = Planted(), Caller(system)
    planted.plant("root secret", SECRET_KEY)
    planted.plant("valkey password", "acceptance-only")
    slug = "canary" if "info" in system.environ["COLISEUM_LOG_LEVEL"] else "canary-two"
    planted.plant("server key", system.create_tenant(slug).key)
    flows(caller, planted)
    every_route(caller, planted)
    await break_inside(caller, planted, fresh_database)
    system.stop()
    texts = logs(system.folder, servers_dir)
    assert {"web.log", "processor.log"} <= {path.name for path in texts}
    assert "capture_failed" in whole_log(system, "web")
    for path, text in texts.items():
        assert planted.found_in(text) == [], path
    assert len(planted.known) > 30


def test_what_is_planted_is_found_in_every_form() -> None:
    planted = Planted()
    secret = planted.plant("mail", "someone@example.org")
    for text in (f"x {secret} y", "someone%40example.org", base64.b64encode(secret.encode()).decode()):
        assert planted.found_in(f"before {text} behind") == ["mail"]
    assert planted.found_in("somebody else") == []
