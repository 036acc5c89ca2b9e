"""Reading numbers back: one question at a time, answered or refused by name."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from coliseum.client.transport import Answer, Transport, TransportError


class ReadFailed(Exception):
    """A question has no answer; ask again later, or otherwise."""


class ServerAway(ReadFailed):
    """Nobody answers at that address, or not in time."""


class ReadRefused(ReadFailed):
    """The server says no: ``code`` is one of docs/ERRORS.md, ``field`` the parameter that was wrong."""

    def __init__(self, answer: Answer) -> None:
        try:
            told = json.loads(answer.body)
        except ValueError:
            told = None
        told = told if isinstance(told, dict) else {}
        self.status = answer.status
        self.code = str(told.get("code", "failed"))
        self.title = str(told.get("title", "The server failed"))
        self.detail = str(told.get("detail", f"it answered {answer.status}"))
        self.field: str | None = told.get("field")
        self.retry_after_s = answer.retry_after_s
        super().__init__(f"{self.title} ({self.code}): {self.detail}")


class Reader:
    """Asks one server. Safe for concurrent use: questions are asked one after the other."""

    def __init__(self, url: str, headers: Mapping[str, str], timeout_s: float) -> None:
        self._transport = Transport(url, headers, timeout_s)
        self._lock = threading.Lock()

    def get(self, path: str, asked: Mapping[str, object]) -> dict[str, Any]:
        """The answer to a question; parameters that are None are left out.

        Raises:
            ReadRefused: the server says no.
            ServerAway: it says nothing.
        """
        given = {name: text for name, value in asked.items() if (text := _text(value)) is not None}
        return self._answer(lambda: self._transport.get(f"{path}?{urlencode(given)}"))

    def post(self, path: str, asked: Mapping[str, object]) -> dict[str, Any]:
        """The answer to something that is to be done, which may be asked twice; as ``get``."""
        body = json.dumps(asked).encode()
        return self._answer(lambda: self._transport.post(path, body))

    def _answer(self, ask: Callable[[], Answer]) -> dict[str, Any]:
        try:
            with self._lock:
                answer = ask()
        except TransportError as error:
            raise ServerAway(f"no answer came from the server: {error}") from error
        if answer.status != 200:
            raise ReadRefused(answer)
        page: dict[str, Any] = json.loads(answer.body)
        return page

    def close(self) -> None:
        """Close the connection; the next question opens a new one."""
        self._transport.close()


def _text(value: object) -> str | None:
    """A parameter as it stands in an address."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case datetime() if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        case date():  # datetime is one, too
            return value.isoformat()
        case str():
            return value
        case Sequence():
            return (".", ",")[any(isinstance(each, str) for each in value)].join(map(str, value))
    return str(value)
