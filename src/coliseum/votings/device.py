"""What a device shows for its one vote, and the id that the vote has for it.

A page that may be voted from carries a *slip*: a random number for this one voting, the second at which it was made,
and a digest of both by a key of the tenant's. It says nothing about anybody, and two votings cannot be brought together
by it. The vote's id follows from tenant, event and number: however often and from wherever the slip is sent, the log
takes one vote.
"""

import base64
import hmac
import re
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import Final

from coliseum.errors import Refusal, RequestRefused
from coliseum.ids import derived_key

SLIP_DAYS_MAX: Final = 7
"""Ids are remembered for 35 days at least, so that no slip outlives the memory of its vote."""
AHEAD: Final = timedelta(minutes=5)
"""Clocks of two servers may differ by so much."""
NONCE_BYTES: Final = 16
SLIP: Final = re.compile(r"([\w-]{22})\.(\d{1,12})\.([\w-]{22})", re.ASCII)


class Devices:
    """Makes slips, and believes those that it has made. Owns no state."""

    def __init__(self, secret_key: str) -> None:
        self._secret_key = secret_key

    def slip(self, slug: str, voting: str, now: datetime) -> str:
        """A new slip for one voting."""
        nonce = _text(secrets.token_bytes(NONCE_BYTES))
        made = str(int(now.timestamp()))
        return f"{nonce}.{made}.{self._digest(slug, voting, nonce, made)}"

    def number(self, slip: str, slug: str, voting: str, now: datetime) -> str:
        """The device's number for this voting.

        Raises:
            RequestRefused: ``invalid_token``: the slip is none of ours, of another voting, or too old.
        """
        found = SLIP.fullmatch(slip)
        if found is None or not hmac.compare_digest(found[3], self._digest(slug, voting, found[1], found[2])):
            raise RequestRefused(Refusal.INVALID_TOKEN, "this slip is not for this voting: load the page again", "slip")
        made = datetime.fromtimestamp(int(found[2]), UTC)
        if not now - timedelta(days=SLIP_DAYS_MAX) <= made <= now + AHEAD:
            raise RequestRefused(Refusal.INVALID_TOKEN, "this slip is too old: load the page again", "slip")
        return found[1]

    def vote_id(self, slug: str, event_id: str, number: str) -> str:
        """The id of the one vote that this device has at this event."""
        said = f"{number}\x00{event_id}".encode()
        digest = hmac.digest(derived_key(self._secret_key, "vote", slug), said, "sha256")
        return str(uuid.UUID(bytes=digest[:16], version=4))

    def _digest(self, slug: str, voting: str, nonce: str, made: str) -> str:
        key = derived_key(self._secret_key, "slip", slug)
        return _text(hmac.digest(key, f"{voting}\x00{nonce}\x00{made}".encode(), "sha256")[:NONCE_BYTES])


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
