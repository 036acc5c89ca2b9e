"""Weights that halve: how much a unit counts that was counted so many hours ago. Integers only, and pure.

This is forward decay (Cormode, Shkapenyuk, Srivastava and Xu, 2009): an hour's weight is measured from a landmark in
the past and stays what it is; not the weights of what was counted shrink, the weight of a new unit grows. The order of
the members is that of ``sum(value * weight)``, and "now" only divides all of them by the same number.

**Hours have numbers**: whole hours from 1970-01-01T00:00Z to where the hour begins, rounded down (some zones' hours
begin at half past). The half-life, a whole number of hours, cuts them into blocks: hour ``n`` is hour ``n % half_life``
of block ``n // half_life``, and weighs

    weight(n) = m(n % half_life) * 2 ** (n // half_life - block of the first hour that counts)
    m(r)      = 2 ** (MANTISSA_BITS + r / half_life), rounded to the nearest integer

So a later block weighs exactly twice as much, hour by hour, and inside a block the weight rises with every hour.
Rounding changes a weight by less than one part in 2 ** (MANTISSA_BITS + 1).

**What counts** are the current block, as far as it has come, and ``HALVINGS`` whole blocks before it.

**What holds.** The ratio of two hours' weights never changes. As long as nothing new is counted, time alone moves
nobody past anybody, exactly; except once in a half-life, when the oldest block falls out. A unit that falls out has
counted less than 2 ** -HALVINGS of a unit of now, so only members whose scores differ by less than what they lose by it
can change places then: with a million units in that block, a sixteenth of a unit.
"""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache

import msgspec

MANTISSA_BITS = 24
HALVINGS = 24
HALF_LIFE_HOURS_MAX = 2_160
HOUR = timedelta(hours=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
"""Digits that powers are computed with: each is right to 55 of them after ``HALF_LIFE_HOURS_MAX`` multiplications."""
DOUBT = Decimal("1e-40")
"""A power nearer than this to the middle of two integers could be rounded wrongly; there is none."""


class Decay(msgspec.Struct, frozen=True):
    """The weights of hours as seen from the hour with the number ``hour``."""

    half_life_hours: int
    hour: int

    @property
    def first_hour(self) -> int:
        """The number of the oldest hour that counts; the first of its block."""
        return (self.hour // self.half_life_hours - HALVINGS) * self.half_life_hours

    @property
    def hours(self) -> int:
        """How many hours count: from ``HALVINGS`` half-lives up to one more."""
        return self.hour - self.first_hour + 1

    @property
    def unit(self) -> int:
        """What a unit of the current hour weighs; a score is a weighted sum divided by this."""
        return self.weight(self.hour)

    @property
    def weights(self) -> list[int]:
        """The weights of all hours that count, the first one's first."""
        one = mantissas(self.half_life_hours)
        return [mantissa << block for block in range(HALVINGS + 1) for mantissa in one][: self.hours]

    def weight(self, hour: int) -> int:
        """What a unit of an hour weighs, below 2 ** 49; 0 for hours that do not count."""
        if not self.first_hour <= hour <= self.hour:
            return 0
        block, place = divmod(hour - self.first_hour, self.half_life_hours)
        return mantissas(self.half_life_hours)[place] << block


@lru_cache(maxsize=64)
def mantissas(half_life_hours: int) -> tuple[int, ...]:
    """The weights of the hours of one block: the integers nearest to 2 ** (MANTISSA_BITS + r / half_life_hours).

    Raises:
        ArithmeticError: one of them cannot be told from its neighbour; does not happen for what is allowed.
    """
    step = EXACT.power(Decimal(2), EXACT.divide(Decimal(1), Decimal(half_life_hours)))
    power, found = Decimal(1 << MANTISSA_BITS), []
    for _ in range(half_life_hours):
        found.append(_nearest(power))
        power = EXACT.multiply(power, step)
    return tuple(found)


def hour_number(start: datetime) -> int:
    """The number of the hour that begins then."""
    return (start - EPOCH) // HOUR


def hour_instant(number: int) -> datetime:
    """Where the hours of a number begin at the earliest."""
    return EPOCH + number * HOUR


def rounded(numerator: int, denominator: int, decimals: int) -> float:
    """A quotient for display, half rounded up; ``denominator`` is above zero."""
    scale = 10**decimals
    return float((2 * numerator * scale + denominator) // (2 * denominator) / scale)


def _nearest(power: Decimal) -> int:
    whole = int(power)
    beyond = EXACT.subtract(EXACT.subtract(power, Decimal(whole)), Decimal("0.5"))
    if abs(beyond) < DOUBT:
        raise ArithmeticError(f"{power} may be rounded either way")
    return whole + (beyond > 0)
