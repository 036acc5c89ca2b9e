"""From a call to an event's bytes, and what is said when something is wrong."""

import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum

import pytest

from coliseum.client.event import camel_case, encode_event, rfc3339, uuid7
from coliseum.client.notices import Notices


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("artist_id", "artistId"),
        ("artistId", "artistId"),
        ("refund_of", "refundOf"),
        ("from_", "from"),
        ("weight", "weight"),
    ],
)
def test_keywords_become_wire_names(name: str, wire: str) -> None:
    assert camel_case(name) == wire


def test_richer_types_get_their_json_form() -> None:
    class Channel(Enum):
        APP = "app"

    identity = uuid.UUID(int=7)
    _, body = encode_event(
        "t",
        fields={"a": Channel.APP, "b": identity, "c": date(2026, 1, 2), "d": None, "e": {"x"}},
        user_id=None,
        at=datetime(2026, 5, 1, 2, tzinfo=timezone(timedelta(hours=2))),
        event_id="i",
        session_id=None,
        device_id=None,
    )
    assert body == (
        b'{"id":"i","type":"t","at":"2026-05-01T00:00:00.000000Z","a":"app",'
        b'"b":"00000000-0000-0000-0000-000000000007","c":"2026-01-02","e":["x"]}'
    )


def test_ids_sort_by_time_and_times_are_utc() -> None:
    ids = [uuid7() for _ in range(200)]
    assert len(set(ids)) == 200
    assert [text[:13] for text in ids] == sorted(text[:13] for text in ids)
    assert {uuid.UUID(text).version for text in ids} == {7}
    assert rfc3339(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000000Z"


def test_notices_are_summed_up(caplog: pytest.LogCaptureFixture) -> None:
    notices = Notices(interval_s=1000)
    for _ in range(3):
        notices.note("refused", "why", 2)
    assert [record.message for record in caplog.records] == ["refused: 2 events (why)"]
    notices.say_rest()
    assert caplog.records[1].message == "refused: 4 events (why)"
