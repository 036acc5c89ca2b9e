"""The time, as an argument: whatever needs to know it is handed a ``Clock``, so that tests own it."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""A function without arguments that returns the present as an aware UTC datetime."""


def utc_now() -> datetime:
    """The present, by this machine's clock, in UTC."""
    return datetime.now(UTC)
