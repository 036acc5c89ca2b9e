"""What names of the API are called on pages, where they stand in a list to choose from or in a cell of a table.

A scope of a key, a topic, a source or an action stays as it is: who reads it there writes it in a program.
"""

from typing import Final

from coliseum.web.ui.text import _

NAMES: Final = {
    # roles
    "viewer": _("viewer"), "analyst": _("analyst"), "admin": _("admin"), "owner": _("owner"),
    # kinds of keys and of actors
    "server": _("server"), "browser": _("browser"), "person": _("person"), "key": _("key"),
    # what became of a deed or a delivery
    "done": _("done"), "refused": _("refused"), "pending": _("pending"), "delivered": _("delivered"),
    "failed": _("failed"), "abandoned": _("abandoned"),
    # kinds of entities
    "artist": _("artist"), "event": _("event"), "track": _("track"), "fan": _("fan"), "city": _("city"),
    "genre": _("genre"), "venue": _("venue"), "leaderboard": _("leaderboard"), "report": _("report"),
    "tenant": _("tenant"),
    # windows
    "hour": _("hour"), "day": _("day"), "week": _("week"), "month": _("month"), "year": _("year"), "all": _("all time"),
    # metrics
    "views": _("views"), "interests": _("interests"), "tickets": _("tickets"), "attendance": _("attendance"),
    "money_spent": _("money spent"), "money_earned": _("money earned"), "votes": _("votes"), "plays": _("plays"),
    "seconds": _("seconds"), "favorites": _("favorites"), "follows": _("follows"), "shares": _("shares"),
}  # fmt: skip
