"""How far a run of retention goes that nobody asked for: once a day, and a clock that jumps costs nobody a year."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from coliseum.privacy.retention import EVERY, STEP_MAX, Kept, cutoff_of

NOW = datetime(2031, 3, 31, 4, tzinfo=UTC)
YEAR = timedelta(days=365)


def kept(wanted: datetime, done: datetime | None = None, ran: datetime | None = None, done_months: int = 12) -> Kept:
    return Kept(1, 12, wanted, None if done is None else done_months, done, ran)


def test_the_first_run_goes_all_the_way() -> None:
    assert cutoff_of(kept(NOW - YEAR), NOW) == NOW - YEAR


def test_so_does_the_first_one_after_another_number_of_months_was_set() -> None:
    changed = kept(NOW - YEAR, NOW - 3 * YEAR, NOW - timedelta(hours=1), done_months=36)
    assert cutoff_of(changed, NOW) == NOW - YEAR


def test_a_run_a_day_is_enough() -> None:
    lately = kept(NOW - YEAR, NOW - YEAR - timedelta(hours=23), NOW - timedelta(hours=23))
    assert cutoff_of(lately, NOW) is None
    assert cutoff_of(lately, NOW + timedelta(hours=1)) == NOW - YEAR


def test_a_clock_that_was_set_back_waits() -> None:
    assert cutoff_of(kept(NOW - YEAR, NOW, NOW + YEAR), NOW) is None


def test_a_clock_that_jumps_ahead_by_a_year_costs_two_days() -> None:
    ran = NOW - EVERY
    assert cutoff_of(kept(NOW, ran - YEAR, ran), NOW + YEAR) == ran - YEAR + STEP_MAX


@given(st.lists(st.integers(min_value=-400 * 24, max_value=400 * 24), min_size=1, max_size=40))
def test_however_a_clock_jumps_it_goes_no_further_than_two_days_a_run_and_never_beyond_what_is_set(
    hours: list[int],
) -> None:
    now, done, ran = NOW, NOW - YEAR, NOW
    for jump in hours:
        now += timedelta(hours=jump)
        cutoff = cutoff_of(kept(now - YEAR, done, ran), now)
        if cutoff is None:
            continue
        assert now - ran >= EVERY
        assert cutoff <= min(now - YEAR, done + STEP_MAX)
        done, ran = cutoff, now


def test_after_a_week_off_it_catches_up_day_by_day() -> None:
    now, done, ran = NOW, NOW - YEAR - timedelta(days=7), NOW - timedelta(days=7)
    for _ in range(8):
        cutoff = cutoff_of(kept(now - YEAR, done, ran), now)
        assert cutoff is not None
        done, ran, now = cutoff, now, now + EVERY
    assert done == ran - YEAR
