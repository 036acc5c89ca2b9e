"""How a total and a moment become one number that is ordered as they are, and come back."""

from datetime import UTC, datetime, timedelta

from hypothesis import assume, example, given
from hypothesis import strategies as st

from coliseum.boards.ties import LASTING, NONE, Ties, calendar
from coliseum.boards.totals import unix_ms

TOTAL_MAX = 2**53
TIES = st.sampled_from([NONE, LASTING, calendar(0), calendar(1_936_396_800), calendar(-3_600)])
EDGES = [2**power + near for power in (0, 11, 19, 21, 27, 29, 35, 37, 45, 53) for near in (-1, 0, 1)]
SOME = st.one_of(st.integers(0, TOTAL_MAX), st.integers(0, 5_000), st.sampled_from(EDGES)).map(
    lambda n: min(n, TOTAL_MAX)
)
TOTALS = st.one_of(SOME, SOME.map(lambda total: -total))
MOMENTS = st.one_of(st.integers(-(2**43), 2**43), st.integers(1_936_396_800_000, 1_936_396_800_000 + 2**33))


@given(TIES, TOTALS, MOMENTS)
def test_what_went_in_comes_out(ties: Ties, total: int, moment: int) -> None:
    order = ties.order(total, moment)
    score = ties.score(total, order)
    assert ties.read(score) == (total, order)
    assert float(repr(score)) == float(f"{score:.17g}") == score
    assert int(score) == -(total * ties.scale + ties.scale - (order + 1) * ties.unit(total))  # nothing was rounded


@given(TIES, TOTALS, MOMENTS, TOTALS, MOMENTS)
@example(LASTING, 2_047, 0, 2_048, 1).via("discovered")
@example(LASTING, 0, 5, 0, 6).via("discovered")
@example(LASTING, -1, 5, 0, 6).via("discovered")
@example(calendar(0), 2**21 - 1, 2**32, 2**21, 0).via("discovered")
def test_scores_are_ordered_as_totals_and_then_moments(
    ties: Ties, total: int, moment: int, other: int, later: int
) -> None:
    one, two = ties.order(total, moment), ties.order(other, later)
    ordered = (-total, one) < (-other, two)
    assert (ties.score(total, one) < ties.score(other, two)) == ordered
    assert (ties.score(total, one) == ties.score(other, two)) == ((total, one) == (other, two))


@given(TIES, TOTALS, MOMENTS, st.integers(0, 2**40))
def test_who_comes_later_never_stands_before(ties: Ties, total: int, moment: int, later: int) -> None:
    assert ties.order(total, moment) <= ties.order(total, moment + later)


@given(st.integers(-2_047, 2_047), st.integers(0, 2**42 - 2))
def test_below_2048_every_millisecond_counts_in_lasting_windows(total: int, since: int) -> None:
    moment = LASTING.base_ms + since
    assert LASTING.order(total, moment) + 1 == LASTING.order(total, moment + 1)


@given(st.integers(-(2**21) + 1, 2**21 - 1), st.integers(0, 2**32 - 2), st.integers(0, 4_000_000_000))
def test_below_two_million_every_millisecond_counts_in_calendar_windows(total: int, since: int, start_s: int) -> None:
    ties = calendar(start_s)
    assert ties.order(total, start_s * 1_000 + since) + 1 == ties.order(total, start_s * 1_000 + since + 1)


@given(TOTALS, MOMENTS)
def test_boards_of_fans_have_no_order_inside_a_tie(total: int, moment: int) -> None:
    assert NONE.order(total, moment) == 0
    assert NONE.score(total, 0) == -total


@given(TIES, TOTALS, TOTALS)
def test_the_larger_a_total_the_coarser_its_moment(ties: Ties, total: int, larger: int) -> None:
    assume(abs(total) <= abs(larger))
    assert ties.unit(larger) % ties.unit(total) == 0


def test_a_month_fits_into_a_calendar_window_and_a_lifetime_into_a_lasting_one() -> None:
    month = timedelta(days=31, hours=1) // timedelta(milliseconds=1)
    assert calendar(0).order(1, month) == month
    begin = datetime(1950, 1, 1, tzinfo=UTC)
    assert unix_ms(begin) == LASTING.base_ms
    late = datetime(2089, 1, 1, tzinfo=UTC)
    assert LASTING.order(1, unix_ms(late)) == (late - begin) // timedelta(milliseconds=1)


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)))  # noqa: DTZ001 - UTC is added
def test_milliseconds_are_rounded_down_before_1970_too(naive: datetime) -> None:
    instant = naive.replace(tzinfo=UTC)
    assert (
        timedelta()
        <= instant - (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=unix_ms(instant)))
        < timedelta(milliseconds=1)
    )
