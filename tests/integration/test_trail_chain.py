"""The audit trail's chains: never forked, and whatever a superuser does to one, the verifier names the entry."""

# ruff: noqa: S608 - the statements are those of somebody who is above every check

import asyncio
import json
import random
from contextlib import suppress
from pathlib import Path

import pytest

from coliseum import db
from coliseum.trail import heads
from coliseum.trail.record import DETAIL_BYTES_MAX, SYSTEM, Deed, Trail
from coliseum.trail.verify import verify
from support.services import SECRET_KEY, World
from support.trail import checked, entries_of, filled, now, record, tamper

ROWS = "trail_entries WHERE tenant_id = {tenant}"


async def test_a_chain_that_nobody_touched_is_right(world: World) -> None:
    platform = await filled(world)
    found = await checked(world, platform)
    assert (found.entries, found.bad) == (6, [])


async def test_fifty_writers_at_once_never_fork_a_chain(world: World) -> None:
    platform = await world.platform()
    numbers = await asyncio.gather(*(record(world, platform.tenant_id, target=f"board:{each}") for each in range(50)))
    assert sorted(numbers) == list(range(1, 51))
    assert (await checked(world, platform)).bad == []


async def test_an_entry_goes_with_the_deed_that_is_rolled_back(world: World) -> None:
    platform = await filled(world, 1)
    with suppress(ZeroDivisionError):
        async with world.database.tenant(platform.tenant_id, "accounts") as connection:
            await world.services.trail.record(connection, platform.tenant_id, Deed(actor="operator", action="x.y"))
            raise ZeroDivisionError
    await record(world, platform.tenant_id)
    assert [row["number"] for row in await entries_of(world, platform)] == [1, 2]
    assert (await checked(world, platform)).bad == []


CHANGES = {
    "at": "at = at + interval '1 microsecond'", "actor": "actor = 'person:7'", "action": "action = 'key.revoke'",
    "target": "target = 'board:other'", "outcome": "outcome = 'refused'", "address": "address = ''",
    "detail": "detail = '{\"revision\": 7}'", "hash": "hash = sha256('x')",
}  # fmt: skip


@pytest.mark.parametrize("column", CHANGES)
async def test_an_entry_that_was_changed_is_named(world: World, column: str) -> None:
    platform = await filled(world)
    rows = ROWS.format(tenant=platform.tenant_id)
    await tamper(world, f"UPDATE {rows.replace(' WHERE', f' SET {CHANGES[column]} WHERE')} AND number = 3")
    [bad] = (await checked(world, platform)).bad
    assert (bad.chain, bad.number) == (platform.tenant.slug, 3)
    assert bad.what == "changed, or put there"


async def test_an_entry_that_was_deleted_is_named(world: World) -> None:
    platform = await filled(world)
    await tamper(world, f"DELETE FROM {ROWS.format(tenant=platform.tenant_id)} AND number IN (3, 4)")
    [bad] = (await checked(world, platform)).bad
    assert (bad.number, bad.what) == (3, "deleted: the next entry is 5")


async def test_a_deleted_entry_whose_place_was_taken_by_those_behind_it_is_named(world: World) -> None:
    platform = await filled(world)
    rows = ROWS.format(tenant=platform.tenant_id)
    await tamper(
        world,
        f"DELETE FROM {rows} AND number = 3",
        *(f"UPDATE trail_entries SET number = {each - 1} WHERE tenant_id = {platform.tenant_id} AND number = {each}"
          for each in (4, 5, 6)),
    )  # fmt: skip
    [bad] = (await checked(world, platform)).bad
    assert bad.number == 3


@pytest.mark.parametrize(("one", "other"), [(2, 3), (2, 5)])
async def test_entries_that_changed_places_are_named(world: World, one: int, other: int) -> None:
    platform = await filled(world)
    move = "UPDATE trail_entries SET number = {to} WHERE tenant_id = {tenant} AND number = {number}"
    places = ((one, 99), (other, one), (99, other))
    await tamper(world, *(move.format(tenant=platform.tenant_id, number=each, to=to) for each, to in places))
    [bad] = (await checked(world, platform)).bad
    assert (bad.number, bad.what) == (one, f"moved: it was written as entry {other}")


