"""Sessions: how long they last, who ends them, and what programs go on with."""

import asyncio
from datetime import timedelta

import pytest

from coliseum.accounts.sessions import Lifetimes, Sessions
from coliseum.accounts.tokens import Tokens
from support.people import Human, deeds, new_person
from support.services import SECRET_KEY, Platform, World


class Clock:
    """The real time, moved."""

    def __init__(self, world: World) -> None:
        self._clock = world.services.clock
        self.ahead = timedelta()

    def __call__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204 - as the clock's
        return self._clock() + self.ahead


@pytest.fixture
def clock(world: World) -> Clock:
    return Clock(world)


@pytest.fixture
def sessions(world: World, clock: Clock) -> Sessions:
    """Those of another web process, whose time is the test's."""
    return Sessions(world.database, clock, Lifetimes())


@pytest.fixture
def tokens(world: World, clock: Clock, sessions: Sessions) -> Tokens:
    return Tokens(world.database, world.services.trail, sessions, SECRET_KEY, clock)


@pytest.fixture
async def human(world: World) -> Human:
    return await new_person(world)


async def test_a_session_ends_when_it_is_not_used_for_half_a_day(
    human: Human, sessions: Sessions, clock: Clock
) -> None:
    log_in = await human.log_in()
    for _ in range(3):
        clock.ahead += timedelta(hours=11)
        assert await sessions.by_cookie(log_in.cookie) is not None
    clock.ahead += timedelta(hours=13)
    assert await sessions.by_cookie(log_in.cookie) is None


async def test_watching_does_not_keep_a_session_alive(human: Human, sessions: Sessions, clock: Clock) -> None:
    log_in = await human.log_in()
    clock.ahead += timedelta(hours=11)
    assert await sessions.still(log_in.session_id) is not None
    clock.ahead += timedelta(hours=2)
    assert await sessions.still(log_in.session_id) is None


async def test_a_session_ends_after_thirty_days_however_it_is_used(
    human: Human, sessions: Sessions, clock: Clock
) -> None:
    log_in = await human.log_in()
    for _ in range(71):
        clock.ahead += timedelta(hours=10)
        assert await sessions.by_cookie(log_in.cookie) is not None
    clock.ahead += timedelta(hours=10)
    assert await sessions.by_cookie(log_in.cookie) is None


async def test_what_ends_elsewhere_is_believed_for_two_seconds_at_most(
    world: World, human: Human, sessions: Sessions, clock: Clock
) -> None:
    log_in = await human.log_in()
    assert await sessions.by_cookie(log_in.cookie) is not None
    assert (await log_in.ask("POST", "/api/auth/logout")).status == 204
    assert not await log_in.is_open()
    assert await sessions.by_cookie(log_in.cookie) is not None
    clock.ahead += timedelta(seconds=2)
    assert await sessions.by_cookie(log_in.cookie) is None


async def test_a_changed_role_and_a_removed_member_count_within_two_seconds(
    world: World, platform: Platform, sessions: Sessions, clock: Clock
) -> None:
    human = await new_person(world, (platform, "owner"))
    log_in = await human.log_in()

    async def role() -> str | None:
        clock.ahead += timedelta(seconds=2)
        person = await sessions.by_cookie(log_in.cookie)
        caller = person.caller_for(platform.tenant_id) if person else None
        return caller.role if caller else None

    assert await role() == "owner"
    await world.execute("UPDATE accounts_members SET role = 'viewer' WHERE person_id = $1", human.person_id)
    assert await role() == "viewer"
    await world.execute("UPDATE accounts_tenants SET suspended_at = now() WHERE tenant_id = $1", platform.tenant_id)
    assert await role() is None
    await world.execute("UPDATE accounts_tenants SET suspended_at = NULL WHERE tenant_id = $1", platform.tenant_id)
    await world.execute("DELETE FROM accounts_members WHERE person_id = $1", human.person_id)
    assert await role() is None
    await world.execute("UPDATE accounts_people SET disabled_at = now() WHERE person_id = $1", human.person_id)
    clock.ahead += timedelta(seconds=2)
    assert await sessions.by_cookie(log_in.cookie) is None


