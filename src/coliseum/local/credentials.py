"""The embedded servers' passwords and the root secret: made once, kept in data/credentials.json."""

import secrets
from pathlib import Path

from msgspec import Struct

from coliseum.local import secretfile

FILE = "credentials.json"


class Credentials(Struct, frozen=True):
    """Secrets of one data folder; ports are not among them, they are chosen anew at each start."""

    postgres_password: str
    valkey_password: str
    secret_key: str


def load_credentials(data_dir: Path) -> Credentials:
    """Return the folder's credentials, making them at the first call.

    Raises:
        DataFolderUnusable: the file is there but cannot be read.
    """
    path = data_dir / FILE
    credentials = secretfile.read(path, Credentials)
    if credentials is None:
        credentials = Credentials(*(secrets.token_urlsafe(32) for _ in range(3)))
        secretfile.write(path, credentials)
    return credentials
