"""The words of the protocol: what a client may say, what it is told, and why a connection is closed."""

from enum import IntEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from coliseum.errors import ColiseumError, EventRefused, NumberTooLarge, QueryInvalid, Refusal

MESSAGE_BYTES_MAX = 65_536
ID_LENGTH_MAX = 64
PARAMETERS_MAX = 32
PARAMETER_LENGTH_MAX = 32_768
PARTITIONS_MAX = 64
STATE_LENGTH = 16


WishKind = Literal["board", "metrics", "trending", "breaking", "public"]
"""What can be watched; what is ``public`` by streams of its own only."""


class Close(IntEnum):
    """Why a connection is closed. Those below 4000 are of RFC 6455 and its registry."""

    BAD_FRAME = 1002
    """What came was no WebSocket, or no UTF-8. Nobody hears it of a client that has just gone."""
    TOO_BIG = 1009
    """A message had more than ``MESSAGE_BYTES_MAX`` bytes."""
    FAILED = 1011
    """Something failed here."""
    STOPPING = 1012
    """The server stops; come back at once, another may be there."""
    TOO_MANY_VIEWERS = 1013
    """This process serves as many as it can; come back later."""
    BAD_MESSAGE = 4400
    """Not a message of this protocol, or not at this time."""
    NOT_AUTHORISED = 4401
    """No key or ticket in time, a wrong one, or one that is no longer good."""
    WRONG_ORIGIN = 4403
    """The page that opened the connection is not of an origin that may."""
    TOO_SLOW = 4408
    """Bytes were not taken for too long."""
    TOO_MANY = 4429
    """More subscriptions, or more messages a second, than a connection may have."""


Name = Annotated[str, Meta(min_length=1, max_length=ID_LENGTH_MAX)]
Word = Annotated[str, Meta(max_length=PARAMETER_LENGTH_MAX)]
Parameters = Annotated[dict[Word, Word], Meta(max_length=PARAMETERS_MAX)]
Position = Annotated[list[Annotated[int, Meta(ge=0, le=2**63 - 1)]], Meta(max_length=PARTITIONS_MAX)]


class Auth(Struct, frozen=True, tag="auth", forbid_unknown_fields=True):
    """Who I am: a server key, a ticket, a member's access token as key, or nothing with a cookie. Must come first.

    ``tenant``: for which tenant, of a member of several.
    """

    key: str | None = None
    ticket: str | None = None
    tenant: str | None = None


class Subscribe(Struct, frozen=True, tag="subscribe", forbid_unknown_fields=True):
    """Keep me up with one of these, under a name of mine; ``position`` and ``state``: of what I have seen.

    A board may be named instead of described: a declared one, with everything as it says.
    """

    id: Name
    board: Parameters | Word | None = None
    metrics: Parameters | None = None
    trending: Parameters | Word | None = None
    breaking: Parameters | Word | None = None
    position: Position | None = None
    state: Annotated[str, Meta(max_length=STATE_LENGTH)] | None = None

    def wanted(self) -> tuple[WishKind, dict[str, str]]:
        """Of which kind, and with which parameters.

        Raises:
            MessageInvalid: it is none, or several.
        """
        said: dict[WishKind, Parameters | Word | None] = {
            "board": self.board, "metrics": self.metrics, "trending": self.trending, "breaking": self.breaking,
        }  # fmt: skip
        given = [(kind, each) for kind, each in said.items() if each is not None]
        if len(given) != 1:
            raise MessageInvalid(f"a subscription is to one of {', '.join(said)}")
        ((kind, parameters),) = given
        return kind, {"board": parameters} if isinstance(parameters, str) else parameters


class Unsubscribe(Struct, frozen=True, tag="unsubscribe", forbid_unknown_fields=True):
    """No more of this."""

    id: Name


class Ping(Struct, frozen=True, tag="ping", forbid_unknown_fields=True):
    """Are you there?"""


Said = Auth | Subscribe | Unsubscribe | Ping
_DECODER: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)


class Problem(Struct, frozen=True, tag="error", omit_defaults=True):
    """A no, or something that went wrong; ``id``: with which subscription."""

    code: str
    message: str
    id: str | None = None
    field: str | None = None


READY = '{"type":"ready"}'
PONG = '{"type":"pong"}'
HEARTBEAT = '{"type":"heartbeat"}'


class MessageInvalid(ColiseumError):
    """This is not a message of the protocol."""


def decode(text: str) -> Said:
    """What a client said.

    Raises:
        MessageInvalid: it is none of the messages above.
    """
    try:
        return _DECODER.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise MessageInvalid(str(error)) from None


def refused(error: ColiseumError, name: str | None = None) -> str:
    """The message that says what was wrong with a subscription, or with the connection."""
    match error:
        case EventRefused():
            code, field = str(error.code), error.field
        case QueryInvalid():
            code, field = Refusal.INVALID_QUERY, error.field
        case NumberTooLarge():
            code, field = Refusal.INVALID_QUERY, None
        case MessageInvalid():
            code, field = Refusal.INVALID_PAYLOAD, None
        case _:
            code, field = Refusal.OVERLOADED, None
    return msgspec.json.encode(Problem(code, str(error), name, field)).decode()


def addressed(name: str) -> str:
    """The beginning of a message to a subscription, up to the kind of message."""
    return f'{{"id":{msgspec.json.encode(name).decode()},'
