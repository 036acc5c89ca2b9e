"""What can be declared: any JSON is either a board, or refused with a name that says what would be possible."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coliseum.accounts.tenants import Tenant
from coliseum.boards.declaration import (
    NAME,
    TIE_RULES,
    VISIBILITIES,
    Declaration,
    built_in,
    check,
    read_declaration,
)
from coliseum.errors import EventRefused, QueryInvalid, Refusal
from coliseum.metrics.registry import BY_NAME, KINDS
from coliseum.metrics.windows import WINDOWS

TENANT = Tenant(1, "demo", "Demo", "UTC", "eur", 1)
SIMPLE = {"metric": "votes", "entity": "artist"}
TOTAL = {**SIMPLE, "visibility": "public", "publicTotal": True}
JSON_ERRORS = {Refusal.INVALID_JSON, Refusal.DUPLICATE_KEY, Refusal.INVALID_PAYLOAD}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "name": st.just("mine"),
    "title": st.text(max_size=220),
    "metric": st.sampled_from(sorted(BY_NAME)),
    "entity": st.sampled_from(sorted(KINDS)),
    "unit": st.sampled_from(["points", "fans"]),
    "currency": st.sampled_from(["eur", "EUR", "sek", ""]),
    "windows": st.lists(st.sampled_from([*WINDOWS, "decade"]), max_size=4),
    "filters": st.fixed_dictionaries({}, optional={name: st.text(max_size=3) for name in ("city", "genre", "event")}),
    "tieRule": st.sampled_from([*TIE_RULES, "coin"]),
    "eligibility": st.fixed_dictionaries(
        {}, optional={name: st.integers(-3, 3) | st.integers() for name in ("minScore", "maxScore", "minFans")}
    ),
    "visibility": st.sampled_from([*VISIBILITIES, "hidden"]),
    "halfLifeHours": st.integers(-1, 10_000),
    "pinned": st.booleans(),
    "publicTotal": st.booleans(),
}
likely = st.fixed_dictionaries({}, optional=FIELDS)
spoiled = st.builds(
    lambda board, key, value: {**board, key: value},
    likely, st.sampled_from([*FIELDS, "colour"]), anything,
)  # fmt: skip


def read(document: Any, name: str = "mine") -> Declaration:
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read_declaration(raw, name, TENANT)


def read_or_error(document: Any) -> Declaration | QueryInvalid | EventRefused:
    try:
        return read(document)
    except (QueryInvalid, EventRefused) as error:
        return error


@settings(max_examples=400)
@given(likely | spoiled | anything)
def test_any_json_is_a_board_or_refused_by_name(document: Any) -> None:
    board = read_or_error(document)
    if isinstance(board, QueryInvalid):
        assert str(board)
    elif isinstance(board, EventRefused):
        assert board.code in JSON_ERRORS
    else:
        assert board.name == "mine"
        assert board.title
        assert board.unit == BY_NAME[board.metric].unit
        assert (board.currency is not None) == BY_NAME[board.metric].money
        assert read(msgspec.json.encode(board)) == board
        assert board.visibility == "private" or board.entity != "fan"


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_a_board_or_refused_by_name(raw: bytes) -> None:
    with pytest.raises((QueryInvalid, EventRefused)):
        read(raw)


@given(st.text(max_size=70))
def test_a_name_is_a_slug(name: str) -> None:
    if NAME.fullmatch(name):
        assert read(SIMPLE, name).name == name
    else:
        with pytest.raises(QueryInvalid, match="1 to 64"):
            read(SIMPLE, name)


def test_what_is_left_out_is_filled_in() -> None:
    board = read({"metric": "money_spent", "entity": "artist"})
    assert board == Declaration(
        name="mine", title="mine", metric="money_spent", entity="artist", unit="minor units", currency="eur"
    )
    assert board.windows == WINDOWS
    assert (board.tie_rule, board.visibility, board.pinned, board.selective) == ("first", "private", False, False)


REFUSED: dict[str, tuple[Any, str, str | None]] = {
    "no metric": ({"entity": "artist"}, "metric is missing: one of views, ", "metric"),
    "no entity": ({"metric": "votes"}, "entity is missing", "entity"),
    "an unknown metric": ({**SIMPLE, "metric": "fame"}, "there are attendance, ", "metric"),
    "an entity without that board": ({**SIMPLE, "entity": "venue"}, "kept for artist, event, fan", "entity"),
    "the tenant as a whole": ({**SIMPLE, "entity": "tenant"}, "kept for artist, event, fan", "entity"),
    "another unit": ({**SIMPLE, "unit": "plays"}, "is 'points'", "unit"),
    "a currency of votes": ({**SIMPLE, "currency": "eur"}, "no money", "currency"),
    "a currency that is none": ({"metric": "money_spent", "entity": "fan", "currency": "Euro"}, "three lower", "currency"),
    "an unknown window": ({**SIMPLE, "windows": ["decade"]}, "hour, day, week, month", "windows"),
    "no window": ({**SIMPLE, "windows": []}, "one or more of hour", "windows"),
    "a window twice": ({**SIMPLE, "windows": ["day", "day"]}, "each once", "windows"),
    "an unknown filter": ({**SIMPLE, "filters": {"country": "AT"}}, "there are city, genre, event", "country"),
    "three filters": ({**SIMPLE, "filters": {"city": "a", "genre": "b", "event": "c"}}, "at most 2", "filters"),
    "an empty filter": ({**SIMPLE, "filters": {"city": ""}}, "1 to 256", "filters.city"),
    "an unknown tie rule": ({**SIMPLE, "tieRule": "coin"}, "first, countback", "tieRule"),
    "plays counted back": ({"metric": "plays", "entity": "artist", "tieRule": "countback"}, "is for votes", "tieRule"),
    "fans counted back": ({**SIMPLE, "entity": "fan", "tieRule": "countback"}, "of artists and of events", "tieRule"),
    "an unknown visibility": ({**SIMPLE, "visibility": "open"}, "private, public", "visibility"),
    "fans in public": ({**SIMPLE, "entity": "fan", "visibility": "public"}, "user ids", "visibility"),
    "a private total": ({**SIMPLE, "publicTotal": True}, "Only a public board", "publicTotal"),
    "a total of fans": ({**TOTAL, "metric": "voters"}, "is no sum", "publicTotal"),
    "a total of a city": ({**TOTAL, "filters": {"city": "Wien"}}, "one city or genre", "publicTotal"),
    "a total of an event for tracks": ({**TOTAL, "metric": "plays", "filters": {"event": "e"}}, "is not kept by event", "publicTotal"),
    "an impossible range": ({**SIMPLE, "eligibility": {"minScore": 2, "maxScore": 1}}, "nobody", "eligibility.minScore"),
    "a score past all": ({**SIMPLE, "eligibility": {"maxScore": 2**53 + 1}}, "is from", "eligibility.maxScore"),
    "a number past all": ({**SIMPLE, "eligibility": {"minScore": 10**4000}}, "ut of range|is from", "eligibility.minScore"),
    "half a fan": ({**SIMPLE, "eligibility": {"minFans": 0.5}}, "expected `int", "eligibility.minFans"),
    "no fans": ({**SIMPLE, "eligibility": {"minFans": 0}}, "is from 1", "eligibility.minFans"),
    "fans behind a share": ({"metric": "shares", "entity": "artist", "eligibility": {"minFans": 1}}, "is for tickets", "eligibility.minFans"),
    "fans behind a fan": ({**SIMPLE, "entity": "fan", "eligibility": {"minFans": 1}}, "of artists, events", "eligibility.minFans"),
    "an unknown demand": ({**SIMPLE, "eligibility": {"minVotes": 1}}, "there are minScore, maxScore", "minVotes"),
    "an unknown field": ({**SIMPLE, "color": 1}, "there are name, title, metric", "color"),
    "no half-life": ({**SIMPLE, "halfLifeHours": 0}, "is from 1 to 8760", "halfLifeHours"),
    "a long title": ({**SIMPLE, "title": "x" * 201}, "at most 200", "title"),
    "another name": ({**SIMPLE, "name": "yours"}, "calls itself 'yours'", "name"),
    "a text for a yes": ({**SIMPLE, "pinned": "yes"}, "expected `bool`", "pinned"),
    "a list": ([], "expected `object`", None),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_is_refused_by_name(case: str) -> None:
    document, says, field = REFUSED[case]
    with pytest.raises(QueryInvalid, match=says) as caught:
        read(document)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"metric":"votes","metric":"plays","entity":"artist"}', "duplicate_key"),
        (b'{"metric":"votes","entity":"artist","title":"\\u0000"}', "invalid_payload"),
        (b'{"metric":"votes","entity":"artist","title":"\\ud800"}', "invalid_json"),
        (b'{"metric":"votes","entity":"artist","halfLifeHours":NaN}', "invalid_json"),
        (b"[" * 10_000, "invalid_json"),
        (b"", "invalid_json"),
    ],
)
def test_what_could_not_be_stored_is_refused_by_name(raw: bytes, code: str) -> None:
    with pytest.raises(EventRefused) as caught:
        read(raw)
    assert caught.value.code == code


def test_every_metric_has_a_board_for_each_of_its_kinds_without_being_declared() -> None:
    boards = built_in(TENANT)
    assert {(board.metric, board.entity) for board in boards} == {
        (metric.name, entity) for metric in BY_NAME.values() for entity in metric.boards
    }
    assert len({board.name for board in boards}) == len(boards)
    for board in boards:
        assert check(board, board.name, TENANT) == board
        assert board.windows == WINDOWS
        assert board.visibility == "private"
        assert not board.selective
    assert {board.name for board in boards if board.pinned} >= {"votes-artist", "money-spent-event", "plays-artist"}
    assert not [board.name for board in boards if board.pinned and board.metric in {"voters", "listeners"}]
