"""What templates are compiled to: once for all languages, and kept beside what Python keeps of our own modules."""

import hashlib
import importlib.util
import sys
from contextlib import suppress
from pathlib import Path
from types import CodeType

import jinja2
from jinja2.bccache import Bucket


class Compiled(jinja2.FileSystemBytecodeCache):
    """The code of templates: in memory, and in files that the next process reads in a hundredth of the time.

    A template's words are looked up while it is rendered, so that one code does for every language. A file is used only
    for the source, the version of Jinja and the settings (``made_for``) that it was made of; where files cannot be
    written, every process compiles for itself.
    """

    def __init__(self, folder: Path, made_for: bytes) -> None:
        super().__init__(str(folder), "%s.jinja")
        self._folder = folder
        self._made_for = hashlib.sha256(made_for + jinja2.__version__.encode()).hexdigest()
        self._codes: dict[tuple[str, str], CodeType] = {}

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """What a template is kept under."""
        return hashlib.sha256(f"{self._made_for} {name} {filename}".encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template its code, if there is one."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))
        if bucket.code is None:
            try:
                super().load_bytecode(bucket)
            except Exception:  # noqa: BLE001 - a file that is not whole may fail in any way, and is none
                bucket.reset()
            self._remember(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled; in a file as far as Python keeps modules in files."""
        self._remember(bucket)
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                self._folder.mkdir(parents=True, exist_ok=True)
                super().dump_bytecode(bucket)

    def _remember(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


def compiled_beside(module: str) -> Compiled:
    """What is kept where Python keeps that module: by its source, which says how templates are read."""
    return Compiled(Path(importlib.util.cache_from_source(module)).parent, Path(module).read_bytes())


def compile_all(environment: jinja2.Environment) -> int:
    """Have every template at hand, so that no request waits for one; returns how many there are."""
    names = environment.list_templates()
    for name in names:
        environment.get_template(name)
    return len(names)
