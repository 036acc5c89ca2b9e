"""Beside the steps of a unit: dead letters that somebody wants to be tried again."""

import random

from coliseum import db
from coliseum.processor.dead_letters import retry_asked
from coliseum.processor.looking import Looking
from coliseum.processor.projection import Projection, Unit

LOOK_EVERY_S = 0.3
"""How often it is looked at most: whoever asks waits for what comes of it, and wakes the unit meanwhile."""


class Retrying(Looking):
    """Tries one unit's dead letters that were asked for, each in one transaction; a crash forgets none of them."""

    def __init__(self, database: db.Database, unit: Unit, projection: Projection, rng: random.Random) -> None:
        async def retry_all() -> None:
            await retry_asked(database, unit.tenant, projection)

        super().__init__(unit, retry_all, rng, every_s=LOOK_EVERY_S, failed="dead_letters_retried")
