"""Forgetting from the command line, a ledger that survives a restore, and files from which the bytes are gone."""

from pathlib import Path

from support.commanding import command
from support.festival import spent, vote
from support.forgetting import number_of
from support.services import Platform, World
from support.trail import entries_of

FAN = "canary-0815-of-the-files"


async def test_an_operator_forgets_somebody_and_that_is_in_the_trail(world: World, platform: Platform) -> None:
    await world.http.post("/api/passport/batch", [vote(userId="ada"), vote(userId="ben")], platform.server)
    slug = platform.tenant.slug
    code, printed = await command(world, "privacy", "forget", slug, "ada")
    assert (code, printed[:12]) == (0, "Certificate "), printed
    code, printed = await command(world, "privacy", "forget", slug, "-", typed="ben\n")
    assert code == 0, printed
    assert await number_of(world, platform, "ada") is None
    assert await number_of(world, platform, "ben") is None
    told = [(row["actor"], row["action"]) for row in await entries_of(world, platform)]
    assert told[-2:] == [("operator", "person.forget")] * 2
    assert (await command(world, "privacy", "forget", "no-such-tenant", "ada"))[0] == 1
    assert (await command(world, "privacy", "forget", slug, "x" * 129))[0] == 2


async def test_who_comes_back_with_a_backup_is_forgotten_again_by_the_ledger(
    world: World, platform: Platform, tmp_path: Path
) -> None:
    await world.http.post("/api/passport/batch", [vote(userId="ada"), vote(userId="ben")], platform.server)
    kept = await world.fetch("SELECT * FROM passport_subjects WHERE tenant_id = $1", platform.tenant_id)
    assert (await command(world, "privacy", "forget", platform.tenant.slug, "ada"))[0] == 0
    code, printed = await command(world, "privacy", "ledger")
    assert code == 0, printed
    assert "ada" not in printed
    file = tmp_path / "forgotten.ndjson"
    file.write_text(printed)
    # The restored database is one of before: the person is in it, and the mark is not.
    await world.execute("DELETE FROM privacy_suppressed WHERE tenant_id = $1", platform.tenant_id)
    ada = next(row for row in kept if row["user_id"] == "ada")
    await world.execute(
        "INSERT INTO passport_subjects (tenant_id, subject_id, user_id, key) OVERRIDING SYSTEM VALUE"
        " VALUES ($1, $2, $3, $4)", platform.tenant_id, ada["subject_id"], "ada", ada["key"],
    )  # fmt: skip
    wrong = await command(
        world, "privacy", "reapply", str(file), COLISEUM_SUPPRESSION_KEY="another secret of 32 letters...."
    )
    assert wrong[1].startswith("0 people"), wrong
    await world.execute("DELETE FROM privacy_suppressed WHERE tenant_id = $1", platform.tenant_id)
    code, printed = await command(world, "privacy", "reapply", str(file))
    assert (code, printed) == (0, "1 people were there and are forgotten again; 1 marks were missing.\n")
    assert await number_of(world, platform, "ada") is None
    assert await number_of(world, platform, "ben") is not None
    code, printed = await command(world, "privacy", "reapply", str(file))
    assert printed == "0 people were there and are forgotten again; 0 marks were missing.\n"


async def test_a_ledger_that_is_damaged_is_refused_whole(world: World, platform: Platform, tmp_path: Path) -> None:
    file = tmp_path / "damaged.ndjson"
    file.write_text(f'{{"tenant":{platform.tenant_id},"digest":"{"ab" * 32}","day":"2026-01-01"}}\nnothing\n')
    code, printed = await command(world, "privacy", "reapply", str(file))
    assert code == 1
    assert "Line 2" in printed
    async with world.database.connection("owner") as connection:
        sql = "SELECT count(*) FROM privacy_suppressed WHERE tenant_id = $1"
        assert await connection.fetchval(sql, platform.tenant_id) == 0


async def files_with(world: World, text: str) -> list[str]:
    """The files of this database that hold a text."""
    async with world.database.connection("owner") as connection:
        await connection.execute("CHECKPOINT")
        folder = await connection.fetchval(
            "SELECT current_setting('data_directory') || '/base/' || oid FROM pg_database WHERE datname = current_database()"
        )
    return held_in(Path(folder), text.encode())


def held_in(folder: Path, text: bytes) -> list[str]:
    return [path.name for path in folder.iterdir() if path.is_file() and text in path.read_bytes()]


async def test_after_it_is_compacted_no_file_of_the_database_holds_them(world: World, platform: Platform) -> None:
    events = [spent(userId=FAN, stripePaymentIntentId=f"{FAN}-{n}") for n in range(30)]
    await world.http.post("/api/passport/batch", events, platform.server)
    assert await files_with(world, FAN)
    assert (await command(world, "privacy", "forget", platform.tenant.slug, FAN))[0] == 0
    assert await files_with(world, FAN)  # deleted rows are still there
    code, printed = await command(world, "privacy", "compact")
    assert code == 0, printed
    assert printed.count("rewritten in") == 5, printed
    assert await files_with(world, FAN) == []
