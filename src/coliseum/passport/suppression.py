"""Who is not to be met again: digests of user ids, under a secret that is not in the database."""

import hmac
from typing import Final

from coliseum.ids import derived_key

FORGOTTEN: Final = "forgotten:"
"""What the id of somebody who was forgotten begins with where it is shown; no user id may begin so."""


def forgotten_id(subject_id: int) -> str:
    """What is shown in place of the user id of somebody who was forgotten."""
    return f"{FORGOTTEN}{subject_id}"


class Suppression:
    """Makes the digests by which those are known again who were forgotten.

    The secret must stay the same for as long as they are not to come back: a digest cannot be turned into one under
    another secret, because nobody knows whose it is.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._keys: dict[int, bytes] = {}

    def digest(self, tenant_id: int, user_id: str) -> bytes:
        """HMAC-SHA-256 of a user id under a key of the tenant's own."""
        key = self._keys.get(tenant_id)
        if key is None:
            key = self._keys[tenant_id] = derived_key(self._secret, "suppression", str(tenant_id))
        return hmac.digest(key, user_id.encode(), "sha256")
