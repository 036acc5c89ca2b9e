"""PgBouncer in transaction mode in front of a database, where it is installed."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from support.system import free_port

PGBOUNCER = shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin")
STARTUP = (
    "role, application_name, timezone, idle_in_transaction_session_timeout, jit, tcp_keepalives_idle, "
    "tcp_keepalives_interval, tcp_keepalives_count, synchronous_commit, statement_timeout, lock_timeout, work_mem, "
    "plan_cache_mode, enable_seqscan, enable_hashjoin, enable_mergejoin"
)


@asynccontextmanager
async def pooler(
    database_url: str, folder: Path, *users: tuple[str, str], ignored: str = "", connections: int = 4
) -> AsyncIterator[str]:
    """Its host and port; ``ignored``: start-up parameters that it swallows. Sessions are never reset between clients."""
    assert PGBOUNCER is not None
    server, port = urlsplit(database_url), free_port()
    lines = [
        "[databases]", f"* = host={server.hostname} port={server.port}", "[pgbouncer]", "listen_addr = 127.0.0.1",
        f"listen_port = {port}", "auth_type = plain", f"auth_file = {folder}/users.txt", "pool_mode = transaction",
        f"default_pool_size = {connections}", "max_client_conn = 400", "server_reset_query_always = 0",
        "unix_socket_dir =", f"ignore_startup_parameters = extra_float_digits{', ' + ignored if ignored else ''}",
    ]  # fmt: skip
    (folder / "pgbouncer.ini").write_text("\n".join(lines) + "\n")
    (folder / "users.txt").write_text("".join(f'"{name}" "{password}"\n' for name, password in users))
    other = []
    if os.getuid() == 0:  # it will not run as root
        other = ["-u", "nobody"]
        for path in (folder, *folder.parents):
            with suppress(PermissionError):
                path.chmod(path.stat().st_mode | 0o055)
    with (folder / "pgbouncer.log").open("wb") as log:
        process = subprocess.Popen([PGBOUNCER, *other, str(folder / "pgbouncer.ini")], stdout=log, stderr=log)  # noqa: ASYNC220 - it starts at once
    try:
        async with asyncio.timeout(10):
            while True:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    break
                assert process.poll() is None, (folder / "pgbouncer.log").read_text()
                await asyncio.sleep(0.02)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)
