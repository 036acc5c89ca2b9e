"""Every event type there is: the union that decodes, and what consumers ask of a type."""

from typing import Final, get_args

from coliseum.events import catalog, concierto, player, privacy, social, treasury, votes

Event = (
    concierto.EventViewed
    | concierto.EventInterested
    | concierto.TicketPurchased
    | concierto.EventAttended
    | treasury.MoneySpent
    | treasury.MoneyEarned
    | treasury.MoneyRefunded
    | votes.VoteCast
    | votes.VoteVoided
    | player.TrackPlayed
    | player.TrackFavorited
    | player.TrackUnfavorited
    | social.Follow
    | social.Unfollow
    | social.Share
    | catalog.ArtistChanged
    | catalog.EventChanged
    | catalog.VenueChanged
    | catalog.TrackChanged
    | privacy.ConsentChanged
)


def event_type(event: Event | type[Event]) -> str:
    """Return the wire name of an event or of its contract, such as ``player.track_played``."""
    return str(event.__struct_config__.tag)


def category(name: str) -> str:
    """Return the part of a type's wire name before the dot."""
    return name.partition(".")[0]


TYPES: Final[dict[str, type[Event]]] = {event_type(contract): contract for contract in get_args(Event)}
"""The contracts by wire name, in the order of the docs."""

CATEGORIES: Final[tuple[str, ...]] = tuple(dict.fromkeys(map(category, TYPES)))
