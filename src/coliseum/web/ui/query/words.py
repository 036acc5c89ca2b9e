"""What metrics, splits, periods and charts are called on the query page; marked for the catalogue."""

from collections.abc import Callable
from typing import Final

from coliseum.queries.breakdown_asked import Asked
from coliseum.web.ui.text import _

Say = Callable[[str], str]
METRICS: Final = {
    "votes": _("Votes"), "voters": _("Voters"), "plays": _("Plays"), "seconds": _("Seconds played"),
    "listeners": _("Listeners"), "favorites": _("Favorites"), "views": _("Event views"),
    "interests": _("Interests"), "tickets": _("Tickets"), "attendance": _("Attendance"),
    "money_spent": _("Money spent"), "money_earned": _("Money earned"), "follows": _("Follows"),
    "shares": _("Shares"),
}  # fmt: skip
SPLITS: Final = {
    "none": _("nothing"), "artist": _("artist"), "event": _("event"), "track": _("track"), "fan": _("fan"),
    "city": _("city"), "genre": _("genre"), "venue": _("venue"), "leaderboard": _("leaderboard"),
    "report": _("report"),
}  # fmt: skip
WINDOWS: Final = {
    "24h": _("Last 24 hours"), "7d": _("Last 7 days"), "28d": _("Last 28 days"), "90d": _("Last 90 days"),
    "hour": _("This hour"), "day": _("Today"), "week": _("This week"), "month": _("This month"),
    "year": _("This year"), "all": _("All time"),
}  # fmt: skip
CUSTOM: Final = _("Days of your choice")
GRAINS: Final = {
    "none": _("one total"), "hour": _("hour"), "day": _("day"), "week": _("week"), "month": _("month"),
}  # fmt: skip
COMPARES: Final = {
    "none": _("nothing"), "previous": _("the period before"), "year": _("the same a year before"),
}  # fmt: skip
CHARTS: Final = {
    "auto": _("What fits"), "line": _("Lines"), "area": _("Area"), "stacked": _("Stacked bars"), "bar": _("Bars"),
    "grouped": _("Bars side by side"), "figure": _("One figure"), "table": _("Table only"),
}  # fmt: skip
SIZES: Final = {"small": _("small"), "medium": _("medium"), "large": _("large")}
BY: Final = _("{metric} by {split}")
OTHERS: Final = _("{number} others")
UNASSIGNED: Final = _("without {split}")
SHARED: Final = _("counted more than once")
BEFORE: Final = _("before")
NAMELESS: Final = _("somebody who was forgotten")
TOTAL: Final = _("Total")


def title_of(asked: Asked, say: Say) -> str:
    """What a question is called that has no title: ``Votes by artist``, with its filters."""
    metric = say(METRICS[asked.subject.metric.name])
    title = metric if asked.split == "none" else say(BY).format(metric=metric, split=say(SPLITS[asked.split]))
    narrowed = ", ".join(asked.filters.given.values())
    return f"{title} · {narrowed}" if narrowed else title
