"""What the client needs of a server, held by the fake of the unit tests and by the real one alike."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from coliseum.client import Client, Refused
from support.fake_server import KEY, running
from support.system import running_system

pytestmark = pytest.mark.timeout(200)
Target = tuple[str, str]


@pytest.fixture(scope="module")
def fake() -> Iterator[Target]:
    with running() as server:
        yield server.url, KEY


@pytest.fixture(scope="module")
def real(fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with running_system(fresh_database, tmp_path_factory.mktemp("client")) as system:
        yield system.url, system.create_tenant("client").key


@pytest.fixture(params=["fake", "real"])
def target(request: pytest.FixtureRequest) -> Target:
    found: Target = request.getfixturevalue(request.param)
    return found


def vote(client: Client, **fields: Any) -> str | None:
    defaults: dict[str, Any] = {"artist_id": "a", "event_id": "e", "weight": 1, "channel": "app", "user_id": "u"}
    return client.track("coliseum.vote_cast", **(defaults | fields))


def test_events_are_accepted_once_and_known_when_they_come_again(target: Target) -> None:
    url, key = target
    client = Client(url, key)
    at = datetime.now(UTC)
    for number in range(1500):
        vote(client, id=f"once-{number}", at=at)
    assert client.flush(30)
    assert (client.stats.accepted, client.stats.duplicates) == (1500, 0)
    for number in range(1500):
        vote(client, id=f"once-{number}", at=at)
    assert client.flush(30)
    client.close()
    assert (client.stats.accepted, client.stats.duplicates, client.stats.refused) == (1500, 1500, 0)


def test_the_same_id_with_other_content_is_refused(target: Target) -> None:
    url, key = target
    refused: list[Refused] = []
    client = Client(url, key, on_error=refused.extend)
    vote(client, id="reused", weight=1)
    assert client.flush(30)
    vote(client, id="reused", weight=2)
    assert client.flush(30)
    client.close()
    assert [(refusal.id, refusal.code) for refusal in refused] == [("reused", "id_reused")]


def test_one_bad_event_among_good_ones_is_refused_alone(target: Target) -> None:
    url, key = target
    refused: list[Refused] = []
    client = Client(url, key, on_error=refused.extend)
    vote(client)
    bad = client.track("refuse.me", user_id="u")
    vote(client)
    assert client.flush(30)
    client.close()
    assert (client.stats.accepted, client.stats.refused) == (2, 1)
    assert [(refusal.id, refusal.code) for refusal in refused] == [(bad, "unknown_type")]


def test_only_bad_events_are_refused_one_by_one(target: Target) -> None:
    url, key = target
    refused: list[Refused] = []
    client = Client(url, key, on_error=refused.extend)
    client.track("refuse.me", user_id="u")
    client.track("refuse.me", user_id="u")
    assert client.flush(30)
    client.close()
    assert [refusal.code for refusal in refused] == ["unknown_type", "unknown_type"]


def test_a_vote_and_its_void_may_be_tracked_together(target: Target) -> None:
    url, key = target
    client = Client(url, key)
    cast = vote(client)
    client.track("coliseum.vote_voided", user_id="u", vote_id=cast, reason="by mistake")
    client.track("coliseum.vote_voided", user_id="u", vote_id="never cast", reason="by mistake")
    assert client.flush(30)
    client.close()
    assert (client.stats.accepted, client.stats.refused) == (2, 1)


def test_a_wrong_key_is_told_apart(target: Target) -> None:
    url, _ = target
    refused: list[Refused] = []
    client = Client(url, "cs_server_nobody_0000000000000000000000000000000000000000000", on_error=refused.extend)
    vote(client)
    assert client.flush(30)
    client.close()
    assert [refusal.code for refusal in refused] == ["unknown_key"]
