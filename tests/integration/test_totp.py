"""The second factor: set up by a correct code, each code once, few tries, and not removed by who has only a session."""

import asyncio
from datetime import UTC, datetime

import pytest

from support.people import Human, LogIn, an_address, deeds, new_person, with_second_factor
from support.services import Platform, World


async def spend(human: Human) -> None:
    """Take back the steps that were used, as if half a minute had passed."""
    await human.world.execute("UPDATE accounts_people SET totp_counter = 0 WHERE person_id = $1", human.person_id)


async def age(log_in: LogIn, minutes: int = 11) -> None:
    """The password of this session was given some time ago."""
    world = log_in.human.world
    await world.execute(
        "UPDATE accounts_sessions SET authenticated_at = authenticated_at - make_interval(mins => $2) "
        "WHERE session_id = $1",
        log_in.session_id, minutes,
    )  # fmt: skip
    world.services.logins.sessions.forget()


async def test_with_a_second_factor_the_password_is_not_enough(world: World) -> None:
    human = await new_person(world)
    await with_second_factor(human)
    assert (await human.try_to()).code == "second_factor_needed"
    assert (await human.try_to(code="000000")).code == "wrong_credentials"
    assert (await human.try_to(password="another password", code=human.code())).code == "wrong_credentials"
    log_in = await human.log_in(code=human.code())
    assert (await log_in.ask("GET", "/api/auth/session")).json["secondFactor"] is True


async def test_a_seed_counts_only_once_a_code_of_it_was_shown(world: World) -> None:
    human = await new_person(world)
    log_in = await human.log_in()
    begun = (await log_in.ask("POST", "/api/auth/totp")).json
    assert begun["uri"].startswith("otpauth://totp/Coliseum:")
    assert begun["secret"] in begun["uri"]
    human.seed = begun["secret"]
    assert (await human.try_to()).status == 200
    wrong = await log_in.ask("POST", "/api/auth/totp/confirm", {"code": "000000"})
    assert wrong.code == "wrong_credentials"
    assert (await human.try_to()).status == 200
    done = await log_in.ask("POST", "/api/auth/totp/confirm", {"code": human.code()})
    assert (done.status, len(done.json["recoveryCodes"])) == (200, 10)
    assert done.headers["cache-control"] == "no-store"
    assert (await human.try_to()).code == "second_factor_needed"
    assert (await human.try_to(code=human.code())).code == "wrong_credentials"  # that code has set it up
    assert (await log_in.ask("POST", "/api/auth/totp")).code == "already_exists"


async def test_the_seed_is_sealed_for_its_person(world: World) -> None:
    human = await new_person(world)
    await with_second_factor(human)
    async with world.database.connection("owner") as connection:
        row = await connection.fetchrow("SELECT * FROM accounts_people WHERE person_id = $1", human.person_id)
    assert row is not None
    sealed = row["totp_secret"]
    assert human.seed.encode() not in sealed
    other = await new_person(world)
    await world.execute(
        "UPDATE accounts_people SET totp_secret = $2, totp_confirmed_at = now() WHERE person_id = $1",
        other.person_id, sealed,
    )  # fmt: skip
    other.seed = human.seed
    assert (await other.try_to(code=other.code())).status == 500  # a row that was moved is not used


async def test_a_code_works_once(world: World) -> None:
    human = await new_person(world)
    await with_second_factor(human)
    code = human.code()
    await human.log_in(code=code)
    assert (await human.try_to(code=code)).code == "wrong_credentials"


async def test_of_many_who_show_one_code_at_once_one_gets_in(world: World) -> None:
    human = await new_person(world)
    await with_second_factor(human)
    account = await world.services.logins._by_email(human.email)
    assert account is not None
    code = human.code()
    let_in = await asyncio.gather(*(world.services.logins.factors.check(account, code) for _ in range(20)))
    assert sum(let_in) == 1


async def test_an_older_code_does_not_work_after_a_newer_one(world: World) -> None:
    human = await new_person(world)
    await with_second_factor(human)
    older, newer = human.code(-30), human.code()
    await spend(human)
    await human.log_in(code=newer)
    assert (await human.try_to(code=older)).code == "wrong_credentials"


async def test_a_clock_that_is_put_back_makes_no_code_work_again(world: World) -> None:
    human = await new_person(world)
    await with_second_factor(human)
    ahead = int(datetime.now(UTC).timestamp()) // 30 + 100
    await world.execute("UPDATE accounts_people SET totp_counter = $2 WHERE person_id = $1", human.person_id, ahead)
    assert (await human.try_to(code=human.code())).code == "wrong_credentials"


