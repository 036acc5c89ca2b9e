"""What metrics are called, and how they are counted: the words behind every "how we count"."""

from typing import Final

from coliseum.metrics.registry import Metric, Unique
from coliseum.web.ui.text import _

TITLES: Final = {
    "views": _("Views"),
    "interests": _("Interests"),
    "tickets": _("Tickets"),
    "attendance": _("Attendance"),
    "money_spent": _("Money spent"),
    "money_earned": _("Money earned"),
    "votes": _("Votes"),
    "plays": _("Plays"),
    "seconds": _("Seconds played"),
    "favorites": _("Favorites"),
    "follows": _("Follows"),
    "shares": _("Shares"),
    "voters": _("Voters"),
    "listeners": _("Listeners"),
}
UNITS: Final = {
    "views": _("views"), "interests": _("interests"), "tickets": _("tickets"), "visits": _("visits"),
    "minor units": _("minor units"), "points": _("points"), "plays": _("plays"), "seconds": _("seconds"),
    "favorites": _("favorites"), "follows": _("follows"), "shares": _("shares"), "fans": _("fans"),
}  # fmt: skip
"""What metrics count, by the registry's units; money on a page is counted in its currency."""
DEFINITIONS: Final = {
    "views": _("How often the page of an event was looked at. It counts for the artists on the bill, too."),
    "interests": _("How often somebody said that an event interests them."),
    "tickets": _("Tickets that were sold: the sum of the quantities of all purchases."),
    "attendance": _("Arrivals at events, one for each check-in. It counts for the artists on the bill, too."),
    "money_spent": _("What fans paid, less what they got back. Each currency by itself: none is ever converted."),
    "money_earned": _("What was paid out for what people did. Each currency by itself: none is ever converted."),
    "votes": _("Points: the weights of all votes cast. A vote taken back is taken out of the hour it was cast in."),
    "plays": _("Plays of tracks that lasted at least 30 seconds."),
    "seconds": _("How many seconds those plays lasted that count as plays: of at least 30 seconds."),
    "favorites": _("Tracks marked as favorites, less those unmarked; it can fall."),
    "follows": _("Follows of artists, events, venues and fans, less those ended; it can fall."),
    "shares": _("How often something was shared."),
    "voters": _("Different fans whose votes sum to more than nothing. Counted exactly, each once."),
    "listeners": _("Different fans who played something within 28 days. Counted exactly, each once."),
}  # fmt: skip


def title_of(metric: Metric | Unique) -> str:
    """What a metric is called; to be translated where it is shown."""
    return TITLES[metric.name]


def definition_of(metric: Metric | Unique) -> str:
    """How it is counted, in a sentence or two; to be translated where it is shown."""
    return DEFINITIONS[metric.name]
