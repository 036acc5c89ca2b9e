"""Random events of a small festival, crowded around given instants, so that ties, clashes and corners are common."""

import itertools
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

ARTISTS, EVENTS, TRACKS = ["abba", "loreen", "lordi", "unheard"], ["final", "semi", "party"], ["waterloo", "euphoria"]
CITIES, GENRES, VENUES, FANS = (
    ["Basel", "Graz", "Malmö"],
    ["pop", "rock"],
    ["hall", "club"],
    ["ana", "ben", "cai", "dua"],
)
TYPES = {
    "coliseum.vote_cast": 6, "coliseum.vote_voided": 3, "player.track_played": 5, "player.track_favorited": 2,
    "player.track_unfavorited": 2, "social.follow": 3, "social.unfollow": 2, "social.share": 2,
    "treasury.money_spent": 4, "treasury.money_refunded": 2, "treasury.money_earned": 2,
    "concierto.event_attended": 4, "concierto.event_viewed": 3, "concierto.event_interested": 1,
    "concierto.ticket_purchased": 2, "privacy.consent_changed": 1,
}  # fmt: skip
COUNT = itertools.count(1)


class Chance:
    """Makes events; owned by one test."""

    def __init__(self, rng: random.Random, anchors: list[datetime]) -> None:
        self.rng = rng
        self.anchors = anchors
        self.votes: list[str] = []
        self.payments: list[str] = []

    def instant(self) -> datetime:
        spread = self.rng.choice([timedelta(minutes=90), timedelta(hours=5), timedelta(days=3), timedelta(days=33)])
        return self.rng.choice(self.anchors) + spread * self.rng.uniform(-1, 1)

    def event(self) -> dict[str, Any]:
        """Any event that is not of the catalogue."""
        kind = self.rng.choices(list(TYPES), list(TYPES.values()))[0]
        if kind == "coliseum.vote_voided" and not self.votes:
            kind = "coliseum.vote_cast"
        made = self._common(kind) | getattr(self, "_" + kind.partition(".")[0])(kind.partition(".")[2])
        if kind == "coliseum.vote_cast":
            self.votes.append(made["id"])
        if kind == "treasury.money_spent":
            self.payments.append(made["id"])
        return {name: value for name, value in made.items() if value is not None}

    def catalog(self) -> dict[str, Any]:
        """A change of the catalogue, told about now or about an earlier time."""
        pick, some = self.rng.choice, self.some
        kind = pick(["artist", "artist", "event", "event", "venue"])
        choices: dict[str, Callable[[], dict[str, Any]]] = {
            "artist": lambda: {"artistId": pick(ARTISTS[:3]), "genres": some(GENRES), "city": pick([None, *CITIES])},
            "event": lambda: {
                "eventId": pick(EVENTS[:2]), "artistIds": some(ARTISTS), "venueId": pick([None, *VENUES]),
                "city": pick([None, None, *CITIES]),
            },
            "venue": lambda: {"venueId": pick(VENUES), "city": pick([None, *CITIES])},
        }  # fmt: skip
        made = {**self._common(f"catalog.{kind}"), "userId": None, "name": f"name {next(COUNT)}", **choices[kind]()}
        return {name: value for name, value in made.items() if value is not None}

    def some(self, things: list[str]) -> list[str]:
        return self.rng.sample(things, self.rng.randint(0, len(things)))

    def _common(self, kind: str) -> dict[str, Any]:
        at = self.instant().astimezone(UTC).isoformat(timespec=self.rng.choice(["seconds", "microseconds"]))
        return {"id": f"chance-{next(COUNT)}", "type": kind, "userId": self.rng.choice(FANS), "at": at}

    def _coliseum(self, name: str) -> dict[str, Any]:
        if name == "vote_voided":
            return {"voteId": self.votes.pop(self.rng.randrange(len(self.votes))), "reason": "", "userId": "a steward"}
        return {
            "artistId": self.rng.choice(ARTISTS), "eventId": self.rng.choice(EVENTS),
            "weight": self.rng.choice([1, 1, 2, 12]), "channel": "app",
        }  # fmt: skip

    def _player(self, name: str) -> dict[str, Any]:
        track: dict[str, Any] = {"trackId": self.rng.choice(TRACKS), "artistId": self.rng.choice(ARTISTS)}
        if name == "track_played":
            track["durationSeconds"] = self.rng.choice([None, 0, 29, 30, 200])
        return track

    def _social(self, name: str) -> dict[str, Any]:
        kinds = ["artist", "event", "venue", "user"] + (["track", "report"] if name == "share" else [])
        kind = self.rng.choice(kinds)
        things = {"artist": ARTISTS, "event": EVENTS, "venue": VENUES, "user": [*FANS, "eve"], "track": TRACKS}
        target = {"targetType": kind, "targetId": self.rng.choice(things.get(kind, ["weekly"]))}
        return target | ({"platform": "mastodon"} if name == "share" else {})

    def _treasury(self, name: str) -> dict[str, Any]:
        money = {
            "amountCents": self.rng.choice([1, 500, 500, 2**40]), "currency": self.rng.choice(["eur", "eur", "sek"]),
            "artistId": self.rng.choice([None, *ARTISTS]), "eventId": self.rng.choice([None, *EVENTS]),
        }  # fmt: skip
        if name == "money_refunded":
            return money | {"reason": "", "refundOf": self.rng.choice([*self.payments, "pi_unknown"])}
        if name == "money_earned":
            return money | {"role": "artist", "source": "merch"}
        return money | {"reason": "bar"}

    def _concierto(self, name: str) -> dict[str, Any]:
        own = {"eventId": self.rng.choice(EVENTS)}
        if name == "event_attended":
            return own | {"city": self.rng.choice(CITIES)}
        if name == "ticket_purchased":
            return own | {"quantity": 2, "amountCents": 100, "currency": "eur", "orderId": "order"}
        return own

    def _privacy(self, _name: str) -> dict[str, Any]:
        return {"purpose": "analytics", "granted": True, "textVersion": "1", "source": "banner"}
