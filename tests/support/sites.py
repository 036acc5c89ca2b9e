"""A foreign site: pages on an origin of their own, which embed what Coliseum gives to sites."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

DIST = Path(__file__).parents[2] / "sdk" / "js" / "dist"
TYPES = {".js": "text/javascript", ".html": "text/html; charset=utf-8"}


@contextmanager
def site(pages: Mapping[str, str]) -> Iterator[str]:
    """Serve these pages by their paths, and the built modules below ``/dist/``; the origin of the site."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            body = (DIST / path.removeprefix("/dist/")).read_bytes() if path.startswith("/dist/") else None
            body = pages[path].encode() if path in pages else body
            self.send_response(404 if body is None else 200)
            self.send_header("content-type", TYPES[".js" if path.startswith("/dist/") else ".html"])
            self.send_header("content-length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
