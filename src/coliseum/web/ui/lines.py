"""The stream of arriving events: what happened, to which artist, event or track. It names no person."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from coliseum.accounts.tenants import Tenant
from coliseum.metrics.windows import Window
from coliseum.queries.ask import Filters, subject_of
from coliseum.queries.leaderboards import BoardRow, leaderboard
from coliseum.queries.question import LIMIT_MAX
from coliseum.queries.status import LogLine
from coliseum.web.services import Services
from coliseum.web.ui.text import _

WORDS: Final = {
    "concierto.event_viewed": _("View"),
    "concierto.event_interested": _("Interest"),
    "concierto.ticket_purchased": _("Tickets"),
    "concierto.event_attended": _("Arrival"),
    "treasury.money_spent": _("Payment"),
    "treasury.money_earned": _("Payout"),
    "treasury.money_refunded": _("Refund"),
    "coliseum.vote_cast": _("Vote"),
    "coliseum.vote_voided": _("Voided"),
    "player.track_played": _("Play"),
    "player.track_favorited": _("Favorite"),
    "player.track_unfavorited": _("Unfavorite"),
    "social.follow": _("Follow"),
    "social.unfollow": _("Unfollow"),
    "social.share": _("Share"),
    "catalog.artist": _("Catalogue"),
    "catalog.event": _("Catalogue"),
    "catalog.venue": _("Catalogue"),
    "catalog.track": _("Catalogue"),
    "privacy.consent_changed": _("Consent"),
}
VALUED: Final = {"concierto.ticket_purchased", "coliseum.vote_cast", "coliseum.vote_voided"}
NAMED_BY: Final = (
    ("artist", "votes"), ("artist", "plays"), ("artist", "views"),
    ("event", "attendance"), ("event", "views"), ("track", "plays"),
)  # fmt: skip
"""The boards from which names are learned: whoever is in the stream soon stands on one of them."""
LEARN_EVERY: Final = timedelta(seconds=30)
ALL_TIME: Final = Window("all", None, None)


class Line(msgspec.Struct, frozen=True):
    """An arrived event. ``key``: its place in the log, partition and offset; ``what``: its type.

    ``value`` is None where it says nothing; ``currency`` is empty where it is no money.
    """

    key: str
    partition: int
    offset: int
    instant: datetime
    what: str
    who: str
    value: int | None
    currency: str


class Directory:
    """The names of one tenant's artists, events and tracks, learned from its boards; an unknown one goes by its id."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], str] = {}
        self._learned_at = datetime.min.replace(tzinfo=UTC)
        self._lock = asyncio.Lock()

    def learn(self, kind: str, rows: list[BoardRow]) -> None:
        """Take the names of a board's rows."""
        self._names.update(((kind, row.id), row.name) for row in rows if row.name is not None)

    def name(self, kind: str, entity_id: str) -> str:
        """The name, or the id as long as no name is known."""
        return self._names.get((kind, entity_id), entity_id)

    async def refresh(self, services: Services, tenant: Tenant, entries: list[LogLine]) -> None:
        """Learn names anew when one of these entries is about somebody unknown, at most every 30 seconds."""
        now = services.clock()
        async with self._lock:
            if now - self._learned_at < LEARN_EVERY or all(key in self._names for key in map(_about, entries) if key):
                return
            self._learned_at = now
            self._names = {}
            for kind, metric in NAMED_BY:
                page = await leaderboard(
                    services.database, services.store, tenant, subject_of(tenant, metric, kind, None), ALL_TIME,
                    Filters(), limit=LIMIT_MAX, cursor=None, now=now,
                )  # fmt: skip
                self.learn(kind, page.rows)

    def line(self, entry: LogLine) -> Line:
        """An entry of the log as a line of the stream."""
        about = (("track", entry.track_id), ("artist", entry.artist_id), ("event", entry.event_id))
        names = [self.name(kind, entity_id) for kind, entity_id in about if entity_id]
        if entry.city and len(names) < 2:
            names.append(entry.city)
        paid = bool(entry.currency) and entry.event_type.startswith("treasury.")
        return Line(
            f"{entry.partition}.{entry.offset}",
            entry.partition,
            entry.offset,
            entry.created_at,
            entry.event_type,
            " · ".join(names[:2]),
            entry.value if paid or entry.event_type in VALUED else None,
            (entry.currency or "") if paid else "",
        )


def _about(entry: LogLine) -> tuple[str, str] | None:
    for kind, entity_id in (("track", entry.track_id), ("artist", entry.artist_id), ("event", entry.event_id)):
        if entity_id:
            return kind, entity_id
    return None