async def test_logging_out_tells_the_browser_to_forget(human: Human) -> None:
    log_in = await human.log_in()
    reply = await log_in.ask("POST", "/api/auth/logout")
    assert reply.status == 204
    assert reply.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    assert reply.headers["set-cookie"].startswith("__Host-coliseum=; Path=/; Secure;")
    assert "Max-Age=0" in reply.headers["set-cookie"]
    assert not await log_in.is_open()


async def test_sessions_are_listed_and_ended_one_by_one_or_all_others(world: World, human: Human) -> None:
    here, there, program = await human.log_in(), await human.log_in(), await human.log_in("token")
    listed = (await here.ask("GET", "/api/auth/sessions")).json
    assert [each["id"] for each in listed] == [program.session_id, there.session_id, here.session_id]
    assert [each["current"] for each in listed] == [False, False, True]
    assert (await here.ask("DELETE", f"/api/auth/sessions/{there.session_id}")).status == 204
    assert (await here.ask("DELETE", f"/api/auth/sessions/{there.session_id}")).status == 404
    assert not await there.is_open()
    assert await program.is_open()
    assert (await here.ask("DELETE", "/api/auth/sessions")).json == {"ended": 1}
    assert await here.is_open()
    assert not await program.is_open()
    assert len(await deeds(world, 0, "session.end", human.person_id)) == 2


async def test_nobody_ends_another_persons_session(world: World, human: Human) -> None:
    mine, theirs = await human.log_in(), await (await new_person(world)).log_in()
    assert (await mine.ask("DELETE", f"/api/auth/sessions/{theirs.session_id}")).status == 404
    assert (await mine.ask("DELETE", "/api/auth/sessions")).json == {"ended": 0}
    assert await theirs.is_open()


async def test_giving_the_password_again_makes_another_cookie(human: Human) -> None:
    log_in = await human.log_in()
    old = log_in.cookie
    wrong = await log_in.ask("POST", "/api/auth/confirm", {"password": "another password"})
    assert wrong.code == "wrong_credentials"
    assert (await log_in.ask("POST", "/api/auth/confirm", {"password": human.password})).status == 204
    assert log_in.cookie != old
    assert await log_in.is_open()
    log_in.cookie = old
    assert not await log_in.is_open()


async def test_an_access_token_lasts_five_minutes(human: Human, tokens: Tokens, clock: Clock) -> None:
    log_in = await human.log_in("token")
    token = log_in.tokens["accessToken"]
    clock.ahead = timedelta(minutes=4, seconds=58)
    assert tokens.session_in(token) == log_in.session_id
    clock.ahead = timedelta(minutes=5, seconds=1)
    assert tokens.session_in(token) is None


@pytest.mark.parametrize(
    "token",
    [
        "eyJhbGciOiJub25lIn0.eyJzaWQiOjF9.",
        "eyJhbGciOiJIUzI1NiJ9.eyJzaWQiOjF9.AAAA",
        "eyJ" + "x" * 5_000 + ".x.x",
        "eyJ..",
        "eyJ\u00e9.x.x",
    ],
)
async def test_a_token_that_is_not_ours_is_none(world: World, token: str) -> None:
    reply = await world.http.get("/api/auth/session", {"authorization": f"Bearer {token}"})
    assert (reply.status, reply.code) == (401, "login_needed")


async def test_a_cookies_secret_is_no_bearer_token_and_no_other_way_round(human: Human) -> None:
    browser, program = await human.log_in(), await human.log_in("token")
    http = human.world.http
    for headers in (
        {"authorization": f"Bearer {browser.cookie}"},
        {"authorization": f"Bearer {program.tokens['refreshToken']}"},
        {"cookie": f"__Host-coliseum={program.tokens['accessToken']}"},
        {"cookie": f"coliseum={browser.cookie}"},
        {"cookie": f"__Host-coliseum={browser.cookie}; __Host-coliseum=x"},
    ):
        assert (await http.get("/api/auth/session", headers)).code == "login_needed"


async def refreshed(human: Human, token: str) -> tuple[int, str]:
    reply = await human.world.http.post(
        "/api/auth/refresh", {"refreshToken": token}, {"content-type": "application/json"}
    )
    return reply.status, reply.json.get("refreshToken", "")


