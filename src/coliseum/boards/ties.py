"""How a score, and the moment at which it was reached, become one number that a sorted set orders exactly.

A sorted set orders by one double, which holds 53 bits exactly, and more when they end in zeros. So the score of a
member is ``-(total * 2**bits + rest)``: totals first, best first, and among equal ones the member that got there first.
``rest`` counts down the milliseconds since ``base_ms`` from ``2**bits - 1``, cut to a multiple of ``unit(total)``: the
larger the total, the less room there is beside it. ``coliseum_tie_order`` in PostgreSQL and the scripts in Valkey do
the same sums, with the same results.
"""

from typing import Final

import msgspec

DOUBLE_BITS: Final = 53
LEVELS: Final = 4
LEVEL_BITS: Final = 8
"""Where the room shrinks, it does so by a factor of 256: to 256 ms, about a minute, 4.7 hours, and then nothing."""


class Ties(msgspec.Struct, frozen=True):
    """The order among equals of one board. ``bits`` 0: there is none, and members stand by their numbers."""

    base_ms: int
    bits: int

    @property
    def scale(self) -> int:
        """What a total of one is in a score."""
        return 1 << self.bits

    def unit(self, total: int) -> int:
        """To how many milliseconds the moment is kept beside this total."""
        for level in range(LEVELS):
            if abs(total) < 1 << (DOUBLE_BITS - self.bits + LEVEL_BITS * level):
                return min(self.scale, 1 << (LEVEL_BITS * level))
        return self.scale

    def order(self, total: int, last_ms: int) -> int:
        """The place in time among members of this total, from 0; equal ones stand by their numbers."""
        return min(max(last_ms - self.base_ms, 0), self.scale - 1) // self.unit(total)

    def score(self, total: int, order: int) -> float:
        """The score of a member in the sorted set."""
        unit = self.unit(total)
        return float(-(total * self.scale + self.scale - (order + 1) * unit))

    def read(self, score: float) -> tuple[int, int]:
        """The total and the place in time behind a score."""
        total, rest = divmod(-int(score), self.scale)
        return total, (self.scale - 1 - rest) // self.unit(total)

    def added(self, score: float | None, amount: int, last_ms: int | None) -> float | None:
        """The score of a member (None: it has none) to whom something is added, as the scripts in Valkey do it.

        ``last_ms``: when that happened; None: before all that is known of the member. None when the total shrinks so
        far that its moment would have to be known better than it is.
        """
        scale = 1 << self.bits
        latest, exact = scale - 1, 1 << (DOUBLE_BITS - self.bits)
        total, rest = (0, latest) if score is None else divmod(-int(score), scale)
        changed = total + amount
        moment = latest if last_ms is None else latest - min(max(last_ms - self.base_ms, 0), latest)
        if -exact < total < exact and -exact < changed < exact:  # as nearly always
            return float(-(changed * scale + min(rest, moment)))
        fine = self.unit(changed)
        if score is not None and fine < self.unit(total) and moment >= rest:
            return None
        rest = min(rest, moment)
        return float(-(changed * scale + rest - rest % fine))

    def nothing_before(self, start_ms: int) -> tuple[str, str] | None:
        """The range of scores of those who have come to nothing and changed last before this, as a sorted set takes it.

        None when there are none, because no moments are kept.
        """
        if not self.bits:
            return None
        return f"({float(-self.scale)!r}", f"({float(max(0, start_ms - self.base_ms) + 1 - self.scale)!r}"


NONE: Final = Ties(0, 0)
"""Of boards that count fans: a fan who comes again changes nothing that could be dated."""
CALENDAR_BITS: Final = 32
"""Milliseconds of 49 days: the longest month and its clock change."""
LASTING: Final = Ties(-631_152_000_000, 42)
"""Of all windows that have no fixed begin: milliseconds of the 139 years from 1950 on."""


def calendar(start_s: int) -> Ties:
    """Of a window that begins at this Unix second and lasts a month at most."""
    return Ties(start_s * 1_000, CALENDAR_BITS)
