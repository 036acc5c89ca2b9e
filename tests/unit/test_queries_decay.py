"""Weights that halve: exact, rising, and the same whenever one looks."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coliseum.queries.decay import (
    HALF_LIFE_HOURS_MAX,
    HALVINGS,
    MANTISSA_BITS,
    Decay,
    hour_instant,
    hour_number,
    mantissas,
    rounded,
)

HALF_LIVES = st.integers(1, HALF_LIFE_HOURS_MAX)
HOURS = st.integers(-613_000, 2_000_000)
"""From the year 1900 to 2198."""


@pytest.mark.parametrize("half_life", [1, 2, 3, 24, 25, 168, 720, 2_159, HALF_LIFE_HOURS_MAX])
def test_a_mantissa_is_the_nearest_integer_to_the_power(half_life: int) -> None:
    found = mantissas(half_life)
    assert len(found) == half_life
    for place in {0, 1, half_life // 3, half_life // 2, half_life - 1} & set(range(half_life)):
        # 2 ** (bits + place / half_life) is within half of it; all in integers: both sides to the power of half_life.
        power, twice = 2 ** ((MANTISSA_BITS + 1) * half_life + place), 2 * found[place]
        assert (twice - 1) ** half_life < power < (twice + 1) ** half_life


@pytest.mark.parametrize("half_life", range(1, HALF_LIFE_HOURS_MAX + 1, 7))
def test_weights_rise_with_every_hour_of_a_block_and_double_after_it(half_life: int) -> None:
    found = (*mantissas(half_life), 2 * mantissas(half_life)[0])
    assert found[0] == 2**MANTISSA_BITS
    assert all(earlier < later for earlier, later in pairwise(found))


@given(half_life=HALF_LIVES, hour=HOURS, later=st.integers(0, 5_000), ages=st.tuples(HALF_LIVES, HALF_LIVES))
def test_the_ratio_of_two_hours_never_changes(half_life: int, hour: int, later: int, ages: tuple[int, int]) -> None:
    now, then = Decay(half_life, hour), Decay(half_life, hour + later)
    one, two = (hour - age for age in ages)
    if min(one, two) >= then.first_hour:
        assert now.weight(one) * then.weight(two) == now.weight(two) * then.weight(one) > 0


@given(half_life=HALF_LIVES, hour=HOURS)
def test_what_counts_begins_with_a_block_and_ends_now(half_life: int, hour: int) -> None:
    decay = Decay(half_life, hour)
    assert HALVINGS * half_life < decay.hours <= (HALVINGS + 1) * half_life
    assert decay.weight(decay.first_hour) == 2**MANTISSA_BITS
    assert decay.weight(decay.first_hour - 1) == decay.weight(hour + 1) == 0
    assert (decay.weights[0], decay.weights[-1], len(decay.weights)) == (2**MANTISSA_BITS, decay.unit, decay.hours)
    assert decay.unit == decay.weight(hour) < 2 ** (MANTISSA_BITS + HALVINGS + 1)


@given(half_life=HALF_LIVES, hour=HOURS)
def test_what_falls_out_counted_less_than_the_promise(half_life: int, hour: int) -> None:
    now, then = Decay(half_life, hour), Decay(half_life, hour + 1)
    if then.first_hour > now.first_hour:
        newest = then.first_hour - 1
        assert now.weight(newest + 1) << HALVINGS == then.weight(hour + 1) << 1  # a new block, seen from the old one
        assert Fraction(now.weight(newest), now.weight(newest + 1) << HALVINGS) < Fraction(1, 2**HALVINGS)


@given(half_life=HALF_LIVES, age=st.integers(0, 10_000), hour=HOURS)
def test_a_weight_is_as_near_as_its_bits_allow(half_life: int, age: int, hour: int) -> None:
    decay = Decay(half_life, hour)
    if age < HALVINGS * half_life:
        found, meant = Fraction(decay.weight(hour - age), decay.unit), 2.0 ** -(age / half_life)
        assert abs(float(found) / meant - 1) < 2.0 ** -(MANTISSA_BITS - 1)


def test_hours_are_numbered_from_1970_and_before_it() -> None:
    assert hour_number(datetime(1970, 1, 1, tzinfo=UTC)) == 0
    assert hour_number(datetime(1969, 12, 31, 23, tzinfo=UTC)) == -1
    assert hour_number(datetime(2026, 1, 1, 5, 30, tzinfo=UTC)) == hour_number(datetime(2026, 1, 1, 5, tzinfo=UTC))
    for number in (-613_000, 0, 493_000):
        assert hour_number(hour_instant(number)) == hour_number(hour_instant(number) + timedelta(minutes=59)) == number


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [(1, 8, 0.13), (1, 3, 0.33), (2, 3, 0.67), (0, 7, 0.0), (2**60, 1, 2.0**60), (7, 1, 7.0), (-1, 3, -0.33)],
)
def test_what_is_shown_is_rounded_from_integers(numerator: int, denominator: int, shown: float) -> None:
    assert rounded(numerator, denominator, 2) == shown
