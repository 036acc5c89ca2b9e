"""The web server of the product with one route more that does nothing: what the product's routes are measured against.

``python -m bench.server`` is `coliseum.local.webserver` around the application of its workers, and in it
``/bench/noop``, a bare ASGI route that is mounted as the capture routes are. A POST's body is read.
"""

import os
from typing import Any

from litestar import Litestar, asgi

from coliseum.local import webserver
from coliseum.local.worker import create_app as create_product
from coliseum.settings import Settings

NOOP = "/bench/noop"
ANSWER = b'{"ok":true}'


@asgi(NOOP, copy_scope=False)
async def noop(scope: Any, receive: Any, send: Any) -> None:
    """Read the body and answer."""
    more = scope["method"] == "POST"
    while more:
        more = (await receive()).get("more_body", False)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(ANSWER))]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": ANSWER})


def create_app() -> Litestar:
    """The product's application with the route added."""
    app = create_product()
    app.register(noop)
    return app


if __name__ == "__main__":
    webserver.APPLICATION = "bench.server:create_app"
    webserver.serve(Settings.from_env(os.environ))
