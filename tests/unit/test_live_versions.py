"""Differences of pages: whoever applies one has exactly the page that a snapshot would have been."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coliseum.web.live.versions import BOARD, SERIES, Shape, Version, behind, difference, version_of
from support.examples import example
from support.sockets import Board

KEYS = {BOARD: "id", SERIES: "start"}
ids = st.text(min_size=1, max_size=3)
values = st.one_of(st.none(), st.integers(-5, 5), st.text(max_size=5))


@st.composite
def pages(draw: st.DrawFn, shape: Shape) -> dict[str, Any]:
    keys = draw(st.lists(st.sampled_from([*"abcdefghijé\U0001f3b8"]), unique=True, max_size=12))
    rows = [{KEYS[shape]: key, "score": draw(st.integers(0, 3)), "name": draw(values)} for key in keys]
    return {
        "metric": "votes", "position": draw(st.lists(st.integers(0, 2**53), min_size=2, max_size=2)),
        "members": draw(st.integers(0, 3)), shape.rows: rows, "nextCursor": draw(values),
    }  # fmt: skip


def packed(page: dict[str, Any]) -> bytes:
    return json.dumps(page, ensure_ascii=False).encode()


def python_example() -> Any:
    scope: dict[str, Any] = {}
    exec(example("docs/LIVE.md", "python"), scope)  # noqa: S102 - our own page
    return scope["apply"]


APPLY = python_example()


def message(old: Any, new: Any) -> dict[str, Any]:
    change = difference(old, new)
    assert change is not None
    rows = [[place, json.loads(bytes(row))] for place, row in change.rows]
    return {
        "type": "diff", "from": list(old.position), "position": list(new.position), "state": new.state,
        "gone": change.gone, "rows": rows, "set": {name: json.loads(bytes(raw)) for name, raw in change.set.items()},
    }  # fmt: skip


@pytest.mark.parametrize("shape", [BOARD, SERIES], ids=["board", "series"])
@given(data=st.data())
def test_a_page_and_its_differences_make_every_later_page(shape: Shape, data: st.DataObject) -> None:
    told = data.draw(st.lists(pages(shape), min_size=2, max_size=5))
    versions: list[Version] = []
    for page in told:
        versions.append(version_of(packed(page), shape, versions[-1] if versions else None))
    board = Board(shape.rows, shape.key)
    board.take({"type": "snapshot", "page": told[0], "position": told[0]["position"], "state": versions[0].state})
    by_example = told[0]
    for place in range(1, len(told)):
        each = message(versions[place - 1], versions[place])
        board.take(each)
        by_example = APPLY(by_example, each, shape.rows, shape.key)
        assert board.page == by_example == told[place]
    assert APPLY(told[0], message(versions[0], versions[-1]), shape.rows, shape.key) == told[-1]


@given(st.permutations(range(9)), st.permutations(range(9)))
def test_rows_that_only_change_places_are_sent_once_and_as_few_as_can_be(one: list[int], other: list[int]) -> None:
    def page(order: list[int]) -> dict[str, Any]:
        return {"position": [1], "rows": [{"id": str(number)} for number in order]}

    old = version_of(packed(page(one)), BOARD, None)
    new = version_of(packed(page(other)), BOARD, old)
    each = message(old, new)
    assert APPLY(page(one), each) == page(other)
    assert (each["rows"] == []) == (one == other)
    assert len(each["rows"]) < 9


def test_rows_that_cannot_be_told_apart_make_no_difference() -> None:
    page = {"position": [1], "rows": [{"id": ""}, {"id": ""}]}
    old = version_of(packed(page), BOARD, None)
    assert difference(old, version_of(packed(page), BOARD, old)) is None


def test_a_page_with_other_fields_makes_no_difference() -> None:
    old = version_of(packed({"position": [1], "rows": []}), BOARD, None)
    assert difference(old, version_of(packed({"position": [1], "rows": [], "asOf": 1}), BOARD, old)) is None


def test_rows_that_stay_are_kept_once() -> None:
    page = {"position": [1], "rows": [{"id": "a", "score": 1}, {"id": "b", "score": 1}]}
    old = version_of(packed(page), BOARD, None)
    page["rows"] = [{"id": "b", "score": 2}, {"id": "a", "score": 1}]
    new = version_of(packed(page), BOARD, old)
    assert old.rows is not None
    assert new.rows is not None
    assert new.rows["a"] is old.rows["a"]
    assert new.rows["b"] != old.rows["b"]


def test_a_position_is_behind_when_it_counts_less_of_any_partition() -> None:
    assert behind([1, 5], [2, 5])
    assert behind([3, 4], [2, 5])
    assert not behind([2, 5], [2, 5])
    assert not behind([3, 5], [2, 5])
