"""Beside the steps of a unit: whether the numbers have come to something that the tenant wants to be told of."""

import random

from coliseum import db
from coliseum.processor.looking import Looking
from coliseum.processor.projection import Announcer, Unit

LOOK_EVERY_S = 1.0
"""How often the numbers of a tenant are looked at while its log moves."""
REST_FACTOR = 3.0
"""Large boards take long to read: they are read for a quarter of the time at most."""


class Announcing(Looking):
    """Runs one unit's announcer. Each look is one transaction, in which messages and what was told change together."""

    def __init__(self, database: db.Database, unit: Unit, announcer: Announcer, rng: random.Random) -> None:
        async def announce() -> None:
            await announcer.announce(database, unit.tenant)

        super().__init__(unit, announce, rng, every_s=LOOK_EVERY_S, failed="telling_retried", rest_factor=REST_FACTOR)
