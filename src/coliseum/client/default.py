"""The process's own client, for ``coliseum.track``: configured by a call or by the environment."""

import logging
import os
import threading
from datetime import datetime
from typing import Any

from coliseum.client.client import Client

_log = logging.getLogger("coliseum.client")


class _Process:
    """Holds the one client of this process, and whether its absence was mentioned."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.client: Client | None = None
        self.warned = False

    def forget_lock(self) -> None:
        """In a forked child the lock may be held by a thread that does not exist here."""
        self.lock = threading.RLock()

    def swap(self, client: Client) -> Client | None:
        """Take a new client and return the one before."""
        with self.lock:
            previous, self.client = self.client, client
            return previous

    def current(self) -> Client | None:
        """The client, made from the environment if need be; None when that says nothing usable."""
        if self.client is not None:
            return self.client
        with self.lock:
            try:
                return self.client or configure()
            except ValueError as error:
                if not self.warned:
                    self.warned = True
                    _log.warning("events are dropped: %s", error)
                return None


_process = _Process()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_process.forget_lock)


def configure(url: str | None = None, key: str | None = None, **options: Any) -> Client:
    """Make the client that ``coliseum.track`` uses; one that was made before is flushed and closed.

    Args:
        url: where the server is; ``COLISEUM_URL`` when absent.
        key: the write key; ``COLISEUM_KEY`` when absent.
        **options: as for ``Client``.

    Raises:
        ValueError: an address or key is missing or wrong. Configuration is the one place that fails loudly.
    """
    url, key = url or os.environ.get("COLISEUM_URL"), key or os.environ.get("COLISEUM_KEY")
    if not url or not key:
        raise ValueError("a url and a key are needed: coliseum.configure(...), or COLISEUM_URL and COLISEUM_KEY")
    client = Client(url, key, **options)
    previous = _process.swap(client)
    if previous is not None:
        previous.close()
    return client


def track(
    type: str,  # noqa: A002 - the name that the event's field has
    *,
    user_id: str | None = None,
    at: datetime | str | None = None,
    id: str | None = None,  # noqa: A002 - the name that the event's field has
    **fields: Any,
) -> str | None:
    """Queue one event with the process's client, as ``Client.track`` does. Never raises, never waits.

    Without configuration the event is dropped, and the log says so once.
    """
    client = _process.current()
    return None if client is None else client.track(type, user_id=user_id, at=at, id=id, **fields)


def flush(timeout_s: float = 10.0) -> bool:
    """Send what is queued and wait for the answers; True also when there is nothing to send."""
    client = _process.client
    return client is None or client.flush(timeout_s)
