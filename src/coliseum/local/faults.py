"""What can go wrong around the local servers, each told in one sentence."""

from coliseum.errors import ColiseumError


class DataFolderUnusable(ColiseumError):
    """The data folder cannot be used."""


class AlreadyRunning(ColiseumError):
    """Another Coliseum is running in this data folder."""


class AddressUnusable(ColiseumError):
    """The web server's address cannot be listened on."""


class ServerDidNotStart(ColiseumError):
    """A server did not start."""


class CannotRunAsRoot(ColiseumError):
    """PostgreSQL refuses to run as root, and this machine offers no way to start it as another user."""

    hint = "Run as an ordinary user, install setpriv (package util-linux), or set DATABASE_URL."
