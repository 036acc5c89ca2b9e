"""Query parameters that several routes take, described once."""

from typing import Annotated

from litestar.params import QueryParameter

MetricName = Annotated[str, QueryParameter(description="A metric of docs/METRICS.md, such as votes.")]
BoardKind = Annotated[str, QueryParameter(description="Kind of entity: artist, event, fan, track, city, venue.")]
EntityKind = Annotated[
    str | None,
    QueryParameter(
        description="Kind of entity: artist, event, fan, track, city, venue. Left out: the tenant as a whole."
    ),
]
WindowName = Annotated[
    str,
    QueryParameter(
        description="hour, day, week, month, year or all, in the tenant's zone; or 24h, 7d, 28d or 90d up to the end "
        "of the present hour."
    ),
]
Since = Annotated[
    str | None, QueryParameter(name="from", description="With to, instead of window: where an hour begins (RFC 3339).")
]
Until = Annotated[str | None, QueryParameter(name="to", description="Where an hour begins, after from.")]
AsOf = Annotated[
    str | None,
    QueryParameter(
        description="As it stood then: an instant, or the offsets of a position with dots between them. From the log, "
        "with the names, bills, cities and genres that it had told until then."
    ),
]
At = Annotated[
    str | None, QueryParameter(description="Any instant (RFC 3339) or date inside the window; now when left out.")
]
City = Annotated[str | None, QueryParameter(description="Only what counts in this city.")]
Genre = Annotated[
    str | None,
    QueryParameter(description="Only what counts for this genre, by the catalogue of the answer's position."),
]
AtEvent = Annotated[str | None, QueryParameter(name="event", description="Only what counts at this event.")]
Currency = Annotated[
    str | None, QueryParameter(description="Of money: ISO 4217, lower case; the tenant's when left out.")
]
Limit = Annotated[int, QueryParameter(description="Rows a page, 1 to 1000.")]
Cursor = Annotated[str | None, QueryParameter(description="nextCursor of the page before.")]
Place = Annotated[
    int | None,
    QueryParameter(description="The page that begins with the row in this place (1, 2, 3, 4), instead of cursor."),
]
