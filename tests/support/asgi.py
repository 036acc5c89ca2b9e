"""HTTP without a socket: requests straight into an ASGI application, with every byte in the caller's hand."""

import asyncio
import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The name of the reason, of an answer that is a problem."""
        assert self.headers["content-type"] == "application/problem+json", self
        problem = self.json
        assert problem["ok"] is False, self
        assert problem["status"] == self.status, self
        assert problem["detail"], self
        return str(problem["code"])


class Body:
    """A body that is handed out in chunks and knows how much of it was taken."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._next: bytes | None = next(self._chunks, b"")
        self.taken_bytes = 0
        self._given = False
        self.answered = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        if self._given and self._next is None:  # the client stays until it has its answer
            await self.answered.wait()
            return {"type": "http.disconnect"}
        self._given = True
        chunk, self._next = self._next or b"", next(self._chunks, None)
        self.taken_bytes += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": self._next is not None}


class Http:
    """A client of an ASGI application whose lifespan somebody else holds."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def send(
        self,
        method: str,
        path: str,
        body: bytes | Body = b"",
        headers: Mapping[str, str] | Iterable[tuple[bytes, bytes]] = (),
        *,
        address: str = "203.0.113.9",
    ) -> Reply:
        """One request; headers may be raw bytes, whatever they hold."""
        pairs = (
            [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
            if isinstance(headers, Mapping)
            else list(headers)
        )
        bare, _, query = path.partition("?")
        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
            "method": method, "scheme": "http", "path": bare, "raw_path": quote(bare).encode(),
            "query_string": query.encode("latin-1"), "root_path": "", "headers": pairs,
            "client": (address, 4711), "server": ("testserver", 80), "state": {},
        }  # fmt: skip
        source = body if isinstance(body, Body) else Body([body])
        sent: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                source.answered.set()

        await self._app(scope, source.receive, send)
        headers_back = {name.decode().lower(): value.decode("latin-1") for name, value in sent[0]["headers"]}
        return Reply(sent[0]["status"], headers_back, b"".join(message.get("body", b"") for message in sent[1:]))

    async def post(
        self, path: str, body: Any, headers: Mapping[str, str] | Iterable[tuple[bytes, bytes]] = (), **more: Any
    ) -> Reply:
        """POST bytes as they are, or anything else as JSON."""
        raw = body if isinstance(body, (bytes, Body)) else json.dumps(body, ensure_ascii=False).encode()
        return await self.send("POST", path, raw, headers, **more)

    def document(self) -> Mapping[str, Any]:
        """The application's OpenAPI document."""
        document: Mapping[str, Any] = self._app.openapi_schema.to_schema()
        return document

    async def get(self, path: str, headers: Mapping[str, str] | Iterable[tuple[bytes, bytes]] = ()) -> Reply:
        return await self.send("GET", path, b"", headers)


def basic(user: str) -> str:
    """An Authorization header as Segment's clients send it."""
    return "Basic " + base64.b64encode(f"{user}:".encode()).decode()
