"""The whole path from log to numbers against a model, with crashes, lost Valkeys and corrections on the way."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from coliseum import db
from coliseum.boards.board import Board
from coliseum.boards.ties import Ties
from coliseum.metrics.windows import ROLLING_HOURS, window_end
from coliseum.processor.projection import Batch
from coliseum.projections import deltas
from coliseum.projections.coliseum import ColiseumProjection
from support.play import ANCHORS, Play
from support.services import World

pytestmark = pytest.mark.long


async def run(world: World, zone: str, seed: int, acts: int) -> None:
    """Random actions and checks in turn."""
    playing = Play(world, await world.platform(zone=zone, partitions=1 + seed % 3), seed)
    try:
        for _ in range(acts):
            await playing.run(40)
            await playing.check(40)
    finally:
        await playing.cold.close()


@pytest.mark.parametrize("zone", ANCHORS)
async def test_numbers_are_the_models_whatever_happens(world: World, zone: str) -> None:
    await run(world, zone, seed=list(ANCHORS).index(zone), acts=2)


def a_day_late(name: str, start: datetime | None, zone: ZoneInfo) -> datetime | None:
    end = window_end(name, start, zone)
    return None if end is None else end + timedelta(days=1)


def an_hour_too_long(name: str, start: datetime | None, zone: ZoneInfo) -> datetime | None:
    end = window_end(name, start, zone)
    return end + timedelta(hours=1) if end is not None and name in ROLLING_HOURS else end


MUTANTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "boards that do not follow the catalogue": lambda patch: patch.setattr(Board, "follows_catalog", False),
    "live windows that end a day late": lambda patch: patch.setattr(deltas, "window_end", a_day_late),
    "rolling windows that are an hour too long": lambda patch: patch.setattr(deltas, "window_end", an_hour_too_long),
    "equals that stand by their numbers": lambda patch: patch.setattr(Ties, "order", lambda *_: 0),
    "rollups that forget a void": lambda patch: patch.setattr(
        ColiseumProjection, "apply", spoilt(ColiseumProjection.apply, "coliseum.vote_voided")
    ),
}


def spoilt(apply: Any, event_type: str) -> Any:
    async def without(self: ColiseumProjection, connection: db.Connection, batch: Batch) -> None:
        rows = await connection.fetch(
            'SELECT "offset" FROM passport_entries WHERE tenant_id = $1 AND partition = $2 AND event_type = $3',
            batch.tenant.tenant_id, batch.partition, event_type,
        )  # fmt: skip
        await apply(self, connection, msgspec.structs.replace(batch, skip=[row["offset"] for row in rows]))

    return without


@pytest.mark.parametrize("mutant", MUTANTS)
async def test_the_model_sees(world: World, monkeypatch: pytest.MonkeyPatch, mutant: str) -> None:
    MUTANTS[mutant](monkeypatch)
    with pytest.raises((AssertionError, KeyError)):  # noqa: PT012 - one of many sees it
        for seed in range(40):
            await run(world, "Asia/Kolkata", seed=seed, acts=1)
