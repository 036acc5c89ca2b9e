"""What became of the events that were tracked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts of events since the client was made; ``retried`` alone counts requests that were sent again."""

    accepted: int = 0
    """In the log now, for the first time."""
    duplicates: int = 0
    """Were in the log already, under the same id and with the same content."""
    refused: int = 0
    """The server said no, for good."""
    dropped: int = 0
    """Never delivered: bad arguments, a full queue, retries used up, or no time left at exit."""
    retried: int = 0
    """Requests that were sent again."""
    queued: int = 0
    """Neither of the above yet: waiting or on the way."""
