"""A big night in the arena: an event whose id has a slash, with a bill of hostile and of long names, and a voting."""

import json
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import coliseum
from support.pages import HOSTILE, LONG, RIGHT_TO_LEFT, Arena

EVENT = "2026/grand-final"
VOTING = "final"
BILL = {
    "solveig": "Solveig Dahl", "mare": "Mare Nostrum", "kite": "The Paper Kites of Vienna", "lumen": "Lumen",
    "night": RIGHT_TO_LEFT, "odd": HOSTILE, "endless": LONG[:256], "aurelia": "Aurelia", "nova": "Nova Roma",
    "brass": "Brass & Bone",
}  # fmt: skip
SCORES = (412, 388, 301, 264, 198, 150, 97, 61, 33, 0)


def ask(arena: Arena, method: str, path: str, body: Any = None) -> Any:
    """The tenant's backend asks; the answer's JSON."""
    request = urllib.request.Request(  # noqa: S310 - the server under test
        arena.system.url + path, None if body is None else json.dumps(body).encode(),
        {"Authorization": f"Bearer {arena.tenant.key}", "Content-Type": "application/json"}, method=method,
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - as above
        answer = response.read()
    return json.loads(answer) if answer else None


def votes(arena: Arena, **weights: int) -> None:
    """Votes of the backend's, by artist."""
    now = datetime.now(UTC).isoformat()
    ask(arena, "POST", "/api/passport/batch", [
        {"type": "coliseum.vote_cast", "userId": f"fan-{artist}-{number}", "artistId": artist, "eventId": EVENT,
         "weight": min(1_000, weight - number * 1_000), "channel": "app", "at": now}
        for artist, weight in weights.items() for number in range((weight + 999) // 1_000)
    ])  # fmt: skip


def race(arena: Arena) -> list[dict[str, Any]]:
    """Who stands where in the vote, by the API."""
    rows: list[dict[str, Any]] = ask(arena, "GET", f"/api/leaderboards?metric=votes&event={quote(EVENT, safe='')}")[
        "rows"
    ]
    return rows


def take_lead(arena: Arena, artist: str, by: int = 10) -> None:
    """So many votes that this artist leads, whatever other tests have left behind."""
    scores = {row["id"]: row["score"] for row in race(arena)}
    votes(arena, **{artist: max(scores.values()) - scores.get(artist, 0) + by})


def put_voting(arena: Arena, name: str = VOTING, event: str = EVENT, **more: Any) -> Any:
    """Open a voting, or change it."""
    return ask(arena, "PUT", f"/api/votings/{name}", {"event": event, "results": "public", **more})


def big_night(arena: Arena) -> None:
    """Everything that the pages of one event can show; made once, however many modules of tests ask for it."""
    if any(each["name"] == VOTING for each in ask(arena, "GET", "/api/votings")["votings"]):
        put_voting(arena)
        return
    now = datetime.now(UTC)
    client = coliseum.Client(url=arena.system.url, key=arena.tenant.key)
    for artist, name in BILL.items():
        client.track("catalog.artist", artist_id=artist, name=name)
    client.track("catalog.venue", venue_id="circus", name="Circus Maximus", city="Roma", capacity=15_500)
    client.track("catalog.event", event_id=EVENT, name="The Grand Final", venue_id="circus", city="Roma",
                 starts_at=now - timedelta(hours=1), capacity=15_500, artist_ids=list(BILL))  # fmt: skip
    for number in range(1_260):
        client.track("concierto.event_attended", user_id=f"guest-{number}", event_id=EVENT, city="Roma",
                     at=now - timedelta(seconds=3 * number * (1 + number % 3) / 2))  # fmt: skip
    for number in range(30):
        client.track("concierto.ticket_purchased", user_id=f"guest-{number}", event_id=EVENT, quantity=40,
                     amount_cents=9_900, currency="eur", order_id=f"order-{number}")  # fmt: skip
        client.track("social.share", user_id=f"guest-{number}", target_id=EVENT, target_type="event", platform="x")
    for (artist, _name), score in zip(BILL.items(), SCORES, strict=True):
        for number in range(score // 10):
            client.track("coliseum.vote_cast", user_id=f"voter-{artist}-{number}", artist_id=artist, event_id=EVENT,
                         weight=10, channel="app")  # fmt: skip
    assert client.flush(60)
    client.close()
    put_voting(arena)
    arena.tenant.wait_until_caught_up()
