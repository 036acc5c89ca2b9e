"""The simulated festival: believable, deterministic, and every event within its contract."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

from coliseum.client.event import encode_event
from coliseum.demo.player import Player
from coliseum.demo.stories import STORY_S_MAX, Event, tell
from coliseum.demo.world import ARTISTS, STAGES, TRACKS, catalog, picture
from coliseum.events.decode import decode_event
from support.fake_server import KEY, running

START = datetime(2026, 6, 5, 18, 30, 20, tzinfo=UTC)
MINUTE = int(START.timestamp() // 60)


class Recorder:
    """Takes what a client would take, and lets time pass at once."""

    def __init__(self, now: datetime, limit: int | None = None) -> None:
        self.now = now
        self.limit = limit
        self.events: list[Event] = []
        self.sent_at: list[datetime] = []

    def track(self, type: str, **fields: Any) -> str | None:  # noqa: A002 - the client's own name
        self.events.append({"type": type, **fields})
        self.sent_at.append(self.now)
        return str(fields["id"])

    def flush(self, timeout_s: float = 10) -> bool:
        return timeout_s > 0

    def wait(self, seconds: float) -> bool:
        self.now += timedelta(seconds=seconds)
        return self.limit is not None and len(self.events) >= self.limit


def played(minutes: float, start: datetime = START, seed: int = 1) -> Recorder:
    recorder = Recorder(start)
    Player(recorder, seed=seed, rate=20, clock=lambda: recorder.now, wait=recorder.wait).run(minutes)
    return recorder


def wire(event: Event) -> bytes:
    fields = {name: value for name, value in event.items() if name not in {"type", "user_id", "at", "id"}}
    _, body = encode_event(
        event["type"],
        fields=fields,
        user_id=event.get("user_id"),
        at=event["at"],
        event_id=event["id"],
        session_id=None,
        device_id=None,
    )
    return body


def test_the_world_is_as_large_as_it_should_be() -> None:
    assert (len(ARTISTS), len(STAGES), len(TRACKS)) == (12, 6, 40)
    assert len({track.id for track in TRACKS}) == len({track.name for track in TRACKS}) == 40
    assert len({stage.city for stage in STAGES}) == 6
    assert all(len(picture(artist)) <= 256 for artist in ARTISTS)


def test_every_event_keeps_to_its_contract_and_no_id_comes_twice() -> None:
    recorder = played(3)
    for event in recorder.events:
        decode_event(wire(event), strict=True)
    assert len({event["id"] for event in recorder.events}) == len(recorder.events)


def test_there_is_a_past_of_a_few_thousand_events_and_then_about_the_rate() -> None:
    recorder = played(7)
    past = [event for event in recorder.events if event["at"] < START and not event["type"].startswith("catalog.")]
    present = [event for event in recorder.events if event["at"] >= START]
    assert 3000 < len(past) < 8000
    assert min(event["at"] for event in past) < START - timedelta(days=2, hours=23)
    assert 7 * 60 * 20 * 0.8 < len(present) < 7 * 60 * 20 * 1.2


def test_nothing_is_sent_before_its_time_and_the_present_is_sent_in_order() -> None:
    recorder = played(2)
    present = [(event["at"], sent) for event, sent in zip(recorder.events, recorder.sent_at, strict=True)]
    assert all(at <= sent for at, sent in present)
    times = [at for at, _ in present if at >= START]
    assert times == sorted(times)


def test_the_same_seed_is_the_same_festival_and_another_is_another() -> None:
    assert played(1).events == played(1).events
    assert played(1).events != played(1, seed=2).events


def test_a_second_start_repeats_what_is_known_word_for_word_and_fills_the_gap() -> None:
    first = {event["id"]: event for event in played(5).events}
    second = {event["id"]: event for event in played(5, START + timedelta(minutes=30)).events}
    both = first.keys() & second.keys()
    assert len(both) > 3000
    assert all(first[name] == second[name] for name in both)
    gap = [event for name, event in second.items() if name not in first and event["at"] < START + timedelta(minutes=30)]
    assert gap
    # The minutes around the first start were played in part, what came between the two starts not at all.
    ends = (START + timedelta(minutes=1), START + timedelta(minutes=4))
    assert not [event for event in gap if event["at"] < START - timedelta(minutes=2)]
    assert not [event for event in gap if ends[0] < event["at"] < ends[1]]


def test_the_catalog_of_a_day_is_always_the_same() -> None:
    assert list(catalog(1, date(2026, 6, 5))) == list(catalog(1, date(2026, 6, 5)))
    assert len(list(catalog(1, date(2026, 6, 5)))) == 12 + 40 + 6 + 6


def test_everything_that_a_festival_has_happens() -> None:
    stories = [tell(1, MINUTE + minute, number) for minute in range(20) for number in range(200)]
    events = [event for story in stories for event in story]
    counts = Counter(event["type"] for event in events)
    assert set(counts) == {
        "player.track_played",
        "player.track_favorited",
        "player.track_unfavorited",
        "social.follow",
        "social.unfollow",
        "social.share",
        "concierto.event_viewed",
        "concierto.event_interested",
        "concierto.ticket_purchased",
        "concierto.event_attended",
        "coliseum.vote_cast",
        "coliseum.vote_voided",
        "treasury.money_spent",
        "treasury.money_earned",
        "treasury.money_refunded",
    }
    assert counts["concierto.ticket_purchased"] <= counts["treasury.money_spent"]
    assert max(story[-1]["at"] - story[0]["at"] for story in stories) <= timedelta(seconds=STORY_S_MAX)
    assert 1.1 < len(events) / len(stories) < 1.4


def test_what_is_taken_back_was_given_before() -> None:
    given: dict[str, Event] = {}
    for number in range(20_000):
        for event in tell(3, MINUTE, number):
            given[event["id"]] = event
            if "vote_id" in event:
                assert given[event["vote_id"]]["at"] < event["at"]
            if "refund_of" in event:
                assert given[event["refund_of"]]["amount_cents"] >= event["amount_cents"]


def test_two_favorites_race_and_attendance_comes_in_waves() -> None:
    leads, attendance = [], []
    for minute in range(MINUTE, MINUTE + 40):
        events = [event for number in range(300) for event in tell(1, minute, number)]
        votes = Counter(event["artist_id"] for event in events if event["type"] == "coliseum.vote_cast")
        leads.append(votes.most_common(1)[0][0])
        attendance.append(sum(event["type"] == "concierto.event_attended" for event in events))
    assert len(set(leads)) == 2
    assert max(attendance) > 3 * (min(attendance) + 1)


def test_the_program_plays_over_http_and_ends_in_order_on_sigterm() -> None:
    with running() as server:
        process = subprocess.Popen(
            [sys.executable, "-m", "coliseum.demo", "--url", server.url, "--key", KEY, "--rate", "50"],
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        server.wait_for_requests(14, 60)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert b"0 refused, 0 dropped" in errors
    assert [json.loads(request["body"])["events"][0]["type"] for request in server.requests[:1]] == ["catalog.artist"]
    assert len(server.events) > 3000
