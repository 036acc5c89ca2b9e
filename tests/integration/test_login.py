"""Logging in with e-mail and password: who is let in, what a refusal says, and what is left behind."""

import asyncio
import json
import statistics
import time

import argon2
import pytest

from coliseum import kv
from coliseum.accounts.argon import LANES, MEMORY_KIB, PASSES
from coliseum.accounts.attempts import Attempt
from coliseum.accounts.logins import Logins, _account_name
from coliseum.accounts.tries import Tries
from coliseum.errors import RequestRefused, StoreUnavailable
from coliseum.web.problems import problem
from support.people import PAGE, PASSWORD, an_address, deeds, new_person, try_to_log_in
from support.services import Platform, World


async def stored_hash(world: World, person_id: int) -> str:
    async with world.database.connection("owner") as connection:
        return str(
            await connection.fetchval("SELECT password_hash FROM accounts_people WHERE person_id = $1", person_id)
        )


async def test_a_browser_gets_a_cookie_that_only_this_host_and_no_script_can_read(world: World) -> None:
    human = await new_person(world)
    reply = await human.try_to()
    assert reply.status == 200
    parts = reply.headers["set-cookie"].split("; ")
    name, _, secret = parts[0].partition("=")
    assert name == "__Host-coliseum"
    assert len(secret) == 43
    assert set(parts[1:]) == {"Path=/", "Secure", "HttpOnly", "SameSite=Strict", "Max-Age=2592000"}
    assert reply.headers["cache-control"] == "no-store"
    assert reply.json["tokens"] is None
    async with world.database.connection("owner") as connection:
        row = await connection.fetchrow(
            "SELECT * FROM accounts_sessions WHERE session_id = $1", reply.json["sessionId"]
        )
    assert row is not None
    assert secret not in str(dict(row))


async def test_who_has_logged_in_is_told_who_they_are_and_for_whom(world: World) -> None:
    one, two = await world.platform(), await world.platform()
    human = await new_person(world, (one, "owner"), (two, "viewer"))
    for kind in ("cookie", "token"):
        log_in = await human.log_in(kind)
        told = (await log_in.ask("GET", "/api/auth/session")).json
        assert (told["email"], told["personId"], told["kind"]) == (human.email, human.person_id, kind)
        assert (told["csrfToken"] is not None) == (kind == "cookie")
        assert told["csrfToken"] == log_in.csrf
        roles = {each["slug"]: each["role"] for each in told["memberships"]}
        assert roles == {one.tenant.slug: "owner", two.tenant.slug: "viewer"}


@pytest.mark.parametrize(
    "password",
    ["x" * 1_024, "ünï¢ødé ist auch ein Wort", "nul\0in the middle", "a space at the end ", "パスワードは八文字以上"],
)
async def test_a_password_counts_with_every_character(world: World, password: str) -> None:
    human = await new_person(world, password=password)
    assert (await human.try_to()).status == 200
    for other in (password[:-1], password.swapcase(), password + " ", password.replace("\0", ""), password.strip()):
        if other != password and (other != password.swapcase() or password.swapcase() != password):
            assert (await human.try_to(password=other)).code == "wrong_credentials"


async def test_an_email_counts_however_it_is_written(world: World) -> None:
    human = await new_person(world, email="ren\u00e9@example.org")
    for written in ("René@Example.ORG", " ren\u0065\u0301@example.org "):
        assert (await try_to_log_in(world, written, human.password)).status == 200


async def test_a_wrong_email_and_a_wrong_password_are_answered_alike(world: World) -> None:
    human, without = await new_person(world), await new_person(world)
    await world.execute("UPDATE accounts_people SET password_hash = NULL WHERE person_id = $1", without.person_id)
    disabled = await new_person(world)
    await world.execute("UPDATE accounts_people SET disabled_at = now() WHERE person_id = $1", disabled.person_id)
    replies = [
        await human.try_to(password="another password"),
        await try_to_log_in(world, "nobody@example.org", PASSWORD),
        await without.try_to(),
        await disabled.try_to(),
    ]
    assert {(reply.status, reply.body) for reply in replies} == {(401, replies[0].body)}
    assert replies[0].code == "wrong_credentials"


