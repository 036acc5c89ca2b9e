"""When a message is tried again, and when an endpoint is given up. Pure."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

SCHEDULE_S: Final = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""How long after the try before it each try is made; the times of Standard Webhooks."""
ATTEMPTS_MAX: Final = len(SCHEDULE_S)
JITTER: Final = 0.2
"""A wait is longer by up to this part of it, so that what failed together does not come back together."""
FAILING_MAX: Final = timedelta(days=5)
"""An endpoint for which nothing but failures was seen for so long is disabled."""
RETRY_AFTER_MAX_S: Final = 86_400
BUSY: Final = (429, 503)
"""What a server answers that says when to come back."""


def wait_s(attempts: int, rng: random.Random, asked_s: float | None = None) -> float | None:
    """Seconds to wait after so many tries, the last of which has failed; None when that was the last one.

    ``asked_s``: what the server has asked for, which makes a wait longer and never shorter.
    """
    if attempts >= ATTEMPTS_MAX:
        return None
    planned_s = SCHEDULE_S[attempts] * (1 + rng.uniform(0, JITTER))
    return planned_s if asked_s is None else max(planned_s, min(asked_s, RETRY_AFTER_MAX_S))


def retry_after_s(status: int, headers: Mapping[str, str], now: datetime) -> float | None:
    """What ``Retry-After`` asks for, in seconds or as a date; None when it asks for nothing that can be understood."""
    text = headers.get("retry-after", "").strip()
    if status not in BUSY or not text:
        return None
    if text.isascii() and text.isdigit():
        return float(min(int(text[:10]), RETRY_AFTER_MAX_S))
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until.replace(tzinfo=UTC) if until.tzinfo is None else until
    return max(0.0, (until - now).total_seconds())
