"""A small real HTTP server that answers the batch call as Coliseum does, and misbehaves on order.

The shared suite in ``tests/integration/test_client_contract.py`` holds it to the real server.
"""

import gzip
import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "cs_server_test_key"


@dataclass
class Fault:
    """One misbehaviour: an answer's status, or its loss, before or after the events were kept."""

    status: int = 0
    kept: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    lost: bool = False
    wait: threading.Event | None = None


class FakeServer:
    """Keeps events by id, refuses some types, and serves faults first, in order."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.events: dict[str, dict[str, Any]] = {}
        self.order: list[str] = []
        self.requests: list[dict[str, Any]] = []
        self.faults: deque[Fault] = deque()
        self.arrived = threading.Condition(self.lock)
        self.connections = 0
        self.url = ""

    def wait_for_requests(self, count: int, timeout_s: float = 10) -> None:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.requests) >= count, timeout_s), len(self.requests)

    def answer(self, body: bytes) -> tuple[int, dict[str, Any]]:
        with self.lock:
            try:
                events = json.loads(body)["events"]
            except ValueError:
                return 400, {
                    "ok": False,
                    "status": 400,
                    "code": "invalid_json",
                    "title": "Invalid JSON",
                    "detail": "no JSON",
                }
            if any(event.get("type") == "poison" for event in events):
                problem = {
                    "ok": False,
                    "status": 400,
                    "code": "invalid_payload",
                    "title": "",
                    "detail": "poisoned",
                }
                if len(events) > 1:
                    return 400, problem
            before = set(self.events)
            results = [self._keep(event, before) for event in events]
        counts = {
            status: sum(r["status"] == status for r in results) for status in ("accepted", "duplicate", "refused")
        }
        status = 201 if not counts["refused"] else 400 if counts["refused"] == len(results) else 207
        return status, {
            "ok": status == 201,
            "accepted": counts["accepted"],
            "duplicates": counts["duplicate"],
            "refused": counts["refused"],
            "results": results,
        }

    def _keep(self, event: dict[str, Any], before: set[str]) -> dict[str, Any]:
        name = event["id"]
        if event.get("type") == "coliseum.vote_voided" and event.get("voteId") not in before:
            return {
                "id": name,
                "status": "refused",
                "code": "unknown_reference",
                "message": "no such vote",
                "field": "voteId",
            }
        if event.get("type") in {"refuse.me", "poison"}:
            return {
                "id": name,
                "status": "refused",
                "code": "unknown_type",
                "message": "no such type",
                "field": "type",
            }
        known = self.events.get(name)
        if known is not None and known != event:
            return {
                "id": name,
                "status": "refused",
                "code": "id_reused",
                "message": "other content",
                "field": "id",
            }
        if known is not None:
            return {"id": name, "status": "duplicate"}
        self.events[name] = event
        self.order.append(name)
        return {"id": name, "status": "accepted", "partition": 0, "offset": len(self.order) - 1}


class _Handler(BaseHTTPRequestHandler):
    """One connection; ``fake`` is set by the subclass that a listener makes for its server."""

    protocol_version = "HTTP/1.1"
    timeout = 20
    fake: FakeServer

    def setup(self) -> None:
        super().setup()
        with self.fake.lock:
            self.fake.connections += 1

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Tests read ``requests`` instead."""

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        gzipped = self.headers.get("Content-Encoding") == "gzip"
        body = gzip.decompress(raw) if gzipped else raw
        with self.fake.arrived:
            fault = self.fake.faults.popleft() if self.fake.faults else None
            self.fake.requests.append({"path": self.path, "gzip": gzipped, "body": body})
            self.fake.arrived.notify_all()
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            self._reply(401, b'{"ok":false,"status":401,"code":"unknown_key","title":"","detail":"no such key"}', {})
        elif fault is not None:
            self._misbehave(fault, body)
        else:
            status, page = self.fake.answer(body)
            self._reply(status, json.dumps(page).encode(), {})

    def _misbehave(self, fault: Fault, body: bytes) -> None:
        if fault.kept:
            self.fake.answer(body)
        if fault.wait is not None:
            fault.wait.wait(10)
        if fault.lost:
            self.close_connection = True
        else:
            self._reply(fault.status, fault.body, fault.headers)

    def _reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is part of the tests."""


@contextmanager
def running(port: int = 0, server: FakeServer | None = None) -> Iterator[FakeServer]:
    """Serve until the block ends; a given ``server`` keeps its events over a restart."""
    server = server or FakeServer()
    with _Listener(("127.0.0.1", port), type("Handler", (_Handler,), {"fake": server})) as listener:
        server.url = f"http://127.0.0.1:{listener.server_port}"
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown()
            thread.join()
