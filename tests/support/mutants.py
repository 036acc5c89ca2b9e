"""Deliberately wrong variants of the parts, each of which breaks one promise; tests prove that they are seen.

A text that is to be replaced must be there: a mutant that changes nothing is an error, not a pass.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from typing import Any

import pytest

from coliseum import db, kv
from coliseum.ids import content_hash
from coliseum.importer.pipeline import FileImport
from coliseum.passport import append as appending
from coliseum.passport import storing
from coliseum.passport.appender import Appender
from coliseum.passport.entries import Accepted, Duplicate, IdReused, NewEntry, Outcome
from coliseum.processor import dead_letters, rebuild, runner
from coliseum.processor import step as stepping
from coliseum.processor.projection import Batch, Projection, Unit
from coliseum.processor.step import Progress
from support.services import World

Mutate = Callable[[pytest.MonkeyPatch], None]
FENCED = "return redis.error_reply('FENCED another holder wrote here')"
MOVED = "return redis.error_reply('MOVED the cursor is elsewhere')"


def swap_sql(patch: pytest.MonkeyPatch, module: Any, changes: Mapping[str, tuple[str, str]]) -> None:
    """Replace a part of some statements of a module; each must have it."""
    mutated = dict(module.SQL)
    for name, (old, new) in changes.items():
        assert old in mutated[name], f"{name}.sql has changed: this mutant must follow it"
        mutated[name] = mutated[name].replace(old, new)
    patch.setattr(module, "SQL", mutated)


def swap_lua(store: kv.KeyValue, name: str, old: str, package: str = "coliseum.projections") -> None:
    """Leave a part of a script out, in one store; the script must have it."""
    source = (resources.files(package) / "lua" / f"{name}.lua").read_text()
    assert old in source, f"{name}.lua has changed: this mutant must follow it"
    store._scripts[package, name] = store.raw.register_script(source.replace(old, ""))


# The log


class AcknowledgesEarly(Appender):
    """Says where entries will stand, and stores them afterwards."""

    async def submit(self, tenant_id: int, partition: int, entries: Sequence[NewEntry]) -> list[Outcome]:
        async with self._database.connection("capture") as connection:
            head = await connection.fetchval(
                "SELECT head FROM passport_heads WHERE tenant_id = $1 AND partition = $2", tenant_id, partition
            )
        later = asyncio.ensure_future(super().submit(tenant_id, partition, entries))
        later.add_done_callback(lambda done: done.exception())
        await asyncio.sleep(0)  # it has begun
        return [Accepted(partition, head + number) for number in range(len(entries))]


class SwallowsHalf(Appender):
    """Stores the first half of a batch and says that it stored all."""

    async def submit(self, tenant_id: int, partition: int, entries: Sequence[NewEntry]) -> list[Outcome]:
        kept = entries[: (len(entries) + 1) // 2]
        outcomes = await super().submit(tenant_id, partition, kept)
        end = max(one.offset for one in outcomes if isinstance(one, Accepted | Duplicate))
        return [*outcomes, *(Accepted(partition, end + n) for n in range(1, len(entries) - len(kept) + 1))]


class TakesOtherContentForTheSame(Appender):
    """An id alone makes a duplicate."""

    async def submit(self, tenant_id: int, partition: int, entries: Sequence[NewEntry]) -> list[Outcome]:
        for entry in entries:
            entry.content_hash = content_hash(entry.id.encode())
        return await super().submit(tenant_id, partition, entries)


class StoresWhatItRefuses(Appender):
    """An entry whose id is another's is refused, and stored all the same: the id's uniqueness is not asked."""

    async def submit(self, tenant_id: int, partition: int, entries: Sequence[NewEntry]) -> list[Outcome]:
        outcomes = await super().submit(tenant_id, partition, entries)
        for entry, outcome in zip(entries, outcomes, strict=True):
            if isinstance(outcome, IdReused):
                entry.id += " again"
                await super().submit(tenant_id, partition, [entry])
        return outcomes


AT_THE_HEAD = """    UPDATE passport_heads SET head = head + cardinality(entries)
    WHERE tenant_id = tenant AND partition = part
    RETURNING head - cardinality(entries) INTO STRICT first;
"""
BY_A_SEQUENCE = """    first := nextval('mutant_offsets');
    UPDATE passport_heads SET head = greatest(head, first + cardinality(entries))
    WHERE tenant_id = tenant AND partition = part;
