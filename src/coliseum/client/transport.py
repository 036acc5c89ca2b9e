"""HTTP with one kept-alive connection; nothing here knows what an event or a board is."""

import contextlib
import gzip
import http.client
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

GZIP_BYTES_MIN = 1024
"""Below this a compressed body is hardly smaller than a plain one."""
ANSWER_BYTES_MAX = 16 * 1024 * 1024
RETRY_AFTER_S_MAX = 300.0


class TransportError(Exception):
    """No answer came: the connection failed, timed out, or spoke something that is not HTTP."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: status, whole body, and the seconds of ``Retry-After`` if there are any."""

    status: int
    body: bytes
    retry_after_s: float | None = None


class Transport:
    """Asks one server. Not for concurrent use: each thread has its own.

    Args:
        url: where the server is, for example ``https://coliseum.example`` or ``http://host:8000/prefix``.
        headers: sent with every request.
        timeout_s: for connecting, and for each wait for bytes.

    Raises:
        ValueError: the address is not an http or https URL.
    """

    def __init__(self, url: str, headers: Mapping[str, str], timeout_s: float) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"not an http or https address: {url!r}")
        secure = parts.scheme == "https"
        self._prefix = parts.path.rstrip("/")
        self._headers = dict(headers)
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=timeout_s)

    def post(self, path: str, body: bytes) -> Answer:
        """Send JSON and return the answer, whatever its status is.

        A connection that the server closed while it was idle is noticed only now; then, and only then, the
        request is sent a second time on a new connection. The caller's events carry ids, so that this cannot
        double.

        Raises:
            TransportError: there was no answer.
        """
        headers = {**self._headers, "Content-Type": "application/json"}
        if len(body) >= GZIP_BYTES_MIN:
            body = gzip.compress(body, compresslevel=5, mtime=0)
            headers["Content-Encoding"] = "gzip"
        return self._ask("POST", path, body, headers)

    def get(self, path: str) -> Answer:
        """Ask for what is at a path, and return the answer, whatever its status is; as ``post``.

        Raises:
            TransportError: there was no answer.
        """
        return self._ask("GET", path, None, self._headers)

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        reused = self._connection.sock is not None
        try:
            return self._exchange(method, path, body, headers)
        except (http.client.RemoteDisconnected, ConnectionError) as error:
            self.close()
            if not reused:
                raise TransportError(f"{type(error).__name__}: {error}") from error
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise TransportError(f"{type(error).__name__}: {error}") from error
        try:
            return self._exchange(method, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise TransportError(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        """Close the connection; the next ``post`` opens a new one."""
        with contextlib.suppress(OSError):
            self._connection.close()

    def abort(self) -> None:
        """End another thread's ``post`` now: its wait for bytes fails with ``TransportError``."""
        socket_now = self._connection.sock
        if socket_now is not None:
            with contextlib.suppress(OSError):
                socket_now.shutdown(socket.SHUT_RDWR)

    def _exchange(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        self._connection.request(method, self._prefix + path, body, dict(headers))
        response = self._connection.getresponse()
        content = response.read(ANSWER_BYTES_MAX + 1)
        if len(content) > ANSWER_BYTES_MAX:
            raise http.client.HTTPException("the answer is larger than any answer of Coliseum")
        return Answer(response.status, content, _retry_after_s(response.getheader("Retry-After")))


def _retry_after_s(header: str | None) -> float | None:
    """Whole seconds as Coliseum sends them; the date form of RFC 9110 is treated as absent."""
    if header is None or not header.isascii() or not header.strip().isdigit():
        return None
    return min(float(header), RETRY_AFTER_S_MAX)
