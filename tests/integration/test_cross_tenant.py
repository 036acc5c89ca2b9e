"""Nobody reads or changes anything of another tenant, by any route, with any id of theirs."""

import json
from collections import Counter
from typing import Any

import pytest

from coliseum.accounts.permissions import ROLES
from coliseum.ids import random_secret, secret_digest
from support.asgi import Reply
from support.festival import event, vote
from support.live import conducted
from support.people import LogIn, new_person
from support.services import Platform, World
from support.sweeping import Question, questions

CANARY = "canary-of-the-other"
"""Stands in everything that the other tenant has, and in nothing that is asked."""
BODIES: dict[str, Any] = {
    "put /api/boards/{name}": {"metric": "votes", "entity": "artist", "title": "mine"},
    "post /api/passport/log": {},
    "post /api/passport/tokens": {"userId": "their-fan"},
    "patch /api/members/{person_id}": {"role": "owner"},
    "post /api/invitations": {"email": "mine@example.org", "role": "viewer"},
    "patch /api/tenant": {"name": "mine"},
    "post /api/webhooks/endpoints": {"url": "https://1.1.1.1/mine", "topics": ["key.revoked"]},
    "patch /api/webhooks/endpoints/{endpoint_id}": {"disabled": True},
    "post /api/dashboards": {"name": "mine", "panels": []},
    "put /api/dashboards/{dashboard_id}": {"name": "mine", "panels": []},
    "post /api/shares": {"dashboardId": 1},
    "put /api/catalog/{kind}/entity": {"fields": {"name": "mine"}},
    "post /api/catalog/{kind}/import": {"file": "aWQsbmFtZQp0aGVpci1hcnRpc3QsbWluZQo="},
    "put /api/votings/{name}": {"event": "their-event", "title": "mine"},
    "put /api/webhooks/thresholds/{name}": {"metric": "votes", "window": "day", "value": 1},
}
ALSO_PUBLIC = ("/api/public/", "/health", "/schema")


async def plant(world: World, other: Platform, member: LogIn) -> dict[str, list[str]]:
    """Give the other tenant one of everything; returns its names by the parameters that take them."""
    sent = [
        event("catalog.artist", artistId="their-artist", name=CANARY, city=CANARY, genres=[CANARY]),
        event("catalog.event", eventId="their-event", name=CANARY, city=CANARY, artistIds=["their-artist"]),
        vote(artistId="their-artist", eventId="their-event", userId="their-fan"),
        event("treasury.money_spent", userId="their-fan", amountCents=5, currency="eur", reason="bar",
              artistId="their-artist"),
        {"type": CANARY},
    ]  # fmt: skip
    assert (await world.http.post("/api/passport/batch", sent, other.server)).status == 207
    await world.services.tally._write()
    board = {"metric": "votes", "entity": "artist", "title": CANARY}
    declared = await world.http.send("PUT", "/api/boards/their-board", json.dumps(board).encode(), other.server)
    assert declared.status == 201
    voting = json.dumps({"event": "their-event", "title": CANARY}).encode()
    opened = await world.http.send("PUT", "/api/votings/their-board", voting, other.server)
    assert opened.status == 201, opened
    await conducted(world, other)
    keys = (await world.http.get("/api/keys", other.server)).json["keys"]
    issuer = {"issuer": f"https://{CANARY}.example", "audience": "x", "hs256Secret": CANARY * 3}
    trusted = await world.http.send("PUT", "/api/issuers", json.dumps(issuer).encode(), other.server)
    assert trusted.status == 200, trusted
    hooks = await webhooks(world, other)
    return {
        **hooks, **await dashboards(world, other),
        "name": ["their-board"], "slug": [other.tenant.slug], "id": ["their-artist", "their-event", "their-fan"],
        "userId": ["their-fan"], "event": ["their-event"], "around": ["their-artist"], "ids": ["their-artist"],
        "members": ["their-artist"], "artist": ["their-artist"], "q": [CANARY], "board": ["their-board"], "city": ["their-city"], "genre": ["their-genre"],
        "cursor": ["AAAA"], "key_id": [str(key["id"]) for key in keys],
        "session_id": [str(member.session_id)], **await invited(world, other),
        "issuer": [f"https://{CANARY}.example"], "subject": ["their-fan"],
        "kind": ["artists", "events"], "partition": ["0"], "offset": ["0", "1", "2", "3"],
        "track": ["their-track"], "entry": [sent[2]["id"]], "search": [CANARY[:6]],
    }  # fmt: skip


async def invited(world: World, other: Platform) -> dict[str, list[str]]:
    """The numbers of a member and of an invitation of the other tenant's."""
    owner = await (await new_person(world, (other, "owner"))).log_in("token")
    made = await owner.ask("POST", "/api/invitations", {"email": f"{CANARY}@example.org", "role": "viewer"})
    assert made.status == 201, made
    return {"person_id": [str(owner.human.person_id)], "invitation_id": [str(made.json["id"])]}


