"""Axes: round values and round moments, in every zone; and fewer points with the shape of all."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coliseum.charts.scales import round_moments, round_values
from coliseum.charts.thin import largest_triangles, sums

VALUES = st.integers(-(2**53), 2**53)
PLACES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Apia"]
)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001


@given(VALUES, VALUES, st.integers(2, 8), st.sampled_from([1, 100, 1_000]))
def test_values_of_an_axis_hold_all_and_zero_in_equal_steps(one: int, other: int, count: int, unit: int) -> None:
    low, high = sorted((one, other))
    ticks = round_values(low, high, count, unit)
    assert ticks[0] <= min(low, 0) <= max(high, 0) <= ticks[-1]
    assert 0 in ticks
    assert len({after - before for before, after in pairwise(ticks)}) == 1
    assert 2 <= len(ticks) <= 2 * count + 3


def test_few_votes_have_whole_steps_and_cents_become_whole_euros() -> None:
    assert round_values(0, 3, 4) == [0, 1, 2, 3]
    assert round_values(0, 0, 4) == [0, 1]
    assert round_values(0, 500, 4, 100) == [0, 200, 400, 600]
    assert round_values(0, 3, 4, 100) == [0, 1, 2, 3]


@given(MOMENTS, st.integers(1, 400_000), st.integers(2, 14), PLACES)
def test_moments_of_an_axis_are_within_it_and_in_order(first: datetime, hours: int, count: int, place: str) -> None:
    last = first + timedelta(hours=min(hours, 24 * 365 * 15))
    ticks, _ = round_moments(first, last, count, ZoneInfo(place))
    assert all(first <= tick <= last for tick in ticks)
    assert all(before < after for before, after in pairwise(ticks))
    assert len(ticks) <= 2 * count + 2


def test_days_begin_at_the_midnight_of_the_zone() -> None:
    zone = ZoneInfo("America/New_York")
    ticks, step = round_moments(datetime(2026, 3, 5, tzinfo=UTC), datetime(2026, 3, 12, tzinfo=UTC), 8, zone)
    assert step == timedelta(days=1)
    assert {tick.astimezone(zone).hour for tick in ticks} == {0}


@given(st.lists(st.integers(-1_000, 1_000), min_size=5, max_size=3_000), st.integers(3, 300))
def test_a_thinned_line_keeps_its_ends_and_its_order(values: list[int], count: int) -> None:
    kept = largest_triangles(values, count)
    assert kept[0] == 0
    assert kept[-1] == len(values) - 1
    assert kept == sorted(set(kept))
    assert len(kept) == min(len(values), count)


def test_a_thinned_line_keeps_a_lonely_peak() -> None:
    values = [0] * 10_000
    values[7_123] = 500
    assert 7_123 in largest_triangles(values, 400)


@given(st.lists(st.one_of(st.none(), st.integers(-9, 9)), max_size=200), st.integers(1, 50))
def test_bins_lose_nothing(values: list[int | None], size: int) -> None:
    assert sum(each or 0 for each in sums(values, size)) == sum(each or 0 for each in values)


@pytest.mark.parametrize("size", [1, 3])
def test_a_bin_without_values_has_none(size: int) -> None:
    assert sums([None] * size, size) == [None]
