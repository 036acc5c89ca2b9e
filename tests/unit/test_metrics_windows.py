"""Windows and the buckets that they are read from: they cover a window exactly, none twice, in every zone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coliseum.errors import QueryInvalid
from coliseum.metrics.windows import (
    GRAINS,
    ROLLING_HOURS,
    WINDOWS,
    Grain,
    Span,
    Window,
    bucket_end,
    bucket_start,
    range_of,
    spans,
    window_at,
    window_end,
)

ZONES = [
    "UTC", "Europe/Vienna", "Europe/London", "America/New_York", "America/Sao_Paulo", "America/Havana", "America/St_Johns",
    "America/Santiago", "America/Asuncion", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Beirut", "Asia/Amman", "Asia/Tehran",
    "Asia/Gaza", "Africa/Cairo", "Africa/Casablanca", "Australia/Sydney", "Atlantic/Azores", "Pacific/Apia", "Pacific/Chatham",
    "Pacific/Kiritimati", "America/Scoresbysund", "Europe/Dublin",
]  # fmt: skip
HALF_HOUR = "Australia/Lord_Howe"
HOUR = timedelta(hours=1)
LONGEST = {Grain.HOUR: timedelta(hours=50), Grain.DAY: timedelta(days=62)}
FIRST, LAST = datetime(1996, 1, 1), datetime(2035, 1, 1)  # noqa: DTZ001 - UTC is added
INSTANTS = st.datetimes(FIRST, LAST).map(lambda naive: naive.replace(tzinfo=UTC))
PLACES = st.sampled_from(ZONES).map(ZoneInfo)


def cover(parts: tuple[Span, ...], window: Window, zone: ZoneInfo) -> None:
    """These parts are the window: one after the other, each of whole buckets of its grain."""
    assert parts
    assert (parts[0].since, parts[-1].until) == (window.start, window.end)
    for before, after in pairwise(parts):
        assert before.until == after.since
    for part in parts:
        assert part.since is not None
        assert part.until is not None
        assert part.since < part.until
        assert bucket_start(part.since, part.grain, zone) == part.since
        assert bucket_start(part.until, part.grain, zone) == part.until


@given(INSTANTS, st.integers(1, 40_000), PLACES)
def test_any_range_of_hours_is_covered_exactly(instant: datetime, hours: int, zone: ZoneInfo) -> None:
    start = bucket_start(instant, Grain.HOUR, zone)
    end = bucket_start(start + hours * HOUR, Grain.HOUR, zone)
    window = range_of(start, end, zone)
    parts = spans(window, zone)
    cover(parts, window, zone)
    # As few as can be: of hours and days stand fewer side by side than would hold a whole day or month.
    for part in parts:
        assert part.until is not None
        assert part.since is not None
        assert part.grain is Grain.MONTH or part.until - part.since < LONGEST[part.grain]


@given(INSTANTS, PLACES, st.sampled_from([name for name in WINDOWS if name != "all"]))
def test_every_named_window_is_covered_exactly_and_holds_its_instant(
    instant: datetime, zone: ZoneInfo, name: str
) -> None:
    window = window_at(name, instant, zone)
    assert window.start is not None
    assert window.end is not None
    assert window.start <= instant < window.end
    assert window_end(name, window.start, zone) == window.end
    cover(spans(window, zone), window, zone)
    if name in GRAINS:
        assert spans(window, zone) == (Span(GRAINS[name], window.start, window.end),)


@given(INSTANTS, PLACES, st.sampled_from([*GRAINS, "year"]))
def test_the_window_after_begins_where_one_ends(instant: datetime, zone: ZoneInfo, name: str) -> None:
    window = window_at(name, instant, zone)
    assert window.end is not None
    after = window_at(name, window.end, zone)
    assert after.start == window.end
    assert window_at(name, window.end - timedelta(microseconds=1), zone) == window


@given(INSTANTS, PLACES, st.sampled_from(sorted(ROLLING_HOURS)))
def test_a_rolling_window_ends_with_the_present_hour_and_moves_on_with_it(
    instant: datetime, zone: ZoneInfo, name: str
) -> None:
    window, hour = window_at(name, instant, zone), bucket_start(instant, Grain.HOUR, zone)
    assert window.start is not None
    assert window.end == bucket_end(hour, Grain.HOUR, zone) == hour + HOUR
    assert window.end - window.start == ROLLING_HOURS[name] * HOUR
    after = window_at(name, instant + HOUR, zone)
    assert (after.start, after.end) == (window.start + HOUR, window.end + HOUR)


@given(INSTANTS, PLACES)
def test_a_year_is_its_months(instant: datetime, zone: ZoneInfo) -> None:
    window = window_at("year", instant, zone)
    assert [part.grain for part in spans(window, zone)] == [Grain.MONTH]


@given(INSTANTS, PLACES, st.timedeltas(timedelta(microseconds=1), HOUR - timedelta(microseconds=1)))
def test_a_range_begins_and_ends_with_hours_of_the_zone(instant: datetime, zone: ZoneInfo, off: timedelta) -> None:
    hour = bucket_start(instant, Grain.HOUR, zone)
    with pytest.raises(QueryInvalid) as refused:
        range_of(hour + off, hour + 5 * HOUR, zone)
    assert refused.value.field == "from"
    with pytest.raises(QueryInvalid) as refused:
        range_of(hour, hour + off, zone)
    assert refused.value.field == "to"
    for end in (hour, hour - HOUR):
        with pytest.raises(QueryInvalid):
            range_of(hour, end, zone)


def test_all_time_is_one_span_without_ends() -> None:
    assert spans(Window("all", None, None), ZoneInfo("UTC")) == (Span(Grain.MONTH, None, None),)
    assert window_at("all", datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo("UTC")) == Window("all", None, None)


def test_a_rolling_window_over_a_change_of_half_an_hour_begins_with_an_hour() -> None:
    zone = ZoneInfo(HALF_HOUR)
    window = window_at("7d", datetime(2026, 4, 6, 12, tzinfo=UTC), zone)  # clocks were set back on 5 April
    cover(spans(window, zone), window, zone)