async def test_a_wrong_email_takes_as_long_as_a_wrong_password(world: World) -> None:
    human = await new_person(world)
    known: list[float] = []
    unknown: list[float] = []
    for _ in range(15):
        for email, taken in ((human.email, known), ("nobody-at-all@example.org", unknown)):
            await world.services.logins.tries.passed(_account_name(email))
            began_s = time.perf_counter()
            assert (await try_to_log_in(world, email, "another password")).status == 401
            taken.append(time.perf_counter() - began_s)
    medians = statistics.median(known), statistics.median(unknown)
    assert min(medians) > 0.005  # both have hashed
    assert max(medians) / min(medians) < 1.5, medians  # without the hash of nobody it is ten times


async def test_what_is_stored_is_argon2id_with_the_parameters_of_today(world: World) -> None:
    human = await new_person(world)
    parameters = argon2.extract_parameters(await stored_hash(world, human.person_id))
    assert parameters.type is argon2.Type.ID
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (MEMORY_KIB, PASSES, LANES)
    assert MEMORY_KIB >= 19 * 1024
    assert PASSES >= 2


async def test_a_hash_with_older_parameters_is_replaced_at_the_next_log_in(world: World) -> None:
    human = await new_person(world)
    old = argon2.PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    await world.execute("UPDATE accounts_people SET password_hash = $2 WHERE person_id = $1", human.person_id, old)
    await human.log_in()
    new = await stored_hash(world, human.person_id)
    assert new != old
    assert argon2.extract_parameters(new).memory_cost == MEMORY_KIB
    await human.log_in()
    assert await stored_hash(world, human.person_id) == new


async def test_after_too_many_tries_even_the_right_password_is_not_looked_at(world: World) -> None:
    human = await new_person(world)
    for _ in range(world.settings.login_tries_per_account):
        assert (await human.try_to(password="another password")).code == "wrong_credentials"
    reply = await human.try_to()
    assert (reply.status, reply.code) == (429, "rate_limited")
    assert "retry-after" in reply.headers


async def test_an_address_tries_only_so_often_whatever_the_account(world: World) -> None:
    human, address = await new_person(world), an_address()
    tries = world.settings.login_tries_per_address
    crowd = [try_to_log_in(world, f"nobody-{n}@example.org", "x", address=address) for n in range(tries)]
    statuses = {reply.status for reply in await asyncio.gather(*crowd)}
    assert statuses <= {401, 429}  # those that did not wait were counted, too
    assert (await human.try_to(address=address)).code == "rate_limited"
    assert (await human.try_to()).status == 200


async def test_a_right_password_begins_the_count_anew(world: World) -> None:
    human = await new_person(world)
    for _ in range(3):
        for _ in range(world.settings.login_tries_per_account - 1):
            assert (await human.try_to(password="another password")).status == 401
        assert (await human.try_to()).status == 200


async def test_nobody_logs_in_while_tries_cannot_be_counted(world: World) -> None:
    human, away = await new_person(world), kv.KeyValue("valkey://127.0.0.1:1/0")
    logins = Logins(
        world.database, world.services.trail, world.services.logins.passwords, world.services.logins.factors,
        world.services.logins.sessions, world.services.logins.tokens, Tries(away, 10, 10, 5), world.services.clock,
    )  # fmt: skip
    attempt = Attempt(
        email=human.email, password=human.password, code=None, kind="cookie", address="198.51.100.7", agent=""
    )
    try:
        with pytest.raises(StoreUnavailable):
            await logins.log_in(attempt)
    finally:
        await away.close()
    assert problem(StoreUnavailable()).status == 503


async def test_log_ins_and_failures_stand_in_the_trail_without_names(world: World, platform: Platform) -> None:
    human = await new_person(world, (platform, "viewer"))
    await human.try_to(password="another password", address="198.51.100.7")
    log_in = await human.log_in()
    await log_in.ask("POST", "/api/auth/logout")
    system = await deeds(world, 0, "session.begin", human.person_id)
    assert [row["outcome"] for row in system] == ["refused", "done"]
    assert system[0]["address"] == "198.51.100.7"
    assert system[0]["detail"] == {"wrong": "password"}
    [of_tenant] = await deeds(world, platform.tenant_id, "session.begin", human.person_id)
    assert of_tenant["outcome"] == "done"
    assert of_tenant["target"] == f"session:{log_in.session_id}"
    for chain in (0, platform.tenant_id):
        [ended] = await deeds(world, chain, "session.end", human.person_id)
        assert ended["detail"]["reason"] == "logout"
    everything = await world.fetch("SELECT * FROM trail_entries")
    assert human.email not in str([dict(row) for row in everything])


