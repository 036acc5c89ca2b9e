"""What the log keeps of each event type."""

from typing import Any

import pytest

from coliseum.events.decode import decode_event
from coliseum.events.record import Record, Reference, to_record
from contract.event_samples import TYPE_NAMES, sample, wire

ALWAYS = {
    "user_id": "fan-1",
    "session_id": "session-1",
    "device_id": "device-1",
}
TRACK = {"entity_type": "track", "entity_id": "waterloo", "track_id": "waterloo", "artist_id": "abba"}
EVENT = {"entity_type": "event", "entity_id": "final", "event_id": "final"}
ARTIST = {"entity_type": "artist", "entity_id": "abba", "artist_id": "abba"}
EXPECTED: dict[str, dict[str, Any]] = {
    "concierto.event_viewed": {**EVENT, "value": 1},
    "concierto.event_interested": {**EVENT, "value": 1},
    "concierto.ticket_purchased": {
        **EVENT,
        "value": 2,
        "metadata": {"ticketTier": "gold", "quantity": 2, "amountCents": 9800, "currency": "eur"},
        "personal": {"orderId": "order-7"},
    },
    "concierto.event_attended": {
        **EVENT,
        "value": 1,
        "dna_influence": 8,
        "city": "Basel",
        "metadata": {"ticketTier": "gold"},
    },
    "treasury.money_spent": {
        **ARTIST,
        "event_id": "final",
        "value": 9800,
        "currency": "eur",
        "metadata": {"reason": "ticket"},
        "personal": {"stripePaymentIntentId": "pi_1"},
    },
    "treasury.money_earned": {
        **ARTIST,
        "event_id": "final",
        "value": 500,
        "currency": "sek",
        "metadata": {"role": "artist", "source": "merch"},
        "personal": {"stripeTransferId": "tr_1"},
    },
    "treasury.money_refunded": {
        **ARTIST,
        "event_id": "final",
        "value": -9800,
        "currency": "eur",
        "metadata": {"reason": "the show was moved"},
        "personal": {"refundOf": "pi_1"},
        "reference": Reference("payment", "pi_1"),
    },
    "coliseum.vote_cast": {
        **ARTIST,
        "event_id": "final",
        "value": 12,
        "dna_influence": 3,
        "metadata": {"channel": "jury"},
    },
    "coliseum.vote_voided": {
        "value": 0,
        "dna_influence": -3,
        "metadata": {"voteId": "vote-1", "reason": "cast by a script"},
        "reference": Reference("vote", "vote-1"),
    },
    "player.track_played": {**TRACK, "value": 1, "dna_influence": 1, "metadata": {"durationSeconds": 164}},
    "player.track_favorited": {**TRACK, "value": 1, "dna_influence": 5},
    "player.track_unfavorited": {**TRACK, "value": -1, "dna_influence": -5},
    "social.follow": {**ARTIST, "value": 1, "dna_influence": 4},
    "social.unfollow": {**ARTIST, "value": -1, "dna_influence": -4},
    "social.share": {
        "entity_type": "leaderboard",
        "entity_id": "weekly",
        "value": 1,
        "metadata": {"platform": "mastodon"},
    },
    "catalog.artist": {
        **ARTIST,
        "city": "Stockholm",
        "metadata": {
            "name": "ABBA",
            "genres": ["pop", "disco"],
            "country": "Sweden",
            "picture": "https://pictures.example/abba.jpg",
        },
    },
    "catalog.event": {
        **EVENT,
        "city": "Basel",
        "metadata": {
            "name": "The Final",
            "venueId": "hall",
            "startsAt": "2025-06-21T19:00:00Z",
            "capacity": 6500,
            "artistIds": ["abba", "loreen"],
            "picture": "https://pictures.example/final.jpg",
        },
    },
    "catalog.venue": {
        "entity_type": "venue",
        "entity_id": "hall",
        "city": "Basel",
        "metadata": {
            "name": "The Hall",
            "country": "Switzerland",
            "capacity": 6500,
            "picture": "https://pictures.example/hall.jpg",
        },
    },
    "catalog.track": {
        **TRACK,
        "metadata": {
            "name": "Waterloo",
            "durationSeconds": 164,
            "picture": "https://pictures.example/waterloo.jpg",
        },
    },
    "privacy.consent_changed": {
        "metadata": {
            "purpose": "analytics",
            "granted": True,
            "textVersion": "2025-03",
            "source": "banner",
        },
    },
}


def record_of(kind: str, **changes: Any) -> Record:
    return to_record(decode_event(wire(sample(kind, **changes)), strict=True).event)


@pytest.mark.parametrize("kind", TYPE_NAMES)
def test_a_full_sample_becomes_this_record(kind: str) -> None:
    blank = {"value": 0, "dna_influence": 0, "metadata": {}, "personal": {}}
    assert record_of(kind) == Record(event_type=kind, **{**blank, **ALWAYS, **EXPECTED[kind]})


@pytest.mark.parametrize(("seconds", "value"), [(None, 1), (0, 0), (29, 0), (30, 1), (31, 1)])
def test_a_play_counts_from_thirty_seconds_or_when_its_length_is_unknown(seconds: int | None, value: int) -> None:
    record = record_of("player.track_played", durationSeconds=seconds)
    assert (record.value, record.dna_influence) == (value, value)
    assert record.metadata == ({} if seconds is None else {"durationSeconds": seconds})


@pytest.mark.parametrize("kind", ["social.follow", "social.unfollow", "social.share"])
def test_a_person_as_target_stands_apart_from_everything_else(kind: str) -> None:
    record = record_of(kind, targetType="user", targetId="fan-2")
    assert (record.target_user, record.entity_type, record.entity_id) == ("fan-2", "user", None)
    assert "fan-2" not in repr([record.metadata, record.personal])


@pytest.mark.parametrize(
    ("target", "column"),
    [
        ("artist", "artist_id"),
        ("event", "event_id"),
        ("track", "track_id"),
        ("venue", None),
        ("report", None),
    ],
)
def test_a_target_that_has_a_column_stands_in_it_too(target: str, column: str | None) -> None:
    record = record_of("social.share", targetType=target, targetId="x")
    assert (record.entity_type, record.entity_id, record.target_user) == (target, "x", None)
    assert [name for name in ("artist_id", "event_id", "track_id") if getattr(record, name)] == (
        [column] if column else []
    )


def test_money_is_about_the_artist_else_the_event_else_nothing() -> None:
    kind = "treasury.money_spent"
    assert record_of(kind).entity_type == "artist"
    assert record_of(kind, artistId=None).entity_type == "event"
    alone = record_of(kind, artistId=None, eventId=None)
    assert (alone.entity_type, alone.entity_id) == (None, None)


def test_the_catalog_needs_nobody() -> None:
    assert record_of("catalog.artist", userId=None).user_id is None
