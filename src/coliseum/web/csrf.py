"""Requests that a foreign page makes a browser send: they come with the cookie, and are refused.

Three things must hold for a request that changes something with a cookie: the browser says that a page of this server
sends it; it bears the token that only such a page can read; and its body is JSON by name, which no form can send.
A request with a key or a token in ``Authorization`` needs none of it, because no browser adds that by itself.
"""

import base64
import hmac
from collections.abc import Iterable, Mapping
from typing import Any, Final

from coliseum.errors import Refusal, RequestRefused
from coliseum.ids import derived_key
from coliseum.web.live.admission import origin_allowed

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_PAGES: Final = (b"same-origin", b"none")
"""What ``Sec-Fetch-Site`` may say: a page of this very origin, or the person by the address bar."""
JSON: Final = b"application/json"
HEADER: Final = b"coliseum-csrf"


def check_change(scope: Any, public_url: str, token: str) -> None:
    """Whether a request that came with a cookie may change something.

    Raises:
        RequestRefused: ``cross_site`` or ``unsupported_media_type``.
    """
    headers: Mapping[bytes, bytes] = dict(scope["headers"])
    if not from_own_page(scope, public_url, unsaid=False):
        raise RequestRefused(Refusal.CROSS_SITE, "a page of another site has sent this")
    if not hmac.compare_digest(headers.get(HEADER, b""), token.encode()):
        raise RequestRefused(
            Refusal.CROSS_SITE, "Coliseum-Csrf must be the csrfToken that GET /api/auth/session answers with"
        )
    if scope["method"] != "DELETE" or b"content-type" in headers:  # nothing is read of a body of DELETE
        check_json(headers)


def check_page(scope: Any, public_url: str) -> None:
    """Whether a request without a cookie comes from a page of this server, or from no page at all.

    Raises:
        RequestRefused: ``cross_site``.
    """
    if not from_own_page(scope, public_url, unsaid=True):
        raise RequestRefused(Refusal.CROSS_SITE, "a page of another site has sent this")


def check_watching(scope: Any, public_url: str) -> None:
    """Whether a WebSocket that came with a cookie was opened by a page of this server, which must say so by its origin.

    Raises:
        RequestRefused: ``cross_site``.
    """
    said = [(name, value) for name, value in scope["headers"] if name != b"sec-fetch-site"]
    if not (
        from_own_page({**scope, "headers": said}, public_url, unsaid=False)
        and from_own_page(scope, public_url, unsaid=False)
    ):
        raise RequestRefused(Refusal.CROSS_SITE, "a page of another site has opened this")


def from_own_page(scope: Any, public_url: str, *, unsaid: bool) -> bool:
    """Whether a browser says that one of this server's own pages sends this; ``unsaid``: the answer when none speaks.

    ``Sec-Fetch-Site`` decides where there is one. Older browsers say the origin only.
    """
    pairs: Iterable[tuple[bytes, bytes]] = scope["headers"]
    sites = [value for name, value in pairs if name == b"sec-fetch-site"]
    if sites:
        return len(sites) == 1 and sites[0] in OWN_PAGES
    origins = [value for name, value in pairs if name == b"origin"]
    if not origins:
        return unsaid
    if public_url:
        return origins == [public_url.encode()]
    return origin_allowed(pairs, scope["scheme"], frozenset())


def check_json(headers: Mapping[bytes, bytes]) -> None:
    """Whether a body, if there is one, is called JSON and nothing else.

    Raises:
        RequestRefused: ``unsupported_media_type``.
    """
    kind = headers.get(b"content-type")
    if kind != JSON and not (kind is None and headers.get(b"content-length") == b"0"):
        raise RequestRefused(Refusal.UNSUPPORTED_MEDIA_TYPE, "content-type must be application/json")


def csrf_token(secret_key: str, session_id: int) -> str:
    """The token of a session: it follows from the session's number by a key, and is stored nowhere."""
    digest = hmac.digest(derived_key(secret_key, "csrf", ""), str(session_id).encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
