"""Secrets that must be read back, sealed for keeping: AES-256-GCM under a key that is not where they are kept."""

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from coliseum.errors import ColiseumError
from coliseum.ids import derived_key

NONCE_BYTES: Final = 12
VERSION: Final = b"\x01"


class SealBroken(ColiseumError):
    """A sealed secret cannot be read: COLISEUM_SECRET_KEY is another one, or the secret was moved or changed."""


class Seal:
    """Seals and opens the secrets of one purpose, such as ``totp``."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        self._cipher = AESGCM(derived_key(secret_key, "seal", purpose))

    def close(self, secret: bytes, owner: str) -> bytes:
        """The sealed form; it opens for the same ``owner`` only, such as ``person:5``."""
        nonce = os.urandom(NONCE_BYTES)
        return VERSION + nonce + self._cipher.encrypt(nonce, secret, owner.encode())

    def open(self, sealed: bytes, owner: str) -> bytes:
        """The secret.

        Raises:
            SealBroken: it was sealed under another key, for another owner, or is damaged.
        """
        begin = len(VERSION)
        try:
            if not sealed.startswith(VERSION):
                raise SealBroken
            nonce = sealed[begin : begin + NONCE_BYTES]
            return self._cipher.decrypt(nonce, sealed[begin + NONCE_BYTES :], owner.encode())
        except (InvalidTag, ValueError):
            raise SealBroken from None
