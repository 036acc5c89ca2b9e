"""Instants: reading RFC 3339 exactly, and correcting a sender's clock."""

import calendar
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from coliseum.errors import EventRefused, Refusal
from coliseum.events.fields import RFC3339_PATTERN

CLOCK_SKEW_MIN: Final = timedelta(seconds=1)
"""Below this, the difference between two clocks is the way over the network, not a wrong clock."""

_GRAMMAR: Final = re.compile(RFC3339_PATTERN)
_SECOND: Final = slice(17, 19)
_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
_USUAL_LENGTHS: Final = frozenset(len(f"2025-06-21T20:15:00{fraction}Z") for fraction in ("", ".123", ".123456"))
_LATEST: Final = datetime.max.replace(tzinfo=UTC)


def parse_rfc3339(text: str, field: str = "at") -> datetime:
    """Read an RFC 3339 date and time; return the instant in UTC, to the microsecond.

    What the grammar of section 5.6 allows is read and nothing else: the offset is required, ``T`` and ``Z``
    may be lower case, a space may not stand for the ``T``. Digits beyond microseconds are cut off. The leap
    second (23:59:60 UTC on the last day of a month) becomes the last microsecond before it, since Python has
    no other.

    Raises:
        EventRefused: ``invalid_payload`` naming ``field``, also for an instant outside of the years 1 to 9999
        UTC.
    """
    # The pattern's "$" would let a last newline through; fullmatch does not.
    if _GRAMMAR.fullmatch(text) is None:
        raise _refused(field, "must be an RFC 3339 date and time with its offset, such as 2025-06-21T20:15:00+02:00")
    try:
        if text[_SECOND] == "60":
            return _leap_second(text, field)
        moment = datetime.fromisoformat(text.upper())
        return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    except ValueError:
        raise _refused(field, "names a day that does not exist") from None
    except OverflowError:
        raise _refused(field, "must lie in the years 1 to 9999 UTC") from None


def parse_all(texts: Sequence[str]) -> list[datetime]:
    """Read many; the same as ``parse_rfc3339`` of each, and much faster when all have the shape that senders write.

    Raises:
        EventRefused: as ``parse_rfc3339``.
    """
    if all([len(text) in _USUAL_LENGTHS and text[10] == "T" and text[-1] == "Z" for text in texts]):  # noqa: C419
        try:
            return msgspec.convert(texts, list[datetime])
        except msgspec.ValidationError:
            pass
    return [parse_rfc3339(text) for text in texts]


def corrected(at: datetime, sent_at: datetime | None, received_at: datetime) -> datetime:
    """Return when it happened by our clock: ``at``, moved by how far the sender's clock was off on sending.

    A difference under a second is left alone: it is the time on the way, and moving every event of a right
    clock by it would carry some over the end of an hour. A result outside of the calendar becomes its first
    or last instant, which no age limit accepts.
    """
    if sent_at is None:
        return at
    skew = received_at - sent_at
    if abs(skew) < CLOCK_SKEW_MIN:
        return at
    try:
        return at + skew
    except OverflowError:
        return _LATEST if skew > timedelta() else _EARLIEST


def _leap_second(text: str, field: str) -> datetime:
    before = datetime.fromisoformat(f"{text[:17]}59.999999{_offset(text)}".upper()).astimezone(UTC)
    last_day = calendar.monthrange(before.year, before.month)[1]
    if (before.day, before.hour, before.minute) != (last_day, 23, 59):
        raise _refused(field, "has a 60th second where no leap second can be")
    return before


def _offset(text: str) -> str:
    return text[-1] if text[-1] in "Zz" else text[-6:]


def _refused(field: str, message: str) -> EventRefused:
    return EventRefused(Refusal.INVALID_PAYLOAD, f"{field} {message}", field)
