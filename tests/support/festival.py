"""Events as platforms send them, short to write."""

import itertools
from datetime import UTC, datetime
from typing import Any

NUMBERS = itertools.count(1)


def now_text() -> str:
    return datetime.now(UTC).isoformat()


def event(event_type: str, **fields: Any) -> dict[str, Any]:
    """An event of a fan that happened now, with an id of its own; ``fields`` replace and add, None takes out."""
    content = {"id": f"event-{next(NUMBERS)}", "type": event_type, "userId": "fan-1", "at": now_text(), **fields}
    return {name: value for name, value in content.items() if value is not None}


def vote(**fields: Any) -> dict[str, Any]:
    return event(
        "coliseum.vote_cast", **{"artistId": "abba", "eventId": "final", "weight": 1, "channel": "app", **fields}
    )


def spent(**fields: Any) -> dict[str, Any]:
    return event("treasury.money_spent", **{"amountCents": 500, "currency": "eur", "reason": "bar", **fields})
