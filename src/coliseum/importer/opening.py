"""Opening a file: what it is, by its first bytes and never by its name, and how to tell it from another."""

import gzip
import hashlib
import io
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

import zstandard

from coliseum.importer.faults import ImportFailed

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

STDIN = "-"
HEAD_BYTES = 64 * 1024
READ_BYTES = 256 * 1024
ZSTD_READ_BYTES = 1024
"""Compressed bytes per step. One step can unfold into about 32 MiB of a hostile file, and no more."""

Format = Literal["ndjson", "csv", "parquet"]


class _Counted(io.RawIOBase):
    """A raw stream that knows how much of it was read; ``head`` is what was read before."""

    def __init__(self, inner: BinaryIO, head: bytes) -> None:
        self.inner = inner
        self._head = head
        self.consumed_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, target: "WriteableBuffer") -> int:
        view = memoryview(target)
        chunk = self._head[: len(view)] if self._head else (self.inner.read(len(view)) or b"")
        self._head = self._head[len(chunk) :]
        view[: len(chunk)] = chunk
        self.consumed_bytes += len(chunk)
        return len(chunk)


class _Unzstd(io.RawIOBase):
    """Zstandard frames in a row, as a stream; unlike the library's own, it notices a torn one."""

    def __init__(self, inner: io.BufferedReader) -> None:
        self._inner = inner
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._fresh = True
        self._output = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, target: "WriteableBuffer") -> int:
        while not self._output:
            chunk = self._inner.read(ZSTD_READ_BYTES)
            if not chunk:
                if not self._fresh:
                    raise EOFError("the file ends in the middle of a zstd frame")
                return 0
            self._output = memoryview(self._decompress(chunk))
        view = memoryview(target)
        size = min(len(view), len(self._output))
        view[:size] = self._output[:size]
        self._output = self._output[size:]
        return size

    def _decompress(self, chunk: bytes) -> bytes:
        plain = b""
        while chunk:
            plain += self._frame.decompress(chunk)
            self._fresh = False
            chunk = self._frame.unused_data if self._frame.eof else b""
            if self._frame.eof:
                self._frame = zstandard.ZstdDecompressor().decompressobj()
                self._fresh = True
        return plain


@dataclass(slots=True)
class Input:
    """An opened file.

    Attributes:
        name: as the user gave it.
        path: where it is; None for the standard input.
        size_bytes: of the file as it lies there; None for the standard input.
        fingerprint: tells this file from any other, and from itself once it was changed.
        stream: its content, decompressed.
        format: what the content looks like.
    """

    name: str
    path: Path | None
    size_bytes: int | None
    fingerprint: str
    stream: io.BufferedReader
    format: Format
    raw: _Counted

    @property
    def consumed_bytes(self) -> int:
        """How much of the file, as it lies there, was read."""
        return self.raw.consumed_bytes

    def close(self) -> None:
        """Close the file; the standard input stays open."""
        if self.path is not None:
            self.stream.close()
            self.raw.inner.close()


def open_input(name: str) -> Input:
    """Open a file, or the standard input for ``-``.

    Raises:
        ImportFailed: it cannot be read, or is a compressed Parquet file or one from the standard input.
    """
    path = None if name == STDIN else Path(name)
    try:
        inner: BinaryIO = sys.stdin.buffer if path is None else path.open("rb", buffering=0)
    except OSError as error:
        raise ImportFailed(f"{name}: {error.strerror or error}") from error
    try:
        return _look_into(inner, name, path)
    except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
        inner.close()
        raise ImportFailed(f"{name}: damaged or not readable: {error}") from error
    except ImportFailed:
        inner.close()
        raise


def _look_into(inner: BinaryIO, name: str, path: Path | None) -> Input:
    head = _read_head(inner)
    size = None if path is None else path.stat().st_size
    tail = b"" if path is None or size is None else _read_tail(path, size)
    ends = hashlib.sha256(head).digest() + hashlib.sha256(tail).digest()
    raw = _Counted(inner, head)
    stream, compressed = _decompressed(io.BufferedReader(raw, READ_BYTES), head)
    kind = _format(stream.peek(HEAD_BYTES))
    if kind == "parquet" and (compressed or path is None):
        raise ImportFailed(f"{name}: a Parquet file is read in place, so not from stdin and not compressed as a whole")
    fingerprint = hashlib.sha256(b"%d " % (size or 0) + ends).hexdigest()[:32]
    return Input(name, path, size, fingerprint, stream, kind, raw)


def _read_head(inner: BinaryIO) -> bytes:
    head = b""
    while len(head) < HEAD_BYTES and (chunk := inner.read(HEAD_BYTES - len(head))):
        head += chunk
    return head


def _read_tail(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, size - HEAD_BYTES))
        return file.read(HEAD_BYTES)


def _decompressed(stream: io.BufferedReader, head: bytes) -> tuple[io.BufferedReader, bool]:
    if head.startswith(b"\x1f\x8b"):
        return io.BufferedReader(gzip.GzipFile(fileobj=stream), READ_BYTES), True
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return io.BufferedReader(_Unzstd(stream), READ_BYTES), True
    return stream, False


def _format(start: bytes) -> Format:
    if start.startswith(b"PAR1"):
        return "parquet"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return "ndjson" if text.startswith((b"{", b"[")) else "csv"
