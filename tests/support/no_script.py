"""A browser without scripts, in this process: it keeps its cookie, and sends the forms that pages have."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from support.asgi import Reply
from support.people import COOKIE, an_address
from support.services import World

OWN = "http://coliseum.example"
FORM = {
    "host": "coliseum.example", "origin": OWN, "sec-fetch-site": "same-origin",
    "content-type": "application/x-www-form-urlencoded",
}  # fmt: skip
"""What a browser adds to a form of a page of this server."""
TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
STUB = re.compile(r'name="stub" value="([^"]+)"')


class NoScript:
    """One browser; from an address of its own, so that tries of other tests do not count."""

    def __init__(self, world: World, cookie: str = "") -> None:
        self.world = world
        self.cookie = cookie
        self.address = an_address()

    async def get(self, path: str, **headers: str) -> Reply:
        """Look at a page."""
        found = {
            "host": "coliseum.example",
            **self._shown(),
            **{name.replace("_", "-"): each for name, each in headers.items()},
        }
        return self._kept(await self.world.http.send("GET", path, b"", found, address=self.address))

    async def post(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] = FORM) -> Reply:
        """Send a form as it stands here."""
        body = urlencode(fields).encode()
        found = {**headers, **self._shown()}
        return self._kept(await self.world.http.send("POST", path, body, found, address=self.address))

    async def send(self, path: str, fields: Mapping[str, str], page: str = "/account") -> Reply:
        """Send a form with the token that a page has."""
        return await self.post(path, {**fields, "csrf": await self.token(page)})

    async def token(self, page: str = "/account") -> str:
        """The token of a page's forms."""
        found = TOKEN.search((await self.get(page)).body.decode())
        assert found is not None, page
        return found[1]

    async def log_in(self, email: str, password: str, **more: str) -> Reply:
        """The first step."""
        return await self.post("/log-in", {"email": email, "password": password, "next": "", **more})

    async def is_in(self) -> bool:
        """Whether somebody is logged in here."""
        return (await self.get("/account")).status == 200

    def _shown(self) -> dict[str, str]:
        return {"cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}

    def _kept(self, reply: Reply) -> Reply:
        name, _, rest = reply.headers.get("set-cookie", "").partition("=")
        if name == COOKIE:
            self.cookie = rest.partition(";")[0]
        return reply


def stub_in(reply: Reply) -> str:
    """The stub of the second step."""
    found = STUB.search(reply.body.decode())
    assert found is not None, reply.body
    return found[1]


def where(reply: Reply) -> Any:
    """Where an answer leads to."""
    assert reply.status == 303, (reply.status, reply.body[:500])
    return reply.headers["location"]
