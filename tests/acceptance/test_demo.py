"""The simulated festival against the real server: nothing is refused, boards fill, a second start doubles nothing."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from coliseum.demo.world import ARTISTS
from support.system import System, Tenant, running_system

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def system(fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(fresh_database, tmp_path_factory.mktemp("demo")) as running:
        yield running


def play(tenant: Tenant) -> tuple[int, int]:
    """Play a few seconds; how many events were accepted, and how many known before."""
    command = [
        "-m",
        "coliseum.demo",
        "--url",
        tenant.system.url,
        "--key",
        tenant.key,
        "--rate",
        "40",
        "--minutes",
        "0.05",
    ]
    done = subprocess.run([sys.executable, *command], capture_output=True, timeout=120, check=True)
    found = re.search(r"(\d+) events accepted, (\d+) known before, 0 refused, 0 dropped", done.stderr.decode())
    assert found, done.stderr
    return int(found[1]), int(found[2])


def test_the_festival_is_played_twice(system: System) -> None:
    tenant = system.create_tenant("festival")
    accepted, known = play(tenant)
    assert accepted > 3000
    assert known == 0
    tenant.wait_until_caught_up()
    page = tenant.get("/api/leaderboards", metric="plays", entity="artist", window="all")
    names = {artist.id: artist.name for artist in ARTISTS}
    assert {row["id"]: row["name"] for row in page["rows"]} == names
    assert all(row["picture"].startswith("data:image/svg") for row in page["rows"])
    accepted_again, known_again = play(tenant)
    assert known_again > 3000
    assert accepted_again < 1000
    tenant.wait_until_caught_up()
    assert tenant.get("/api/status")[0]["head"] == accepted + accepted_again
    tenant.system.cli("verify", "--tenant", "festival")
