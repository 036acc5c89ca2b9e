"""What `coliseum up` says when it cannot start: one sentence, exit code 1, and nothing left running."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from coliseum.local.folder import held_folder
from coliseum.local.ports import free_port

pytestmark = pytest.mark.long


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


def refusal_of(data_dir: Path, **environ: str) -> str:
    """Run `coliseum up` that is expected to fail; returns what it wrote to standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "coliseum.cli", "up"],
        env={**os.environ, "COLISEUM_DATA_DIR": str(data_dir), **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not [process for process in psutil.process_iter() if str(data_dir) in " ".join(_command(process))]
    return done.stderr


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_a_port_in_use_is_told_before_anything_is_started(tmp_path: Path, busy_port: int) -> None:
    told = refusal_of(tmp_path, COLISEUM_PORT=str(busy_port))
    assert told.startswith(f"Port {busy_port} on 127.0.0.1 is in use by another program.\n")
    assert not (tmp_path / "postgres").exists()


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "data"
    told = refusal_of(folder, COLISEUM_PORT=str(free_port()))
    assert told.startswith(f"The data folder {folder} cannot be written to: not a directory.\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_write_permission_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    told = refusal_of(tmp_path, COLISEUM_PORT=str(free_port()))
    assert told.startswith(f"The data folder {tmp_path} cannot be written to: permission denied.\n")


def test_two_in_one_folder_are_refused(tmp_path: Path) -> None:
    with held_folder(tmp_path):
        told = refusal_of(tmp_path, COLISEUM_PORT=str(free_port()))
    assert told.startswith(f"Another `coliseum up` (process {os.getpid()}) is running in {tmp_path}.\n")


def test_a_setting_out_of_its_limits_is_named(tmp_path: Path) -> None:
    told = refusal_of(tmp_path, COLISEUM_PORT="eighty")
    assert told == "COLISEUM_PORT must be a whole number from 1 to 65535, but it is 'eighty'.\n"


def test_a_postgres_that_does_not_answer_is_told(tmp_path: Path) -> None:
    url = f"postgresql://nobody:secret@127.0.0.1:{free_port()}/none"
    told = refusal_of(tmp_path, COLISEUM_PORT=str(free_port()), DATABASE_URL=url)
    assert told.startswith("PostgreSQL could not be reached")
    assert "secret" not in told


def test_a_valkey_that_does_not_answer_is_told(tmp_path: Path, database_url: str) -> None:
    told = refusal_of(
        tmp_path,
        COLISEUM_PORT=str(free_port()),
        DATABASE_URL=database_url,
        VALKEY_URL=f"redis://127.0.0.1:{free_port()}/0",
    )
    assert told.startswith("Valkey could not be reached")


def test_damaged_secrets_are_named_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_text("{")
    told = refusal_of(tmp_path, COLISEUM_PORT=str(free_port()))
    assert str(tmp_path / "credentials.json") in told
    assert (tmp_path / "credentials.json").read_text() == "{"


def test_in_production_unsafe_settings_are_told_and_what_was_started_is_stopped(tmp_path: Path) -> None:
    told = refusal_of(tmp_path, COLISEUM_PORT=str(free_port()), COLISEUM_MODE="production")
    assert told.startswith("Nothing starts in production with these settings:\nCOLISEUM_PUBLIC_URL: is not set\n")
