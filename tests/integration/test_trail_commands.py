"""``coliseum audit`` on a running system whose secret stands in a file of its own and whose port in a TOML file."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from coliseum import db
from coliseum.trail import heads
from support.system import System, Tenant, running_system

pytestmark = pytest.mark.long

SECRET = "v4Kq9ZtL-only-for-these-tests-0mBxRy7WcD"


@pytest.fixture(scope="module")
def tenant(fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenant]:
    folder = tmp_path_factory.mktemp("trail")
    (folder / "secret").write_text(SECRET + "\n")
    (folder / "coliseum.toml").write_text("COLISEUM_POLL_INTERVAL_S = 0.2\nCOLISEUM_WEB_WORKERS = 2\n")
    with running_system(
        fresh_database,
        folder,
        COLISEUM_SECRET_KEY="",
        COLISEUM_SECRET_KEY_FILE=str(folder / "secret"),
        COLISEUM_CONFIG=str(folder / "coliseum.toml"),
        COLISEUM_AUDIT_HEADS_FILE=str(folder / "elsewhere" / "heads"),
    ) as system:
        yield system.create_tenant("commands")


def declare(tenant: Tenant, name: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", tenant.system.port, timeout=30)
    body = json.dumps({"metric": "votes", "entity": "artist"})
    connection.request("PUT", f"/api/boards/{name}", body, {"Authorization": f"Bearer {tenant.key}"})
    assert connection.getresponse().status == 201
    connection.close()


def exported(system: System) -> Path:
    return system.folder / "elsewhere" / "heads"


async def test_a_trail_is_verified_and_its_first_bad_entry_named(tenant: Tenant, fresh_database: str) -> None:
    system = tenant.system
    for name in ("one", "two", "three"):
        declare(tenant, name)
    assert system.cli("audit", "verify") == "3 entries, each as it was written.\n"
    assert system.cli("audit", "heads") == f"1 heads written to {exported(system)}.\n"
    assert "each as it was written" in system.cli("audit", "verify", "--tenant", "commands")
    connection = await db.connect(fresh_database)
    try:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("DELETE FROM trail_entries WHERE number = 3")
        await connection.execute(
            "UPDATE trail_heads SET number = 2, hash = (SELECT hash FROM trail_entries WHERE number = 2)"
        )
        assert system.cli("audit", "verify", expect=1) == "commands: entry 3 cut off: there were entries up to 3\n"
        await connection.execute("UPDATE trail_entries SET target = 'board:other' WHERE number = 2")
        assert system.cli("audit", "verify", expect=1) == "commands: entry 2 changed, or put there\n"
    finally:
        await connection.close()


def test_a_processor_exports_the_heads_when_it_starts(tenant: Tenant) -> None:
    system = tenant.system
    system.processes["processor"].terminate()
    system.processes.pop("processor").wait(30)
    exported(system).unlink(missing_ok=True)
    declare(tenant, "four")
    system.start("processor")
    system.wait_for(lambda: bool(heads.read(exported(system))), "the heads to be exported")


def test_a_tenant_that_is_none_is_said_to_be(tenant: Tenant) -> None:
    assert tenant.system.cli("audit", "verify", "--tenant", "nobody", expect=1) == "There is no tenant 'nobody'.\n"


def test_a_file_of_heads_that_is_none_is_said_to_be(tenant: Tenant) -> None:
    environ = tenant.system.environ
    kept = environ["COLISEUM_AUDIT_HEADS_FILE"]
    environ["COLISEUM_AUDIT_HEADS_FILE"] = str(tenant.system.folder)
    try:
        told = tenant.system.cli("audit", "verify", expect=1)
        assert told == f"{tenant.system.folder} cannot be read: Is a directory.\n"
    finally:
        environ["COLISEUM_AUDIT_HEADS_FILE"] = kept
