"""Files that are made from the code and committed: written anew, or checked to be fresh."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


def write_or_check(files: Mapping[Path, str], arguments: Sequence[str]) -> int:
    """Write those that are stale; with ``--check`` among the arguments only name them, and return 1 if there are."""
    stale = [path for path, text in files.items() if not _holds(path, text)]
    if "--check" in arguments:
        sys.stderr.writelines(f"{path} is stale; `make generate` writes it anew.\n" for path in stale)
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path], encoding="utf-8")
    return 0


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text
