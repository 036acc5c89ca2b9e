"""Entries for the log without the way through capture."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from coliseum.passport.entries import NewEntry


def entry(event_id: str, content: str = "", **columns: Any) -> NewEntry:
    """An entry whose content hash stands for ``content``; ``columns`` replace."""
    filled = {
        "event_type": "coliseum.vote_cast", "value": 1, "dna_influence": 3, "occurred_at": datetime.now(UTC),
        "source": "test", "metadata": {"content": content}, **columns,
    }  # fmt: skip
    return NewEntry(id=event_id, content_hash=hashlib.blake2b(content.encode(), digest_size=16).digest(), **filled)
