"""The scripts that pages of other sites embed: ``/embed/<name>.js``, and each at an address that never changes.

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

NEWEST: Final = "public, max-age=600"
FOR_EVER: Final = "public, max-age=31536000, immutable"


class Script:
    """One script, held in memory. ``version``: the part of its long address that changes with its content."""

    def __init__(self, content: bytes) -> None:
        digest = hashlib.sha384(content)
        self.content = content
        self.version = digest.hexdigest()[:16]
        self.integrity = f"sha384-{base64.b64encode(digest.digest()).decode()}"
        self.tag = f'"{self.version}"'


SCRIPTS: Final = {
    entry.name: Script(entry.read_bytes())
    for entry in (resources.files("coliseum.web.ui") / "static" / "embed").iterdir()
    if entry.name.endswith(".js")
}


def embed_router() -> Router:
    """The scripts at both of their addresses."""
    return Router("/embed", route_handlers=[get_newest, get_version], include_in_schema=False)


@get("/{name:str}")
async def get_newest(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """A script as it is now."""
    return _answer(request, _named(name), NEWEST)


@get("/{version:str}/{name:str}")
async def get_version(request: Request[Any, Any, Any], version: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """This very script, or none: another one under its address would break whoever checks its integrity."""
    script = _named(name)
    if version != script.version:
        raise RequestRefused(Refusal.NOT_FOUND, "this version of the script is not served here any more")
    return _answer(request, script, FOR_EVER)


def _named(name: str) -> Script:
    script = SCRIPTS.get(name)
    if script is None:
        raise RequestRefused(Refusal.NOT_FOUND, "there is no script of this name")
    return script


def _answer(request: Request[Any, Any, Any], script: Script, kept: str) -> Response[bytes]:
    headers = {"access-control-allow-origin": "*", "etag": script.tag, "cache-control": kept}
    if request.headers.get("if-none-match") == script.tag:
        return Response(b"", status_code=304, headers=headers)
    return Response(script.content, media_type="text/javascript", headers=headers)
