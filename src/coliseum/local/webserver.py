"""Granian, the web server: its main process, which starts the workers that `coliseum.local.worker` is about."""

import os
import sys

from granian import Granian
from granian.constants import Interfaces, Loops
from granian.log import LogLevels

from coliseum.errors import ColiseumError
from coliseum.settings import Settings
from coliseum.settings.safety import check_mode
from coliseum.settings.sources import FILE

APPLICATION = "coliseum.local.worker:create_app"
BACKLOG = 2_048
WORKER_PATIENCE_S = 20
"""So long requests under way may take when the server stops, and when its main process has died."""


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM: then no new request is taken, and those under way are answered.

    Each worker is a process of its own that reads the settings from its environment.

    Raises:
        UnsafeSettings: the mode is production, and they are not safe for it.
    """
    check_mode(settings, os.environ)
    for name, value in (
        ("DATABASE_URL", settings.database_url),
        ("VALKEY_URL", settings.valkey_url),
        ("COLISEUM_SECRET_KEY", settings.secret_key),
    ):
        os.environ[name] = value or ""
        os.environ.pop(name + FILE, None)  # it has been read
    server = Granian(
        APPLICATION,
        factory=True,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        address=settings.host,
        port=settings.port,
        workers=settings.web_workers,
        workers_kill_timeout=WORKER_PATIENCE_S,
        backlog=BACKLOG,
        log_level=LogLevels(settings.log_level),
    )
    server.serve()


if __name__ == "__main__":
    try:
        serve(Settings.from_env(os.environ))
    except ColiseumError as error:
        sys.stderr.write(f"{error}\n{error.hint or ''}\n")
        raise SystemExit(1) from None
