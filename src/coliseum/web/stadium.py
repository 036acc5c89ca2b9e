"""What a web process has for live events: ballots, the slips of devices, and crowds."""

import msgspec

from coliseum import db
from coliseum.clock import Clock
from coliseum.queries.crowd import Crowds
from coliseum.votings.device import Devices
from coliseum.votings.store import Ballots


class Stadium(msgspec.Struct, frozen=True):
    """Opened once for each process."""

    ballots: Ballots
    devices: Devices
    crowds: Crowds


def open_stadium(database: db.Database, secret_key: str, clock: Clock) -> Stadium:
    """Everything that live events need."""
    return Stadium(Ballots(database, clock), Devices(secret_key), Crowds(database, clock))
