"""The web server's main process is killed: its workers end too, answer what they have begun, and give the port back."""

import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from support.festival import vote
from support.sending import send_events
from support.system import System, running_system

pytestmark = pytest.mark.long

WORKERS = 2
GONE_WITHIN_S = 15.0


@pytest.fixture
def system(fresh_database: str, tmp_path: Path) -> Iterator[System]:
    with running_system(fresh_database, tmp_path, COLISEUM_WEB_WORKERS=str(WORKERS)) as running:
        yield running


def workers_of(system: System) -> list[psutil.Process]:
    """What the main process has started that listens."""
    children = psutil.Process(system.processes["web"].pid).children(recursive=True)
    return [each for each in children if any(at.status == psutil.CONN_LISTEN for at in each.net_connections("tcp"))]


def test_workers_end_with_the_process_that_started_them_and_the_next_server_has_the_port(system: System) -> None:
    tenant = system.create_tenant("orphans")
    workers = workers_of(system)
    assert len(workers) == WORKERS
    assert send_events(tenant, vote(artistId="before"))["accepted"] == 1

    system.kill("web")
    _, alive = psutil.wait_procs(workers, GONE_WITHIN_S)
    assert alive == []
    assert system.log("web").count("web_orphaned") == WORKERS
    assert system.log("web").count("web_stopped") == WORKERS, "they were to stop as if asked to"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what was closed lingers, and nobody listens
        probe.bind(("127.0.0.1", system.port))

    system.start("web")
    assert {each.pid for each in workers_of(system)}.isdisjoint(each.pid for each in workers)
    assert send_events(tenant, vote(artistId="after"))["accepted"] == 1


def test_a_worker_with_an_open_stream_ends_too(system: System) -> None:
    tenant = system.create_tenant("streams")
    with socket.create_connection(("127.0.0.1", system.port), timeout=GONE_WITHIN_S) as stream:
        stream.sendall(
            b"GET /api/live/events?metric=votes HTTP/1.1\r\nhost: x\r\nauthorization: Bearer %b\r\n\r\n"
            % tenant.key.encode()
        )
        assert b"200" in stream.recv(64)
        workers = workers_of(system)
        system.kill("web")
        _, alive = psutil.wait_procs(workers, GONE_WITHIN_S)
        assert alive == []