async def test_of_many_refreshes_at_once_all_get_the_same_successor(human: Human) -> None:
    first = (await human.log_in("token")).tokens["refreshToken"]
    answers = await asyncio.gather(*(refreshed(human, first) for _ in range(20)))
    assert len(set(answers)) == 1
    status, successor = answers[0]
    assert status == 200
    assert successor != first
    assert (await refreshed(human, successor))[0] == 200


async def test_a_lost_answer_is_given_again_for_ten_seconds_and_then_the_session_ends(
    world: World, human: Human, tokens: Tokens, clock: Clock
) -> None:
    log_in = await human.log_in("token")
    first = log_in.tokens["refreshToken"]
    pair = await tokens.refresh(first, "198.51.100.7")
    clock.ahead = timedelta(seconds=9)
    assert (await tokens.refresh(first, "198.51.100.7")).refresh_token == pair.refresh_token
    clock.ahead = timedelta(seconds=12)
    with pytest.raises(Exception, match="log in again"):
        await tokens.refresh(first, "198.51.100.7")
    with pytest.raises(Exception, match="log in again"):
        await tokens.refresh(pair.refresh_token, "198.51.100.7")
    world.services.logins.sessions.forget()
    assert not await log_in.is_open()
    [told] = await deeds(world, 0, "session.reuse", human.person_id)
    assert (told["outcome"], told["address"]) == ("refused", "198.51.100.7")
    assert told["target"] == f"session:{log_in.session_id}"


async def test_of_refresh_tokens_only_digests_are_stored(world: World, human: Human) -> None:
    first = (await human.log_in("token")).tokens["refreshToken"]
    _, successor = await refreshed(human, first)
    async with world.database.connection("owner") as connection:
        rows = await connection.fetch("SELECT * FROM accounts_refresh_tokens")
    stored = str([dict(row) for row in rows])
    assert first not in stored
    assert successor not in stored
    assert len(first) == len(successor) == 46


async def test_a_refresh_after_the_log_out_gives_nothing(human: Human) -> None:
    log_in = await human.log_in("token")
    assert (await log_in.ask("POST", "/api/auth/logout")).status == 204
    assert (await refreshed(human, log_in.tokens["refreshToken"]))[0] == 401
    assert (await refreshed(human, "cr_" + "x" * 43))[0] == 401
    assert (await refreshed(human, "x"))[0] == 401


async def test_members_choose_their_tenant_and_only_among_theirs(world: World) -> None:
    one, two, other = await world.platform(), await world.platform(), await world.platform()
    human = await new_person(world, (one, "viewer"), (two, "owner"))
    for kind in ("cookie", "token"):
        log_in = await human.log_in(kind)
        assert (await log_in.ask("GET", "/api/status")).code == "tenant_needed"
        for platform, status in ((one, 200), (two, 200), (other, 403)):
            reply = await log_in.ask("GET", "/api/status", headers={"coliseum-tenant": platform.tenant.slug})
            assert reply.status == status
        denied = await log_in.ask("GET", "/api/keys", headers={"coliseum-tenant": one.tenant.slug})
        assert denied.code == "not_allowed"
        assert (await log_in.ask("GET", "/api/keys", headers={"coliseum-tenant": two.tenant.slug})).status == 200


async def test_a_board_that_a_member_has_read_is_not_shown_to_anybody_else(world: World) -> None:
    one, two = await world.platform(), await world.platform()
    both = await (await new_person(world, (one, "viewer"), (two, "viewer"))).log_in()
    question = "/api/leaderboards?metric=votes"
    for platform in (one, two, one):
        reply = await both.ask("GET", question, headers={"coliseum-tenant": platform.tenant.slug})
        assert reply.status == 200
    assert (await both.ask("GET", question)).code == "tenant_needed"
    assert (await world.http.get(question)).code == "missing_key"


async def test_what_ended_long_ago_is_removed_at_the_next_log_in(world: World, human: Human) -> None:
    old = await human.log_in("token")
    await world.execute(
        "UPDATE accounts_sessions SET ended_at = now() - interval '31 days', end_reason = 'logout' WHERE session_id = $1",
        old.session_id,
    )
    await human.log_in()
    async with world.database.connection("owner") as connection:
        left = await connection.fetchval("SELECT count(*) FROM accounts_sessions WHERE person_id = $1", human.person_id)
    assert left == 1
