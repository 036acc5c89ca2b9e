"""A foreign site that shows what a tenant has made public, and what its visitors' pages do."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page

import coliseum
from support.pages import Arena, Pages

BOARD = "embedded"
SOON_MS = 20_000
"""A change is counted, and asked for again within five seconds or so."""


def said(arena: Arena, method: str, path: str, body: object = None) -> tuple[int, Any]:
    """Ask with the tenant's key."""
    connection = http.client.HTTPConnection("127.0.0.1", arena.system.port, timeout=30)
    try:
        headers = {"Authorization": f"Bearer {arena.tenant.key}", "content-type": "application/json"}
        connection.request(method, path, json.dumps(body), headers)
        answer = connection.getresponse()
        raw = answer.read()
        return answer.status, json.loads(raw) if raw else None
    finally:
        connection.close()


def declare(arena: Arena, name: str, **more: object) -> None:
    declaration = {
        "metric": "votes", "entity": "artist", "title": "Votes & <b>more</b>", "visibility": "public",
        "publicTotal": True, "windows": ["all", "day"], **more,
    }  # fmt: skip
    status, told = said(arena, "PUT", f"/api/boards/{name}", declaration)
    assert status in (200, 201), told


def vote(arena: Arena, artist: str, weight: int = 1, times: int = 1) -> None:
    client = coliseum.Client(url=arena.system.url, key=arena.tenant.key)
    for _ in range(times):
        client.track("coliseum.vote_cast", user_id="a-fan", artist_id=artist, event_id="odd-night", weight=weight,
                     channel="web")  # fmt: skip
    assert client.flush(30)
    client.close()
    arena.tenant.wait_until_caught_up()


def public(arena: Arena, below: str = "") -> Any:
    status, page = arena.system.request(f"/api/public/arena/boards/{BOARD}{below}")
    assert status == 200
    return page


class Visit:
    """A page of a foreign site, and all that went wrong on it or was asked for by it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[Any] = []
        self.wrong: list[str] = []
        page.on("request", lambda request: self.asked.append(request))  # noqa: PLW0108 - not a builtin
        page.on("console", lambda line: self.wrong.append(line.text) if line.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))


@contextmanager
def visiting(pages: Pages, origin: str, path: str = "/page", **options: Any) -> Iterator[Visit]:
    """A visitor who is logged in nowhere opens a page of the site."""
    with pages.context(role=None, **options) as context:
        visit = Visit(context.new_page())
        visit.page.goto(origin + path)
        yield visit
