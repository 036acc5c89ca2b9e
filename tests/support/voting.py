"""Votings of the tests: opened by a backend, voted in as the page behind the QR code does."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from coliseum.clock import utc_now
from support.asgi import Reply
from support.festival import event
from support.live import send
from support.people import an_address
from support.services import Platform, World

OWN_PAGE = {"content-type": "application/json", "sec-fetch-site": "same-origin"}
BILL = {"abba": "ABBA", "nemo": "Nemo", "loreen": "Loreen"}


async def staged(world: World, platform: Platform, event_id: str = "final") -> None:
    """A show with three artists on its bill."""
    artists = [event("catalog.artist", artistId=each, name=name, userId=None) for each, name in BILL.items()]
    show = event("catalog.event", eventId=event_id, name="The final", city="Malmö", capacity=15_500, userId=None,
                 artistIds=list(BILL), startsAt=datetime.now(UTC).isoformat())  # fmt: skip
    await send(world, platform, [*artists, show])


async def put_voting(world: World, platform: Platform, name: str = "final", **body: Any) -> Reply:
    """Open a voting, or change one."""
    wish = json.dumps({"event": "final", **body}).encode()
    return await world.http.send(
        "PUT", f"/api/votings/{name}", wish, {**platform.server, "content-type": "application/json"}
    )


async def public_voting(world: World, platform: Platform, name: str = "final") -> Reply:
    """A voting as anybody sees it."""
    return await world.http.get(f"/api/public/{platform.tenant.slug}/votings/{name}")


def slip(world: World, platform: Platform, name: str = "final", age: timedelta = timedelta()) -> str:
    """What a page that was loaded so long ago has for its device."""
    return world.services.stadium.devices.slip(platform.tenant.slug, name, utc_now() - age)


async def vote(
    world: World, platform: Platform, device: str, artist: str = "abba", name: str = "final", **more: Any
) -> Reply:
    """A tap; from an address of its own where none is given."""
    headers, address = more.get("headers", OWN_PAGE), more.get("address") or an_address()
    body = more.get("body", {"slip": device, "artist": artist})
    path = f"/api/public/{platform.tenant.slug}/votings/{name}/votes"
    return await world.http.post(path, body, headers, address=address)
