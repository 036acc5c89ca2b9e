"""``coliseum.*``: votes."""

from typing import Annotated

from msgspec import Meta

from coliseum.events.contract import PersonEvent
from coliseum.events.fields import Channel, Id, Text, Weight

VOTE_INFLUENCE = 3


class VoteCast(PersonEvent, frozen=True, kw_only=True, tag="coliseum.vote_cast"):
    """A fan voted for an artist at an event."""

    ENTITIES = ("artist",)
    VALUE_FIELD = "weight"

    artist_id: Id
    event_id: Id
    weight: Weight
    channel: Channel

    def value(self) -> int:
        """Return the vote's weight."""
        return self.weight

    def dna_influence(self) -> int:
        """Return the weight of a vote, whatever it counts for on the board."""
        return VOTE_INFLUENCE


class VoteVoided(PersonEvent, frozen=True, kw_only=True, tag="coliseum.vote_voided"):
    """A vote was taken back. `userId` is who voids it, which need not be the voter.

    Only the log knows the vote, so its artist, its event and the weight to take back are filled in at
    capture.
    """

    REFERENCE = ("vote", "vote_id")

    vote_id: Annotated[Id, Meta(description="the id of the `coliseum.vote_cast` event")]
    reason: Text

    def dna_influence(self) -> int:
        """Return what takes a vote's weight out of the voter's profile."""
        return -VOTE_INFLUENCE
