"""Each event type takes what its contract says, to the last unit of each limit, and refuses the next."""

from typing import Any

import msgspec
import pytest

from coliseum.errors import EventRefused, Refusal
from coliseum.events.catalogue import CATEGORIES, TYPES, category, event_type
from coliseum.events.decode import decode_event
from coliseum.events.fields import is_marked
from contract.event_samples import TYPE_NAMES, optional_fields, sample, wire

SAFE = 2**53 - 1
INTEGERS = {
    "amountCents": (1, SAFE),
    "weight": (1, 1_000),
    "quantity": (1, 1_000_000),
    "durationSeconds": (0, 86_400),
    "capacity": (0, 10_000_000),
}
IDS = {
    "id",
    "userId",
    "sessionId",
    "deviceId",
    "eventId",
    "artistId",
    "trackId",
    "venueId",
    "targetId",
    "voteId",
}
IDS |= {"orderId", "refundOf", "stripePaymentIntentId", "stripeTransferId"}
NAMES = {"name", "city", "country", "platform", "purpose", "textVersion"}
TEXTS = {"ticketTier", "picture"}
ENUMS = {
    "role": ["artist", "promoter", "venue", "platform", "affiliate"],
    "channel": ["app", "web", "sms", "jury", "televote", "onsite"],
}
REASONS = ["ticket", "merch", "tip", "subscription", "bar", "digital", "other"]
FOLLOWED = ["artist", "event", "venue", "user"]
WIDE = "\U0001f3a4"  # one character, four bytes


def enumerations(kind: str) -> dict[str, list[str]]:
    found = dict(ENUMS)
    if kind == "treasury.money_spent":
        found["reason"] = REASONS
    if kind == "treasury.money_earned":
        found["source"] = REASONS
    if kind == "privacy.consent_changed":
        found["source"] = ["banner", "api", "gpc", "tcf"]
    found["targetType"] = [*FOLLOWED, "track", "leaderboard", "report"] if kind == "social.share" else FOLLOWED
    return found


def boundaries(kind: str, field: str) -> tuple[list[Any], list[Any]]:
    """Return values of a field that must be taken, and values that must be refused."""
    if field in INTEGERS:
        low, high = INTEGERS[field]
        return [low, high], [low - 1, high + 1, 10**400, 1.5, 2.0, True, "2", [2]]
    if field in IDS:
        return ["x", " ", WIDE * 128, '"\\/\n'], ["", "x" * 129, 7, ["x"], {}]
    if field in NAMES:
        return ["x", WIDE * 256], ["", "x" * 257, 7]
    if field in TEXTS or (field == "reason" and field not in enumerations(kind)):
        return ["", WIDE * 256], ["x" * 257, 7]
    if field in enumerations(kind):
        values = enumerations(kind)[field]
        return list(values), ["", "something", values[0].upper(), values[0] + " ", 1]
    special: dict[str, tuple[list[Any], list[Any]]] = {
        "currency": (["eur", "xau"], ["EUR", "eu", "euro", "eur\n", "e1r", "\u00e9ur", "", 978]),
        "granted": ([True, False], [1, 0, "true"]),
        "genres": ([[], ["g"] * 32], [["g"] * 33, [""], [1], "pop", ["x" * 257], [None]]),
        "artistIds": ([[], ["x"] * 256], [["x"] * 257, [""], [1], "x", ["x" * 129]]),
    }
    for instant in ("at", "sentAt", "startsAt"):
        special[instant] = (
            ["2025-06-21t20:15:00.123456789-23:59", "0001-01-01T00:00:00Z"],
            ["", "2025-06-21", "2025-06-21T20:15:00", "2025-02-29T00:00:00Z", "0001-01-01T00:00:00+00:01", 7],
        )
    return special[field]


CASES = [(kind, field) for kind in TYPE_NAMES for field in sample(kind) if field != "type"]


def test_the_catalogue_holds_exactly_the_types_of_its_page() -> None:
    assert list(TYPES) == TYPE_NAMES
    assert CATEGORIES == ("concierto", "treasury", "coliseum", "player", "social", "catalog", "privacy")
    assert category("player.track_played") == "player"


@pytest.mark.parametrize("kind", TYPE_NAMES)
def test_a_sample_with_every_field_is_taken(kind: str) -> None:
    decoded = decode_event(wire(sample(kind)), strict=True)
    assert type(decoded.event) is TYPES[kind]
    assert event_type(decoded.event) == kind
    assert decoded.warnings == ()
    assert set(decoded.event.__struct_encode_fields__) | {"type"} == set(sample(kind))


@pytest.mark.parametrize("kind", TYPE_NAMES)
def test_optional_fields_may_be_absent_or_null_and_mean_the_same(kind: str) -> None:
    optional = optional_fields(kind)
    least = {name: value for name, value in sample(kind).items() if name not in optional}
    nulled = least | dict.fromkeys(optional)
    absent = decode_event(wire(least), strict=True)
    assert decode_event(wire(nulled), strict=True) == absent
    assert b"null" not in absent.canonical


@pytest.mark.parametrize("kind", TYPE_NAMES)
def test_a_required_field_that_is_absent_or_null_is_named(kind: str) -> None:
    for field in set(sample(kind)) - optional_fields(kind) - {"type"}:
        event = sample(kind)
        del event[field]
        for raw in (wire(event), wire(event | {field: None})):
            with pytest.raises(EventRefused) as refused:
                decode_event(raw, strict=True)
            assert (refused.value.code, refused.value.field) == (Refusal.INVALID_PAYLOAD, field)
            assert field in refused.value.message


@pytest.mark.parametrize(("kind", "field"), CASES)
def test_every_limit_holds_to_the_unit(kind: str, field: str) -> None:
    taken, refused = boundaries(kind, field)
    for value in taken:
        assert decode_event(wire(sample(kind, **{field: value})), strict=True).warnings == ()
    for value in refused:
        with pytest.raises(EventRefused) as error:
            decode_event(wire(sample(kind, **{field: value})), strict=True)
        assert error.value.code is Refusal.INVALID_PAYLOAD, value
        assert (error.value.field or "").split("[")[0] == field


def test_personal_fields_are_marked_and_no_others() -> None:
    marked = {
        field.encode_name
        for contract in TYPES.values()
        for field in msgspec.structs.fields(contract)
        if is_marked(field.type, "personal")
    }
    assert marked == {"orderId", "stripePaymentIntentId", "stripeTransferId", "refundOf"}
