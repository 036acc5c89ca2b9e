"""What a PostgreSQL folder's ``postmaster.pid`` says, and how a folder is freed of a left server."""

import signal
import time
from pathlib import Path

import psutil

from coliseum.local.child import LOOK_INTERVAL_S

FILE = "postmaster.pid"


def pid_file(folder: Path) -> list[str]:
    """Return the file's lines (process id, folder, start time, port, …, status); none without a server."""
    try:
        return [line.strip() for line in (folder / FILE).read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError:
        return []


def end_other_server(folder: Path, patience_s: float) -> None:
    """Stop a server that a killed supervisor left in `folder`, and drop a pid file whose server is gone.

    To be called by the holder of the data folder only. PostgreSQL refuses to start while the id in the file
    is that of any process, and after a restart of the machine, or in a container, that is often a stranger.
    The file goes when no process works in the folder any more, so that no survivor can write beside the new
    server.
    """
    lines = pid_file(folder)
    if not lines:
        return
    if lines[0].isdigit() and _is_server_of(int(lines[0]), folder):
        psutil.Process(int(lines[0])).send_signal(signal.SIGINT)
    give_up = time.monotonic() + patience_s
    while workers := _working_in(folder):
        if time.monotonic() > give_up:
            for process in workers:
                process.kill()
            psutil.wait_procs(workers, timeout=patience_s)
        time.sleep(LOOK_INTERVAL_S)
    (folder / FILE).unlink(missing_ok=True)


def _is_server_of(pid: int, folder: Path) -> bool:
    try:
        return {"-D", str(folder)} <= set(psutil.Process(pid).cmdline())
    except psutil.Error:
        return False


def _working_in(folder: Path) -> list[psutil.Process]:
    """Return the server processes whose working directory is `folder`, which PostgreSQL's always is."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.name() == "postgres" and Path(process.cwd()) == folder:
                found.append(process)
        except psutil.Error:
            continue
    return found