async def test_an_entry_that_was_put_there_is_named(world: World) -> None:
    platform = await filled(world, 2)
    await tamper(
        world,
        "INSERT INTO trail_entries (tenant_id, number, at, actor, action, target, outcome, address, detail, hash) "
        f"VALUES ({platform.tenant_id}, 3, now(), 'key:1', 'a.b', '', 'done', '', '{{}}', sha256('x'))",
    )
    [bad] = (await checked(world, platform)).bad
    assert (bad.number, bad.what) == (3, "changed, or put there")


async def test_a_tail_that_was_cut_off_shows_by_its_head(world: World) -> None:
    platform = await filled(world)
    await tamper(world, f"DELETE FROM {ROWS.format(tenant=platform.tenant_id)} AND number > 4")
    [bad] = (await checked(world, platform)).bad
    assert (bad.number, bad.what) == (5, "cut off: there were entries up to 6")


async def test_a_tail_that_was_cut_off_with_its_head_shows_by_the_exported_heads(world: World, tmp_path: Path) -> None:
    platform = await filled(world)
    path = tmp_path / "elsewhere" / "heads.ndjson"
    assert await heads.Heads(path, now).export(world.database) >= 1
    rows = ROWS.format(tenant=platform.tenant_id)
    last = f"SELECT hash FROM {rows} AND number = 4"
    await tamper(
        world,
        f"DELETE FROM {rows} AND number > 4",
        f"UPDATE trail_heads SET number = 4, hash = ({last}) WHERE tenant_id = {platform.tenant_id}",
    )
    assert (await checked(world, platform)).bad == []  # nothing in the database tells
    [bad] = (await checked(world, platform, heads.read(path))).bad
    assert (bad.number, bad.what) == (5, "cut off: there were entries up to 6")
    for _ in range(3):  # and it goes on showing when the chain has grown over it
        await record(world, platform.tenant_id)
    [bad] = (await checked(world, platform, heads.read(path))).bad
    assert (bad.number, bad.what) == (6, "written anew: another entry was there when the heads were exported")


async def test_a_chain_that_was_removed_altogether_shows_by_the_exported_heads(world: World, tmp_path: Path) -> None:
    platform = await filled(world, 2)
    path = tmp_path / "heads.ndjson"
    await heads.Heads(path, now).export(world.database)
    for table in ("trail_entries", "trail_heads"):
        await tamper(world, f"DELETE FROM {table} WHERE tenant_id = {platform.tenant_id}")
    [bad] = (await checked(world, platform, heads.read(path))).bad
    assert (bad.number, bad.what) == (1, "cut off: there were entries up to 2")


async def test_a_head_that_was_changed_shows(world: World) -> None:
    platform = await filled(world)
    await tamper(world, f"UPDATE trail_heads SET hash = sha256('x') WHERE tenant_id = {platform.tenant_id}")
    [bad] = (await checked(world, platform)).bad
    assert (bad.number, bad.what) == (6, "the chain's head is another one")


async def test_heads_are_added_when_they_are_new_and_a_broken_line_is_passed_over(world: World, tmp_path: Path) -> None:
    platform = await filled(world, 1)
    path = tmp_path / "heads.ndjson"
    exporter = heads.Heads(path, now)
    await exporter.export(world.database)
    assert await exporter.export(world.database) == 0
    path.write_bytes(path.read_bytes() + b'{"at":"2026-11-20T12:')  # a crash
    await record(world, platform.tenant_id)
    assert await exporter.export(world.database) == 1
    assert sorted(heads.read(path)[platform.tenant_id]) == [1, 2]
    assert path.stat().st_mode & 0o777 == 0o600
    lines = [line for line in path.read_text().splitlines() if line.endswith("}")]
    assert all(json.loads(line)["at"] == "2026-11-20T12:00:00Z" for line in lines)


