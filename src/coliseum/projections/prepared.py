"""What the last step has computed for the live boards on the way, so that their follower need not read the log again.

A hint, kept in memory: the follower uses it only when it fits what Valkey says, and otherwise reads the log.
"""

import msgspec

from coliseum.boards.board import Board
from coliseum.processor.projection import Batch
from coliseum.projections.deltas import Changes, LiveBoards

STEPS_KEPT = 2
"""A step may end while what the one before has left is not in use yet."""


class Gains(msgspec.Struct, frozen=True):
    """What a range of the log adds to these boards, and whether it changes the catalogue."""

    start: int
    end: int
    boards: frozenset[Board]
    changes: Changes
    catalog_changed: bool


class Prepared:
    """Owned by one process: shared by the projection, which fills it, and the follower, which uses it up."""

    def __init__(self) -> None:
        self._live: dict[tuple[int, int], LiveBoards] = {}
        self._gains: dict[tuple[int, int, int], dict[int, Gains]] = {}

    def expect(self, tenant_id: int, generation: int, live: LiveBoards) -> None:
        """Steps of this generation are followed by these boards from now on."""
        self._live[tenant_id, generation] = live

    def expected(self, tenant_id: int, generation: int) -> LiveBoards | None:
        """The boards that follow the steps of this generation; None when nobody does."""
        return self._live.get((tenant_id, generation))

    def put(self, batch: Batch, gains: Gains) -> None:
        """A step that may commit has added this. It is kept beside that of one step before, which may be in use."""
        kept = self._gains.setdefault((batch.tenant.tenant_id, batch.generation, batch.partition), {})
        kept[gains.start] = gains
        while len(kept) > STEPS_KEPT:
            del kept[min(kept)]

    def take(
        self, tenant_id: int, generation: int, partition: int, start: int, end: int, boards: frozenset[Board]
    ) -> Gains | None:
        """What exactly this range adds to exactly these boards, when that is what a step has left."""
        gains = self._gains.get((tenant_id, generation, partition), {}).pop(start, None)
        fits = gains is not None and (gains.end, gains.boards) == (end, boards)
        return gains if fits else None
