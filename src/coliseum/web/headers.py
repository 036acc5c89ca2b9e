"""What every answer says to browsers, whatever route it is of, a refusal or a failure: said in this one place.

A route may say its own ``Cache-Control`` and its own ``Content-Security-Policy``; everything else is the same for all.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

Header = tuple[bytes, bytes]
Send = Callable[[Any], Awaitable[None]]
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Of pages. Pictures of artists are wherever the catalogue says, over https, or in their address itself."""
UNUSED: Final = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
ALWAYS: Final[tuple[Header, ...]] = (
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", ", ".join(f"{name}=()" for name in UNUSED).encode()),
)
POLICY: Final = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
NOT_KEPT: Final = (b"cache-control", b"no-store")
FOR_ANY_PAGE: Final = (b"cross-origin-resource-policy", b"cross-origin")
FOR_OWN_PAGES: Final = (b"cross-origin-resource-policy", b"same-origin")
SHAPES_MAX: Final = 256


class Headers:
    """Adds to an answer what is missing; remembers what that is for answers with the same names of headers."""

    def __init__(self) -> None:
        self._missing: dict[tuple[bytes, ...], tuple[Header, ...]] = {}

    def on(self, send: Send) -> Send:
        """``send``, by which no answer begins without them."""

        def sending(message: Any) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = self.completed(message.get("headers", ()))
            return send(message)

        return sending

    def completed(self, headers: Sequence[Header]) -> list[Header]:
        """These, and what is missing among them."""
        names = tuple([name for name, _ in headers])
        missing = self._missing.get(names)
        if missing is None:
            missing = _missing(names)
            if len(self._missing) < SHAPES_MAX:
                self._missing[names] = missing
        return [*headers, *missing]


def _missing(names: tuple[bytes, ...]) -> tuple[Header, ...]:
    given = {name.lower() for name in names}
    # What a page of another origin may read, it may also load.
    scope = FOR_ANY_PAGE if b"access-control-allow-origin" in given else FOR_OWN_PAGES
    return tuple(header for header in (*ALWAYS, POLICY, NOT_KEPT, scope) if header[0] not in given)
