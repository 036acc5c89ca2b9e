"""The script that pages of other sites embed: ``/embed/coliseum-widgets.js``, and at an address that never changes.

The short address is the newest script, asked for again every ten minutes. The long one has a digest of the content in
it, may be kept for ever, and is the one to write ``integrity`` beside.
"""

import base64
import hashlib
from importlib import resources
from typing import Any, Final

from litestar import Request, Response, Router, get
from litestar.params import FromPath

from coliseum.errors import Refusal, RequestRefused

NAME: Final = "coliseum-widgets.js"
SCRIPT: Final = (resources.files("coliseum.web.ui") / "static" / "embed" / NAME).read_bytes()
DIGEST: Final = hashlib.sha384(SCRIPT)
VERSION: Final = DIGEST.hexdigest()[:16]
INTEGRITY: Final = f"sha384-{base64.b64encode(DIGEST.digest()).decode()}"
TAG: Final = f'"{VERSION}"'
HEADERS: Final = {"access-control-allow-origin": "*", "etag": TAG}
NEWEST: Final = {**HEADERS, "cache-control": "public, max-age=600"}
FOR_EVER: Final = {**HEADERS, "cache-control": "public, max-age=31536000, immutable"}


def embed_router() -> Router:
    """The script at both of its addresses."""
    return Router("/embed", route_handlers=[get_newest, get_version], include_in_schema=False)


@get(f"/{NAME}")
async def get_newest(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The script as it is now."""
    return _script(request, NEWEST)


@get(f"/{{version:str}}/{NAME}")
async def get_version(request: Request[Any, Any, Any], version: FromPath[str]) -> Response[bytes]:
    """This very script, or none: another one under its address would break whoever checks its integrity."""
    if version != VERSION:
        raise RequestRefused(Refusal.NOT_FOUND, "this version of the script is not served here any more")
    return _script(request, FOR_EVER)


def _script(request: Request[Any, Any, Any], headers: dict[str, str]) -> Response[bytes]:
    if request.headers.get("if-none-match") == TAG:
        return Response(b"", status_code=304, headers=headers)
    return Response(SCRIPT, media_type="text/javascript", headers=headers)
