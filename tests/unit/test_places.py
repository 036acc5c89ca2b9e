"""Who is turned away from a queue is told a turn of their own, so that a crowd does not come back as a crowd."""

from collections import Counter

import pytest

from coliseum.accounts.places import FIRST_GUESS_S, WAIT_S_MAX, Places
from coliseum.errors import RequestRefused


class Monotonic:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Monotonic:
    return Monotonic()


def filled(clock: Monotonic, places: int = 50) -> Places:
    made = Places(places, clock)
    for _ in range(places):
        made.enter()
    return made


def waits(places: Places, many: int) -> list[int]:
    return [int(places.refusal().retry_after_s or 0) for _ in range(many)]


def test_nobody_enters_a_full_queue_and_one_that_leaves_makes_room(clock: Monotonic) -> None:
    places = filled(clock, 3)
    with pytest.raises(RequestRefused, match="come back in a second") as refused:
        places.enter()
    assert refused.value.code == "rate_limited"
    assert places.taken == 3
    places.leave()
    places.enter()
    assert places.taken == 3
    assert places.full


def test_so_many_come_back_in_a_second_as_are_served_in_one(clock: Monotonic) -> None:
    told = waits(filled(clock), 200)
    assert told == sorted(told)
    assert told[0] == 3  # after the fifty that wait
    per_second = Counter(told)
    assert max(per_second.values()) <= 1 / FIRST_GUESS_S + 1
    assert 8 <= len(per_second) <= 10


def test_turns_that_have_passed_are_forgotten(clock: Monotonic) -> None:
    places = filled(clock)
    waits(places, 200)
    clock.now_s += 60
    assert waits(places, 1) == [3]


def test_turns_follow_from_how_long_one_takes(clock: Monotonic) -> None:
    places = filled(clock)
    for _ in range(100):
        places.leave(0.4)
        places.enter()
    assert waits(places, 5) == [21, 21, 22, 22, 22]


def test_what_failed_says_nothing_of_how_long_one_takes(clock: Monotonic) -> None:
    places = filled(clock)
    for _ in range(100):
        places.leave()
        places.enter()
    assert waits(places, 1) == [3]


def test_beyond_all_turns_they_are_spread_and_none_waits_longer(clock: Monotonic) -> None:
    told = waits(filled(clock), 5_000)
    assert max(told) == WAIT_S_MAX
    late = Counter(told[1_000:])
    assert set(late) == set(range(WAIT_S_MAX // 2, WAIT_S_MAX + 1))
    assert max(late.values()) < 2 * min(late.values())