async def webhooks(world: World, other: Platform) -> dict[str, list[str]]:
    """An endpoint with a delivery, and a threshold of the board's name."""
    json_headers = other.server | {"content-type": "application/json"}
    wish = {"url": f"https://1.1.1.1/{CANARY}", "topics": ["key.revoked"], "description": CANARY}
    made = await world.http.post("/api/webhooks/endpoints", wish, json_headers)
    number = made.json["endpoint"]["id"]
    assert (await world.http.post(f"/api/webhooks/endpoints/{number}/test", b"", other.server)).status == 202
    [sent] = (await world.http.get("/api/webhooks/deliveries", other.server)).json["deliveries"]
    rule = json.dumps({"metric": "votes", "entity": "artist", "id": CANARY, "window": "day", "value": 9}).encode()
    assert (await world.http.send("PUT", "/api/webhooks/thresholds/their-board", rule, json_headers)).status == 200
    return {"endpoint_id": [str(number)], "endpoint": [str(number)], "delivery_id": [str(sent["id"])]}


async def dashboards(world: World, other: Platform) -> dict[str, list[str]]:
    """A dashboard and a public link to it; the sweep tries to share the dashboard, too."""
    json_headers = other.server | {"content-type": "application/json"}
    wish = {"name": CANARY, "panels": [{"question": {"metric": "votes"}, "title": CANARY}]}
    made = await world.http.post("/api/dashboards", wish, json_headers)
    assert made.status == 201, made
    share = await world.http.post("/api/shares", {"dashboardId": made.json["id"]}, json_headers)
    assert share.status == 201, share
    BODIES["post /api/shares"] = {"dashboardId": made.json["id"]}
    return {"dashboard_id": [str(made.json["id"])], "share_id": [str(share.json["share"]["id"])]}


async def credentials(world: World, platform: Platform) -> dict[str, dict[str, str]]:
    """Everything that a tenant's people and programs may show, by what it is called."""
    shown = {"nothing": {}, "a server key": platform.server, "a browser key": platform.browser}
    for scope in ("write", "read", "admin"):
        key = f"cs_server_{platform.tenant.slug}_{random_secret()}"
        await world.execute(
            "INSERT INTO accounts_keys (tenant_id, kind, secret_digest, prefix, scopes) VALUES ($1, 'server', $2, '', $3)",
            platform.tenant_id, secret_digest(key), [scope],
        )  # fmt: skip
        shown[f"a key that may {scope}"] = {"authorization": f"Bearer {key}"}
    for role in ROLES:
        shown[f"a member, {role}"] = (await (await new_person(world, (platform, role))).log_in("token")).headers
    return shown


async def state(world: World, platform: Platform) -> dict[str, str]:
    """A digest of all rows of a tenant, by table."""
    tables = await world.fetch(
        "SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' "
        "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
    )
    async with world.database.connection("owner") as connection:
        return {
            row["name"]: str(
                await connection.fetchval(
                    f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {row['name']} t WHERE tenant_id = $1",  # noqa: S608 - names of the catalogue
                    platform.tenant_id,
                )
            )
            for row in tables
        }


@pytest.fixture(scope="module")
async def member(world: World) -> LogIn:
    """Somebody of a third tenant, whose e-mail is what is looked for."""
    return await (await new_person(world, (await world.platform(), "owner"), email=f"{CANARY}@example.org")).log_in()


@pytest.fixture(scope="module")
async def pair(world: World, member: LogIn) -> tuple[Platform, Platform, dict[str, list[str]]]:
    mine, other = await world.platform(), await world.platform()
    return mine, other, await plant(world, other, member)


@pytest.fixture(scope="module")
def asked(world: World, pair: tuple[Platform, Platform, dict[str, list[str]]]) -> list[Question]:
    return questions(world.http.document(), pair[2], BODIES)


async def ask(world: World, question: Question, headers: dict[str, str]) -> Reply:
    return await world.http.send(question.method, question.path, question.body, {**headers, **question.headers})


async def test_no_route_shows_or_changes_anything_of_another_tenant(
    world: World, pair: tuple[Platform, Platform, dict[str, list[str]]], asked: list[Question], member: LogIn
) -> None:
    mine, other, _ = pair
    before = await state(world, other)
    for who, headers in (await credentials(world, mine)).items():
        for question in asked:
            if who.startswith("a member") and question.path == "/api/auth/logout":
                continue  # there would be nobody to ask any more
            reply = await ask(world, question, headers)
            assert reply.status < 500 or reply.code == "not_configured", (who, question, reply)
            if not question.path.startswith(ALSO_PUBLIC):
                assert CANARY.encode() not in reply.body, (who, question, reply)
                assert CANARY not in str(reply.headers), (who, question, reply)
    after = await state(world, other)
    assert {table for table, rows in after.items() if rows != before[table]} == set()
    assert await member.is_open()


async def test_the_sweep_would_see_what_it_looks_for(
    world: World, pair: tuple[Platform, Platform, dict[str, list[str]]], asked: list[Question]
) -> None:
    _, other, _ = pair
    seen = Counter[str]()
    for question in asked:
        if question.method == "GET":
            reply = await ask(world, question, other.server)
            seen[question.path.partition("?")[0]] += CANARY.encode() in reply.body
    shown = {path for path, times in seen.items() if times}
    assert shown >= {
        "/api/webhooks/endpoints",
        "/api/webhooks/thresholds",
        "/api/dashboards",
        "/api/boards",
        "/api/issuers",
        "/api/boards/their-board",
        "/api/crowd",
        "/api/votings",
        "/api/leaderboards",
        "/api/insights/entities",
        "/api/insights/about",
        "/api/warnings",
        "/api/warnings/groups",
        "/api/entries/0/0",
        "/api/catalog/artists",
        "/api/catalog/events/entity",
        "/api/catalog/artists/history",
        "/api/catalog/artists/export",
    }, seen
