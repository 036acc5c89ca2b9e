"""RFC 3339 is read exactly, at the edges of the calendar too, and a wrong clock is corrected."""

import contextlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coliseum.errors import EventRefused, Refusal
from coliseum.events.times import corrected, parse_all, parse_rfc3339

NOON = datetime(2025, 6, 21, 12, tzinfo=UTC)
EARLIEST, LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@settings(max_examples=400)
@given(
    st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)),  # noqa: DTZ001 - the offset is drawn apart
    st.tuples(st.sampled_from("+-"), st.integers(0, 23), st.integers(0, 59)),
    st.text("0123456789", max_size=12),
    st.sampled_from("Tt"),
)
def test_any_date_time_is_read_as_arithmetic_says(
    local: datetime, zone: tuple[str, int, int], digits: str, separator: str
) -> None:
    """The reference takes the text apart by place and subtracts the offset, without any parser."""
    sign, hours, minutes = zone
    written = local.replace(microsecond=0)
    fraction = f".{digits}" if digits else ""
    clock = f"{written.hour:02}:{written.minute:02}:{written.second:02}"
    day = f"{written.year:04}-{written.month:02}-{written.day:02}"
    text = f"{day}{separator}{clock}{fraction}{sign}{hours:02}:{minutes:02}"
    micros = int((digits + "000000")[:6])
    offset = timedelta(hours=hours, minutes=minutes) * (1 if sign == "+" else -1)
    expected = (written + timedelta(microseconds=micros) - offset).replace(tzinfo=UTC)
    parsed = parse_rfc3339(text)
    assert parsed == expected
    assert parsed.utcoffset() == timedelta()


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2025-06-21T20:15:00Z", "2025-06-21T20:15:00+00:00"),
        ("2025-06-21t20:15:00z", "2025-06-21T20:15:00+00:00"),
        ("2025-06-21T20:15:00-00:00", "2025-06-21T20:15:00+00:00"),
        ("2025-06-21T00:15:00+02:00", "2025-06-20T22:15:00+00:00"),
        ("2024-02-29T23:59:59.9999999Z", "2024-02-29T23:59:59.999999+00:00"),
        ("2025-06-21T20:15:00.1Z", "2025-06-21T20:15:00.100000+00:00"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999999+00:00"),
        ("2016-12-31T23:59:60.5Z", "2016-12-31T23:59:59.999999+00:00"),
        ("2017-01-01T08:59:60+09:00", "2016-12-31T23:59:59.999999+00:00"),
        ("1990-12-31t15:59:60-08:00", "1990-12-31T23:59:59.999999+00:00"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+00:00"),
        ("0001-01-01T23:59:00+23:59", "0001-01-01T00:00:00+00:00"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999+00:00"),
        ("9999-12-31T23:59:60Z", "9999-12-31T23:59:59.999999+00:00"),
        ("9999-12-31T00:00:59-23:59", "9999-12-31T23:59:59+00:00"),
    ],
)
def test_what_the_grammar_allows_is_read(text: str, iso: str) -> None:
    assert parse_rfc3339(text).isoformat() == iso


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2025-06-21",
        "20:15:00Z",
        "2025-06-21T20:15:00",
        "2025-06-21 20:15:00Z",
        "2025-06-21_20:15:00Z",
        "2025-06-21T20:15Z",
        "2025-06-21T20Z",
        "20250621T201500Z",
        "2025-W25-6T20:15:00Z",
        "2025-172T20:15:00Z",
        "25-06-21T20:15:00Z",
        "12025-06-21T20:15:00Z",
        "-2025-06-21T20:15:00Z",
        "+2025-06-21T20:15:00Z",
        "2025-6-21T20:15:00Z",
        "2025-06-21T20:15:00,5Z",
        "2025-06-21T20:15:00.Z",
        "2025-06-21T24:00:00Z",
        "2025-06-21T20:60:00Z",
        "2025-06-21T20:15:61Z",
        "2025-06-21T20:15:60Z",
        "2025-06-21T23:59:60Z",
        "2016-12-31T23:59:60+01:00",
        "2025-06-21T20:15:00+24:00",
        "2025-06-21T20:15:00+02:60",
        "2025-06-21T20:15:00+0200",
        "2025-06-21T20:15:00+02",
        "2025-06-21T20:15:00+02:00:30",
        "2025-06-21T20:15:00Z+02:00",
        "2025-06-21T20:15:00\u221202:00",
        "2025-06-21T20:15:00 Z",
        " 2025-06-21T20:15:00Z",
        "2025-06-21T20:15:00Z\n",
        "2025-06-21T20:15:00Z\0",
        "\u0662025-06-21T20:15:00Z",
        "2025-00-21T20:15:00Z",
        "2025-13-21T20:15:00Z",
        "2025-06-00T20:15:00Z",
        "2025-06-31T20:15:00Z",
        "2025-02-29T20:15:00Z",
        "1900-02-29T20:15:00Z",
        "2025-02-31T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "0000-12-31T23:59:60Z",
        "0001-01-01T00:00:00+00:01",
        "0001-01-01T00:00:60+23:59",
        "0001-01-01T23:58:00+23:59",
        "9999-12-31T23:59:59-00:01",
        "9999-12-31T23:59:60-23:59",
        "1750532100",
    ],
)
def test_what_the_grammar_or_the_calendar_does_not_know_is_refused(text: str) -> None:
    with pytest.raises(EventRefused) as refused:
        parse_rfc3339(text, "startsAt")
    assert (refused.value.code, refused.value.field) == (Refusal.INVALID_PAYLOAD, "startsAt")
    assert "startsAt" in refused.value.message


