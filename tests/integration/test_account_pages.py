"""One's own account and tenants by pages, without a script; what is sensitive asks for the password in its form."""

import re
from datetime import UTC, datetime

import pyotp
import pytest

from coliseum.accounts.permissions import Role
from coliseum.local.demo_owner import owner_link
from coliseum.local.demo_tenant import SLUG
from support.no_script import NoScript, stub_in, where
from support.people import COOKIE, Human, deeds, new_person
from support.post import NEW_PASSWORD, mails, secret_for
from support.services import SECRET_KEY, Platform, World

pytestmark = pytest.mark.long

LOCAL = {"host": "127.0.0.1:8000"}


async def a_browser(world: World, *memberships: tuple[Platform, Role]) -> tuple[Human, NoScript]:
    human = await new_person(world, *memberships)
    await world.execute("UPDATE accounts_people SET email_verified_at = now() WHERE person_id = $1", human.person_id)
    browser = NoScript(world)
    await browser.log_in(human.email, human.password)
    return human, browser


async def test_a_name_is_changed_and_a_wrong_one_is_said_at_its_field(world: World, platform: Platform) -> None:
    human, browser = await a_browser(world, (platform, "viewer"))
    assert where(await browser.send("/account/name", {"name": "Ada  L."})).startswith("/account?done=name")
    assert 'value="Ada  L."' in (await browser.get("/account")).body.decode()
    wrong = await browser.send("/account/name", {"name": "see www.evil.example"})
    assert (wrong.status, "no web address" in wrong.body.decode()) == (400, True)
    assert 'value="see www.evil.example" aria-invalid="true" autofocus' in wrong.body.decode()
    assert len(await deeds(world, platform.tenant_id, "person.rename", human.person_id)) == 1


async def test_another_address_needs_the_password_and_its_link(world: World) -> None:
    human, browser = await a_browser(world)
    new = f"new-{human.email}"
    wrong = await browser.send("/account/email", {"email": new, "password": "not my password"})
    assert (wrong.status, "This is not your password" in wrong.body.decode()) == (401, True)
    assert b"not my password" not in wrong.body
    before = browser.cookie
    asked = await browser.send("/account/email", {"email": new, "password": human.password})
    assert where(asked).startswith("/account?done=email")
    assert browser.cookie != before
    assert await browser.is_in()
    own = await browser.send("/account/email", {"email": human.email, "password": human.password})
    assert own.status == 409
    assert await browser.is_in()  # the cookie that took the place of the old one came with the refusal
    used = await browser.post(f"/verify/{await secret_for(world, new, 'verify')}", {})
    assert used.status == 200
    assert new in (await browser.get("/account")).body.decode()
    assert len(await mails(world, human.email)) == 2


async def test_a_changed_password_ends_the_other_log_ins(world: World) -> None:
    human, browser = await a_browser(world)
    other = await human.log_in("token")
    for fields, field in (
        ({"current": "wrong", "new": NEW_PASSWORD}, "current"), ({"current": human.password, "new": "short"}, "new"),
    ):  # fmt: skip
        refused = await browser.send("/account/password", fields)
        assert refused.status in (400, 401)
        assert re.search(rf'id="{field}"[^>]*autofocus', refused.body.decode()), field
    done = await browser.send("/account/password", {"current": human.password, "new": NEW_PASSWORD})
    assert where(done).startswith("/account?done=password")
    assert await browser.is_in()
    assert not await other.is_open()
    assert where(await NoScript(world).log_in(human.email, NEW_PASSWORD)) == "/t"


async def test_log_ins_are_shown_and_ended_and_nobody_elses(world: World) -> None:
    human, browser = await a_browser(world)
    other, stranger = await human.log_in(), await (await new_person(world)).log_in()
    assert str(other.session_id) in (await browser.get("/account")).body.decode()
    for number in (str(stranger.session_id), "x", "-1", "9" * 30):
        assert (await browser.send("/account/session", {"session": number})).status == 404
    assert await stranger.is_open()
    assert where(await browser.send("/account/session", {"session": str(other.session_id)}))
    assert not await other.is_open()
    third = await human.log_in()
    assert where(await browser.send("/account/sessions", {}))
    assert not await third.is_open()
    assert await browser.is_in()


