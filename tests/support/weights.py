"""What an event counts for and weighs, in plain Python: no registry."""

from collections.abc import Iterator
from typing import Any


def counted(event: dict[str, Any]) -> Iterator[tuple[str, int, tuple[str, ...]]]:  # noqa: C901, PLR0912 - one case a type
    """What an event counts for: metric, amount, kinds of entity."""
    match event["type"]:
        case "concierto.event_viewed":
            yield "views", 1, ("event",)
        case "concierto.event_interested":
            yield "interests", 1, ("event",)
        case "concierto.ticket_purchased":
            yield "tickets", event["quantity"], ("event", "fan")
        case "concierto.event_attended":
            yield "attendance", 1, ("event", "fan", "city")
        case "treasury.money_spent":
            yield f"money_spent:{event['currency']}", event["amountCents"], ("fan", "event", "artist")
        case "treasury.money_refunded":
            yield f"money_spent:{event['currency']}", -event["amountCents"], ("fan", "event", "artist")
        case "treasury.money_earned":
            yield f"money_earned:{event['currency']}", event["amountCents"], ("fan", "event", "artist")
        case "coliseum.vote_cast":
            yield "votes", event["weight"], ("artist", "event", "fan")
        case "player.track_played" if event.get("durationSeconds", 30) >= 30:
            yield "plays", 1, ("track", "artist", "fan")
            if event.get("durationSeconds"):
                yield "seconds", event["durationSeconds"], ("track", "artist", "fan")
        case "player.track_favorited" | "player.track_unfavorited":
            yield "favorites", 1 if event["type"].endswith("_favorited") else -1, ("track", "artist")
        case "social.follow" | "social.unfollow":
            yield "follows", 1 if event["type"] == "social.follow" else -1, ("target",)
        case "social.share":
            yield "shares", 1, ("target",)


def weight_of(event: dict[str, Any]) -> int:
    """What an event weighs in its person's profile."""
    match event["type"]:
        case "concierto.event_attended":
            return 8
        case "coliseum.vote_cast":
            return 3
        case "player.track_played":
            return 1 if event.get("durationSeconds", 30) >= 30 else 0
        case "player.track_favorited" | "player.track_unfavorited":
            return 5 if event["type"].endswith("_favorited") else -5
        case "social.follow" | "social.unfollow":
            return 4 if event["type"] == "social.follow" else -4
        case _:
            return 0
