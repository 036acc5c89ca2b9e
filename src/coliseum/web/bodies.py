"""Reading a request's body within its bounds, gzip included, without ever holding more than the bound."""

import zlib
from collections.abc import Mapping
from typing import Any

from coliseum.errors import Refusal, RequestRefused
from coliseum.events.batch import BATCH_BYTES_MAX

BODY_BYTES_MAX = BATCH_BYTES_MAX
GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


class Disconnected(Exception):
    """The client went away before its request was whole."""


async def read_body(headers: Mapping[bytes, bytes], receive: Any, body_bytes_max: int = BODY_BYTES_MAX) -> bytes:
    """The body, unpacked.

    Raises:
        RequestRefused: ``body_too_large`` (before reading past the limit), ``bad_encoding``,
            ``unsupported_media_type``.
        Disconnected: the client is gone.
    """
    content_type = headers.get(b"content-type", b"application/json")
    if content_type != b"application/json":
        _check_type(content_type)
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > body_bytes_max:
        raise _too_large(body_bytes_max)
    encoding = headers.get(b"content-encoding", b"identity").strip().lower()
    if encoding in (b"", b"identity"):
        return await _read(receive, body_bytes_max)
    if encoding not in (b"gzip", b"x-gzip", b"deflate"):
        raise RequestRefused(Refusal.UNSUPPORTED_MEDIA_TYPE, "content-encoding must be gzip, deflate or identity")
    return unpack(await _read(receive, body_bytes_max), body_bytes_max)


async def read_plain(receive: Any, body_bytes_max: int) -> bytes:
    """The body as it was sent, whatever it is.

    Raises:
        RequestRefused: ``body_too_large``.
        Disconnected: the client is gone.
    """
    return await _read(receive, body_bytes_max)


async def _read(receive: Any, body_bytes_max: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > body_bytes_max:
            raise _too_large(body_bytes_max)
        if not message.get("more_body", False):
            return b"".join([*chunks, chunk]) if chunks else chunk
        chunks.append(chunk)


def unpack(packed: bytes, body_bytes_max: int = BODY_BYTES_MAX) -> bytes:
    """Gzip or zlib data, unpacked; never more than the bound is unpacked.

    Raises:
        RequestRefused: ``body_too_large``, ``bad_encoding``.
    """
    unpacker = zlib.decompressobj(GZIP_OR_ZLIB)
    try:
        body = unpacker.decompress(packed, body_bytes_max + 1)
    except zlib.error as error:
        raise RequestRefused(Refusal.BAD_ENCODING, f"the body is not what content-encoding says: {error}") from None
    if len(body) > body_bytes_max:
        raise _too_large(body_bytes_max)
    if not unpacker.eof or unpacker.unused_data:
        raise RequestRefused(Refusal.BAD_ENCODING, "the packed body is cut off, or something follows it")
    return body


def _check_type(content_type: bytes) -> None:
    # What is sent is JSON whatever it is called: beacons say text/plain, and curl calls it a form.
    if content_type.strip().lower().startswith(b"multipart/"):
        raise RequestRefused(Refusal.UNSUPPORTED_MEDIA_TYPE, "the body is JSON, not a multipart form")


def _too_large(body_bytes_max: int) -> RequestRefused:
    return RequestRefused(Refusal.BODY_TOO_LARGE, f"a body has at most {body_bytes_max} bytes, unpacked")
