"""``player.*``: listening."""

from typing import Final

from coliseum.events.contract import PersonEvent
from coliseum.events.fields import DurationSeconds, Id

COUNTED_PLAY_SECONDS_MIN: Final = 30
"""A shorter play is logged and not counted; one of unknown length counts."""

FAVORITE_INFLUENCE: Final = 5


class TrackEvent(PersonEvent, frozen=True, kw_only=True):
    """Something a fan did with a track."""

    ENTITIES = ("track",)

    track_id: Id
    artist_id: Id


class TrackPlayed(TrackEvent, frozen=True, kw_only=True, tag="player.track_played"):
    """A fan played a track. A play under 30 seconds is logged and not counted."""

    duration_seconds: DurationSeconds | None = None

    def value(self) -> int:
        """Return one play, or none when it was too short to count."""
        return 0 if self.duration_seconds is not None and self.duration_seconds < COUNTED_PLAY_SECONDS_MIN else 1

    def dna_influence(self) -> int:
        """Return the weight of a play: the play itself, if it counts."""
        return self.value()


class TrackFavorited(TrackEvent, frozen=True, kw_only=True, tag="player.track_favorited"):
    """A fan made a track a favorite."""

    def value(self) -> int:
        """Return one favorite."""
        return 1

    def dna_influence(self) -> int:
        """Return the weight of a favorite."""
        return FAVORITE_INFLUENCE


class TrackUnfavorited(TrackEvent, frozen=True, kw_only=True, tag="player.track_unfavorited"):
    """A fan took a favorite back."""

    def value(self) -> int:
        """Return one favorite less."""
        return -1

    def dna_influence(self) -> int:
        """Return what takes a favorite's weight back."""
        return -FAVORITE_INFLUENCE
