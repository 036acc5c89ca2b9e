"""Three shows of one artist that are over, with all that fans do around a show, for pages to tell of."""

import json
import random
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

from support.pages import Arena

ARTIST, GUEST = "velda-moor", "tin-cathedral"
SHOWS = {"spring": 40, "summer": 20, "autumn": 9}
"""How many days ago they began."""
TIERS = (("floor", 4_900), ("balcony", 7_500), ("vip", 15_000))
FANS = 220
CITIES = {"spring": "Gothenburg", "summer": "Ghent", "autumn": "Lyon"}
BATCH = 900


def begins(show: str, now: datetime) -> datetime:
    """At half past seven in the evening, that many days ago."""
    return (now - timedelta(days=SHOWS[show])).replace(hour=19, minute=30, second=0, microsecond=0)


def season(now: datetime) -> list[dict[str, Any]]:
    """What the platform has sent of all three."""
    rng = random.Random(7)
    said: list[dict[str, Any]] = [
        {"type": "catalog.event", "eventId": show, "name": f"Velda Moor: {show.title()} Night", "city": CITIES[show],
         "startsAt": begins(show, now).isoformat(), "capacity": 400, "artistIds": [ARTIST, GUEST], "at": now.isoformat()}
        for show in SHOWS
    ]  # fmt: skip
    for show in SHOWS:
        for number in rng.sample(range(FANS), 150):
            said += around(rng, show, f"season-{number}", begins(show, now), now)
    return [{"id": f"season-{number}", **event} for number, event in enumerate(said)]


def around(rng: random.Random, show: str, fan: str, start: datetime, now: datetime) -> list[dict[str, Any]]:
    """What one fan did around one show: some come all the way, most leave earlier."""
    told: list[dict[str, Any]] = []

    def does(kind: str, at: datetime, **more: Any) -> None:
        if at < now:
            told.append({"type": kind, "userId": fan, "at": at.isoformat(), **more})

    def plays(days: int, many: int) -> None:
        for _ in range(many):
            does("player.track_played", start + timedelta(days=days, hours=rng.uniform(-9, 3)), trackId=f"{ARTIST}/1",
                 artistId=ARTIST, durationSeconds=180)  # fmt: skip

    plays(-rng.randint(1, 7), 1)
    does("concierto.event_viewed", start - timedelta(days=rng.uniform(3, 7)), eventId=show)
    if rng.random() < 0.7:
        does("concierto.event_interested", start - timedelta(days=rng.uniform(2, 3)), eventId=show)
    if rng.random() < 0.75:
        tier, price = rng.choices(TIERS, [6, 3, 1])[0]
        does("concierto.ticket_purchased", start - timedelta(days=rng.uniform(0.2, 2)), eventId=show, ticketTier=tier,
             quantity=1, amountCents=price, currency="eur", orderId=f"{show}-{fan}")  # fmt: skip
        if rng.random() < 0.9:
            scan = start + timedelta(minutes=rng.gauss(-35, 22))
            for again in range(1 + (rng.random() < 0.15)):
                does("concierto.event_attended", scan + timedelta(minutes=70 * again), eventId=show, ticketTier=tier,
                     city=CITIES[show])  # fmt: skip
            plays(rng.randint(1, 6), rng.randint(1, 3))
            if rng.random() < 0.4:
                does("social.follow", start + timedelta(days=rng.uniform(0.1, 3)), targetType="artist", targetId=ARTIST)
    return told


def send_season(arena: Arena) -> None:
    """Send it, as an import of what is over, and wait until it is counted; once, however many modules ask for it."""
    board = arena.tenant.get("/api/leaderboards", metric="attendance", entity="event", window="all", limit=1000)
    if any(row["id"] == "autumn" for row in board["rows"]):
        return
    events = season(datetime.now(UTC))
    for start in range(0, len(events), BATCH):
        post(arena, events[start : start + BATCH])
    arena.tenant.wait_until_caught_up()


def post(arena: Arena, events: list[dict[str, Any]]) -> None:
    """One request of the arena's own server."""
    asked = urllib.request.Request(  # noqa: S310 - the system under test
        f"{arena.system.url}/api/passport/batch?historical=true", json.dumps({"events": events}).encode(),
        {"authorization": f"Bearer {arena.tenant.key}", "content-type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(asked) as answer:  # noqa: S310 - as above
        assert answer.status == 201, answer.read()
