"""People, members and settings from the command line; what the operator does is in the trail."""

import asyncio
import json

import pytest
from typer.testing import CliRunner

from coliseum.cli import app
from support.people import new_person, with_second_factor
from support.post import LINK, NEW_PASSWORD, mails, send
from support.services import SECRET_KEY, Platform, World


async def run(world: World, *words: str) -> tuple[int, str]:
    """Run a command as an operator does; its exit code and what it printed."""
    environ = {
        "DATABASE_URL": world.settings.database_url, "VALKEY_URL": world.settings.valkey_url,
        "COLISEUM_SECRET_KEY": SECRET_KEY, "COLISEUM_LOG_LEVEL": "error", "COLUMNS": "300",
    }  # fmt: skip
    done = await asyncio.to_thread(CliRunner().invoke, app, list(words), env=environ)
    return done.exit_code, done.output + str(done.exception or "")


async def told(world: World, tenant_id: int) -> list[tuple[str, str, str]]:
    rows = await world.fetch(
        "SELECT * FROM trail_entries WHERE tenant_id = $1 AND actor = 'operator' ORDER BY number", tenant_id
    )
    return [(row["action"], row["target"], json.dumps(row["detail"], sort_keys=True)) for row in rows]


async def test_the_first_owner_comes_from_the_command_line_without_a_mail_server(
    world: World, platform: Platform
) -> None:
    slug = platform.tenant.slug
    code, printed = await run(world, "person", "create", "First@Example.org", "--name", "First")
    assert code == 0, printed
    link = LINK.search(printed)
    assert link is not None
    assert link[2] in (await mails(world, "first@example.org"))[0].body
    assert (await run(world, "member", "add", slug, "first@example.org", "--role", "owner"))[0] == 0
    done = await send(world, "/api/auth/reset/accept", {"token": link[2], "password": NEW_PASSWORD})
    assert done.status == 200
    begun = await send(
        world, "/api/auth/login", {"email": "first@example.org", "password": NEW_PASSWORD, "kind": "token"}
    )
    headers = {"authorization": f"Bearer {begun.json['tokens']['accessToken']}"}
    assert (await world.http.get("/api/tenant", headers)).status == 200
    code, listed = await run(world, "member", "list", slug)
    assert "first@example.org" in listed
    assert "owner" in listed
    assert "first@example.org" in (await run(world, "person", "list"))[1]
    code, again = await run(world, "person", "create", "first@example.org", "--name", "First")
    assert code == 1
    assert "already" in again
    assert [action for action, _, _ in await told(world, 0)][-1] == "person.create"
    assert [action for action, _, _ in await told(world, platform.tenant_id)] == ["member.add"]


async def test_a_role_is_changed_and_the_last_owner_stays(world: World, platform: Platform) -> None:
    slug = platform.tenant.slug
    owner, other = await new_person(world, (platform, "owner")), await new_person(world, (platform, "viewer"))
    assert (await run(world, "member", "remove", slug, owner.email))[0] == 1
    assert (await run(world, "member", "add", slug, owner.email, "--role", "viewer"))[0] == 1
    assert (await run(world, "member", "add", slug, other.email, "--role", "owner"))[0] == 0
    assert (await run(world, "member", "remove", slug, owner.email))[0] == 0
    deeds = await told(world, platform.tenant_id)
    assert deeds == [
        ("member.add", f"person:{other.person_id}", '{"after": "owner", "before": "viewer"}'),
        ("member.remove", f"person:{owner.person_id}", '{"before": "owner"}'),
    ]


async def test_somebody_who_is_disabled_is_out_at_once(world: World, platform: Platform) -> None:
    human = await new_person(world, (platform, "viewer"))
    log_in = await human.log_in("token")
    assert (await run(world, "person", "disable", human.email))[0] == 0
    world.services.logins.sessions.forget()  # or two seconds later
    assert not await log_in.is_open()
    assert (await human.try_to("token")).code == "wrong_credentials"
    assert ("person.disable", f"person:{human.person_id}", "{}") in await told(world, platform.tenant_id)


async def test_a_lost_second_factor_is_reset_told_and_ends_every_log_in(world: World, platform: Platform) -> None:
    other = await world.platform()
    human = await new_person(world, (platform, "owner"), (other, "viewer"))
    browser, codes = await with_second_factor(human)
    program = await human.log_in("token", codes[0])
    code, said = await run(world, "person", "reset-second-factor", human.email.upper())
    assert code == 0, said
    world.services.logins.sessions.forget()  # or two seconds later
    assert not await browser.is_open()
    assert not await program.is_open()
    assert (await human.try_to("token", codes[1])).status == 200  # what nobody asks for any more is not looked at
    assert (await human.try_to("token")).status == 200
    assert (await human.try_to("token", password="a wrong one that is long")).code == "wrong_credentials"
    deed = ("person.reset_second_factor", f"person:{human.person_id}", "{}")
    for tenant_id in (0, platform.tenant_id, other.tenant_id):
        assert (await told(world, tenant_id)).count(deed) == 1
    assert [mail.subject for mail in await mails(world, human.email)] == ["Your second factor was removed"]
    async with world.database.connection("owner") as connection:
        left = "SELECT count(*) FROM accounts_recovery_codes WHERE person_id = $1"
        assert await connection.fetchval(left, human.person_id) == 0


async def test_nothing_is_reset_of_who_has_no_second_factor_that_counts(world: World, platform: Platform) -> None:
    human = await new_person(world, (platform, "owner"))
    log_in = await human.log_in()
    assert (await log_in.ask("POST", "/api/auth/totp")).status == 201  # begun, and never confirmed
    code, said = await run(world, "person", "reset-second-factor", human.email)
    assert (code, "no second factor" in said) == (1, True)
    assert await log_in.is_open()
    assert await mails(world, human.email) == []
    assert (await run(world, "person", "reset-second-factor", "nobody-there@example.org"))[0] == 1


async def test_settings_are_shown_and_set(world: World, platform: Platform) -> None:
    slug = platform.tenant.slug
    code, shown = await run(world, "tenant", "settings", slug)
    assert (code, json.loads(shown)["revision"]) == (0, 1)
    words = ("--name", "Set", "--time-zone", "Europe/Vienna", "--origin", "https://example.org", "--second-factor")
    code, shown = await run(world, "tenant", "settings", slug, *words)
    assert code == 0, shown
    found = json.loads(shown)
    assert (found["name"], found["timeZone"], found["revision"]) == ("Set", "Europe/Vienna", 2)
    assert found["secondFactorRequired"] is True
    assert [action for action, _, _ in await told(world, platform.tenant_id)] == ["tenant.change"]


@pytest.mark.parametrize(
    "words",
    [("member", "add", "SLUG", "nobody-there@example.org", "--role", "viewer"), ("member", "list", "no-such-tenant"),
     ("member", "add", "SLUG", "a@example.org", "--role", "king"), ("person", "disable", "nobody-there@example.org"),
     ("person", "create", "no address", "--name", "x"), ("tenant", "settings", "SLUG", "--consent", "none"),
     ("tenant", "settings", "SLUG", "--time-zone", "Mars/Olympus")],
)  # fmt: skip
async def test_what_cannot_be_done_is_said(world: World, platform: Platform, words: tuple[str, ...]) -> None:
    code, said = await run(world, *(platform.tenant.slug if word == "SLUG" else word for word in words))
    assert code in (1, 2), said
    assert "Traceback" not in said
