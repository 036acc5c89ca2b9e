"""An unmodified Segment client, pointed here by its ``host`` option, delivers events that count."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.system import System, Tenant, running_system

pytestmark = pytest.mark.timeout(200)

APPLICATION = """
import json, sys
from segment.analytics import Client

url, key, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
errors = []
client = Client(key, host=url, on_error=lambda error, batch: errors.append(repr(error)), max_retries=2, **options)
client.identify("fan-0", {"email": "fan@example.test"})
client.page("fan-0", "Tickets", "Lanternfall", {"path": "/tickets"})
client.group("fan-0", "fan-club", {"name": "The Lamplighters"})
client.screen("fan-0", "Home")
client.alias("anonymous-1", "fan-0")
for number in range(250):
    client.track(
        f"fan-{number}", "coliseum.vote_cast",
        {"artistId": f"artist-{number % 3}", "eventId": "night-1", "weight": 1 + number % 2, "channel": "app"},
    )
client.track("fan-0", "player.track_played", {"trackId": "t-1", "artistId": "artist-0", "durationSeconds": 200})
client.track(anonymous_id="device-7", event="social.share",
             properties={"targetId": "artist-1", "targetType": "artist", "platform": "link"})
client.track("fan-0", "Something of our own", {"color": "blue"})
client.flush()
if not options.get("sync_mode"):
    client.shutdown()
print(json.dumps(errors))
"""


@pytest.fixture(scope="module")
def system(fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(fresh_database, tmp_path_factory.mktemp("segment")) as running:
        yield running


def scores(tenant: Tenant, metric: str) -> dict[str, int]:
    page = tenant.get("/api/leaderboards", metric=metric, entity="artist", window="all")
    return {row["id"]: row["score"] for row in page["rows"]}


@pytest.mark.parametrize(
    ("slug", "options"),
    [("plain", {}), ("gzip", {"gzip": True}), ("sync", {"sync_mode": True})],
)
def test_typed_events_count(system: System, tmp_path: Path, slug: str, options: dict[str, bool]) -> None:
    tenant = system.create_tenant(slug)
    done = subprocess.run(
        [sys.executable, "-c", APPLICATION, system.url, tenant.key, json.dumps(options)],
        capture_output=True,
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout) == []
    tenant.wait_until_caught_up()
    numbers = range(250)
    assert scores(tenant, "votes") == {
        f"artist-{artist}": sum(1 + number % 2 for number in numbers if number % 3 == artist) for artist in range(3)
    }
    assert scores(tenant, "plays") == {"artist-0": 1}
    assert scores(tenant, "shares") == {"artist-1": 1}
    warned = {warning["code"] for warning in tenant.get("/api/warnings")}
    assert warned <= {"not_counted"}
    tenant.system.cli("verify", "--tenant", slug)
