"""``social.*``: following and sharing."""

from typing import Annotated, Final

from msgspec import Meta

from coliseum.events.contract import TargetEvent
from coliseum.events.fields import FollowTarget, Name, ShareTarget

FOLLOW_INFLUENCE: Final = 4


class Follow(TargetEvent, frozen=True, kw_only=True, tag="social.follow"):
    """A fan follows an artist, an event, a venue or another person."""

    target_type: FollowTarget

    def value(self) -> int:
        """Return one follower."""
        return 1

    def dna_influence(self) -> int:
        """Return the weight of following."""
        return FOLLOW_INFLUENCE


class Unfollow(TargetEvent, frozen=True, kw_only=True, tag="social.unfollow"):
    """A fan follows no longer."""

    target_type: FollowTarget

    def value(self) -> int:
        """Return one follower less."""
        return -1

    def dna_influence(self) -> int:
        """Return what takes the weight of following back."""
        return -FOLLOW_INFLUENCE


class Share(TargetEvent, frozen=True, kw_only=True, tag="social.share"):
    """A fan shared something."""

    target_type: ShareTarget
    platform: Annotated[Name, Meta(description="where it was shared to, 1 to 256 characters")]

    def value(self) -> int:
        """Return one share."""
        return 1
