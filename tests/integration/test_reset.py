"""Links by mail for a new password, for e-mail addresses, and to begin an account."""

import asyncio
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from coliseum import wiring
from coliseum.web.app import build_app
from support.asgi import Http, Reply
from support.people import PASSWORD, Human, an_address, new_person, with_second_factor
from support.post import JSON, NEW_PASSWORD, mails, secret_for, send, send_form
from support.services import World


async def reset_secret(world: World, human: Human) -> str:
    assert (await send(world, "/api/auth/reset", {"email": human.email})).status == 202
    return await secret_for(world, human.email, "reset")


async def use(world: World, secret: str, password: str = NEW_PASSWORD) -> Reply:
    return await send(world, "/api/auth/reset/accept", {"token": secret, "password": password})


async def test_a_new_password_ends_all_log_ins_and_logs_nobody_in(world: World) -> None:
    human = await new_person(world)
    cookie, token = await human.log_in("cookie"), await human.log_in("token")
    done = await use(world, await reset_secret(world, human))
    assert done.status == 200
    assert "set-cookie" not in done.headers
    assert not await cookie.is_open()
    assert not await token.is_open()
    refreshed = await send(world, "/api/auth/refresh", {"refreshToken": token.tokens["refreshToken"]})
    assert refreshed.status == 401
    assert (await human.try_to("token")).code == "wrong_credentials"
    assert (await human.try_to("token", password=NEW_PASSWORD)).status == 200
    assert [mail.subject for mail in await mails(world, human.email)][-1] == "Your password was changed"


async def test_a_second_factor_stays(world: World) -> None:
    human = await new_person(world)
    await with_second_factor(human)
    assert (await use(world, await reset_secret(world, human))).status == 200
    assert (await human.try_to("token", password=NEW_PASSWORD)).code == "second_factor_needed"


async def test_known_and_unknown_addresses_are_answered_alike(world: World) -> None:
    human = await new_person(world)
    disabled = await new_person(world)
    await world.execute("UPDATE accounts_people SET disabled_at = now() WHERE person_id = $1", disabled.person_id)
    known = await send(world, "/api/auth/reset", {"email": human.email.upper()})
    unknown = await send(world, "/api/auth/reset", {"email": "nobody-at-all@example.org"})
    dead = await send(world, "/api/auth/reset", {"email": disabled.email})
    assert {(each.status, each.body) for each in (known, unknown, dead)} == {(202, b'{"ok":true}')}
    assert len(await mails(world, human.email)) == 1
    assert await mails(world, "nobody-at-all@example.org") == []
    assert await mails(world, disabled.email) == []


