"""``OPTIONS``: which methods a path serves. Litestar's own answer names those of one handler of the path only."""

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from litestar.handlers import HTTPRouteHandler

PARAMETER_TYPE: Final = re.compile(r":\w+(?=\})")
Send = Callable[[Any], Awaitable[None]]


class Options:
    """Knows the methods of all paths."""

    def __init__(self, handlers: Iterable[HTTPRouteHandler]) -> None:
        methods: dict[str, set[str]] = {}
        for handler in handlers:
            for path in handler.paths:
                methods.setdefault(PARAMETER_TYPE.sub("", path), {"OPTIONS"}).update(handler.http_methods)
        self._allow = {path: ", ".join(sorted(served)).encode() for path, served in methods.items()}

    def corrected(self, scope: Any, send: Send) -> Send:
        """``send`` for an ``OPTIONS`` request: with all methods in ``Allow``."""

        async def sending(message: Any) -> None:
            allow = self._allow.get(scope.get("path_template", ""))
            if message["type"] == "http.response.start" and allow is not None:
                kept = [(name, value) for name, value in message["headers"] if name != b"allow"]
                message = {**message, "headers": [*kept, (b"allow", allow)]}
            await send(message)

        return sending
