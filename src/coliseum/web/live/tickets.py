"""Tickets: a secret that opens one connection, soon, so that a browser can watch without ever having a key.

A backend makes one with its server key and hands it to its page; a member who has logged in makes one for themselves.
Of a ticket only the digest is stored, with what stands behind it (``credentials``): a connection that was opened by a
ticket ends when the key that made it is revoked, or the session ended.
"""

from typing import Any

import msgspec

from coliseum import kv
from coliseum.errors import StoreUnavailable
from coliseum.ids import random_secret, secret_digest

TICKET_S = 30
PREFIX = "ct_"
LENGTH_MAX = 128


class TicketAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """A ticket just made: the only moment at which it can be read."""

    ok: bool | None
    ticket: str
    expires_in_seconds: int


class Tickets:
    """Makes and redeems tickets, in Valkey, for all processes of one system."""

    def __init__(self, store: kv.KeyValue) -> None:
        self._store = store

    async def issue(self, credential: bytes) -> str:
        """A new ticket of whom this credential stands for; good for ``TICKET_S`` seconds, once.

        Raises:
            StoreUnavailable: Valkey is away.
        """
        ticket = PREFIX + random_secret()
        try:
            await self._store.raw.set(_name(ticket), credential, ex=TICKET_S)
        except kv.FAILED as error:
            raise StoreUnavailable("Tickets cannot be made for now.") from error
        return ticket

    async def redeem(self, ticket: str) -> bytes | None:
        """The credential of who made this ticket, and the ticket is used; None when it is none, or not any more.

        Raises:
            StoreUnavailable: Valkey is away; the ticket may be used or not.
        """
        if not ticket.startswith(PREFIX) or len(ticket) > LENGTH_MAX:
            return None
        try:
            found: Any = await self._store.raw.getdel(_name(ticket))
        except kv.FAILED as error:
            raise StoreUnavailable("Tickets cannot be checked for now.") from error
        return None if found is None else bytes(found)


def looks_like_ticket(text: str) -> bool:
    """Whether a credential is a ticket and no key."""
    return text.startswith(PREFIX)


def _name(ticket: str) -> str:
    return f"coliseum:ticket:{secret_digest(ticket).hex()}"