async def test_a_file_of_heads_that_cannot_be_written_is_said_in_one_sentence(world: World, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    await filled(world, 1)
    with pytest.raises(heads.HeadsUnusable, match="cannot be written"):
        await heads.Heads(tmp_path / "file" / "heads.ndjson", now).export(world.database)


async def test_entries_under_the_key_before_are_right_and_none_of_it_comes_later(world: World) -> None:
    platform = await filled(world, 2)
    later = Trail("another root secret of thirty-two characters", world.services.clock)
    deed = Deed(actor="operator", action="key.revoke")
    async with world.database.tenant(platform.tenant_id, "accounts") as connection:
        await later.record(connection, platform.tenant_id, deed)
    keys = (SECRET_KEY, "another root secret of thirty-two characters")
    assert (await checked(world, platform, {}, *keys)).bad == []
    [bad] = (await checked(world, platform, {}, SECRET_KEY)).bad
    assert bad.number == 3
    await record(world, platform.tenant_id)  # under the key before, after the change
    [bad] = (await checked(world, platform, {}, *keys)).bad
    assert bad.number == 4


async def test_nobody_changes_an_entry_while_the_triggers_are_on(world: World) -> None:
    platform = await filled(world, 1)
    for statement in (
        "UPDATE trail_entries SET actor = 'x'", "DELETE FROM trail_entries", "TRUNCATE trail_entries",
    ):  # fmt: skip
        with pytest.raises(db.InsufficientPrivilege):
            await world.execute(statement)
        rights: tuple[db.Right, ...] = ("accounts", "app")
        for right in rights:
            with pytest.raises(db.InsufficientPrivilege):
                async with world.database.tenant(platform.tenant_id, right) as connection:
                    await connection.execute(statement)


NASTY = 'x\r\n{"forged":1}\x1b[31m\u2028\u202e\x00\ud800'


async def test_texts_from_outside_stay_in_one_line_and_one_entry(world: World) -> None:
    platform = await world.platform()
    detail = {"name": NASTY, NASTY: [NASTY, {"deep": NASTY}]}
    await record(world, platform.tenant_id, target=NASTY, address=NASTY, actor=NASTY, action=NASTY, detail=detail)
    [row] = await entries_of(world, platform)
    text = "".join(map(str, (row["target"], row["address"], row["actor"], row["action"], row["detail"])))
    assert text.isprintable()
    assert (await checked(world, platform)).bad == []


DETAILS = [
    {"fraction": 1.0, "large": 1e300, "tiny": 5e-324}, {"whole": 2**70, "negative": -(2**53) - 1}, {"set": {3, 1, 2}},
    {"none": None, "yes": True}, {"bb": 1, "a": {"z": 1, "b": 2}}, {"text": "x" * 5_000}, {"unicode": "Ł\u0301é✓"},
]  # fmt: skip


@pytest.mark.parametrize("detail", DETAILS, ids=range(len(DETAILS)))
async def test_whatever_a_detail_holds_is_verified_as_it_was_written(world: World, detail: dict[str, object]) -> None:
    platform = await world.platform()
    await record(world, platform.tenant_id, detail=detail)
    assert (await checked(world, platform)).bad == []


async def test_a_detail_that_is_too_large_is_told_by_its_size(world: World) -> None:
    platform = await world.platform()
    await record(world, platform.tenant_id, detail={str(each): "x" * 900 for each in range(50)})
    [row] = await entries_of(world, platform)
    assert row["detail"]["too_large_bytes"] > DETAIL_BYTES_MAX
    assert (await checked(world, platform)).bad == []


async def test_the_systems_own_chain_is_verified_too(world: World) -> None:
    await record(world, SYSTEM, actor="anonymous", action="login.fail", outcome="refused")
    await tamper(world, "UPDATE trail_entries SET address = 'other' WHERE tenant_id = 0 AND number = 1")
    found = await verify(world.database, [SECRET_KEY], {})
    assert ("(system)", 1) in {(bad.chain, bad.number) for bad in found.bad}
    await tamper(world, "DELETE FROM trail_entries WHERE tenant_id = 0", "DELETE FROM trail_heads WHERE tenant_id = 0")


async def test_any_single_change_of_a_long_chain_is_found_at_its_place(world: World) -> None:
    platform = await filled(world, 30)
    rng = random.Random(11)
    for number in rng.sample(range(1, 31), 8):
        rows = f"trail_entries WHERE tenant_id = {platform.tenant_id} AND number = {number}"
        kept = await world.value(f"SELECT target FROM {rows}")
        await tamper(world, f"UPDATE {rows.replace(' WHERE', ' SET target = target || chr(120) WHERE')}")
        [bad] = (await checked(world, platform)).bad
        assert bad.number == number
        await tamper(world, f"UPDATE {rows.replace(' WHERE', f' SET target = {kept!r} WHERE')}")
    assert (await checked(world, platform)).bad == []
