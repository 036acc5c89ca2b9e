"""What metrics and kinds are called on pages, and how each is counted, in a sentence."""

from typing import Final

from coliseum.web.ui.text import _

METRICS: Final = {
    "views": _("Views"),
    "interests": _("Interested"),
    "tickets": _("Tickets"),
    "attendance": _("Attendance"),
    "money_spent": _("Money spent"),
    "money_earned": _("Money earned"),
    "votes": _("Votes"),
    "voters": _("Voters"),
    "plays": _("Plays"),
    "seconds": _("Seconds played"),
    "listeners": _("Listeners"),
    "favorites": _("Favorites"),
    "follows": _("Follows"),
    "shares": _("Shares"),
}
COUNTED: Final = {
    "views": _("Looks at the page of an event. For an artist: of the events on whose bill the artist stands."),
    "interests": _("Each time that a fan said to be interested in an event."),
    "tickets": _("Tickets in purchases, not purchases."),
    "attendance": _(
        "Scans at the door, also of those who come in again. For an artist: at shows on whose bill the artist stands."
    ),
    "money_spent": _("Payments less refunds, in the tenant's currency."),
    "money_earned": _("What was paid out, in the tenant's currency."),
    "votes": _("The weights of all votes; a vote that was taken back counts no longer."),
    "voters": _("Different fans whose votes add up to more than nothing."),
    "plays": _("Plays of 30 seconds or more."),
    "seconds": _("The seconds of all plays that count."),
    "listeners": _("Different fans with a play that counts. Points of a chart look back 28 days."),
    "favorites": _("Tracks made favorites, less those taken back."),
    "follows": _("Follows less unfollows."),
    "shares": _("Each time that somebody shared it."),
}
LISTS: Final = {
    "artist": _("Artists"), "event": _("Events"), "track": _("Tracks"), "city": _("Cities"), "fan": _("Fans"),
}  # fmt: skip
DETAILS: Final = {"artist": _("Genres"), "event": _("Venue"), "track": _("Artist"), "city": "", "fan": ""}
STEPS: Final = {
    "viewed": _("Viewed"), "interested": _("Interested"), "bought": _("Bought"), "attended": _("Attended"),
    "followed": _("Followed"),
}  # fmt: skip
OF: Final = {
    "reached": _("Came this far, by all steps before"), "took": _("By any way"), "elsewhere": _("Came another way"),
    "dropped": _("Came as far as the step before, and no further"), "absent": _("Was never scanned here"),
}  # fmt: skip
PERIODS: Final = {"7": _("7 days"), "28": _("28 days"), "90": _("90 days"), "all": _("All time")}
WINDOWS: Final = {"7d": _("7 days"), "28d": _("28 days"), "90d": _("90 days"), "year": _("This year"),
                  "all": _("All time")}  # fmt: skip
SUPPORT: Final = {
    "enough": "",
    "too_few_days": _("too few days since"),
    "too_few_counted": _("too few to say"),
    "nothing_before": _("from nothing"),
}
SCOPES: Final = {
    "any_show": _("At any show of yours"),
    "same_artists": _("At a show with one of these artists"),
    "artist": _("At shows of this artist"),
}
