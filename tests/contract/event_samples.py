"""One event of each type with every field it may have, written down by hand from the catalogue's page."""

import json
from typing import Any

from coliseum.errors import EventRefused
from coliseum.events.decode import Decoded, decode_event

COMMON = {
    "id": "01979c2b-7a44-7d0e-9d5b-0f4f1c3f7a10",
    "at": "2025-06-21T20:15:00.250+02:00",
    "sessionId": "session-1",
    "deviceId": "device-1",
    "sentAt": "2025-06-21T18:15:03Z",
    "userId": "fan-1",
}
OWN: dict[str, dict[str, Any]] = {
    "concierto.event_viewed": {"eventId": "final"},
    "concierto.event_interested": {"eventId": "final"},
    "concierto.ticket_purchased": {
        "eventId": "final",
        "ticketTier": "gold",
        "quantity": 2,
        "amountCents": 9800,
        "currency": "eur",
        "orderId": "order-7",
    },
    "concierto.event_attended": {"eventId": "final", "city": "Basel", "ticketTier": "gold"},
    "treasury.money_spent": {
        "amountCents": 9800,
        "currency": "eur",
        "reason": "ticket",
        "eventId": "final",
        "artistId": "abba",
        "stripePaymentIntentId": "pi_1",
    },
    "treasury.money_earned": {
        "amountCents": 500,
        "currency": "sek",
        "role": "artist",
        "source": "merch",
        "eventId": "final",
        "artistId": "abba",
        "stripeTransferId": "tr_1",
    },
    "treasury.money_refunded": {
        "amountCents": 9800,
        "currency": "eur",
        "reason": "the show was moved",
        "refundOf": "pi_1",
        "eventId": "final",
        "artistId": "abba",
    },
    "coliseum.vote_cast": {"artistId": "abba", "eventId": "final", "weight": 12, "channel": "jury"},
    "coliseum.vote_voided": {"voteId": "vote-1", "reason": "cast by a script"},
    "player.track_played": {"trackId": "waterloo", "artistId": "abba", "durationSeconds": 164},
    "player.track_favorited": {"trackId": "waterloo", "artistId": "abba"},
    "player.track_unfavorited": {"trackId": "waterloo", "artistId": "abba"},
    "social.follow": {"targetId": "abba", "targetType": "artist"},
    "social.unfollow": {"targetId": "abba", "targetType": "artist"},
    "social.share": {"targetId": "weekly", "targetType": "leaderboard", "platform": "mastodon"},
    "catalog.artist": {
        "artistId": "abba",
        "name": "ABBA",
        "genres": ["pop", "disco"],
        "city": "Stockholm",
        "country": "Sweden",
        "picture": "https://pictures.example/abba.jpg",
    },
    "catalog.event": {
        "eventId": "final",
        "name": "The Final",
        "venueId": "hall",
        "city": "Basel",
        "startsAt": "2025-06-21T19:00:00Z",
        "capacity": 6500,
        "artistIds": ["abba", "loreen"],
        "picture": "https://pictures.example/final.jpg",
    },
    "catalog.venue": {
        "venueId": "hall",
        "name": "The Hall",
        "city": "Basel",
        "country": "Switzerland",
        "capacity": 6500,
        "picture": "https://pictures.example/hall.jpg",
    },
    "catalog.track": {
        "trackId": "waterloo",
        "name": "Waterloo",
        "artistId": "abba",
        "durationSeconds": 164,
        "picture": "https://pictures.example/waterloo.jpg",
    },
    "privacy.consent_changed": {
        "purpose": "analytics",
        "granted": True,
        "textVersion": "2025-03",
        "source": "banner",
    },
}
OPTIONAL = {
    "concierto.ticket_purchased": {"ticketTier"},
    "concierto.event_attended": {"ticketTier"},
    "treasury.money_spent": {"eventId", "artistId", "stripePaymentIntentId"},
    "treasury.money_earned": {"eventId", "artistId", "stripeTransferId"},
    "treasury.money_refunded": {"eventId", "artistId"},
    "player.track_played": {"durationSeconds"},
    "catalog.artist": {"genres", "city", "country", "picture", "userId"},
    "catalog.event": {"venueId", "city", "startsAt", "capacity", "artistIds", "picture", "userId"},
    "catalog.venue": {"city", "country", "capacity", "picture", "userId"},
    "catalog.track": {"durationSeconds", "picture", "userId"},
}
OPTIONAL_EVERYWHERE = {"id", "sessionId", "deviceId", "sentAt"}

TYPE_NAMES = list(OWN)


def optional_fields(event_type: str) -> set[str]:
    """Return the fields that an event of this type may leave out."""
    return OPTIONAL_EVERYWHERE | OPTIONAL.get(event_type, set())


def sample(event_type: str, **changes: Any) -> dict[str, Any]:
    """Return an event with every field, some of them changed."""
    return {"type": event_type, **COMMON, **OWN[event_type], **changes}


def wire(event: Any) -> bytes:
    """Return an event as a careful client sends it: compact, in UTF-8."""
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()


def attempt(raw: bytes, *, strict: bool) -> Decoded | EventRefused:
    """Decode an event; return what came of it. Any other exception than a refusal passes through."""
    try:
        return decode_event(raw, strict=strict)
    except EventRefused as refused:
        return refused
