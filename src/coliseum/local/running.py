"""The servers that `coliseum up` has running, for the other commands of the same machine."""

from pathlib import Path

from msgspec.structs import replace

from coliseum.errors import ColiseumError
from coliseum.local.credentials import load_credentials
from coliseum.local.pidfile import pid_file
from coliseum.local.postgres import EmbeddedPostgres
from coliseum.local.valkey import EmbeddedValkey
from coliseum.settings import Settings

PORT_LINE = 3  # of postmaster.pid, counted from 0


class NothingRunning(ColiseumError):
    """There is no server to talk to."""

    hint = "Run `coliseum up` in another terminal, or set DATABASE_URL and VALKEY_URL."


def connected(settings: Settings) -> Settings:
    """Return settings whose URLs and secret are all there: as set, or those of the data folder's servers.

    Raises:
        NothingRunning: a URL is not set, and no embedded server runs in the data folder.
        DataFolderUnusable: the folder's secrets cannot be read.
    """
    folder = settings.data_dir.absolute()
    if settings.database_url and settings.valkey_url and settings.secret_key:
        return settings
    if not folder.is_dir():
        raise NothingRunning(f"DATABASE_URL or VALKEY_URL is not set, and there is no data folder {folder}.")
    credentials = load_credentials(folder)
    return replace(
        settings,
        database_url=settings.database_url or _postgres(folder, credentials.postgres_password),
        valkey_url=settings.valkey_url or _valkey(folder, credentials.valkey_password),
        secret_key=settings.secret_key or credentials.secret_key,
    )


def _postgres(folder: Path, password: str) -> str:
    server = EmbeddedPostgres(folder, password)
    lines = pid_file(server.folder)
    if len(lines) <= PORT_LINE:
        raise NothingRunning(f"DATABASE_URL is not set, and no PostgreSQL is running in {folder}.")
    server.port = int(lines[PORT_LINE])
    return server.url


def _valkey(folder: Path, password: str) -> str:
    server = EmbeddedValkey(folder, password)
    port = server.configured_port()
    if port is None:
        raise NothingRunning(f"VALKEY_URL is not set, and no Valkey is running in {folder}.")
    server.port = port
    return server.url
