"""What a voting says of itself, and what is wrong with one."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from coliseum.errors import QueryInvalid

NAME: Final = re.compile(r"[a-z0-9-]{1,64}")
LASTS: Final = timedelta(hours=6)
"""How long a voting is open when nothing else is said."""
LASTS_MAX: Final = timedelta(days=7)
ARTISTS_MAX: Final = 50
PER_ADDRESS: Final = 120
PER_ADDRESS_MAX: Final = 100_000
State = Literal["soon", "open", "closed"]
Results = Literal["public", "private"]
Id = Annotated[str, Meta(min_length=1, max_length=128)]


class VotingWish(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """A voting. Without ``artists``: on the event's bill. Without times: from now on, for six hours.

    ``results``: ``public`` shows anybody how it stands. ``votesPerAddress``: taken a minute from one address; in a hall
    whose network gives all phones one address, as many as there may be phones.
    """

    event: Id
    title: Annotated[str, Meta(max_length=200)] = ""
    artists: Annotated[list[Id], Meta(min_length=1, max_length=ARTISTS_MAX)] | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    results: Results = "private"
    votes_per_address: Annotated[int, Meta(ge=1, le=PER_ADDRESS_MAX)] = PER_ADDRESS


class Voting(msgspec.Struct, frozen=True, rename="camel"):
    """A voting as it is kept. ``title`` may be empty: then it is called as its event is."""

    name: str
    event: str
    title: str
    artists: list[str] | None
    opens_at: datetime
    closes_at: datetime
    results: str
    votes_per_address: int
    changed_by: str
    created_at: datetime
    changed_at: datetime

    def state(self, now: datetime) -> State:
        """Whether votes are taken now: from ``opensAt`` on, until ``closesAt``, which is no more."""
        return "soon" if now < self.opens_at else "open" if now < self.closes_at else "closed"


def check(wish: VotingWish, name: str, now: datetime) -> VotingWish:
    """The wish with its times, of which both are set.

    Raises:
        QueryInvalid: something in it is not possible.
    """
    if not NAME.fullmatch(name):
        raise QueryInvalid("A voting's name has 1 to 64 of a-z, 0-9 and hyphens.", "name")
    texts = {"event": [wish.event], "title": [wish.title], "artists": wish.artists or []}
    for field, values in texts.items():
        if any("\x00" in value for value in values):
            raise QueryInvalid(f"{field} contains the character U+0000.", field)
    if wish.artists is not None and len(set(wish.artists)) < len(wish.artists):
        raise QueryInvalid("Each artist stands once in artists.", "artists")
    opens_at = wish.opens_at or now
    try:
        closes_at = wish.closes_at or opens_at + LASTS
        latest = opens_at + LASTS_MAX
    except OverflowError:
        raise QueryInvalid("opensAt is out of the calendar.", "opensAt") from None
    for field, instant in (("opensAt", opens_at), ("closesAt", closes_at)):
        if instant.tzinfo is None:
            raise QueryInvalid(f"{field} has no offset from UTC, such as Z.", field)
    if not opens_at <= closes_at <= latest:
        raise QueryInvalid("A voting closes when or after it opens, and at most 7 days later.", "closesAt")
    return msgspec.structs.replace(wish, opens_at=opens_at, closes_at=closes_at)