"""
OTHER_NUMBER = "WHERE stored.subject_id <> p.subject_id"
STANDING_STILL = "    PERFORM pg_advisory_xact_lock_shared(hashtext('a frozen append'));\n"
APPEND_VARIANTS = {
    "append_by_a_sequence": BY_A_SEQUENCE,
    "append_frozen": AT_THE_HEAD + STANDING_STILL,
    # The head moves at the end, when the transaction is as good as done.
    "append_by_a_sequence_frozen": BY_A_SEQUENCE.replace(";", ";\n" + STANDING_STILL, 1),
}
"""Ways of giving out offsets in passport_append: two of them from a sequence, while nobody holds the partition."""


async def make_append_variants(world: World) -> None:
    """Functions beside passport_append that are it, but for how they give out offsets, or whom they take for whom."""
    await world.execute("CREATE SEQUENCE mutant_offsets MINVALUE 0 START 0")
    await world.execute("GRANT USAGE ON SEQUENCE mutant_offsets TO coliseum_capture")
    source = await world.value("SELECT pg_get_functiondef('passport_append'::regproc)")
    assert AT_THE_HEAD in source, "passport_append has changed: these mutants must follow it"
    assert OTHER_NUMBER in source, "passport_append has changed: these mutants must follow it"
    variants = {name: source.replace(AT_THE_HEAD, offsets) for name, offsets in APPEND_VARIANTS.items()}
    variants["append_whoever_it_is"] = source.replace(OTHER_NUMBER, "WHERE false")
    for name, variant in variants.items():
        await world.execute(variant.replace("passport_append", name))
        await world.execute(f"GRANT EXECUTE ON FUNCTION {name} TO coliseum_capture")


def appends_by(name: str) -> Mutate:
    """The append runs one of the variants."""
    return lambda patch: swap_sql(patch, storing, {"append_entries": ("passport_append", name)})


def voids_without_a_claim(patch: pytest.MonkeyPatch) -> None:
    """A vote is taken back by whoever asks."""

    async def nobody_was_first(*_: object) -> frozenset[str]:
        return frozenset()

    patch.setattr(appending, "_claim_references", nobody_was_first)


# Steps


def remembers_apart(patch: pytest.MonkeyPatch, *, first: bool) -> None:
    """The cursor has a transaction of its own: before the effects, or after them."""

    async def step(
        database: db.Database, node_id: str, unit: Unit, projection: Projection, partition: int, entries_max: int
    ) -> Progress:
        async def count() -> None:
            async with database.transaction("processor") as connection:
                skip = await stepping.parked_offsets(connection, unit, partition, start, end)
                await projection.apply(connection, Batch(unit.tenant, unit.generation, partition, start, end, skip))

        async def remember() -> None:
            async with database.transaction("processor") as connection:
                await stepping._advance(connection, unit, partition, end)

        async with database.transaction("processor") as connection:
            start, head = await stepping._lock_cursor(connection, node_id, unit, partition)
        end = min(head, start + entries_max)
        for work in (remember, count) if first else (count, remember):
            if end > start:
                await work()
        return Progress(start, end, head)

    patch.setattr(runner, "step", step)


def does_not_look_at_the_holder(patch: pytest.MonkeyPatch) -> None:
    """Whoever steps may keep it."""
    held = "AND u.holder = $4 AND u.epoch = $5"
    swap_sql(patch, stepping, {"lock_cursor": (held, "AND ($4::text IS NOT NULL OR $5::bigint IS NOT NULL)")})


def does_not_hold_the_cursor(patch: pytest.MonkeyPatch) -> None:
    """Two may read the same cursor and step from it."""
    swap_sql(patch, stepping, {"lock_cursor": ("FOR UPDATE OF c", "")})


async def step_over(database: db.Database, node_id: str, unit: Unit, partition: int, offset: int, *_: object) -> None:
    """What parking does, without the dead letter."""
    async with database.transaction("processor") as connection:
        await stepping._lock_cursor(connection, node_id, unit, partition)
        await stepping._advance(connection, unit, partition, offset + 1)


def skips_silently(patch: pytest.MonkeyPatch) -> None:
    """What cannot be digested is passed over."""
    patch.setattr(runner, "park", step_over)


def goes_on_when_parking_fails(patch: pytest.MonkeyPatch) -> None:
    """What can be neither digested nor put aside is passed over."""
    park = stepping.park

    async def careless(*args: Any) -> None:
        try:
            await park(*args)
        except db.PostgresError:
            await step_over(*args)

    patch.setattr(runner, "park", careless)


def keeps_the_edition(patch: pytest.MonkeyPatch) -> None:
    """A dead letter is digested, and nobody tells the boards."""
    swap_sql(patch, dead_letters, {"raise_edition": ("edition = edition + 1", "edition = edition")})


class _Idle:
    """A projection that counts nothing."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def forget(self, connection: db.Connection, tenant_id: int, generation: int) -> None:
        """Nothing is there."""

    async def apply(self, connection: db.Connection, batch: Batch) -> None:
        """Nothing counts."""


def switches_without_the_rest(patch: pytest.MonkeyPatch) -> None:
    """The new generation takes over the live cursor, and not what was read meanwhile."""
    switch = rebuild._Rebuild._switch

    async def early(self: Any, live: int, new: int) -> None:
        projection, self._projection = self._projection, _Idle(self._projection.name)
        try:
            await switch(self, live, new)
        finally:
            self._projection = projection

    patch.setattr(rebuild._Rebuild, "_switch", early)


def marks_before_the_answer(patch: pytest.MonkeyPatch) -> None:
    """The importer's mark says settled while the request is on its way."""
    land = FileImport._land

    def early(self: FileImport) -> None:
        self.progress.records = self._flights[0][0].last_record
        self._save()
        land(self)

    patch.setattr(FileImport, "_land", early)