async def test_an_unknown_email_stands_in_the_trail_as_nobody(world: World) -> None:
    count = "SELECT count(*) FROM trail_entries WHERE tenant_id = 0 AND actor = 'anonymous' AND outcome = 'refused'"
    before = await world.value(count)
    await try_to_log_in(world, "not-there@example.org", PASSWORD)
    assert await world.value(count) == before + 1
    everything = await world.fetch("SELECT * FROM trail_entries")
    assert "not-there" not in str([dict(row) for row in everything])


async def test_logging_in_again_in_a_browser_ends_the_session_that_was_there(world: World) -> None:
    human = await new_person(world)
    first = await human.log_in()
    second = await human.log_in(headers={**PAGE, "cookie": f"__Host-coliseum={first.cookie}"})
    assert second.cookie != first.cookie
    assert not await first.is_open()
    assert await second.is_open()
    began = await deeds(world, 0, "session.begin", human.person_id)
    assert [row["detail"].get("replaces") for row in began] == [None, first.session_id]


@pytest.mark.parametrize(
    ("kind", "body", "status", "code"),
    [
        ("text/plain", {}, 415, "unsupported_media_type"),
        ("application/x-www-form-urlencoded", {}, 415, "unsupported_media_type"),
        ("application/json; charset=utf-8", {}, 415, "unsupported_media_type"),
        ("application/json", {"extra": 1}, 400, "invalid_payload"),
        ("application/json", {"email": 5}, 400, "invalid_payload"),
        ("application/json", {"kind": "god"}, 400, "invalid_payload"),
    ],
)
async def test_only_json_of_the_right_shape_is_looked_at(
    world: World, kind: str, body: dict[str, object], status: int, code: str
) -> None:
    sent = json.dumps({"email": "a@example.org", "password": "x", **body}).encode()
    reply = await world.http.post("/api/auth/login", sent, {**PAGE, "content-type": kind}, address=an_address())
    assert (reply.status, reply.code) == (status, code)


async def test_another_password_ends_the_other_sessions_and_the_old_one_does_not_work(world: World) -> None:
    human = await new_person(world)
    here, there = await human.log_in(), await human.log_in("token")
    change = {"current": human.password, "new": "correct horse battery staple"}
    wrong = await here.ask("POST", "/api/auth/password", {**change, "current": "another password"})
    assert wrong.code == "wrong_credentials"
    assert (await here.ask("POST", "/api/auth/password", change)).status == 204
    assert await here.is_open()
    assert not await there.is_open()
    assert (await human.try_to()).status == 401
    assert (await human.try_to(password=change["new"])).status == 200
    assert len(await deeds(world, 0, "password.change", human.person_id)) == 1


@pytest.mark.parametrize(
    "new",
    ["short", "x" * 1_025, "password1", "PassWord", "qwertyuiop", "11111111", "coliseum2026", "{email}", "{local}"],
)
async def test_a_password_that_everybody_tries_first_is_refused(world: World, new: str) -> None:
    human = await new_person(world)
    log_in = await human.log_in()
    chosen = new.format(email=human.email.upper(), local=human.email.partition("@")[0])
    reply = await log_in.ask("POST", "/api/auth/password", {"current": human.password, "new": chosen})
    assert (reply.status, reply.code) == (400, "weak_password")


async def test_a_log_in_that_was_under_way_when_the_password_changed_begins_nothing(world: World) -> None:
    human = await new_person(world)
    log_in = await human.log_in()
    logins = world.services.logins
    account = await logins._by_email(human.email)
    assert account is not None
    change = {"current": human.password, "new": "correct horse battery staple"}
    assert (await log_in.ask("POST", "/api/auth/password", change)).status == 204
    attempt = Attempt(
        email=human.email, password=human.password, code=None, kind="cookie", address="198.51.100.7", agent=""
    )
    with pytest.raises(RequestRefused):
        await logins._begin(attempt, account, None)
