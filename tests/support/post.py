"""Mail of the tests: what waits in the outbox of a world, and the secrets of links in it."""

import re
from typing import Any

from coliseum.mail.outbox import Mail
from support.asgi import Reply
from support.people import an_address
from support.services import World

LINK = re.compile(r"https?://\S+/(invitations|reset|verify|signup)/([\w-]+)")
JSON = {"content-type": "application/json"}
NEW_PASSWORD = "another password that only tests use"


async def mails(world: World, recipient: str) -> list[Mail]:
    """What waits for somebody, the oldest first; errands are done first."""
    await world.services.post.settled()
    async with world.database.transaction("accounts") as connection:
        found = await world.services.post.mailer.waiting(connection)
    return [each for each in reversed(found) if each.recipient == recipient]


async def secret_for(world: World, recipient: str, kind: str) -> str:
    """The secret of the newest link of this kind that was sent to somebody."""
    found = [match for mail in await mails(world, recipient) for match in LINK.finditer(mail.body)]
    return str([match[2] for match in found if match[1] == kind][-1])


async def send(world: World, path: str, body: Any, headers: dict[str, str] | None = None) -> Reply:
    """JSON from an address of its own, so that what other tests have asked for does not count."""
    return await world.http.post(path, body, {**JSON, **(headers or {})}, address=an_address())


async def send_form(world: World, path: str, body: str, headers: dict[str, str] | None = None) -> Reply:
    """A form of one of our pages, as a browser sends it."""
    own = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin", "origin": "null"}
    return await world.http.post(path, body.encode(), {**own, **(headers or {})}, address=an_address())