async def test_after_five_wrong_codes_even_a_right_one_is_not_looked_at(world: World) -> None:
    human = await new_person(world)
    await with_second_factor(human)
    for _ in range(world.settings.code_tries):
        assert (await human.try_to(code="000000", address=an_address())).code == "wrong_credentials"
    assert (await human.try_to(code=human.code(), address=an_address())).code == "rate_limited"


async def test_a_recovery_code_works_once_and_is_stored_slow_to_try(world: World) -> None:
    human = await new_person(world)
    _, codes = await with_second_factor(human)
    await human.log_in(code=codes[3].lower())
    assert (await human.try_to(code=codes[3])).code == "wrong_credentials"
    await human.log_in(code=codes[9])
    async with world.database.connection("owner") as connection:
        rows = await connection.fetch(
            "SELECT code_hash, used_at FROM accounts_recovery_codes WHERE person_id = $1 ORDER BY number",
            human.person_id,
        )
    assert [row["used_at"] is not None for row in rows] == [number in (3, 9) for number in range(10)]
    assert all(row["code_hash"].startswith("$argon2id$v=19$m=19456,t=2,p=1$") for row in rows)


async def test_of_many_who_show_one_recovery_code_at_once_one_gets_in(world: World) -> None:
    human = await new_person(world)
    _, codes = await with_second_factor(human)
    account = await world.services.logins._by_email(human.email)
    assert account is not None
    let_in = await asyncio.gather(*(world.services.logins.factors.check(account, codes[0]) for _ in range(10)))
    assert sum(let_in) == 1


async def test_new_recovery_codes_take_the_place_of_the_old(world: World) -> None:
    human = await new_person(world)
    log_in, old = await with_second_factor(human)
    made = await log_in.ask("POST", "/api/auth/recovery-codes")
    assert made.status == 201
    assert (await human.try_to(code=old[0])).code == "wrong_credentials"
    await human.log_in(code=made.json["recoveryCodes"][0])


async def test_removing_it_needs_the_password_again_and_ends_the_other_sessions(world: World) -> None:
    human = await new_person(world)
    here, codes = await with_second_factor(human)
    there = await human.log_in(code=codes[0])
    await age(here)
    assert (await here.ask("DELETE", "/api/auth/totp")).code == "password_needed"
    assert (await here.ask("POST", "/api/auth/recovery-codes")).code == "password_needed"
    assert (await here.ask("POST", "/api/auth/confirm", {"password": human.password})).status == 204
    assert (await here.ask("DELETE", "/api/auth/totp")).status == 204
    assert await here.is_open()
    assert not await there.is_open()
    assert (await here.ask("GET", "/api/auth/session")).json["secondFactor"] is False
    await human.log_in()
    assert len(await deeds(world, 0, "totp.remove", human.person_id)) == 1
    assert (await human.try_to(code=codes[1])).status == 200  # a code that nobody asks for is not looked at


async def test_a_session_from_before_does_not_remove_it_without_a_code(world: World) -> None:
    human = await new_person(world)
    before = await human.log_in()
    _, codes = await with_second_factor(human)
    assert (await before.ask("DELETE", "/api/auth/totp")).code == "second_factor_needed"
    assert (await before.ask("POST", "/api/auth/recovery-codes")).code == "second_factor_needed"
    confirmed = await before.ask("POST", "/api/auth/confirm", {"password": human.password, "code": codes[0]})
    assert confirmed.status == 204
    assert (await before.ask("DELETE", "/api/auth/totp")).status == 204


@pytest.mark.parametrize("role", ["owner", "admin", "analyst", "viewer"])
async def test_a_tenant_may_want_it_of_those_who_manage(world: World, platform: Platform, role: str) -> None:
    human = await new_person(world, (platform, role))  # type: ignore[arg-type]
    without = await human.log_in()
    assert (await without.ask("GET", "/api/status")).status == 200
    await world.execute(
        "UPDATE accounts_tenants SET second_factor_required = true WHERE tenant_id = $1", platform.tenant_id
    )
    world.services.logins.sessions.forget()
    reply = await without.ask("GET", "/api/status")
    manages = role in ("owner", "admin")
    assert (reply.status, reply.status == 403 and reply.code) == (
        (403, "second_factor_missing") if manages else (200, False)
    )
    told = (await without.ask("GET", "/api/auth/session")).json["memberships"]
    assert [each["usable"] for each in told] == [not manages]
    having, _ = await with_second_factor(human)
    assert (await having.ask("GET", "/api/status")).status == 200
