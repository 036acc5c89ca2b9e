"""Nobody makes a key that may more than they themselves; and keys from the command line."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from coliseum.accounts.permissions import SCOPES
from coliseum.cli import app
from coliseum.errors import ColiseumError
from support.keys import bearer, believed_no_more, listed, made, make, trail
from support.services import Platform, World


@pytest.mark.parametrize("scope", ["write", "read", "admin"])
async def test_no_key_makes_one_that_may_more_than_itself(world: World, platform: Platform, scope: str) -> None:
    admin, _ = await made(world, platform, scopes=["admin"])
    answer = await make(world, admin, scopes=[scope])
    if scope == "admin":
        assert answer.status == 201, answer
    else:
        assert answer.code == "not_allowed"


async def test_a_key_that_manages_keys_gets_hold_of_none_that_may_more(world: World, platform: Platform) -> None:
    own = min(await listed(world, platform))
    admin, _ = await made(world, platform, scopes=["admin"])
    assert (await world.http.post(f"/api/keys/{own}/rotate", {}, admin)).code == "not_allowed"
    assert (await world.http.send("PATCH", f"/api/keys/{own}", b'{"name":"mine"}', admin)).code == "not_allowed"
    assert (await make(world, admin, kind="browser")).code == "not_allowed"
    assert len(await listed(world, platform)) == 3


async def test_a_bound_key_frees_neither_itself_nor_another(world: World, platform: Platform) -> None:
    ends = datetime.now(UTC) + timedelta(days=2)
    bound, key = await made(
        world, platform, scopes=list(SCOPES), addresses=["203.0.113.0/24"], expiresAt=ends.isoformat()
    )
    later, sooner = (ends + timedelta(seconds=1)).isoformat(), (ends - timedelta(days=1)).isoformat()
    inside = ["203.0.113.128/25"]
    assert (await make(world, bound, addresses=inside)).code == "not_allowed"
    assert (await make(world, bound, expiresAt=sooner)).code == "not_allowed"
    assert (await make(world, bound, addresses=["203.0.112.0/23"], expiresAt=sooner)).code == "not_allowed"
    assert (await make(world, bound, addresses=["2001:db8::/32"], expiresAt=sooner)).code == "not_allowed"
    assert (await make(world, bound, addresses=inside, expiresAt=later)).code == "not_allowed"
    assert (await make(world, bound, addresses=inside, expiresAt=sooner)).status == 201
    changes: list[dict[str, Any]] = [
        {"addresses": []}, {"expiresAt": None}, {"expiresAt": later}, {"addresses": ["0.0.0.0/0"]},
    ]  # fmt: skip
    for change in changes:
        answer = await world.http.send("PATCH", f"/api/keys/{key['id']}", json.dumps(change).encode(), bound)
        assert answer.code == "not_allowed", change
    assert (await world.http.post(f"/api/keys/{key['id']}/rotate", {}, bound)).status == 201


def command(world: World, *words: str) -> tuple[int, str]:
    """Run a command as an operator does; its exit code and what it printed."""
    environ = {
        "DATABASE_URL": world.settings.database_url, "VALKEY_URL": world.settings.valkey_url,
        "COLISEUM_SECRET_KEY": world.settings.secret_key, "COLUMNS": "200",
    }  # fmt: skip
    done = CliRunner().invoke(app, ["key", *words], env=environ)
    return done.exit_code, str(done.exception) if isinstance(done.exception, ColiseumError) else done.output


async def test_an_operator_makes_lists_rotates_and_revokes_keys(world: World, platform: Platform) -> None:
    slug = platform.tenant.slug
    code, secret = await asyncio.to_thread(
        command, world, "create", slug, "--scope", "read", "--name", "ops", "--address", "203.0.113.9", "--days", "3"
    )
    assert code == 0, secret
    assert (await world.http.get("/api/status", bearer(secret.strip()))).status == 200
    key = max((await listed(world, platform)).values(), key=lambda each: each["id"])
    assert (key["name"], key["addresses"], key["createdBy"]) == ("ops", ["203.0.113.9/32"], "operator")
    code, table = await asyncio.to_thread(command, world, "list", slug)
    assert code == 0
    assert key["prefix"] in table
    assert secret.strip() not in table
    code, new = await asyncio.to_thread(command, world, "rotate", slug, str(key["id"]), "--overlap", "0")
    assert code == 0
    await believed_no_more(world, bearer(secret.strip()))
    code, said = await asyncio.to_thread(command, world, "revoke", slug, str(key["id"] + 1))
    assert (code, said) == (0, f"Key {key['id'] + 1} is revoked.\n")
    await believed_no_more(world, bearer(new.strip()))
    deeds = await trail(world, platform)
    assert [(deed["actor"], deed["action"]) for deed in deeds] == [
        ("operator", "key.create"), ("operator", "key.rotate"), ("operator", "key.revoke"),
    ]  # fmt: skip


async def test_what_an_operator_cannot_mean_is_said(world: World, platform: Platform) -> None:
    slug = platform.tenant.slug
    for words, says in (
        (("create", slug, "--scope", "all"), "scopes are write, read, admin"),
        (("create", slug, "--address", "everywhere"), "is no network"),
        (("create", slug, "--browser", "--scope", "read"), "a browser key has the scope write"),
        (("create", "no-such-tenant"), "There is no tenant"),
        (("revoke", slug, "999999"), "there is no such key"),
    ):
        code, said = await asyncio.to_thread(command, world, *words)
        assert code != 0
        assert says in said, words