@settings(max_examples=300)
@given(st.text(alphabet="0123456789-:.+TtZz", max_size=32) | st.text(max_size=24))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    with contextlib.suppress(EventRefused):
        assert parse_rfc3339(text).tzinfo is UTC


def test_without_a_time_of_sending_the_event_s_own_time_stands() -> None:
    assert corrected(NOON, None, NOON + timedelta(days=3)) == NOON


@pytest.mark.parametrize("off", [timedelta(hours=2), timedelta(hours=-2), timedelta(seconds=1)])
def test_a_wrong_clock_is_corrected_by_how_far_it_was_off_on_sending(off: timedelta) -> None:
    happened, sent, received = NOON, NOON + timedelta(minutes=5), NOON + timedelta(minutes=5)
    assert corrected(happened - off, sent - off, received) == happened


@pytest.mark.parametrize("late", [timedelta(milliseconds=999), timedelta(milliseconds=-999), timedelta()])
def test_a_difference_under_a_second_is_the_network_and_is_left_alone(late: timedelta) -> None:
    assert corrected(NOON, NOON, NOON + late) == NOON


def test_an_event_kept_for_a_day_and_then_sent_keeps_its_time() -> None:
    yesterday = NOON - timedelta(days=1)
    assert corrected(yesterday, NOON, NOON + timedelta(milliseconds=80)) == yesterday


@pytest.mark.parametrize(("at", "sent_at"), [(LATEST, EARLIEST), (EARLIEST, LATEST)])
def test_a_correction_beyond_the_calendar_ends_at_its_edge(at: datetime, sent_at: datetime) -> None:
    assert corrected(at, sent_at, NOON) == at


def test_zones_do_not_matter_to_the_correction() -> None:
    zone = timezone(timedelta(hours=9))
    assert corrected(NOON, (NOON - timedelta(hours=1)).astimezone(zone), NOON) == NOON + timedelta(hours=1)


SHAPES = st.from_regex(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{3}|\.[0-9]{6})?Z", fullmatch=True
)
REAL = st.datetimes().map(lambda moment: moment.isoformat(timespec="milliseconds") + "Z")
NEARLY = st.text("0123456789-:.TtZz+ \u0661", min_size=20, max_size=27).map(lambda text: f"{text[:10]}T{text[11:-1]}Z")


def outcome(texts: list[str], one_by_one: bool) -> object:
    try:
        return [parse_rfc3339(text) for text in texts] if one_by_one else parse_all(texts)
    except EventRefused as refused:
        return refused.message


@settings(max_examples=400)
@given(st.lists(REAL | SHAPES | NEARLY, max_size=3))
def test_many_are_read_as_each_is(texts: list[str]) -> None:
    assert outcome(texts, one_by_one=False) == outcome(texts, one_by_one=True)


@settings(max_examples=400)
@given(REAL, st.integers(0, 23), st.sampled_from("0123456789-:.TtZz+ ,\u0661"))
def test_a_text_that_is_nearly_usual_is_read_as_exactly_as_any(text: str, at: int, character: str) -> None:
    changed = text[:at] + character + text[at + 1 :]
    assert outcome([changed], one_by_one=False) == outcome([changed], one_by_one=True)
