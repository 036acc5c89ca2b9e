"""The pages of settings as they are answered: per role, escaped, never kept, and the trail recomputed."""

import re

import pytest

from coliseum.accounts.permissions import ROLES, Role
from coliseum.trail.record import Deed
from coliseum.web.ui.settings.frame import SECTIONS
from support.no_script import NoScript
from support.people import LogIn, new_person
from support.services import Platform, World
from support.trail import tamper

pytestmark = pytest.mark.long

HOSTILE = '"><img src=x onerror=alert(1)> 100% of {{ 7*7 }}'


async def member(world: World, platform: Platform, role: Role) -> tuple[NoScript, LogIn]:
    """A member's browser, and their log-in for the API."""
    human = await new_person(world, (platform, role))
    browser = NoScript(world)
    await browser.log_in(human.email, human.password)
    return browser, await human.log_in()


@pytest.mark.parametrize("role", ["owner", "admin", "analyst", "viewer"])
async def test_each_page_is_for_who_has_its_permission(world: World, platform: Platform, role: Role) -> None:
    browser, _ = await member(world, platform, role)
    for section in SECTIONS:
        page = await browser.get(f"/t/{platform.tenant.slug}/settings/{section.path}".rstrip("/"))
        may = section.needs in ROLES[role]
        assert page.status == (200 if may else 403), (section.path, page.body[-1500:])
        assert page.headers["cache-control"] == "no-store"
        if may:
            body = page.body.decode()
            shown = re.findall(rf'href="/t/{platform.tenant.slug}/settings/?([a-z]*)"', body.partition("<main")[2])
            assert set(shown) >= {each.path for each in SECTIONS if each.needs in ROLES[role]}


async def test_who_may_not_change_is_shown_no_control_that_changes(world: World, platform: Platform) -> None:
    browser, _ = await member(world, platform, "analyst")
    for section in ("", "/members", "/usage", "/identity", "/privacy"):
        page = (await browser.get(f"/t/{platform.tenant.slug}/settings{section}")).body.decode()
        assert "data-api" not in page, section


async def test_what_people_write_is_text_everywhere(world: World, platform: Platform) -> None:
    browser, log_in = await member(world, platform, "owner")
    slug = platform.tenant.slug
    await world.execute("UPDATE accounts_people SET name = $2 WHERE person_id = $1", log_in.human.person_id, HOSTILE)
    await world.execute("UPDATE accounts_tenants SET name = $2 WHERE tenant_id = $1", platform.tenant_id, HOSTILE)
    world.services.logins.sessions.forget()
    assert (await log_in.ask("POST", "/api/keys", {"kind": "server", "name": HOSTILE})).status == 201
    for path in ("/account", "/t", *(f"/t/{slug}/settings/{each.path}".rstrip("/") for each in SECTIONS)):
        page = await browser.get(path)
        assert page.status == 200, path
        assert b"<img src=x" not in page.body, path
        assert b"49" not in re.findall(rb"100% of ([^<&]*)", page.body), path


async def test_entries_on_a_page_are_recomputed_and_a_changed_one_is_named(world: World, platform: Platform) -> None:
    browser, log_in = await member(world, platform, "owner")
    for number in range(3):
        assert (await log_in.ask("POST", "/api/keys", {"name": f"key {number}"})).status == 201
    path = f"/t/{platform.tenant.slug}/settings/audit"
    page = (await browser.get(path)).body.decode()
    assert "are as they were written" in page
    assert page.count("key.create") == 3
    filtered = (await browser.get(path + "?action=key.create&actor=&outcome=&from=&to=")).body.decode()
    assert "neighbours are missing" in filtered
    assert "session.begin" not in filtered.partition("<tbody>")[2]
    changing = f"UPDATE trail_entries SET target = 'key:9' WHERE tenant_id = {platform.tenant_id} AND number = 3"  # noqa: S608 - a number
    await tamper(world, changing)
    changed = (await browser.get(path)).body.decode()
    assert "Entry 3 is not what was written there" in changed
    lines = (await browser.get(path + "/export?action=key.create")).body.decode().splitlines()
    assert len(lines) == 3


async def test_a_long_trail_is_paged_and_still_recomputed(world: World, platform: Platform) -> None:
    browser, log_in = await member(world, platform, "owner")
    async with world.database.tenant(platform.tenant_id, "accounts") as connection:
        for number in range(120):
            deed = Deed(actor=f"person:{log_in.human.person_id}", action="board.declare", target=f"board:{number}")
            await world.services.trail.record(connection, platform.tenant_id, deed)
    path, pages = f"/t/{platform.tenant.slug}/settings/audit", 0
    while path:
        page = (await browser.get(path)).body.decode()
        assert "as they were written" in page or "as it was written" in page
        pages += 1
        following = re.search(r'href="([^"]+)" rel="next"', page)
        path = following[1].replace("&amp;", "&") if following else ""
    assert pages == 3


async def test_a_days_number_leads_to_its_entries(world: World, platform: Platform) -> None:
    browser, _ = await member(world, platform, "owner")
    page = await browser.get(f"/t/{platform.tenant.slug}/settings/usage/explain?day=2026-01-01")
    assert (page.status, b"No entry was counted there" in page.body) == (200, True)
    wrong = await browser.get(f"/t/{platform.tenant.slug}/settings/usage/explain?day=never")
    assert wrong.status == 400
    assert (await browser.get(f"/t/{platform.tenant.slug}/settings/usage?month=2020-02")).status == 200


async def test_where_a_second_factor_is_wanted_the_page_leads_to_where_it_is_set_up(
    world: World, platform: Platform
) -> None:
    browser, _ = await member(world, platform, "owner")
    await world.execute(
        "UPDATE accounts_tenants SET second_factor_required = true WHERE tenant_id = $1", platform.tenant_id
    )
    world.services.logins.sessions.forget()
    page = await browser.get(f"/t/{platform.tenant.slug}/settings")
    assert (page.status, b'href="/account/second-factor"' in page.body) == (403, True)


async def test_who_may_is_shown_the_form_by_which_a_person_is_forgotten(world: World, platform: Platform) -> None:
    for role in ("owner", "admin", "analyst"):
        browser, _ = await member(world, platform, role)
        page = (await browser.get(f"/t/{platform.tenant.slug}/settings/privacy")).body.decode()
        assert ("POST /api/people/forget" in page) == (role != "analyst")
        assert "data-confirm" in page or role == "analyst"
