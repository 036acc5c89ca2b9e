"""Templates to answers: everything is escaped, and nothing but this server's own files may run or load."""

import hashlib
from importlib import resources
from typing import Any, Final

import jinja2
from litestar import Response

from coliseum.web.headers import PAGE_POLICY
from coliseum.web.ui.numbers import figures

SECURITY: Final = {"content-security-policy": PAGE_POLICY}
MEDIA_TYPES: Final = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}

_TEMPLATES: Final = jinja2.Environment(
    loader=jinja2.PackageLoader("coliseum.web.ui"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["figures"] = figures


class StaticFile:
    """A file of the package's ``static`` folder, held in memory, with a tag that changes with its content."""

    def __init__(self, name: str, content: bytes) -> None:
        self.content = content
        self.media_type = MEDIA_TYPES[name.rpartition(".")[2]]
        self.tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'


STATIC: Final = {
    entry.name: StaticFile(entry.name, entry.read_bytes())
    for entry in (resources.files("coliseum.web.ui") / "static").iterdir()
    if entry.name.rpartition(".")[2] in MEDIA_TYPES
}


def html(template: str, /, status: int = 200, **values: Any) -> Response[str]:
    """A template as a page."""
    headers = {**SECURITY, "Cache-Control": "no-store"}
    if status == 503:
        headers["Retry-After"] = "1"
    body = _TEMPLATES.get_template(template).render(**values)
    return Response(body, status_code=status, media_type="text/html", headers=headers)


def static(name: str, known_tag: str | None) -> Response[bytes] | None:
    """A static file, or only the news that the browser's copy is good; None when there is no such file."""
    file = STATIC.get(name)
    if file is None:
        return None
    headers = {**SECURITY, "Cache-Control": "no-cache", "ETag": file.tag}
    if known_tag == file.tag:
        return Response(b"", status_code=304, headers=headers)
    return Response(file.content, media_type=file.media_type, headers=headers)
