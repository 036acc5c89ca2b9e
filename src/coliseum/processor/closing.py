"""Beside the steps of a unit: what the passing of time ends is made final."""

import random

from coliseum import db
from coliseum.processor.looking import Looking
from coliseum.processor.projection import Closer, Unit

LOOK_EVERY_S = 60.0
"""How often it is looked whether something has ended."""


class Closing(Looking):
    """Runs one unit's closer. Each closing is one transaction, and what a crash leaves open is closed later."""

    def __init__(self, database: db.Database, unit: Unit, closer: Closer, rng: random.Random) -> None:
        async def close_all() -> None:
            while await closer.close_next(database, unit.tenant):
                pass

        super().__init__(unit, close_all, rng, every_s=LOOK_EVERY_S, failed="closing_retried")