async def test_known_and_unknown_addresses_take_the_same_time(world: World) -> None:
    people = [await new_person(world) for _ in range(15)]
    took: dict[bool, list[float]] = {True: [], False: []}
    for number, human in enumerate(people):
        for known in (True, False):
            email = human.email if known else f"unknown-{number}@example.org"
            begin = asyncio.get_running_loop().time()
            await send(world, "/api/auth/reset", {"email": email})
            took[known].append(asyncio.get_running_loop().time() - begin)
            await world.services.post.settled()
    middle = {known: sorted(each)[len(each) // 2] for known, each in took.items()}
    # The answer is given before anything is looked up: what differs is noise, of a millisecond or two.
    assert abs(middle[True] - middle[False]) < 0.01, middle


async def test_a_link_works_once_for_an_hour_and_the_newest_only(world: World) -> None:
    human = await new_person(world)
    first = await reset_secret(world, human)
    second = await reset_secret(world, human)
    assert (await use(world, first)).code == "link_invalid"
    assert (await use(world, second, "short")).code == "weak_password"
    assert (await use(world, second, human.email)).code == "weak_password"
    replies = await asyncio.gather(*(use(world, second) for _ in range(20)))
    assert [each.status for each in replies].count(200) == 1
    assert (await use(world, second)).code == "link_invalid"
    third = await reset_secret(world, human)
    await world.execute(
        "UPDATE accounts_links SET created_at = created_at - interval '61 min', expires_at = expires_at - interval '1 hour' "
        "WHERE person_id = $1", human.person_id,
    )  # fmt: skip
    assert (await use(world, third)).code == "link_invalid"


async def test_a_page_without_scripts_sets_a_password(world: World) -> None:
    human = await new_person(world)
    path = f"/reset/{await reset_secret(world, human)}"
    for _ in range(20):
        assert (await world.http.get(path)).status == 200
    page = await world.http.get(path)
    assert human.email.encode() in page.body
    assert b"<script" not in page.body
    done = await send_form(world, path, "password=" + NEW_PASSWORD.replace(" ", "+"))
    assert done.status == 200
    assert (await human.try_to("token", password=NEW_PASSWORD)).status == 200
    own = f"person:{human.person_id}"
    assert ("password.reset", own) in await told(world, own)
    assert (await world.http.get(path)).status == 404
    wrong = [await world.http.get(f"/{kind}/{'a' * 43}") for kind in ("reset", "verify", "signup", "invitations")]
    assert {(each.status, each.body) for each in wrong} == {(404, wrong[0].body)}


async def test_the_field_for_a_password_is_masked_and_may_be_pasted_into_and_filled_in(world: World) -> None:
    human = await new_person(world)
    shown = await world.http.get(f"/reset/{await reset_secret(world, human)}")
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert "form-action 'self'" in shown.headers["content-security-policy"]
    page = shown.body.decode()
    [field] = re.findall(r"<input [^>]*name=\"password\"[^>]*>", page)
    assert 'type="password"' in field
    assert 'autocomplete="new-password"' in field
    assert "<script" not in page
    assert re.search(r"\son\w+=", page) is None  # nothing that could stop a paste
    assert f'autocomplete="username" value="{human.email}"' in page


async def test_asking_is_limited_by_address_and_by_account(world: World) -> None:
    human = await new_person(world)
    answers = [await send(world, "/api/auth/reset", {"email": human.email}) for _ in range(6)]
    assert [each.status for each in answers] == [202] * 5 + [429]
    unknown = [await send(world, "/api/auth/reset", {"email": "flooded@example.org"}) for _ in range(6)]
    assert [each.status for each in unknown] == [202] * 5 + [429]
    address = an_address()
    flood = [
        await world.http.post("/api/auth/reset", {"email": f"f{number}@example.org"}, JSON, address=address)
        for number in range(31)
    ]
    assert [each.status for each in flood] == [202] * 30 + [429]


async def test_pages_of_other_sites_ask_for_nothing(world: World) -> None:
    for path in ("reset", "signup", "verify/accept", "reset/accept"):
        answer = await send(world, f"/api/auth/{path}", {"email": "a@example.org"}, {"sec-fetch-site": "cross-site"})
        assert answer.status in (400, 403), (path, answer)
        plain = await send(world, "/api/auth/reset", {"email": "a@example.org"}, {"content-type": "text/plain"})
        assert plain.status in (400, 415)


async def verified(world: World, human: Human) -> bool:
    async with world.database.connection("owner") as connection:
        return bool(
            await connection.fetchval(
                "SELECT email_verified_at IS NOT NULL FROM accounts_people WHERE person_id = $1", human.person_id
            )
        )


async def test_an_address_is_verified_by_its_link(world: World) -> None:
    human = await new_person(world)
    log_in = await human.log_in("token")
    assert (await log_in.ask("POST", "/api/auth/verify")).status == 202
    secret = await secret_for(world, human.email, "verify")
    assert (await world.http.get(f"/verify/{secret}")).status == 200
    assert not await verified(world, human)
    assert (await send(world, "/api/auth/verify/accept", {"token": secret})).status == 200
    assert await verified(world, human)
    assert (await send(world, "/api/auth/verify/accept", {"token": secret})).code == "link_invalid"
    assert (await log_in.ask("POST", "/api/auth/verify")).code == "already_exists"


async def test_an_address_changes_when_the_new_one_is_verified_and_the_old_one_is_told(world: World) -> None:
    human = await new_person(world)
    log_in = await human.log_in("token")
    old_reset = await reset_secret(world, human)
    new = f"new-{human.email}"
    assert (await log_in.ask("POST", "/api/auth/email", {"email": new})).status == 202
    assert [mail.subject for mail in await mails(world, human.email)][-1] == "Your e-mail address is about to change"
    assert (await log_in.ask("GET", "/api/auth/session")).json["email"] == human.email
    secret = await secret_for(world, new, "verify")
    assert (await send(world, "/api/auth/verify/accept", {"token": secret})).status == 200
    assert (await log_in.ask("GET", "/api/auth/session")).json["email"] == new
    assert [mail.subject for mail in await mails(world, human.email)][-1] == "Your e-mail address was changed"
    assert (await use(world, old_reset)).code == "link_invalid"


async def test_an_address_that_is_somebody_elses_is_not_taken_and_not_told_of(world: World) -> None:
    human, other = await new_person(world), await new_person(world)
    log_in = await human.log_in("token")
    assert (await log_in.ask("POST", "/api/auth/email", {"email": other.email})).status == 202
    secret = await secret_for(world, other.email, "verify")
    assert (await send(world, "/api/auth/verify/accept", {"token": secret})).code == "link_invalid"


async def test_another_address_needs_a_password_given_lately(world: World) -> None:
    human = await new_person(world)
    log_in = await human.log_in("token")
    await world.execute(
        "UPDATE accounts_sessions SET authenticated_at = now() - interval '11 min' WHERE person_id = $1",
        human.person_id,
    )
    world.services.logins.sessions.forget()
    assert (await log_in.ask("POST", "/api/auth/email", {"email": "x@example.org"})).code == "password_needed"


@pytest.fixture(scope="module")
async def open_house(world: World) -> Any:
    """The application of a system where anybody may have an account."""
    services = type(world.services)(
        **{name: getattr(world.services, name) for name in world.services.__struct_fields__}
        | {"settings": type(world.settings)(database_url="x", signup="open")}
    )
    app = build_app(lambda: wiring.open_services(world.settings), "test")
    app.state.services = services
    return World(world.settings, world.database, world.store, services, Http(app))


def wish(email: str, password: str = NEW_PASSWORD) -> dict[str, str]:
    return {"email": email, "name": "Somebody", "password": password}


async def test_nobody_signs_up_where_accounts_are_by_invitation(world: World) -> None:
    answer = await send(world, "/api/auth/signup", wish("closed@example.org"))
    assert (answer.status, answer.code) == (403, "not_allowed")


async def test_an_account_begins_with_its_link_and_not_before(open_house: World) -> None:
    email = "sign-up@example.org"
    assert (await send(open_house, "/api/auth/signup", wish(email))).status == 202
    login = {"email": email, "password": NEW_PASSWORD, "kind": "token"}
    secret = await secret_for(open_house, email, "signup")
    assert (await send(open_house, "/api/auth/login", login)).code == "wrong_credentials"
    assert (await open_house.http.get(f"/signup/{secret}")).status == 200
    replies = await asyncio.gather(*(send(open_house, "/api/auth/signup/accept", {"token": secret}) for _ in range(20)))
    assert sorted(each.status for each in replies) == [201] + [404] * 19
    begun = await send(open_house, "/api/auth/login", login)
    assert begun.status == 200
    assert ("account.ask", "") in await told(open_house, "anonymous")
    own = f"person:{begun.json['personId']}"
    assert await told(open_house, own) == [
        ("account.create", own),
        ("session.begin", f"session:{begun.json['sessionId']}"),
    ]


async def told(world: World, actor: str) -> list[tuple[str, str]]:
    """What the system's chain says that somebody has done."""
    rows = await world.fetch(
        "SELECT action, target FROM trail_entries WHERE tenant_id = 0 AND actor = $1 AND outcome = 'done'"
        " ORDER BY number", actor,
    )  # fmt: skip
    return [(row["action"], row["target"]) for row in rows]


async def test_what_one_has_sent_is_not_what_another_confirms(open_house: World) -> None:
    email = "hijack@example.org"
    await send(open_house, "/api/auth/signup", wish(email, "the password of a hijacker"))
    await send(open_house, "/api/auth/signup", wish(email))
    own = await secret_for(open_house, email, "signup")
    assert (await send(open_house, "/api/auth/signup/accept", {"token": own})).status == 201
    login = {"email": email, "password": "the password of a hijacker", "kind": "token"}
    assert (await send(open_house, "/api/auth/login", login)).code == "wrong_credentials"
    assert (await send(open_house, "/api/auth/login", login | {"password": NEW_PASSWORD})).status == 200


async def test_whoever_has_an_account_is_told_by_mail_only(open_house: World) -> None:
    human = await new_person(open_house)
    await open_house.execute("UPDATE accounts_people SET email_verified_at = $2 WHERE person_id = $1", human.person_id,
                             datetime.now(UTC))  # fmt: skip
    known = await send(open_house, "/api/auth/signup", wish(human.email))
    unknown = await send(open_house, "/api/auth/signup", wish("unknown-sign-up@example.org"))
    assert (known.status, known.body, known.headers) == (unknown.status, unknown.body, unknown.headers)
    assert [mail.subject for mail in await mails(open_house, human.email)] == ["You have an account"]
    assert (await human.try_to("token", password=PASSWORD)).status == 200
    weak = await send(open_house, "/api/auth/signup", wish(human.email, "12345678"))
    assert weak.code == "weak_password"


@pytest.mark.parametrize("name", ["", "x" * 101, "a\nb", "see http://evil.example", "www.evil.example", "\x00"])
async def test_a_name_carries_nothing_that_can_be_opened(open_house: World, name: str) -> None:
    answer = await send(open_house, "/api/auth/signup", wish("name@example.org") | {"name": name})
    assert (answer.status, answer.code) == (400, "invalid_payload")
