"""The files that pages load: held in memory, packed, and under addresses that change with their content.

All files share one version, made of all of them, so that modules import each other by relative addresses and a browser
never mixes two releases: ``/static/v-<version>/boards/board.js`` may be kept for ever, ``/static/boards/board.js`` is
asked for anew each time.
"""

import gzip
import hashlib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from litestar import Response

MEDIA_TYPES: Final = {
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "woff2": "font/woff2",
}
PACKED: Final = frozenset({"css", "js", "svg", "txt"})
VERSION_PREFIX: Final = "v-"
FOR_EVER: Final = "public, max-age=31536000, immutable"


class Asset:
    """A file of the package's ``static`` folder, with a tag that changes with its content."""

    def __init__(self, name: str, content: bytes) -> None:
        suffix = name.rpartition(".")[2]
        self.content = content
        self.media_type = MEDIA_TYPES[suffix]
        self.packed = gzip.compress(content, 9, mtime=0) if suffix in PACKED else None
        self.digest = hashlib.sha256(content).hexdigest()
        self.tag = f'"{self.digest[:32]}"'


class Assets:
    """All of them, by their path below ``static``."""

    def __init__(self, folder: Path) -> None:
        self.files = {
            path.relative_to(folder).as_posix(): Asset(path.name, path.read_bytes())
            for path in sorted(folder.rglob("*"))
            if path.suffix[1:] in MEDIA_TYPES and path.is_file()
        }
        together = "".join(f"{name}\0{file.digest}\n" for name, file in self.files.items())
        self.version = hashlib.sha256(together.encode()).hexdigest()[:12]

    def address(self, name: str) -> str:
        """Where a page loads a file from.

        Raises:
            KeyError: there is none of that name: a mistake in a template.
        """
        if name not in self.files:
            raise KeyError(name)
        return f"/static/{VERSION_PREFIX}{self.version}/{name}"

    def answer(self, path: str, known_tag: str | None, encodings: str) -> Response[bytes] | None:
        """The answer to ``/static/<path>``; None when there is no such file. An old version answers with this one."""
        first, _, rest = path.partition("/")
        versioned = first.startswith(VERSION_PREFIX)
        file = self.files.get(rest if versioned else path)
        if file is None:
            return None
        keep = FOR_EVER if first == VERSION_PREFIX + self.version else "no-cache"
        headers = {"Cache-Control": keep, "ETag": file.tag, "Vary": "Accept-Encoding"}
        if known_tag == file.tag:
            return Response(b"", status_code=304, headers=headers)
        content = file.content
        if file.packed is not None and accepts_gzip(encodings):
            headers["Content-Encoding"], content = "gzip", file.packed
        return Response(content, media_type=file.media_type, headers=headers)


@cache
def assets() -> Assets:
    """The package's own."""
    return Assets(Path(str(resources.files("coliseum.web.ui") / "static")))


def accepts_gzip(encodings: str) -> bool:
    """Whether ``Accept-Encoding`` takes gzip: it is named there, and not with the weight zero."""
    for each in encodings.lower().split(","):
        name, _, weight = (part.strip() for part in each.partition(";"))
        if name in ("gzip", "*"):
            return weight.removeprefix("q=").strip(" 0.") != "" or not weight
    return False