async def test_a_second_factor_is_set_up_used_renewed_and_removed(world: World) -> None:
    human, browser = await a_browser(world)
    path = "/account/second-factor"
    wrong = await browser.send(path, {"password": "not mine"})
    assert (wrong.status, b"Password or code is wrong" in wrong.body) == (401, True)
    begun = (await browser.send(path, {"password": human.password})).body.decode()
    assert await browser.is_in()
    assert '<svg class="qr"' in begun.replace(" version=", " ") or 'class="qr"' in begun
    secret = "".join(re.findall(r"<span>([A-Z2-7]{4})</span>", begun))
    human.seed = secret
    shown = await browser.send(
        f"{path}/confirm", {"code": pyotp.TOTP(secret).at(datetime.now(UTC).timestamp().__int__() - 30)}
    )
    codes = re.findall(r"<code>(\d+-\w{6}-\w{6})</code>", shown.body.decode())
    assert (shown.status, len(codes), shown.headers["cache-control"]) == (200, 10, "no-store")
    assert codes[0].encode() not in (await browser.get(path)).body
    other = NoScript(world)
    stub = stub_in(await other.log_in(human.email, human.password))
    assert where(await other.post("/log-in", {"stub": stub, "code": human.code()}))
    renewed = await browser.send(f"{path}/codes", {"password": human.password, "code": codes[1]})
    fresh = re.findall(r"<code>(\d+-\w{6}-\w{6})</code>", renewed.body.decode())
    assert (renewed.status, len(fresh), set(fresh) & set(codes)) == (200, 10, set())
    refused = await browser.send(f"{path}/remove", {"password": human.password, "code": codes[2]})
    assert refused.status == 401
    removed = await browser.send(f"{path}/remove", {"password": human.password, "code": fresh[0]})
    assert where(removed) == f"{path}?done=removed"
    assert not await other.is_in()
    assert await browser.is_in()
    assert where(await NoScript(world).log_in(human.email, human.password)) == "/t"


async def test_a_tenant_is_made_and_left_and_mistakes_are_said_at_their_fields(world: World) -> None:
    human, browser = await a_browser(world)
    slug = f"made-{human.person_id}"
    good = {"name": "Made", "slug": slug, "timeZone": "Europe/Vienna", "currency": "eur"}
    made = await browser.send("/t", good, "/t")
    assert where(made) == f"/t/{slug}/settings/keys?first=1"
    assert b"Three steps" in (await browser.get(where(made))).body
    taken = await browser.send("/t", good, "/t")
    assert (taken.status, bool(re.search(rb'id="slug"[^>]*autofocus', taken.body))) == (409, True)
    assert f'value="{slug}"'.encode() in taken.body
    for field, value in (
        ("name", "www.evil.example"),
        ("slug", "No Slug!"),
        ("timeZone", "Mars/Olympus"),
        ("currency", "e"),
    ):
        wrong = await browser.send("/t", {**good, "slug": slug + "-2", field: value}, "/t")
        assert (wrong.status, wrong.body.count(b'role="alert"') > 0) == (400, True), field
    last = await browser.send("/account/leave", {"slug": slug})
    assert (last.status, b"You are the last owner" in last.body) == (409, True)
    second = await new_person(world)
    await world.execute(
        "INSERT INTO accounts_members (tenant_id, person_id, role) SELECT tenant_id, $2, 'owner' FROM accounts_tenants "
        "WHERE slug = $1", slug, second.person_id,
    )  # fmt: skip
    assert where(await browser.send("/account/leave", {"slug": slug})).startswith("/account?done=leave")
    assert (await browser.get(f"/t/{slug}/settings")).status == 403
    assert (await browser.send("/account/leave", {"slug": "no-such"})).status == 404
    assert (await browser.send("/account/anything", {})).status == 404


async def test_who_has_not_verified_their_address_is_told_so_and_makes_no_tenant(world: World) -> None:
    human, browser = await a_browser(world)
    await world.execute("UPDATE accounts_people SET email_verified_at = NULL WHERE person_id = $1", human.person_id)
    world.services.logins.sessions.forget()
    assert b"Verify your e-mail address first" in (await browser.get("/t")).body
    refused = await browser.send("/t", {"name": "X", "slug": "x-y", "timeZone": "UTC", "currency": "eur"}, "/t")
    assert refused.status == 403
    assert where(await browser.send("/account/verify", {}))
    used = await browser.post(f"/verify/{await secret_for(world, human.email, 'verify')}", {})
    assert used.status == 200
    assert b"not verified" not in (await browser.get("/account")).body


async def test_the_demos_owner_begins_with_a_link_of_this_machine(world: World) -> None:
    demo = await world.platform(slug=SLUG)
    url = world.settings.database_url or ""
    first = await owner_link(url, SECRET_KEY)
    again = await owner_link(url, SECRET_KEY)
    assert first is not None
    assert again is not None
    browser = NoScript(world)
    browser.address = "127.0.0.1"
    assert (await browser.get(first, **LOCAL)).status == 404  # of two, the newest works
    assert (await browser.get(again)).status == 404  # by another name than this machine's
    page = await browser.get(again, **LOCAL)
    assert (page.status, b"owner@demo.example" in page.body, b"<script" in page.body) == (200, True, False)
    form = {**LOCAL, "origin": "http://127.0.0.1:8000", "content-type": "application/x-www-form-urlencoded"}
    assert (await browser.post(again, {"password": "short"}, form)).status == 400
    assert (
        await browser.post(again, {"password": NEW_PASSWORD}, {**form, "origin": "http://evil.example"})
    ).status == 403
    done = await browser.post(again, {"password": NEW_PASSWORD}, form)
    assert where(done) == f"/t/{SLUG}"
    assert COOKIE in done.headers["set-cookie"]
    assert await browser.is_in()
    assert await owner_link(url, SECRET_KEY) is None
    assert (await browser.get(again, **LOCAL)).status == 404
    told = await world.fetch("SELECT action FROM trail_entries WHERE tenant_id = $1 ORDER BY number", demo.tenant_id)
    assert [row["action"] for row in told] == ["member.add", "password.reset", "session.begin"]
