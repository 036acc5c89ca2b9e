"""Whether entries that are shown are as they were written: a few neighbours, recomputed with the chain's key.

The whole chain, and that nothing was cut off at its end, is looked at by ``coliseum.trail.verify``.
"""

from collections.abc import Sequence

from coliseum.trail.read import TrailEntry
from coliseum.trail.record import GENESIS, Deed, chain_key, entry_hash


def first_bad(entries: Sequence[TrailEntry], tenant_id: int, secret_keys: Sequence[str]) -> int | None:
    """The number of the newest entry that is not what was written there; None when all are.

    ``entries``: neighbours, newest first. Of the last one only the hash is taken, unless it is the chain's first.
    """
    keys = [chain_key(each, tenant_id) for each in secret_keys]
    for at, entry in enumerate(entries):
        if entry.number == 1:
            before = GENESIS
        elif at + 1 == len(entries):
            return None
        elif entries[at + 1].number != entry.number - 1:
            return entry.number
        else:
            before = bytes.fromhex(entries[at + 1].hash)
        if not any(_hash(key, tenant_id, entry, before) == entry.hash for key in keys):
            return entry.number
    return None


def _hash(key: bytes, tenant_id: int, entry: TrailEntry, before: bytes) -> str:
    deed = Deed(
        actor=entry.actor, action=entry.action, target=entry.target, outcome=entry.outcome, address=entry.address,
        detail=entry.detail,
    )  # fmt: skip
    return entry_hash(key, tenant_id, entry.number, entry.at, deed, before).hex()
