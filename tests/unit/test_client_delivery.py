"""The client against a real socket: batching, retries, refusals, and what it counts."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from coliseum.client import Client, Refused, Stats
from coliseum.client.backoff import Backoff
from support.fake_server import KEY, FakeServer, Fault, running

QUICK = Backoff(base_s=0.001, cap_s=0.005)


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with running() as fake:
        yield fake


def connect(server: FakeServer, **options: Any) -> Client:
    return Client(server.url, KEY, backoff=QUICK, **{"flush_interval_s": 0.01, "timeout_s": 2, **options})


def vote(client: Client, number: int = 0) -> str | None:
    return client.track(
        "coliseum.vote_cast",
        user_id=f"u-{number}",
        artist_id="abba",
        event_id="e-1",
        weight=12,
        channel="app",
    )


def test_an_event_arrives_with_wire_names_a_version_7_id_and_a_utc_time(server: FakeServer) -> None:
    client = connect(server)
    event_id = vote(client)
    assert client.flush(5)
    assert event_id is not None
    event = server.events[event_id]
    assert event["id"][14] == "7"
    assert datetime.fromisoformat(event["at"]).utcoffset() == UTC.utcoffset(None)
    del event["id"], event["at"]
    assert event == {
        "type": "coliseum.vote_cast",
        "userId": "u-0",
        "artistId": "abba",
        "eventId": "e-1",
        "weight": 12,
        "channel": "app",
    }
    assert client.stats == Stats(accepted=1)
    client.close()


def test_many_events_travel_in_few_gzipped_requests_over_one_connection(server: FakeServer) -> None:
    client = connect(server, batch_events_max=100, flush_interval_s=5)
    for number in range(1000):
        vote(client, number)
    assert client.flush(10)
    assert [len(json.loads(request["body"])["events"]) for request in server.requests] == [100] * 10
    assert all(request["gzip"] for request in server.requests)
    assert server.connections == 1
    assert server.order == list(server.events)
    client.close()


def test_a_batch_stays_below_the_server_s_limit_of_bytes(server: FakeServer) -> None:
    client = connect(server, batch_events_max=1000, flush_interval_s=5)
    for _ in range(200):
        client.track("social.share", note="x" * 30_000)
    assert client.flush(20)
    assert max(len(request["body"]) for request in server.requests) < 3_200_000
    assert client.stats.accepted == 200
    client.close()


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=503, headers={"Retry-After": "0"}),
        Fault(status=429),
        Fault(status=500),
        Fault(status=502, body=b"<html>proxy</html>"),
        Fault(status=200, body=b"<html>a portal's log-in page</html>"),
        Fault(status=201, body=b'{"results":[]}'),
        Fault(lost=True),
        Fault(lost=True, kept=True),
        Fault(status=500, kept=True),
    ],
    ids=str,
)
def test_after_a_failure_the_same_bytes_are_sent_again_and_count_once(server: FakeServer, fault: Fault) -> None:
    server.faults.extend([fault, fault])
    client = connect(server)
    vote(client)
    assert client.flush(10)
    bodies = [json.loads(request["body"])["events"] for request in server.requests]
    assert len(bodies) == 3
    assert bodies[0] == bodies[1] == bodies[2]
    assert len(server.events) == 1
    stats = client.stats
    assert (stats.accepted + stats.duplicates, stats.duplicates) == (1, int(fault.kept))
    assert (stats.retried, stats.dropped, stats.queued) == (2, 0, 0)
    client.close()


def test_an_answer_that_never_comes_is_a_failure_after_the_timeout(server: FakeServer) -> None:
    release = threading.Event()
    server.faults.append(Fault(wait=release, kept=True, lost=True))
    client = connect(server, timeout_s=0.2)
    vote(client)
    assert client.flush(10)
    release.set()
    assert client.stats == Stats(duplicates=1, retried=1)
    client.close()


def test_retry_after_is_honoured() -> None:
    assert Backoff(share=lambda: 0.0).wait_s(1, 7.0) == 7.0
    assert 7.0 <= Backoff().wait_s(9, 7.0) <= 8.0


def test_waits_double_with_full_jitter_up_to_a_cap() -> None:
    longest = Backoff(base_s=0.2, cap_s=30, share=lambda: 1.0)
    assert [longest.wait_s(n) for n in (1, 2, 3, 8, 9, 500)] == [0.2, 0.4, 0.8, 25.6, 30, 30]
    assert Backoff(share=lambda: 0.0).wait_s(5) == 0.0


def test_refused_events_are_handed_over_and_never_sent_again(server: FakeServer) -> None:
    seen: list[list[Refused]] = []
    client = connect(server, on_error=seen.append)
    good, bad = vote(client), client.track("refuse.me", user_id="u")
    assert client.flush(5)
    assert client.stats == Stats(accepted=1, refused=1)
    assert len(server.requests) == 1
    [[refusal]] = seen
    assert (refusal.id, refusal.code, refusal.field) == (bad, "unknown_type", "type")
    assert json.loads(refusal.event)["type"] == "refuse.me"
    assert set(server.events) == {good}
    client.close()


def test_a_handler_that_fails_does_not_stop_delivery(server: FakeServer) -> None:
    def handler(refusals: list[Refused]) -> None:
        raise ZeroDivisionError(len(refusals))

    client = connect(server, on_error=handler)
    client.track("refuse.me")
    assert client.flush(5)
    vote(client)
    assert client.flush(5)
    assert client.stats == Stats(accepted=1, refused=1)
    client.close()


def test_one_event_that_spoils_its_batch_is_found_and_the_rest_goes_in(server: FakeServer) -> None:
    client = connect(server, flush_interval_s=5)
    for number in range(37):
        vote(client, number)
    client.track("poison")
    for number in range(5):
        vote(client, number)
    assert client.flush(10)
    assert client.stats == Stats(accepted=42, refused=1)
    client.close()


def test_a_vote_and_its_void_may_travel_together(server: FakeServer) -> None:
    client = connect(server, flush_interval_s=5)
    cast = vote(client)
    client.track("coliseum.vote_voided", user_id="u", vote_id=cast, reason="by mistake")
    client.track("coliseum.vote_voided", user_id="u", vote_id="never cast", reason="by mistake")
    assert client.flush(5)
    assert client.stats == Stats(accepted=2, refused=1)
    assert len(server.requests) == 2
    client.close()


def test_a_wrong_key_refuses_everything_after_one_request(server: FakeServer) -> None:
    seen: list[list[Refused]] = []
    client = Client(server.url, "cs_server_other", on_error=seen.append, flush_interval_s=5)
    vote(client)
    vote(client)
    assert client.flush(5)
    assert client.stats == Stats(refused=2)
    assert [refusal.code for refusal in seen[0]] == ["unknown_key", "unknown_key"]
    assert len(server.requests) == 1
    client.close()


def test_retries_end(server: FakeServer) -> None:
    server.faults.extend([Fault(status=500)] * 4)
    client = connect(server, retries_max=3)
    vote(client)
    assert client.flush(10)
    assert client.stats == Stats(dropped=1, retried=3)
    assert len(server.requests) == 4
    client.close()


def test_a_connection_that_was_closed_while_idle_costs_no_retry(server: FakeServer) -> None:
    client = connect(server)
    vote(client)
    assert client.flush(5)
    server.faults.append(Fault(lost=True))
    vote(client)
    assert client.flush(5)
    assert client.stats == Stats(accepted=2)
    assert server.connections == 2
    client.close()
