"""Identifiers that Coliseum makes itself, and the keyed digests that stand in for identifiers it must not keep."""

import hashlib
import hmac
import os
import secrets
import time
import uuid
from typing import Final

_HMAC_BLOCK_BYTES: Final = 64
_INNER_PAD: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER_PAD: Final = bytes(byte ^ 0x5C for byte in range(256))


def uuid7() -> str:
    """A UUID version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then 74 random bits."""
    millis = time.time_ns() // 1_000_000
    bits = int.from_bytes(os.urandom(10), "big")
    value = (millis & (1 << 48) - 1) << 80 | 0x7 << 76 | (bits >> 68 & 0xFFF) << 64 | 0b10 << 62 | bits & (1 << 62) - 1
    return str(uuid.UUID(int=value))


def content_hash(canonical: bytes) -> bytes:
    """16 bytes that tell one content from another: BLAKE2b over an event's canonical JSON without ``sentAt``."""
    return hashlib.blake2b(canonical, digest_size=16).digest()


def pseudonym(key: bytes, text: str) -> bytes:
    """HMAC-SHA-256 of an identifier under a subject's own 32-byte key, cut to 128 bits.

    Deleting the key severs the link. Written out (RFC 2104), because that takes half the time of the library's.
    """
    padded = key.ljust(_HMAC_BLOCK_BYTES, b"\0")
    inner = hashlib.sha256(padded.translate(_INNER_PAD) + text.encode()).digest()
    return hashlib.sha256(padded.translate(_OUTER_PAD) + inner).digest()[:16]


def secret_digest(secret: str) -> bytes:
    """What is stored in place of a write key: SHA-256, enough for a random secret of 256 bits."""
    return hashlib.sha256(secret.encode()).digest()


def random_secret() -> str:
    """A URL-safe random secret of 256 bits."""
    return secrets.token_urlsafe(32)


def derived_key(secret_key: str, purpose: str, tenant: str) -> bytes:
    """A 32-byte key for one purpose and tenant (HKDF-expand step of RFC 5869 with HMAC-SHA-256)."""
    info = f"coliseum/v1/{purpose}/{tenant}".encode() + b"\x01"
    return hmac.digest(secret_key.encode(), info, "sha256")
