"""The embedded servers: start, stop, crash, start again."""

import os
import signal
from pathlib import Path

import psutil
import pytest

from coliseum import db
from coliseum.local.faults import DataFolderUnusable
from coliseum.local.postgres import EmbeddedPostgres
from coliseum.local.valkey import EmbeddedValkey

pytestmark = pytest.mark.long

PASSWORD = "of-a-test"


async def answer(url: str, sql: str) -> object:
    connection = await db.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "a folder with ünusual name"
    folder.mkdir()
    return folder


async def test_postgres_is_durable_utf8_and_keeps_what_it_was_given(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, PASSWORD, shared_buffers="32MB")
    try:
        server.start()
        await answer(server.url, "CREATE TABLE kept AS SELECT 'né' AS word")
        for setting, expected in (
            ("server_encoding", "UTF8"),
            ("fsync", "on"),
            ("synchronous_commit", "on"),
            ("full_page_writes", "on"),
            ("unix_socket_directories", ""),
            ("listen_addresses", "127.0.0.1"),
        ):
            assert await answer(server.url, f"SHOW {setting}") == expected
        server.stop()
        server.start()
        assert await answer(server.url, "SELECT word FROM kept") == "né"
    finally:
        server.stop()
    assert not (server.folder / "postmaster.pid").exists()


async def test_postgres_refuses_a_wrong_password(database_url: str) -> None:
    with pytest.raises(db.PostgresError, match="password"):
        await answer(database_url.replace("tests%20only", "guess"), "SELECT 1")


async def test_postgres_comes_back_after_it_was_killed(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, PASSWORD, shared_buffers="32MB")
    try:
        child = server.start()
        await answer(server.url, "CREATE TABLE kept AS SELECT 7 AS number")
        os.kill(child.pid, signal.SIGKILL)
        server.start()
        assert await answer(server.url, "SELECT number FROM kept") == 7
    finally:
        server.stop()


async def test_a_server_left_by_a_crash_is_stopped_by_the_next_start(data_dir: Path) -> None:
    left = EmbeddedPostgres(data_dir, PASSWORD, shared_buffers="32MB")
    server = EmbeddedPostgres(data_dir, PASSWORD, shared_buffers="32MB")
    try:
        child = left.start()
        server.start()
        assert child.exit_code() is not None
        assert await answer(server.url, "SELECT 1") == 1
    finally:
        server.stop()
        left.stop()


async def test_a_pid_file_that_names_a_stranger_does_not_stop_a_start(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, PASSWORD, shared_buffers="32MB")
    try:
        server.start()
        server.stop()
        stranger = os.getpid()
        (server.folder / "postmaster.pid").write_text(f"{stranger}\n{server.folder}\n1\n5432\n\n127.0.0.1\n\nready\n")
        server.start()
        assert await answer(server.url, "SELECT 1") == 1
        assert psutil.pid_exists(stranger)
    finally:
        server.stop()


def test_a_folder_of_another_version_is_refused_in_one_sentence(data_dir: Path) -> None:
    folder = data_dir / "postgres"
    folder.mkdir(parents=True)
    (folder / "PG_VERSION").write_text("9\n")
    with pytest.raises(DataFolderUnusable, match=r"was made by PostgreSQL 9, and the embedded one is \d+\.$"):
        EmbeddedPostgres(data_dir, PASSWORD).start()


def test_a_half_made_folder_is_made_anew(data_dir: Path) -> None:
    (data_dir / "postgres.new" / "base").mkdir(parents=True)
    server = EmbeddedPostgres(data_dir, PASSWORD, shared_buffers="32MB")
    try:
        server.start()
    finally:
        server.stop()
    assert not (data_dir / "postgres.new").exists()
    assert not (data_dir / "postgres.password").exists()


def test_valkey_comes_back_on_its_port_after_it_was_killed(data_dir: Path) -> None:
    server = EmbeddedValkey(data_dir, PASSWORD)
    try:
        child = server.start()
        url = server.url
        os.kill(child.pid, signal.SIGKILL)
        server.start()
        assert server.url == url
        assert (server.folder / "appendonlydir").is_dir()
        assert (server.folder / "valkey.conf").stat().st_mode & 0o077 == 0
    finally:
        server.stop()
