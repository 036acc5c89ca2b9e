"""Secrets of endpoints, and signatures by Standard Webhooks (https://www.standardwebhooks.com/)."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from standardwebhooks import Webhook

from coliseum.sealing import Seal

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
PURPOSE: Final = "hooks"


class Secrets:
    """Makes, seals and opens the secrets of endpoints; of the key that they are sealed under only this knows."""

    def __init__(self, secret_key: str) -> None:
        self._seal = Seal(secret_key, PURPOSE)

    def new(self, tenant_id: int, endpoint_id: int) -> tuple[str, bytes]:
        """A secret as its receiver needs it, and as it is stored."""
        secret = secrets.token_bytes(SECRET_BYTES)
        return PREFIX + base64.b64encode(secret).decode(), self._seal.close(secret, _owner(tenant_id, endpoint_id))

    def open(self, tenant_id: int, endpoint_id: int, sealed: bytes) -> bytes:
        """The secret's bytes.

        Raises:
            SealBroken: it was sealed under another root secret.
        """
        return self._seal.open(sealed, _owner(tenant_id, endpoint_id))


def signed(keys: Sequence[bytes], message_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """The headers that prove a message: one signature for each key, the newest first."""
    text = body.decode()
    signatures = [Webhook(key).sign(message_id, now, text) for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _owner(tenant_id: int, endpoint_id: int) -> str:
    return f"tenant:{tenant_id}/endpoint:{endpoint_id}"
