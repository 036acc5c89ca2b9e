"""The embedded PostgreSQL that does not start says why, and a port that another program has taken is no reason."""

import socket
from pathlib import Path

import pytest

from coliseum.local.child import last_line
from coliseum.local.faults import ServerDidNotStart
from coliseum.local.postgres import EmbeddedPostgres


def test_it_takes_another_port_when_another_program_was_faster(servers_dir: Path) -> None:
    server = EmbeddedPostgres(servers_dir / "faster", "tests only", shared_buffers="1MB")
    (servers_dir / "faster").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server.port = taken.getsockname()[1]
        try:
            server.start()
            assert server.port != taken.getsockname()[1]
        finally:
            server.stop()


def test_it_says_what_it_has_died_of(servers_dir: Path) -> None:
    (servers_dir / "ill").mkdir()
    server = EmbeddedPostgres(servers_dir / "ill", "tests only", shared_buffers="1MB")
    server.start()
    server.stop()
    (server.folder / "global" / "pg_control").write_bytes(b"nothing")
    with pytest.raises(ServerDidNotStart, match="could not read file.*pg_control"):
        server.start()


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("one\ntwo\n\n", "two"),
        ("FATAL:  no room\nLOG:  database system is shut down\n", "FATAL:  no room"),
        ("LOG:  database system is shut down\n", "its log is empty"),
        ("", "its log is empty"),
        (None, "it wrote no log"),
    ],
)
def test_the_last_line_is_the_last_that_says_why(tmp_path: Path, written: str | None, told: str) -> None:
    log = tmp_path / "server.log"
    if written is not None:
        log.write_text(written)
    assert last_line(log) == told
