"""A foreign site: pages on an origin of their own, which embed what Coliseum gives to sites."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SDK = Path(__file__).parents[2] / "sdk" / "js"
FOLDERS = ("/dist/", "/examples/")
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html; charset=utf-8"}


@contextmanager
def site(
    pages: Mapping[str, str],
    *,
    headers: Mapping[str, str] | None = None,
    said: Mapping[str, str] | None = None,
    built: Path | None = None,
) -> Iterator[str]:
    """Serve these pages by their paths, the built modules below ``/dist/``, the examples below ``/examples/``.

    ``headers``: of every answer. ``said``: what stands in an example for what is different everywhere, and what to say
    instead. ``built``: the folder of what examples are built to. The value is the origin of the site.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            body = _found(path, pages, said or {}, built)
            self.send_response(404 if body is None else 200)
            self.send_header("content-type", TYPES.get(Path(path).suffix, TYPES[".html"]))
            self.send_header("content-length", str(len(body or b"")))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
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


def _found(path: str, pages: Mapping[str, str], said: Mapping[str, str], built: Path | None) -> bytes | None:
    """What is at a path; None when nothing is."""
    if path in pages:
        return pages[path].encode()
    if path == "/favicon.ico":  # browsers ask for it by themselves
        return b""
    if not path.startswith(FOLDERS):
        return None
    file = SDK / path.removeprefix("/")
    if built is not None and path.startswith("/examples/built/"):
        file = built / path.removeprefix("/examples/built/")
    if not file.is_file():
        return None
    content = file.read_bytes()
    for before, after in said.items() if path.startswith("/examples/") else ():
        content = content.replace(before.encode(), after.encode())
    return content
