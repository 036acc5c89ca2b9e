"""The words of boards: metrics, kinds of entity, windows and what else there is to choose."""

from typing import Final

from coliseum.web.ui.text import _

METRICS: Final = {
    "votes": _("Votes"), "voters": _("Voters"), "plays": _("Plays"), "listeners": _("Listeners"),
    "seconds": _("Seconds played"), "attendance": _("Attendance"), "tickets": _("Tickets"),
    "money_spent": _("Money spent"), "money_earned": _("Money earned"), "views": _("Views"),
    "interests": _("Interests"), "favorites": _("Favourites"), "follows": _("Follows"), "shares": _("Shares"),
}  # fmt: skip
KINDS: Final = {
    "artist": _("Artists"), "event": _("Events"), "track": _("Tracks"), "fan": _("Fans"), "city": _("Cities"),
    "venue": _("Venues"), "leaderboard": _("Leaderboards"), "report": _("Reports"),
}  # fmt: skip
KIND: Final = {
    "artist": _("Artist"), "event": _("Event"), "track": _("Track"), "fan": _("Fan"), "city": _("City"),
    "venue": _("Venue"), "leaderboard": _("Leaderboard"), "report": _("Report"), "tenant": _("Everybody"),
}  # fmt: skip
WINDOWS: Final = {
    "hour": _("Hour"), "day": _("Day"), "week": _("Week"), "month": _("Month"), "year": _("Year"),
    "all": _("All time"), "24h": _("Last 24 hours"), "7d": _("Last 7 days"), "28d": _("Last 28 days"),
    "90d": _("Last 90 days"), "custom": _("Chosen hours"),
}  # fmt: skip
MODES: Final = {
    "now": _("Ranking"), "trending": _("Trending"), "breaking": _("Breaking"), "season": _("Seasons"),
}  # fmt: skip
RANKINGS: Final = {
    "competition": _("1, 2, 2, 4"), "dense": _("1, 2, 2, 3"), "ordinal": _("1, 2, 3, 4"),
}  # fmt: skip
FILTERS: Final = {"city": _("City"), "genre": _("Genre"), "event": _("Event")}
TIE_RULES: Final = {"first": _("Who reached it first stands first"), "countback": _("Votes are counted back")}
EVENTS: Final = {
    "concierto.event_viewed": _("View"), "concierto.event_interested": _("Interest"),
    "concierto.ticket_purchased": _("Tickets"), "concierto.event_attended": _("Arrival"),
    "treasury.money_spent": _("Payment"), "treasury.money_earned": _("Payout"),
    "treasury.money_refunded": _("Refund"), "coliseum.vote_cast": _("Vote"), "coliseum.vote_voided": _("Voided vote"),
    "player.track_played": _("Play"), "player.track_favorited": _("Favourite"),
    "player.track_unfavorited": _("No favourite any more"), "social.follow": _("Follow"),
    "social.unfollow": _("Unfollow"), "social.share": _("Share"),
}  # fmt: skip
