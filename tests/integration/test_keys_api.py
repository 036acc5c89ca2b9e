"""A tenant's keys by the API: made, looked at, changed, rotated, revoked; and nobody makes one that may more."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coliseum.accounts.keymaking import LIVE_KEYS_MAX
from coliseum.ids import secret_digest
from support.festival import vote
from support.keys import bearer, believed_no_more, listed, made, make, trail
from support.services import Platform, World


async def test_a_key_is_shown_once_and_stored_as_a_digest(world: World, platform: Platform) -> None:
    answer = await make(world, platform.server, name="reports", scopes=["read"])
    assert answer.headers["cache-control"] == "no-store"
    secret, key = answer.json["secret"], answer.json["key"]
    assert secret.startswith(key["prefix"])
    assert len(secret) - len(key["prefix"]) == 40
    assert (key["name"], key["kind"], key["scopes"]) == ("reports", "server", ["read"])
    assert (key["lastUsedAt"], key["revokedAt"], key["expiresAt"], key["replaces"]) == (None,) * 4
    whole = json.dumps(await listed(world, platform))
    assert secret not in whole
    assert secret_digest(secret).hex() not in whole
    row = (await world.fetch("SELECT * FROM accounts_keys WHERE key_id = $1", key["id"]))[0]
    assert row["secret_digest"] == secret_digest(secret)
    assert all(secret not in str(value) for value in row.values())


async def test_a_key_may_what_its_scopes_say(world: World, platform: Platform) -> None:
    reader, _ = await made(world, platform, scopes=["read"])
    assert (await world.http.get("/api/status", reader)).status == 200
    assert (await world.http.post("/api/passport/log", vote(), reader)).code == "key_not_allowed"
    assert (await make(world, reader)).code == "key_not_allowed"
    writer, _ = await made(world, platform, scopes=["write"])
    assert (await world.http.post("/api/passport/log", vote(), writer)).status == 201
    assert (await world.http.get("/api/status", writer)).code == "key_not_allowed"


async def test_the_list_says_who_made_a_key_and_when_it_was_used(world: World, platform: Platform) -> None:
    reader, key = await made(world, platform, scopes=["read"])
    own = min(await listed(world, platform))
    assert key["createdBy"] == f"key:{own}"
    assert (await world.http.get("/api/status", reader)).status == 200
    before = (await listed(world, platform))[key["id"]]["lastUsedAt"]
    assert before is None
    await world.services.last_used.write()
    used = (await listed(world, platform))[key["id"]]["lastUsedAt"]
    assert datetime.now(UTC) - datetime.fromisoformat(used) < timedelta(minutes=1)
    await world.services.last_used.write()  # nothing new: nothing is written
    assert (await listed(world, platform))[key["id"]]["lastUsedAt"] == used


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"kind": "root"}, "kind"), ({"scopes": []}, "scopes"), ({"scopes": ["all"]}, "scopes[0]"),
        ({"scopes": "read"}, "scopes"), ({"kind": "browser", "scopes": ["read"]}, "scopes"),
        ({"kind": "browser", "addresses": ["10.0.0.1"]}, "scopes"), ({"origins": ["https://a.example"]}, "origins"),
        ({"addresses": ["10.0.0.5/8"]}, "addresses"), ({"addresses": ["everywhere"]}, "addresses"),
        ({"addresses": ["::ffff:10.0.0.0/104"]}, "addresses"), ({"addresses": ["fe80::1%eth0"]}, "addresses"),
        ({"addresses": [f"10.0.0.{n}" for n in range(51)]}, "addresses"),
        ({"kind": "browser", "origins": ["*"]}, "origins"),
        ({"kind": "browser", "origins": ["https://a.example/"]}, "origins"),
        ({"kind": "browser", "origins": ["https://A.example"]}, "origins"),
        ({"kind": "browser", "origins": ["https://a.example:443"]}, "origins"),
        ({"kind": "browser", "origins": ["https://a.example:99999"]}, "origins"),
        ({"kind": "browser", "origins": ["https://user@a.example"]}, "origins"),
        ({"kind": "browser", "origins": ["ftp://a.example"]}, "origins"),
        ({"kind": "browser", "origins": ["null"]}, "origins"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt"), ({"expiresAt": "2099-01-01T00:00:00"}, "expiresAt"),
        ({"expiresAt": "soon"}, "expiresAt"), ({"name": "x" * 101}, "name"), ({"name": "a\x00b"}, "name"),
        ({"keyId": 1}, "data"), ({"createdBy": "operator"}, "data"),
    ],
    ids=str,
)  # fmt: skip
async def test_a_wish_that_makes_no_sense_is_refused(
    world: World, sender: Platform, wish: dict[str, Any], field: str
) -> None:
    answer = await make(world, sender.server, **wish)
    assert (answer.status, answer.code, answer.json["field"]) == (400, "invalid_payload", field)


@pytest.mark.parametrize("body", [b"", b"[", b"null", b"[]", b'"x"', b"\xff", b"[" * 50_000], ids=lambda b: repr(b[:5]))
async def test_a_body_that_is_no_wish_is_refused(world: World, sender: Platform, body: bytes) -> None:
    answer = await world.http.post("/api/keys", body, sender.server)
    assert answer.status == 400, answer
    assert (await world.http.post("/api/keys", b" " * 70_000, sender.server)).code == "body_too_large"


async def test_a_rotated_key_works_on_beside_the_new_one_until_the_overlap_ends(
    world: World, platform: Platform
) -> None:
    old, key = await made(world, platform, scopes=["read"], name="nightly", addresses=["203.0.113.9"])
    answer = await world.http.post(f"/api/keys/{key['id']}/rotate", b"", platform.server)
    assert answer.status == 201, answer
    new = answer.json["key"]
    same = ("name", "kind", "scopes", "origins", "addresses", "expiresAt")
    assert {each: new[each] for each in same} == {each: key[each] for each in same}
    assert new["replaces"] == key["id"]
    for headers in (old, bearer(answer.json["secret"])):
        assert (await world.http.get("/api/status", headers)).status == 200
    ends = datetime.fromisoformat((await listed(world, platform))[key["id"]]["expiresAt"])
    assert abs(ends - datetime.now(UTC) - timedelta(days=1)) < timedelta(minutes=1)


async def test_without_an_overlap_the_old_key_ends_at_once(world: World, platform: Platform) -> None:
    old, key = await made(world, platform, scopes=["read"])
    assert (await world.http.get("/api/status", old)).status == 200
    answer = await world.http.post(f"/api/keys/{key['id']}/rotate", {"overlapSeconds": 0}, platform.server)
    await believed_no_more(world, old)
    assert (await world.http.get("/api/status", bearer(answer.json["secret"]))).status == 200
    again = await world.http.post(f"/api/keys/{key['id']}/rotate", {}, platform.server)
    assert (again.status, again.code) == (404, "not_found")


async def test_twenty_rotations_at_once_make_one_key_and_the_others_learn_which(
    world: World, platform: Platform
) -> None:
    _, key = await made(world, platform, scopes=["read"])
    path = f"/api/keys/{key['id']}/rotate"
    answers = await asyncio.gather(*[world.http.post(path, b"", platform.server) for _ in range(20)])
    assert sorted(answer.status for answer in answers) == [201] + [409] * 19, answers
    [new] = [answer.json["key"]["id"] for answer in answers if answer.status == 201]
    assert {answer.code for answer in answers if answer.status == 409} == {"already_exists"}
    assert all(f"key {new} " in answer.json["detail"] for answer in answers if answer.status == 409)
    assert [each for each, found in (await listed(world, platform)).items() if found["replaces"] == key["id"]] == [new]


async def test_a_key_whose_new_secret_was_lost_is_rotated_again_when_that_is_revoked(
    world: World, platform: Platform
) -> None:
    _, key = await made(world, platform, scopes=["read"])
    path = f"/api/keys/{key['id']}/rotate"
    lost = (await world.http.post(path, b"", platform.server)).json["key"]["id"]
    assert (await world.http.send("DELETE", f"/api/keys/{lost}", headers=platform.server)).status in (200, 204)
    assert (await world.http.post(path, b"", platform.server)).status == 201


async def test_an_overlap_lengthens_no_life(world: World, platform: Platform) -> None:
    ends = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    _, key = await made(world, platform, scopes=["read"], expiresAt=ends)
    await world.http.post(f"/api/keys/{key['id']}/rotate", {"overlapSeconds": 604_800}, platform.server)
    kept = (await listed(world, platform))[key["id"]]["expiresAt"]
    assert datetime.fromisoformat(kept) == datetime.fromisoformat(ends)


@pytest.mark.parametrize("overlap", [-1, 604_801, 1.5, "x", None])
async def test_an_overlap_is_a_week_at_most(world: World, sender: Platform, overlap: object) -> None:
    answer = await world.http.post("/api/keys/1/rotate", {"overlapSeconds": overlap}, sender.server)
    assert (answer.status, answer.code) == (400, "invalid_payload")


async def test_a_revoked_key_works_nowhere_and_cannot_be_brought_back(world: World, platform: Platform) -> None:
    reader, key = await made(world, platform, scopes=["read", "write"])
    assert (await world.http.get("/api/status", reader)).status == 200
    path = f"/api/keys/{key['id']}"
    for _ in range(2):
        assert (await world.http.send("DELETE", path, headers=platform.server)).status == 204
    await believed_no_more(world, reader)
    assert (await world.http.post("/api/passport/log", vote(), reader)).code == "unknown_key"
    for method, end, body in (("PATCH", "", b'{"expiresAt":null}'), ("POST", "/rotate", b"{}")):
        assert (await world.http.send(method, path + end, body, platform.server)).code == "not_found"
    assert [deed["action"] for deed in await trail(world, platform)] == ["key.create", "key.revoke"]


async def test_a_key_that_expired_works_nowhere(world: World, platform: Platform) -> None:
    soon = datetime.now(UTC) + timedelta(milliseconds=300)
    reader, _ = await made(world, platform, scopes=["read"], expiresAt=soon.isoformat())
    async with asyncio.timeout(5):
        while (await world.http.get("/api/status", reader)).status != 401:
            await asyncio.sleep(0.02)


async def test_what_is_changed_of_a_key_is_what_was_said_and_nothing_else(world: World, platform: Platform) -> None:
    _, key = await made(world, platform, scopes=["read"], name="a", addresses=["10.1.0.0/16", "10.1.0.0/16"])
    path = f"/api/keys/{key['id']}"
    changed = await world.http.send("PATCH", path, b'{"name":"b","addresses":["2001:DB8::/32"]}', platform.server)
    assert changed.status == 200, changed
    assert changed.json == {**key, "name": "b", "addresses": ["2001:db8::/32"]}
    ends = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    await world.http.send("PATCH", path, json.dumps({"expiresAt": ends}).encode(), platform.server)
    back = await world.http.send("PATCH", path, b'{"expiresAt":null}', platform.server)
    assert back.json == changed.json
    for given in (b'{"scopes":["admin"]}', b'{"revokedAt":null}', b'{"kind":"browser"}', b'{"name":7}'):
        assert (await world.http.send("PATCH", path, given, platform.server)).code == "invalid_payload"


async def test_every_deed_is_in_the_trail_and_no_secret_is(world: World, platform: Platform) -> None:
    own = min(await listed(world, platform))
    _, key = await made(world, platform, scopes=["read"], name="Ms Somebody's")
    path = f"/api/keys/{key['id']}"
    await world.http.send("PATCH", path, b'{"name":"x"}', platform.server)
    rotated = (await world.http.post(f"{path}/rotate", {"overlapSeconds": 60}, platform.server)).json
    await world.http.send("DELETE", path, headers=platform.server)
    deeds = await trail(world, platform)
    assert [deed["action"] for deed in deeds] == ["key.create", "key.change", "key.rotate", "key.revoke"]
    assert {deed["target"] for deed in deeds} == {f"key:{key['id']}"}
    assert {deed["actor"] for deed in deeds} == {f"key:{own}"}
    assert {deed["address"] for deed in deeds} == {"203.0.113.9"}
    assert deeds[2]["detail"] == {"new": rotated["key"]["id"], "overlapSeconds": 60}
    whole = str(deeds)
    assert rotated["secret"] not in whole
    assert "Somebody" not in whole


async def test_there_are_at_most_so_many_keys_that_work(world: World, platform: Platform) -> None:
    keys = await listed(world, platform)
    _, expired = await made(world, platform, scopes=["read"])
    await world.execute("UPDATE accounts_keys SET expires_at = created_at WHERE key_id = $1", expired["id"])
    await world.execute(
        "INSERT INTO accounts_keys (tenant_id, kind, secret_digest, prefix) "
        "SELECT $1::int, 'server', sha256(($1::int || '-' || n)::bytea), 'x' FROM generate_series(1, $2) n",
        platform.tenant_id, LIVE_KEYS_MAX - len(keys) - 5,
    )  # fmt: skip
    answers = await asyncio.gather(*(make(world, platform.server, scopes=["read"]) for _ in range(10)))
    assert sorted(answer.status for answer in answers) == [201] * 5 + [409] * 5
    assert {answer.code for answer in answers if answer.status == 409} == {"too_many"}
    first = next(answer.json["key"]["id"] for answer in answers if answer.status == 201)
    assert (await world.http.post(f"/api/keys/{first}/rotate", {}, platform.server)).code == "too_many"
    assert (await world.http.send("DELETE", f"/api/keys/{first}", headers=platform.server)).status == 204
    assert (await make(world, platform.server, scopes=["read"])).status == 201


async def test_another_tenants_keys_are_none(world: World, platform: Platform) -> None:
    other = await world.platform()
    theirs = min(await listed(world, other))
    assert theirs not in await listed(world, platform)
    for method, path, body in (
        ("PATCH", f"/api/keys/{theirs}", b'{"name":"x"}'), ("POST", f"/api/keys/{theirs}/rotate", b"{}"),
        ("DELETE", f"/api/keys/{theirs}", b""), ("DELETE", "/api/keys/0", b""),
        ("DELETE", f"/api/keys/{2**63}", b""), ("DELETE", f"/api/keys/{10**30}", b""), ("DELETE", "/api/keys/-1", b""),
    ):  # fmt: skip
        answer = await world.http.send(method, path, body, platform.server)
        assert (answer.status, answer.code) == (404, "not_found"), (method, path)
    assert (await world.http.get("/api/status", other.server)).status == 200


async def test_a_browser_key_manages_no_keys(world: World, platform: Platform) -> None:
    assert (await world.http.get("/api/keys", platform.browser)).code == "key_not_allowed"
    assert (await make(world, platform.browser)).code == "key_not_allowed"
