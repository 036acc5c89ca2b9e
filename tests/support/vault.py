"""A server that answers as the KV engine of HashiCorp Vault does, versions 1 and 2, and notes what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "hvs.token-of-the-tests"


@dataclass
class FakeVault:
    """Secrets by the path of the API under ``/v1/``; ``broken``: a status and body for everything."""

    secrets: dict[str, Any] = field(default_factory=dict)
    broken: tuple[int, bytes] | None = None
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def environ(self, **more: str) -> dict[str, str]:
        return {"VAULT_ADDR": self.url, "VAULT_TOKEN": TOKEN, **more}

    def answer(self, path: str, token: str | None) -> tuple[int, bytes]:
        if self.broken is not None:
            return self.broken
        if token != TOKEN:
            return 403, b'{"errors":["permission denied"]}'
        place = path.removeprefix("/v1/").partition("?")[0]
        if place not in self.secrets:
            return 404, b'{"errors":[]}'
        return 200, json.dumps({"request_id": "x", "lease_duration": 0, "data": self.secrets[place]}).encode()


@contextmanager
def fake_vault() -> Iterator[FakeVault]:
    vault = FakeVault()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            vault.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            status, body = vault.answer(self.path, self.headers.get("X-Vault-Token"))
            self.send_response(status)
            if status == 307:
                self.send_header("Location", body.decode())
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    vault.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield vault
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
